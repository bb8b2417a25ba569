//! Clients of NCALayer from npm, unchanged, in Node, against the agent.
