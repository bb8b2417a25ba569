//! Autostart on Linux and its relatives: a `.desktop` file in the person's `autostart` folder, as the Desktop Application
//! Autostart Specification and the Desktop Entry Specification have it.
//!
//! A package may put an entry of the same name into one of the system's folders. The person's own file goes before it; to
//! switch the system's entry off, the person's file says `Hidden=true`.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The entry's file.
const NAME: &str = "kz.tanba.Tanba.desktop";
/// The largest file that is read, in bytes.
const MOST: u64 = 64 * 1024;
/// By this key we know our own files again; programs of others keep keys that they do not know.
const OURS: &str = "X-Tanba";

/// Where entries are.
#[derive(Debug)]
pub(super) struct Autostart {
    /// The person's folder.
    own: PathBuf,
    /// The system's folders, the most important first.
    system: Vec<PathBuf>,
}

/// What an entry's file says, as far as we want to know.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    ours: bool,
    starts: bool,
}

impl Autostart {
    /// Where the specifications put them for the person whose session this is.
    pub(super) fn of_this_person() -> io::Result<Self> {
        let home = env::var_os("HOME").map(PathBuf::from);
        Self::from(env::var_os("XDG_CONFIG_HOME"), env::var_os("XDG_CONFIG_DIRS"), home)
            .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the person has no home"))
    }

    fn from(
        config: Option<std::ffi::OsString>,
        dirs: Option<std::ffi::OsString>,
        home: Option<PathBuf>,
    ) -> Option<Self> {
        // The specification tells to ignore paths that are not absolute.
        let config = config
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(|| home.filter(|path| path.is_absolute()).map(|home| home.join(".config")))?;
        let dirs = dirs.filter(|dirs| !dirs.is_empty()).unwrap_or_else(|| "/etc/xdg".into());
        let system = env::split_paths(&dirs).filter(|path| path.is_absolute());
        Some(Self {
            own: config.join("autostart"),
            system: system.map(|path| path.join("autostart")).collect(),
        })
    }

    /// Whether a session starts it.
    pub(super) fn status(&self) -> io::Result<bool> {
        let said = match read(&self.own.join(NAME))? {
            Some(said) => Some(said),
            None => self.of_the_system(),
        };
        Ok(said.is_some_and(|said| said.starts))
    }

    /// Lets a session start it, or not.
    pub(super) fn set(&self, on: bool, program: &Path) -> io::Result<()> {
        let file = self.own.join(NAME);
        let there = read(&file)?;
        if there.as_ref().is_some_and(|said| !said.ours) {
            return Err(super::foreign());
        }
        let of_the_system = self.of_the_system();
        if !on && of_the_system.is_none() {
            return if there.is_some() { fs::remove_file(&file) } else { Ok(()) };
        }
        let text = entry(program, on)?;
        fs::create_dir_all(&self.own)?;
        // Either the old entry or the new one is there, and never half of one.
        crate::files::replace(&self.own, NAME, text.as_bytes()).map_err(io::Error::other)
    }

    /// What the most important of the system's entries says. One that cannot be read starts nothing either.
    fn of_the_system(&self) -> Option<Said> {
        self.system.iter().find_map(|folder| read(&folder.join(NAME)).ok().flatten())
    }
}

/// Reads an entry; `None` if there is no file.
fn read(file: &Path) -> io::Result<Option<Said>> {
    let size = match fs::metadata(file) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if size > MOST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "no autostart entry is so large"));
    }
    Ok(Some(parse(&String::from_utf8_lossy(&fs::read(file)?))))
}

fn parse(text: &str) -> Said {
    let lines = text.lines().map(str::trim);
    let group = lines.skip_while(|line| *line != "[Desktop Entry]").skip(1);
    let (mut exec, mut said) = (false, Said { ours: false, starts: true });
    for line in group.take_while(|line| !line.starts_with('[')) {
        let Some((key, value)) = line.split_once('=') else { continue };
        match (key.trim_end(), value.trim_start()) {
            (OURS, "true") => said.ours = true,
            ("Hidden", "true") | ("X-GNOME-Autostart-enabled", "false") => said.starts = false,
            ("Exec", command) => exec = !command.is_empty(),
            _ => {}
        }
    }
    said.starts &= exec;
    said
}

/// The text of our entry.
fn entry(program: &Path, on: bool) -> io::Result<String> {
    let exec = exec(program)?;
    let hidden = if on { "" } else { "Hidden=true\n" };
    Ok(format!(
        "[Desktop Entry]\nType=Application\nName=Tanba\n\
         Comment=Signs for web pages\nComment[kk]=Веб-беттер үшін қол қояды\n\
         Comment[ru]=Подписывает для веб-страниц\nExec={exec}\nTerminal=false\nNoDisplay=true\n\
         StartupNotify=false\nX-GNOME-Autostart-enabled={on}\n{hidden}{OURS}=true\n"
    ))
}

/// The program as the value of `Exec`: quoted, then escaped as every string of such a file is.
fn exec(program: &Path) -> io::Result<String> {
    let invalid = |why| io::Error::new(io::ErrorKind::InvalidInput, why);
    let path = program.to_str().ok_or_else(|| invalid("the program's path is not UTF-8"))?;
    if !program.is_absolute() {
        return Err(invalid("the program's path is not absolute"));
    }
    // The specification forbids the one; a line cannot hold the others.
    if path.contains('=') || path.chars().any(char::is_control) {
        return Err(invalid("no autostart entry can hold the program's path"));
    }
    let mut quoted = String::from("\"");
    for letter in path.chars() {
        match letter {
            // Within quotes a backslash goes before these, and itself is written as two.
            '"' | '`' | '$' => quoted.extend(["\\\\", letter.encode_utf8(&mut [0; 4])]),
            '\\' => quoted.push_str("\\\\\\\\"),
            '%' => quoted.push_str("%%"),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    Ok(quoted)
}

#[cfg(test)]
mod tests;
