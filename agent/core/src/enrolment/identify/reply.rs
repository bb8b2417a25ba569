//! Replies of the services during the identification: what is asked next.

use super::super::gateway::http::Credentials;
use super::super::gateway::{
    self, Account, AccountState, Call, CallError, DocumentState, LivenessState, NoticeKind, Reply,
    Side, Status,
};
use super::super::prepared::VERSION;
use super::super::{Entropy, Profile, Reason, Refusal, Visit};
use super::{Check, Identify, Sent, Wanted};
use crate::iin::Iin;
use crate::secret::Password;
use crate::time::UnixTime;
use crate::x509::Person;

/// Seconds between two questions to a moderator's queue.
const MODERATION_POLL: i64 = 30;
/// Seconds that a request for consent is shown when the service gives no end.
const CONSENT_TIME: i64 = 300;

impl Visit {
    /// Takes a reply; gives the call that follows by itself, if one does.
    pub(in crate::enrolment) fn reply(
        &mut self,
        call: &Call,
        reply: Result<Reply, CallError>,
        profile: &Profile,
        credentials: &mut Credentials,
        entropy: &Entropy,
        now: UnixTime,
    ) -> Result<Option<Call>, Refusal> {
        let reply = match reply {
            Ok(reply) => reply,
            Err(error) => {
                if let Identify::Moderation { retry_at } = &mut self.at {
                    *retry_at = now.plus_secs(MODERATION_POLL);
                }
                return Err(self.refused(call, error.into()));
            }
        };
        match (call, reply) {
            (Call::OpenSession { .. }, Reply::Session(session)) => {
                credentials.sid = Some(session.sid);
                credentials.session = Some(session.token);
                Ok(Some(Call::SendOtp))
            }
            (Call::SendOtp, Reply::OtpSent(sent)) => {
                self.now_at(Identify::Otp(Sent::at(now, sent)))
            }
            (Call::VerifyOtp { .. }, Reply::Done) => self.now_at(Identify::Phone),
            (Call::DidSendCode { .. }, Reply::OtpSent(sent)) => {
                self.now_at(Identify::DidOtp { sent: Sent::at(now, sent) })
            }
            (Call::DidVerifyCode { .. }, Reply::Account(mut account)) => {
                let Some(token) = account.token.take() else { return Err(Reason::Failed.into()) };
                credentials.digital_id = Some(token);
                self.account(&account, now)
            }
            (Call::DidAccount, Reply::Account(account)) => self.account(&account, now),
            (Call::Selfie { .. }, Reply::Done) => {
                let attempts_left = 5;
                self.now_at(Identify::Liveness(Check { attempts_left, ..Check::default() }))
            }
            (Call::StartLiveness | Call::LivenessFrame { .. }, Reply::Liveness(liveness)) => {
                match liveness.state {
                    LivenessState::Passed => self.now_at(Identify::Pin),
                    LivenessState::Running => self.now_at(Identify::Liveness(Check {
                        id: Some(liveness.id),
                        challenges: liveness.challenges,
                        next: liveness.next,
                        attempts_left: liveness.attempts_left.unwrap_or(1),
                    })),
                    LivenessState::Failed => {
                        let attempts_left = liveness.attempts_left.unwrap_or(0);
                        self.at = Identify::Liveness(Check { attempts_left, ..Check::default() });
                        let reason = Reason::Service("liveness_failed".to_owned());
                        Err(Refusal {
                            reason,
                            attempts_left: Some(attempts_left),
                            retry_after_s: None,
                        })
                    }
                }
            }
            (Call::SetPin { .. }, Reply::Done) => self.now_at(Identify::Document(Wanted::front())),
            (
                Call::AddDocument { .. } | Call::DocumentSide { .. } | Call::ConfirmDocument { .. },
                Reply::Document(document),
            ) => self.document(document, now),
            (Call::Notices, Reply::Notices(notices)) => {
                let asks = |notice: &gateway::Notice| match notice.kind {
                    NoticeKind::AccessRequest => notice.consent.clone(),
                    NoticeKind::DocumentApproved | NoticeKind::DocumentRejected => None,
                };
                match notices.iter().rev().find_map(asks) {
                    Some(id) => {
                        self.at = Identify::Moderation { retry_at: now.plus_secs(MODERATION_POLL) };
                        Ok(Some(Call::Consent { id }))
                    }
                    None => self
                        .now_at(Identify::Moderation { retry_at: now.plus_secs(MODERATION_POLL) }),
                }
            }
            (Call::Consent { id }, Reply::Consent(consent)) => {
                let given = consent.expires_at.as_deref().map(UnixTime::parse_rfc3339);
                // The service's clock may be another than ours; what cannot be right is replaced by the usual time.
                let expires_at = match given {
                    Some(Ok(end)) if end > now => end,
                    Some(_) | None => now.plus_secs(CONSENT_TIME),
                };
                let (service, items) = (consent.service, consent.items);
                self.now_at(Identify::Consent { id: id.clone(), service, items, expires_at })
            }
            (Call::Decide { .. }, Reply::Code(Some(code))) => {
                let verifier = Password::new(entropy.verifier.expose().to_owned());
                Ok(Some(Call::BindIdentity { code, verifier }))
            }
            (Call::Decide { .. }, Reply::Code(None)) => {
                self.at = Identify::Closed(Status::Withdrawn);
                Err(Reason::ConsentDenied.into())
            }
            (Call::BindIdentity { .. }, Reply::Prefill(prefill)) => {
                let iin = Iin::parse(&prefill.iin).map_err(|_| Reason::Failed)?;
                if self.iin.as_ref() != Some(&iin) {
                    self.at = Identify::Phone;
                    return Err(Reason::Service("document_mismatch".to_owned()).into());
                }
                self.person = Some(
                    Person::new(iin, prefill.surname, prefill.name, prefill.patronymic)
                        .map_err(|_| Reason::Failed)?,
                );
                Ok(Some(Call::Agreement { locale: profile.locale }))
            }
            (Call::Agreement { .. }, Reply::Agreement(agreement))
                if agreement.version.len() > VERSION =>
            {
                Err(Reason::Failed.into())
            }
            (Call::Agreement { .. }, Reply::Agreement(agreement)) => {
                self.now_at(Identify::Agreement(agreement))
            }
            (_, _) => Err(Reason::Failed.into()),
        }
    }

    fn now_at(&mut self, at: Identify) -> Result<Option<Call>, Refusal> {
        self.at = at;
        Ok(None)
    }

    /// Goes on where the account stands: an account that is complete needs no pictures again.
    fn account(&mut self, account: &Account, now: UnixTime) -> Result<Option<Call>, Refusal> {
        let attempts_left = account.liveness_attempts_left.unwrap_or(5);
        match account.state {
            AccountState::New => self.now_at(Identify::Selfie),
            AccountState::SelfieDone => {
                self.now_at(Identify::Liveness(Check { attempts_left, ..Check::default() }))
            }
            AccountState::LivenessDone => self.now_at(Identify::Pin),
            AccountState::PinSet => self.now_at(Identify::Document(Wanted::front())),
            AccountState::DocumentPending => match account.documents.last() {
                Some(document) => self.document(document.clone(), now),
                None => self.now_at(Identify::Document(Wanted::front())),
            },
            AccountState::Moderation => {
                self.now_at(Identify::Moderation { retry_at: now.plus_secs(MODERATION_POLL) })
            }
            AccountState::Linked => {
                self.at = Identify::Moderation { retry_at: now.plus_secs(MODERATION_POLL) };
                Ok(Some(Call::Notices))
            }
            AccountState::Exhausted => {
                self.at = Identify::Closed(Status::AwaitingCsc);
                Err(Reason::Service("liveness_exhausted".to_owned()).into())
            }
            AccountState::Refused => {
                self.at = Identify::Document(Wanted::front());
                Err(Reason::Service("moderation_refused".to_owned()).into())
            }
        }
    }

    fn document(
        &mut self,
        document: gateway::Document,
        now: UnixTime,
    ) -> Result<Option<Call>, Refusal> {
        let begun = Some((document.id.clone(), document.kind));
        match document.state {
            DocumentState::NeedsFront => {
                let held = if let Identify::Document(wanted) = &mut self.at {
                    wanted.held.take()
                } else {
                    None
                };
                self.at = Identify::Document(Wanted { begun, side: Side::Front, held: None });
                Ok(held.map(|picture| Call::DocumentSide {
                    id: document.id,
                    side: Side::Front,
                    picture,
                }))
            }
            DocumentState::NeedsBack => {
                self.now_at(Identify::Document(Wanted { begun, side: Side::Back, held: None }))
            }
            DocumentState::NeedsConfirmation => match document.recognised {
                Some(recognised) => self.now_at(Identify::Confirm {
                    id: document.id,
                    kind: document.kind,
                    recognised: Box::new(recognised),
                }),
                None => Err(Reason::Failed.into()),
            },
            DocumentState::Moderation => {
                self.now_at(Identify::Moderation { retry_at: now.plus_secs(MODERATION_POLL) })
            }
            DocumentState::Linked => {
                self.at = Identify::Moderation { retry_at: now.plus_secs(MODERATION_POLL) };
                Ok(Some(Call::Notices))
            }
            DocumentState::Refused => {
                self.at = Identify::Document(Wanted::front());
                Err(Reason::Service("moderation_refused".to_owned()).into())
            }
        }
    }

    /// What a refusal changes: counts that are shown, and states from which there is no way on.
    fn refused(&mut self, call: &Call, refusal: Refusal) -> Refusal {
        let Reason::Service(code) = &refusal.reason else { return refusal };
        match (code.as_str(), call) {
            ("session_expired", _) => *self = Self::new(),
            ("liveness_exhausted", _) => self.at = Identify::Closed(Status::AwaitingCsc),
            ("consent_denied", Call::Decide { .. }) => {
                self.at = Identify::Closed(Status::Withdrawn);
            }
            ("liveness_failed", _) => {
                let attempts_left = refusal.attempts_left.unwrap_or(0);
                self.at = Identify::Liveness(Check { attempts_left, ..Check::default() });
            }
            // Somebody else's Digital ID: the person gives their own telephone number.
            ("document_mismatch", Call::BindIdentity { .. }) => self.at = Identify::Phone,
            ("document_expired" | "document_unreadable" | "document_mismatch", _) => {
                self.at = Identify::Document(Wanted::front());
            }
            (_, _) => {
                if let (Identify::Otp(sent) | Identify::DidOtp { sent }, Some(left)) =
                    (&mut self.at, refusal.attempts_left)
                {
                    sent.attempts_left = left;
                }
            }
        }
        refusal
    }
}
