//! What a company begins with, by its country and its sector: data shipped in the binary. Adding a country or a sector is
//! adding a file under `config/countries` or `config/sectors`.

use std::{
    collections::{BTreeMap, HashMap},
    sync::OnceLock,
};

use include_dir::{Dir, include_dir};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::platform::problem::Problem;

static COUNTRIES: Dir = include_dir!("$CARGO_MANIFEST_DIR/config/countries");
static SECTORS: Dir = include_dir!("$CARGO_MANIFEST_DIR/config/sectors");

/// What a country gives a new company.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    pub country: String,
    #[serde(rename = "name")]
    _name: String,
    pub currency: String,
    pub time_zone: String,
    pub language: String,
    pub prices_include_tax: bool,
    pub rounding: String,
    /// How years are closed: `virtual` or `entries`.
    #[serde(default = "virtual_year_end")]
    pub year_end: String,
    chart: String,
    /// What the country calls the return that report codes are boxes of; empty: none.
    #[serde(default)]
    pub tax_return: String,
    pub accounts: HashMap<String, String>,
    /// What accounts are to reports, by the beginning of their codes.
    account_kinds: HashMap<String, String>,
    pub taxes: Vec<Tax>,
    pub payment_methods: Vec<PaymentMethod>,
    pub units: Vec<Unit>,
    pub series: Vec<Series>,
    /// How companies of the country stand to its taxes; the first is the usual one.
    pub tax_regimes: Vec<Named>,
}

/// A code and what people call it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    pub code: String,
    pub name: String,
}

/// A tax, as `POST /api/v1/taxes` takes it; a group names its members by their codes.
#[derive(Debug, Deserialize)]
pub struct Tax {
    #[serde(default)]
    pub members: Vec<String>,
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentMethod {
    pub code: String,
    pub name: String,
    pub kind: String,
    pub account: String,
    pub official_code: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    pub code: String,
    pub name: String,
    pub decimals: i16,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    pub document: String,
    pub prefix: String,
    pub padding: i16,
    /// Numbers begin anew with each year.
    #[serde(default)]
    pub yearly: bool,
}

/// A text in each language of the product.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    pub es: String,
    pub en: String,
    pub pt: String,
}

impl Texts {
    #[must_use]
    pub fn of(&self, language: &str) -> &str {
        match language {
            "en" => &self.en,
            "pt" => &self.pt,
            _ => &self.es,
        }
    }
}

/// What a sector gives a new company.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sector {
    pub code: String,
    #[serde(rename = "name")]
    _name: Texts,
    /// Modules that such companies seldom want to see; they can be switched on.
    #[serde(default)]
    pub hidden_modules: Vec<String>,
    /// When its stores are open, as `PUT /api/v1/stores/{id}/hours` takes it.
    pub hours: Vec<WeeklyHours>,
    pub categories: Vec<Category>,
    /// By form and field.
    #[serde(default)]
    pub fields: BTreeMap<String, BTreeMap<String, FieldDefault>>,
}

/// Open on these days of the week (1 is Monday), from one time to another.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeeklyHours {
    pub weekdays: Vec<u8>,
    pub opens: String,
    pub closes: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    pub name: Texts,
    #[serde(default)]
    pub children: Vec<Texts>,
}

/// What a sector asks for in a field; what is absent is as the program has it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldDefault {
    pub visible: Option<bool>,
    pub required: Option<bool>,
    pub default: Option<Value>,
}

/// The pack of a country, or the generic one for a country without.
pub fn country(code: &str) -> Result<&'static Pack, Problem> {
    static PACKS: OnceLock<Result<Vec<Pack>, String>> = OnceLock::new();
    let packs = read(&PACKS, &COUNTRIES)?;
    let by = |code: &str| packs.iter().find(|p| p.country == code);
    by(code).or_else(|| by("XX")).ok_or_else(|| Problem::internal(anyhow::anyhow!("no generic country pack")))
}

/// The pack of a sector, if it has one.
pub fn sector(code: &str) -> Result<Option<&'static Sector>, Problem> {
    Ok(sectors()?.iter().find(|sector| sector.code == code))
}

fn sectors() -> Result<&'static [Sector], Problem> {
    static PACKS: OnceLock<Result<Vec<Sector>, String>> = OnceLock::new();
    read(&PACKS, &SECTORS).map(Vec::as_slice)
}

fn read<T: DeserializeOwned>(packs: &'static OnceLock<Result<Vec<T>, String>>, folder: &Dir) -> Result<&'static Vec<T>, Problem> {
    let packs = packs.get_or_init(|| read_all(folder)).as_ref();
    packs.map_err(|e| Problem::internal(anyhow::anyhow!("data packs: {e}")))
}

fn read_all<T: DeserializeOwned>(folder: &Dir) -> Result<Vec<T>, String> {
    let files = folder.files().filter(|f| f.path().extension().is_some_and(|e| e == "toml"));
    files
        .map(|file| {
            let text = file.contents_utf8().ok_or("not UTF-8")?;
            toml::from_str(text).map_err(|e| format!("{}: {e}", file.path().display()))
        })
        .collect()
}

/// An account of a country's chart.
#[derive(Debug, Deserialize)]
pub struct ChartLine {
    pub code: String,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub postable: bool,
    pub parent: Option<String>,
}

fn virtual_year_end() -> String {
    "virtual".into()
}

impl Pack {
    /// What an account is to reports: what the longest known beginning of its code says.
    #[must_use]
    pub fn account_kind(&self, code: &str) -> &str {
        let longest = (1..=code.len()).rev().find_map(|end| self.account_kinds.get(code.get(..end)?));
        longest.map_or("", String::as_str)
    }

    /// The chart of accounts, parents before their children.
    pub fn chart(&self) -> Result<Vec<ChartLine>, Problem> {
        let wrong = |e: String| Problem::internal(anyhow::anyhow!("chart {}: {e}", self.chart));
        let file = COUNTRIES.get_file(&self.chart).ok_or_else(|| wrong("missing".into()))?;
        csv::Reader::from_reader(file.contents()).into_deserialize().map(|line| line.map_err(|e| wrong(e.to_string()))).collect()
    }
}
