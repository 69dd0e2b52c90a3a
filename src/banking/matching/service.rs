//! Acts: gather what lines may be, learn what they were.

use uuid::Uuid;

use super::{
    model::{Candidate, Evidence, Guess, Hint, SuggestedMatch, SuggestedWriteoff, Suggestion, Target, habit_key, suggest, sure},
    store,
};
use crate::{
    banking::{accounts::BankAccount, money, rules, statements::Row},
    platform::{db::TenantTx, problem::Problem},
};

/// All that lines of one account are compared with.
pub struct Material {
    candidates: Vec<Candidate>,
    rules: Vec<rules::Tried>,
    habits: Vec<(String, bool, Hint)>,
    bank: Uuid,
    digits: iso_currency::Currency,
}

/// Reads it once, however many lines there are.
pub async fn gather(tx: &mut TenantTx, bank: &BankAccount, company: &str, lines: &[Row]) -> Result<Material, Problem> {
    let foreign = Some(bank.currency.as_str()).filter(|currency| *currency != company);
    let amounts: Vec<i64> = lines.iter().map(|line| line.amount_minor).collect();
    let mut candidates = store::items(tx, bank, foreign, &amounts).await?;
    let days = || lines.iter().map(|line| line.booked_on);
    if let Some(days) = days().min().zip(days().max()) {
        candidates.extend(store::ledger_lines_near(tx, bank, foreign, days).await?);
    }
    let keys: Vec<String> = lines.iter().map(|line| habit_key(&line.evidence())).filter(|key| !key.is_empty()).collect();
    let habits = store::habits(tx, &keys).await?;
    let rules = rules::tried(tx).await?;
    Ok(Material { candidates, rules, habits, bank: bank.id, digits: money::currency(&bank.currency)? })
}

impl Material {
    fn hints(&self, evidence: &Evidence) -> Vec<Hint> {
        let (key, is_incoming) = (habit_key(evidence), evidence.amount_minor > 0);
        let habits = self.habits.iter().filter(|(of, side, _)| *of == key && *side == is_incoming).map(|(_, _, hint)| hint.clone());
        // The first rule that fits is the one that counts.
        let rule = self.rules.iter().find(|rule| rule.fits(self.bank, evidence, self.digits)).map(rules::Tried::hint);
        rule.into_iter().chain(habits).collect()
    }

    fn shown(&self, guess: &Guess, hints: &[Hint], line: &Row) -> Suggestion {
        let text = |minor: i64| money::text(minor, self.digits);
        let of = |target: Target, is_signed: bool| {
            let matches = guess.matches.iter().filter_map(|(i, minor)| Some((self.candidates.get(*i)?, *minor)));
            let shown = matches.filter(|(candidate, _)| candidate.target == target).map(|(candidate, minor)| SuggestedMatch {
                entry_id: candidate.key.entry,
                line_no: candidate.key.line,
                amount: text(if is_signed { minor } else { minor.abs() }),
                reference: candidate.reference.clone(),
                contact_id: candidate.contact,
                due_date: candidate.due,
            });
            shown.collect()
        };
        let writeoff = guess.writeoff.and_then(|i| hints.get(i)).and_then(|hint| {
            let rule = match &hint.source {
                super::model::HintSource::Rule { name, .. } => Some(name.clone()),
                super::model::HintSource::Habit(_) => None,
            };
            let (contact_id, memo) = (hint.contact, hint.memo.clone());
            Some(SuggestedWriteoff { account_id: hint.account?, contact_id, amount: text(line.amount_minor), memo, rule })
        });
        Suggestion {
            score: guess.score,
            reasons: guess.reasons.clone(),
            matches: of(Target::Item, false),
            ledger: of(Target::Ledger, true),
            writeoffs: writeoff.into_iter().collect(),
            rest: text(guess.rest_minor),
        }
    }

    /// The ways to explain a line.
    pub fn suggestions(&self, line: &Row) -> Vec<Suggestion> {
        let evidence = line.evidence();
        let hints = self.hints(&evidence);
        suggest(&evidence, &self.candidates, &hints).iter().map(|guess| self.shown(guess, &hints, line)).collect()
    }

    /// The one that needs no asking. What it settles is taken: the next line has to be something else.
    pub fn take_sure(&mut self, line: &Row, threshold: u8) -> Option<Suggestion> {
        let evidence = line.evidence();
        let hints = self.hints(&evidence);
        let guesses = suggest(&evidence, &self.candidates, &hints);
        let guess = sure(&guesses, threshold)?;
        let shown = self.shown(guess, &hints, line);
        for (i, minor) in &guess.matches {
            if let Some(candidate) = self.candidates.get_mut(*i) {
                candidate.open_minor -= minor;
            }
        }
        Some(shown)
    }
}

/// Remembers what a person has done with a line.
pub async fn learn(tx: &mut TenantTx, line: &Row, account: Option<Uuid>, contact: Option<Uuid>) -> Result<(), Problem> {
    let key = habit_key(&line.evidence());
    if key.is_empty() || (account.is_none() && contact.is_none()) {
        return Ok(());
    }
    store::remember(tx, &key, line.amount_minor > 0, account, contact).await
}
