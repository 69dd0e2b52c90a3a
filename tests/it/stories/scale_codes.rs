//! Labels of scales, and element strings of GS1.

use balanza::{
    catalogue::{elements, is_sound, read_scale},
    tenancy::{ScaleCode, ScaleValue},
};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

/// Twelve digits with the one that makes them sound.
fn ean(digits: &str) -> String {
    let weighted = digits.bytes().rev().zip([3, 1].into_iter().cycle());
    let sum: u32 = weighted.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

fn pointer(answer: &Answer) -> String {
    answer.json()["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_label_says_how_much_it_is_or_what_it_costs() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Scales", "EC").await;
    let codes = json!([
        { "prefix": "21", "item_digits": 5, "value_kind": "weight", "value_decimals": 3 },
        { "prefix": "28", "item_digits": 5, "value_kind": "price", "value_decimals": 2 },
    ]);
    assert_eq!(shop.get("/api/v1/company").await.expect(200)["scale_codes"], json!([]));
    assert_eq!(shop.patch("/api/v1/company", json!({ "scale_codes": codes })).await.expect(200)["scale_codes"], codes);
    for (field, value, at) in [
        ("prefix", json!("12"), "/scale_codes/0/prefix"),
        ("item_digits", json!(8), "/scale_codes/0/item_digits"),
        ("value_kind", json!("length"), "/scale_codes/0/value_kind"),
        ("value_decimals", json!(7), "/scale_codes/0/value_decimals"),
    ] {
        let mut wrong = codes.clone();
        wrong[0][field] = value;
        assert_eq!(pointer(&shop.patch("/api/v1/company", json!({ "scale_codes": wrong })).await), at);
    }
    let twice = json!({ "scale_codes": [codes[0], codes[0]] });
    assert_eq!(pointer(&shop.patch("/api/v1/company", twice).await), "/scale_codes");
    shop.patch("/api/v1/company", json!({ "trade_name": "Scales 2" })).await.expect(200);

    shop.import("sku,name,price,cost,unit,stock\nHAM,Ham,8.90,5.00,KGM,20\nCAKE,Cake,3.00,1.00,C62,20\n").await;
    let (ham, cake) = (shop.product("HAM").await, shop.product("CAKE").await);
    shop.patch(&format!("/api/v1/products/{ham}"), json!({ "scale_code": 42 })).await.expect(200);
    shop.patch(&format!("/api/v1/products/{cake}"), json!({ "scale_code": 7 })).await.expect(200);
    let taken = json!({ "sku": "B", "name": "B", "price": "1.00", "scale_code": 42 });
    assert_eq!(shop.post("/api/v1/products", taken).await.expect(409)["code"], "catalogue.scale_code_taken");
    let scans = async |code: &str| shop.get(&format!("/api/v1/products/scan/{}", encoded(code))).await;
    let (till, _) = shop.opens_till("0").await;
    let rings_up = async |line: Value, paid: &str| {
        let sale = json!({ "register_id": till, "lines": [line], "payments": [{ "method": "cash", "amount": paid }] });
        shop.post("/api/v1/pos/sales", sale).await.expect(201)["total"].clone()
    };

    let weighed = scans(&ean("210004200437")).await.expect(200);
    assert_eq!((&weighed["product"]["sku"], &weighed["quantity"], &weighed["unit"]), (&json!("HAM"), &json!("0.437"), &json!("KGM")));
    assert_eq!((&weighed["price"], &weighed["amount"]), (&json!("8.9"), &Value::Null));
    let line = json!({ "product_id": weighed["product"]["id"], "quantity": weighed["quantity"] });
    assert_eq!(rings_up(line, "3.89").await, "3.89");
    // What the label says is what is paid, whatever the weight rounds to.
    for (code, amount, quantity) in [("280004200437", "4.37", "0.491"), ("280004200001", "0.01", "0.001"), ("280000701250", "12.5", "1")] {
        let priced = scans(&ean(code)).await.expect(200);
        assert_eq!((&priced["amount"], &priced["quantity"]), (&json!(amount), &json!(quantity)), "{code}");
        let line = json!({ "product_id": priced["product"]["id"], "quantity": priced["quantity"], "unit_price": priced["price"] });
        let paid: Decimal = amount.parse().unwrap();
        assert_eq!(rings_up(line, amount).await.as_str().unwrap().parse::<Decimal>().unwrap(), paid, "{code}");
    }
    let right = ean("210004200437");
    let wrong = format!("{}{}", &right[..12], (right.as_bytes()[12] - b'0' + 1) % 10);
    assert_eq!(scans(&wrong).await.expect(422)["code"], "catalogue.wrong_check_digit");
    assert_eq!(scans(&ean("210004200000")).await.expect(422)["code"], "catalogue.code_unreadable", "of nothing");
    assert_eq!(scans(&ean("210004300437")).await.status, 404, "nobody's item");
    assert_eq!(scans(&ean("250004200437")).await.status, 404, "another layout");
    // A barcode that somebody has said goes before.
    shop.patch(&format!("/api/v1/products/{cake}"), json!({ "barcode": right })).await.expect(200);
    assert_eq!(scans(&right).await.expect(200)["product"]["sku"], "CAKE");
    let neighbour = test.sign_up("Next", "EC").await;
    assert_eq!(neighbour.get(&format!("/api/v1/products/scan/{}", ean("210004200438"))).await.status, 404);
}

/// As it stands in a path.
fn encoded(code: &str) -> String {
    url::form_urlencoded::byte_serialize(code.as_bytes()).collect::<String>()
}

#[tokio::test]
async fn an_element_string_tells_lot_serial_and_expiry() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Elements", "EC").await;
    let new = json!({ "sku": "SERUM", "name": "Serum", "price": "4.00", "barcode": "7861234567898" });
    let serum = shop.post("/api/v1/products", new).await.expect(201);
    let scans = async |code: &str| shop.get(&format!("/api/v1/products/scan/{}", encoded(code))).await;
    for code in [
        "(01)07861234567898(17)271231(10)L-1(x)/2(21)S/77",
        "(01)07861234567898(10)L-1(x)/2(21)S/77(17)271231",
        "010786123456789817271231",
        "]d2010786123456789817271231",
        "010786123456789810L-1(x)/2\u{1d}21S/77\u{1d}17271231",
        "]C1010786123456789810L-1(x)/2\u{1d}1727123121S/77",
        "\u{1d}0107861234567898\u{1d}17271231\u{1d}10L-1(x)/2\u{1d}21S/77",
    ] {
        let scanned = scans(code).await.expect(200);
        assert_eq!((&scanned["product"]["id"], &scanned["expiry_date"]), (&serum["id"], &json!("2027-12-31")), "{code}");
        if code.contains("S/77") {
            assert_eq!((&scanned["lot"], &scanned["serial"]), (&json!("L-1(x)/2"), &json!("S/77")), "{code}");
        } else {
            assert_eq!((&scanned["lot"], &scanned["serial"]), (&Value::Null, &Value::Null), "{code}");
        }
    }
    assert_eq!(scans("(01)07861234567898(17)280200").await.expect(200)["expiry_date"], "2028-02-29", "day 00: the last of the month");
    assert_eq!(scans("7861234567898").await.expect(200)["lot"], Value::Null);
    assert_eq!(scans("(01)07861234567899").await.expect(422)["code"], "catalogue.wrong_check_digit");
    assert_eq!(scans("(01)17861234567895").await.status, 404, "nobody's number");
    for unreadable in [
        "(10)L-1",
        "(01)0786123456789",
        "(01)07861234567898(17)271331",
        "(01)07861234567898(10)",
        "(01)07861234567898(10)A(10)B",
        "(01)07861234567898(99)A",
        "(01)07861234567898(10)ñ",
        "(",
        "]C1",
        "0107861234567898xx",
    ] {
        assert_eq!(scans(unreadable).await.expect(422)["code"], "catalogue.code_unreadable", "{unreadable}");
    }
}

/// A failing case prints itself; nothing is written into the repository.
fn cases() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    /// One digit is right, the nine others are not; and no digit that is misread goes unnoticed.
    #[test]
    fn a_check_digit_finds_every_single_wrong_digit(digits in "[0-9]{7}|[0-9]{11}|[0-9]{12}|[0-9]{13}", at in any::<prop::sample::Index>(), by in 1..10_u8) {
        let code = ean(&digits);
        prop_assert!(is_sound(&code), "{}", code);
        let mut misread = code.clone().into_bytes();
        let at = at.index(misread.len());
        misread[at] = b'0' + (misread[at] - b'0' + by) % 10;
        let misread = String::from_utf8(misread).unwrap();
        prop_assert!(!is_sound(&misread), "{} read as {}", code, misread);
    }

    /// What a scale prints is what is read, by every layout.
    #[test]
    fn a_label_is_read_as_it_was_printed(second in 0..10_u8, item_digits in 3..=7_i16, decimals in 0..=6_i16, item in 0..1_000_i32, value in 0..1_000_i64) {
        let prefix = format!("2{second}");
        let layout = ScaleCode { prefix: prefix.clone(), item_digits, value_kind: ScaleValue::Weight, value_decimals: decimals };
        let (item_width, value_width) = (usize::try_from(item_digits).unwrap(), usize::try_from(10 - item_digits).unwrap());
        let code = ean(&format!("{prefix}{item:0item_width$}{value:0value_width$}"));
        let read = read_scale(&code, &[layout]).unwrap();
        prop_assert_eq!((read.item, read.value), (item, Decimal::new(value, u32::try_from(decimals).unwrap())));
    }

    /// With brackets or as scanners send it, it says the same; and nothing that a scanner sends makes reading it fall over.
    #[test]
    fn element_strings_are_read_in_both_forms(lot in "[!-'*-~]{1,20}", serial in "[!-'*-~]{1,20}", noise in ".{0,40}") {
        let bracketed = elements(&format!("(01)07861234567898(10){lot}(21){serial}"));
        let sent = elements(&format!("010786123456789810{lot}\u{1d}21{serial}"));
        prop_assert!(bracketed.is_some());
        prop_assert_eq!(bracketed, sent);
        for start in ["", "(", "(01)", "01", "10", "]C1", "(10)"] {
            let _said = elements(&format!("{start}{noise}"));
        }
    }
}
