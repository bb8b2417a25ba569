//! The tests in which programs of others judge what the agent makes.
