//! Types and rules of contacts: pure.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use garde::Validate;
use iban::{Iban, IbanLike};
use iso_currency::Currency;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::phones::{is_country, phone};
use crate::platform::{
    http::present,
    money::{Amount, Money},
    problem::{FieldError, Problem},
    tax_identifiers::{self, Kind},
    templates::LANGUAGES,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    Person,
    Company,
}

impl ContactKind {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Company => "company",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContactRole {
    Customer,
    Supplier,
    Employee,
    Carrier,
}

impl ContactRole {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Supplier => "supplier",
            Self::Employee => "employee",
            Self::Carrier => "carrier",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    Billing,
    Shipping,
    Other,
}

impl AddressKind {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Billing => "billing",
            Self::Shipping => "shipping",
            Self::Other => "other",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactAddress {
    #[garde(skip)]
    pub kind: AddressKind,
    #[garde(length(min = 1, max = 4), inner(length(chars, min = 1, max = 200), custom(a_line)))]
    #[schema(min_items = 1, max_items = 4, example = json!(["Av. Amazonas N23-45"]))]
    pub lines: Vec<String>,
    #[garde(length(chars, max = 100))]
    #[schema(max_length = 100, example = "Quito")]
    #[serde(default)]
    pub city: String,
    #[garde(length(chars, max = 100))]
    #[schema(max_length = 100)]
    #[serde(default)]
    pub region: String,
    #[garde(length(chars, max = 20))]
    #[schema(max_length = 20)]
    #[serde(default)]
    pub postal_code: String,
    /// ISO 3166-1 alpha-2; absent: the contact's.
    #[garde(length(chars, max = 2))]
    #[schema(max_length = 2, example = "EC")]
    #[serde(default)]
    pub country: String,
}

fn a_line(line: &str, _: &()) -> garde::Result {
    if line.chars().any(char::is_control) { Err(garde::Error::new("must be one line")) } else { Ok(()) }
}

/// An account by its IBAN, or by holder, bank and number where there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactBankAccount {
    #[garde(length(chars, max = 200))]
    #[schema(max_length = 200)]
    #[serde(default)]
    pub holder: String,
    #[garde(length(chars, max = 200))]
    #[schema(max_length = 200)]
    #[serde(default)]
    pub bank: String,
    #[garde(length(chars, max = 40))]
    #[schema(max_length = 40)]
    #[serde(default)]
    pub number: String,
    #[garde(length(chars, max = 42))]
    #[schema(max_length = 42, example = "ES9121000418450200051332")]
    #[serde(default)]
    pub iban: String,
}

/// What somebody has agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Consent {
    pub marketing: bool,
    pub at: DateTime<Utc>,
    #[schema(example = "web form")]
    pub source: String,
}

#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConsent {
    /// Whether news and offers may be sent.
    #[garde(skip)]
    pub marketing: bool,
    /// When it was said; absent: now.
    #[garde(skip)]
    pub at: Option<DateTime<Utc>>,
    /// Where or how it was said.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "web form")]
    pub source: String,
}

/// What is odd about a contact without being wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ContactWarning {
    pub kind: WarningKind,
    pub detail: String,
    /// The other contact, of a likely duplicate.
    pub contact_id: Option<Uuid>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WarningKind {
    DoubtfulIdentifier,
    LikelyDuplicate,
}

/// Somebody that the company deals with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Contact {
    pub id: Uuid,
    /// `person` or `company`.
    #[schema(example = "company")]
    pub kind: String,
    #[schema(example = "Panadería Sol S. A.")]
    pub legal_name: String,
    #[schema(example = "Panadería Sol")]
    pub trade_name: String,
    /// Of `customer`, `supplier`, `employee` and `carrier`.
    #[schema(example = json!(["customer"]))]
    pub roles: Vec<String>,
    /// ISO 3166-1 alpha-2.
    #[schema(example = "EC")]
    pub country: String,
    /// In the form that the tax authority writes it; empty while it is not known.
    #[schema(example = "1790011674001")]
    pub identifier: String,
    /// Its kind by the country's rules, such as `ec.ruc`; empty for a country whose rules are not known here.
    #[schema(example = "ec.ruc")]
    pub identifier_type: String,
    /// In the form of E.164, the main one first.
    #[schema(example = json!(["+593991234567"]))]
    pub phones: Vec<String>,
    /// In lower case, the main one first.
    #[schema(example = json!(["ana@example.com"]))]
    pub emails: Vec<String>,
    pub addresses: Vec<ContactAddress>,
    pub bank_accounts: Vec<ContactBankAccount>,
    pub payment_terms_days: i16,
    /// In the company's currency; null: none is set.
    pub credit_limit: Option<Money>,
    /// `es`, `en` or `pt`; empty: the company's.
    pub language: String,
    pub notes: String,
    pub tags: Vec<String>,
    pub consent: Option<Consent>,
    /// False: archived.
    pub is_active: bool,
    /// When what is personal was taken out.
    pub erased_at: Option<DateTime<Utc>>,
    pub warnings: Vec<ContactWarning>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Contact {
    pub const COLUMNS: [&str; 18] = [
        "id",
        "kind",
        "legal_name",
        "trade_name",
        "roles",
        "country",
        "identifier",
        "identifier_type",
        "phones",
        "emails",
        "address",
        "city",
        "payment_terms_days",
        "credit_limit",
        "language",
        "tags",
        "is_active",
        "created_at",
    ];

    /// A line of a spreadsheet, in the order of the columns.
    #[must_use]
    pub fn cells(self) -> Vec<String> {
        let address = self.addresses.into_iter().next();
        let (lines, city) = address.map(|address| (address.lines.join(", "), address.city)).unwrap_or_default();
        vec![
            self.id.to_string(),
            self.kind,
            self.legal_name,
            self.trade_name,
            self.roles.join(" "),
            self.country,
            self.identifier,
            self.identifier_type,
            self.phones.join(" "),
            self.emails.join(" "),
            lines,
            city,
            self.payment_terms_days.to_string(),
            self.credit_limit.map(|limit| limit.to_string()).unwrap_or_default(),
            self.language,
            self.tags.join(" "),
            self.is_active.to_string(),
            crate::platform::spreadsheet::time(self.created_at),
        ]
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "person", "legal_name": "Ana Ruiz", "roles": ["customer"], "phones": ["+593 99 123 4567"],
    "emails": ["ana@example.com"]}))]
pub struct NewContact {
    #[garde(skip)]
    pub kind: ContactKind,
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub legal_name: String,
    #[garde(inner(length(chars, max = 200)))]
    #[schema(max_length = 200)]
    pub trade_name: Option<String>,
    /// Absent: none yet.
    #[garde(inner(length(max = 4)))]
    #[schema(max_items = 4)]
    pub roles: Option<Vec<ContactRole>>,
    /// ISO 3166-1 alpha-2; absent: the company's.
    #[garde(inner(custom(a_country)))]
    #[schema(example = "EC", pattern = "^[A-Z]{2}$")]
    pub country: Option<String>,
    /// Valid by the rules of the contact's country, with separators or without.
    #[garde(inner(length(chars, max = 40)))]
    #[schema(max_length = 40)]
    pub identifier: Option<String>,
    /// With a plus and the country's code, or as they are dialled in the contact's country.
    #[garde(inner(length(max = 20), inner(length(chars, min = 1, max = 40))))]
    #[schema(max_items = 20)]
    pub phones: Option<Vec<String>>,
    #[garde(inner(length(max = 20), inner(email, length(chars, max = 254))))]
    #[schema(max_items = 20)]
    pub emails: Option<Vec<String>>,
    #[garde(custom(a_few), dive)]
    #[schema(max_items = 20)]
    pub addresses: Option<Vec<ContactAddress>>,
    #[garde(custom(a_few), dive)]
    #[schema(max_items = 20)]
    pub bank_accounts: Option<Vec<ContactBankAccount>>,
    #[garde(inner(range(min = 0, max = 3650)))]
    #[schema(minimum = 0, maximum = 3650)]
    pub payment_terms_days: Option<i16>,
    #[garde(skip)]
    pub credit_limit: Option<Amount>,
    #[garde(inner(custom(a_language)))]
    #[schema(pattern = "^(es|en|pt)$")]
    pub language: Option<String>,
    #[garde(inner(length(chars, max = 4000)))]
    #[schema(max_length = 4000)]
    pub notes: Option<String>,
    #[garde(inner(length(max = 50), inner(length(chars, min = 1, max = 40))))]
    #[schema(max_items = 50)]
    pub tags: Option<Vec<String>>,
    #[garde(dive)]
    pub consent: Option<NewConsent>,
}

/// Absent fields stay as they are, null clears those that may be empty; a list replaces what was there.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"phones": ["099 123 4567"], "payment_terms_days": 30}))]
pub struct ContactPatch {
    #[garde(skip)]
    pub kind: Option<ContactKind>,
    #[garde(inner(length(chars, min = 1, max = 200)))]
    #[schema(min_length = 1, max_length = 200)]
    pub legal_name: Option<String>,
    #[garde(inner(inner(length(chars, max = 200))))]
    #[schema(value_type = Option<String>, max_length = 200)]
    #[serde(default, deserialize_with = "present")]
    pub trade_name: Option<Option<String>>,
    #[garde(inner(inner(length(max = 4))))]
    #[schema(value_type = Option<Vec<ContactRole>>, max_items = 4)]
    #[serde(default, deserialize_with = "present")]
    pub roles: Option<Option<Vec<ContactRole>>>,
    /// ISO 3166-1 alpha-2.
    #[garde(inner(custom(a_country)))]
    #[schema(example = "EC", pattern = "^[A-Z]{2}$")]
    pub country: Option<String>,
    #[garde(inner(inner(length(chars, max = 40))))]
    #[schema(value_type = Option<String>, max_length = 40)]
    #[serde(default, deserialize_with = "present")]
    pub identifier: Option<Option<String>>,
    #[garde(inner(inner(length(max = 20), inner(length(chars, min = 1, max = 40)))))]
    #[schema(value_type = Option<Vec<String>>, max_items = 20)]
    #[serde(default, deserialize_with = "present")]
    pub phones: Option<Option<Vec<String>>>,
    #[garde(inner(inner(length(max = 20), inner(email, length(chars, max = 254)))))]
    #[schema(value_type = Option<Vec<String>>, max_items = 20)]
    #[serde(default, deserialize_with = "present")]
    pub emails: Option<Option<Vec<String>>>,
    #[garde(custom(a_few_or_none), dive)]
    #[schema(value_type = Option<Vec<ContactAddress>>, max_items = 20)]
    #[serde(default, deserialize_with = "present")]
    pub addresses: Option<Option<Vec<ContactAddress>>>,
    #[garde(custom(a_few_or_none), dive)]
    #[schema(value_type = Option<Vec<ContactBankAccount>>, max_items = 20)]
    #[serde(default, deserialize_with = "present")]
    pub bank_accounts: Option<Option<Vec<ContactBankAccount>>>,
    #[garde(inner(inner(range(min = 0, max = 3650))))]
    #[schema(value_type = Option<i16>, minimum = 0, maximum = 3650)]
    #[serde(default, deserialize_with = "present")]
    pub payment_terms_days: Option<Option<i16>>,
    #[garde(skip)]
    #[schema(value_type = Option<Amount>)]
    #[serde(default, deserialize_with = "present")]
    pub credit_limit: Option<Option<Amount>>,
    #[garde(inner(inner(custom(a_language))))]
    #[schema(value_type = Option<String>, pattern = "^(es|en|pt)$")]
    #[serde(default, deserialize_with = "present")]
    pub language: Option<Option<String>>,
    #[garde(inner(inner(length(chars, max = 4000))))]
    #[schema(value_type = Option<String>, max_length = 4000)]
    #[serde(default, deserialize_with = "present")]
    pub notes: Option<Option<String>>,
    #[garde(inner(inner(length(max = 50), inner(length(chars, min = 1, max = 40)))))]
    #[schema(value_type = Option<Vec<String>>, max_items = 50)]
    #[serde(default, deserialize_with = "present")]
    pub tags: Option<Option<Vec<String>>>,
    /// What was said before stays in its history.
    #[garde(dive)]
    pub consent: Option<NewConsent>,
    #[garde(skip)]
    pub is_active: Option<bool>,
}

fn a_few<T>(list: &Option<Vec<T>>, _: &()) -> garde::Result {
    let count = list.as_ref().map_or(0, Vec::len);
    if count <= 20 { Ok(()) } else { Err(garde::Error::new("length is greater than 20")) }
}

fn a_few_or_none<T>(list: &Option<Option<Vec<T>>>, nothing: &()) -> garde::Result {
    list.as_ref().map_or(Ok(()), |list| a_few(list, nothing))
}

fn a_country(country: &str, _: &()) -> garde::Result {
    if is_country(country) { Ok(()) } else { Err(garde::Error::new("is no country of ISO 3166, such as EC")) }
}

fn a_language(language: &str, _: &()) -> garde::Result {
    if LANGUAGES.contains(&language) { Ok(()) } else { Err(garde::Error::new("must be es, en or pt")) }
}

/// Which contacts of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ContactQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Beginnings of words of a name, with accents or without, of an identifier, a phone number or a mail address: all of them.
    pub q: Option<String>,
    pub role: Option<ContactRole>,
    pub is_active: Option<bool>,
}

/// A contact about to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub kind: String,
    pub legal_name: String,
    pub trade_name: String,
    pub roles: Vec<String>,
    pub country: String,
    pub identifier: String,
    pub identifier_type: String,
    pub phones: Vec<String>,
    pub emails: Vec<String>,
    pub addresses: Vec<ContactAddress>,
    pub bank_accounts: Vec<ContactBankAccount>,
    pub payment_terms_days: i16,
    pub credit_limit_minor: Option<i64>,
    pub language: String,
    pub notes: String,
    pub tags: Vec<String>,
    pub is_active: bool,
}

/// A contact as it is stored.
#[derive(Clone, Debug)]
pub struct Kept {
    pub id: Uuid,
    pub draft: Draft,
    pub consent: Option<Consent>,
    pub merged_into: Option<Uuid>,
    pub erased_at: Option<DateTime<Utc>>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Kept {
    #[must_use]
    pub fn shown(self, currency: Currency, duplicates: Vec<ContactWarning>) -> Contact {
        let draft = self.draft;
        let doubt = Kind::parse(&draft.identifier_type).and_then(|kind| tax_identifiers::check(kind, &draft.identifier).ok()?.warning);
        let doubt = doubt.map(|detail| ContactWarning { kind: WarningKind::DoubtfulIdentifier, detail: detail.into(), contact_id: None });
        Contact {
            id: self.id,
            kind: draft.kind,
            legal_name: draft.legal_name,
            trade_name: draft.trade_name,
            roles: draft.roles,
            country: draft.country,
            identifier: draft.identifier,
            identifier_type: draft.identifier_type,
            phones: draft.phones,
            emails: draft.emails,
            addresses: draft.addresses,
            bank_accounts: draft.bank_accounts,
            payment_terms_days: draft.payment_terms_days,
            credit_limit: draft.credit_limit_minor.map(|minor| Money::new(minor, currency)),
            language: draft.language,
            notes: draft.notes,
            tags: draft.tags,
            consent: self.consent,
            is_active: draft.is_active,
            erased_at: self.erased_at,
            warnings: doubt.into_iter().chain(duplicates).collect(),
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// What the company is, as far as its contacts are like it.
#[derive(Clone, Copy, Debug)]
pub struct Home<'a> {
    pub country: &'a str,
    pub currency: Currency,
}

impl NewContact {
    /// What is to be written, or all that is wrong with it.
    pub fn draft(self, home: Home<'_>) -> Result<Draft, Problem> {
        let blank = Draft { country: home.country.into(), is_active: true, ..Draft::default() };
        let patch = ContactPatch {
            kind: Some(self.kind),
            legal_name: Some(self.legal_name),
            trade_name: self.trade_name.map(Some),
            roles: self.roles.map(Some),
            country: self.country,
            identifier: self.identifier.map(Some),
            phones: self.phones.map(Some),
            emails: self.emails.map(Some),
            addresses: self.addresses.map(Some),
            bank_accounts: self.bank_accounts.map(Some),
            payment_terms_days: self.payment_terms_days.map(Some),
            credit_limit: self.credit_limit.map(Some),
            language: self.language.map(Some),
            notes: self.notes.map(Some),
            tags: self.tags.map(Some),
            consent: None,
            is_active: None,
        };
        patch.applied(blank, home)
    }
}

impl ContactPatch {
    /// What the contact becomes, or all that is wrong with it.
    pub fn applied(self, mut draft: Draft, home: Home<'_>) -> Result<Draft, Problem> {
        let mut errors = vec![];
        let has_moved = self.country.as_ref().is_some_and(|country| *country != draft.country);
        draft.kind = self.kind.map_or(draft.kind, |kind| kind.name().into());
        draft.legal_name = self.legal_name.unwrap_or(draft.legal_name);
        draft.trade_name = self.trade_name.map_or(draft.trade_name, Option::unwrap_or_default);
        draft.country = self.country.unwrap_or(draft.country);
        draft.payment_terms_days = self.payment_terms_days.map_or(draft.payment_terms_days, Option::unwrap_or_default);
        draft.language = self.language.map_or(draft.language, Option::unwrap_or_default);
        draft.notes = self.notes.map_or(draft.notes, Option::unwrap_or_default);
        draft.is_active = self.is_active.unwrap_or(draft.is_active);
        draft.tags = self.tags.map_or(draft.tags, |tags| distinct(tags.unwrap_or_default()));
        if let Some(roles) = self.roles {
            draft.roles = distinct(roles.unwrap_or_default().iter().map(|role| role.name().to_owned()).collect());
        }
        if let Some(limit) = self.credit_limit {
            match limit.map(|limit| Money::exact(limit.0, home.currency)).transpose() {
                Ok(limit) => draft.credit_limit_minor = limit.map(|limit| limit.minor),
                Err(wrong) => errors.push(fault("/credit_limit".into(), &wrong.to_string())),
            }
        }
        // An identifier that is kept must be one of the country that the contact moves to.
        let identifier = match self.identifier {
            Some(identifier) => Some(identifier.unwrap_or_default()),
            None => has_moved.then(|| draft.identifier.clone()),
        };
        if let Some(text) = identifier {
            match identified(&draft.country, &text) {
                Ok((identifier, kind)) => {
                    draft.identifier = identifier;
                    draft.identifier_type = kind.into();
                }
                Err(detail) => errors.push(fault("/identifier".into(), &detail)),
            }
        }
        if let Some(phones) = self.phones {
            draft.phones = phones_of(&draft.country, phones.unwrap_or_default(), &mut errors);
        }
        if let Some(emails) = self.emails {
            draft.emails = distinct(emails.unwrap_or_default().into_iter().map(|email| email.trim().to_lowercase()).collect());
        }
        if let Some(addresses) = self.addresses {
            draft.addresses = addresses_of(&draft.country, addresses.unwrap_or_default(), &mut errors);
        }
        if let Some(accounts) = self.bank_accounts {
            draft.bank_accounts = accounts_of(accounts.unwrap_or_default(), &mut errors);
        }
        if errors.is_empty() { Ok(draft) } else { Err(Problem::fields(errors)) }
    }
}

fn fault(pointer: String, detail: &str) -> FieldError {
    FieldError { pointer, code: "invalid".into(), detail: detail.into() }
}

/// Each value once, where it stands first.
pub fn distinct<T: Clone + Eq + std::hash::Hash>(values: Vec<T>) -> Vec<T> {
    let mut seen = HashSet::new();
    values.into_iter().filter(|value| seen.insert(value.clone())).collect()
}

/// The identifier as the country's tax authority writes it, and its kind.
fn identified(country: &str, text: &str) -> Result<(String, &'static str), String> {
    if text.trim().is_empty() {
        return Ok((String::new(), ""));
    }
    match tax_identifiers::recognise(country, text) {
        Ok((kind, checked)) => Ok((checked.normalised, kind.map_or("", Kind::name))),
        Err(wrong) => Err(format!("is no identifier of {country}: {wrong}")),
    }
}

fn phones_of(country: &str, texts: Vec<String>, errors: &mut Vec<FieldError>) -> Vec<String> {
    let mut phones = vec![];
    for (i, text) in texts.iter().enumerate() {
        match phone(country, text) {
            Some(number) => phones.push(number),
            None => {
                errors.push(fault(format!("/phones/{i}"), &format!("is no phone number of {country}, nor one with a plus and its country")))
            }
        }
    }
    distinct(phones)
}

fn addresses_of(country: &str, mut addresses: Vec<ContactAddress>, errors: &mut Vec<FieldError>) -> Vec<ContactAddress> {
    for (i, address) in addresses.iter_mut().enumerate() {
        if address.country.is_empty() {
            address.country = country.into();
        } else if !is_country(&address.country) {
            errors.push(fault(format!("/addresses/{i}/country"), "is no country of ISO 3166, such as EC"));
        }
    }
    addresses
}

fn accounts_of(mut accounts: Vec<ContactBankAccount>, errors: &mut Vec<FieldError>) -> Vec<ContactBankAccount> {
    for (i, account) in accounts.iter_mut().enumerate() {
        let by_number = [&account.holder, &account.bank, &account.number].iter().all(|text| !text.trim().is_empty());
        if account.iban.trim().is_empty() {
            account.iban = String::new();
            if !by_number {
                errors.push(fault(format!("/bank_accounts/{i}"), "needs an IBAN, or a holder, a bank and a number"));
            }
        } else {
            match account.iban.trim().to_uppercase().parse::<Iban>() {
                Ok(iban) => account.iban = iban.electronic_str().into(),
                Err(_) => errors.push(fault(
                    format!("/bank_accounts/{i}/iban"),
                    "is no IBAN: its country, its length or its check digits are not right",
                )),
            }
        }
    }
    accounts
}
