//! A server of our own to replay against: this program's `serve`, in a data folder that goes away.

use std::{net::TcpListener, path::PathBuf, process::Stdio, time::Duration};

use anyhow::{Context, ensure};
use tokio::{
    process::{Child, Command},
    sync::Mutex,
};

pub struct Server {
    url: String,
    port: u16,
    data_dir: PathBuf,
    child: Mutex<Child>,
}

impl Server {
    pub async fn start() -> anyhow::Result<Self> {
        let data_dir = std::env::temp_dir().join(format!("balanza-replay-{}", uuid::Uuid::new_v4().simple()));
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let child = spawn(port, &data_dir)?;
        let server = Self { url: format!("http://127.0.0.1:{port}"), port, data_dir, child: Mutex::new(child) };
        server.wait_until_ready().await?;
        println!("a server of our own at {}", server.url);
        Ok(server)
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// SIGKILL, whatever it is doing, and a new process at the same address.
    pub async fn kill_and_restart(&self) -> anyhow::Result<()> {
        let mut child = self.child.lock().await;
        child.kill().await?;
        *child = spawn(self.port, &self.data_dir)?;
        self.wait_until_ready().await
    }

    async fn wait_until_ready(&self) -> anyhow::Result<()> {
        for _ in 0..600 {
            if reqwest::get(format!("{}/ready", self.url)).await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        anyhow::bail!("our server did not become ready")
    }

    /// Ends it as an operator would, proves its books once more with `verify`, and removes its data.
    pub async fn stop(&self) -> anyhow::Result<()> {
        let mut child = self.child.lock().await;
        if let Some(pid) = child.id().and_then(|pid| i32::try_from(pid).ok()) {
            nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGTERM)?;
        }
        let ended = child.wait().await?;
        ensure!(ended.success(), "our server ended with {ended}");
        let verified = program(self.port, &self.data_dir)?.arg("verify").status().await?;
        ensure!(verified.success(), "`balanza verify` found something");
        std::fs::remove_dir_all(&self.data_dir).with_context(|| self.data_dir.display().to_string())
    }
}

fn spawn(port: u16, data_dir: &std::path::Path) -> anyhow::Result<Child> {
    let mut serve = program(port, data_dir)?;
    Ok(serve.arg("serve").stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn()?)
}

fn program(port: u16, data_dir: &std::path::Path) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.env("PORT", port.to_string()).env("DATA_DIR", data_dir).env("RATE_LIMIT_ENABLED", "false").env("LOG_LEVEL", "warn");
    Ok(command)
}
