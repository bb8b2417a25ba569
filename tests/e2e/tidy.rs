//! What is tidy: who may use whom, what files say of themselves, and what is written nowhere.
//!
//! Every rule is a function from a text to complaints. Each is shown to bite on a bad sample, next to the test that
//! holds it against the project.

mod approvals;
mod codes;
mod graph;
mod manifests;
mod names;
mod places;
mod source;
mod tree;
mod walls;
mod words;

/// Fails with every complaint at once: whoever tidies up wants the whole list.
fn assert_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}
