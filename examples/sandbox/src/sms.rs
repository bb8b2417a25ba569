//! The toy telephones: every SMS of the sandbox lies open here, because there is no network to send it on.

use std::collections::BTreeMap;

use serde::Serialize;
use tanba_core::time::UnixTime;

use crate::clock::Moment;
use crate::otp::Sender;

/// An SMS as it would stand on a telephone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sms {
    /// The sender's short number: `1414` (the portal) or `3116` (Digital ID).
    pub sender: &'static str,
    /// The text.
    pub text: String,
    /// The one-time password in it, if it brings one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// When it came, on the sandbox's clock; as a number, seconds since 1970-01-01 UTC.
    pub at: UnixTime,
}

/// How many messages a telephone keeps; older ones go, so that a program left running fills no memory.
const KEPT: usize = 50;

/// All telephones, by number.
#[derive(Default)]
pub(crate) struct Telephones(BTreeMap<String, Vec<Sms>>);

impl Telephones {
    pub(crate) fn receive(&mut self, phone: &str, sender: Sender, code: String, at: Moment) {
        let text = match sender {
            Sender::Portal => format!(
                "SANDBOX eGov: бір реттік пароль / одноразовый пароль / one-time password: {code}"
            ),
            Sender::DigitalId => format!("SANDBOX Digital ID: код / code: {code}"),
        };
        let inbox = self.0.entry(phone.to_owned()).or_default();
        if inbox.len() == KEPT {
            inbox.remove(0);
        }
        inbox.push(Sms { sender: sender.number(), text, code: Some(code), at: at.unix() });
    }

    /// The messages of one telephone, oldest first.
    pub(crate) fn of(&self, phone: &str) -> Vec<Sms> {
        self.0.get(phone).cloned().unwrap_or_default()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &Sms)> {
        self.0.iter().flat_map(|(phone, inbox)| inbox.iter().map(move |sms| (phone.as_str(), sms)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn a_full_telephone_forgets_its_oldest_message() {
        let (mut telephones, now) = (Telephones::default(), Clock::start(None).now());
        for number in 0..=KEPT {
            telephones.receive("+77000000001", Sender::Portal, number.to_string(), now);
        }
        let inbox = telephones.of("+77000000001");
        assert_eq!(inbox.len(), KEPT);
        assert_eq!(inbox[0].code.as_deref(), Some("1"));
    }
}
