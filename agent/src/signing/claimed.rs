//! The digests that one more signer of a message signs when its content is not in it: those that others have signed.

use tanba_core::cms::SignedMessage;
use tanba_core::crypto::{Digest, HashAlgorithm};

/// The hash functions that keys have.
const OF_KEYS: [HashAlgorithm; 3] =
    [HashAlgorithm::Sha256, HashAlgorithm::Streebog512, HashAlgorithm::Gost34311];

/// What a key with that hash function would sign: only what somebody really signed is signed once more unseen.
pub(super) fn digest(message: &SignedMessage, hash: HashAlgorithm) -> Option<Digest> {
    message.signers().iter().filter(|signer| signer.hash() == Some(hash)).find_map(|signer| {
        let digest = signer.signed.as_ref()?.message_digest.as_deref()?;
        let digest = Digest::new(hash, digest)?;
        message.check(signer, std::slice::from_ref(&digest)).is_good().then_some(digest)
    })
}

/// What keys of all kinds would sign. Nobody knows yet which key it will be, and signers of other kinds may have signed
/// something else: the person is shown all of them.
pub(super) fn digests(message: &SignedMessage) -> Vec<Digest> {
    OF_KEYS.into_iter().filter_map(|hash| digest(message, hash)).collect()
}
