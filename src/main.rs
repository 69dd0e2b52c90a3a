//! The command line; see [`balanza::cli`].

/// Requests make many small allocations and logins very large ones; docs/measurements.md has what this is worth.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> std::process::ExitCode {
    balanza::cli::run().await
}
