//! Ageing: items into buckets.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use iso_currency::Currency;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::store::ItemAt;
use crate::{
    accounting::settlements::Side,
    platform::{money::Money, problem::Problem},
};

/// From which day an item's age counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgeBy {
    #[default]
    Due,
    Entry,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AgedQuery {
    /// What customers owe (absent), or what suppliers are owed.
    #[serde(default = "receivable")]
    #[param(value_type = Option<Side>)]
    pub side: Side,
    /// At the end of this day; absent: today.
    pub as_of_date: Option<NaiveDate>,
    /// As it was known at this moment; absent: as it is known now.
    pub known_at: Option<DateTime<Utc>>,
    /// Where the buckets end, in days, rising; absent: 30,60,90.
    #[serde(default = "thirds")]
    #[param(value_type = Option<String>, example = "30,60,90")]
    pub buckets: String,
    #[serde(default)]
    #[param(value_type = Option<AgeBy>)]
    pub by: AgeBy,
    /// Only this contact.
    pub contact_id: Option<Uuid>,
}

const fn receivable() -> Side {
    Side::Receivable
}

fn thirds() -> String {
    "30,60,90".into()
}

/// Where buckets end: at most twelve, rising, in days.
pub fn bounds(text: &str) -> Result<Vec<i64>, Problem> {
    let wrong = || Problem::bad_request("invalid_query", "buckets must be up to twelve rising numbers of days, such as 30,60,90.");
    let bounds: Vec<i64> = text.split(',').map(|part| part.trim().parse().map_err(|_| wrong())).collect::<Result<_, _>>()?;
    let rising = bounds.iter().zip(bounds.iter().skip(1)).all(|(one, next)| one < next);
    let fits = bounds.len() <= 12 && bounds.iter().all(|days| (1..=3650).contains(days)) && rising;
    if fits { Ok(bounds) } else { Err(wrong()) }
}

/// What buckets are called: what is not due, so many days over, more.
#[must_use]
pub fn names(bounds: &[i64]) -> Vec<String> {
    let mut names = vec!["current".to_owned()];
    let mut from = 1;
    for until in bounds {
        names.push(format!("{from}-{until}"));
        from = until + 1;
    }
    names.push(format!("{from}+"));
    names
}

/// The bucket of an age in days: 0 for what is not over yet.
fn bucket(age: i64, bounds: &[i64]) -> usize {
    if age <= 0 { 0 } else { 1 + bounds.iter().take_while(|until| age > **until).count() }
}

/// What is open by age; in the company's money but where a currency is said.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgedReport {
    pub side: Side,
    pub as_of_date: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    pub by: AgeBy,
    #[schema(example = "USD")]
    pub currency: String,
    /// What the amounts below stand for, in their order: not due yet, so many days over.
    #[schema(example = json!(["current", "1-30", "31-60", "61-90", "91+"]))]
    pub buckets: Vec<String>,
    /// By name; what concerns nobody first.
    pub data: Vec<AgedContact>,
    pub totals: AgedAmounts,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgedAmounts {
    #[schema(example = "121.00")]
    pub total: String,
    #[schema(example = json!(["121.00", "0.00", "0.00", "0.00", "0.00"]))]
    pub buckets: Vec<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgedContact {
    pub contact_id: Option<Uuid>,
    #[schema(example = "Panadería Sol S. A.")]
    pub name: String,
    #[serde(flatten)]
    pub amounts: AgedAmounts,
    /// The same by the currency of the documents, each in itself.
    pub currencies: Vec<AgedCurrency>,
    pub items: Vec<AgedItem>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgedCurrency {
    #[schema(example = "EUR")]
    pub currency: String,
    #[serde(flatten)]
    pub amounts: AgedAmounts,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgedItem {
    pub entry_id: Uuid,
    pub line_no: i16,
    #[schema(example = "430")]
    pub account_code: String,
    #[schema(example = "JE-000001")]
    pub reference: String,
    pub entry_date: NaiveDate,
    pub due_date: NaiveDate,
    /// Days since it was due, or entered; below zero: days to go.
    pub age: i64,
    #[schema(example = "EUR")]
    pub currency: String,
    /// What is left of it in that currency.
    #[schema(example = "110.00")]
    pub residual: String,
    #[schema(example = "121.00")]
    pub company_residual: String,
}

/// Sums by bucket, in minor units.
#[derive(Clone, Debug)]
struct Sums(Vec<i64>);

impl Sums {
    fn new(buckets: usize) -> Self {
        Self(vec![0; buckets])
    }

    fn add(&mut self, bucket: usize, minor: i64) {
        if let Some(sum) = self.0.get_mut(bucket) {
            *sum += minor;
        }
    }

    fn shown(&self, currency: Currency) -> AgedAmounts {
        let money = |minor: i64| Money::new(minor, currency).to_string();
        AgedAmounts { total: money(self.0.iter().sum()), buckets: self.0.iter().copied().map(money).collect() }
    }
}

/// Items, which come by contact, into a report. What suppliers are owed is shown positive.
#[must_use]
pub fn report(query: &AgedQuery, on: NaiveDate, bounds: &[i64], company: Currency, items: Vec<ItemAt>) -> AgedReport {
    let buckets = names(bounds);
    let sign = if query.side == Side::Payable { -1 } else { 1 };
    let mut totals = Sums::new(buckets.len());
    let mut data: Vec<AgedContact> = vec![];
    let groups = items.chunk_by(|one, next| one.contact == next.contact);
    for group in groups {
        let mut sums = Sums::new(buckets.len());
        let mut currencies: BTreeMap<String, (Currency, Sums)> = BTreeMap::new();
        let mut shown = vec![];
        for item in group {
            let age = (on - if query.by == AgeBy::Due { item.due } else { item.date }).num_days();
            let place = bucket(age, bounds);
            let currency = item.currency.as_deref().and_then(Currency::from_code).unwrap_or(company);
            let (own, theirs) = (sign * item.residual_minor, sign * item.residual_foreign_minor);
            sums.add(place, own);
            totals.add(place, own);
            let of = currencies.entry(currency.code().into()).or_insert_with(|| (currency, Sums::new(buckets.len())));
            of.1.add(place, theirs);
            shown.push(AgedItem {
                entry_id: item.entry,
                line_no: item.line,
                account_code: item.account_code.clone(),
                reference: item.reference.clone(),
                entry_date: item.date,
                due_date: item.due,
                age,
                currency: currency.code().into(),
                residual: Money::new(theirs, currency).to_string(),
                company_residual: Money::new(own, company).to_string(),
            });
        }
        let Some(first) = group.first() else { continue };
        data.push(AgedContact {
            contact_id: first.contact,
            name: first.contact_name.clone(),
            amounts: sums.shown(company),
            currencies: currencies
                .into_iter()
                .map(|(code, (currency, sums))| AgedCurrency { currency: code, amounts: sums.shown(currency) })
                .collect(),
            items: shown,
        });
    }
    AgedReport {
        side: query.side,
        as_of_date: on,
        known_at: query.known_at,
        by: query.by,
        currency: company.code().into(),
        buckets,
        data,
        totals: totals.shown(company),
    }
}

impl AgedReport {
    /// The lines of a file: one a contact.
    pub fn lines(self) -> (Vec<String>, Vec<Vec<String>>) {
        let names = ["contact_id", "name", "total"].map(String::from).into_iter().chain(self.buckets).collect();
        let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let row = |of: AgedContact| [id(of.contact_id), of.name, of.amounts.total].into_iter().chain(of.amounts.buckets).collect();
        (names, self.data.into_iter().map(row).collect())
    }
}
