//! The identification: portal, Digital ID, consent, agreement, form, folder. Nothing of it is stored.

use sha2::{Digest, Sha256};

use super::gateway::http::Credentials;
use super::gateway::{
    self, Account, AccountState, Call, CallError, Challenge, DocumentKind, DocumentState,
    LivenessState, NoticeKind, OtpSent, Recognised, Reply, Side, Status,
};
use super::prepared::VERSION;
use super::prompt::{Answer, MAX_PICTURE, Prompt, Sender, WaitReason};
use super::{Entropy, Profile, Reason, Refusal, Visit};
use crate::email::Email;
use crate::iin::Iin;
use crate::secret::{Password, SecretBytes};
use crate::time::UnixTime;
use crate::x509::Person;

/// Seconds between two questions to a moderator's queue.
const MODERATION_POLL: i64 = 30;
/// Seconds that a request for consent is shown when the service gives no end.
const CONSENT_TIME: i64 = 300;

/// Where the identification stands, named by what is wanted.
#[derive(Debug)]
pub(super) enum Identify {
    Iin,
    Otp(Sent),
    Phone,
    DidOtp { sent: Sent },
    Selfie,
    Liveness(Check),
    Pin,
    Document(Wanted),
    Confirm { id: String, kind: DocumentKind, recognised: Box<Recognised> },
    Moderation { retry_at: UnixTime },
    Consent { id: String, service: String, items: Vec<String>, expires_at: UnixTime },
    Agreement(gateway::Agreement),
    Form,
    Folder,
    MakeKeys { folder: String },
    Closed(Status),
}

/// A one-time password that is on its way.
#[derive(Debug)]
pub(super) struct Sent {
    phone: Option<String>,
    expires_at: UnixTime,
    resend_at: UnixTime,
    attempts_left: u32,
}

/// A video identification.
#[derive(Debug, Default)]
pub(super) struct Check {
    id: Option<String>,
    challenges: Vec<Challenge>,
    next: Option<Challenge>,
    attempts_left: u32,
}

/// The side of a document that is wanted. A picture that came before the document was begun waits here.
#[derive(Debug)]
pub(super) struct Wanted {
    begun: Option<(String, DocumentKind)>,
    side: Side,
    held: Option<SecretBytes>,
}

impl Wanted {
    fn front() -> Self {
        Self { begun: None, side: Side::Front, held: None }
    }
}

impl Sent {
    fn at(now: UnixTime, sent: OtpSent) -> Self {
        Self {
            phone: sent.phone_mask,
            expires_at: now.plus_secs(sent.expires_in.into()),
            resend_at: now.plus_secs(sent.resend_in.into()),
            attempts_left: sent.attempts_left.unwrap_or(3),
        }
    }

    fn prompt(&self, sender: Sender) -> Prompt {
        Prompt::Otp {
            sender,
            phone: self.phone.clone(),
            expires_at: self.expires_at,
            resend_at: self.resend_at,
            attempts_left: self.attempts_left,
        }
    }

    /// The server decides what has expired; the local clock only saves a call that cannot succeed.
    fn code(&self, code: Password, now: UnixTime) -> Result<Password, Refusal> {
        let digits = code.expose();
        if !(4..=8).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Reason::OtpFormat.into());
        }
        if now >= self.expires_at {
            return Err(Reason::OtpExpired.into());
        }
        Ok(code)
    }

    fn resend(&self, now: UnixTime) -> Result<(), Refusal> {
        let wait = self.resend_at.since(now);
        if wait > 0 {
            let retry_after_s = u32::try_from(wait).ok();
            return Err(Refusal {
                reason: Reason::ResendTooEarly,
                attempts_left: None,
                retry_after_s,
            });
        }
        Ok(())
    }
}

fn picture(bytes: SecretBytes) -> Result<SecretBytes, Refusal> {
    if bytes.expose().len() > MAX_PICTURE {
        return Err(Reason::TooLarge.into());
    }
    // Start and end of image (ITU-T T.81, annex B); the service looks closer.
    let is_jpeg =
        bytes.expose().starts_with(&[0xFF, 0xD8, 0xFF]) && bytes.expose().ends_with(&[0xFF, 0xD9]);
    if is_jpeg { Ok(bytes) } else { Err(Reason::NotJpeg.into()) }
}

fn phone(text: &str) -> Result<String, Refusal> {
    let plain: String = text.chars().filter(|char| !" -()\u{a0}".contains(*char)).collect();
    let digits = plain.strip_prefix("+7").or_else(|| plain.strip_prefix('8')).unwrap_or(&plain);
    if digits.len() == 10 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(format!("+7{digits}"))
    } else {
        Err(Reason::Phone.into())
    }
}

fn pin(pin: Password) -> Result<Password, Refusal> {
    let digits = pin.expose();
    if digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(pin)
    } else {
        Err(Reason::PinFormat.into())
    }
}

/// The S256 code challenge of a verifier (RFC 7636, section 4.2).
fn code_challenge(verifier: &Password) -> String {
    use base64ct::{Base64UrlUnpadded, Encoding};
    Base64UrlUnpadded::encode_string(&Sha256::digest(verifier.expose().as_bytes()))
}

impl Identify {
    pub(super) fn guide_step(&self) -> u8 {
        match self {
            Self::Iin => 3,
            Self::Otp(_) => 4,
            Self::Phone | Self::DidOtp { .. } => 8,
            Self::Selfie => 10,
            Self::Liveness(_) => 13,
            Self::Pin => 14,
            Self::Document(_) => 16,
            Self::Confirm { .. } => 17,
            Self::Moderation { .. } => 18,
            Self::Consent { .. } => 20,
            Self::Agreement(_) => 22,
            Self::Form => 23,
            Self::Folder => 24,
            Self::MakeKeys { .. } => 25,
            Self::Closed(_) => 28,
        }
    }
}

impl Visit {
    pub(super) fn prompt(&self, now: UnixTime) -> Prompt {
        match &self.at {
            Identify::Iin => Prompt::Iin,
            Identify::Otp(sent) => sent.prompt(Sender::Portal),
            Identify::Phone => Prompt::Phone,
            Identify::DidOtp { sent } => sent.prompt(Sender::DigitalId),
            Identify::Selfie => Prompt::Selfie,
            Identify::Liveness(check) => Prompt::Liveness {
                challenges: check.challenges.clone(),
                next: check.next,
                attempts_left: check.attempts_left,
            },
            Identify::Pin => Prompt::Pin,
            Identify::Document(wanted) => Prompt::Document {
                kind: wanted.begun.as_ref().map(|(_, kind)| *kind),
                side: wanted.side,
            },
            Identify::Confirm { kind, recognised, .. } => Prompt::ConfirmDocument {
                kind: *kind,
                recognised: Recognised::clone(recognised),
                iin_matches: self.iin.as_ref().is_some_and(|iin| iin.expose() == recognised.iin),
            },
            Identify::Moderation { retry_at } => Prompt::Wait {
                reason: WaitReason::Moderation,
                application: None,
                retry_at: *retry_at,
            },
            Identify::Consent { service, items, expires_at, .. } => Prompt::Consent {
                service: service.clone(),
                items: items.clone(),
                expires_at: *expires_at,
            },
            Identify::Agreement(agreement) => Prompt::Agreement {
                version: agreement.version.clone(),
                text: agreement.text.clone(),
            },
            Identify::Form => match &self.person {
                Some(person) => Prompt::Form { person: person.clone() },
                None => Prompt::Iin,
            },
            Identify::Folder => Prompt::Folder,
            Identify::MakeKeys { .. } => {
                Prompt::Wait { reason: WaitReason::Submission, application: None, retry_at: now }
            }
            Identify::Closed(status) => Prompt::Closed { status: *status, application: None },
        }
    }

    /// Takes an answer: what is wrong with it can be said without asking anybody. Gives the call it sets off, if any.
    pub(super) fn answer(
        &mut self,
        answer: Answer,
        profile: &Profile,
        entropy: &Entropy,
        now: UnixTime,
    ) -> Result<Option<Call>, Refusal> {
        let call = match (&mut self.at, answer) {
            (Identify::Iin, Answer::Iin(text)) => {
                let iin = Iin::parse(text.trim()).map_err(|_| Reason::Iin)?;
                self.iin = Some(iin.clone());
                Call::OpenSession { template: profile.template, iin, locale: profile.locale }
            }
            (Identify::Otp(sent), Answer::Otp(code)) => {
                Call::VerifyOtp { code: sent.code(code, now)? }
            }
            (Identify::Otp(sent), Answer::ResendOtp) => {
                sent.resend(now)?;
                Call::SendOtp
            }
            (Identify::Phone, Answer::Phone(text)) => {
                let phone = phone(&text)?;
                self.phone = Some(phone.clone());
                Call::DidSendCode { phone }
            }
            (Identify::DidOtp { sent }, Answer::Otp(code)) => {
                let phone = self.phone.clone().ok_or(Reason::Phone)?;
                Call::DidVerifyCode { phone, code: sent.code(code, now)? }
            }
            (Identify::DidOtp { sent }, Answer::ResendOtp) => {
                sent.resend(now)?;
                Call::DidSendCode { phone: self.phone.clone().ok_or(Reason::Phone)? }
            }
            // A number that was mistyped is mended where it is noticed.
            (Identify::DidOtp { .. }, Answer::Phone(text)) => {
                let phone = phone(&text)?;
                self.phone = Some(phone.clone());
                Call::DidSendCode { phone }
            }
            (Identify::Selfie, Answer::Selfie(bytes)) => Call::Selfie { picture: picture(bytes)? },
            (Identify::Liveness(_), Answer::StartLiveness) => Call::StartLiveness,
            (Identify::Liveness(check), Answer::Liveness { challenge, picture: bytes }) => {
                match &check.id {
                    Some(id) if check.next == Some(challenge) => {
                        Call::LivenessFrame { id: id.clone(), challenge, picture: picture(bytes)? }
                    }
                    Some(_) | None => return Err(Reason::NotExpected.into()),
                }
            }
            (Identify::Pin, Answer::Pin { pin: first, repeat }) => {
                let (first, repeat) = (pin(first)?, pin(repeat)?);
                if first.expose() != repeat.expose() {
                    return Err(Reason::PinMismatch.into());
                }
                Call::SetPin { pin: first, repeat }
            }
            (Identify::Document(wanted), Answer::Document { kind, side, picture: bytes }) => {
                if side != wanted.side {
                    return Err(Reason::NotExpected.into());
                }
                let picture = picture(bytes)?;
                match &wanted.begun {
                    Some((id, begun)) if *begun == kind => {
                        Call::DocumentSide { id: id.clone(), side, picture }
                    }
                    Some(_) => return Err(Reason::NotExpected.into()),
                    None => {
                        wanted.held = Some(picture);
                        Call::AddDocument { kind }
                    }
                }
            }
            (
                Identify::Confirm { id, recognised, .. },
                Answer::ConfirmDocument { truthful: true },
            ) => Call::ConfirmDocument { id: id.clone(), data: recognised.clone() },
            (Identify::Confirm { .. }, Answer::ConfirmDocument { truthful: false }) => {
                // Badly recognised: new pictures.
                self.at = Identify::Document(Wanted::front());
                return Ok(None);
            }
            (Identify::Consent { id, .. }, Answer::Consent { pin: given }) => Call::Decide {
                id: id.clone(),
                pin: given.map(pin).transpose()?,
                challenge: code_challenge(&entropy.verifier),
            },
            (Identify::Agreement(shown), Answer::Agreement { version }) => {
                if version != shown.version {
                    return Err(Reason::Agreement.into());
                }
                self.agreement_version = Some(version);
                self.at = Identify::Form;
                return Ok(None);
            }
            (Identify::Form | Identify::Folder, Answer::Form { email }) => {
                let email = email.filter(|text| !text.trim().is_empty());
                self.email = email
                    .map(|text| Email::parse(text.trim()))
                    .transpose()
                    .map_err(|_| Reason::Email)?;
                self.at = Identify::Folder;
                return Ok(None);
            }
            (Identify::Folder, Answer::Folder(folder)) => {
                self.at = Identify::MakeKeys { folder };
                return Ok(None);
            }
            (_, _) => return Err(Reason::NotExpected.into()),
        };
        Ok(Some(call))
    }

    /// Takes a reply; gives the call that follows by itself, if one does.
    pub(super) fn reply(
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
