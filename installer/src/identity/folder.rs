//! The folder of an identity: three files, written so that no crash leaves something that looks whole and is not.
//!
//! Each file is written under another name, synced, and renamed over the old one; the folder is synced last. A crash
//! between two renames leaves files of two identities side by side: [`read`] finds that out, and [`ensure`] makes new
//! ones.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use tanba_core::time::UnixTime;
use zeroize::Zeroizing;

use super::{Identity, IdentityError, make};

/// The name of the leaf's key in the folder, mode 0600.
pub const LEAF_KEY: &str = "leaf.key";
/// The name of the leaf in the folder.
pub const LEAF: &str = "leaf.pem";
/// The name of the root in the folder.
pub const ROOT: &str = "root.pem";

const LOCK: &str = ".lock";

/// No file of ours comes near this size, in bytes.
const LIMIT: u64 = 64 * 1024;

/// What [`ensure`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The identity that was there is good for another thirty days at least.
    Kept,
    /// There was none.
    Made,
    /// The old one was near its end or damaged. Its root must leave the trust stores, and the new one enter them.
    Renewed,
}

/// Makes sure that `folder` holds an identity that is good for the next thirty days, and returns it.
///
/// Two programs may do this at the same time: one waits for the other, and both return the same identity.
///
/// # Errors
/// See [`IdentityError`].
pub fn ensure(folder: &Path, now: UnixTime) -> Result<(Identity, Change), IdentityError> {
    let _lock = lock(folder)?;
    let change = match read(folder) {
        Ok(Some(identity)) if !identity.is_due(now) => return Ok((identity, Change::Kept)),
        Ok(Some(_)) | Err(IdentityError::Damaged(_)) => Change::Renewed,
        Ok(None) => Change::Made,
        Err(
            error @ (IdentityError::NotMade(_)
            | IdentityError::NoRandom
            | IdentityError::Clock
            | IdentityError::FolderNotPrivate(_)
            | IdentityError::Folder(_)),
        ) => return Err(error),
    };
    let identity = make(now)?;
    replace(&identity, folder)?;
    Ok((identity, change))
}

/// Writes `identity` into `folder`, which is made with mode 0700 if it is not there. Files of an earlier identity are
/// replaced.
///
/// # Errors
/// [`IdentityError::FolderNotPrivate`] if other users may open the folder, [`IdentityError::Folder`] if it cannot be
/// written.
pub fn write(identity: &Identity, folder: &Path) -> Result<(), IdentityError> {
    let _lock = lock(folder)?;
    replace(identity, folder)
}

/// Reads the identity in `folder`; `None` if none of its files is there.
///
/// # Errors
/// [`IdentityError::Damaged`] if the files do not belong together, [`IdentityError::Folder`] if they cannot be read.
pub fn read(folder: &Path) -> Result<Option<Identity>, IdentityError> {
    let files = (text(folder, ROOT)?, text(folder, LEAF)?, text(folder, LEAF_KEY)?);
    match files {
        (Some(root), Some(leaf), Some(key)) => {
            Identity::parse(root.to_string(), leaf.to_string(), key).map(Some)
        }
        (None, None, None) => Ok(None),
        _ => Err(IdentityError::Damaged("a file is missing")),
    }
}

fn text(folder: &Path, name: &str) -> Result<Option<Zeroizing<String>>, IdentityError> {
    let file = match File::open(folder.join(name)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut text = Zeroizing::new(String::with_capacity(4096));
    match file.take(LIMIT).read_to_string(&mut text) {
        Ok(_) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(IdentityError::Damaged("a file is not text"))
        }
        Err(error) => Err(error.into()),
    }
}

fn replace(identity: &Identity, folder: &Path) -> Result<(), IdentityError> {
    replace_file(folder, LEAF_KEY, identity.expose_leaf_key())?;
    replace_file(folder, LEAF, identity.leaf_pem())?;
    replace_file(folder, ROOT, identity.root_pem())?;
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// The caller holds the lock, so a file under the temporary name is what a crash left behind.
fn replace_file(folder: &Path, name: &str, content: &str) -> io::Result<()> {
    let temporary = folder.join(format!(".{name}.new"));
    match fs::remove_file(&temporary) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut file = private(OpenOptions::new().write(true).create_new(true)).open(&temporary)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    fs::rename(&temporary, folder.join(name))
}

/// Makes the folder if need be, refuses one that others may open, and waits until nobody else writes here.
fn lock(folder: &Path) -> Result<File, IdentityError> {
    make_private(folder)?;
    let file = private(OpenOptions::new().write(true).create(true).truncate(false))
        .open(folder.join(LOCK))?;
    file.lock()?;
    Ok(file)
}

/// `create_new` is `O_CREAT|O_EXCL`, which follows no symbolic link at the end of the path (POSIX, open); the lock's
/// file is opened without it, and therefore says so itself.
#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let no_follow =
        i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).expect("an open flag fits a C int");
    options.mode(0o600).custom_flags(no_follow)
}

/// On other systems the folder lies in the user's profile, whose access list is inherited.
#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// A folder that was there may hold other people's business, and is left as it is; an empty one is made private.
#[cfg(unix)]
fn make_private(folder: &Path) -> Result<(), IdentityError> {
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let about = fs::metadata(folder)?;
    let ours = about.uid() == rustix::process::geteuid().as_raw();
    match (ours, about.mode() & 0o077) {
        (true, 0) => Ok(()),
        (true, _) if fs::read_dir(folder)?.next().is_none() => {
            Ok(fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?)
        }
        (true | false, _) => Err(IdentityError::FolderNotPrivate(folder.to_owned())),
    }
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> Result<(), IdentityError> {
    Ok(DirBuilder::new().recursive(true).create(folder)?)
}
