//! argon2id, never on the threads that serve requests and never more at once than there are cores.

use std::{sync::OnceLock, time::Duration};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier},
};
use secrecy::{ExposeSecret, SecretString};

use crate::platform::{App, problem::Problem};

async fn bounded<T: Send + 'static>(app: &App, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let busy = || Problem::unavailable("sign_in_busy", "Too many people are signing in right now.", 2);
    let turn = tokio::time::timeout(Duration::from_secs(10), app.hasher.clone().acquire_owned());
    let permit = turn.await.map_err(|_| busy())?.map_err(|_| busy())?;
    tokio::task::spawn_blocking(move || {
        let _held_until_done = permit;
        work()
    })
    .await
    .map_err(Problem::internal)
}

/// The PHC string to store.
pub async fn hash(app: &App, password: SecretString) -> Result<String, Problem> {
    let hashed = bounded(app, move || hash_now(password.expose_secret())).await?;
    hashed.map_err(|error| Problem::internal(anyhow::anyhow!("argon2: {error}")))
}

fn hash_now(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default().hash_password(password.as_bytes())?.to_string())
}

/// Whether the password is right; without a stored hash it takes as long and is wrong.
pub async fn verify(app: &App, password: SecretString, stored: Option<String>) -> Result<bool, Problem> {
    static NOBODY: OnceLock<String> = OnceLock::new();
    bounded(app, move || {
        let known = stored.is_some();
        let hash = stored.unwrap_or_else(|| NOBODY.get_or_init(|| hash_now("nobody's password").unwrap_or_default()).clone());
        let fits = Argon2::default().verify_password(password.expose_secret().as_bytes(), hash.as_str()).is_ok();
        fits && known
    })
    .await
}
