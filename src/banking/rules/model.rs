//! Types of rules, and whether one fits.

use chrono::{DateTime, Utc};
use garde::Validate;
use iso_currency::Currency;
use regex::{Regex, RegexBuilder};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    banking::matching::{Evidence, Hint, HintSource},
    contacts::plain,
    platform::{
        http::present,
        money::{Amount, Money},
        problem::Problem,
    },
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BankDirection {
    In,
    Out,
}

impl BankDirection {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

/// What lines like these are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BankRule {
    pub id: Uuid,
    /// The least is tried first.
    #[schema(example = 10)]
    pub position: i32,
    #[schema(example = "Fees of the bank")]
    pub name: String,
    pub bank_account_id: Option<Uuid>,
    /// `in` or `out`; null: either.
    #[schema(example = "out")]
    pub direction: Option<String>,
    /// Words that stand in the line, in any case and with any accents.
    #[schema(example = "comisión")]
    pub contains: String,
    /// A regular expression that fits the line's texts.
    pub pattern: String,
    #[schema(example = "0.01")]
    pub min_amount: Option<Amount>,
    #[schema(example = "20")]
    pub max_amount: Option<Amount>,
    /// The account that the line is written to; null: an open item of the contact is looked for.
    pub account_id: Option<Uuid>,
    pub contact_id: Option<Uuid>,
    pub memo: String,
    /// Acts without asking.
    pub is_automatic: bool,
    pub is_active: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "Fees of the bank", "position": 10, "direction": "out", "contains": "comision zzz", "max_amount": "20",
    "account_id": "01900000-0000-7000-8000-000000000031", "memo": "Bank fee"}))]
pub struct NewBankRule {
    #[serde(default)]
    #[garde(range(min = 0, max = 100_000))]
    pub position: i32,
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    pub bank_account_id: Option<Uuid>,
    pub direction: Option<BankDirection>,
    #[serde(default)]
    #[garde(length(chars, max = 200))]
    #[schema(max_length = 200)]
    pub contains: String,
    #[serde(default)]
    #[garde(length(chars, max = 200), custom(an_expression))]
    #[schema(max_length = 200)]
    pub pattern: String,
    pub min_amount: Option<Amount>,
    pub max_amount: Option<Amount>,
    pub account_id: Option<Uuid>,
    pub contact_id: Option<Uuid>,
    #[serde(default)]
    #[garde(length(chars, max = 200))]
    #[schema(max_length = 200)]
    pub memo: String,
    #[serde(default)]
    pub is_automatic: bool,
}

impl NewBankRule {
    /// A rule asks something of a line, and says something of it.
    pub fn whole(&self) -> Result<(), Problem> {
        let asks = !plain(&self.contains).is_empty()
            || !self.pattern.is_empty()
            || self.bank_account_id.is_some()
            || self.direction.is_some()
            || self.min_amount.is_some()
            || self.max_amount.is_some();
        if !asks {
            return Err(Problem::field("/contains", "invalid", "says nothing of which lines the rule is for; nor does any other field"));
        }
        if self.account_id.is_none() && self.contact_id.is_none() {
            return Err(Problem::field("/account_id", "invalid", "is asked for, or contact_id"));
        }
        Ok(())
    }
}

/// Absent fields stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "Fees", "position": 20}))]
pub struct BankRulePatch {
    #[garde(inner(range(min = 0, max = 100_000)))]
    pub position: Option<i32>,
    #[garde(inner(length(chars, min = 1, max = 100)))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[schema(value_type = Option<Uuid>)]
    #[serde(default, deserialize_with = "present")]
    pub bank_account_id: Option<Option<Uuid>>,
    #[schema(value_type = Option<BankDirection>)]
    #[serde(default, deserialize_with = "present")]
    pub direction: Option<Option<BankDirection>>,
    #[garde(inner(length(chars, max = 200)))]
    #[schema(max_length = 200)]
    pub contains: Option<String>,
    #[garde(inner(length(chars, max = 200), custom(an_expression)))]
    #[schema(max_length = 200)]
    pub pattern: Option<String>,
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "present")]
    pub min_amount: Option<Option<Amount>>,
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "present")]
    pub max_amount: Option<Option<Amount>>,
    #[schema(value_type = Option<Uuid>)]
    #[serde(default, deserialize_with = "present")]
    pub account_id: Option<Option<Uuid>>,
    #[schema(value_type = Option<Uuid>)]
    #[serde(default, deserialize_with = "present")]
    pub contact_id: Option<Option<Uuid>>,
    #[garde(inner(length(chars, max = 200)))]
    #[schema(max_length = 200)]
    pub memo: Option<String>,
    pub is_automatic: Option<bool>,
    pub is_active: Option<bool>,
}

impl BankRulePatch {
    /// The rule as it will be.
    pub fn applied(self, rule: BankRule) -> (NewBankRule, bool) {
        let direction = match rule.direction.as_deref() {
            Some("in") => Some(BankDirection::In),
            Some(_) => Some(BankDirection::Out),
            None => None,
        };
        let after = NewBankRule {
            position: self.position.unwrap_or(rule.position),
            name: self.name.unwrap_or(rule.name),
            bank_account_id: self.bank_account_id.unwrap_or(rule.bank_account_id),
            direction: self.direction.unwrap_or(direction),
            contains: self.contains.unwrap_or(rule.contains),
            pattern: self.pattern.unwrap_or(rule.pattern),
            min_amount: self.min_amount.unwrap_or(rule.min_amount),
            max_amount: self.max_amount.unwrap_or(rule.max_amount),
            account_id: self.account_id.unwrap_or(rule.account_id),
            contact_id: self.contact_id.unwrap_or(rule.contact_id),
            memo: self.memo.unwrap_or(rule.memo),
            is_automatic: self.is_automatic.unwrap_or(rule.is_automatic),
        };
        (after, self.is_active.unwrap_or(rule.is_active))
    }
}

/// An expression is read in time that grows with the text alone; how large it may become is bounded, too.
fn expression(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).case_insensitive(true).size_limit(1 << 18).dfa_size_limit(1 << 18).build()
}

fn an_expression(text: &str, _: &()) -> garde::Result {
    expression(text).map(|_| ()).map_err(|_| garde::Error::new("is no regular expression, or too large a one"))
}

/// A rule made ready to be tried.
#[derive(Debug)]
pub struct Tried {
    rule: BankRule,
    words: String,
    pattern: Option<Regex>,
}

impl Tried {
    /// None if its expression cannot be read any more.
    pub fn new(rule: BankRule) -> Option<Self> {
        let pattern = if rule.pattern.is_empty() { None } else { Some(expression(&rule.pattern).ok()?) };
        Some(Self { words: plain(&rule.contains), pattern, rule })
    }

    pub fn fits(&self, bank: Uuid, line: &Evidence, currency: Currency) -> bool {
        let rule = &self.rule;
        let side = if line.amount_minor > 0 { "in" } else { "out" };
        let amount: Decimal = Money::new(line.amount_minor, currency).to_decimal().abs();
        let texts = [&line.reference, &line.counterparty_name, &line.description].map(String::as_str).join(" ");
        rule.bank_account_id.is_none_or(|of| of == bank)
            && rule.direction.as_deref().is_none_or(|of| of == side)
            && rule.min_amount.is_none_or(|least| amount >= least.0)
            && rule.max_amount.is_none_or(|most| amount <= most.0)
            && plain(&texts).contains(&self.words)
            && self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(&texts))
    }

    pub fn hint(&self) -> Hint {
        let rule = &self.rule;
        let source = HintSource::Rule { name: rule.name.clone(), is_automatic: rule.is_automatic };
        Hint { source, account: rule.account_id, contact: rule.contact_id, memo: rule.memo.clone() }
    }
}
