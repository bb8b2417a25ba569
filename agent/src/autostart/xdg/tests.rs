//! Entries of the autostart: what they say, who else may say something, and what the desktop's own judge says of them.

use std::process::Command;

use super::*;

struct Place {
    autostart: Autostart,
    _folder: tempfile::TempDir,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| Some(folder.path().join(name).into_os_string());
    let autostart = Autostart::from(path("config"), path("system"), None).unwrap();
    Place { autostart, _folder: folder }
}

impl Place {
    fn own(&self) -> PathBuf {
        self.autostart.own.join(NAME)
    }

    fn write_system(&self, text: &str) {
        let folder = &self.autostart.system[0];
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join(NAME), text).unwrap();
    }
}

#[test]
fn folders_are_those_of_the_specification() {
    let from = |config: Option<&str>, dirs: Option<&str>, home: Option<&str>| {
        Autostart::from(config.map(Into::into), dirs.map(Into::into), home.map(Into::into))
            .map(|autostart| (autostart.own, autostart.system))
    };
    let path = |name: &str| PathBuf::from(name);
    assert_eq!(from(None, None, None), None);
    assert_eq!(from(Some("relative"), None, Some("relative")), None);
    assert_eq!(
        from(None, None, Some("/h")),
        Some((path("/h/.config/autostart"), vec![path("/etc/xdg/autostart")]))
    );
    assert_eq!(
        from(Some("/c"), Some("/a:b:/d"), Some("/h")),
        Some((path("/c/autostart"), vec![path("/a/autostart"), path("/d/autostart")]))
    );
}

#[test]
fn it_is_switched_on_and_off_and_nothing_is_left() {
    let place = place();
    let autostart = &place.autostart;
    assert!(!autostart.status().unwrap());
    autostart.set(false, Path::new("/opt/tanba")).unwrap();
    autostart.set(true, Path::new("/opt/tanba")).unwrap();
    autostart.set(true, Path::new("/opt/other/tanba")).unwrap();
    assert!(autostart.status().unwrap());
    let text = fs::read_to_string(place.own()).unwrap();
    assert!(text.contains("\nExec=\"/opt/other/tanba\"\n"), "{text}");
    autostart.set(false, Path::new("/opt/tanba")).unwrap();
    assert!(!autostart.status().unwrap());
    assert!(!place.own().exists());
}

#[test]
fn what_the_desktop_s_settings_switched_off_is_off_until_it_is_wanted_again() {
    let place = place();
    place.autostart.set(true, Path::new("/opt/tanba")).unwrap();
    let text = fs::read_to_string(place.own()).unwrap();
    for off in [
        format!("{text}Hidden=true\n"),
        text.replace("X-GNOME-Autostart-enabled=true", "X-GNOME-Autostart-enabled = false"),
        text.replace("[Desktop Entry]", "[Something Else]"),
    ] {
        fs::write(place.own(), &off).unwrap();
        assert!(!place.autostart.status().unwrap(), "{off}");
    }
    fs::write(place.own(), format!("{text}Hidden=true\n")).unwrap();
    place.autostart.set(true, Path::new("/opt/tanba")).unwrap();
    assert!(place.autostart.status().unwrap());
}

#[test]
fn the_system_s_entry_counts_and_is_switched_off_by_one_of_the_person_s() {
    let place = place();
    place.write_system(&entry(Path::new("/usr/bin/tanba"), true).unwrap());
    let autostart = &place.autostart;
    assert!(autostart.status().unwrap());
    autostart.set(false, Path::new("/usr/bin/tanba")).unwrap();
    assert!(!autostart.status().unwrap());
    assert!(fs::read_to_string(place.own()).unwrap().contains("\nHidden=true\n"));
    autostart.set(true, Path::new("/usr/bin/tanba")).unwrap();
    assert!(autostart.status().unwrap());
}

#[test]
fn a_file_of_somebody_else_is_left_alone() {
    let place = place();
    fs::create_dir_all(&place.autostart.own).unwrap();
    let text = "[Desktop Entry]\nType=Application\nName=Other\nExec=other\n";
    fs::write(place.own(), text).unwrap();
    for on in [true, false] {
        let error = place.autostart.set(on, Path::new("/opt/tanba")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    }
    assert_eq!(fs::read_to_string(place.own()).unwrap(), text);
    fs::write(place.own(), "x".repeat(100_000)).unwrap();
    assert!(place.autostart.status().is_err());
}

#[test]
fn paths_are_quoted_and_escaped_or_refused() {
    let exec = |path: &str| exec(Path::new(path));
    assert_eq!(exec("/opt/My Tanba/tanba").unwrap(), r#""/opt/My Tanba/tanba""#);
    assert_eq!(exec("/100%/қол").unwrap(), r#""/100%%/қол""#);
    assert_eq!(exec(r#"/a"b$c`d\e"#).unwrap(), r#""/a\\"b\\$c\\`d\\\\e""#);
    for path in ["tanba", "/a=b/tanba", "/a\nb", ""] {
        assert_eq!(exec(path).unwrap_err().kind(), io::ErrorKind::InvalidInput, "{path}");
    }
}

#[test]
fn the_desktop_s_own_judge_finds_nothing_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(NAME);
    for on in [true, false] {
        fs::write(&file, entry(Path::new("/opt/My $Tanba/100%/tanba"), on).unwrap()).unwrap();
        match Command::new("desktop-file-validate").arg(&file).output() {
            Ok(said) => {
                let text = String::from_utf8_lossy(&said.stdout).into_owned();
                assert!(said.status.success() && text.is_empty(), "{text}");
                eprintln!("JUDGE: desktop-file-validate: our autostart entry");
            }
            Err(_) => {
                let text = "SKIPPED: apt install desktop-file-utils";
                assert!(env::var_os("TANBA_REQUIRE_ALL").is_none(), "{text}");
                eprintln!("{text}");
            }
        }
    }
}
