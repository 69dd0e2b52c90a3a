//! Secrets that we make: random, told once, kept as hashes.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// 256 random bits as text, for links, cookies and tokens.
#[must_use]
pub fn token() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// What is stored of a secret. A plain hash is enough: these secrets are random, not chosen.
#[must_use]
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Eight digits, to be read from a mail and typed.
#[must_use]
pub fn digits() -> String {
    format!("{:08}", rand::random_range(0..100_000_000_u32))
}

/// 65 random bits as `K7Q2M-9XH4T-B3R`: thirteen characters without those that look alike.
#[must_use]
pub fn backup_code() -> String {
    const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let character = |_| ALPHABET.get(rand::random_range(0..ALPHABET.len())).copied().map_or('2', char::from);
    let text: Vec<char> = (0..13).map(character).collect();
    text.chunks(5).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// A backup code as it is hashed, however it was typed.
#[must_use]
pub fn normalise_backup_code(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}
