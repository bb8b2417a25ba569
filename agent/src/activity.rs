//! What the agent is doing now: asking the person, working, or nothing. The tray's icon says so.

use tokio::sync::watch;

/// How much is under way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Doing {
    /// Questions that are before the person, or wait for it.
    pub asking: usize,
    /// Pieces of work.
    pub working: usize,
}

/// What the agent is doing.
#[derive(Debug, Clone, Default)]
pub struct Activity(watch::Sender<Doing>);

/// Something that is under way until this is dropped.
#[derive(Debug)]
pub struct Underway {
    activity: Activity,
    what: What,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Asking,
    Working,
}

impl Activity {
    /// A question is before the person.
    #[must_use]
    pub fn asking(&self) -> Underway {
        self.begin(What::Asking)
    }

    /// Work is under way.
    #[must_use]
    pub fn working(&self) -> Underway {
        self.begin(What::Working)
    }

    /// Tells when it changes.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Doing> {
        self.0.subscribe()
    }

    fn begin(&self, what: What) -> Underway {
        self.0.send_modify(|doing| *doing.count(what) += 1);
        Underway { activity: self.clone(), what }
    }
}

impl Doing {
    fn count(&mut self, what: What) -> &mut usize {
        match what {
            What::Asking => &mut self.asking,
            What::Working => &mut self.working,
        }
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        let what = self.what;
        self.activity.0.send_modify(|doing| *doing.count(what) -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_under_way_is_counted_until_it_ends() {
        let activity = Activity::default();
        let mut seen = activity.watch();
        let (first, second) = (activity.asking(), activity.asking());
        let work = activity.working();
        assert_eq!(*seen.borrow_and_update(), Doing { asking: 2, working: 1 });
        drop(first);
        drop(work);
        assert!(seen.has_changed().unwrap());
        assert_eq!(*seen.borrow_and_update(), Doing { asking: 1, working: 0 });
        drop(second);
        assert_eq!(*seen.borrow(), Doing::default());
    }
}
