//! Encryption at rest, for what the database keeps and must not tell: AES-256-GCM with a key made from the server's
//! secret. What is sealed names its key, so that the secret can be changed, and is bound to the place that it was
//! sealed for, so that it opens nowhere else.

use anyhow::{Context, anyhow, bail};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::problem::Problem;

/// First byte of what is sealed this way: version, key's name (4 bytes), nonce (12), ciphertext, tag (16).
const VERSION: u8 = 1;
const NAME_LEN: usize = 4;

/// Seals and opens.
pub struct Sealer {
    present: Key,
    previous: Vec<Key>,
}

struct Key {
    /// The beginning of the key's hash: tells which one it is, and nothing of use about it.
    name: [u8; NAME_LEN],
    key: RandomizedNonceKey,
}

impl Key {
    fn derive(secret: &str) -> anyhow::Result<Self> {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
        mac.update(b"balanza sealing v1");
        let derived = mac.finalize().into_bytes();
        let hash = Sha256::digest(derived);
        let name = *hash.first_chunk().context("a hash is longer than a name")?;
        let key = RandomizedNonceKey::new(&AES_256_GCM, &derived).map_err(|_| anyhow!("no key could be made"))?;
        Ok(Self { name, key })
    }
}

impl Sealer {
    /// Seals with the secret's key; opens with that of the previous ones, too.
    pub fn new(secret: &str, previous: &[String]) -> anyhow::Result<Self> {
        Ok(Self { present: Key::derive(secret)?, previous: previous.iter().map(|secret| Key::derive(secret)).collect::<Result<_, _>>()? })
    }

    /// `context` names the place, such as the table and the row: the same is needed to open.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, Problem> {
        let mut text = plain.to_vec();
        let sealed = self.present.key.seal_in_place_append_tag(Aad::from(context), &mut text);
        let nonce = sealed.map_err(|_| Problem::internal(anyhow!("{context} cannot be sealed")))?;
        Ok([&[VERSION][..], &self.present.name, nonce.as_ref(), &text].concat())
    }

    /// What was sealed, if not a bit of it has changed and it was sealed for this context.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, Problem> {
        self.opened(context, sealed).map_err(|error| Problem::internal(error.context(format!("{context} cannot be opened"))))
    }

    fn opened(&self, context: &str, sealed: &[u8]) -> anyhow::Result<Vec<u8>> {
        let (version, rest) = sealed.split_first().context("there is nothing in it")?;
        if *version != VERSION {
            bail!("sealed in the unknown way {version}");
        }
        let (name, rest) = rest.split_first_chunk::<NAME_LEN>().context("it breaks off in the key's name")?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_LEN>().context("it breaks off in the nonce")?;
        let mut keys = std::iter::once(&self.present).chain(&self.previous);
        let key = keys.find(|key| key.name == *name).with_context(|| format!("sealed with the unknown key {}", hex::encode(name)))?;
        let mut text = text.to_vec();
        let opened = key.key.open_in_place(Nonce::from(nonce), Aad::from(context), &mut text);
        Ok(opened.map_err(|_| anyhow!("it was changed, or sealed for another place"))?.to_vec())
    }
}
