//! The command line; see [`balanza::cli`].

/// Requests make many small allocations; docs/measurements.md has what this was part of.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> std::process::ExitCode {
    balanza::cli::run().await
}
