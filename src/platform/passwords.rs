//! argon2id on threads of its own, one for each core: requests are never hashed for on the threads that serve them,
//! nor more at once than there are cores. Each thread uses its memory again and again.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{
        PasswordHasher,
        phc::{Output, PasswordHash},
    },
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{mpsc, oneshot};

use super::problem::Problem;

/// How many may wait for their turn: a few seconds' work.
const QUEUE: usize = 256;

type Work = Box<dyn FnOnce(&mut Vec<Block>) + Send>;

/// Hashes and compares passwords.
pub struct Hasher {
    queue: mpsc::Sender<Work>,
}

impl Hasher {
    /// Starts the threads; they end with it.
    pub fn start() -> std::io::Result<Self> {
        let (queue, work) = mpsc::channel::<Work>(QUEUE);
        let work = Arc::new(Mutex::new(work));
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            let work = work.clone();
            std::thread::Builder::new().name("passwords".into()).spawn(move || {
                let mut memory = vec![];
                let next = || work.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
                while let Some(work) = next() {
                    // A panic is the fault of one caller, who hears so; the thread goes on for the others.
                    let _said_by_the_hook = catch_unwind(AssertUnwindSafe(|| work(&mut memory)));
                }
            })?;
        }
        Ok(Self { queue })
    }

    /// The PHC string to store.
    pub async fn hash(&self, password: SecretString) -> Result<String, Problem> {
        let hashed = self.in_turn(move |_| hash(password.expose_secret())).await?;
        hashed.map_err(|error| Problem::internal(anyhow::anyhow!("argon2: {error}")))
    }

    /// Whether the password is right; without a stored hash it takes as long and is wrong.
    pub async fn verify(&self, password: SecretString, stored: Option<String>) -> Result<bool, Problem> {
        static NOBODY: OnceLock<String> = OnceLock::new();
        self.in_turn(move |memory| {
            let known = stored.is_some();
            let stored = stored.unwrap_or_else(|| NOBODY.get_or_init(|| hash("nobody's password").unwrap_or_default()).clone());
            fits(password.expose_secret(), &stored, memory).unwrap_or(false) && known
        })
        .await
    }

    /// Waits for a turn; nothing is done for a caller who has hung up.
    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static) -> Result<T, Problem> {
        let busy = || Problem::unavailable("sign_in_busy", "Too many people are signing in right now.", 2);
        let (answer, answered) = oneshot::channel();
        let work = move |memory: &mut Vec<Block>| {
            if !answer.is_closed() {
                let _hung_up = answer.send(work(memory));
            }
        };
        self.queue.try_send(Box::new(work)).map_err(|_| busy())?;
        let answer = tokio::time::timeout(Duration::from_secs(10), answered).await;
        answer.map_err(|_| busy())?.map_err(Problem::internal)
    }
}

fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default().hash_password(password.as_bytes())?.to_string())
}

/// Whether this is the password, by the parameters that the hash names.
fn fits(password: &str, stored: &str, memory: &mut Vec<Block>) -> anyhow::Result<bool> {
    let stored = PasswordHash::new(stored)?;
    let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else { return Ok(false) };
    let version = stored.version.map_or(Ok(Version::default()), Version::try_from)?;
    let argon2 = Argon2::new(Algorithm::try_from(stored.algorithm.as_str())?, version, Params::try_from(&stored)?);
    memory.resize(argon2.params().block_count(), Block::new());
    let mut output = vec![0; expected.len()];
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut output, memory)?;
    // Compares in constant time.
    Ok(Output::new(&output)? == *expected)
}
