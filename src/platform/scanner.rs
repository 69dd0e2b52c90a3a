//! A virus scanner that looks at what users bring, where one is configured: clamd, by its INSTREAM command.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::problem::Problem;

/// What the scanner says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Clean,
    /// With the name of what was found.
    Infected(String),
}

/// Without an address everything is clean.
#[derive(Clone, Debug)]
pub struct Scanner(pub Option<String>);

const PATIENCE: Duration = Duration::from_secs(20);
const CHUNK: usize = 64 * 1024;

impl Scanner {
    /// Nothing passes while a configured scanner is away.
    pub async fn scan(&self, bytes: &[u8]) -> Result<Verdict, Problem> {
        let Some(address) = &self.0 else { return Ok(Verdict::Clean) };
        let answer = match tokio::time::timeout(PATIENCE, ask(address, bytes)).await {
            Ok(answer) => answer.map_err(unavailable)?,
            Err(late) => return Err(unavailable(late)),
        };
        let answer = answer.trim_end_matches(['\0', '\n']);
        match (answer.strip_suffix(" FOUND"), answer.ends_with(": OK")) {
            (Some(found), _) => Ok(Verdict::Infected(found.trim_start_matches("stream: ").to_owned())),
            (None, true) => Ok(Verdict::Clean),
            (None, false) => Err(unavailable(anyhow::anyhow!("clamd: {answer}"))),
        }
    }
}

async fn ask(address: &str, bytes: &[u8]) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"zINSTREAM\0").await?;
    for chunk in bytes.chunks(CHUNK) {
        stream.write_u32(u32::try_from(chunk.len()).unwrap_or_default()).await?;
        stream.write_all(chunk).await?;
    }
    stream.write_u32(0).await?;
    let mut answer = String::new();
    stream.take(1000).read_to_string(&mut answer).await?;
    Ok(answer)
}

fn unavailable(error: impl Into<anyhow::Error>) -> Problem {
    Problem::unavailable("files.scanner_unavailable", "Files cannot be looked at now. Try again.", 10).caused_by(error)
}
