//! Whether what was signed is what is there: references are followed, and digests compared.

use super::super::c14n::{Method, NotCanonical, Output, Part, write};
use super::super::document::{Document, NodeId};
use super::parse::{Body, Written, WrittenReference};
use super::target::{Target, Targets};
use super::{Covered, DigestCheck, Reference, Uncheckable, XmlSignature};
use crate::crypto::{Digest, HashAlgorithm};

/// The digest of the canonical form of a part of a document.
pub(in super::super) fn digest(
    document: &Document<'_>,
    part: Part<'_>,
    method: &Method,
    hash: HashAlgorithm,
    budget: &mut u64,
) -> Result<Digest, Uncheckable> {
    let mut hasher = hash.hasher();
    let mut sink = |bytes: &[u8]| hasher.update(bytes);
    let mut output = Output::new(&mut sink, budget);
    write(document, part, method, &mut output).map_err(|error| match error {
        NotCanonical::TooLong => Uncheckable::TooMuch,
        NotCanonical::Base => Uncheckable::Canonicalization,
    })?;
    Ok(hasher.finish())
}

/// Judges one of the signatures of a document.
pub(super) fn check(
    document: &Document<'_>,
    targets: &Targets<'_>,
    all: &[Written],
    at: usize,
    budget: &mut u64,
) -> XmlSignature {
    let Some(signature) = all.get(at) else { return unreadable() };
    let mut judged = XmlSignature {
        path: document.path(signature.node),
        id: document.attribute(signature.node, "Id").map(Into::into),
        certificates: signature.certificates.clone(),
        ..unreadable()
    };
    match &signature.body {
        Ok(body) => {
            judged.algorithm = Ok(body.algorithm);
            judged.value.clone_from(&body.value);
            let mut trial =
                Trial { document, targets, signature, later: later(document, all, at), budget };
            match trial.signed_info(body) {
                Ok(digest) => judged.signed_info = Some(digest),
                Err(reason) => judged.algorithm = Err(reason),
            }
            judged.references = body.references.iter().map(|one| trial.reference(one)).collect();
            judged.has_unsigned_content =
                has_unsigned_content(document, targets, signature, &judged);
        }
        Err(reason) => judged.algorithm = Err(*reason),
    }
    judged
}

fn unreadable() -> XmlSignature {
    XmlSignature {
        path: String::new(),
        id: None,
        certificates: Vec::new(),
        references: Vec::new(),
        has_unsigned_content: false,
        algorithm: Err(Uncheckable::Malformed),
        signed_info: None,
        value: Vec::new(),
    }
}

/// Whether the signature holds something that is no part of a signature, and that none of its references covers.
fn has_unsigned_content(
    document: &Document<'_>,
    targets: &Targets<'_>,
    signature: &Written,
    judged: &XmlSignature,
) -> bool {
    let covered: Vec<NodeId> = judged
        .references
        .iter()
        .filter_map(|reference| match &reference.covered {
            Covered::PartOfSignature { id, .. } => targets.element(id).ok(),
            Covered::WholeDocument | Covered::Element { .. } | Covered::Nothing => None,
        })
        .collect();
    let is_covered = |id: &NodeId| covered.iter().any(|outer| document.is_within(*id, *outer));
    !signature.foreign.iter().all(is_covered)
}

/// The signatures that may have been added after one: they stand behind it in the same element, hold nothing but
/// what belongs to a signature, and say themselves that they envelop.
fn later(document: &Document<'_>, all: &[Written], at: usize) -> Vec<NodeId> {
    let parent = all.get(at).and_then(|signature| document.parent(signature.node));
    let envelops = |one: &Written| {
        let references = one.body.as_ref().map(|body| body.references.as_slice());
        let transforms =
            |one: &WrittenReference| one.transforms.as_ref().is_ok_and(|all| all.enveloped);
        references.unwrap_or_default().iter().any(transforms)
    };
    all.iter()
        .skip(at + 1)
        .filter(|one| document.parent(one.node) == parent && one.is_bare && envelops(one))
        .map(|one| one.node)
        .collect()
}

struct Trial<'d, 't, 'b> {
    document: &'d Document<'t>,
    targets: &'d Targets<'t>,
    signature: &'d Written,
    later: Vec<NodeId>,
    budget: &'b mut u64,
}

impl Trial<'_, '_, '_> {
    fn signed_info(&mut self, body: &Body) -> Result<Digest, Uncheckable> {
        let part = Part { apex: Some(body.signed_info), without: &[] };
        digest(self.document, part, &body.method, body.algorithm.hash(), self.budget)
    }

    fn reference(&mut self, written: &WrittenReference) -> Reference {
        let mut reference = Reference {
            uri: written.uri.clone(),
            covered: Covered::Nothing,
            comments: false,
            digest_algorithm: written.digest_algorithm,
            digest: DigestCheck::Bad,
            later_signatures: 0,
        };
        let judged = self.targets.resolve(written.uri.as_deref()).and_then(|target| {
            reference.covered = self.covered(&target);
            let (check, later, comments) = self.compare(written, &target)?;
            (reference.later_signatures, reference.comments) = (later, comments);
            Ok(check)
        });
        reference.digest = judged.unwrap_or_else(DigestCheck::Uncheckable);
        reference
    }

    fn covered(&self, target: &Target) -> Covered {
        let Some((node, id)) = &target.element else { return Covered::WholeDocument };
        let (id, path) = (id.clone(), self.document.path(*node));
        if self.document.is_within(*node, self.signature.node) {
            Covered::PartOfSignature { id, path }
        } else {
            Covered::Element { id, path }
        }
    }

    /// The result, without how many later signatures, and whether comments count.
    fn compare(
        &mut self,
        written: &WrittenReference,
        target: &Target,
    ) -> Result<(DigestCheck, usize, bool), Uncheckable> {
        let transforms = written.transforms.as_ref().map_err(|reason| *reason)?;
        let hash = written.digest_algorithm.ok_or(Uncheckable::Hash)?;
        let apex = target.element.as_ref().map(|(node, _)| *node);
        let method = Method {
            comments: transforms.method.comments && target.comments,
            ..transforms.method.clone()
        };
        let own = self.signature.node;
        let mut without = Vec::new();
        // Of a part in which the signature does not stand, nothing is taken away (section 6.6.4).
        let enveloped =
            transforms.enveloped && apex.is_none_or(|apex| self.document.is_within(own, apex));
        if enveloped {
            without.push(own);
        }
        let mut is_right = |without: &[NodeId]| {
            let part = Part { apex, without };
            let found = digest(self.document, part, &method, hash, self.budget)?;
            Ok::<bool, Uncheckable>(found.as_bytes() == written.digest)
        };
        let mut later = 0;
        let mut right = is_right(&without)?;
        if !right && enveloped && !self.later.is_empty() {
            without.extend(&self.later);
            right = is_right(&without)?;
            later = if right { self.later.len() } else { 0 };
        }
        let check = match (right, hash) {
            (false, _) => DigestCheck::Bad,
            (true, HashAlgorithm::Sha1) => DigestCheck::Weak,
            (true, _) => DigestCheck::Good,
        };
        Ok((check, later, method.comments))
    }
}
