//! The command line; see [`balanza::cli`].

#[tokio::main]
async fn main() -> std::process::ExitCode {
    balanza::cli::run().await
}
