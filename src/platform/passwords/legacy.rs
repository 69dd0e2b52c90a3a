//! Hashes of the systems that Balanza replaces: bcrypt, and what passlib and Django put in front of it. They are
//! read and never made.

use base64::{
    Engine, alphabet,
    engine::{
        GeneralPurpose,
        general_purpose::{NO_PAD, STANDARD},
    },
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// bcrypt sees no more of what it is given.
const SEEN: usize = 72;

/// Each step doubles the work: 15 is a second or two, and the most that is done for a hash from outside.
const COSTS: std::ops::RangeInclusive<u32> = 4..=15;

/// bcrypt's own base64. Some libraries have left bits behind the last byte, which say nothing.
const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::BCRYPT, NO_PAD.with_decode_allow_trailing_bits(true));

/// A hash in one of the old forms.
pub struct Legacy<'a> {
    given: Given<'a>,
    cost: u32,
    salt: [u8; 16],
    digest: [u8; 23],
}

/// What bcrypt is given.
enum Given<'a> {
    Password,
    /// passlib's `bcrypt_sha256`, version 1.
    Base64OfSha256,
    /// Its version 2: the text of the salt is the key.
    Base64OfHmac(&'a str),
    /// Django's `bcrypt_sha256`.
    HexOfSha256,
}

impl<'a> Legacy<'a> {
    /// None for every other form, and for a hash that would take too long.
    pub fn read(stored: &'a str) -> Option<Self> {
        if let Some(rest) = stored.strip_prefix("$bcrypt-sha256$v=2,") {
            // t=2b,r=12$salt$digest
            let (kind, rest) = rest.strip_prefix("t=")?.split_once(",r=")?;
            let (cost, rest) = rest.split_once('$')?;
            let (salt, digest) = rest.split_once('$')?;
            return Self::of(Given::Base64OfHmac(salt), kind, cost, salt, digest);
        }
        if let Some(rest) = stored.strip_prefix("$bcrypt-sha256$") {
            // 2b,12$salt$digest
            let (kind, rest) = rest.split_once(',')?;
            let (cost, rest) = rest.split_once('$')?;
            let (salt, digest) = rest.split_once('$')?;
            return Self::of(Given::Base64OfSha256, kind, cost, salt, digest);
        }
        let (given, rest) = if let Some(rest) = stored.strip_prefix("bcrypt_sha256$$") {
            (Given::HexOfSha256, rest)
        } else {
            (Given::Password, stored.strip_prefix("bcrypt$$").or_else(|| stored.strip_prefix('$'))?)
        };
        // 2b$12$ and salt and digest in one
        let (kind, rest) = rest.split_once('$')?;
        let (cost, rest) = rest.split_once('$')?;
        let (salt, digest) = rest.split_at_checked(22)?;
        Self::of(given, kind, cost, salt, digest)
    }

    fn of(given: Given<'a>, kind: &str, cost: &str, salt: &str, digest: &str) -> Option<Self> {
        let digits = (1..=2).contains(&cost.len()) && cost.bytes().all(|b| b.is_ascii_digit());
        let cost = cost.parse().ok().filter(|cost| digits && COSTS.contains(cost))?;
        // The three names of the one algorithm without faults.
        if !["2a", "2b", "2y"].contains(&kind) {
            return None;
        }
        Some(Self { given, cost, salt: decoded(salt)?, digest: decoded(digest)? })
    }

    /// Whether this is the password; compared in constant time.
    pub fn fits(&self, password: &str) -> bool {
        let mut input = match &self.given {
            Given::Password => password.as_bytes().to_vec(),
            Given::Base64OfSha256 => STANDARD.encode(Sha256::digest(password)).into_bytes(),
            Given::Base64OfHmac(salt) => {
                let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(salt.as_bytes()) else { return false };
                mac.update(password.as_bytes());
                STANDARD.encode(mac.finalize().into_bytes()).into_bytes()
            }
            Given::HexOfSha256 => hex::encode(Sha256::digest(password)).into_bytes(),
        };
        // As in C, the byte at a text's end belongs to it.
        input.push(0);
        input.truncate(SEEN);
        let made = bcrypt::bcrypt(self.cost, self.salt, &input);
        // Its last byte has never been stored.
        made.get(..self.digest.len()).is_some_and(|made| made.ct_eq(&self.digest).into())
    }
}

fn decoded<const N: usize>(text: &str) -> Option<[u8; N]> {
    BASE64.decode(text).ok()?.try_into().ok()
}
