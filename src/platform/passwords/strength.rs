//! Which passwords are taken: long enough and mixed, as in the systems that Balanza replaces, never leaked, not made
//! of the person's own names, and not soon guessed. Everything is looked up here; no password is sent anywhere.

use std::{io::Read, sync::OnceLock};

use flate2::read::GzDecoder;
use zxcvbn::{Score, zxcvbn};

const SHORTEST: usize = 8;
const LONGEST: usize = 128;

/// Fewer characters than this around a leaked password do not make a new one of it: who has the lists also has the
/// usual heads and tails. More are judged with the rest.
const TAIL: usize = 12;

/// What is left beside names must be as long as a password.
const BESIDE_NAMES: usize = SHORTEST;

/// Each takes milliseconds for a long text.
const MOST_WAYS: usize = 8;

/// A shorter word is found in too many passwords by chance.
const SHORTEST_NAME: usize = 4;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    TooShort,
    TooLong,
    NotMixed,
    Leaked,
    Guessable,
    Personal,
}

impl Weakness {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooShort => "password_too_short",
            Self::TooLong => "password_too_long",
            Self::NotMixed => "password_not_mixed",
            Self::Leaked => "password_compromised",
            Self::Guessable => "password_guessable",
            Self::Personal => "password_personal",
        }
    }

    /// What to do.
    #[must_use]
    pub fn detail(self) -> &'static str {
        match self {
            Self::TooShort => "Use at least 8 characters.",
            Self::TooLong => "Use at most 128 characters.",
            Self::NotMixed => "Use at least one upper-case letter, one lower-case letter, one digit and one other character.",
            Self::Leaked => "Choose another password: this one is on lists of leaked passwords, with or without what stands around it.",
            Self::Guessable => "Make the password longer, or of words that do not belong together: it could be guessed.",
            Self::Personal => "Leave the names of yourself and your company out, or add at least 8 characters to them.",
        }
    }
}

/// Whether a password may be used. The context is what others know about its owner: name, address, company.
pub fn check(password: &str, context: &[&str]) -> Result<(), Weakness> {
    let has = |test: fn(char) -> bool| password.chars().any(test);
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(Weakness::TooShort);
    }
    if length > LONGEST {
        return Err(Weakness::TooLong);
    }
    if !has(char::is_uppercase) || !has(char::is_lowercase) || !has(|c| c.is_ascii_digit()) || !has(|c| !c.is_alphanumeric()) {
        return Err(Weakness::NotMixed);
    }
    if is_leaked(password) {
        return Err(Weakness::Leaked);
    }
    let names = names(context);
    if is_personal(password, &names) {
        return Err(Weakness::Personal);
    }
    let known: Vec<&str> = names.iter().map(String::as_str).chain(context.iter().map(|text| public_part(text))).collect();
    if is_guessable(password, &known) {
        return Err(Weakness::Guessable);
    }
    Ok(())
}

/// As it is written, and what is read when signs stand for letters; 1 stands for two of them.
fn readings(text: &str) -> [String; 3] {
    let read = |one: char| {
        let letter = move |c| match c {
            '@' | '4' => 'a',
            '0' => 'o',
            '1' => one,
            '!' => 'i',
            '3' => 'e',
            '$' | '5' => 's',
            '7' => 't',
            other => other,
        };
        text.chars().map(letter).collect()
    };
    [text.to_owned(), read('i'), read('l')]
}

/// Whether it is on the list, in any reading, after taking what is not a letter off either end. What only contains a
/// listed password among other letters is none.
fn is_leaked(password: &str) -> bool {
    let lower = password.to_lowercase();
    let total = lower.chars().count();
    let head = lower.chars().take_while(|c| !c.is_alphabetic()).count();
    let tail = lower.chars().rev().take_while(|c| !c.is_alphabetic()).count();
    readings(&lower).iter().any(|reading| {
        let cut = |front: usize, back: usize| reading.chars().skip(front).take(total.saturating_sub(front + back)).collect::<String>();
        let cuts = (0..=head).flat_map(|front| (0..=tail).map(move |back| (front, back)));
        cuts.filter(|(front, back)| front + back < TAIL).any(|(front, back)| has_line(leaked_passwords(), &cut(front, back)))
    })
}

/// The list, sorted, a line each. It is unpacked once.
fn leaked_passwords() -> &'static str {
    static LIST: OnceLock<String> = OnceLock::new();
    LIST.get_or_init(|| {
        let mut text = String::new();
        let packed: &[u8] = include_bytes!("../../../config/leaked-passwords.txt.gz");
        // It is part of the program, and a test unpacks it.
        let _whole = GzDecoder::new(packed).read_to_string(&mut text);
        text
    })
}

/// Whether one of the sorted lines is this one.
fn has_line(sorted: &str, line: &str) -> bool {
    // Both stand where lines begin.
    let (mut from, mut to) = (0, sorted.len());
    while from < to {
        let middle = from.midpoint(to);
        let before = sorted.get(from..middle).unwrap_or_default();
        let start = before.rfind('\n').map_or(from, |at| from + at + 1);
        let found = sorted.get(start..to).and_then(|rest| rest.lines().next()).unwrap_or_default();
        match line.cmp(found) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => to = start,
            std::cmp::Ordering::Greater => from = start + found.len() + 1,
        }
    }
    false
}

/// Whether too little is left of it without the names, in any reading.
fn is_personal(password: &str, names: &[String]) -> bool {
    readings(&plain(password)).iter().any(|reading| {
        let rest = names.iter().fold(reading.clone(), |rest, name| rest.replace(name.as_str(), ""));
        rest != *reading && rest.chars().count() < BESIDE_NAMES
    })
}

/// Whether zxcvbn would find it in fewer than 10^8 guesses or so, by its first 100 characters. It tries all ways in which
/// signs can stand for letters, which in a long text of many signs are hundreds and take seconds: such a text is judged in
/// parts, and whoever has not guessed one of them has not guessed the whole.
fn is_guessable(password: &str, known: &[&str]) -> bool {
    let mut parts = vec![String::new()];
    for c in password.chars().take(100) {
        if let Some(part) = parts.last_mut() {
            part.push(c);
            if ways(part) > MOST_WAYS {
                part.pop();
                parts.push(c.into());
            }
        }
    }
    parts.iter().all(|part| zxcvbn(part, known).score() < Score::Three)
}

/// In how many ways zxcvbn reads the signs of a text. These are the letters for which it knows more than one sign.
fn ways(text: &str) -> usize {
    let signs = ["4@", "([{<", "69", "1!|", "1|7", "5$", "7+"];
    signs.iter().map(|of_one| of_one.chars().filter(|sign| text.contains(*sign)).count().max(1)).product()
}

/// The words of the context and, for those who write them as one, all words of each text together; the longest first.
fn names(context: &[&str]) -> Vec<String> {
    let mut names = vec![];
    for text in context {
        let text = plain(public_part(text));
        names.extend(text.split(|c: char| !c.is_alphabetic()).map(str::to_owned));
        names.push(text.chars().filter(|c| c.is_alphabetic()).collect());
    }
    names.retain(|name| name.chars().count() >= SHORTEST_NAME);
    names.sort_by_key(|name| std::cmp::Reverse(name.chars().count()));
    names
}

/// Of an address what stands before the @: whoever runs the mail is not part of the person.
fn public_part(text: &str) -> &str {
    match text.rsplit_once('@') {
        Some((local, host)) if host.contains('.') && !host.contains(' ') => local,
        _ => text,
    }
}

/// Lower-case and without accents, as people write when they are in a hurry.
fn plain(text: &str) -> String {
    let bare = |c| match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    };
    text.to_lowercase().chars().map(bare).collect()
}
