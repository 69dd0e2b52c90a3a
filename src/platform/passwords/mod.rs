//! Passwords: argon2id on threads of its own, one for each core. Requests are never hashed for on the threads that
//! serve them, nor more at once than there are cores, and the threads here give way to all others. Each uses its
//! memory again and again. [`strength`] says which passwords are taken, [`legacy`] reads the hashes of other systems.

mod legacy;
pub mod strength;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{mpsc, oneshot};

use self::legacy::Legacy;
use super::problem::Problem;

/// How many may wait for their turn. Whoever waits for ten seconds is turned away, and nothing is done for them.
const QUEUE: usize = 256;

/// Iterations of the hashes that are made.
const FEWEST: u32 = 2;
const MOST: u32 = 10;

/// The most that is done for a hash from outside: the largest that can be asked for here.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_WORK: u64 = MOST_MEMORY_KIB as u64 * MOST as u64;
const MOST_LANES: u32 = 16;

/// What a hash shall cost.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    pub memory_kib: u32,
    /// How long one shall take at least; as many iterations are made, from 2 to 10. With 0 nothing is measured and
    /// there are 2.
    pub milliseconds: u64,
}

/// What became of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Wrong,
    Right,
    /// Right, by a hash that would be made stronger today: make it anew and store that.
    RightButOld,
}

/// Whether [`Hasher::verify`] can read this stored form. What it cannot read, or what would take it too long,
/// no password fits.
#[must_use]
pub fn is_known_hash(stored: &str) -> bool {
    Stored::read(stored).is_some()
}

type Work = Box<dyn FnOnce(&mut Bench) + Send>;

/// Hashes and compares passwords.
pub struct Hasher {
    queue: mpsc::Sender<Work>,
}

impl Hasher {
    /// Starts the threads; they end with it. How many iterations are enough is measured before the first hash, not
    /// now.
    pub fn start(cost: Cost) -> std::io::Result<Self> {
        parameters(cost.memory_kib, FEWEST).map_err(std::io::Error::other)?;
        let present = Arc::new(Present { cost, iterations: OnceLock::new() });
        let (queue, work) = mpsc::channel::<Work>(QUEUE);
        let work = Arc::new(Mutex::new(work));
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            let (work, mut bench) = (work.clone(), Bench { present: present.clone(), memory: vec![] });
            std::thread::Builder::new().name("passwords".into()).spawn(move || {
                // On Linux of this thread alone. Where it is not to be had, hashing only takes its fair share.
                let _as_far_as_possible = rustix::process::nice(10);
                let next = || work.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
                while let Some(work) = next() {
                    // A panic is the fault of one caller, who hears so; the thread goes on for the others.
                    let _said_by_the_hook = catch_unwind(AssertUnwindSafe(|| work(&mut bench)));
                    bench.tidy();
                }
            })?;
        }
        Ok(Self { queue })
    }

    /// The PHC string to store.
    pub async fn hash(&self, password: SecretString) -> Result<String, Problem> {
        self.in_turn(move |bench| bench.hash(password.expose_secret())).await?.map_err(Problem::internal)
    }

    /// Whether the password is right. Without a stored hash, or with one that cannot be read, it takes as long as a
    /// comparison with a hash of today and is wrong.
    pub async fn verify(&self, password: SecretString, stored: Option<String>) -> Result<Verdict, Problem> {
        let verdict = self.in_turn(move |bench| bench.verify(password.expose_secret(), stored.as_deref())).await?;
        verdict.map_err(Problem::internal)
    }

    /// [`strength::check`] off the threads that serve requests. The problem names the field at this pointer.
    pub async fn check(&self, password: &SecretString, context: Vec<String>, pointer: &str) -> Result<(), Problem> {
        let password = password.clone();
        let checked = self.in_turn(move |_| {
            let context: Vec<&str> = context.iter().map(String::as_str).collect();
            strength::check(password.expose_secret(), &context)
        });
        checked.await?.map_err(|weakness| Problem::field(pointer, weakness.code(), weakness.detail()))
    }

    /// Waits for a turn; nothing is done for a caller who has hung up.
    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce(&mut Bench) -> T + Send + 'static) -> Result<T, Problem> {
        let busy = || Problem::unavailable("sign_in_busy", "Too many people are signing in right now.", 2);
        let (answer, answered) = oneshot::channel();
        let work = move |bench: &mut Bench| {
            if !answer.is_closed() {
                let _hung_up = answer.send(work(bench));
            }
        };
        self.queue.try_send(Box::new(work)).map_err(|_| busy())?;
        let answer = tokio::time::timeout(Duration::from_secs(10), answered).await;
        answer.map_err(|_| busy())?.map_err(Problem::internal)
    }
}

/// How hashes are made now.
struct Present {
    cost: Cost,
    iterations: OnceLock<u32>,
}

/// What a thread works with.
struct Bench {
    present: Arc<Present>,
    memory: Vec<Block>,
}

impl Bench {
    /// The parameters of a hash of today; the first who asks measures them, and the others wait for that.
    fn parameters(&mut self) -> Result<Params, argon2::Error> {
        let cost = self.present.cost;
        let iterations = self.present.iterations.get_or_init(|| {
            let iterations = calibrate(cost, &mut self.memory);
            tracing::info!(memory_kib = cost.memory_kib, iterations, "passwords are hashed with argon2id");
            iterations
        });
        parameters(cost.memory_kib, *iterations)
    }

    fn hash(&mut self, password: &str) -> anyhow::Result<String> {
        let parameters = self.parameters()?;
        let phc_parameters = ParamsString::try_from(&parameters)?;
        let (version, salt) = (Version::V0x13, Salt::generate());
        let output = self.compute(&Argon2::new(Algorithm::Argon2id, version, parameters), password, &salt, Params::DEFAULT_OUTPUT_LEN)?;
        let phc = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(version.into()),
            params: phc_parameters,
            salt: Some(salt),
            hash: Some(output),
        };
        Ok(phc.to_string())
    }

    fn verify(&mut self, password: &str, stored: Option<&str>) -> anyhow::Result<Verdict> {
        let present = self.parameters()?;
        let (right, old) = match stored.and_then(Stored::read) {
            Some(Stored::Legacy(legacy)) => {
                count();
                (legacy.fits(password), true)
            }
            Some(Stored::Argon2 { algorithm, version, parameters, salt, expected }) => {
                let strong = (algorithm, version) == (Algorithm::Argon2id, Version::V0x13)
                    && parameters.m_cost() >= present.m_cost()
                    && parameters.t_cost() >= present.t_cost();
                let output = self.compute(&Argon2::new(algorithm, version, parameters), password, &salt, expected.len())?;
                // Compares in constant time.
                (output == expected, !strong)
            }
            None => {
                let nobody = Argon2::new(Algorithm::Argon2id, Version::V0x13, present);
                self.compute(&nobody, password, b"nobody's own salt", Params::DEFAULT_OUTPUT_LEN)?;
                (false, false)
            }
        };
        Ok(match (right, old) {
            (false, _) => Verdict::Wrong,
            (true, false) => Verdict::Right,
            (true, true) => Verdict::RightButOld,
        })
    }

    fn compute(&mut self, argon2: &Argon2, password: &str, salt: &[u8], length: usize) -> anyhow::Result<Output> {
        count();
        let mut output = vec![0; length];
        self.memory.resize(argon2.params().block_count(), Block::new());
        argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut output, &mut self.memory)?;
        Ok(Output::new(&output)?)
    }

    /// Gives back what only a hash from elsewhere has needed.
    fn tidy(&mut self) {
        let own = usize::try_from(self.present.cost.memory_kib).unwrap_or(usize::MAX);
        self.memory.truncate(own);
        self.memory.shrink_to(own);
    }
}

fn count() {
    metrics::counter!("password_hashes_total").increment(1);
}

fn parameters(memory_kib: u32, iterations: u32) -> Result<Params, argon2::Error> {
    Params::new(memory_kib, iterations, 1, None)
}

/// The fewest iterations that take long enough on this machine.
fn calibrate(cost: Cost, memory: &mut Vec<Block>) -> u32 {
    let mut long_enough = |iterations: u32| {
        let Ok(parameters) = parameters(cost.memory_kib, iterations) else { return true };
        // Memory that is touched for the first time costs more than later.
        memory.resize(parameters.block_count(), Block::new());
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
        let began = Instant::now();
        let _only_the_time_counts = argon2.fill_memory(b"nobody's password", b"nobody's own salt", &mut *memory);
        began.elapsed() >= Duration::from_millis(cost.milliseconds)
    };
    match cost.milliseconds {
        0 => FEWEST,
        _ => (FEWEST..MOST).find(|iterations| long_enough(*iterations)).unwrap_or(MOST),
    }
}

/// A stored hash that was understood.
enum Stored<'a> {
    Argon2 { algorithm: Algorithm, version: Version, parameters: Params, salt: Salt, expected: Output },
    Legacy(Legacy<'a>),
}

impl<'a> Stored<'a> {
    fn read(stored: &'a str) -> Option<Self> {
        if let Some(legacy) = Legacy::read(stored) {
            return Some(Self::Legacy(legacy));
        }
        let phc = PasswordHash::new(stored).ok()?;
        let algorithm = Algorithm::try_from(phc.algorithm.as_str()).ok()?;
        let version = phc.version.map_or(Ok(Version::V0x10), Version::try_from).ok()?;
        let parameters = Params::try_from(&phc).ok()?;
        let work = u64::from(parameters.m_cost()) * u64::from(parameters.t_cost());
        if parameters.m_cost() > MOST_MEMORY_KIB || work > MOST_WORK || parameters.p_cost() > MOST_LANES {
            return None;
        }
        Some(Self::Argon2 { algorithm, version, parameters, salt: phc.salt?, expected: phc.hash? })
    }
}
