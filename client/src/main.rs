//! The program of the page.

fn main() {
    client::start();
}
