//! Where a certificate says that more is to be found: responders, issuers, revocation lists.
//!
//! These are hints. One that cannot be read is left out, because nothing is trusted for having been fetched from the
//! right place; only the names of distribution points take part in a judgement (see [`crl`](super::crl)), and without
//! them a list that covers a part of an authority's certificates is not believed.

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5280::{
    ID_AD_CA_ISSUERS, ID_AD_OCSP, ID_CE_CRL_DISTRIBUTION_POINTS, ID_CE_FRESHEST_CRL,
    ID_PE_AUTHORITY_INFO_ACCESS,
};
use der::{Decode, Encode};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{AuthorityInfoAccessSyntax, CrlDistributionPoints};

use super::extension;

/// More addresses of one kind than any certificate has.
const MAX_PLACES: usize = 16;
/// Longer addresses are left out.
const MAX_URL: usize = 1024;

/// Where a certificate says that more is to be found. Addresses are given as they stand there; nothing is fetched.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Locators {
    /// OCSP responders (RFC 5280, section 4.2.2.1).
    pub ocsp: Vec<String>,
    /// The issuer's certificate (RFC 5280, section 4.2.2.1).
    pub issuers: Vec<String>,
    /// Revocation lists (RFC 5280, section 4.2.1.13).
    pub crls: Vec<String>,
    /// Delta lists: what changed since the last full one (RFC 5280, section 4.2.1.15).
    pub delta_crls: Vec<String>,
}

impl Locators {
    pub(super) fn read(extensions: &[Extension]) -> Self {
        let (mut ocsp, mut issuers) = (Vec::new(), Vec::new());
        let access = lenient::<AuthorityInfoAccessSyntax>(extensions, ID_PE_AUTHORITY_INFO_ACCESS);
        for description in access.into_iter().flat_map(|access| access.0) {
            if description.access_method == ID_AD_OCSP {
                urls(&description.access_location, &mut ocsp);
            } else if description.access_method == ID_AD_CA_ISSUERS {
                urls(&description.access_location, &mut issuers);
            }
        }
        let places = |oid| {
            let mut found = Vec::new();
            full_names(extensions, oid).iter().for_each(|name| urls(name, &mut found));
            found
        };
        Self {
            ocsp,
            issuers,
            crls: places(ID_CE_CRL_DISTRIBUTION_POINTS),
            delta_crls: places(ID_CE_FRESHEST_CRL),
        }
    }
}

/// The names of the points at which the issuer itself distributes lists on this certificate, each in DER.
pub(super) fn points(extensions: &[Extension]) -> Vec<Vec<u8>> {
    let names = full_names(extensions, ID_CE_CRL_DISTRIBUTION_POINTS);
    names.iter().filter_map(|name| name.to_der().ok()).collect()
}

fn full_names(extensions: &[Extension], oid: ObjectIdentifier) -> Vec<GeneralName> {
    let points = lenient::<CrlDistributionPoints>(extensions, oid);
    let names = points.into_iter().flat_map(|points| points.0).filter_map(own_full_name);
    names.flatten().take(MAX_PLACES).collect()
}

/// Points at which somebody else's lists lie (`cRLIssuer`) are left out: such indirect lists are not believed here.
fn own_full_name(point: DistributionPoint) -> Option<Vec<GeneralName>> {
    match (point.distribution_point, point.crl_issuer) {
        (Some(DistributionPointName::FullName(names)), None) => Some(names),
        (Some(_) | None, _) => None,
    }
}

fn lenient<'a, T: Decode<'a>>(extensions: &'a [Extension], oid: ObjectIdentifier) -> Option<T> {
    extension::read(extensions, oid).ok().flatten()
}

/// The addresses in a name: as a rule one. The NCA's own certificates of 2018 have two in one, with a line break and
/// `URL=` between them.
fn urls(name: &GeneralName, found: &mut Vec<String>) {
    let GeneralName::UniformResourceIdentifier(text) = name else { return };
    for word in text.as_str().split(|c: char| c.is_whitespace() || c.is_control()) {
        let url = word.strip_prefix("URL=").unwrap_or(word);
        if url.contains("://") && url.len() <= MAX_URL && found.len() < MAX_PLACES {
            found.push(url.to_owned());
        }
    }
}
