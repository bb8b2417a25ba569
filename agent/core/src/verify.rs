//! Judgement of signed messages: one report per signer.
