//! Tests of the window of the procedure, without a screen.
