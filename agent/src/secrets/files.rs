//! Secrets as files of mode 0600 in a folder of mode 0700.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use tanba_core::secret::SecretBytes;
use zeroize::Zeroizing;

use super::{Kept, SecretError, SecretStore};

/// The longest secret, in bytes: a random password is 32.
const LIMIT: usize = 4096;

/// Keeps each secret in a file of its own, named by its id.
///
/// A secret is written under another name, synced and renamed, and the folder is synced: a crash leaves the old secret
/// or the new one.
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

    fn sync_folder(&self) -> io::Result<()> {
        // Only POSIX lets a folder be opened and synced; elsewhere the file system's journal has to do.
        #[cfg(unix)]
        File::open(&self.folder)?.sync_all()?;
        Ok(())
    }
}

impl SecretStore for Files {
    fn put(&self, id: &str, secret: &SecretBytes) -> Result<Kept, SecretError> {
        let id = checked(id)?;
        self.make_folder()?;
        // Two threads that keep the same secret must not write the same file; the name of what a crash left behind is
        // never met again.
        let temporary = self.folder.join(format!(".{id}.{}", uuid::Uuid::new_v4().simple()));
        let written = write(&temporary, secret.expose())
            .and_then(|()| fs::rename(&temporary, self.folder.join(id)));
        if let Err(error) = written {
            // What was written is half a secret at most; that it cannot be removed either changes nothing.
            let _ = fs::remove_file(&temporary);
            return Err(error.into());
        }
        self.sync_folder()?;
        Ok(Kept::File)
    }

    fn get(&self, id: &str) -> Result<Option<SecretBytes>, SecretError> {
        let path = self.folder.join(checked(id)?);
        let mut file = match private(OpenOptions::new().read(true)).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        // The buffer never grows: a buffer that grew would have left copies behind.
        let mut buffer = Zeroizing::new(vec![0; LIMIT + 1]);
        let mut length = 0;
        loop {
            match file.read(&mut buffer[length..])? {
                0 if length > LIMIT => {
                    let text = "the file is no secret of ours: too long";
                    return Err(io::Error::new(io::ErrorKind::InvalidData, text).into());
                }
                0 => return Ok(Some(SecretBytes::new(buffer[..length].to_vec()))),
                read => length += read,
            }
        }
    }

    fn delete(&self, id: &str) -> Result<(), SecretError> {
        match fs::remove_file(self.folder.join(checked(id)?)) {
            Ok(()) => Ok(self.sync_folder()?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn write(path: &Path, secret: &[u8]) -> io::Result<()> {
    let mut file = private(OpenOptions::new().write(true).create_new(true)).open(path)?;
    file.write_all(secret)?;
    file.sync_all()
}

/// `create_new` is `O_CREAT|O_EXCL`; reading refuses symbolic links as well.
#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let no_follow =
        i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).expect("an open flag fits a C int");
    options.mode(0o600).custom_flags(no_follow)
}

/// Elsewhere the folder lies in the user's profile, whose access list is inherited.
#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
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
        assert_eq!(files.put("one", &secret("first")).unwrap(), Kept::File);
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
        assert!(matches!(files.get("one"), Err(SecretError::Folder(_))));
    }
}
