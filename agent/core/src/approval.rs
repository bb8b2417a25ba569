//! Proof that a person agreed.

/// One agreement, good for one use of a key. It is spent by value, and cannot be copied.
///
/// Only the code that asked a person makes one; in the agent that is one place, which a test counts.
#[derive(Debug)]
#[must_use = "an approval that is not spent was asked for in vain"]
pub struct Approval(());

impl Approval {
    /// Asserts that a person was asked and agreed.
    pub const fn assert_given() -> Self {
        Self(())
    }
}
