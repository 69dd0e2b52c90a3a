//! Countries and cities, and how they are found by name.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
    io::Read,
    sync::Arc,
};

use anyhow::Context;
use flate2::read::GzDecoder;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use utoipa::ToSchema;

const COUNTRIES: &[u8] = include_bytes!("../../../config/locations/countries.csv.gz");
const REGIONS: &[u8] = include_bytes!("../../../config/locations/regions.csv.gz");
const CITIES: &[u8] = include_bytes!("../../../config/locations/cities.csv.gz");

/// A language that names are known in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    Es,
    En,
    Pt,
}

impl Language {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::En => "en",
            Self::Pt => "pt",
        }
    }

    /// The one that `Accept-Language` likes best; Spanish where it likes none of ours.
    #[must_use]
    pub fn accepted(header: &str) -> Self {
        let wish = |part: &str| {
            let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
            let language = match tag.trim().get(..2)?.to_ascii_lowercase().as_str() {
                "es" => Self::Es,
                "en" => Self::En,
                "pt" => Self::Pt,
                _ => return None,
            };
            let weight: Decimal = weight.trim().strip_prefix("q=")?.parse().ok()?;
            (weight > Decimal::ZERO).then_some((weight, language))
        };
        let best = header.split(',').filter_map(wish).reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.map_or(Self::Es, |(_, language)| language)
    }
}

/// A country of ISO 3166-1.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LocationCountry {
    #[schema(example = "EC")]
    pub iso2: String,
    #[schema(example = "ECU")]
    pub iso3: String,
    #[schema(example = "218")]
    pub numeric: String,
    /// In the language asked for.
    #[schema(example = "Ecuador")]
    pub name: String,
    #[schema(example = "+593")]
    pub calling_code: Option<String>,
    /// ISO 4217.
    #[schema(example = "USD")]
    pub currency: Option<String>,
    #[schema(example = "Quito")]
    pub capital: Option<String>,
    /// `AF`, `AN`, `AS`, `EU`, `NA`, `OC` or `SA`.
    #[schema(example = "SA")]
    pub continent: String,
    pub population: u32,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LocationCountries {
    pub data: Vec<LocationCountry>,
}

/// A city.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LocationCity {
    #[schema(example = "Bogotá")]
    pub name: String,
    /// The name without accents.
    #[schema(example = "Bogota")]
    pub ascii_name: String,
    /// State, province or department.
    #[schema(example = "Bogota D.C.")]
    pub region: Option<String>,
    pub population: u32,
    /// Degrees, north positive.
    #[schema(value_type = String, example = "4.6097")]
    pub latitude: Decimal,
    /// Degrees, east positive.
    #[schema(value_type = String, example = "-74.0818")]
    pub longitude: Decimal,
    #[schema(example = "America/Bogota")]
    pub time_zone: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LocationCities {
    pub data: Vec<LocationCity>,
}

/// A line of the file of countries.
#[derive(Clone, Debug, Deserialize)]
pub struct CountryLine {
    pub iso2: String,
    pub iso3: String,
    pub numeric: String,
    pub es: String,
    pub en: String,
    pub pt: String,
    pub calling_code: Option<String>,
    pub currency: Option<String>,
    pub capital: Option<String>,
    pub continent: String,
    pub population: u32,
}

/// All countries, by code.
pub fn countries() -> anyhow::Result<Vec<CountryLine>> {
    csv::Reader::from_reader(GzDecoder::new(COUNTRIES)).into_deserialize().collect::<Result<_, _>>().context("countries")
}

/// The time zones of all cities.
pub fn zones() -> anyhow::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for line in csv::Reader::from_reader(GzDecoder::new(CITIES)).into_records() {
        found.insert(line.context("cities")?.get(6).unwrap_or_default().to_owned());
    }
    Ok(found)
}

struct Country {
    line: CountryLine,
    /// Names in all languages and codes, folded.
    keys: Vec<String>,
    /// The largest first.
    cities: Vec<City>,
}

/// Small, there are many of it.
struct City {
    name: Box<str>,
    key: Box<str>,
    region: Option<Arc<str>>,
    population: u32,
    latitude: Decimal,
    longitude: Decimal,
    time_zone: Arc<str>,
}

/// Everything that is shipped.
pub struct World {
    countries: BTreeMap<String, Country>,
}

impl World {
    pub fn read() -> anyhow::Result<Self> {
        let mut found: BTreeMap<String, Country> = BTreeMap::new();
        for line in countries()? {
            let keys = [&line.es, &line.en, &line.pt, &line.iso2, &line.iso3].map(|name| folded(name)).to_vec();
            found.insert(line.iso2.clone(), Country { line, keys, cities: vec![] });
        }
        let mut regions: HashMap<(String, String), Arc<str>> = HashMap::new();
        for line in csv::Reader::from_reader(GzDecoder::new(REGIONS)).into_deserialize() {
            let (country, code, name): (String, String, String) = line.context("regions")?;
            regions.insert((country, code), name.into());
        }
        let mut text = String::new();
        GzDecoder::new(CITIES).read_to_string(&mut text).context("cities")?;
        let mut zones: HashMap<String, Arc<str>> = HashMap::new();
        for line in csv::Reader::from_reader(text.as_bytes()).into_deserialize() {
            let (country, region, name, population, latitude, longitude, zone): (String, String, String, u32, Decimal, Decimal, String) =
                line.context("cities")?;
            let time_zone = Arc::clone(zones.entry(zone).or_insert_with_key(|zone| zone.as_str().into()));
            let city = City {
                key: folded(&name).into(),
                region: regions.get(&(country.clone(), region)).cloned(),
                name: name.into(),
                population,
                latitude,
                longitude,
                time_zone,
            };
            found.get_mut(&country).with_context(|| format!("a city of {country}"))?.cities.push(city);
        }
        for country in found.values_mut() {
            country.cities.sort_by(|a, b| (Reverse(a.population), &a.name).cmp(&(Reverse(b.population), &b.name)));
        }
        Ok(Self { countries: found })
    }

    /// Countries with a word that begins with the text: whole names first, then names that begin with it, then the
    /// largest. Without a text all of them, by name.
    pub fn countries(&self, text: &str, language: Language, limit: usize) -> Vec<LocationCountry> {
        let sought = folded(text);
        let named = |country: &Country| match language {
            Language::Es => country.line.es.clone(),
            Language::En => country.line.en.clone(),
            Language::Pt => country.line.pt.clone(),
        };
        let mut found: Vec<(u8, &Country)> = self
            .countries
            .values()
            .filter_map(|country| country.keys.iter().filter_map(|key| rank(key, &sought)).min().map(|rank| (rank, country)))
            .collect();
        if sought.is_empty() {
            found.sort_by_cached_key(|(_, country)| folded(&named(country)));
        } else {
            found.sort_by_key(|(rank, country)| (*rank, Reverse(country.line.population)));
        }
        let shown = |(_, country): (u8, &Country)| {
            let (name, line) = (named(country), country.line.clone());
            LocationCountry {
                iso2: line.iso2,
                iso3: line.iso3,
                numeric: line.numeric,
                name,
                calling_code: line.calling_code,
                currency: line.currency,
                capital: line.capital,
                continent: line.continent,
                population: line.population,
            }
        };
        found.into_iter().take(limit).map(shown).collect()
    }

    /// Cities of a country, found likewise, without a text the largest; none if there is no such country.
    pub fn cities(&self, iso2: &str, text: &str, limit: usize) -> Option<Vec<LocationCity>> {
        let country = self.countries.get(&iso2.to_ascii_uppercase())?;
        let sought = folded(text);
        let mut found: Vec<(u8, &City)> =
            country.cities.iter().filter_map(|city| rank(&city.key, &sought).map(|rank| (rank, city))).collect();
        // Stable: the largest stay first.
        found.sort_by_key(|(rank, _)| *rank);
        let shown = |(_, city): (u8, &City)| LocationCity {
            name: city.name.to_string(),
            ascii_name: plain(&city.name),
            region: city.region.as_deref().map(str::to_owned),
            population: city.population,
            latitude: city.latitude,
            longitude: city.longitude,
            time_zone: city.time_zone.to_string(),
        };
        Some(found.into_iter().take(limit).map(shown).collect())
    }
}

/// How well a folded name fits: 0 whole, 1 its beginning, 2 the beginning of a later word.
fn rank(key: &str, sought: &str) -> Option<u8> {
    let later = || key.match_indices(sought).any(|(at, _)| key.get(..at).is_some_and(|before| before.ends_with(' ')));
    match key.strip_prefix(sought) {
        _ if sought.is_empty() => Some(0),
        Some("") => Some(0),
        Some(_) => Some(1),
        None => later().then_some(2),
    }
}

/// Without accents, and with two letters for one where that is usual.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'Æ' => out.push_str("Ae"),
            'œ' => out.push_str("oe"),
            'Œ' => out.push_str("Oe"),
            'þ' => out.push_str("th"),
            'Þ' => out.push_str("Th"),
            'ø' => out.push('o'),
            'Ø' => out.push('O'),
            'đ' | 'ð' => out.push('d'),
            'Đ' | 'Ð' => out.push('D'),
            'ł' => out.push('l'),
            'Ł' => out.push('L'),
            'ħ' => out.push('h'),
            'Ħ' => out.push('H'),
            'ı' => out.push('i'),
            'ə' => out.push('e'),
            'Ə' => out.push('E'),
            '‘' | '’' | 'ʻ' | 'ʼ' | 'ʿ' | 'ʾ' => out.push('\''),
            '–' => out.push('-'),
            other => out.push(other),
        }
    }
    out
}

/// As names are compared: plain, in lower case, one space between words.
fn folded(text: &str) -> String {
    let plain = plain(text).to_lowercase();
    // An apostrophe joins; whatever else is no letter parts.
    let joined = plain.replace('\'', "");
    joined.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
