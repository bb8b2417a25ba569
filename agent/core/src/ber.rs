//! BER, the encodings that DER leaves out, made DER (X.690).
