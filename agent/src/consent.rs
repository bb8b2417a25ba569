//! The person's yes, and the key that comes with it. Nowhere else is an approval made.

mod judge;
mod opener;
mod question;
mod standing;

use std::path::PathBuf;
use std::sync::Arc;

use tanba_core::approval::Approval;
use tanba_core::crypto::{CryptoError, Digest, HashAlgorithm, PrivateKey, Provider};
use tanba_core::secret::Password;
use tanba_core::x509::certificate::Certificate;

pub use self::judge::{Judge, roots_are_known};
use self::opener::Opener;
pub use self::question::Question;
use crate::blocking::blocking;
use crate::ctx::Ctx;
use crate::desktop::{Asked, CannotOpen, ConsentPrompt, Deed, KeyCard, KeyOpener as _, KeyPrompt};
use crate::page::Page;
use crate::signing::{Chain, Usage, Wanted};

/// Why there is no yes.
#[derive(Debug, thiserror::Error)]
pub enum NotAgreed {
    /// The person closed the window.
    #[error("the person closed the window")]
    Cancelled,
    /// The person closed the window after a password that did not open the file.
    #[error("the person closed the window after a wrong password")]
    WrongPassword,
    /// There is no screen to ask on.
    #[error("there is no screen to ask on")]
    NoWindow,
    /// Too many questions of this page wait already.
    #[error("too many questions of this page wait already")]
    Busy,
}

/// A key that was opened for one order. It is forgotten with it.
#[derive(Debug)]
pub struct OpenKey {
    key: PrivateKey,
    certificate: Certificate,
    /// What the key file has besides: certificates of authorities, in DER.
    pub chain: Vec<Vec<u8>>,
    /// Where the key lies. Never told to a page that does not know it.
    pub file: PathBuf,
    provider: Provider,
}

impl OpenKey {
    /// The holder's certificate.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// With what the key signs.
    #[must_use]
    pub fn hash_algorithm(&self) -> HashAlgorithm {
        self.key.kind().hash_algorithm()
    }

    /// Makes one signature, for one approval.
    ///
    /// # Errors
    /// [`CryptoError`] if the digest is none of the key's, or the computation failed.
    pub fn sign(&self, approval: Approval, digest: &Digest) -> Result<Vec<u8>, CryptoError> {
        // Spent, whatever comes of it.
        drop(approval);
        (self.provider.sign)(&self.provider, &self.key, digest)
    }
}

/// Asks for a key and for the agreement to that many signatures with it.
///
/// # Errors
/// [`NotAgreed`].
pub async fn unlock(
    ctx: &Arc<Ctx>,
    page: &Page,
    prompt: KeyPrompt,
    judge: Judge,
    signatures: usize,
) -> Result<(OpenKey, Vec<Approval>), NotAgreed> {
    let (opener, index) = choose(ctx, page, prompt, judge).await?;
    let found = opener.take(index).ok_or(NotAgreed::Cancelled)?;
    let key = OpenKey {
        key: found.key,
        certificate: found.certificate,
        chain: found.chain,
        file: found.file,
        provider: ctx.provider,
    };
    remember(ctx, key.file.clone()).await;
    let approvals = (0..signatures).map(|_| Approval::assert_given()).collect();
    Ok((key, approvals))
}

/// Asks which certificates a page may see: the one that was chosen, or all that fit in its file.
///
/// # Errors
/// [`NotAgreed`].
pub async fn show(
    ctx: &Arc<Ctx>,
    page: &Page,
    prompt: KeyPrompt,
    judge: Judge,
) -> Result<Vec<Certificate>, NotAgreed> {
    let all = prompt.consent.deed == Deed::ListKeys;
    let (opener, index) = choose(ctx, page, prompt, judge).await?;
    let (certificates, file) = opener.certificates(index, all);
    if let Some(file) = file {
        remember(ctx, file).await;
    }
    if certificates.is_empty() { Err(NotAgreed::Cancelled) } else { Ok(certificates) }
}

/// What is in a key file, for the person who looks at their own keys: nothing is refused, whatever it is for. The keys
/// themselves are forgotten before this returns, and nobody is asked whether certificates were revoked.
///
/// # Errors
/// Why it was not opened.
pub async fn look(
    ctx: &Ctx,
    file: PathBuf,
    password: Password,
) -> Result<Vec<KeyCard>, CannotOpen> {
    let wanted = Wanted {
        usage: Usage::Any,
        usages: Vec::new(),
        iin: None,
        bin: None,
        serial: None,
        key: None,
        chain: Chain::Told,
        expired: true,
        revoked: true,
    };
    let judge = Judge::new(wanted, &ctx.settings.authorities, ctx.clock.now());
    Opener::new(judge).open(file, password).await
}

async fn choose(
    ctx: &Arc<Ctx>,
    page: &Page,
    mut prompt: KeyPrompt,
    judge: Judge,
) -> Result<(Opener, usize), NotAgreed> {
    let _turn = ctx.turns.wait(page).await.map_err(|_| NotAgreed::Busy)?;
    let question = Question::begin(ctx, page)?;
    prompt.consent.may_block = question.may_block();
    let looking = Arc::clone(ctx);
    prompt.recent = blocking(move || looking.recent.list()).await;
    let opener = Opener::new(judge);
    match question.heard(ctx.desktop.choose_key(prompt, &opener).await) {
        Asked::Answered(index) => {
            agreed(ctx, page).await;
            Ok((opener, index))
        }
        Asked::Closed => {
            Err(if opener.was_wrong() { NotAgreed::WrongPassword } else { NotAgreed::Cancelled })
        }
        Asked::Blocked => Err(block(ctx, page).await),
        Asked::NoScreen => Err(NotAgreed::NoWindow),
    }
}

async fn remember(ctx: &Arc<Ctx>, file: PathBuf) {
    let ctx = Arc::clone(ctx);
    blocking(move || ctx.recent.used(&file)).await;
}

async fn agreed(ctx: &Arc<Ctx>, page: &Page) {
    let (ctx, page) = (Arc::clone(ctx), page.clone());
    blocking(move || ctx.sites.agreed(&page, ctx.clock.now())).await;
}

async fn block(ctx: &Arc<Ctx>, page: &Page) -> NotAgreed {
    if let Some(origin) = page.origin().map(str::to_owned) {
        let ctx = Arc::clone(ctx);
        blocking(move || ctx.sites.block(&origin, true)).await;
    }
    NotAgreed::Cancelled
}

/// Asks for an agreement that needs no key.
///
/// # Errors
/// [`NotAgreed`].
pub async fn agree(
    ctx: &Arc<Ctx>,
    page: &Page,
    mut prompt: ConsentPrompt,
) -> Result<(), NotAgreed> {
    let _turn = ctx.turns.wait(page).await.map_err(|_| NotAgreed::Busy)?;
    let question = Question::begin(ctx, page)?;
    prompt.may_block = question.may_block();
    match question.heard(ctx.desktop.confirm(prompt).await) {
        Asked::Answered(()) => {
            agreed(ctx, page).await;
            Ok(())
        }
        Asked::Closed => Err(NotAgreed::Cancelled),
        Asked::Blocked => Err(block(ctx, page).await),
        Asked::NoScreen => Err(NotAgreed::NoWindow),
    }
}
