//! The tests of the whole: who may use whom, and the main job from the page to the key files.
