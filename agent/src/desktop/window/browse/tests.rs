//! What is listed, what can be chosen, and what is made.

use tanba::protocol::Locale;

use super::super::super::{FilePrompt, FolderPrompt};
use super::*;

fn browse(folder: &Path) -> Browse {
    let origin = "https://egov.kz".to_owned();
    let prompt = FolderPrompt { origin, locale: Locale::Kk, sandbox: true };
    let mut browse = Browse::new(Choice::of_folder(prompt));
    browse.go(folder);
    browse
}

fn browse_files(kind: FileKind, folder: &Path) -> Browse {
    let (origin, locale, folder) = (None, Locale::Kk, Some(folder.to_owned()));
    Browse::new(Choice::of_file(FilePrompt {
        origin,
        locale,
        sandbox: false,
        kind,
        folder,
        wish: None,
    }))
}

fn names(browse: &Browse) -> Vec<&str> {
    browse.inside.names.iter().map(|entry| entry.name.as_str()).collect()
}

#[test]
fn folders_are_listed_by_name_without_hidden_ones_and_files() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["ЭЦП", "b", "A", ".hidden"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("file"), "").unwrap();
    let browse = browse(folder.path());
    assert_eq!(names(&browse), ["A", "b", "ЭЦП"]);
    assert!(browse.trouble.is_none() && !browse.inside.more);
}

#[test]
fn files_are_listed_after_folders_by_their_kind() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("z.p12")).unwrap();
    for name in ["b.P12", "a.pfx", "c.cer", "d.crl", ".hidden.p12", "p12"] {
        fs::write(folder.path().join(name), "").unwrap();
    }
    for (kind, listed) in [
        (FileKind::Key, &["z.p12", "a.pfx", "b.P12"][..]),
        (FileKind::Certificate, &["z.p12", "c.cer"]),
        (FileKind::RevocationList, &["z.p12", "d.crl"]),
        (FileKind::Any, &["z.p12", "a.pfx", "b.P12", "c.cer", "d.crl", "p12"]),
        (FileKind::Folder, &["z.p12"]),
    ] {
        assert_eq!(names(&browse_files(kind, folder.path())), listed, "{kind:?}");
    }
}

#[test]
fn a_file_is_picked_and_a_folder_gone_to() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.cer");
    fs::write(&file, "").unwrap();
    // A path that is typed picks a file of another kind too.
    let mut browse = browse_files(FileKind::Key, folder.path());
    assert!(browse.picked.is_none() && browse.choice.reply(folder.path().into()).is_none());
    browse.go(&file);
    assert_eq!((browse.chosen(), browse.here.as_path()), (file.as_path(), folder.path()));
    assert!(matches!(browse.choice.reply(file.clone()), Some(Reply::File(same)) if same == file));
    browse.go(folder.path());
    assert!(browse.picked.is_none() && browse.trouble.is_none());
    browse.go(&folder.path().join("gone.p12"));
    assert_eq!(browse.trouble, Some("window-file-missing"));
}

#[test]
fn what_is_no_folder_cannot_be_chosen() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    for path in
        [folder.path().join("file"), folder.path().join("gone"), "relative".into(), PathBuf::new()]
    {
        let browse = browse(&path);
        assert_eq!(browse.trouble, Some("window-folder-missing"), "{path:?}");
        assert!(browse.inside.names.is_empty());
    }
}

#[test]
fn a_name_that_is_a_path_makes_no_folder() {
    for name in ["", " ", ".", "..", "a/b", "/tmp/x"] {
        assert!(!is_name(name), "{name}");
    }
    assert!(is_name("ЭЦҚ кілттері"));
}

#[cfg(unix)]
#[test]
fn a_new_folder_is_for_one_person() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("ЭЦҚ");
    make(&folder).unwrap();
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(make(&folder).is_err());
}
