//! What is asked of a list of products, and how words are looked for: pure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The order of a list that nothing is searched in.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, ToSchema)]
pub enum Order {
    #[default]
    #[serde(rename = "name")]
    Name,
    #[serde(rename = "-name")]
    NameBackwards,
    #[serde(rename = "sku")]
    Sku,
    #[serde(rename = "-sku")]
    SkuBackwards,
}

/// Which products.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// With those under it.
    pub category: Option<Uuid>,
    pub active: Option<bool>,
    pub kind: Option<&'static str>,
}

/// Where a page ended.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Place {
    /// How well it matched: the less, the better.
    pub rank: i64,
    pub text: String,
    pub id: Uuid,
}

/// A product in its place.
#[derive(Clone, Debug)]
pub struct Found {
    pub place: Place,
}

/// A word that was asked for, whether a name has one that begins so, and those that are like it.
pub struct Word {
    pub n: i16,
    pub word: String,
    pub is_known: bool,
    pub like: Vec<String>,
}

/// Ranges of words that answer for the words asked for; a beginning weighs more than the word itself, a likeness more still.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Ranges {
    pub n: Vec<i16>,
    pub from: Vec<String>,
    pub until: Vec<String>,
    pub weight: Vec<i32>,
}

/// The last character that there is.
const END: char = '\u{10FFFF}';
const LIKENESS: i32 = 4;

/// Just behind everything that begins so.
#[must_use]
pub fn end_of(prefix: &str) -> String {
    format!("{prefix}{END}")
}

/// What is known is looked for as it is; else what is like it, the likest first.
#[must_use]
pub fn ranges(words: &[Word]) -> Ranges {
    let mut all = Ranges::default();
    for word in words {
        let mut add = |from: &str, until: String, weight: i32| {
            all.n.push(word.n);
            all.from.push(from.to_owned());
            all.until.push(until);
            all.weight.push(weight);
        };
        if word.is_known {
            add(&word.word, end_of(&word.word), 0);
        } else {
            for (place, like) in (0..).zip(&word.like) {
                add(like, format!("{like}\u{1}"), LIKENESS + place);
            }
        }
    }
    all
}
