//! What proves somebody beside a password: authenticator app, backup codes, passkeys.
//!
//! Invariants: an app's code and a backup code are good once; the app's secret is sealed and bound to its person.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::{Ceremony, Factors};
pub use service::{
    ask_any_passkey, ask_passkey, challenge, challenge_state, check_any_passkey, check_passkey, finish_challenge, of, take_app_code,
    take_backup_code, try_challenge,
};
