//! How a scripted person answers windows, and how that is written on a command line.

use std::str::FromStr;
use std::time::Duration;

/// The longest delay: longer is a mistake, for no test waits for it.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How a scripted person answers windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Behaviour {
    /// Chooses the first key that fits, and agrees.
    #[default]
    Approve,
    /// Closes every window.
    Cancel,
    /// Types a wrong password once, then closes the window. Windows without a password are agreed to.
    WrongPassword,
    /// Thinks for that long, then approves.
    Delay(Duration),
}

/// A text that says no behaviour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotABehaviour {
    /// It is none of the words.
    #[error("it is approve, cancel, wrong-password or delay:SECONDS")]
    Unknown,
    /// The seconds of a delay are no number between none and a day.
    #[error("delay:SECONDS takes a number from 0 to 86400, such as delay:2.5")]
    Seconds,
}

impl FromStr for Behaviour {
    type Err = NotABehaviour;

    /// Reads `approve`, `cancel`, `wrong-password` or `delay:SECONDS`.
    fn from_str(text: &str) -> Result<Self, NotABehaviour> {
        match text {
            "approve" => Ok(Self::Approve),
            "cancel" => Ok(Self::Cancel),
            "wrong-password" => Ok(Self::WrongPassword),
            delay => {
                let seconds = delay.strip_prefix("delay:").ok_or(NotABehaviour::Unknown)?;
                let seconds: f64 = seconds.parse().map_err(|_| NotABehaviour::Seconds)?;
                let time =
                    Duration::try_from_secs_f64(seconds).map_err(|_| NotABehaviour::Seconds)?;
                if time > LONGEST { Err(NotABehaviour::Seconds) } else { Ok(Self::Delay(time)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behaviours_are_read_as_the_command_line_writes_them() {
        let read = |text: &str| text.parse::<Behaviour>();
        assert_eq!(read("approve"), Ok(Behaviour::Approve));
        assert_eq!(read("cancel"), Ok(Behaviour::Cancel));
        assert_eq!(read("wrong-password"), Ok(Behaviour::WrongPassword));
        assert_eq!(read("delay:0"), Ok(Behaviour::Delay(Duration::ZERO)));
        assert_eq!(read("delay:2.5"), Ok(Behaviour::Delay(Duration::from_millis(2500))));
        for bad in ["delay:-1", "delay:", "delay:NaN", "delay:inf", "delay:86401", "delay:1e300"] {
            assert_eq!(read(bad), Err(NotABehaviour::Seconds), "{bad}");
        }
        for bad in ["", "Approve", "yes", "delay", "wrong_password"] {
            assert_eq!(read(bad), Err(NotABehaviour::Unknown), "{bad}");
        }
    }
}
