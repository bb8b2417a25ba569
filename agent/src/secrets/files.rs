//! Secrets as files of mode 0600 in a folder of mode 0700.

use std::fs::{self, DirBuilder};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use tanba_core::secret::SecretBytes;
use zeroize::Zeroizing;

use super::{Kept, LIMIT, SecretError, SecretStore, Trouble, checked_length, same};
use crate::files;

/// Keeps each secret in a file of its own, named by its id.
///
/// A secret is written under another name, synced, read back and renamed, and the folder is synced: a crash leaves the
/// old secret or the new one, and what it left unfinished goes when the secret is kept again or forgotten.
#[derive(Debug)]
pub struct Files {
    folder: PathBuf,
}

impl Files {
    /// The folder is made, with mode 0700, when the first secret is kept.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Whether a secret of that name lies here.
    pub(super) fn has(&self, id: &str) -> Result<bool, SecretError> {
        Ok(fs::exists(self.folder.join(checked(id)?))?)
    }

    /// Whether any secret lies here.
    pub(super) fn is_used(&self) -> bool {
        let Ok(entries) = fs::read_dir(&self.folder) else { return false };
        entries
            .flatten()
            .any(|entry| entry.file_name().to_str().is_some_and(|id| checked(id).is_ok()))
    }

    fn make_folder(&self) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let about = fs::metadata(&self.folder)?;
            let ours = about.uid() == rustix::process::geteuid().as_raw();
            if about.mode() & 0o077 != 0 || !ours {
                let text = "other users may open the folder of secrets; make its mode 0700";
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, text));
            }
        }
        Ok(())
    }
}

impl SecretStore for Files {
    fn put(&self, id: &str, secret: &SecretBytes) -> Result<Kept, SecretError> {
        let id = checked(id)?;
        checked_length(secret.expose())?;
        self.make_folder()?;
        let part =
            files::Part::write(&self.folder, id, secret.expose()).map_err(io::Error::other)?;
        // Read before it takes the place of the earlier secret, which is thus not lost to a medium that fails.
        part.unlock();
        read_back(part.path(), secret)?;
        part.replace(&self.folder.join(id))?;
        files::sync_folder(&self.folder)?;
        Ok(Kept::File(None))
    }

    fn get(&self, id: &str) -> Result<Option<SecretBytes>, SecretError> {
        read(&self.folder.join(checked(id)?))
    }

    fn get_quietly(&self, id: &str) -> Result<Option<SecretBytes>, SecretError> {
        self.get(id)
    }

    fn delete(&self, id: &str) -> Result<(), SecretError> {
        Ok(files::remove(&self.folder, checked(id)?).map_err(io::Error::other)?)
    }

    fn probe(&self) -> Result<Kept, Trouble> {
        Ok(Kept::File(None))
    }

    /// Files are what was wanted here.
    fn has_files(&self) -> bool {
        false
    }
}

/// Reads a secret by its name; neither a link, a pipe nor a device is one.
fn read(path: &Path) -> Result<Option<SecretBytes>, SecretError> {
    let mut file = match files::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    // The buffer never grows: a buffer that grew would have left copies behind.
    let mut buffer = Zeroizing::new(vec![0; LIMIT + 1]);
    let mut length = 0;
    loop {
        match file.read(&mut buffer[length..])? {
            0 => break,
            more => length += more,
        }
    }
    checked_length(&buffer[..length])?;
    Ok(Some(SecretBytes::new(buffer[..length].to_vec())))
}

fn read_back(path: &Path, given: &SecretBytes) -> Result<(), SecretError> {
    if read(path)?.is_some_and(|found| same(found.expose(), given.expose())) {
        Ok(())
    } else {
        let text = "the file does not hold what was written into it";
        Err(io::Error::new(io::ErrorKind::InvalidData, text).into())
    }
}

/// A name that is safe as the name of a file.
pub(super) fn checked(id: &str) -> Result<&str, SecretError> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (1..=64).contains(&id.len()) && id.bytes().all(allowed) {
        Ok(id)
    } else {
        Err(SecretError::BadName)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretBytes {
        SecretBytes::new(text.as_bytes().to_vec())
    }

    fn store() -> (tempfile::TempDir, Files) {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path().join("a/secrets"));
        (folder, files)
    }

    #[test]
    fn a_secret_is_kept_replaced_and_forgotten() {
        let (_folder, files) = store();
        assert!(files.get("one").unwrap().is_none());
        files.delete("one").unwrap();
        assert_eq!(files.put("one", &secret("first")).unwrap(), Kept::File(None));
        files.put("two", &secret("other")).unwrap();
        files.put("one", &secret("second")).unwrap();
        assert_eq!(files.get("one").unwrap().unwrap().expose(), b"second");
        assert_eq!(files.get("two").unwrap().unwrap().expose(), b"other");
        files.delete("one").unwrap();
        assert!(files.get("one").unwrap().is_none());
        assert!(files.get("two").unwrap().is_some());
    }

    #[test]
    fn nothing_but_the_secrets_is_left_in_the_folder() {
        let (_folder, files) = store();
        files.put("one", &secret("first")).unwrap();
        files.put("one", &secret("second")).unwrap();
        let names: Vec<_> =
            fs::read_dir(&files.folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["one"]);
    }

    #[cfg(unix)]
    #[test]
    fn only_this_user_can_open_folder_and_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_folder, files) = store();
        files.put("one", &secret("first")).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&files.folder), 0o700);
        assert_eq!(mode(&files.folder.join("one")), 0o600);
        fs::set_permissions(&files.folder, fs::Permissions::from_mode(0o750)).unwrap();
        assert!(matches!(files.put("two", &secret("x")), Err(SecretError::Folder(_))));
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_is_neither_read_nor_written_through() {
        let (folder, files) = store();
        files.put("one", &secret("first")).unwrap();
        let elsewhere = folder.path().join("elsewhere");
        fs::write(&elsewhere, "bait").unwrap();
        std::os::unix::fs::symlink(&elsewhere, files.folder.join("link")).unwrap();
        assert!(matches!(files.get("link"), Err(SecretError::Folder(_))));
        files.put("link", &secret("mine")).unwrap();
        assert_eq!(fs::read(&elsewhere).unwrap(), b"bait");
        assert_eq!(files.get("link").unwrap().unwrap().expose(), b"mine");
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_refused() {
        let (_folder, files) = store();
        for id in ["", "..", "../x", "a/b", "A", "a.b", "ә", &"x".repeat(65)] {
            assert!(matches!(files.put(id, &secret("x")), Err(SecretError::BadName)), "{id}");
            assert!(matches!(files.get(id), Err(SecretError::BadName)), "{id}");
            assert!(matches!(files.delete(id), Err(SecretError::BadName)), "{id}");
        }
    }

    #[test]
    fn a_file_too_long_for_a_secret_is_not_returned() {
        let (_folder, files) = store();
        files.put("one", &SecretBytes::new(vec![7; LIMIT])).unwrap();
        assert_eq!(files.get("one").unwrap().unwrap().expose().len(), LIMIT);
        fs::write(files.folder.join("one"), vec![7; LIMIT + 1]).unwrap();
        assert!(matches!(files.get("one"), Err(SecretError::TooLong)));
    }

    #[test]
    fn a_secret_that_could_not_be_read_again_is_not_kept() {
        let (_folder, files) = store();
        files.put("one", &secret("first")).unwrap();
        let long = SecretBytes::new(vec![7; LIMIT + 1]);
        assert!(matches!(files.put("one", &long), Err(SecretError::TooLong)));
        assert!(matches!(files.put("two", &long), Err(SecretError::TooLong)));
        assert_eq!(files.get("one").unwrap().unwrap().expose(), b"first");
        assert!(files.get("two").unwrap().is_none());
    }

    #[test]
    fn a_file_with_other_bytes_than_were_given_is_found_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one");
        assert!(matches!(read_back(&path, &secret("first")), Err(SecretError::Folder(_))));
        for found in ["", "firs", "firsT", "first!"] {
            fs::write(&path, found).unwrap();
            let outcome = read_back(&path, &secret("first"));
            assert!(matches!(outcome, Err(SecretError::Folder(_))), "{found}");
        }
        fs::write(&path, "first").unwrap();
        assert!(read_back(&path, &secret("first")).is_ok());
    }

    #[test]
    fn what_a_crash_left_goes_when_the_secret_is_kept_again_or_forgotten() {
        let (_folder, files) = store();
        let left = files.folder.join(".one.0123456789abcdef0123456789abcdef.part");
        files.put("one", &secret("first")).unwrap();
        fs::write(&left, "half").unwrap();
        files.put("one", &secret("second")).unwrap();
        assert!(!left.exists());
        fs::write(&left, "half").unwrap();
        files.delete("one").unwrap();
        assert_eq!(fs::read_dir(&files.folder).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_not_waited_for() {
        let (_folder, files) = store();
        files.put("one", &secret("first")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(files.folder.join("two")).status();
        assert!(made.unwrap().success());
        assert!(matches!(files.get("two"), Err(SecretError::Folder(_))));
    }
}
