//! An order that was agreed to becomes signatures: one approval for each. It blocks, and knows no window.

use tanba_core::approval::Approval;
use tanba_core::cms::{Draft, SignedMessage};
use tanba_core::crypto::{Digest, HashAlgorithm, Provider};
use tanba_core::time::UnixTime;
use tanba_core::x509::certificate::Certificate;
use tanba_core::xml::sign::{Draft as XmlDraft, LineBreaks, Options, What};

use super::claimed;
use super::order::{Around, NotSigned, Signature};
use super::ready::{Item, Ready};
use super::stamps;
use crate::consent::OpenKey;

/// All that signatures need besides what is signed.
pub(super) struct Pen<'a> {
    pub(super) key: &'a OpenKey,
    pub(super) at: UnixTime,
    pub(super) provider: Provider,
    /// The address of the authority of time stamps.
    pub(super) time_stamps: &'a str,
}

impl Pen<'_> {
    /// Makes all signatures of an order, or none.
    pub(super) fn write(
        &self,
        ready: Ready,
        approvals: Vec<Approval>,
    ) -> Result<Vec<Signature>, NotSigned> {
        let mut approvals = approvals.into_iter();
        // An order has as many approvals as documents; one that had fewer would be signed as far as they go.
        let mut next = || approvals.next().ok_or(NotSigned::Internal);
        match ready {
            Ready::Cms { contents, attached, stamped } => contents
                .into_iter()
                .map(|item| self.cms(item, attached, stamped, next()?))
                .collect(),
            Ready::Raw { contents } => {
                contents.into_iter().map(|item| self.raw(item, next()?)).collect()
            }
            Ready::Xml { documents, what } => documents
                .iter()
                .enumerate()
                .map(|(at, document)| self.xml(at, document, &what, next()?))
                .collect(),
        }
    }

    fn hash(&self) -> HashAlgorithm {
        self.key.hash_algorithm()
    }

    fn certificate(&self) -> &Certificate {
        self.key.certificate()
    }

    fn cms(
        &self,
        item: Item,
        attached: bool,
        stamped: bool,
        approval: Approval,
    ) -> Result<Signature, NotSigned> {
        let hash = self.hash();
        let mut message = match &item {
            Item::Message(message) => (**message).clone(),
            Item::Bytes(_) | Item::Digest(_) | Item::File(_) => SignedMessage::new(),
        };
        let digest = match &item {
            Item::Bytes(bytes) => hash.hash(bytes),
            Item::Digest(bytes) => Digest::claimed(hash, bytes),
            Item::File(document) => document.digest(hash)?,
            Item::Message(message) => signed_digest(message, hash)?,
        };
        let signer = self.add_signer(&mut message, &digest, approval)?;
        if stamped {
            stamps::add(&mut message, signer, self.hash(), self.time_stamps, &self.provider)?;
        }
        Ok(match item {
            Item::Bytes(bytes) if attached => Signature::Bytes(message.to_attached(&bytes)),
            Item::File(document) if attached => {
                let framed = message.framed(document.length);
                Signature::Around(Around {
                    prefix: framed.prefix,
                    file: document.path,
                    length: document.length,
                    digest: document.digest,
                    suffix: framed.suffix,
                })
            }
            Item::Message(old) => Signature::Bytes(match old.content() {
                Some(content) => message.to_attached(content),
                None => message.to_detached(),
            }),
            Item::Bytes(_) | Item::Digest(_) | Item::File(_) => {
                Signature::Bytes(message.to_detached())
            }
        })
    }

    fn add_signer(
        &self,
        message: &mut SignedMessage,
        digest: &Digest,
        approval: Approval,
    ) -> Result<usize, NotSigned> {
        let draft = Draft::of_type(message.content_type, self.certificate(), digest, self.at)
            .map_err(|_| NotSigned::Internal)?;
        let signature =
            self.key.sign(approval, &draft.digest()).map_err(|_| NotSigned::Internal)?;
        let signer = draft.assemble(&signature).map_err(|_| NotSigned::Internal)?;
        let index = message
            .add_signer(signer)
            .map_err(|error| NotSigned::NotAMessage(error.to_string()))?;
        for der in &self.key.chain {
            // A certificate that does not fit is one that verifiers find elsewhere.
            let _ = message.add_certificate(der);
        }
        Ok(index)
    }

    fn raw(&self, item: Item, approval: Approval) -> Result<Signature, NotSigned> {
        let hash = self.hash();
        let digest = match item {
            Item::Bytes(bytes) => hash.hash(&bytes),
            Item::Digest(bytes) => Digest::new(hash, &bytes)
                .ok_or(NotSigned::OtherDigest { expected: hash.digest_len() })?,
            Item::File(document) => document.digest(hash)?,
            Item::Message(_) => return Err(NotSigned::Internal),
        };
        let signature = self.key.sign(approval, &digest).map_err(|_| NotSigned::Internal)?;
        let certified = &self.certificate().public_key;
        certified.verify_digest(&digest, &signature).map_err(|_| NotSigned::Internal)?;
        Ok(Signature::Bytes(signature))
    }

    fn xml(
        &self,
        at: usize,
        document: &[u8],
        what: &What,
        approval: Approval,
    ) -> Result<Signature, NotSigned> {
        let options =
            Options { what: what.clone(), line_breaks: LineBreaks::None, declaration: true };
        let failed = |error| NotSigned::Xml { at, error };
        let draft = XmlDraft::prepare(document, &options, self.certificate()).map_err(failed)?;
        let digest = draft.to_be_signed().clone();
        let signature = self.key.sign(approval, &digest).map_err(|_| NotSigned::Internal)?;
        let certified = &self.certificate().public_key;
        certified.verify_digest(&digest, &signature).map_err(|_| NotSigned::Internal)?;
        let signed = draft.finish(&signature).map_err(failed)?;
        String::from_utf8(signed).map(Signature::Xml).map_err(|_| NotSigned::Internal)
    }
}

/// The digest of a message's content: computed, or what a signer of it signed with the same hash function.
fn signed_digest(message: &SignedMessage, hash: HashAlgorithm) -> Result<Digest, NotSigned> {
    if let Some(digest) = message.digest(hash) {
        return Ok(digest);
    }
    claimed::digest(message, hash).ok_or_else(|| {
        let why = "its content is not in it, and nobody signed it with a key of this kind";
        NotSigned::NotAMessage(why.to_owned())
    })
}
