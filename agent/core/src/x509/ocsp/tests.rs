//! Questions and answers: what is written and read, and who is believed.
