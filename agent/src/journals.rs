//! Journals of enrolments on the disk, each with a lock so that two programs never lead the same one.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tanba_core::enrolment::journal::{MAX_JOURNAL, Record};
use tracing::warn;

use crate::files::{self, FileError};
use crate::page::Page;

/// The folder of journals.
#[derive(Debug, Clone)]
pub struct Journals {
    folder: PathBuf,
    /// The address of the gateway: an enrolment is never continued with another.
    gateway: String,
}

/// A journal with what the shell adds to it.
#[derive(Debug)]
pub struct Journal {
    /// Which page began the enrolment.
    pub page: Page,
    /// What the core knows.
    pub record: Record,
    /// Held as long as this program leads the enrolment.
    pub lock: Lock,
}

/// The right to lead one enrolment.
#[derive(Debug)]
pub struct Lock(
    #[expect(
        dead_code,
        reason = "the operating system holds the lock as long as the file is open"
    )]
    File,
);

#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    page: String,
    gateway: String,
    #[serde(borrow)]
    journal: &'a RawValue,
}

/// Why a journal could not be written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Its file could not be written.
    #[error("the journal could not be written")]
    File(#[from] FileError),
    /// It could not be put into JSON.
    #[error("the journal could not be put into JSON")]
    Json(#[from] serde_json::Error),
    /// Another program leads this enrolment.
    #[error("another program leads this enrolment")]
    Taken,
}

fn name(id: &str) -> String {
    format!("{id}.json")
}

impl Journals {
    /// The journals in the agent's folder.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn in_folder(data: &Path, gateway: &str) -> Result<Self, FileError> {
        let folder = data.join("enrolments");
        files::private_folder(&folder)?;
        Ok(Self { folder, gateway: gateway.to_owned() })
    }

    /// Takes the right to lead an enrolment.
    ///
    /// # Errors
    /// `Taken` when another program has it.
    pub fn lock(&self, id: &str) -> Result<Lock, JournalError> {
        let path = self.folder.join(format!("{id}.lock"));
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(FileError::from)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(JournalError::Taken),
            Err(TryLockError::Error(error)) => Err(FileError::from(error).into()),
        }
    }

    /// Writes a journal, durably, in the place of its older self.
    ///
    /// # Errors
    /// Those of [`JournalError`]; the older one is then whole.
    pub fn save(&self, page: &Page, record: &Record) -> Result<(), JournalError> {
        let journal = String::from_utf8(record.to_json()?).map_err(|_| FileError::TooLarge)?;
        let journal = RawValue::from_string(journal)?;
        let (page, gateway) = (page.as_str().to_owned(), self.gateway.clone());
        let stored = Stored { page, gateway, journal: &journal };
        Ok(files::replace(&self.folder, &name(&record.id), &serde_json::to_vec_pretty(&stored)?)?)
    }

    /// Removes a journal of which nothing was sent, and its lock.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn remove(&self, id: &str) -> Result<(), FileError> {
        files::remove(&self.folder, &name(id))?;
        files::remove(&self.folder, &format!("{id}.lock"))
    }

    /// Reads all journals that no other program leads. One that cannot be read is left as it is, and told.
    #[must_use]
    pub fn read_all(&self) -> Vec<Journal> {
        let Ok(listed) = std::fs::read_dir(&self.folder) else { return Vec::new() };
        let mut journals = Vec::new();
        for entry in listed.flatten() {
            let file = entry.file_name();
            let Some(id) = file.to_str().and_then(|file| file.strip_suffix(".json")) else {
                continue;
            };
            match self.read(id) {
                Ok(Some(journal)) => journals.push(journal),
                Ok(None) => {}
                Err(error) => warn!(%error, id, "a journal was not read; it is left as it is"),
            }
        }
        journals
    }

    /// How many enrolments of a page another program leads now. `here` are those that this one leads: its own locks
    /// would look like another's.
    #[must_use]
    pub fn led_elsewhere(&self, page: &Page, here: &[String]) -> usize {
        let Ok(listed) = std::fs::read_dir(&self.folder) else { return 0 };
        let led = |id: &str| matches!(self.lock(id), Err(JournalError::Taken));
        let of_page = |file: &Path| {
            let bytes = files::read(file, MAX_JOURNAL * 2).unwrap_or_default();
            serde_json::from_slice::<Stored<'_>>(&bytes)
                .is_ok_and(|stored| stored.page == page.as_str())
        };
        listed
            .flatten()
            .filter_map(|entry| {
                entry.file_name().to_str()?.strip_suffix(".json").map(str::to_owned)
            })
            .filter(|id| uuid::Uuid::parse_str(id).is_ok() && !here.contains(id))
            .filter(|id| of_page(&self.folder.join(name(id))) && led(id))
            .count()
    }

    fn read(&self, id: &str) -> Result<Option<Journal>, Unreadable> {
        if uuid::Uuid::parse_str(id).is_err() {
            return Ok(None);
        }
        let lock = match self.lock(id) {
            Ok(lock) => lock,
            Err(JournalError::Taken) => return Ok(None),
            Err(_) => return Err(Unreadable::Lock),
        };
        // Room for the page and the indentation around the core's own limit.
        let bytes = files::read(&self.folder.join(name(id)), MAX_JOURNAL * 2)?;
        let stored: Stored<'_> = serde_json::from_slice(&bytes)?;
        let record = Record::from_json(stored.journal.get().as_bytes())?;
        if record.id != id {
            return Err(Unreadable::Name);
        }
        if stored.gateway != self.gateway {
            tracing::info!(id, "an enrolment of another gateway waits until that is configured");
            return Ok(None);
        }
        Ok(Some(Journal { page: Page::from_journal(stored.page), record, lock }))
    }
}

#[derive(Debug, thiserror::Error)]
enum Unreadable {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("its frame is not ours")]
    Frame(#[from] serde_json::Error),
    #[error(transparent)]
    Record(#[from] tanba_core::enrolment::journal::JournalError),
    #[error("its name is not its own")]
    Name,
    #[error("it cannot be locked")]
    Lock,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "3f2b8c9e-0000-4000-8000-000000000001";

    fn record() -> Record {
        let journal = format!(
            r#"{{"schema":"tanba-enrolment-1","id":"{ID}","environment":"sandbox","template":"individual_remote",
            "algorithm":"p256","locale":"kk","created_at":1795299048,"iin":"********0010","folder":"/media/stick",
            "idempotency_key":"x","agreement_version":"1","email":null,"keys":[],
            "progress":{{"submitting":{{"retry_at":null,"attempts":0}}}}}}"#
        );
        Record::from_json(journal.as_bytes()).expect("a journal of this version")
    }

    #[test]
    fn a_journal_is_led_by_one_program_and_read_back_by_the_next() {
        let data = tempfile::tempdir().expect("a folder");
        let journals =
            Journals::in_folder(data.path(), "https://gateway.example/").expect("a folder");
        let lock = journals.lock(ID).expect("free");
        journals.save(&Page::terminal(), &record()).expect("saved");
        assert!(matches!(journals.lock(ID), Err(JournalError::Taken)));
        assert!(journals.read_all().is_empty(), "another program leads it");
        assert_eq!(journals.led_elsewhere(&Page::terminal(), &[]), 1);
        let other = Page::parse(Some("https://egov.kz"), &[]).expect("a page");
        assert_eq!(journals.led_elsewhere(&other, &[]), 0);
        assert_eq!(
            journals.led_elsewhere(&Page::terminal(), &[ID.to_owned()]),
            0,
            "it is led here"
        );
        drop(lock);
        assert_eq!(journals.led_elsewhere(&Page::terminal(), &[]), 0);
        let found = journals.read_all();
        assert_eq!(found.first().map(|journal| &journal.record), Some(&record()));
    }

    #[test]
    fn a_journal_of_another_gateway_or_with_another_s_name_is_left_alone() {
        let data = tempfile::tempdir().expect("a folder");
        let journals =
            Journals::in_folder(data.path(), "https://gateway.example/").expect("a folder");
        journals.save(&Page::terminal(), &record()).expect("saved");
        let others = Journals::in_folder(data.path(), "https://other.example/").expect("a folder");
        assert!(others.read_all().is_empty());
        let folder = data.path().join("enrolments");
        let renamed = ID.replace('3', "4");
        std::fs::rename(folder.join(name(ID)), folder.join(name(&renamed))).expect("renamed");
        std::fs::write(folder.join("notes.json"), b"{").expect("written");
        assert!(journals.read_all().is_empty());
        assert!(folder.join(name(&renamed)).exists() && folder.join("notes.json").exists());
    }
}
