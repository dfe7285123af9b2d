//! The relay from outside: what a browser, a proxy or a person at a terminal meets.
//!
//! Each module says `cfg(test)` because that is how clippy knows helpers of tests from code that must not panic.

#[cfg(test)]
mod api;
#[cfg(test)]
mod client;
#[cfg(test)]
mod health;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod page;
#[cfg(test)]
mod process;
#[cfg(test)]
mod relay;
#[cfg(test)]
mod slow;
#[cfg(test)]
mod tls;
