//! A private `PostgreSQL` cluster run from the machine's installed server binaries.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User, geteuid};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

const SUPERUSER: &str = "balanza";
const OLDEST_MAJOR: u32 = 15;
const START_DEADLINE: Duration = Duration::from_secs(30);
const STOP_DEADLINE: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(25);
const BIND_ATTEMPTS: u32 = 5;
const LOG_ROTATE_BYTES: u64 = 16 << 20;

/// Why the cluster could not be started or stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No usable server binaries on this machine.
    #[error(
        "no PostgreSQL {OLDEST_MAJOR}+ server found; install one (Debian/Ubuntu: `apt-get install -y postgresql`; \
         Fedora: `dnf install -y postgresql-server`; Alpine: `apk add postgresql`; \
         macOS: `brew install postgresql@17`) or set BALANZA_PG_BIN to its bin directory"
    )]
    NoServer,
    /// The cluster was made by a major version that is not installed.
    #[error("{data} was made by PostgreSQL {need}, which is not installed; install that version's server or set BALANZA_PG_BIN")]
    WrongVersion {
        /// The data directory.
        data: PathBuf,
        /// The major version it needs.
        need: u32,
    },
    /// Running as root with no unprivileged account to run the server as.
    #[error("PostgreSQL does not run as root and there is neither a `postgres` nor a `nobody` account")]
    NoUser,
    /// The base directory holds files that are not a cluster of ours.
    #[error("{0} is not empty and holds no cluster of ours; choose an empty directory")]
    NotOurs(PathBuf),
    /// `initdb` failed; carries its output.
    #[error("initdb failed: {0}")]
    Initdb(String),
    /// The server did not become ready; carries the end of its log.
    #[error("PostgreSQL did not start: {reason}; end of its log:\n{log}")]
    Start {
        /// What was seen.
        reason: String,
        /// The last lines the server wrote.
        log: String,
    },
    /// The server did not stop in time; it may still be stopping.
    #[error("PostgreSQL (pid {0}) did not stop within {STOP_DEADLINE:?}")]
    Stop(i32),
    /// A file or process operation failed.
    #[error("{what}: {source}")]
    Io {
        /// The path or program concerned.
        what: String,
        /// The system's error.
        source: io::Error,
    },
}

fn io_at(what: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Error {
    move |source| Error::Io { what: what.as_ref().display().to_string(), source }
}

/// Where and how to run the cluster.
#[derive(Debug, Clone)]
pub struct Options {
    /// Holds the data, password, port and log; created when absent. For this cluster alone.
    pub base_dir: PathBuf,
    /// `false` trades crash safety for speed; only for tests.
    pub durable: bool,
    /// The server's connection limit.
    pub max_connections: u32,
}

/// A running private cluster. Dropping it without [`EmbeddedPg::stop`] leaves the server running;
/// the next start on the same directory takes it over.
#[derive(Debug)]
pub struct EmbeddedPg {
    base: PathBuf,
    password: String,
    port: u16,
    pid: i32,
    child: Option<Child>,
    owned: bool,
    owner_lock: File,
}

impl EmbeddedPg {
    /// Starts the cluster, creating it when absent, and returns once it accepts connections, or
    /// fails after 30 seconds; a server still recovering then goes on, and the next call finds it.
    ///
    /// A server that already runs on this directory is reused with the settings it was started
    /// with: taken over when the process that started it is gone, left to it otherwise.
    pub async fn start(o: Options) -> Result<EmbeddedPg, Error> {
        let (base, account) = place(&o.base_dir).await?;
        let _starting = lock(&base).await?;
        let data = base.join("data");
        prepare(&base, account)?;
        let owner_lock = open_lock(&base.join("owner.lock"), account)?;
        // The owner holds this lock for life, so getting it means that no live process owns the server.
        let orphaned = owner_lock.try_lock().is_ok();

        if let Some(found) = running(&data, orphaned).await? {
            tracing::info!(pid = found.pid, port = found.port, owned = orphaned, "attached to running PostgreSQL");
            let password = read_trimmed(&base.join("password"))?;
            let Found { pid, port } = found;
            return Ok(Self { base, password, port, pid, child: None, owned: orphaned, owner_lock });
        }

        let bin = find_bin(&data).await?;
        if !data.join("PG_VERSION").exists() {
            init(&bin, &base, account, o.durable).await?;
        }
        let password = read_trimmed(&base.join("password"))?;
        let (child, pid, port) = launch(&bin, &base, account, &o).await?;
        tracing::info!(pid, port, dir = %base.display(), "started PostgreSQL");
        Ok(Self { base, password, port, pid, child: Some(child), owned: true, owner_lock })
    }

    /// Postgres URL of `database` for `role`, with this cluster's password: any role but the
    /// superuser must have been given that same password. Names are used verbatim, unescaped.
    #[must_use]
    pub fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// Postgres URL of `database` for the superuser `balanza`.
    #[must_use]
    pub fn superuser_url(&self, database: &str) -> String {
        self.url(SUPERUSER, database)
    }

    /// The port on 127.0.0.1 that the server listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Stops the server, ending open sessions, and returns once it is down. Does nothing when
    /// another live process owns the server.
    pub async fn stop(self) -> Result<(), Error> {
        let Self { base, pid, child, owned, owner_lock, .. } = self;
        if !owned {
            return Ok(());
        }
        let stopping = lock(&base).await?;
        let data = base.join("data");
        // The pid may have been recycled if the server has died meanwhile.
        if PidFile::read(&data).is_some_and(|p| p.pid == pid) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGINT);
        }
        let gone = async {
            if let Some(mut child) = child {
                let _ = child.wait().await;
            }
            // An adopted server may linger as a zombie, so its pid file counts, too.
            while alive(pid) && PidFile::read(&data).is_some_and(|p| p.pid == pid) {
                sleep(POLL).await;
            }
        };
        let stopped = timeout(STOP_DEADLINE, gone).await.map_err(|_| Error::Stop(pid));
        // In this order, or the next start could see an owner that has already stopped its server.
        drop(owner_lock);
        drop(stopping);
        stopped
    }
}

/// The account (uid, gid) the server runs as, when not our own.
type Account = Option<(u32, u32)>;

fn account_for(base: &Path) -> Result<Account, Error> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    // An existing cluster keeps its owner; PostgreSQL refuses any other.
    if let Ok(m) = fs::metadata(base.join("data"))
        && m.uid() != 0
    {
        return Ok(Some((m.uid(), m.gid())));
    }
    let user = ["postgres", "nobody"].iter().find_map(|n| User::from_name(n).ok().flatten());
    user.map(|u| Some((u.uid.as_raw(), u.gid.as_raw()))).ok_or(Error::NoUser)
}

/// Makes the base directory absolute, or moves it where the server's account can reach it.
async fn place(wanted: &Path) -> Result<(PathBuf, Account), Error> {
    let base = std::path::absolute(wanted).map_err(io_at(wanted))?;
    let parent = base.parent().ok_or_else(|| Error::NotOurs(base.clone()))?;
    fs::create_dir_all(parent).map_err(io_at(parent))?;
    let account = account_for(&base)?;
    if account.is_some() {
        let mut probe = command(Path::new("/bin/sh"), Path::new("/"), account);
        let reached = probe.args(["-c", "cd \"$1\"", "sh"]).arg(parent).output().await.map_err(io_at("/bin/sh"))?;
        if !reached.status.success() {
            let moved = PathBuf::from(format!("/var/lib/balanza-{:016x}", fnv1a(&base)));
            tracing::warn!(
                wanted = %base.display(), using = %moved.display(),
                "the server's account cannot reach the wanted directory; using another"
            );
            let account = account_for(&moved)?;
            return Ok((moved, account));
        }
    }
    Ok((base, account))
}

/// FNV-1a, because the standard hasher may change between Rust releases and this names stored data.
fn fnv1a(path: &Path) -> u64 {
    path.as_os_str().as_encoded_bytes().iter().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3))
}

/// Serialises start-up and shutdown between processes; released on drop.
async fn lock(base: &Path) -> Result<File, Error> {
    let mut name = base.as_os_str().to_owned();
    name.push(".lock");
    let path = PathBuf::from(name);
    let file = open_lock(&path, None)?;
    let locked = tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await;
    locked.map_err(io::Error::other).flatten().map_err(io_at(path))
}

fn open_lock(path: &Path, account: Account) -> Result<File, Error> {
    // Read access is enough to lock, and all there is when another account made the file.
    if let Ok(file) = File::open(path) {
        return Ok(file);
    }
    let mut options = OpenOptions::new();
    let file = options.create(true).append(true).mode(0o644).open(path).map_err(io_at(path))?;
    give(path, account)?;
    Ok(file)
}

fn give(path: &Path, account: Account) -> Result<(), Error> {
    account.map_or(Ok(()), |(uid, gid)| chown(path, Some(uid), Some(gid)).map_err(io_at(path)))
}

fn prepare(base: &Path, account: Account) -> Result<(), Error> {
    if !base.exists() {
        DirBuilder::new().mode(0o700).create(base).map_err(io_at(base))?;
    }
    // Before the chown, lest a mistyped path such as /root changes hands.
    if !base.join("owner.lock").exists() {
        let mut entries = fs::read_dir(base).map_err(io_at(base))?;
        if entries.any(|e| e.is_ok_and(|e| e.file_name() != "lost+found")) {
            return Err(Error::NotOurs(base.to_owned()));
        }
    }
    give(base, account)
}

/// Replaces a small private file in one step, so that a crash leaves the old one or the new one.
fn write_private(path: &Path, text: &str, account: Account) -> Result<(), Error> {
    let temp = path.with_extension("new");
    let _ = fs::remove_file(&temp);
    let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temp);
    written.and_then(|mut f| f.write_all(text.as_bytes()).and_then(|()| f.sync_all())).map_err(io_at(&temp))?;
    give(&temp, account)?;
    fs::rename(&temp, path).map_err(io_at(path))
}

fn read_trimmed(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map(|s| s.trim().to_owned()).map_err(io_at(path))
}

/// A command run as `account` in `dir`, shielded from the caller's PG* and locale variables.
fn command(program: &Path, dir: &Path, account: Account) -> Command {
    let mut c = Command::new(program);
    c.current_dir(dir).stdin(Stdio::null()).env_clear().env("LC_ALL", "C");
    c.envs(["PATH", "LD_LIBRARY_PATH"].iter().filter_map(|k| std::env::var_os(k).map(|v| (k, v))));
    if let Some((uid, gid)) = account {
        // Changing uid as root also clears the supplementary groups.
        c.uid(uid).gid(gid);
    }
    c
}

/// The bin directory to use: of the existing cluster's major version, else the first usable.
async fn find_bin(data: &Path) -> Result<PathBuf, Error> {
    let need: Option<u32> = read_trimmed(&data.join("PG_VERSION")).ok().and_then(|v| v.parse().ok());
    for dir in candidates() {
        if !dir.join("initdb").is_file() || !dir.join("postgres").is_file() {
            continue;
        }
        let Ok(out) = command(&dir.join("postgres"), Path::new("/"), None).arg("--version").output().await else {
            continue;
        };
        let major = String::from_utf8_lossy(&out.stdout).split_whitespace().nth(2).and_then(leading_number);
        if major.is_some_and(|m| need.map_or(m >= OLDEST_MAJOR, |n| n == m)) {
            return Ok(dir);
        }
    }
    Err(need.map_or(Error::NoServer, |need| Error::WrongVersion { data: data.to_owned(), need }))
}

fn leading_number(s: &str) -> Option<u32> {
    s.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn candidates() -> Vec<PathBuf> {
    if let Some(dir) = std::env::var_os("BALANZA_PG_BIN") {
        return vec![dir.into()];
    }
    let mut dirs = versioned("/usr/lib/postgresql", "", "bin");
    dirs.extend(versioned("/usr/libexec", "postgresql", ""));
    dirs.push("/usr/local/pgsql/bin".into());
    dirs.extend(versioned("/opt/homebrew/opt", "postgresql@", "bin"));
    dirs.extend(versioned("/usr/local/opt", "postgresql@", "bin"));
    dirs.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    dirs
}

/// `parent/<prefix><number>/suffix` directories, highest number first.
fn versioned(parent: &str, prefix: &str, suffix: &str) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|e| {
            let version = e.file_name().to_str()?.strip_prefix(prefix)?.to_owned();
            Some((leading_number(&version).unwrap_or(0), e.path().join(suffix)))
        })
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, dir)| dir).collect()
}

async fn init(bin: &Path, base: &Path, account: Account, durable: bool) -> Result<(), Error> {
    let password = base.join("password");
    write_private(&password, &hex::encode(rand::random::<[u8; 32]>()), account)?;
    // Made aside and renamed, so that a start cut short never leaves half a cluster in place.
    let fresh = base.join("data.new");
    let mut failure = String::new();
    for locale in ["C.UTF-8", "C"] {
        if fresh.exists() {
            fs::remove_dir_all(&fresh).map_err(io_at(&fresh))?;
        }
        let mut c = command(&bin.join("initdb"), base, account);
        c.arg("-D").arg(&fresh).args(["-U", SUPERUSER, "-E", "UTF8", "--auth=scram-sha-256", "--data-checksums"]);
        c.arg(format!("--locale={locale}")).arg("--pwfile").arg(&password);
        if !durable {
            c.arg("--no-sync");
        }
        let out = c.output().await.map_err(io_at(bin.join("initdb")))?;
        if out.status.success() {
            return fs::rename(&fresh, base.join("data")).map_err(io_at(&fresh));
        }
        failure = String::from_utf8_lossy(&out.stderr).trim().to_string();
    }
    Err(Error::Initdb(failure))
}

async fn launch(bin: &Path, base: &Path, account: Account, o: &Options) -> Result<(Child, i32, u16), Error> {
    let log = base.join("postgres.log");
    if fs::metadata(&log).is_ok_and(|m| m.len() > LOG_ROTATE_BYTES) {
        fs::rename(&log, base.join("postgres.log.1")).map_err(io_at(&log))?;
    }
    let mut attempt = 1;
    loop {
        let port = free_port(base, account)?;
        let out = OpenOptions::new().create(true).append(true).mode(0o600).open(&log).map_err(io_at(&log))?;
        give(&log, account)?;
        let logged = out.metadata().map_err(io_at(&log))?.len();
        let err = out.try_clone().map_err(io_at(&log))?;
        let mut c = server_command(bin, base, account, o, port);
        let mut child = c.stdout(out).stderr(err).spawn().map_err(io_at(bin.join("postgres")))?;
        let Err(reason) = wait_ready(&mut child, &base.join("data"), port).await else {
            let pid = child.id().and_then(|p| i32::try_from(p).ok()).unwrap_or_default();
            return Ok((child, pid, port));
        };
        // A server that is merely slow is left alone: killing it would restart a long crash recovery
        // from its beginning. The next start takes it over.
        let log = tail(&log, logged);
        let lost_port = log.contains("could not create any TCP/IP sockets") || log.contains("could not bind");
        if !lost_port || attempt == BIND_ATTEMPTS {
            return Err(Error::Start { reason, log });
        }
        attempt += 1;
    }
}

fn server_command(bin: &Path, base: &Path, account: Account, o: &Options, port: u16) -> Command {
    let mut c = command(&bin.join("postgres"), base, account);
    // Its own process group, so that Ctrl-C reaches us alone and we stop it in order.
    c.process_group(0).arg("-D").arg(base.join("data")).args(["-p", &port.to_string()]);
    let mut set = |name: &str, value: &str| {
        c.args(["-c", &format!("{name}={value}")]);
    };
    set("listen_addresses", "127.0.0.1");
    // No socket file: its path has a length limit that deep directories exceed.
    set("unix_socket_directories", "");
    set("max_connections", &o.max_connections.to_string());
    set("shared_buffers", if o.durable { "256MB" } else { "128MB" });
    set("password_encryption", "scram-sha-256");
    set("log_lock_waits", "on");
    for safety in ["fsync", "synchronous_commit", "full_page_writes"] {
        set(safety, if o.durable { "on" } else { "off" });
    }
    c
}

/// The stored port when it is still free, else a free one, which is then stored.
fn free_port(base: &Path, account: Account) -> Result<u16, Error> {
    let file = base.join("port");
    let stored = read_trimmed(&file).ok().and_then(|p| p.parse::<u16>().ok()).filter(|p| *p != 0);
    if let Some(port) = stored.filter(|p| TcpListener::bind((Ipv4Addr::LOCALHOST, *p)).is_ok()) {
        return Ok(port);
    }
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|l| l.local_addr()).map_err(io_at("127.0.0.1"))?.port();
    write_private(&file, &port.to_string(), account)?;
    Ok(port)
}

async fn wait_ready(child: &mut Child, data: &Path, port: u16) -> Result<(), String> {
    let deadline = Instant::now() + START_DEADLINE;
    while Instant::now() < deadline {
        match child.try_wait() {
            Ok(None) => {}
            Ok(Some(status)) => return Err(format!("it ended with {status}")),
            Err(e) => return Err(e.to_string()),
        }
        // The pid file proves that it is our server, not another on the same port, that answers.
        let ours = |p: &PidFile| p.ready && u32::try_from(p.pid).ok() == child.id();
        if PidFile::read(data).as_ref().is_some_and(ours) && answers(port).await {
            return Ok(());
        }
        sleep(POLL).await;
    }
    Err(format!("not ready within {START_DEADLINE:?}"))
}

async fn answers(port: u16) -> bool {
    let connected = timeout(Duration::from_secs(1), TcpStream::connect((Ipv4Addr::LOCALHOST, port))).await;
    matches!(connected, Ok(Ok(_)))
}

fn tail(log: &Path, from: u64) -> String {
    let mut bytes = Vec::new();
    let read = File::open(log).and_then(|mut f| {
        f.seek(SeekFrom::Start(from))?;
        f.read_to_end(&mut bytes)
    });
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    match read {
        Ok(_) => lines.iter().skip(lines.len().saturating_sub(20)).copied().collect::<Vec<_>>().join("\n"),
        Err(e) => format!("(unreadable: {e})"),
    }
}

/// What `postmaster.pid` says: line 1 the pid, line 4 the port, line 8 the state.
struct PidFile {
    pid: i32,
    port: u16,
    ready: bool,
}

impl PidFile {
    fn read(data: &Path) -> Option<Self> {
        let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
        let line = |n| text.lines().nth(n).map(str::trim);
        let pid = line(0)?.parse().ok().filter(|p| *p > 0)?;
        let port = line(3).and_then(|p| p.parse().ok()).unwrap_or_default();
        Some(Self { pid, port, ready: line(7) == Some("ready") })
    }
}

struct Found {
    pid: i32,
    port: u16,
}

/// The live server of this data directory, waiting for one that is still starting or stopping.
async fn running(data: &Path, orphaned: bool) -> Result<Option<Found>, Error> {
    let deadline = Instant::now() + START_DEADLINE;
    while let Some(file) = PidFile::read(data).filter(|p| alive(p.pid)) {
        if is_other_program(file.pid) {
            if orphaned {
                disclaim(data)?;
            }
            return Ok(None);
        }
        if file.ready && answers(file.port).await {
            return Ok(Some(Found { pid: file.pid, port: file.port }));
        }
        if Instant::now() >= deadline {
            let reason = format!("pid {} runs on {} but does not get ready", file.pid, data.display());
            let log = data.with_file_name("postgres.log");
            let from = fs::metadata(&log).map_or(0, |m| m.len().saturating_sub(8192));
            return Err(Error::Start { reason, log: tail(&log, from) });
        }
        sleep(POLL).await;
    }
    Ok(None)
}

fn alive(pid: i32) -> bool {
    kill(Pid::from_raw(pid), None) != Err(Errno::ESRCH)
}

/// Whether a recycled pid now names something else (known on Linux only).
fn is_other_program(pid: i32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| !name.starts_with("post"))
}

/// Lets the server start over a stale pid file whose pid was recycled, common in containers.
///
/// Its own check ignores the pid of its parent, us, but still refuses while backends of the dead
/// server hold its shared memory; deleting the file would lose that protection.
fn disclaim(data: &Path) -> Result<(), Error> {
    let path = data.join("postmaster.pid");
    let text = fs::read_to_string(&path).map_err(io_at(&path))?;
    let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
    fs::write(&path, format!("{}\n{rest}", std::process::id())).map_err(io_at(&path))
}
