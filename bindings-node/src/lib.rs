//! The native part of the Node package.
