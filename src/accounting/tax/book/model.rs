//! Types of the tax book.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use iso_currency::Currency;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    accounting::tax::TaxSide,
    catalogue::{TaxFamily, TaxStanding},
    platform::money::{Amount, Money},
};

/// Which days, both of them included, and which side.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BookQuery {
    #[param(example = "2026-01-01")]
    pub from_date: NaiveDate,
    #[param(example = "2026-12-31")]
    pub to_date: NaiveDate,
    /// `sales`: what is owed to the tax authority; `purchases`: what is deducted.
    #[param(example = "sales")]
    pub side: TaxSide,
}

/// Which days, both of them included.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReturnQuery {
    #[param(example = "2026-01-01")]
    pub from_date: NaiveDate,
    #[param(example = "2026-12-31")]
    pub to_date: NaiveDate,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BookLinesQuery {
    pub from_date: Option<NaiveDate>,
    pub to_date: Option<NaiveDate>,
    /// Absent: both.
    pub side: Option<TaxSide>,
    /// Only this tax.
    pub tax_id: Option<Uuid>,
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// The taxes of a time.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaxBook {
    #[schema(example = "USD")]
    pub currency: String,
    pub from_date: NaiveDate,
    pub to_date: NaiveDate,
    pub side: TaxSide,
    pub data: Vec<TaxBookRow>,
    /// Of what is charged and due.
    pub total_tax: Money,
    pub total_withheld: Money,
    pub accounts: Vec<TaxAccount>,
}

/// A tax in the time of the book.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaxBookRow {
    pub tax_id: Uuid,
    #[schema(example = "IVA15")]
    pub code: String,
    #[schema(example = "IVA 15 %")]
    pub name: String,
    /// Percent; 0 where it is fixed.
    #[schema(value_type = String, example = "15")]
    pub rate: Amount,
    pub family: TaxFamily,
    pub standing: TaxStanding,
    pub is_withheld: bool,
    pub base: Money,
    pub tax: Money,
    /// What of it cannot be deducted.
    pub cost: Money,
    /// What is due when its documents are paid.
    pub pending_base: Money,
    pub pending_tax: Money,
    pub entries: i64,
}

/// An account that taxes are posted to; a debit positive.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaxAccount {
    pub account_id: Uuid,
    #[schema(example = "477")]
    pub code: String,
    pub name: String,
    /// What the lines that say their tax come to.
    pub by_tax: Money,
    /// What else moved: returns that were closed, entries without a tax.
    pub other: Money,
    pub movement: Money,
}

/// A line of the ledger that says a tax.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaxBookLine {
    pub entry_date: NaiveDate,
    pub entry_id: Uuid,
    pub line_no: i16,
    #[schema(example = "sale")]
    pub source_kind: String,
    pub source_id: Uuid,
    /// What the document is called, where that is known.
    #[schema(example = "001-001-000000001")]
    pub number: String,
    pub contact_name: String,
    /// The tax identifier of who bought or sold.
    pub contact_identifier: String,
    pub tax_id: Uuid,
    #[schema(example = "IVA15")]
    pub code: String,
    #[schema(value_type = String, example = "15")]
    pub rate: Amount,
    pub family: TaxFamily,
    pub is_withheld: bool,
    pub side: TaxSide,
    /// `due`, `pending` until its document is paid, or `cost`.
    pub state: TaxState,
    pub base: Money,
    pub tax: Money,
}

impl TaxBookLine {
    pub const COLUMNS: [&str; 9] = ["date", "number", "contact_identifier", "contact_name", "tax", "rate", "state", "base", "amount"];

    pub fn cells(self) -> Vec<String> {
        vec![
            self.entry_date.to_string(),
            self.number,
            self.contact_identifier,
            self.contact_name,
            self.code,
            self.rate.0.normalize().to_string(),
            self.state.name().into(),
            self.base.to_string(),
            self.tax.to_string(),
        ]
    }
}

/// What Spain asks of the book of invoices: a surcharge stands beside the VAT of its base, and what is withheld is not in it.
pub const LIBRO: [&str; 10] = [
    "Fecha de expedición",
    "Número",
    "NIF",
    "Nombre o razón social",
    "Base imponible",
    "Tipo de IVA",
    "Cuota de IVA",
    "Tipo de recargo",
    "Cuota de recargo",
    "Criterio de caja",
];

/// The rows of that book.
pub fn libro(lines: Vec<TaxBookLine>) -> Vec<Vec<String>> {
    let (surcharges, taxes): (Vec<TaxBookLine>, Vec<TaxBookLine>) =
        lines.into_iter().filter(|line| !line.is_withheld).partition(|line| line.family == TaxFamily::Surcharge);
    let mut beside: HashMap<(Uuid, i64), Vec<TaxBookLine>> = HashMap::new();
    for surcharge in surcharges {
        beside.entry((surcharge.entry_id, surcharge.base.minor)).or_default().push(surcharge);
    }
    let cells = |line: &TaxBookLine, vat: [String; 2], surcharge: [String; 2]| {
        let pending = if line.state == TaxState::Pending { "pendiente" } else { "" };
        let who = [line.entry_date.to_string(), line.number.clone(), line.contact_identifier.clone(), line.contact_name.clone()];
        who.into_iter().chain([line.base.to_string()]).chain(vat).chain(surcharge).chain([pending.to_owned()]).collect::<Vec<String>>()
    };
    let pair = |line: &TaxBookLine| [line.rate.0.normalize().to_string(), line.tax.to_string()];
    let mut rows = vec![];
    for line in taxes {
        let surcharge = beside.get_mut(&(line.entry_id, line.base.minor)).and_then(Vec::pop);
        rows.push(cells(&line, pair(&line), surcharge.as_ref().map(pair).unwrap_or_default()));
    }
    let mut alone: Vec<TaxBookLine> = beside.into_values().flatten().collect();
    alone.sort_by_key(|line| (line.entry_date, line.entry_id, line.line_no));
    rows.extend(alone.iter().map(|line| cells(line, Default::default(), pair(line))));
    rows
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaxState {
    Due,
    Pending,
    Cost,
}

impl TaxState {
    const fn name(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Pending => "pending",
            Self::Cost => "cost",
        }
    }
}

/// The return of a time, box by box.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaxReturn {
    /// What the country calls it; empty where it has no form here.
    #[schema(example = "104")]
    pub form: String,
    #[schema(example = "USD")]
    pub currency: String,
    pub from_date: NaiveDate,
    pub to_date: NaiveDate,
    pub boxes: Vec<TaxBox>,
    /// Taxes that moved and whose base or tax no box takes.
    pub without_box: Vec<Unboxed>,
    pub output_tax: Money,
    pub input_tax: Money,
    /// Output tax less input tax.
    pub balance: Money,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TaxBox {
    #[schema(example = "421")]
    #[serde(rename = "box")]
    pub name: String,
    pub amount: Money,
    /// The codes of the taxes in it.
    pub taxes: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Unboxed {
    #[schema(example = "IVA5")]
    pub code: String,
    pub side: TaxSide,
    pub base: Money,
    pub tax: Money,
}

/// What one tax has on one account of one side; minor units, as the side counts them: what was charged and what was withheld are
/// positive.
#[derive(Clone, Debug)]
pub struct BookSum {
    pub side: TaxSide,
    pub state: TaxState,
    pub tax: Uuid,
    pub code: String,
    pub name: String,
    pub rate: Amount,
    pub family: TaxFamily,
    pub standing: TaxStanding,
    pub is_withheld: bool,
    pub report_code: String,
    pub account: Uuid,
    pub base: i64,
    pub amount: i64,
    /// As it was posted, a debit positive.
    pub posted: i64,
    pub entries: i64,
}

/// By tax, in the order of codes.
pub fn rows(sums: &[BookSum], side: TaxSide, currency: Currency) -> Vec<TaxBookRow> {
    let money = |minor| Money::new(minor, currency);
    let mut rows: BTreeMap<&str, TaxBookRow> = BTreeMap::new();
    for sum in sums.iter().filter(|sum| sum.side == side) {
        let row = rows.entry(&sum.code).or_insert_with(|| TaxBookRow {
            tax_id: sum.tax,
            code: sum.code.clone(),
            name: sum.name.clone(),
            rate: sum.rate,
            family: sum.family,
            standing: sum.standing,
            is_withheld: sum.is_withheld,
            base: money(0),
            tax: money(0),
            cost: money(0),
            pending_base: money(0),
            pending_tax: money(0),
            entries: 0,
        });
        match sum.state {
            TaxState::Due => {
                row.base.minor += sum.base;
                row.tax.minor += sum.amount;
                row.entries += sum.entries;
            }
            TaxState::Pending => {
                row.pending_base.minor += sum.base;
                row.pending_tax.minor += sum.amount;
            }
            TaxState::Cost => row.cost.minor += sum.amount,
        }
    }
    rows.into_values().collect()
}

/// What is due goes into the boxes that its tax names.
pub fn boxes(sums: &[BookSum], currency: Currency) -> (Vec<TaxBox>, Vec<Unboxed>) {
    let money = |minor| Money::new(minor, currency);
    let mut boxes: BTreeMap<&str, TaxBox> = BTreeMap::new();
    let mut without: Vec<Unboxed> = vec![];
    for sum in sums.iter().filter(|sum| sum.state == TaxState::Due) {
        let (base_box, tax_box) = sum.report_code.split_once('/').unwrap_or(("", &sum.report_code));
        for (name, amount) in [(base_box, sum.base), (tax_box, sum.amount)].into_iter().filter(|(name, _)| !name.is_empty()) {
            let filled = boxes.entry(name).or_insert_with(|| TaxBox { name: name.into(), amount: money(0), taxes: vec![] });
            filled.amount.minor += amount;
            if !filled.taxes.contains(&sum.code) {
                filled.taxes.push(sum.code.clone());
            }
        }
        let missed = (base_box.is_empty() && sum.base != 0 && !sum.is_withheld) || (tax_box.is_empty() && sum.amount != 0);
        if missed {
            without.push(Unboxed { code: sum.code.clone(), side: sum.side, base: money(sum.base), tax: money(sum.amount) });
        }
    }
    let mut boxes: Vec<TaxBox> = boxes.into_values().collect();
    boxes.sort_by_key(|filled| (filled.name.parse::<u32>().unwrap_or(u32::MAX), filled.name.clone()));
    (boxes, without)
}
