//! The modules of NCALayer that this agent has.

/// What is answered when a page asks for another one. Clients wait for it: the one that most sites use asks for a
/// module of another program first, and does not begin before it is told that there is none.
pub(super) const NOT_FOUND: &str = r#"{"success": false,"errorCode": "MODULE_NOT_FOUND"}"#;

/// A module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Module {
    /// Signatures by method, with positional arguments.
    CommonUtils,
    /// Signatures by parameters.
    Basics,
    /// NCALayer about itself.
    Accessory,
    /// The heir of the Java applet, and the module of requests that name none.
    Applet,
}

impl Module {
    pub(super) const ALL: [Self; 4] =
        [Self::CommonUtils, Self::Basics, Self::Accessory, Self::Applet];

    /// The name on the wire.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::CommonUtils => "kz.gov.pki.knca.commonUtils",
            Self::Basics => "kz.gov.pki.knca.basics",
            Self::Accessory => "kz.gov.pki.ncalayerservices.accessory",
            Self::Applet => "kz.gov.pki.knca.applet.Applet",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|module| module.name() == name)
    }
}
