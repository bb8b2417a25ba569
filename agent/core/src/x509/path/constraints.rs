//! Constraints on names (RFC 5280, section 4.2.1.10): for whom an authority may issue certificates.
//!
//! Names of directories, e-mail, hosts, addresses and the hosts of URIs are understood. A constraint on another kind
//! of name is not, so that a certificate with a name of that kind is refused.

use const_oid::db::rfc3280;
use der::Encode;
use x509_cert::ext::pkix::constraints::name::GeneralSubtree;
use x509_cert::ext::pkix::name::GeneralName;

use crate::x509::DistinguishedName;
use crate::x509::certificate::Certificate;

/// Comparisons beyond this are not made, and the names refused: nobody needs them, and somebody may send them.
const MAX_COMPARISONS: usize = 64 * 1024;

/// A name of a kind that is understood, or the number of one that is not.
enum Known {
    Directory(DistinguishedName),
    Email(String),
    Host(String),
    Uri(String),
    Address(Vec<u8>),
    Other(u8),
}

impl Known {
    fn of(name: &GeneralName) -> Option<Self> {
        Some(match name {
            GeneralName::DirectoryName(name) => {
                Self::Directory(DistinguishedName::read(&name.to_der().ok()?).ok()?)
            }
            GeneralName::Rfc822Name(text) => Self::Email(text.to_string()),
            GeneralName::DnsName(text) => Self::Host(text.to_string()),
            GeneralName::UniformResourceIdentifier(text) => Self::Uri(text.to_string()),
            GeneralName::IpAddress(bytes) => Self::Address(bytes.as_bytes().to_vec()),
            GeneralName::OtherName(_) => Self::Other(0),
            GeneralName::EdiPartyName(_) => Self::Other(5),
            GeneralName::RegisteredId(_) => Self::Other(8),
        })
    }

    const fn kind(&self) -> u8 {
        match self {
            Self::Email(_) => 1,
            Self::Host(_) => 2,
            Self::Directory(_) => 4,
            Self::Uri(_) => 6,
            Self::Address(_) => 7,
            Self::Other(kind) => *kind,
        }
    }

    /// Whether it lies within a subtree of its own kind; `None` if that cannot be said.
    fn is_within(&self, root: &Self) -> Option<bool> {
        match (self, root) {
            (Self::Directory(name), Self::Directory(root)) => Some(name.is_within(root)),
            (Self::Email(address), Self::Email(root)) => email_is_within(address, root),
            (Self::Host(host), Self::Host(root)) => {
                let root = root.strip_prefix('.').unwrap_or(root);
                Some(root.is_empty() || host.eq_ignore_ascii_case(root) || ends_with(host, root))
            }
            (Self::Uri(uri), Self::Uri(root)) => Some(host_is_within(host_of(uri)?, root)),
            (Self::Address(address), Self::Address(root)) => address_is_within(address, root),
            (
                Self::Directory(_)
                | Self::Email(_)
                | Self::Host(_)
                | Self::Uri(_)
                | Self::Address(_)
                | Self::Other(_),
                _,
            ) => None,
        }
    }
}

/// Checks an authority's constraints on all that stand below it, the leaf first. The position of the first that is
/// not allowed comes back as an error.
pub(super) fn check(authority: &Certificate, below: &[&Certificate]) -> Result<(), usize> {
    let Some(constraints) = authority.name_constraints() else { return Ok(()) };
    let read = |trees: &Option<Vec<GeneralSubtree>>| -> Option<Vec<Known>> {
        trees.iter().flatten().map(root).collect()
    };
    let (Some(permitted), Some(excluded)) =
        (read(&constraints.permitted_subtrees), read(&constraints.excluded_subtrees))
    else {
        return Err(0);
    };
    for (position, certificate) in below.iter().enumerate() {
        // An authority that renews its own key is not bound by its own constraints; a holder always is.
        if position > 0 && certificate.is_self_issued() {
            continue;
        }
        let allowed = names(certificate).is_some_and(|names| {
            names.len().saturating_mul(permitted.len() + excluded.len()) <= MAX_COMPARISONS
                && names.iter().all(|name| is_allowed(name, &permitted, &excluded))
        });
        if !allowed {
            return Err(position);
        }
    }
    Ok(())
}

/// The root of a subtree. Distances other than "from here on down" must not be there, and are not understood.
fn root(tree: &GeneralSubtree) -> Option<Known> {
    (tree.minimum == 0 && tree.maximum.is_none()).then(|| Known::of(&tree.base)).flatten()
}

/// All names of a certificate's holder.
fn names(certificate: &Certificate) -> Option<Vec<Known>> {
    let alternatives = certificate.alternative_names();
    let mut names = alternatives.iter().map(Known::of).collect::<Option<Vec<_>>>()?;
    let subject = certificate.subject_name();
    if !names.iter().any(|name| matches!(name, Known::Email(_))) {
        let old = subject.values(rfc3280::EMAIL_ADDRESS);
        names.extend(old.map(|address| Known::Email(address.to_owned())));
    }
    if !subject.is_empty() {
        names.push(Known::Directory(subject.clone()));
    }
    Some(names)
}

fn is_allowed(name: &Known, permitted: &[Known], excluded: &[Known]) -> bool {
    let same_kind = |root: &&Known| root.kind() == name.kind();
    // What cannot be compared is taken for excluded and not for permitted.
    let is_excluded =
        excluded.iter().filter(same_kind).any(|root| name.is_within(root).unwrap_or(true));
    let mut roots = permitted.iter().filter(same_kind).peekable();
    let is_permitted =
        roots.peek().is_none() || roots.any(|root| name.is_within(root).unwrap_or(false));
    is_permitted && !is_excluded
}

/// A mailbox, all mailboxes of a host, or with a dot all those of the hosts below a domain.
fn email_is_within(address: &str, root: &str) -> Option<bool> {
    let (user, host) = address.rsplit_once('@')?;
    Some(match root.rsplit_once('@') {
        Some((root_user, root_host)) => user == root_user && host.eq_ignore_ascii_case(root_host),
        None => host_is_within(host, root),
    })
}

fn host_is_within(host: &str, root: &str) -> bool {
    match root.strip_prefix('.') {
        Some(domain) => ends_with(host, domain),
        None => root.is_empty() || host.eq_ignore_ascii_case(root),
    }
}

/// Whether a host lies below a domain, and is not the domain itself.
fn ends_with(host: &str, domain: &str) -> bool {
    let Some(at) = host.len().checked_sub(domain.len() + 1) else { return false };
    host.as_bytes()[at] == b'.' && host.as_bytes()[at + 1..].eq_ignore_ascii_case(domain.as_bytes())
}

/// The host of a URI; `None` if it has none, or an address instead.
fn host_of(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    let is_name =
        !host.is_empty() && !host.starts_with('[') && host.parse::<std::net::Ipv4Addr>().is_err();
    is_name.then_some(host)
}

/// An address, or an address and a mask of the same length.
fn address_is_within(address: &[u8], root: &[u8]) -> Option<bool> {
    if !matches!((address.len(), root.len()), (4, 8) | (16, 32) | (4, 32) | (16, 8)) {
        return None;
    }
    let (network, mask) = root.split_at(root.len() / 2);
    Some(
        address.len() == network.len()
            && address.iter().zip(network).zip(mask).all(|((a, n), m)| a & m == n & m),
    )
}
