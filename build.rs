//! A new migration alone makes the program stale: the macro that takes them in cannot say so itself.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
