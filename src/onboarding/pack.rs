//! Country data packs, shipped in the binary.

use std::{collections::HashMap, sync::OnceLock};

use include_dir::{Dir, include_dir};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::{accounting::PackedAccounts, platform::problem::Problem};

static COUNTRIES: Dir = include_dir!("$CARGO_MANIFEST_DIR/config/countries");

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
    chart: String,
    pub accounts: HashMap<String, String>,
    pub taxes: Vec<Tax>,
    pub payment_methods: Vec<PaymentMethod>,
    pub units: Vec<Unit>,
    pub series: Vec<Series>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tax {
    pub code: String,
    pub name: String,
    pub rate: Decimal,
    pub official_code: String,
    #[serde(default)]
    pub default: bool,
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
}

/// The pack of a country, or the generic one for a country without.
pub fn of(country: &str) -> Result<&'static Pack, Problem> {
    static PACKS: OnceLock<Result<Vec<Pack>, String>> = OnceLock::new();
    let packs = PACKS.get_or_init(read_all).as_ref().map_err(|e| Problem::internal(anyhow::anyhow!("country packs: {e}")))?;
    let by = |code: &str| packs.iter().find(|p| p.country == code);
    by(country).or_else(|| by("XX")).ok_or_else(|| Problem::internal(anyhow::anyhow!("no generic country pack")))
}

fn read_all() -> Result<Vec<Pack>, String> {
    let files = COUNTRIES.files().filter(|f| f.path().extension().is_some_and(|e| e == "toml"));
    files
        .map(|file| {
            let text = file.contents_utf8().ok_or("not UTF-8")?;
            toml::from_str(text).map_err(|e| format!("{}: {e}", file.path().display()))
        })
        .collect()
}

#[derive(Deserialize)]
struct ChartLine {
    code: String,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    postable: bool,
    parent: Option<String>,
}

impl Pack {
    /// The chart of accounts, parents before their children.
    pub fn chart(&self) -> Result<PackedAccounts, Problem> {
        let wrong = |e: String| Problem::internal(anyhow::anyhow!("chart {}: {e}", self.chart));
        let file = COUNTRIES.get_file(&self.chart).ok_or_else(|| wrong("missing".into()))?;
        let mut chart = PackedAccounts::default();
        for line in csv::Reader::from_reader(file.contents()).into_deserialize() {
            let line: ChartLine = line.map_err(|e| wrong(e.to_string()))?;
            chart.codes.push(line.code);
            chart.names.push(line.name);
            chart.kinds.push(line.kind);
            chart.postable.push(line.postable);
            chart.parents.push(line.parent);
        }
        Ok(chart)
    }

    pub fn series(&self, document: &str) -> Option<&Series> {
        self.series.iter().find(|s| s.document == document)
    }
}
