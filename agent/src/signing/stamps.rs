//! Time stamps for signatures in a message.

use tanba_core::cms::{SignedMessage, SignerInfo};
use tanba_core::crypto::{HashAlgorithm, Provider};

use super::order::NotSigned;
use crate::remote::stamp;

/// Stamps one signer's signature.
pub(super) fn add(
    message: &mut SignedMessage,
    signer: usize,
    hash: HashAlgorithm,
    address: &str,
    provider: &Provider,
) -> Result<(), NotSigned> {
    let imprint =
        message.signers().get(signer).ok_or(NotSigned::Internal)?.time_stamp_imprint(hash);
    let (token, _) = stamp::obtain(address, &imprint, provider)
        .map_err(|error| NotSigned::NoTimeStamp(error.to_string()))?;
    message.add_time_stamp(signer, &token).map_err(|_| NotSigned::Internal)
}

/// Stamps all signatures that have no stamp, and gives the message anew.
pub(super) fn add_to_all(
    message: &mut SignedMessage,
    address: &str,
    provider: &Provider,
) -> Result<Vec<u8>, NotSigned> {
    for signer in 0..message.signers().len() {
        let info = &message.signers()[signer];
        if info.time_stamps().is_empty() {
            let hash = hash_of(info);
            add(message, signer, hash, address, provider)?;
        }
    }
    Ok(match message.content() {
        Some(content) => message.to_attached(content),
        None => message.to_detached(),
    })
}

/// The signer's own hash function; for those that nobody should use any more, a better one.
fn hash_of(signer: &SignerInfo) -> HashAlgorithm {
    signer.hash().filter(|hash| *hash != HashAlgorithm::Sha1).unwrap_or(HashAlgorithm::Sha256)
}
