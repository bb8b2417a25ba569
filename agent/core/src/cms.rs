//! CMS messages and CAdES signatures (RFC 5652, ETSI EN 319 122-1).
