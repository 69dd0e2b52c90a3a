//! Taxes: those of a country, several on a line, what is due on payment, and the book of them.

use balanza::{
    accounting::{
        self, Entry, ItemKey, NewAllocation, Posting, Role,
        tax::{TaxSide, TaxableLine, Terms, compute},
    },
    catalogue,
    platform::{actor::Actor, db::TenantTx},
    tenancy::Rounding,
};
use chrono::{NaiveDate, Utc};
use iso_currency::Currency;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Shop, TestApp};

fn code(problem: &Value) -> &str {
    problem["code"].as_str().unwrap_or_default()
}

async fn taxes(shop: &Shop<'_>) -> Vec<Value> {
    shop.get("/api/v1/taxes").await.expect(200)["data"].as_array().unwrap().clone()
}

/// The company's tax with a code.
async fn tax(shop: &Shop<'_>, code: &str) -> Value {
    let all = taxes(shop).await;
    all.iter().find(|tax| tax["code"] == code).unwrap_or_else(|| panic!("no tax {code}")).clone()
}

async fn adds(shop: &Shop<'_>, new: Value) -> String {
    shop.post("/api/v1/taxes", new).await.expect(201)["id"].as_str().unwrap().to_owned()
}

/// A service at a price without tax, which bears a tax.
async fn service(shop: &Shop<'_>, sku: &str, price: &str, tax: &str) -> String {
    let new = json!({ "sku": sku, "name": sku, "kind": "service", "price": price, "price_includes_tax": false, "tax_id": tax });
    shop.post("/api/v1/products", new).await.expect(201)["id"].as_str().unwrap().to_owned()
}

/// This year's book of a side.
async fn book(shop: &Shop<'_>, what: &str, more: &str) -> Value {
    shop.get(&format!("/api/v1/accounting/{what}?from_date=2020-01-01&to_date=2099-12-31{more}")).await.expect(200)
}

/// The row of a tax in a book.
fn row<'a>(book: &'a Value, code: &str) -> &'a Value {
    book["data"].as_array().unwrap().iter().find(|row| row["code"] == code).unwrap_or_else(|| panic!("no {code} in {book}"))
}

async fn is_whole(shop: &Shop<'_>) {
    let integrity = shop.get("/api/v1/accounting/integrity").await.expect(200);
    assert_eq!(integrity["is_whole"], true, "{integrity}");
}

async fn begin(shop: &Shop<'_>) -> TenantTx {
    let person = shop.me().await["id"].as_str().unwrap().parse().unwrap();
    let actor = Actor { person, tenant: shop.company().await, closes_books: false };
    shop.test.app.db.begin(&actor).await.unwrap()
}

/// Posts an invoice of 100.00 whose tax is due when it is paid; the entry.
async fn invoices(tx: &mut TenantTx, tax: Uuid, contact: Option<Uuid>, on: NaiveDate) -> Uuid {
    let rules = catalogue::tax_rules(tx, &[tax], on).await.unwrap().remove(&tax).unwrap();
    let line =
        TaxableLine { quantity: Decimal::ONE, unit_price: Decimal::ONE_HUNDRED, discount: None, price_includes_tax: false, taxes: &rules };
    let terms = Terms { side: TaxSide::Sales, rounding: Rounding::Document, currency: Currency::USD, discount: None };
    let document = compute(&[line], &terms).unwrap();
    let rest =
        [Posting::debit(Role::Receivable, document.payable()).with_contact(contact, None), Posting::credit(Role::Sales, document.net)];
    let id = Uuid::now_v7();
    let postings = rest.into_iter().chain(document.postings(TaxSide::Sales));
    let entry = Entry::new(on, "sales", ("invoice", id), id, String::new(), postings).unwrap().referring("F-1");
    accounting::post(tx, &entry).await.unwrap()
}

/// Receives money for an invoice.
async fn receives(tx: &mut TenantTx, invoice: Uuid, minor: i64, on: NaiveDate) {
    let id = Uuid::now_v7();
    let postings = [Posting::debit(Role::Bank, minor), Posting::credit(Role::Receivable, minor)];
    let entry = Entry::new(on, "payments", ("payment", id), id, String::new(), postings).unwrap();
    let payment = accounting::post(tx, &entry).await.unwrap();
    let new =
        NewAllocation { debit: ItemKey { entry: invoice, line: 1 }, credit: ItemKey { entry: payment, line: 2 }, amount_minor: minor };
    accounting::allocate(tx, &[new], ("payment", id), on).await.unwrap();
}

/// An invoice that is half paid, and half of whose tax is due.
pub async fn half_paid(shop: &Shop<'_>) {
    let new = json!({ "code": "PENDING", "name": "On payment", "rate": "15", "is_cash_basis": true });
    let tax = adds(shop, new).await.parse().unwrap();
    let (mut tx, today) = (begin(shop).await, Utc::now().date_naive());
    let invoice = invoices(&mut tx, tax, None, today).await;
    receives(&mut tx, invoice, 5_750, today).await;
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_company_begins_with_the_taxes_of_its_country() {
    let test = TestApp::start().await;
    for (country, some) in [
        ("ES", vec!["IVA21", "IVA10", "IVA4", "IVA21_RE", "IRPF15", "UE21", "IVA21_CAJA"]),
        ("EC", vec!["IVA15", "IVA5", "IVA0", "NO_OBJETO", "EXENTO", "RET_IVA_30", "RET_RENTA_312"]),
        ("CO", vec!["IVA19", "IVA5", "EXCLUIDO", "INC8", "RTE_COMPRAS", "RTE_IVA", "RTE_ICA_966"]),
        ("XX", vec!["ZERO", "STANDARD"]),
    ] {
        let country = if country == "XX" { "CL" } else { country };
        let shop = test.sign_up("Taxes of a country", country).await;
        let all = taxes(&shop).await;
        for code in some {
            assert!(all.iter().any(|tax| tax["code"] == code), "{country} {code}");
        }
        assert_eq!(all.iter().filter(|tax| tax["is_default"] == true).count(), 1, "{country}");
        for group in all.iter().filter(|tax| tax["kind"] == "group") {
            assert_eq!(group["member_ids"].as_array().unwrap().len(), 2, "{group}");
        }
        // Once more adds nothing.
        shop.post("/api/v1/company/onboarding", Value::Null).await.expect(200);
        assert_eq!(taxes(&shop).await, all, "{country}");
    }
}

#[tokio::test]
async fn a_tax_says_nothing_that_contradicts_itself() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Contradictions", "EC").await;
    let (iva, unknown) = (tax(&shop, "IVA15").await["id"].clone(), Uuid::now_v7());
    let group = adds(&shop, json!({ "code": "G", "name": "G", "kind": "group", "member_ids": [iva] })).await;
    for (field, more) in [
        ("rate", json!({ "kind": "fixed_per_unit", "rate": "1", "amount": "1" })),
        ("amount", json!({ "kind": "fixed_per_unit" })),
        ("amount", json!({ "amount": "1" })),
        ("member_ids", json!({ "kind": "group" })),
        ("member_ids", json!({ "member_ids": [iva] })),
        ("member_ids/0", json!({ "kind": "group", "member_ids": [unknown] })),
        ("member_ids/0", json!({ "kind": "group", "member_ids": [group] })),
        ("member_ids", json!({ "kind": "group", "member_ids": [iva, iva] })),
        ("standing", json!({ "standing": "exempt", "rate": "5" })),
        ("withheld_of", json!({ "withheld_of": "net", "rate": "5", "is_cash_basis": true })),
        ("is_default", json!({ "withheld_of": "net", "rate": "5", "is_default": true })),
        ("is_reverse_charge", json!({ "is_reverse_charge": true, "rate": "5", "is_included": true })),
        ("valid_until", json!({ "valid_from": "2026-02-01", "valid_until": "2026-01-31" })),
        ("deductible_percent", json!({ "deductible_percent": "100.1" })),
        ("output_report_code", json!({ "output_report_code": "1/2/3" })),
        ("output_account_id", json!({ "output_account_id": unknown })),
        ("input_account_id", json!({ "input_account_id": unknown })),
    ] {
        let mut new = json!({ "code": "X", "name": "X" });
        new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let refused = shop.post("/api/v1/taxes", new).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], format!("/{field}"), "{more}");
    }
    let path = format!("/api/v1/taxes/{}", iva.as_str().unwrap());
    for (field, patch) in [
        ("is_active", json!({ "is_active": false })),
        ("replaced_by_id", json!({ "replaced_by_id": group })),
        ("replaced_by_id", json!({ "replaced_by_id": iva, "valid_until": "2026-12-31" })),
        ("replaced_by_id", json!({ "replaced_by_id": unknown, "valid_until": "2026-12-31" })),
        ("rate", json!({ "amount": "1" })),
        ("member_ids", json!({ "member_ids": [tax(&shop, "IVA5").await["id"]] })),
    ] {
        let refused = shop.patch(&path, patch.clone()).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], format!("/{field}"), "{patch}");
    }
    let exempt = format!("/api/v1/taxes/{}", tax(&shop, "EXENTO").await["id"].as_str().unwrap());
    assert_eq!(shop.patch(&exempt, json!({ "rate": "5" })).await.expect(422)["errors"][0]["pointer"], "/rate");
    let withheld = format!("/api/v1/taxes/{}", tax(&shop, "RET_IVA_30").await["id"].as_str().unwrap());
    assert_eq!(shop.patch(&withheld, json!({ "is_cash_basis": true })).await.expect(422)["errors"][0]["pointer"], "/is_cash_basis");
}

/// A new rate is a new tax; what bore the old one bears the new one from its day on.
#[tokio::test]
async fn a_tax_that_documents_bear_stays_what_it_was() {
    let test = TestApp::start().await;
    let shop = test.sign_up("New rates", "EC").await;
    let old = adds(&shop, json!({ "code": "IVA12", "name": "IVA 12 %", "rate": "12" })).await;
    let path = format!("/api/v1/taxes/{old}");
    shop.patch(&path, json!({ "rate": "13" })).await.expect(200);
    shop.patch(&path, json!({ "rate": "12" })).await.expect(200);
    let (product, (till, _)) = (service(&shop, "CUT", "10.00", &old).await, shop.opens_till("0").await);
    let sells = async || shop.sells(&till, &[(&product, "1")], &[("cash", "20.00")]).await;
    assert_eq!(sells().await.expect(201)["total"], "11.20");
    for patch in [json!({ "rate": "15" }), json!({ "deductible_percent": "50" }), json!({ "is_cash_basis": true })] {
        assert_eq!(code(&shop.patch(&path, patch).await.expect(409)), "catalogue.tax_used");
    }
    let ended = json!({ "name": "IVA 12 % (hasta 2024)", "valid_until": "2024-03-31" });
    assert_eq!(shop.patch(&path, ended).await.expect(200)["valid_until"], "2024-03-31");
    let refused = sells().await.expect(422);
    assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!("/lines/0/product_id"), &json!("tax_not_valid")));
    // From 12 to 14, and from 14 to 15.
    let between = adds(&shop, json!({ "code": "IVA14", "name": "IVA 14 %", "rate": "14", "valid_until": "2025-12-31" })).await;
    let new = tax(&shop, "IVA15").await["id"].clone();
    shop.patch(&path, json!({ "replaced_by_id": between })).await.expect(200);
    shop.patch(&format!("/api/v1/taxes/{between}"), json!({ "replaced_by_id": new })).await.expect(200);
    let sale = sells().await.expect(201);
    assert_eq!((&sale["total"], &sale["lines"][0]["taxes"][0]["code"]), (&json!("11.50"), &json!("IVA15")));
    // At the prices of a list, too.
    let list = shop.post("/api/v1/price-lists", json!({ "code": "L", "name": "L", "is_default": true })).await.expect(201);
    let rule = json!({ "target": "all", "kind": "percent", "percent": "100" });
    shop.post(&format!("/api/v1/price-lists/{}/rules", list["id"].as_str().unwrap()), rule).await.expect(201);
    assert_eq!(sells().await.expect(201)["lines"][0]["taxes"][0]["code"], "IVA15");
    // Archived, it is given to nothing new.
    shop.patch(&path, json!({ "is_active": false })).await.expect(200);
    let new = json!({ "sku": "B", "name": "B", "price": "1", "tax_id": old });
    assert_eq!(shop.post("/api/v1/products", new).await.expect(422)["errors"][0]["pointer"], "/tax_id");
    is_whole(&shop).await;
}

/// Beer: a consumption tax, VAT of both, and two cents a bottle.
#[tokio::test]
async fn a_line_bears_several_taxes_and_gives_each_of_them_back() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Beer", "EC").await;
    let ice = adds(&shop, json!({ "code": "ICE", "name": "ICE", "rate": "10", "family": "consumption", "affects_base": true })).await;
    let new =
        json!({ "code": "IRBPNR", "name": "Botellas", "kind": "fixed_per_unit", "amount": "0.02", "family": "other", "scope": "sales" });
    let bottle = adds(&shop, new).await;
    let withheld = tax(&shop, "RET_IVA_30").await["id"].clone();
    let members = json!([ice, tax(&shop, "IVA15").await["id"], bottle, withheld]);
    let group = adds(&shop, json!({ "code": "BEER", "name": "ICE, IVA y botellas", "kind": "group", "member_ids": members })).await;
    let (beer, (till, _)) = (service(&shop, "BEER", "9.99", &group).await, shop.opens_till("0").await);
    // 3 × 9.99: 29.97 net, ICE 3.00 (2.997), IVA of 32.967 4.95 (4.94505 is 4.95), bottles 0.06. Nobody withholds at the counter.
    let sale = shop.sells(&till, &[(&beer, "3")], &[("cash", "40.00")]).await.expect(201);
    assert_eq!((&sale["net"], &sale["tax"], &sale["total"]), (&json!("29.97"), &json!("8.01"), &json!("37.98")));
    let line = |sale: &Value| -> Vec<(String, String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let taxes = sale["lines"][0]["taxes"].as_array().unwrap().clone();
        taxes.iter().map(|tax| (text(&tax["code"]), text(&tax["base"]), text(&tax["amount"]))).collect()
    };
    let expected = [("ICE", "29.97", "3.00"), ("IVA15", "32.97", "4.95"), ("IRBPNR", "32.97", "0.06")];
    let expected = expected.map(|(code, base, amount)| (code.to_owned(), base.to_owned(), amount.to_owned()));
    assert_eq!(line(&sale), expected);
    let path = format!("/api/v1/pos/sales/{}", sale["id"].as_str().unwrap());
    let kept = shop.get(&path).await.expect(200);
    assert_eq!((line(&kept), &kept["lines"][0]["tax_rate"]), (expected.to_vec(), &json!("26.5")));
    let receipt = shop.get(&format!("{path}/receipt")).await;
    assert!(receipt.bytes.starts_with(b"%PDF"));
    let sold = book(&shop, "tax-book", "&side=sales").await;
    assert_eq!(
        (&row(&sold, "IVA15")["base"], &row(&sold, "IVA15")["tax"], &sold["total_tax"]),
        (&json!("32.97"), &json!("4.95"), &json!("8.01"))
    );
    // It comes back in two parts, and nothing of it is left.
    for quantity in ["1", "2"] {
        let back = json!({ "register_id": till, "lines": [{ "line_no": 1, "quantity": quantity }], "method": "cash" });
        shop.post(&format!("{path}/refund"), back).await.expect(201);
    }
    let left = book(&shop, "tax-book", "&side=sales").await;
    for code in ["ICE", "IVA15", "IRBPNR"] {
        assert_eq!((&row(&left, code)["base"], &row(&left, code)["tax"]), (&json!("0.00"), &json!("0.00")), "{code}");
    }
    assert_eq!(shop.balance("output_tax").await, "0.00");
    // Taxes that are in the price, and more than it.
    shop.patch(&format!("/api/v1/products/{beer}"), json!({ "price": "0.01", "price_includes_tax": true })).await.expect(200);
    let refused = shop.sells(&till, &[(&beer, "3")], &[("cash", "40.00")]).await.expect(422);
    assert_eq!(refused["errors"][0]["pointer"], "/lines/0/unit_price");
    is_whole(&shop).await;
}

#[tokio::test]
async fn the_tax_book_is_what_the_tax_accounts_moved() {
    let test = TestApp::start().await;
    let books = crate::stories::books::books(&test, "Tax book", "EC").await;
    let shop = &books.shop;
    let (till, _) = shop.opens_till("0").await;
    let customer = json!({ "kind": "company", "legal_name": "Cliente S. A.", "country": "EC", "identifier": "1790011674001" });
    let customer = shop.post("/api/v1/contacts", customer).await.expect(201)["id"].clone();
    let mut sold = vec![];
    for (sku, tax_code) in [("A", "IVA15"), ("B", "IVA5"), ("C", "EXENTO"), ("D", "IVA8")] {
        let id = tax(shop, tax_code).await["id"].as_str().unwrap().to_owned();
        sold.push(service(shop, sku, "100.00", &id).await);
    }
    let line = |product: &String| json!({ "product_id": product, "quantity": "1" });
    let sale = json!({ "register_id": till, "customer_id": customer, "lines": sold.iter().map(line).collect::<Vec<_>>(),
        "payments": [{ "method": "cash", "amount": "428.00" }] });
    let sale = shop.post("/api/v1/pos/sales", sale).await.expect(201);
    let today = Utc::now().date_naive();
    // Somebody writes to the account without saying a tax.
    books.posts(today, "output_tax", "bank", "3.00").await;
    let sales = book(shop, "tax-book", "&side=sales").await;
    assert_eq!(
        (&sales["total_tax"], &row(&sales, "EXENTO")["base"], &row(&sales, "EXENTO")["tax"]),
        (&json!("28.00"), &json!("100.00"), &json!("0.00"))
    );
    let account =
        sales["accounts"].as_array().unwrap().iter().find(|account| account["account_id"] == books.account("output_tax")).unwrap();
    assert_eq!((&account["by_tax"], &account["other"], &account["movement"]), (&json!("-28.00"), &json!("3.00"), &json!("-25.00")));
    assert_eq!(shop.balance("output_tax").await, "-25.00");
    // By document, as a list and as a file.
    let lines = book(shop, "tax-book/lines", "&side=sales&limit=3").await;
    let first = &lines["data"][0];
    assert_eq!(
        (&first["number"], &first["contact_identifier"], &first["source_id"]),
        (&sale["number"], &json!("1790011674001"), &sale["id"])
    );
    let cursor = lines["page"]["next_cursor"].as_str().unwrap();
    let rest = book(shop, "tax-book/lines", &format!("&side=sales&limit=3&cursor={cursor}")).await;
    assert_eq!((rest["data"].as_array().unwrap().len(), &rest["page"]["has_more"]), (1, &json!(false)));
    let only = tax(shop, "IVA5").await["id"].as_str().unwrap().to_owned();
    let only = book(shop, "tax-book/lines", &format!("&side=sales&tax_id={only}")).await;
    assert_eq!((&only["data"][0]["tax"], only["data"].as_array().unwrap().len()), (&json!("5.00"), 1));
    let file = shop.get("/api/v1/accounting/tax-book/export?from_date=2020-01-01&to_date=2099-12-31&side=sales").await;
    let file = String::from_utf8(file.bytes.to_vec()).unwrap();
    assert!(file.contains(",1790011674001,Cliente S. A.,IVA15,15,due,100.00,15.00"), "{file}");
    // The return: boxes of the form.
    let form = book(shop, "tax-return", "").await;
    let filled = |name: &str| form["boxes"].as_array().unwrap().iter().find(|filled| filled["box"] == name).unwrap()["amount"].clone();
    assert_eq!(
        (&form["form"], filled("411"), filled("421"), filled("431")),
        (&json!("104"), json!("200.00"), json!("23.00"), json!("100.00"))
    );
    assert_eq!((&form["output_tax"], &form["balance"]), (&json!("28.00"), &json!("28.00")));
    assert_eq!(form["without_box"], json!([]));
    let backwards = shop.get("/api/v1/accounting/tax-return?from_date=2026-02-01&to_date=2026-01-31").await;
    assert_eq!(code(&backwards.expect(400)), "invalid_query");
    is_whole(shop).await;
}

/// Spain wants the surcharge beside the VAT of its base.
#[tokio::test]
async fn the_book_of_spain_has_its_columns() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Libro", "ES").await;
    let (till, _) = shop.opens_till("0").await;
    let both = tax(&shop, "IVA21_RE").await["id"].as_str().unwrap().to_owned();
    let plain = tax(&shop, "IVA10").await["id"].as_str().unwrap().to_owned();
    let (a, b) = (service(&shop, "A", "100.00", &both).await, service(&shop, "B", "50.00", &plain).await);
    let sale = shop.sells(&till, &[(&a, "1"), (&b, "1")], &[("cash", "200.00")]).await.expect(201);
    assert_eq!(sale["total"], "181.20");
    let file = shop.get("/api/v1/accounting/tax-book/export?from_date=2020-01-01&to_date=2099-12-31&side=sales").await;
    let file = String::from_utf8(file.bytes.to_vec()).unwrap();
    for wanted in
        ["Base imponible,Tipo de IVA,Cuota de IVA,Tipo de recargo,Cuota de recargo", ",100.00,21,21.00,5.2,5.20,", ",50.00,10,5.00,,,"]
    {
        assert!(file.contains(wanted), "{file}");
    }
    let form = book(&shop, "tax-return", "").await;
    let boxes: Vec<(&str, &str)> =
        form["boxes"].as_array().unwrap().iter().map(|b| (b["box"].as_str().unwrap(), b["amount"].as_str().unwrap())).collect();
    assert_eq!(boxes, [("04", "50.00"), ("06", "5.00"), ("07", "100.00"), ("09", "21.00"), ("22", "100.00"), ("24", "5.20")]);
}

#[tokio::test]
async fn tax_on_payment_is_due_as_far_as_the_document_is_paid() {
    let test = TestApp::start().await;
    let shop = test.sign_up("On payment", "ES").await;
    let tax: Uuid = tax(&shop, "IVA21_CAJA").await["id"].as_str().unwrap().parse().unwrap();
    let today = Utc::now().date_naive();
    let new = json!({ "kind": "company", "legal_name": "Pays late", "roles": ["customer"] });
    let contact = shop.post("/api/v1/contacts", new).await.expect(201)["id"].as_str().unwrap().to_owned();
    let mut tx = begin(&shop).await;
    let invoice = invoices(&mut tx, tax, Some(contact.parse().unwrap()), today).await;
    tx.commit().await.unwrap();
    let pays = async |amount: &str| {
        let new = json!({ "contact_id": contact, "direction": "in", "amount": amount, "date": today,
            "allocations": [{ "entry_id": invoice, "line_no": 1, "amount": amount }] });
        shop.post("/api/v1/payments", new).await.expect(201)
    };
    // A third, to the cent that a third has not.
    let third = pays("40.33").await;
    let due = async || (shop.balance("output_tax").await, shop.balance("output_tax_pending").await);
    assert_eq!(due().await, ("-7.00".into(), "-14.00".into()));
    let sales = book(&shop, "tax-book", "&side=sales").await;
    let iva = row(&sales, "IVA21_CAJA");
    assert_eq!(
        (&iva["base"], &iva["tax"], &iva["pending_base"], &iva["pending_tax"]),
        (&json!("33.33"), &json!("7.00"), &json!("66.67"), &json!("14.00"))
    );
    assert_eq!(book(&shop, "tax-return", "").await["output_tax"], "7.00");
    pays("80.67").await;
    assert_eq!(due().await, ("-21.00".into(), "0.00".into()), "all of it, and once");
    is_whole(&shop).await;
    // The first payment comes back.
    let bounce = format!("/api/v1/payments/{}/bounce", third["id"].as_str().unwrap());
    shop.post(&bounce, json!({ "reason": "No funds" })).await.expect(200);
    assert_eq!(due().await, ("-14.00".into(), "-7.00".into()));
    let sales = book(&shop, "tax-book", "&side=sales").await;
    let lines: Decimal =
        sales["accounts"].as_array().unwrap().iter().map(|a| a["other"].as_str().unwrap().parse::<Decimal>().unwrap()).sum();
    assert_eq!(lines, Decimal::ZERO, "every movement of the tax accounts says its tax");
    is_whole(&shop).await;
}

#[tokio::test]
async fn what_a_document_would_come_to_can_be_asked() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Preview", "ES").await;
    let id = async |code: &str| tax(&shop, code).await["id"].clone();
    let (iva, recargo, irpf) = (id("IVA21").await, id("IVA21_RE").await, id("IRPF15").await);
    let line = |price: &str, taxes: Value| json!({ "quantity": "1", "unit_price": price, "price_includes_tax": false, "tax_ids": taxes });
    let ask = async |body: Value| shop.post("/api/v1/taxes/compute", body).await;
    let asked = json!({ "side": "sales", "lines": [line("100.00", json!([recargo, irpf]))], "discount_percent": "10" });
    let answer = ask(asked).await.expect(200);
    assert_eq!(
        (&answer["discount"], &answer["net"], &answer["tax"], &answer["total"], &answer["withheld"], &answer["payable"]),
        (&json!("10.00"), &json!("90.00"), &json!("23.58"), &json!("113.58"), &json!("13.50"), &json!("100.08"))
    );
    let codes: Vec<&str> = answer["groups"].as_array().unwrap().iter().map(|group| group["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["IVA21", "RE52", "IRPF15"]);
    assert_eq!((&answer["postings"][0]["role"], &answer["postings"][0]["amount"]), (&json!("output_tax"), &json!("-18.90")));
    let withheld = answer["steps"].as_array().unwrap().iter().find(|step| step["rule"] == "withheld").unwrap().clone();
    assert_eq!((&withheld["formula"], &withheld["result"]), (&json!("90 × 15 %"), &json!("13.50")));
    // By line, in another currency.
    let three = json!({ "side": "sales", "rounding": "line", "currency": "JPY", "lines": vec![line("105", json!([iva])); 3] });
    assert_eq!(ask(three).await.expect(200)["tax"], "66");
    for (pointer, body) in [
        ("/lines/0/tax_ids/0", json!({ "side": "sales", "lines": [line("1", json!([Uuid::now_v7()]))] })),
        ("/lines/0/tax_ids/1", json!({ "side": "sales", "lines": [line("1", json!([iva, recargo]))] })),
        ("/currency", json!({ "side": "sales", "currency": "XQX", "lines": [line("1", json!([]))] })),
        ("/lines", json!({ "side": "sales", "lines": [line("0", json!([]))], "discount_amount": "1" })),
        (
            "/lines",
            json!({ "side": "purchases", "lines": [line("999999999999", json!([iva])), line("999999999999", json!([iva]))], "currency": "KWD" }),
        ),
        ("/discount_percent", json!({ "side": "sales", "lines": [line("1", json!([]))], "discount_percent": "101" })),
    ] {
        assert_eq!(ask(body.clone()).await.expect(422)["errors"][0]["pointer"], pointer, "{body}");
    }
}
