//! The person's own windows without a screen: what they show, what screen readers are told, what clicking says.
