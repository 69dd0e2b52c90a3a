//! Phone numbers as the whole world writes them: pure.

use phonenumber::{Mode, country};

/// The number in the form of E.164 (`+593991234567`), read as in the country where it does not say its own; none if it
/// cannot be a number.
#[must_use]
pub fn phone(country: &str, text: &str) -> Option<String> {
    // What says its own country is the same everywhere.
    let region: Option<country::Id> = if text.trim_start().starts_with('+') { None } else { country.parse().ok() };
    let number = phonenumber::parse(region, text).ok()?;
    number.is_valid().then(|| number.format().mode(Mode::E164).to_string())
}

/// The number without its country, of a number in the form of E.164.
#[must_use]
pub fn national(e164: &str) -> Option<String> {
    phonenumber::parse(None, e164).ok().map(|number| number.national().value().to_string())
}

/// Whether there is such a country, by its code of ISO 3166.
#[must_use]
pub fn is_country(code: &str) -> bool {
    code.len() == 2 && code.parse::<country::Id>().is_ok()
}
