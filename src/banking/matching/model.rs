//! The rules by which lines are recognised: pure, so that they can be tried without a database.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{accounting::ItemKey, contacts::plain};

/// Why a line may be something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchReason {
    /// The line names the document.
    Reference,
    /// The amount is all that is open.
    Amount,
    /// What is open of several documents makes the amount together.
    Sum,
    /// It comes from, or goes to, an account that the contact has.
    PartyAccount,
    /// The line names the contact.
    PartyName,
    /// The days are near each other.
    Date,
    /// A rule says so.
    Rule,
    /// Such lines have been dealt with so before.
    Habit,
}

/// From 0 to 100.
pub type Score = u8;

const MOST: usize = 10;

/// What is known of a line.
#[derive(Clone, Debug)]
pub struct Evidence {
    pub amount_minor: i64,
    pub booked_on: NaiveDate,
    pub reference: String,
    pub counterparty_name: String,
    pub counterparty_account: String,
    pub description: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// An open item, which an entry of the line settles.
    Item,
    /// A line that the books have on the account already.
    Ledger,
}

/// What a line may be.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub target: Target,
    pub key: ItemKey,
    pub contact: Option<Uuid>,
    pub contact_names: Vec<String>,
    pub contact_accounts: Vec<String>,
    /// What is open, with the sign that a line has which settles it.
    pub open_minor: i64,
    pub due: NaiveDate,
    pub reference: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HintSource {
    Rule {
        name: String,
        is_automatic: bool,
    },
    /// How often it was done so.
    Habit(i32),
}

/// What a rule or a habit says of a line.
#[derive(Clone, Debug)]
pub struct Hint {
    pub source: HintSource,
    pub account: Option<Uuid>,
    pub contact: Option<Uuid>,
    pub memo: String,
}

impl Hint {
    const fn reason(&self) -> MatchReason {
        match self.source {
            HintSource::Rule { .. } => MatchReason::Rule,
            HintSource::Habit(_) => MatchReason::Habit,
        }
    }

    /// What it is worth as a reason to write a line off to an account.
    fn alone(&self) -> Score {
        match self.source {
            HintSource::Rule { is_automatic: true, .. } => 95,
            HintSource::Rule { .. } => 70,
            HintSource::Habit(uses) => u8::try_from(40 + uses.clamp(0, 5) * 10).unwrap_or(90),
        }
    }

    /// What it is worth as a reason for a contact's item.
    fn beside(&self) -> i32 {
        match self.source {
            HintSource::Rule { .. } => 25,
            HintSource::Habit(uses) => (10 + uses.clamp(0, 5) * 4).min(25),
        }
    }
}

/// A way to explain a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess {
    pub score: Score,
    pub reasons: Vec<MatchReason>,
    /// Places among the candidates, and what of the line each explains.
    pub matches: Vec<(usize, i64)>,
    /// The place among the hints of the one whose account takes the line.
    pub writeoff: Option<usize>,
    /// What of the line is left.
    pub rest_minor: i64,
}

/// Letters and digits of a text, each with whether something else stood before it.
struct Squeezed {
    text: Vec<char>,
    begins: Vec<bool>,
}

impl Squeezed {
    fn of(text: &str) -> Self {
        let mut out = Self { text: vec![], begins: vec![] };
        let mut begins = true;
        for c in plain(text).chars() {
            if c.is_alphanumeric() {
                out.text.push(c);
                out.begins.push(begins);
            }
            begins = !c.is_alphanumeric();
        }
        out
    }

    /// Whether a number stands in it that is not a part of a longer one.
    fn names(&self, number: &[char]) -> bool {
        const SHORTEST: usize = 4;
        if number.len() < SHORTEST || !number.iter().any(char::is_ascii_digit) {
            return false;
        }
        let begins = |at: usize| self.begins.get(at).copied().unwrap_or(true);
        let digit = |at: Option<usize>| at.and_then(|at| self.text.get(at)).is_some_and(char::is_ascii_digit);
        self.text.windows(number.len()).enumerate().any(|(at, window)| {
            let end = at + number.len();
            window == number
                && (begins(at) || !digit(Some(at)) || !digit(at.checked_sub(1)))
                && (begins(end) || !digit(end.checked_sub(1)) || !digit(Some(end)))
        })
    }
}

/// What many companies are called.
const LEGAL_FORMS: [&str; 12] = ["the", "and", "ltd", "ltda", "inc", "llc", "gmbh", "sas", "srl", "cia", "sociedad", "anonima"];

/// Whether all words of a name that say something stand in a text.
fn says_name(words: &[String], name: &str) -> bool {
    let name = plain(name);
    let mut telling =
        name.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 3 && !LEGAL_FORMS.contains(word)).peekable();
    telling.peek().is_some() && telling.all(|word| words.iter().any(|said| said == word))
}

fn account_digits(account: &str) -> String {
    account.chars().filter(char::is_ascii_alphanumeric).collect::<String>().trim_start_matches('0').to_ascii_uppercase()
}

/// By what a line is known again: the payer, or the words of its text that have no digits.
#[must_use]
pub fn habit_key(line: &Evidence) -> String {
    const WORDS: usize = 8;
    let of = if line.counterparty_name.trim().is_empty() { &line.description } else { &line.counterparty_name };
    let plain = plain(of);
    let words =
        plain.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 1 && !word.chars().any(|c| c.is_ascii_digit()));
    words.take(WORDS).collect::<Vec<_>>().join(" ")
}

/// What is known of a line, made ready for many comparisons.
struct Known<'a> {
    line: &'a Evidence,
    text: Squeezed,
    words: Vec<String>,
    account: String,
    hints: &'a [Hint],
}

/// How a candidate looks by itself.
struct Look {
    score: i32,
    reasons: Vec<MatchReason>,
    by_reference: bool,
    by_party: bool,
}

impl Known<'_> {
    fn look(&self, candidate: &Candidate) -> Look {
        let mut look = Look { score: 0, reasons: vec![], by_reference: false, by_party: false };
        let mut say = |reason, worth| {
            look.score += worth;
            look.reasons.push(reason);
        };
        let is_item = candidate.target == Target::Item;
        look.by_reference = self.text.names(&Squeezed::of(&candidate.reference).text);
        if look.by_reference {
            say(MatchReason::Reference, if is_item { 60 } else { 40 });
        }
        if candidate.open_minor == self.line.amount_minor {
            say(MatchReason::Amount, if is_item { 30 } else { 50 });
        }
        let has_account = candidate.contact_accounts.iter().any(|account| account_digits(account) == self.account);
        if !self.account.is_empty() && has_account {
            say(MatchReason::PartyAccount, 30);
            look.by_party = true;
        } else if candidate.contact_names.iter().any(|name| says_name(&self.words, name)) {
            say(MatchReason::PartyName, 20);
            look.by_party = true;
        }
        let hint = self.hints.iter().filter(|hint| hint.account.is_none() && hint.contact.is_some() && hint.contact == candidate.contact);
        if let Some(hint) = hint.max_by_key(|hint| hint.beside()) {
            say(hint.reason(), hint.beside());
            look.by_party = true;
        }
        let days = candidate.due.signed_duration_since(self.line.booked_on).num_days().abs();
        let near = match (is_item, days) {
            (true, 0..=7) => 10,
            (true, 8..=30) => 5,
            (false, 0..=3) => 30,
            (false, 4..=10) => 15,
            _ => 0,
        };
        if near > 0 && look.score > 0 {
            look.score += near;
            look.reasons.push(MatchReason::Date);
        }
        look
    }
}

/// The ways to explain a line, the likeliest first. Nothing is suggested by a near day alone, nor by an amount that is not right
/// when nothing else speaks for it.
#[must_use]
pub fn suggest(line: &Evidence, candidates: &[Candidate], hints: &[Hint]) -> Vec<Guess> {
    let all = [&line.reference, &line.counterparty_name, &line.description].map(String::as_str).join(" ");
    let words = plain(&all).split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
    let known = Known { line, text: Squeezed::of(&all), words, account: account_digits(&line.counterparty_account), hints };
    let same_side = |candidate: &Candidate| candidate.open_minor.signum() == line.amount_minor.signum();
    let looks: Vec<(usize, &Candidate, Look)> =
        candidates.iter().enumerate().filter(|(_, c)| same_side(c)).map(|(i, candidate)| (i, candidate, known.look(candidate))).collect();
    let mut guesses: Vec<Guess> = vec![];
    for (i, candidate, look) in &looks {
        let is_whole = candidate.open_minor == line.amount_minor;
        let is_possible = is_whole || (candidate.target == Target::Item && (look.by_reference || look.by_party));
        if look.score == 0 || !is_possible {
            continue;
        }
        let part = if candidate.open_minor.abs() < line.amount_minor.abs() { candidate.open_minor } else { line.amount_minor };
        guesses.push(Guess {
            score: score(look.score),
            reasons: look.reasons.clone(),
            matches: vec![(*i, part)],
            writeoff: None,
            rest_minor: line.amount_minor - part,
        });
    }
    guesses.extend(together(line, &looks, |look| look.by_reference, MatchReason::Reference, 95));
    guesses.extend(together_of_one(line, &looks));
    for (i, hint) in hints.iter().enumerate().filter(|(_, hint)| hint.account.is_some()) {
        guesses.push(Guess { score: hint.alone(), reasons: vec![hint.reason()], matches: vec![], writeoff: Some(i), rest_minor: 0 });
    }
    guesses.sort_by_key(|guess| (std::cmp::Reverse(guess.score), guess.rest_minor != 0, guess.matches.first().map(|m| m.0)));
    guesses.truncate(MOST);
    guesses
}

fn score(sum: i32) -> Score {
    u8::try_from(sum.clamp(0, 100)).unwrap_or(100)
}

/// Several items that make the line together.
fn together(
    line: &Evidence,
    looks: &[(usize, &Candidate, Look)],
    is_one: impl Fn(&Look) -> bool,
    reason: MatchReason,
    worth: Score,
) -> Option<Guess> {
    let ones = looks.iter().filter(|(_, candidate, look)| candidate.target == Target::Item && is_one(look));
    let matches: Vec<(usize, i64)> = ones.map(|(i, candidate, _)| (*i, candidate.open_minor)).collect();
    let sum: i128 = matches.iter().map(|m| i128::from(m.1)).sum();
    let is_sum = matches.len() > 1 && sum == i128::from(line.amount_minor);
    is_sum.then(|| Guess { score: worth, reasons: vec![reason, MatchReason::Sum], matches, writeoff: None, rest_minor: 0 })
}

/// All that one contact has open.
fn together_of_one(line: &Evidence, looks: &[(usize, &Candidate, Look)]) -> Vec<Guess> {
    let mut contacts: Vec<Uuid> =
        looks.iter().filter(|(_, _, look)| look.by_party).filter_map(|(_, candidate, _)| candidate.contact).collect();
    contacts.sort_unstable();
    contacts.dedup();
    let of = |contact: Uuid| {
        let own: Vec<(usize, &Candidate, Look)> = looks
            .iter()
            .filter(|(_, candidate, look)| candidate.contact == Some(contact) && look.by_party)
            .map(|(i, candidate, _)| (*i, *candidate, Look { score: 0, reasons: vec![], by_reference: false, by_party: true }))
            .collect();
        together(line, &own, |look| look.by_party, MatchReason::PartyName, 70)
    };
    contacts.into_iter().filter_map(of).collect()
}

/// The guess that may be acted on without asking: whole, at least as sure as is asked for, and clearly ahead of any other.
#[must_use]
pub fn sure(guesses: &[Guess], threshold: Score) -> Option<&Guess> {
    const AHEAD: Score = 10;
    let best = guesses.first().filter(|guess| guess.score >= threshold && guess.rest_minor == 0)?;
    let is_other = |guess: &&Guess| (&guess.matches, guess.writeoff) != (&best.matches, best.writeoff);
    let next = guesses.iter().skip(1).filter(is_other).map(|guess| guess.score).max().unwrap_or(0);
    (next.saturating_add(AHEAD) <= best.score).then_some(best)
}

/// One thing that a line may settle.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SuggestedMatch {
    pub entry_id: Uuid,
    pub line_no: i16,
    /// What of the thing the line settles.
    #[schema(example = "121.00")]
    pub amount: String,
    #[schema(example = "F-000012")]
    pub reference: String,
    pub contact_id: Option<Uuid>,
    pub due_date: NaiveDate,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SuggestedWriteoff {
    pub account_id: Uuid,
    pub contact_id: Option<Uuid>,
    #[schema(example = "-1.50")]
    pub amount: String,
    pub memo: String,
    /// Of the rule that says so; null where it is a habit.
    pub rule: Option<String>,
}

/// A way to explain a line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Suggestion {
    #[schema(example = 90, maximum = 100)]
    pub score: u8,
    pub reasons: Vec<MatchReason>,
    /// Open items that it settles.
    pub matches: Vec<SuggestedMatch>,
    /// What the books have of it already.
    pub ledger: Vec<SuggestedMatch>,
    pub writeoffs: Vec<SuggestedWriteoff>,
    /// What of the line stays unexplained.
    #[schema(example = "0.00")]
    pub rest: String,
}

/// The ways to explain a line, the likeliest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestions {
    pub line_id: Uuid,
    pub data: Vec<Suggestion>,
}
