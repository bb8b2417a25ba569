//! XML signatures (XMLDSig 1.1) and canonical XML.
