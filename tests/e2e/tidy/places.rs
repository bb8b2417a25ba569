//! Places that belong to one machine or one network, and so to no file of the project.

use super::assert_none;
use super::tree::{GENERATED, TextFile, files};

/// Folders of persons and of machines; in pieces, so that this file does not complain of itself.
const FOLDERS: &[[&str; 2]] =
    &[["/ho", "me/"], ["/ro", "ot/"], ["/wo", "rk/"], ["/Us", "ers/"], ["C:\\Us", "ers\\"]];

/// Persons of examples: nobody works on a machine of theirs.
const INVENTED: &[&str] = &["aigerim", "aigul", "person", "Әйгерім"];

/// Hosts of package registries: cargo knows the one it uses, the project does not care.
const HOSTS: &[[&str; 2]] = &[
    ["index.cra", "tes.io"],
    ["static.cra", "tes.io"],
    ["registry.npm", "js.org"],
    ["py", "pi.org"],
    ["proxy.gol", "ang.org"],
    ["deb.deb", "ian.org"],
];

/// Names of such places in a file.
fn places(file: &TextFile) -> Vec<String> {
    let folders: Vec<String> = FOLDERS.iter().map(|pieces| pieces.concat()).collect();
    let hosts: Vec<String> = HOSTS.iter().map(|pieces| pieces.concat()).collect();
    let mut found = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let folder = folders.iter().any(|folder| {
            line.match_indices(folder.as_str()).any(|(at, _)| {
                let after = &line[at + folder.len()..];
                let owner = after.split(|c: char| !c.is_alphanumeric()).next();
                // What follows a name is the middle of an address or of a longer path.
                !line[..at].ends_with(|c: char| c.is_alphanumeric() || "_-.}/".contains(c))
                    && !owner.is_some_and(|owner| INVENTED.contains(&owner))
                    && !after.starts_with('{')
            })
        });
        let host = hosts.iter().any(|host| line.contains(host.as_str()));
        if folder || host {
            found.push(format!("{}:{}: {}", file.path, index + 1, line.trim()));
        }
    }
    if file.path.starts_with(".cargo/")
        && file.text.lines().any(|line| line.starts_with("[source") || line.starts_with("[regist"))
    {
        found.push(format!("{}: sends cargo to another registry", file.path));
    }
    found
}

#[test]
fn no_file_names_a_place_of_one_machine() {
    let named: Vec<String> = files()
        .iter()
        .filter(|file| !file.path.ends_with("Cargo.lock") && file.path != GENERATED)
        .flat_map(places)
        .collect();
    assert_none(&named);
}

#[test]
fn places_of_one_machine_are_noticed() {
    for pieces in FOLDERS {
        let line = format!("see {}somebody/x", pieces.concat());
        assert_eq!(places(&TextFile::sample("README.md", &line)).len(), 1, "{line}");
    }
    for pieces in HOSTS {
        let line = format!("url = \"https://{}/x\"", pieces.concat());
        assert_eq!(places(&TextFile::sample("a.toml", &line)).len(), 1, "{line}");
    }
    let config = "[source.elsewhere]\nreplace-with = \"x\"\n";
    assert_eq!(places(&TextFile::sample(".cargo/config.toml", config)).len(), 1);
    let example = format!("{}person/keys", FOLDERS[0].concat());
    assert_none(&places(&TextFile::sample("README.md", &example)));
    let address = format!("https://example.kz{}x", FOLDERS[0].concat());
    assert_none(&places(&TextFile::sample("README.md", &address)));
}
