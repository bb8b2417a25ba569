//! Autostart on macOS: a LaunchAgent in the person's library.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The agent's label, and the name of its file.
const LABEL: &str = "kz.tanba.Tanba";

/// Where LaunchAgents are.
#[derive(Debug)]
pub(super) struct LaunchAgent {
    folder: PathBuf,
}

impl LaunchAgent {
    /// Those of the person whose session this is.
    #[cfg(target_os = "macos")]
    pub(super) fn of_this_person() -> io::Result<Self> {
        let home = std::env::var_os("HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let home =
            home.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the person has no home"))?;
        Ok(Self { folder: home.join("Library/LaunchAgents") })
    }

    fn name() -> String {
        format!("{LABEL}.plist")
    }

    /// Whether a session starts it.
    pub(super) fn status(&self) -> io::Result<bool> {
        fs::exists(self.folder.join(Self::name()))
    }

    /// Lets the next session start it, or not. The one of this session goes on.
    pub(super) fn set(&self, on: bool, program: &Path) -> io::Result<()> {
        let file = self.folder.join(Self::name());
        if self.status()? && !fs::read_to_string(&file)?.contains(LABEL) {
            return Err(super::foreign());
        }
        if on {
            fs::create_dir_all(&self.folder)?;
            let text = plist(program)?;
            return crate::files::replace(&self.folder, &Self::name(), text.as_bytes())
                .map_err(io::Error::other);
        }
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

fn plist(program: &Path) -> io::Result<String> {
    let invalid = |why| io::Error::new(io::ErrorKind::InvalidInput, why);
    let path = program.to_str().ok_or_else(|| invalid("the program's path is not UTF-8"))?;
    if path.chars().any(char::is_control) {
        return Err(invalid("no LaunchAgent can hold the program's path"));
    }
    let path = path.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    Ok(format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>{LABEL}</string>
	<key>ProgramArguments</key>
	<array>
		<string>{path}</string>
	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>LimitLoadToSessionType</key>
	<string>Aqua</string>
	<key>ProcessType</key>
	<string>Interactive</string>
</dict>
</plist>
"#
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_there_while_it_is_on_and_holds_any_path_as_xml() {
        let folder = tempfile::tempdir().unwrap();
        let agent = LaunchAgent { folder: folder.path().join("Library/LaunchAgents") };
        assert!(!agent.status().unwrap());
        agent.set(false, Path::new("/a")).unwrap();
        agent.set(true, Path::new("/Applications/Tanba & <Co>/tanba")).unwrap();
        assert!(agent.status().unwrap());
        let text = fs::read_to_string(agent.folder.join(LaunchAgent::name())).unwrap();
        assert!(
            text.contains("<string>/Applications/Tanba &amp; &lt;Co&gt;/tanba</string>"),
            "{text}"
        );
        agent.set(false, Path::new("/a")).unwrap();
        assert!(!agent.status().unwrap());
    }

    #[test]
    fn a_file_of_somebody_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let agent = LaunchAgent { folder: folder.path().to_owned() };
        fs::write(folder.path().join(LaunchAgent::name()), "<plist/>").unwrap();
        for on in [true, false] {
            let error = agent.set(on, Path::new("/a")).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        }
    }
}
