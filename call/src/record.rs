//! The relay's truth about one call.
