//! Tax identifiers against the vectors of python-stdnum.

use balanza::platform::tax_identifiers::{self, ALL, Kind, Wrong, check, normalise, of_country, shown};
use std::collections::BTreeMap;

const VECTORS: &str = include_str!("../data/tax-identifiers.json");

/// (type, value, normalised if valid)
fn vectors() -> Vec<(String, String, Option<String>)> {
    let all: Vec<serde_json::Value> = serde_json::from_str(VECTORS).unwrap();
    let string = |v: &serde_json::Value| v.as_str().map(str::to_owned);
    all.iter()
        .map(|v| {
            assert_eq!(v["valid"].as_bool().unwrap(), v["normalized"].is_string());
            (string(&v["type"]).unwrap(), string(&v["value"]).unwrap(), string(&v["normalized"]))
        })
        .collect()
}

/// Valid numbers of the kinds without vectors, from the documents of stdnum and well-known samples.
const OTHERS: [(&str, &str); 15] = [
    ("mx.curp", "BOXW310820HNERXN09"),
    ("co.cc", "1020304050"),
    ("pt.nif", "501964843"),
    ("fr.tva", "40303265045"),
    ("fr.tva", "K7399859412"),
    ("de.vat", "136695976"),
    ("it.iva", "00743110157"),
    ("eu.vat", "ESB58378431"),
    ("eu.vat", "PT501964843"),
    ("eu.vat", "FR40303265045"),
    ("eu.vat", "DE136695976"),
    ("eu.vat", "IT00743110157"),
    ("mx.rfc", "XAXX010101000"),
    ("mx.rfc", "GODE561231GR8"),
    ("ec.ruc", "1792060346001"),
];

fn recognise(country: &str, text: &str) -> Result<(Option<Kind>, String), Wrong> {
    tax_identifiers::recognise(country, text).map(|(kind, checked)| (kind, checked.normalised))
}

fn valid() -> Vec<(Kind, String)> {
    let mut all: Vec<_> =
        vectors().into_iter().filter_map(|(kind, _, normalised)| Some((Kind::parse(&kind).unwrap(), normalised?))).collect();
    all.extend(OTHERS.iter().map(|(kind, value)| (Kind::parse(kind).unwrap(), (*value).to_owned())));
    all
}

#[test]
fn the_vectors_hold() {
    let mut counts: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for (name, value, normalised) in vectors() {
        let kind = Kind::parse(&name).unwrap();
        assert_eq!(normalise(kind, &value).ok(), normalised, "{name} {value}");
        let count = counts.entry(name).or_default();
        if normalised.is_some() { count.0 += 1 } else { count.1 += 1 }
    }
    assert_eq!(counts.len(), 15);
    assert!(counts.values().all(|count| *count == (25, 25)), "{counts:?}");
}

#[test]
fn other_kinds_hold() {
    for (name, value) in OTHERS {
        assert_eq!(normalise(Kind::parse(name).unwrap(), value).as_deref(), Ok(value), "{name}");
    }
}

#[test]
fn normalise_is_idempotent_and_undoes_shown() {
    for (kind, value) in valid() {
        assert_eq!(normalise(kind, &value).as_ref(), Ok(&value));
        let written = shown(kind, &value);
        assert_eq!(normalise(kind, &format!(" {written} ").to_lowercase()).as_ref(), Ok(&value), "{written}");
    }
    let own = normalise(Kind::FrTva, "FR40303265045").unwrap();
    assert_eq!(normalise(Kind::FrTva, &own), Ok(own));
}

#[test]
fn one_changed_digit_is_refused() {
    let sure = [Kind::EcCi, Kind::EsDni, Kind::EsNie, Kind::EsCif, Kind::EsNif, Kind::MxRfc, Kind::ClRut, Kind::DeVat, Kind::ItIva];
    let mut tried = 0;
    for (kind, value) in valid().into_iter().filter(|(kind, value)| sure.contains(kind) && value != "XAXX010101000") {
        for (at, old) in value.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
            for new in ('0'..='9').filter(|new| *new != old) {
                let mut changed = value.clone();
                changed.replace_range(at..=at, &new.to_string());
                assert!(normalise(kind, &changed).is_err(), "{kind:?} {value} {changed}");
                tried += 1;
            }
        }
    }
    assert!(tried > 10_000, "{tried}");
}

#[test]
fn nothing_panics() {
    let texts = ["", " ", "-", "Ñ", "ñññññññññññññ", "ESÑ", "١٢٣٤٥٦٧٨٩٠", "ſ1234567ı", "12345678é", "€€€", "FR", "FRFR"];
    for kind in ALL {
        assert_eq!(Kind::parse(kind.name()), Some(kind));
        for text in texts.into_iter().map(str::to_owned).chain((0..40).map(|n| "Ñ1".repeat(n))) {
            assert!(normalise(kind, &text).is_err(), "{kind:?} {text}");
            assert!(check(kind, &text).is_err());
            shown(kind, &text);
        }
    }
}

#[test]
fn every_valid_number_is_recognised_in_its_country() {
    for (kind, value) in valid().into_iter().filter(|(kind, _)| *kind != Kind::EuVat) {
        let (found, text) = recognise(kind.country(), &value).unwrap();
        let found = found.unwrap();
        assert_eq!((found.country(), &text), (kind.country(), &value));
        assert!(of_country(kind.country()).contains(&found));
    }
    assert_eq!(recognise("EC", "1792060346001"), Ok((Some(Kind::EcRuc), "1792060346001".into())));
    assert_eq!(recognise("EC", "1792060347001"), Ok((Some(Kind::EcRuc), "1792060347001".into())), "with a warning");
    assert_eq!(recognise("EC", "1790011674002").map(|(kind, _)| kind), Ok(Some(Kind::EcRuc)));
    assert_eq!(recognise("ES", "es-12345678-z"), Ok((Some(Kind::EsDni), "12345678Z".into())));
    assert_eq!(recognise("CO", "800.197.268-4"), Ok((Some(Kind::CoNit), "8001972684".into())));
    assert_eq!(recognise("CO", "800197268-5"), Err(Wrong::CheckDigit));
    assert_eq!(recognise("CO", "8001972685"), Err(Wrong::CheckDigit));
    assert_eq!(recognise("CO", "52.123.456"), Ok((Some(Kind::CoCc), "52123456".into())));
    assert_eq!(recognise("NL", "123456789B01"), Ok((None, "123456789B01".into())));
    assert_eq!(recognise("PT", "PT 501 964 843"), Ok((Some(Kind::PtNif), "501964843".into())));
    assert_eq!(normalise(Kind::EuVat, "NL123456789B01"), Err(Wrong::Component));
    assert_eq!(recognise("US", " 12-3456789 "), Ok((None, "12-3456789".into())));
    assert_eq!(recognise("US", "<b>"), Err(Wrong::Format));
    assert_eq!(recognise("US", &"1".repeat(33)), Err(Wrong::Length));
    assert_eq!(recognise("US", " - "), Err(Wrong::Length));
}

#[test]
fn a_private_ruc_with_a_wrong_check_digit_is_only_doubted() {
    let checked = check(Kind::EcRuc, "179206034 7001").unwrap();
    assert_eq!(checked.normalised, "1792060347001");
    assert!(checked.warning.is_some());
    // Active in the register of SRI, says python-stdnum issue 497.
    for active in ["1793213150001", "1793189906001", "0993366721001", "0993370026001"] {
        assert_eq!(normalise(Kind::EcRuc, active), Err(Wrong::CheckDigit));
        assert!(check(Kind::EcRuc, active).unwrap().warning.is_some());
    }
    assert_eq!(check(Kind::EcRuc, "1792060346001").unwrap().warning, None);
    assert_eq!(check(Kind::EcRuc, "1792060347000"), Err(Wrong::Component));
    assert_eq!(check(Kind::EcRuc, "1712345670001"), Err(Wrong::CheckDigit));
    assert_eq!(check(Kind::PeRuc, "20792060346"), Err(Wrong::CheckDigit));
}

#[test]
fn shown_is_as_people_write() {
    for (kind, text, written) in [
        (Kind::CoNit, "8001972684", "800197268-4"),
        (Kind::ClRut, "123456785", "12.345.678-5"),
        (Kind::BrCnpj, "16130495003048", "16.130.495/0030-48"),
        (Kind::BrCpf, "34158236100", "341.582.361-00"),
        (Kind::ArCuit, "20947442075", "20-94744207-5"),
        (Kind::CoCc, "1020304050", "1.020.304.050"),
        (Kind::PeDni, "78816778", "78816778"),
        (Kind::EsCif, "A48953202", "A48953202"),
    ] {
        assert_eq!(shown(kind, text), written);
    }
}
