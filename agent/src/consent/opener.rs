//! Opens key files for the window that asks, and keeps what is in them until the person has chosen.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tanba_core::crypto::PrivateKey;
use tanba_core::pkcs12::{self, OpenError};
use tanba_core::secret::Password;
use tanba_core::x509::certificate::Certificate;

use super::judge::Judge;
use tracing::debug;

use crate::blocking::blocking;
use crate::desktop::{CannotOpen, KeyCard, KeyOpener};

/// The largest key file, in bytes.
const MOST: u64 = 4 << 20;

/// A key with its certificate, if it has one that can be read.
#[derive(Debug)]
struct Found {
    key: PrivateKey,
    certificate: Option<Certificate>,
    chain: Vec<Vec<u8>>,
    may_be_taken: bool,
}

/// What was chosen.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) key: PrivateKey,
    pub(super) certificate: Certificate,
    pub(super) chain: Vec<Vec<u8>>,
    pub(super) file: PathBuf,
}

/// What the file that was opened last has.
#[derive(Debug, Default)]
struct Opened {
    file: PathBuf,
    keys: Vec<Found>,
}

/// Opens key files for one window.
#[derive(Debug)]
pub(super) struct Opener {
    judge: Arc<Judge>,
    opened: Arc<Mutex<Opened>>,
    wrong: AtomicBool,
}

impl Opener {
    pub(super) fn new(judge: Judge) -> Self {
        Self { judge: Arc::new(judge), opened: Arc::default(), wrong: AtomicBool::new(false) }
    }

    /// Whether the last password did not open the file.
    pub(super) fn was_wrong(&self) -> bool {
        self.wrong.load(Ordering::Relaxed)
    }

    /// The key of that index, unless it must not be taken.
    pub(super) fn take(self, index: usize) -> Option<Taken> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if !opened.keys.get(index)?.may_be_taken {
            return None;
        }
        let file = opened.file.clone();
        let found = opened.keys.swap_remove(index);
        Some(Taken { key: found.key, certificate: found.certificate?, chain: found.chain, file })
    }

    /// The certificate of that index, or all that may be taken; and their file.
    pub(super) fn certificates(
        self,
        index: usize,
        all: bool,
    ) -> (Vec<Certificate>, Option<PathBuf>) {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let file = opened.file.clone();
        let keys = std::mem::take(&mut opened.keys);
        let wanted = keys
            .into_iter()
            .enumerate()
            .filter(|(place, found)| found.may_be_taken && (all || *place == index));
        let certificates: Vec<_> = wanted.filter_map(|(_, found)| found.certificate).collect();
        let file = (!certificates.is_empty()).then_some(file);
        (certificates, file)
    }
}

impl KeyOpener for Opener {
    fn open(
        &self,
        file: PathBuf,
        password: Password,
    ) -> BoxFuture<'_, Result<Vec<KeyCard>, CannotOpen>> {
        let (judge, opened) = (Arc::clone(&self.judge), Arc::clone(&self.opened));
        async move {
            let outcome = blocking(move || {
                let mut opened = opened.lock().unwrap_or_else(PoisonError::into_inner);
                // Whatever comes, keys of another file are not offered any more.
                *opened = Opened::default();
                let (keys, cards) = read(&file, &password, &judge)?;
                *opened = Opened { file, keys };
                Ok(cards)
            })
            .await;
            self.wrong.store(matches!(outcome, Err(CannotOpen::WrongPassword)), Ordering::Relaxed);
            match &outcome {
                Ok(cards) => debug!(keys = cards.len(), "a key file was opened for a window"),
                Err(why) => debug!(?why, "a key file was not opened for a window"),
            }
            outcome
        }
        .boxed()
    }
}

fn read(
    path: &Path,
    password: &Password,
    judge: &Judge,
) -> Result<(Vec<Found>, Vec<KeyCard>), CannotOpen> {
    let bytes = bytes(path)?;
    let opened = pkcs12::open(&bytes, password).map_err(|error| match error {
        OpenError::WrongPassword => CannotOpen::WrongPassword,
        OpenError::Damaged { .. } | OpenError::Unsupported { .. } | OpenError::TooExpensive => {
            CannotOpen::NotAKeyFile
        }
    })?;
    let (others, responders) = (opened.extra_certificates, judge.responders());
    let mut all: Vec<(Found, KeyCard)> = Vec::new();
    for entry in opened.entries {
        let certificate = entry.certificates.first().and_then(|der| Certificate::parse(der).ok());
        let mut chain: Vec<Vec<u8>> = entry.certificates.into_iter().skip(1).collect();
        chain.extend(others.iter().cloned());
        let card = judge.card(entry.key.kind(), certificate.as_ref(), &chain, responders.as_ref());
        let may_be_taken = card.refusal.is_none();
        all.push((Found { key: entry.key, certificate, chain, may_be_taken }, card));
    }
    if all.is_empty() {
        return Err(CannotOpen::Empty);
    }
    // Those that fit first, and of these the youngest.
    all.sort_by_key(|(found, card)| (!found.may_be_taken, std::cmp::Reverse(card.valid.0)));
    let (keys, mut cards): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    for (index, card) in cards.iter_mut().enumerate() {
        card.index = index;
    }
    Ok((keys, cards))
}

fn bytes(path: &Path) -> Result<Vec<u8>, CannotOpen> {
    let file = crate::files::open_document(path).map_err(|error| {
        use std::io::ErrorKind as Kind;
        if matches!(error.kind(), Kind::NotFound | Kind::NotADirectory) {
            CannotOpen::Missing
        } else if error.kind() == Kind::InvalidInput {
            CannotOpen::NotAKeyFile
        } else {
            CannotOpen::Unreadable
        }
    })?;
    let mut bytes = Vec::new();
    file.take(MOST + 1).read_to_end(&mut bytes).map_err(|_| CannotOpen::Unreadable)?;
    if bytes.len() as u64 > MOST { Err(CannotOpen::NotAKeyFile) } else { Ok(bytes) }
}
