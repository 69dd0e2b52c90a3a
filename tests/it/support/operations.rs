//! Every operation of the OpenAPI document as a request that would succeed, and a company that has one
//! of everything such requests speak of. What the document gains, the walks over it gain.

use std::collections::BTreeMap;

use axum::body::Body;
use http::{Method, Request};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answer, Shop, TestApp};

/// What the `{id}` of a path names. An operation with an `{id}` that stands here in no line fails the
/// tests of isolation.
const NAMED_BY_PATH: [(&str, &str); 63] = [
    ("/api/v1/payments/{id}/", "payment"),
    ("/api/v1/payments/{id}", "draft_payment"),
    ("/api/v1/accounting/allocations/{id}", "allocation"),
    ("/api/v1/bank/accounts/{id}", "bank_account"),
    ("/api/v1/bank/statements/{id}", "bank_statement"),
    ("/api/v1/bank/statement-lines/{id}", "bank_line"),
    ("/api/v1/bank/reconciliations/{id}", "bank_reconciliation"),
    ("/api/v1/bank/rules/{id}", "bank_rule"),
    ("/api/v1/bank/transfers/{id}", "bank_transfer"),
    ("/api/v1/accounting/accounts/{id}", "account"),
    ("/api/v1/accounting/entries/{id}/reverse", "posted_entry"),
    ("/api/v1/accounting/entries/{id}", "draft_entry"),
    ("/api/v1/accounting/cost-centres/{id}", "cost_centre"),
    ("/api/v1/accounting/recurring-entries/{id}", "recurring_entry"),
    ("/api/v1/accounting/deferrals/{id}", "deferral"),
    ("/api/v1/accounting/fiscal-years/{id}/lock", "closed_year"),
    ("/api/v1/accounting/fiscal-years/{id}", "fiscal_year"),
    ("/api/v1/accounting/periods/{id}", "period"),
    ("/api/v1/stock/lots/{id}", "lot"),
    ("/api/v1/stock/landed-costs/{id}", "landed_cost"),
    ("/api/v1/products/{id}/components", "kit"),
    ("/api/v1/modifier-groups/{id}", "modifier_group"),
    ("/api/v1/stock/rules/{id}", "stock_rule"),
    ("/api/v1/product-suppliers/{id}", "product_supplier"),
    ("/api/v1/purchase-proposals/{id}", "purchase_proposal"),
    ("/api/v1/contacts/duplicates/dismissals/{id}", "dismissal"),
    ("/api/v1/warehouses/{id}", "warehouse"),
    ("/api/v1/stock/adjustments/{id}", "adjustment"),
    ("/api/v1/stock/transfers/{id}", "transfer"),
    ("/api/v1/stock/counts/{id}", "count"),
    ("/api/v1/stock/reservations/{id}", "reservation"),
    ("/api/v1/contacts/{id}", "contact"),
    ("/api/v1/attributes/{id}", "attribute"),
    ("/api/v1/price-lists/{id}", "price_list"),
    ("/api/v1/price-rules/{id}", "price_rule"),
    ("/api/v1/unit-conversions/{id}", "unit_conversion"),
    ("/api/v1/taxes/{id}", "tax_group"),
    ("/api/v1/stores/{id}", "store"),
    ("/api/v1/series/{id}", "series"),
    ("/api/v1/categories/{id}", "category"),
    ("/api/v1/files/{id}", "file"),
    ("/api/v1/admin/users/{id}", "person"),
    ("/api/v1/admin/operators/{id}", "operator"),
    ("/api/v1/admin/companies/{id}", "company"),
    ("/api/v1/admin/reference-entries/{id}", "reference_entry"),
    ("/api/v1/support-access/{id}", "support_access"),
    ("/api/v1/admin/plans/{id}", "plan"),
    ("/api/v1/admin/services/{id}", "service"),
    ("/api/v1/admin/coupons/{id}", "coupon"),
    ("/api/v1/admin/subscriptions/{id}", "subscription"),
    ("/api/v1/admin/billing/invoices/{id}", "bill"),
    ("/api/v1/billing/invoices/{id}", "bill"),
    ("/api/v1/auth/sessions/{id}", "session"),
    ("/api/v1/members/{id}", "member"),
    ("/api/v1/invitations/{id}", "invitation"),
    ("/api/v1/roles/{id}", "role"),
    ("/api/v1/groups/{id}", "group"),
    ("/api/v1/api-keys/{id}", "api_key"),
    ("/api/v1/products/{id}", "product"),
    ("/api/v1/imports/batches/{id}", "import_batch"),
    ("/api/v1/jobs/{id}", "job"),
    ("/api/v1/pos/shifts/{id}", "shift"),
    ("/api/v1/pos/sales/{id}", "sale"),
];

/// What a field of a body names.
const NAMED_BY_FIELD: [(&str, &str); 50] = [
    ("allocations/0/entry_id", "claim"),
    ("debit_entry_id", "claim"),
    ("credit_entry_id", "credit"),
    ("bank_account_id", "bank_account"),
    ("from_bank_account_id", "bank_account"),
    ("to_bank_account_id", "other_bank_account"),
    ("line_id", "bank_line"),
    ("ledger/0/entry_id", "bank_entry"),
    ("matches/0/entry_id", "open_item"),
    ("replaced_by_id", "tax"),
    ("member_ids/0", "tax"),
    ("tax_ids/0", "tax"),
    ("output_account_id", "account"),
    ("input_account_id", "account"),
    ("from_account_id", "other_account"),
    ("entry_id", "posted_entry"),
    ("into_account_id", "account"),
    ("account_id", "account"),
    ("cost_centre_id", "cost_centre"),
    ("supplier_id", "contact"),
    ("receipts/0", "receipt"),
    ("option_id", "modifier_option"),
    ("modifier_group_ids/0", "modifier_group"),
    ("file_ids/0", "product_image"),
    ("contact_id", "contact"),
    ("other_id", "other_contact"),
    ("from_id", "warehouse"),
    ("to_id", "other_warehouse"),
    ("customer_id", "contact"),
    ("into", "contact"),
    ("attribute_id", "attribute"),
    ("value_ids/0", "attribute_value"),
    ("ids/0", "variant"),
    ("target_id", "product"),
    ("base_list_id", "price_list"),
    ("store_ids/0", "store"),
    ("register_ids/0", "register"),
    ("store_id", "store"),
    ("warehouse_id", "warehouse"),
    ("category_id", "category"),
    ("parent_id", "category"),
    ("file_id", "file"),
    ("register_id", "register"),
    ("product_id", "product"),
    ("tax_id", "tax"),
    ("company_id", "company"),
    ("role_id", "role"),
    ("group_ids/0", "group"),
    ("service_id", "service"),
    ("id", OWN_ID),
];

/// Fields that name what the platform has for everybody.
const OF_THE_PLATFORM: [&str; 2] = ["plan_id", "plan_ids/0"];

/// Operations whose body holds a secret that only a letter, a device or a browser knows: stories walk them.
const NEEDS_A_SECRET: [&str; 18] = [
    "/api/v1/auth/login",
    "/api/v1/auth/login/otp",
    "/api/v1/auth/login/passkey",
    "/api/v1/auth/login/passkey/options",
    "/api/v1/auth/otp/activate",
    "/api/v1/auth/otp/backup-codes",
    "/api/v1/auth/otp/disable",
    "/api/v1/auth/passkeys",
    "/api/v1/auth/passkeys/{id}",
    "/api/v1/auth/password/reset",
    "/api/v1/auth/reauthenticate",
    "/api/v1/auth/reauthenticate/options",
    "/api/v1/auth/refresh",
    "/api/v1/auth/verify-email",
    "/api/v1/account/password",
    "/api/v1/account/password/verify-code",
    "/api/v1/invitations/accept",
    "/api/v1/invitations/join",
];

/// Operations about a part of a thing that the part's own id names: stories walk them.
const NAMES_A_PART: [&str; 1] = ["/api/v1/payments/{id}/allocations/{allocation_id}/undo"];

/// The id that a client gives to the thing it makes.
pub const OWN_ID: &str = "its own id";

/// One method of one path.
pub struct Operation {
    pub method: Method,
    pub path: String,
    pub value: Value,
    /// The schema of a JSON body, references resolved.
    pub schema: Option<Value>,
    pub content_type: Option<String>,
}

impl Operation {
    pub fn all(document: &Value) -> Vec<Self> {
        let mut operations = vec![];
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, value) in item.as_object().unwrap() {
                let content = value["requestBody"]["content"].as_object().and_then(|c| c.iter().next());
                operations.push(Self {
                    method: method.to_uppercase().parse().unwrap(),
                    path: path.clone(),
                    value: value.clone(),
                    schema: content.filter(|(t, _)| *t == "application/json").map(|(_, c)| resolved(document, &c["schema"])),
                    content_type: content.map(|(t, _)| t.clone()),
                });
            }
        }
        operations
    }

    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub fn is_public(&self) -> bool {
        self.value["x-permission"] == "public"
    }

    /// For operators of the platform, who are in no company.
    pub fn is_for_operators(&self) -> bool {
        self.value["x-permission"] == "platform:admin"
    }

    /// Not with the key of an instance, nor by the name of a company: stories read what is.
    pub fn is_read_by_people(&self) -> bool {
        !self.takes_header("x-api-key") && !self.path.starts_with("/api/v1/public/compan")
    }

    /// Whether a body that succeeds can be made from the document.
    pub fn can_be_walked(&self) -> bool {
        let by_stories = [&NEEDS_A_SECRET[..], &NAMES_A_PART].concat();
        !self.is_public() && !self.is_for_operators() && !by_stories.contains(&self.path.as_str())
    }

    pub fn has_id(&self) -> bool {
        self.path.contains("{id}")
    }

    /// The path, about the thing with this id; whatever else stands in it is the document's example.
    pub fn address(&self, id: &str) -> String {
        let mut address = self.path.replace("{id}", id);
        for parameter in self.parameters().filter(|p| p["in"] == "path" && p["name"] != "id") {
            let name = parameter["name"].as_str().unwrap();
            let example = parameter["example"].as_str().unwrap_or_else(|| panic!("{}: {{{name}}} has no example", self.name()));
            address = address.replace(&format!("{{{name}}}"), example);
        }
        let queried = self.parameters().filter(|p| p["in"] == "query" && p["required"] == true);
        let queried: Vec<(&str, &str)> = queried.map(|p| (p["name"].as_str().unwrap(), p["example"].as_str().unwrap())).collect();
        if !queried.is_empty() {
            address = format!("{address}?{}", serde_urlencoded::to_string(queried).unwrap());
        }
        address
    }

    pub fn takes_header(&self, name: &str) -> bool {
        self.parameters().any(|p| p["in"] == "header" && p["name"].as_str().unwrap().eq_ignore_ascii_case(name))
    }

    pub fn parameters(&self) -> impl Iterator<Item = &Value> {
        self.value["parameters"].as_array().into_iter().flatten()
    }

    /// What its `{id}` names.
    #[track_caller]
    pub fn named(&self) -> &'static str {
        let known = NAMED_BY_PATH.iter().find(|(prefix, _)| self.path.starts_with(prefix));
        known.map(|(_, kind)| *kind).unwrap_or_else(|| {
            panic!(
                "{}: nobody has told the tests what its {{id}} names. Add a line to NAMED_BY_PATH in tests/it/support/operations.rs, \
                 and to World::thing how one is made through the API; the walk then proves that no other company reaches it.",
                self.name()
            )
        })
    }

    /// Pointers to the body's fields that hold ids, and what each names.
    pub fn references(&self) -> Vec<(String, &'static str)> {
        let mut found = vec![];
        if let Some(schema) = self.schema.as_ref().filter(|_| !NEEDS_A_SECRET.contains(&self.path.as_str())) {
            ids_in(schema, "", &mut found);
        }
        let kind_of = |pointer: String| {
            // A paper, where elsewhere it is a picture.
            if self.path.starts_with("/api/v1/accounting/entries/") && pointer == "/file_id" {
                return (pointer, "document");
            }
            if self.path == "/api/v1/payments" && pointer == "/account_id" {
                return (pointer, "money");
            }
            if self.path.starts_with("/api/v1/accounting/cost-centres") && pointer == "/parent_id" {
                return (pointer, "cost_centre");
            }
            let kind = NAMED_BY_FIELD.iter().find(|(name, _)| pointer.ends_with(&format!("/{name}"))).unwrap_or_else(|| {
                panic!(
                    "{}: nobody has told the tests what {pointer} names: add it to NAMED_BY_FIELD in tests/it/support/operations.rs",
                    self.name()
                )
            });
            (pointer, kind.1)
        };
        let own = |pointer: &String| !OF_THE_PLATFORM.iter().any(|name| pointer.ends_with(&format!("/{name}")));
        found.into_iter().filter(own).map(kind_of).collect()
    }
}

/// The schema with every `$ref` in it replaced by what it points at.
fn resolved(document: &Value, schema: &Value) -> Value {
    match schema {
        Value::Object(members) => match schema["$ref"].as_str() {
            Some(reference) => resolved(document, document.pointer(reference.trim_start_matches('#')).unwrap()),
            None => members.iter().map(|(name, member)| (name.clone(), resolved(document, member))).collect(),
        },
        Value::Array(items) => items.iter().map(|item| resolved(document, item)).collect(),
        other => other.clone(),
    }
}

fn ids_in(schema: &Value, pointer: &str, found: &mut Vec<String>) {
    if schema["format"] == "uuid" {
        found.push(pointer.to_owned());
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        ids_in(property, &format!("{pointer}/{name}"), found);
    }
    if schema["items"].is_object() {
        ids_in(&schema["items"], &format!("{pointer}/0"), found);
    }
    for variant in ["oneOf", "anyOf", "allOf"].iter().flat_map(|of| schema[of].as_array().into_iter().flatten()) {
        ids_in(variant, pointer, found);
    }
}

/// Sets what a pointer names, making the member, or the list, if it is absent.
pub fn set(body: &mut Value, pointer: &str, value: Value) {
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    if field == "0" && !body.pointer(parent).is_some_and(|list| list[0].is_object()) {
        return set(body, parent, json!([value]));
    }
    body.pointer_mut(parent).unwrap_or_else(|| panic!("the example has no {parent}"))[field] = value;
}

/// A company with one of everything, all of it made through the API.
pub struct World<'a> {
    pub shop: Shop<'a>,
    pub tenant: Uuid,
    pub(super) marker: &'static str,
    things: BTreeMap<&'static str, String>,
    till: String,
    operator: Shop<'a>,
}

impl<'a> World<'a> {
    /// `marker` stands in every name that the company gives.
    pub async fn build(test: &'a TestApp, marker: &'static str) -> Self {
        let shop = test.sign_up(marker, "EC").await;
        let csv = format!("sku,name,price,cost,stock\n{marker}-1,{marker} bread,2.50,1.00,100000\n");
        let batch = shop.import(&csv).await;
        let (till, _) = shop.opens_till("50.00").await;
        let tenant = shop.company().await;
        let operator = test.operator().await;
        let mut world = Self { shop, tenant, marker, things: BTreeMap::new(), till, operator };
        let product = world.shop.product(&format!("{marker}-1")).await;
        let tax = world.shop.get("/api/v1/taxes").await.expect(200)["data"][0]["id"].as_str().unwrap().to_owned();
        let warehouse = world.shop.get("/api/v1/stores").await.expect(200)["data"][0]["warehouse_id"].as_str().unwrap().to_owned();
        let other = world.thing("warehouse").await;
        world.things = [
            ("warehouse", warehouse),
            ("other_warehouse", other),
            ("product", product),
            ("tax", tax),
            ("company", tenant.to_string()),
            ("register", world.till.clone()),
        ]
        .into();
        for (kind, of) in [("person", &world.shop), ("operator", &world.operator)] {
            let id = of.me().await["id"].as_str().unwrap().to_owned();
            world.things.insert(kind, id);
        }
        world.things.insert("import_batch", batch["id"].as_str().unwrap().to_owned());
        let domains = json!({ "domains": [format!("{}.shops.example", Uuid::now_v7().simple())] });
        let path = format!("/api/v1/admin/companies/{tenant}/domains");
        world.operator.call(Method::PUT, &path, &[], Some(domains)).await.expect(200);
        let channels = json!({ "channels": [{ "channel": "mail", "enabled": true, "sender": format!("{marker}@shop.example") }] });
        let path = format!("/api/v1/admin/companies/{tenant}/messaging");
        world.operator.call(Method::PUT, &path, &[], Some(channels)).await.expect(200);
        world.things.insert("bill", world.owes("30.00").await);
        world.shop.patch("/api/v1/stock/settings", json!({ "valuation": "fifo" })).await.expect(200);
        world.shop.patch("/api/v1/accounting/closing", json!({ "closed_until": "2014-12-31" })).await.expect(200);
        let rule = json!({ "product_id": world.id("product"), "warehouse_id": world.id("warehouse"), "min_stock": "900000" });
        world.shop.post("/api/v1/stock/rules", rule).await.expect(201);
        world.keeps_books().await;
        for kind in [
            "contact",
            "bank_account",
            "other_bank_account",
            "open_item",
            "bank_entry",
            "bank_statement",
            "bank_line",
            "bank_reconciliation",
            "bank_rule",
            "bank_transfer",
            "tax_group",
            "file",
            "store",
            "series",
            "category",
            "adjustment",
            "lot",
            "receipt",
            "landed_cost",
            "document",
            "cost_centre",
            "draft_entry",
            "posted_entry",
            "claim",
            "credit",
            "payment",
            "draft_payment",
            "allocation",
            "recurring_entry",
            "deferral",
            "closed_year",
            "fiscal_year",
            "period",
            "transfer",
            "count",
            "reservation",
            "unit_conversion",
            "price_list",
            "price_rule",
            "attribute",
            "kit",
            "product_image",
            "modifier_group",
            "dismissal",
            "product_supplier",
            "stock_rule",
            "purchase_proposal",
            "support_access",
            "sale",
            "job",
            "shift",
            "role",
            "group",
            "invitation",
            "member",
            "api_key",
            "session",
            "reference_entry",
            "plan",
            "service",
            "coupon",
            "subscription",
        ] {
            let id = world.thing(kind).await;
            world.things.insert(kind, id);
        }
        let coupon = world.operator.get(&format!("/api/v1/admin/coupons/{}", world.id("coupon"))).await.expect(200);
        world.shop.post("/api/v1/billing/coupons/redeem", json!({ "code": coupon["code"] })).await.expect(200);
        // Another by the same phone: a pair.
        let other = world.thing("contact").await;
        world.things.insert("other_contact", other);
        world.says_something().await;
        world.counts_in_dozens().await;
        let (value, variant) = world.has_variants().await;
        world.things.extend([("attribute_value", value), ("variant", variant)]);
        let option = world.is_chosen_from().await;
        world.things.insert("modifier_option", option);
        let logo = json!({ "file_id": world.thing("file").await });
        world.shop.call(Method::PUT, "/api/v1/company/logo", &[], Some(logo)).await.expect(200);
        let refund = json!({ "register_id": world.till, "lines": [{ "line_no": 1, "quantity": "1" }], "method": "cash" });
        world.shop.post(&format!("/api/v1/pos/sales/{}/refund", world.id("sale")), refund).await.expect(201);
        world.sells_under_several_taxes().await;
        test.drain_jobs().await;
        balanza::jobs::sweep(&test.app).await.unwrap();
        world.shop.looks_after_stock().await;
        // Another test's worker may have taken it.
        while !["done", "dead"]
            .contains(&world.shop.get(&format!("/api/v1/jobs/{}", world.id("job"))).await.json()["status"].as_str().unwrap())
        {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        world
    }

    /// A sale whose line bears a group, and a document that is half paid, with half of its tax due.
    async fn sells_under_several_taxes(&self) {
        let group = self.thing("tax_group").await;
        let new =
            json!({ "sku": format!("{}-taxed", self.marker), "name": self.marker, "price": "1.00", "tax_id": group, "kind": "service" });
        let product = self.shop.post("/api/v1/products", new).await.expect(201);
        let product = product["id"].as_str().unwrap();
        self.shop.sells(&self.till, &[(product, "1")], &[("cash", "1.00")]).await.expect(201);
        crate::stories::taxes::half_paid(&self.shop).await;
    }

    /// Words and fields of its own.
    async fn says_something(&self) {
        let fields = json!({ "fields": [{ "field": "barcode", "visible": true, "required": false, "label": self.marker }] });
        self.shop.call(Method::PUT, "/api/v1/field-config/products", &[], Some(fields)).await.expect(200);
        let words = json!({ "parts": { "footer": self.marker } });
        self.shop.call(Method::PUT, "/api/v1/templates/receipt", &[("if-match", "\"0\"")], Some(words)).await.expect(200);
    }

    /// Units and barcodes of its own, and where its price list is used.
    async fn counts_in_dozens(&self) {
        let new = json!({ "from_unit": "KGM", "to_unit": "GRM", "factor": "1000" });
        self.shop.post("/api/v1/unit-conversions", new).await.expect(201);
        let places = json!({ "store_ids": [self.id("store")], "register_ids": [self.id("register")] });
        let path = format!("/api/v1/price-lists/{}/places", self.id("price_list"));
        self.shop.call(Method::PUT, &path, &[], Some(places)).await.expect(200);
        let path = format!("/api/v1/products/{}", self.id("product"));
        let etag = self.shop.get(&path).await.headers["etag"].to_str().unwrap().to_owned();
        let units = json!({ "barcodes": ["7861234567898"], "units": [{ "unit": "DZN", "factor": "12", "barcodes": [self.marker] }] });
        self.shop.call(Method::PUT, &format!("{path}/units"), &[("if-match", &etag)], Some(units)).await.expect(200);
    }

    /// A picture, a label, a kit, and something chosen with it; the option.
    async fn is_chosen_from(&self) -> String {
        let group = self.shop.get(&format!("/api/v1/modifier-groups/{}", self.id("modifier_group"))).await.expect(200);
        let (product, kit) = (format!("/api/v1/products/{}", self.id("product")), format!("/api/v1/products/{}", self.id("kit")));
        let chosen = json!({ "modifier_group_ids": [group["id"]] });
        let parts = json!({ "components": [{ "product_id": self.id("product"), "quantity": "1" }] });
        for (of, what, body) in [
            (&product, "modifier-groups", &chosen),
            (&kit, "modifier-groups", &chosen),
            (&product, "images", &json!({ "file_ids": [self.id("product_image")] })),
            (&kit, "components", &parts),
        ] {
            let etag = self.shop.get(of).await.headers["etag"].to_str().unwrap().to_owned();
            self.shop.call(Method::PUT, &format!("{of}/{what}"), &[("if-match", &etag)], Some(body.clone())).await.expect(200);
        }
        let codes = json!([{ "prefix": "21", "item_digits": 5, "value_kind": "weight", "value_decimals": 3 }]);
        let company = self.shop.patch("/api/v1/company", json!({ "scale_codes": codes })).await.expect(200);
        assert_eq!(company["scale_codes"], codes);
        let option = group["options"][0]["id"].as_str().unwrap().to_owned();
        let line = json!({ "product_id": self.id("kit"), "quantity": "1", "modifiers": [{ "option_id": option }] });
        let sale = json!({ "register_id": self.till, "lines": [line], "payments": [{ "method": "cash", "amount": "10.00" }] });
        self.shop.post("/api/v1/pos/sales", sale).await.expect(201);
        option
    }

    /// A product with a variant; the value that it has, and the variant.
    async fn has_variants(&self) -> (String, String) {
        let attribute = self.shop.get(&format!("/api/v1/attributes/{}", self.id("attribute"))).await.expect(200);
        let axis = json!({ "attribute_id": attribute["id"], "value_ids": [attribute["values"][0]["id"]] });
        let path = format!("/api/v1/products/{}/variants", self.thing("product").await);
        let made = self.shop.post(&path, json!({ "attributes": [axis] })).await.expect(200);
        let text = |id: &Value| id.as_str().unwrap().to_owned();
        (text(&attribute["values"][0]["id"]), text(&made["data"][0]["product_id"]))
    }

    /// Whoever may: the owner, or an operator.
    pub fn caller(&self, operation: &Operation) -> &Shop<'a> {
        if operation.is_for_operators() { &self.operator } else { &self.shop }
    }

    /// The one that was made at first.
    pub fn id(&self, kind: &str) -> &str {
        &self.things[kind]
    }

    /// Has a paid subscription, an open bill of so much with a part payment, and credit from a change; the bill.
    pub async fn owes(&self, price: &str) -> String {
        let plans = [price, "1.00"].map(async |price| {
            let code = Uuid::now_v7().simple().to_string();
            let new = json!({ "code": code, "name": format!("{} plan", self.marker), "currency": "USD", "monthly_price": price,
                "annual_price": price, "modules": ["*"], "is_public": true });
            self.operator.post("/api/v1/admin/plans", new).await.expect(201)["id"].clone()
        });
        let [dear, cheap] = plans;
        let (dear, cheap) = (dear.await, cheap.await);
        let given = json!({ "company_id": self.tenant, "plan_id": dear, "period": "monthly" });
        self.operator.post("/api/v1/admin/subscriptions", given).await.expect(201);
        let subscription = self.shop.get("/api/v1/billing/subscription").await;
        let version = subscription.headers["etag"].to_str().unwrap().to_owned();
        let change = json!({ "plan_id": cheap, "period": "monthly", "effective": "now" });
        self.shop.call(Method::POST, "/api/v1/billing/subscription/change", &[("if-match", &version)], Some(change)).await.expect(200);
        let bills = self.shop.get("/api/v1/billing/invoices").await.expect(200);
        let bill = bills["data"].as_array().unwrap().iter().find(|bill| bill["total"] == price).unwrap()["id"].as_str().unwrap().to_owned();
        let payment = json!({ "id": Uuid::now_v7(), "amount": "1.00", "method": "transfer", "state": "succeeded" });
        self.operator.post(&format!("/api/v1/admin/billing/invoices/{bill}/payments"), payment).await.expect(201);
        bill
    }

    /// A new one, in a state that lets every operation on it succeed.
    pub async fn thing(&self, kind: &str) -> String {
        let tag = Uuid::now_v7().simple().to_string();
        let tag = tag[20..].to_owned();
        let made = match kind {
            "product" => {
                let new = json!({ "sku": format!("{}-{tag}", self.marker), "name": format!("{} {tag}", self.marker), "price": "2.50" });
                self.shop.post("/api/v1/products", new).await.expect(201)
            }
            "kit" => {
                let new = json!({ "sku": format!("{}-{tag}", self.marker), "name": format!("{} {tag}", self.marker), "kind": "kit", "price": "2.50" });
                self.shop.post("/api/v1/products", new).await.expect(201)
            }
            "modifier_group" => {
                let option = json!({ "name": format!("{} {tag}", self.marker), "price": "0.50", "product_id": self.id("product") });
                let new = json!({ "name": format!("{} group", self.marker), "max_choices": 3, "options": [option] });
                self.shop.post("/api/v1/modifier-groups", new).await.expect(201)
            }
            "product_image" => {
                let bytes = crate::stories::files::picture(2, 2, image::ImageFormat::Png);
                self.shop.brings("product_image", &format!("{}.png", self.marker), &bytes).await.expect(201)
            }
            "register" => {
                self.shop.post("/api/v1/pos/registers", json!({ "code": tag, "name": format!("{} till", self.marker) })).await.expect(201)
            }
            "shift" => {
                let register = Box::pin(self.thing("register")).await;
                self.shop.post("/api/v1/pos/shifts", json!({ "register_id": register, "opening_float": "50.00" })).await.expect(201)
            }
            "sale" => self.shop.sells(&self.till, &[(self.id("product"), "3")], &[("cash", "10.00")]).await.expect(201),
            "job" => {
                let path = format!("/api/v1/pos/sales/{}/receipt/send", self.id("sale"));
                self.shop.post(&path, json!({ "email": "ana@example.com" })).await.expect(202)
            }
            "import_batch" => {
                let batch = self.shop.post("/api/v1/imports/batches", json!({ "target": "products" })).await.expect(201);
                let path = format!("/api/v1/imports/batches/{}", batch["id"].as_str().unwrap());
                self.shop.ingest(&path, &format!("sku,name,price\n{}-{tag},{},1.00\n", self.marker, self.marker)).await.expect(200);
                self.shop.post(&format!("{path}/validate"), Value::Null).await.expect(200)
            }
            "role" | "group" => {
                let new = json!({ "name": format!("{} {tag}", self.marker), "permissions": ["pos:read"] });
                self.shop.post(&format!("/api/v1/{kind}s"), new).await.expect(201)
            }
            "invitation" => {
                let new = json!({ "email": super::new_email(), "role": "seller" });
                self.shop.post("/api/v1/invitations", new).await.expect(201)
            }
            "member" => self.shop.hires_with(json!({ "role": "seller", "group_ids": [self.id("group")] })).await.me().await,
            "api_key" => {
                let new = json!({ "name": format!("{} key", self.marker), "scopes": ["pos:read"] });
                self.shop.post("/api/v1/api-keys", new).await.expect(201)
            }
            "store" => {
                self.shop.post("/api/v1/stores", json!({ "code": &tag[..12], "name": format!("{} store", self.marker) })).await.expect(201)
            }
            "series" => {
                let register = Box::pin(self.thing("register")).await;
                let all = self.shop.get(&format!("/api/v1/series?register_id={register}&document=pos_sale")).await.expect(200);
                all["data"][0].clone()
            }
            "warehouse" => self
                .shop
                .post("/api/v1/warehouses", json!({ "code": &tag[..12], "name": format!("{} warehouse", self.marker) }))
                .await
                .expect(201),
            "adjustment" => {
                let line = json!({ "product_id": self.id("product"), "direction": "in", "quantity": "1" });
                let new = json!({ "kind": "adjustment", "warehouse_id": self.id("warehouse"), "reason": self.marker, "lines": [line] });
                self.shop.post("/api/v1/stock/adjustments", new).await.expect(201)
            }
            "receipt" => {
                let line = json!({ "product_id": self.id("product"), "direction": "in", "quantity": "1", "unit_cost": "1.00" });
                let new = json!({ "kind": "receipt", "warehouse_id": self.id("warehouse"), "reason": self.marker, "lines": [line] });
                self.shop.post("/api/v1/stock/adjustments", new).await.expect(201)
            }
            "landed_cost" => {
                let receipt = Box::pin(self.thing("receipt")).await;
                let new = json!({ "description": self.marker, "basis": "equal", "amount": "1.00", "receipts": [receipt] });
                self.shop.post("/api/v1/stock/landed-costs", new).await.expect(201)
            }
            "lot" => {
                let new = json!({ "sku": tag, "name": format!("{} milk", self.marker), "price": "1.00", "tax_id": self.id("tax"), "unit": "C62",
                    "is_lot_tracked": true });
                let product = self.shop.post("/api/v1/products", new).await.expect(201);
                let lots = json!([{ "code": format!("{} lot", self.marker), "quantity": "1" }]);
                let line = json!({ "product_id": product["id"], "direction": "in", "quantity": "1", "lots": lots });
                let new = json!({ "kind": "adjustment", "warehouse_id": self.id("warehouse"), "reason": self.marker, "lines": [line] });
                self.shop.post("/api/v1/stock/adjustments", new).await.expect(201);
                let path = format!("/api/v1/stock/lots?product_id={}", product["id"].as_str().unwrap());
                self.shop.get(&path).await.expect(200)["data"][0].clone()
            }
            "transfer" => {
                let line = json!({ "product_id": self.id("product"), "quantity": "1" });
                let new =
                    json!({ "from_id": self.id("warehouse"), "to_id": self.id("other_warehouse"), "note": self.marker, "lines": [line] });
                self.shop.post("/api/v1/stock/transfers", new).await.expect(201)
            }
            "count" => {
                let new = json!({ "warehouse_id": self.id("warehouse"), "note": self.marker });
                self.shop.post("/api/v1/stock/counts", new).await.expect(201)
            }
            "reservation" => {
                let new = json!({ "warehouse_id": self.id("warehouse"), "product_id": self.id("product"), "quantity": "1", "reference": self.marker });
                self.shop.post("/api/v1/stock/reservations", new).await.expect(201)
            }
            "contact" => {
                let new = json!({ "kind": "person", "legal_name": format!("{} {tag}", self.marker), "roles": ["customer", "supplier"],
                    "phones": ["+593991234567"], "emails": [format!("{tag}@shop.example")], "notes": self.marker,
                    "addresses": [{ "kind": "billing", "lines": [self.marker] }],
                    "bank_accounts": [{ "holder": self.marker, "bank": "Banco", "number": tag }],
                    "consent": { "marketing": true, "source": self.marker } });
                self.shop.post("/api/v1/contacts", new).await.expect(201)
            }
            // They look like one.
            "dismissal" => {
                let (one, other) = (Box::pin(self.thing("contact")).await, Box::pin(self.thing("contact")).await);
                let new = json!({ "contact_id": one, "other_id": other });
                self.shop.post("/api/v1/contacts/duplicates/dismiss", new).await.expect(200)
            }
            "product_supplier" => {
                let new = json!({ "product_id": self.id("product"), "supplier_id": self.id("contact"), "code": self.marker,
                    "prices": [{ "price": "1.00" }] });
                self.shop.post("/api/v1/product-suppliers", new).await.expect(201)
            }
            // More than there ever is.
            "stock_rule" => {
                let (product, warehouse) = (Box::pin(self.thing("product")).await, self.id("warehouse"));
                let new = json!({ "product_id": product, "warehouse_id": warehouse, "min_stock": "900000" });
                self.shop.post("/api/v1/stock/rules", new).await.expect(201)
            }
            "purchase_proposal" => {
                let line = json!({ "product_id": self.id("product"), "warehouse_id": self.id("warehouse") });
                self.shop.post("/api/v1/purchase-proposals", json!({ "note": self.marker, "lines": [line] })).await.expect(201)
            }
            "document" => self.shop.brings("document", &format!("{}.pdf", self.marker), b"%PDF-1.4\n%%EOF\n").await.expect(201),
            "cost_centre" => {
                let new = json!({ "code": tag, "name": format!("{} centre", self.marker) });
                self.shop.post("/api/v1/accounting/cost-centres", new).await.expect(201)
            }
            "draft_entry" => self.writes(false).await,
            "posted_entry" => self.writes(true).await,
            // More than all payments take.
            "claim" => self.is_owed("debit", "credit").await,
            "credit" => self.is_owed("credit", "debit").await,
            "payment" | "draft_payment" => {
                let new = json!({ "direction": "in", "contact_id": self.id("contact"), "amount": "50.00", "memo": self.marker,
                    "reference": self.marker, "account_id": self.id("money"), "draft": kind == "draft_payment" });
                self.shop.post("/api/v1/payments", new).await.expect(201)
            }
            "allocation" => {
                let new = json!({ "debit_entry_id": self.id("claim"), "debit_line_no": 1, "credit_entry_id": self.id("credit"),
                    "credit_line_no": 1, "amount": "0.01" });
                self.shop.post("/api/v1/accounting/allocations", new).await.expect(201)
            }
            "recurring_entry" => {
                let new = json!({ "name": self.marker, "frequency": "monthly", "start_date": "2026-01-31", "end_date": "2026-02-28",
                    "lines": self.lines_of_an_entry() });
                self.shop.post("/api/v1/accounting/recurring-entries", new).await.expect(201)
            }
            "deferral" => {
                let new = json!({ "name": self.marker, "kind": "expense", "into_account_id": self.id("account"), "amount": "1.00",
                    "start_date": "2026-01-01", "end_date": "2026-02-28" });
                self.shop.post("/api/v1/accounting/deferrals", new).await.expect(201)
            }
            // Each is before all others, so that it can be closed.
            "fiscal_year" | "closed_year" | "period" => {
                let years = self.shop.get("/api/v1/accounting/fiscal-years").await.expect(200);
                let first =
                    years["data"].as_array().unwrap().last().map_or(2014, |y| y["start_date"].as_str().unwrap()[..4].parse().unwrap());
                let new = json!({ "start_date": format!("{}-01-01", first.min(2014) - 1), "name": format!("{} year", self.marker) });
                let year = self.shop.post("/api/v1/accounting/fiscal-years", new).await.expect(201);
                match kind {
                    "period" => year["periods"][0].clone(),
                    "closed_year" => {
                        let path = format!("/api/v1/accounting/fiscal-years/{}/close", year["id"].as_str().unwrap());
                        self.shop.post(&path, Value::Null).await.expect(200)
                    }
                    _ => year,
                }
            }
            "category" => self.shop.post("/api/v1/categories", json!({ "name": format!("{} {tag}", self.marker) })).await.expect(201),
            "file" => {
                let bytes = crate::stories::files::picture(2, 2, image::ImageFormat::Png);
                self.shop.brings("logo", &format!("{}.png", self.marker), &bytes).await.expect(201)
            }
            "support_access" => {
                let new = json!({ "reason": format!("{} asked for help", self.marker), "minutes": 60 });
                self.operator.post(&format!("/api/v1/admin/companies/{}/support-access", self.tenant), new).await.expect(201)
            }
            "session" => {
                let again = Shop { test: self.shop.test, token: self.shop.logs_in().await, email: self.shop.email.clone() };
                let sessions = again.get("/api/v1/auth/sessions").await.expect(200);
                sessions["data"].as_array().unwrap().iter().find(|session| session["current"] == true).unwrap().clone()
            }
            "reference_entry" => {
                let names = json!({ "es": tag, "en": tag, "pt": tag });
                let new = json!({ "kind": "sector", "code": tag, "names": names, "position": 1000 });
                self.operator.post("/api/v1/admin/reference-entries", new).await.expect(201)
            }
            "plan" => {
                let new = json!({ "code": tag, "name": tag, "currency": "USD", "monthly_price": "1.00", "annual_price": "10.00", "modules": ["*"] });
                self.operator.post("/api/v1/admin/plans", new).await.expect(201)
            }
            "coupon" => {
                let new = json!({ "code": tag.to_uppercase(), "kind": "percent", "percent": "10" });
                self.operator.post("/api/v1/admin/coupons", new).await.expect(201)
            }
            "person" => {
                let new = json!({ "email": super::new_email(), "name": "Luz" });
                self.operator.post("/api/v1/admin/users", new).await.expect(201)
            }
            "service" => self.operator.post("/api/v1/admin/services", json!({ "code": tag, "name": tag })).await.expect(201),
            // Of a company of its own: what operators do to it changes nothing in this one.
            "subscription" => {
                let new = json!({ "name": tag, "country": "EC", "owner_email": super::new_email(), "owner_name": "Luz" });
                let company = self.operator.post("/api/v1/admin/companies", new).await.expect(201);
                let path = format!("/api/v1/admin/subscriptions?company_id={}", company["id"].as_str().unwrap());
                self.operator.get(&path).await.expect(200)["data"][0].clone()
            }
            "tax_group" => {
                let new = json!({ "code": tag, "name": format!("{} taxes", self.marker), "kind": "group", "member_ids": [self.id("tax")] });
                self.shop.post("/api/v1/taxes", new).await.expect(201)
            }
            "tax" => {
                let new = json!({ "code": tag, "name": format!("{} tax", self.marker), "rate": "5" });
                self.shop.post("/api/v1/taxes", new).await.expect(201)
            }
            "unit_conversion" => {
                let unit = json!({ "code": &tag[..12], "name": format!("{} unit", self.marker), "decimals": 2 });
                self.shop.post("/api/v1/units", unit).await.expect(201);
                let new = json!({ "from_unit": &tag[..12], "to_unit": "C62", "factor": "6" });
                self.shop.post("/api/v1/unit-conversions", new).await.expect(201)
            }
            "attribute" => {
                let new = json!({ "name": format!("{} {tag}", self.marker), "values": [self.marker] });
                self.shop.post("/api/v1/attributes", new).await.expect(201)
            }
            "price_list" => {
                self.shop.post("/api/v1/price-lists", json!({ "code": tag, "name": format!("{} list", self.marker) })).await.expect(201)
            }
            // For more than anybody here buys.
            "price_rule" => {
                let path = format!("/api/v1/price-lists/{}/rules", self.id("price_list"));
                self.shop
                    .post(&path, json!({ "target": "all", "kind": "percent", "percent": "10", "min_quantity": "1000" }))
                    .await
                    .expect(201)
            }
            "company" | "bill" | "other_warehouse" | "account" | "other_account" | "money" => return self.id(kind).to_owned(),
            other => match self.thing_of_banks(other, &tag).await {
                Some(made) => made,
                None => panic!("say in World::thing how a {other} is made through the API"),
            },
        };
        made["id"].as_str().unwrap().to_owned()
    }

    fn lines_of_an_entry(&self) -> Value {
        let shares = json!([{ "cost_centre_id": self.id("cost_centre"), "weight": "1" }]);
        json!([{ "account_id": self.id("account"), "debit": "10.00", "contact_id": self.id("contact"), "memo": self.marker, "cost_centres": shares },
               { "account_id": self.id("other_account"), "credit": "10.00" }])
    }

    /// What the contact owes, or is owed, on the first line of an entry.
    async fn is_owed(&self, side: &str, other: &str) -> Value {
        let lines = json!([{ "account_id": self.shop.account_of("receivable").await, side: "100000.00", "contact_id": self.id("contact"),
                             "memo": self.marker },
                           { "account_id": self.id("account"), other: "100000.00" }]);
        let new = json!({ "date": "2026-03-03", "memo": self.marker, "post": true, "lines": lines });
        self.shop.post("/api/v1/accounting/entries", new).await.expect(201)
    }

    async fn writes(&self, post: bool) -> Value {
        let new = json!({ "date": "2026-03-03", "memo": self.marker, "post": post, "lines": self.lines_of_an_entry() });
        self.shop.post("/api/v1/accounting/entries", new).await.expect(201)
    }

    /// An account of one's own, a journal that is closed, a period whose entries have numbers, and what customers owe, written off.
    async fn keeps_books(&mut self) {
        for kind in ["account", "other_account"] {
            let code = Uuid::now_v7().simple().to_string()[14..].to_owned();
            let new = json!({ "code": code, "name": format!("{} account", self.marker), "type": "expense" });
            let made = self.shop.post("/api/v1/accounting/accounts", new).await.expect(201);
            self.things.insert(kind, made["id"].as_str().unwrap().to_owned());
        }
        self.things.insert("money", self.shop.account_of("bank").await);
        let rate = json!({ "currency": "CHF", "date": "2026-11-24", "rate": "1.1" });
        self.shop.post("/api/v1/accounting/rates", rate).await.expect(201);
        for kind in ["contact", "cost_centre"] {
            let id = self.thing(kind).await;
            self.things.insert(kind, id);
        }
        self.shop
            .patch("/api/v1/accounting/journals/general", json!({ "closed_until": "2015-12-31", "name": self.marker }))
            .await
            .expect(200);
        let new = json!({ "start_date": "2016-01-01", "name": format!("{} year", self.marker) });
        let year = self.shop.post("/api/v1/accounting/fiscal-years", new).await.expect(201);
        let receivable = self.shop.account_of("receivable").await;
        let lines = json!([{ "account_id": receivable, "debit": "5.00", "contact_id": self.id("contact"), "memo": self.marker },
                           { "account_id": self.id("account"), "credit": "5.00" }]);
        let new = json!({ "date": "2016-01-10", "auto_reverse_date": "2016-03-01", "memo": self.marker, "post": true, "lines": lines });
        let entry = self.shop.post("/api/v1/accounting/entries", new).await.expect(201);
        let path = format!("/api/v1/accounting/entries/{}", entry["id"].as_str().unwrap());
        let document = self.thing("document").await;
        self.shop.post(&format!("{path}/files"), json!({ "file_id": document })).await.expect(201);
        self.shop.post(&format!("{path}/reverse"), json!({})).await.expect(200);
        let period = year["periods"][0]["id"].as_str().unwrap();
        self.shop.post(&format!("/api/v1/accounting/periods/{period}/close"), json!({})).await.expect(200);
    }

    /// The document's example with this company's own ids in it: a body that would succeed.
    pub async fn body(&self, operation: &Operation) -> Option<Value> {
        let schema = operation.schema.as_ref()?;
        let example = if schema["example"].is_null() { &schema["examples"][0] } else { &schema["example"] };
        assert!(example.is_object(), "{}: its body has no example", operation.name());
        let mut body = example.clone();
        for (pointer, kind) in operation.references() {
            if kind != OWN_ID {
                // A shift is opened at a register that has none open, a product has one rule for a warehouse, a bank account is
                // one ledger account, and a line is explained once.
                let fresh = ["/api/v1/pos/shifts", "/api/v1/stock/rules", "/api/v1/bank/accounts", "/api/v1/bank/reconciliations"]
                    .contains(&operation.path.as_str());
                let kind = if operation.path == "/api/v1/bank/accounts" { "ledger_account" } else { kind };
                let id = if fresh { self.thing(kind).await } else { self.id(kind).to_owned() };
                set(&mut body, &pointer, id.into());
                if kind == "role" {
                    body["role"] = "custom".into();
                }
            }
        }
        if body["lines"][1]["account_id"].is_string() {
            body["lines"][1]["account_id"] = self.id("other_account").into();
        }
        for unique in ["sku", "code"] {
            if body[unique].is_string() {
                body[unique] = Uuid::now_v7().simple().to_string()[20..].into();
            }
        }
        if operation.path == "/api/v1/accounting/fiscal-years" {
            let years = self.shop.get("/api/v1/accounting/fiscal-years").await.expect(200);
            let last: i32 = years["data"][0]["start_date"].as_str().unwrap()[..4].parse().unwrap();
            body["start_date"] = format!("{}-01-01", last.max(2100) + 1).into();
        }
        if body["permissions"].is_array() {
            body["name"] = Uuid::now_v7().to_string().into();
        }
        if operation.path == "/api/v1/invitations" {
            body["email"] = super::new_email().into();
        }
        Some(body)
    }

    /// Sends the operation, about the thing with this id.
    pub async fn call(&self, operation: &Operation, id: &str, body: Option<Value>) -> Answer {
        self.shop.test.send(self.request(operation, id, body)).await
    }

    pub fn request(&self, operation: &Operation, id: &str, body: Option<Value>) -> Request<Body> {
        let mut request = Request::builder().method(operation.method.clone()).uri(operation.address(id)).header("host", "test");
        let caller = self.caller(operation);
        if !caller.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", caller.token));
        }
        if operation.takes_header("idempotency-key") {
            request = request.header("idempotency-key", Uuid::new_v4().to_string());
        }
        if operation.takes_header("if-match") {
            request = request.header("if-match", "\"1\"");
        }
        if let Some(content_type) = &operation.content_type {
            request = request.header("content-type", content_type);
        }
        let body = match (body, operation.content_type.as_deref()) {
            (Some(body), _) => Body::from(body.to_string()),
            (None, Some(text @ ("text/csv" | "text/plain"))) => {
                Body::from(operation.value["requestBody"]["content"][text]["example"].as_str().unwrap().to_owned())
            }
            (None, Some("application/octet-stream")) => Body::from(crate::stories::files::picture(2, 2, image::ImageFormat::Png)),
            (None, _) => Body::empty(),
        };
        request.body(body).unwrap()
    }
}
