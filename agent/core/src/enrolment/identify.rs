//! The identification: portal, Digital ID, consent, agreement, form, folder. Nothing of it is stored.

mod reply;

use sha2::{Digest, Sha256};

use super::gateway::{self, Call, Challenge, DocumentKind, OtpSent, Recognised, Side, Status};
use super::prompt::{Answer, MAX_PICTURE, Prompt, Sender, WaitReason};
use super::{Entropy, Profile, Reason, Refusal, Visit};
use crate::email::Email;
use crate::iin::Iin;
use crate::secret::{Password, SecretBytes};
use crate::time::UnixTime;

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
}
