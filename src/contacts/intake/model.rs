//! What a row of a file says of a contact, and what is wrong with it: pure.

use garde::Validate;
use serde_json::{Map, Value};

use crate::{
    contacts::{
        entries::{AddressKind, ContactAddress, ContactKind, ContactRole, Draft, Home, NewContact, is_country},
        merging::merged,
    },
    platform::{money::Amount, tax_identifiers},
};

/// Columns of a file of contacts.
pub const COLUMNS: [&str; 18] = [
    "name",
    "trade_name",
    "kind",
    "roles",
    "country",
    "tax_id_kind",
    "tax_id",
    "email",
    "phone",
    "street",
    "city",
    "region",
    "postal_code",
    "payment_terms_days",
    "credit_limit",
    "language",
    "notes",
    "tags",
];

/// Those that must be there.
pub const NEEDED: [&str; 2] = ["name", "kind"];

/// What a row comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Of a row that is right.
    pub draft: Option<Draft>,
    /// Country and identifier, where there is a valid one, whatever else is wrong.
    pub identity: Option<(String, String)>,
    /// `column: what is wrong`, in the order of the columns.
    pub errors: Vec<String>,
}

/// Several in one cell, apart by `|` or `;`.
fn parts(cell: &str) -> Vec<String> {
    cell.split(['|', ';']).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// A text of its own, if it says something.
fn said(cell: &str) -> Option<String> {
    (!cell.is_empty()).then(|| cell.to_owned())
}

/// The column that a field of a contact comes from, by its path (`phones[0]`) or pointer (`/phones/0`).
fn column(path: &str) -> &'static str {
    let mut names = path
        .split(['/', '.', '['])
        .map(|part| part.trim_end_matches(']'))
        .filter(|part| !part.is_empty() && *part != "?" && part.parse::<usize>().is_err());
    let (field, inner) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
    let name = match (field, inner) {
        ("legal_name", _) => "name",
        ("identifier", _) => "tax_id",
        ("phones", _) => "phone",
        ("emails", _) => "email",
        ("addresses", "lines" | "") => "street",
        ("addresses", inner) => inner,
        (field, _) => field,
    };
    COLUMNS.into_iter().find(|column| *column == name).unwrap_or("name")
}

/// What is wrong, cell by cell.
#[derive(Default)]
struct Faults(Vec<(&'static str, String)>);

impl Faults {
    fn add(&mut self, column: &'static str, detail: impl Into<String>) {
        self.0.push((column, detail.into()));
    }

    fn told(mut self) -> Vec<String> {
        self.0.sort_by_key(|(column, _)| COLUMNS.iter().position(|known| known == column));
        let mut told: Vec<String> = self.0.into_iter().map(|(column, detail)| format!("{column}: {detail}")).collect();
        told.dedup();
        told
    }
}

fn address(cell: &impl Fn(&str) -> String, faults: &mut Faults) -> Vec<ContactAddress> {
    let (city, region, postal_code) = (cell("city"), cell("region"), cell("postal_code"));
    let lines: Vec<String> = cell("street").lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if lines.is_empty() {
        if ![&city, &region, &postal_code].iter().all(|text| text.is_empty()) {
            faults.add("street", "is missing where there is a city, a region or a postal code");
        }
        return vec![];
    }
    vec![ContactAddress { kind: AddressKind::Billing, lines, city, region, postal_code, country: String::new() }]
}

fn roles(cell: &str, faults: &mut Faults) -> Vec<ContactRole> {
    let known = [ContactRole::Customer, ContactRole::Supplier, ContactRole::Employee, ContactRole::Carrier];
    let mut found = vec![];
    for word in cell.split(['|', ';', ',', ' ']).map(str::trim).filter(|word| !word.is_empty()) {
        match known.into_iter().find(|role| role.name().eq_ignore_ascii_case(word)) {
            Some(role) if !found.contains(&role) => found.push(role),
            Some(_) => {}
            None => faults.add("roles", format!("{word} is not one of customer, supplier, employee and carrier")),
        }
    }
    found
}

fn kind(cell: &str, faults: &mut Faults) -> ContactKind {
    let known = [ContactKind::Person, ContactKind::Company].into_iter().find(|kind| kind.name().eq_ignore_ascii_case(cell));
    known.unwrap_or_else(|| {
        faults.add("kind", if cell.is_empty() { "is missing" } else { "is neither person nor company" });
        ContactKind::Person
    })
}

/// Country and identifier, where the identifier is one.
fn identity(country: &str, cell: &impl Fn(&str) -> String, faults: &mut Faults) -> Option<(String, String)> {
    let (text, of_kind) = (cell("tax_id"), cell("tax_id_kind").to_lowercase());
    if text.is_empty() {
        if !of_kind.is_empty() {
            faults.add("tax_id", "is missing where tax_id_kind says of which kind it is");
        }
        return None;
    }
    let (found, checked) = tax_identifiers::recognise(country, &text).ok()?;
    let name = found.map_or("", tax_identifiers::Kind::name);
    if !of_kind.is_empty() && of_kind != name {
        faults.add(
            "tax_id_kind",
            if name.is_empty() { format!("is not known in {country}") } else { format!("the tax_id is one of {name}") },
        );
    }
    Some((country.to_owned(), checked.normalised))
}

/// Holds a row to the rules of new contacts; `asked_for` are the columns that the company wants filled.
#[must_use]
pub fn row(data: &Map<String, Value>, asked_for: &[String], home: Home<'_>) -> Checked {
    let cell = |column: &str| data.get(column).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let mut faults = Faults::default();
    let named = cell("name");
    if named.is_empty() {
        faults.add("name", "is missing");
    }
    for column in COLUMNS.into_iter().filter(|column| asked_for.iter().any(|asked| asked == column) && cell(column).is_empty()) {
        faults.add(column, "is asked for by the company");
    }
    let country = cell("country").to_uppercase();
    let is_known = country.is_empty() || is_country(&country);
    if !is_known {
        faults.add("country", "is no country of ISO 3166, such as EC");
    }
    let country = if country.is_empty() { home.country.to_owned() } else { country };
    // What is one country's cannot be judged where it is not known which.
    let identity = if is_known { identity(&country, &cell, &mut faults) } else { None };
    let of_country = |column: &str| if is_known { cell(column) } else { String::new() };
    let terms = cell("payment_terms_days");
    let payment_terms_days = said(&terms).and_then(|text| match text.parse::<i16>() {
        Ok(days) => Some(days),
        Err(_) => {
            faults.add("payment_terms_days", "is not a whole number of days such as 30");
            None
        }
    });
    let credit_limit = said(&cell("credit_limit")).and_then(|text| match Amount::parse(&text) {
        Ok(limit) => Some(limit),
        Err(_) => {
            faults.add("credit_limit", "is not a decimal number such as 500.00");
            None
        }
    });
    let new = NewContact {
        kind: kind(&cell("kind"), &mut faults),
        legal_name: if named.is_empty() { "?".into() } else { named },
        trade_name: said(&cell("trade_name")),
        roles: Some(roles(&cell("roles"), &mut faults)),
        country: is_known.then_some(country),
        identifier: said(&of_country("tax_id")),
        phones: Some(parts(&of_country("phone"))),
        emails: Some(parts(&cell("email"))),
        addresses: Some(address(&cell, &mut faults)),
        bank_accounts: None,
        payment_terms_days,
        credit_limit,
        language: said(&cell("language").to_lowercase()),
        notes: said(&cell("notes")),
        tags: Some(parts(&cell("tags"))),
        consent: None,
    };
    if let Err(report) = new.validate() {
        for (path, error) in report.iter() {
            faults.add(column(&path.to_string()), error.message());
        }
    }
    let draft = new.draft(home).map_err(|problem| {
        for error in problem.errors() {
            faults.add(column(&error.pointer), error.detail.clone());
        }
    });
    let errors = faults.told();
    Checked { draft: draft.ok().filter(|_| errors.is_empty()), identity, errors }
}

/// A contact with what a file says of it: what the file says takes the place of what was there, what it leaves open stays,
/// and lists hold both.
#[must_use]
pub fn renewed(kept: Draft, said: Draft) -> Draft {
    let (notes, is_active) = (if said.notes.is_empty() { kept.notes.clone() } else { said.notes.clone() }, kept.is_active);
    Draft { notes, is_active, ..merged(said, kept) }
}
