//! What every operation owes its callers: the walks go over the OpenAPI document and ask the live router.

use std::{collections::BTreeSet, io::Read};

use axum::body::Body;
use balanza::app;
use http::{HeaderValue, Method, Request, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Answer, Shop, TestApp, new_email,
    operations::{Operation, World},
};

/// What every answer carries, whatever it says.
#[track_caller]
fn owed(answer: &Answer, what: &str) {
    for header in [
        "x-request-id",
        "strict-transport-security",
        "x-content-type-options",
        "content-security-policy",
        "referrer-policy",
        "cross-origin-resource-policy",
        "cache-control",
    ] {
        assert!(answer.headers.contains_key(header), "{what}: no {header} on {}", answer.status);
    }
}

/// A refusal in the one form that refusals have.
#[track_caller]
fn problem(answer: &Answer, status: u16, code: &str, what: &str) -> Value {
    let body = answer.json();
    assert_eq!(answer.status.as_u16(), status, "{what}: {}", String::from_utf8_lossy(&answer.bytes));
    assert_eq!(answer.headers.get("content-type").map(HeaderValue::as_bytes), Some(&b"application/problem+json"[..]), "{what}");
    owed(answer, what);
    let members: BTreeSet<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    let all = ["type", "title", "status", "detail", "instance", "code", "request_id", "errors"];
    assert_eq!(members, BTreeSet::from(all), "{what}");
    assert_eq!(body["code"], code, "{what}: {body}");
    assert_eq!(body["type"], format!("/docs/problems#{code}"), "{what}");
    assert_eq!(body["status"], status, "{what}");
    assert_eq!(body["request_id"], answer.headers["x-request-id"].to_str().unwrap(), "{what}");
    for text in ["title", "detail", "instance"] {
        assert!(body[text].as_str().is_some_and(|t| !t.is_empty()), "{what}: {text} is empty");
    }
    body
}

#[tokio::test]
async fn openapi_in_the_repository_is_fresh() {
    let test = TestApp::start().await;
    let fresh = app::openapi_text(&test.app).unwrap();
    let kept = include_str!("../../openapi.json");
    assert!(fresh.trim() == kept.trim(), "openapi.json is stale: run `make openapi`");
}

#[tokio::test]
async fn every_operation_says_what_it_is() {
    let test = TestApp::start().await;
    let document = test.document();
    let (mut ids, mut wrong) = (BTreeSet::new(), vec![]);
    let tags: BTreeSet<&str> = document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    for operation in Operation::all(&document) {
        let (name, value) = (operation.name(), &operation.value);
        let mut must = |holds: bool, rule: &str| {
            if !holds {
                wrong.push(format!("{name}: {rule}"));
            }
        };
        must(ids.insert(value["operationId"].as_str().unwrap_or_default().to_owned()), "operation_id is missing or another's");
        must(value["summary"].as_str().is_some_and(|s| !s.is_empty()), "the first line of the handler's doc comment is its summary");
        must(value["tags"][0].as_str().is_some_and(|tag| tags.contains(tag)), "tag is missing, or not described in app.rs");
        must(value["x-permission"].is_string() && value["security"].is_array(), "mount it with allow(…) or public(…)");
        let answers = |status: &str| value["responses"][status]["content"].as_object().map(|c| c.keys().cloned().collect::<Vec<_>>());
        let mut owes = vec![];
        if !operation.is_public() {
            owes.extend(["401", "403"]);
        }
        if operation.has_id() {
            owes.push("404");
        }
        if operation.schema.is_some() {
            owes.extend(["413", "415", "422"]);
        }
        owes.push("400");
        if operation.takes_header("idempotency-key") {
            owes.push("422");
        }
        if operation.method == Method::PATCH {
            owes.extend(["412", "428"]);
            must(operation.takes_header("if-match"), "a PATCH takes If-Match");
        }
        for status in owes {
            must(
                answers(status) == Some(vec!["application/problem+json".to_owned()]),
                &format!("say (status = {status}, body = ProblemBody) in its responses"),
            );
        }
        let successes = value["responses"].as_object().unwrap().keys().filter(|status| status.starts_with('2')).count();
        must(successes > 0, "no success is documented");
        if let Some(schema) = &operation.schema {
            must(!schema["example"].is_null() || !schema["examples"].is_null(), "give the body's type a #[schema(example = json!(…))]");
            must(schema["additionalProperties"] == false, "#[serde(deny_unknown_fields)] on the body's type");
        }
        let path = &operation.path;
        must(path.starts_with("/api/v1/") && !path.ends_with('/'), "under /api/v1/, no trailing slash");
        let spelled = |part: &str| part.starts_with('{') || part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        must(path.trim_start_matches("/api/v1/").split('/').all(spelled), "kebab-case");
        // What stands before an {id} is a collection.
        let parts: Vec<&str> = path.split('/').collect();
        let plural = parts.windows(2).all(|pair| pair[1] != "{id}" || pair[0].ends_with('s'));
        must(plural, "a collection has a plural name");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_guarded_operation_refuses_strangers() {
    let test = TestApp::start().await;
    let nobody = test.nobody();
    let mut stranger = test.nobody();
    stranger.token = "a.false.token".into();
    for operation in Operation::all(&test.document()).iter().filter(|o| !o.is_public()) {
        let path = operation.address(&Uuid::now_v7().to_string());
        for (caller, code) in [(&nobody, "authentication_required"), (&stranger, "invalid_token")] {
            let answer = caller.call(operation.method.clone(), &path, &[], None).await;
            problem(&answer, 401, code, &operation.name());
            assert!(answer.headers.contains_key("www-authenticate"), "{}", operation.name());
        }
    }
}

#[tokio::test]
async fn every_refusal_is_a_problem_document() {
    let test = TestApp::start().await;
    let world = World::build(&test, "Refusals").await;
    let document = test.document();
    for path in ["/nothing", "/api", "/api/v1/nothing", "/api/v1/products/", "/api/v1/products/x/y/z", "/%00", "/v1/nothing"] {
        problem(&world.shop.get(path).await, 404, "route_not_found", path);
    }
    for operation in Operation::all(&document) {
        let (name, path) = (operation.name(), operation.address(&Uuid::now_v7().to_string()));
        let known = document["paths"][&operation.path].as_object().unwrap();
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if !known.contains_key(&method.as_str().to_lowercase()) {
                let answer = world.shop.call(method.clone(), &path, &[], None).await;
                // A guard, where there is one, comes first.
                if operation.is_for_operators() && answer.status == 403 {
                    continue;
                }
                problem(&answer, 405, "method_not_allowed", &format!("{method} {path}"));
                let allowed = answer.headers.get("allow").unwrap_or_else(|| panic!("{method} {path}: no Allow")).to_str().unwrap();
                assert!(allowed.contains(operation.method.as_str()), "{name}: Allow: {allowed}");
            }
        }
        let odd = Operation { path: format!("{}?no_such_parameter=1", operation.path), ..Operation::all(&document).swap_remove(0) };
        let odd = Operation {
            method: operation.method.clone(),
            value: operation.value.clone(),
            schema: operation.schema.clone(),
            content_type: operation.content_type.clone(),
            ..odd
        };
        let body = if operation.schema.is_some() { world.body(&operation).await } else { None };
        if operation.is_for_operators() {
            continue;
        }
        problem(
            &world.call(&odd, &Uuid::now_v7().to_string(), body.clone()).await,
            400,
            "invalid_query",
            &format!("{name}?no_such_parameter=1"),
        );

        let Some(mut body) = body else { continue };
        // Read only when the signature is right: the stories of webhooks do that.
        if operation.takes_header("x-signature") {
            continue;
        }
        let send = async |content_type: &'static str, body: Body| {
            let mut request = world.request(&operation, &Uuid::now_v7().to_string(), None);
            request.headers_mut().insert("content-type", HeaderValue::from_static(content_type));
            *request.body_mut() = body;
            test.send(request).await
        };
        problem(&send("text/plain", Body::from(body.to_string())).await, 415, "unsupported_media_type", &name);
        for broken in ["", "{", "nonsense", "\u{feff}{}", "{\"x"] {
            problem(&send("application/json", Body::from(broken)).await, 400, "malformed_json", &format!("{name} with {broken:?}"));
        }
        problem(&send("application/json", Body::from("[]")).await, 422, "validation_failed", &format!("{name} with an array"));
        let long = format!("{{\"padding\":\"{}\"}}", "x".repeat(1024 * 1024));
        problem(&send("application/json", Body::from(long.clone())).await, 413, "body_too_large", &format!("{name}, too long a body"));
        let chunks =
            futures::stream::iter(long.into_bytes().chunks(65_536).map(|c| Ok::<_, std::io::Error>(c.to_vec())).collect::<Vec<_>>());
        problem(
            &send("application/json", Body::from_stream(chunks)).await,
            413,
            "body_too_large",
            &format!("{name}, too long, of unsaid length"),
        );
        body["no_such_field"] = json!(1);
        let answer = send("application/json", Body::from(body.to_string())).await;
        let refused = problem(&answer, 422, "validation_failed", &format!("{name} with an unknown field"));
        assert_eq!(refused["errors"][0]["pointer"], "/no_such_field", "{name}");
    }
    let mut request = Request::post("/api/v1/imports/batches/x/ingest").header("authorization", format!("Bearer {}", world.shop.token));
    request = request.header("content-type", "text/csv").header("content-length", 1_u64 << 40);
    problem(&test.send(request.body(Body::empty()).unwrap()).await, 413, "body_too_large", "a terabyte of CSV");
}

/// Reading: the same under the short prefix, by HEAD, and compressed; with every header that is owed.
#[tokio::test]
async fn reading_works_in_every_way() {
    let test = TestApp::start().await;
    let world = World::build(&test, "Reading").await;
    for operation in Operation::all(&test.document()).iter().filter(|o| o.method == Method::GET && o.is_read_by_people()) {
        let id = if operation.has_id() { world.id(operation.named()) } else { "" };
        let path = operation.address(id);
        let caller = world.caller(operation);
        let plain = caller.get(&path).await;
        owed(&plain, &path);
        let text = String::from_utf8_lossy(&plain.bytes);
        assert_eq!(plain.status, 200, "{path}: {text}");
        assert!(!text.contains("$argon2") && !text.contains("hash\"") && !text.contains("secret\""), "{path} tells a secret: {text}");
        let short = caller.get(path.strip_prefix("/api").unwrap()).await;
        assert_eq!((short.status, &short.headers["content-type"]), (plain.status, &plain.headers["content-type"]), "{path}");
        let head = caller.call(Method::HEAD, &path, &[], None).await;
        assert_eq!((head.status, head.bytes.len()), (plain.status, 0), "HEAD {path}");
        owed(&head, &path);
        let zipped = caller.call(Method::GET, &path, &[("accept-encoding", "gzip")], None).await;
        let bytes = if zipped.headers.get("content-encoding").is_some_and(|e| e == "gzip") {
            let mut bytes = vec![];
            flate2::read::GzDecoder::new(&zipped.bytes[..]).read_to_end(&mut bytes).unwrap();
            bytes
        } else {
            assert!(plain.bytes.len() < 200 || plain.headers["content-type"] == "application/pdf", "{path}: not compressed");
            zipped.bytes
        };
        // A receipt bears the moment of its making, and other tests make people and entries of catalogues, too.
        let shared = operation.is_for_operators() || path == "/api/v1/public/reference";
        if plain.headers["content-type"] != "application/pdf" && !shared {
            assert!(
                short.bytes == plain.bytes && bytes == plain.bytes,
                "{path}: {} is not {}",
                String::from_utf8_lossy(&bytes),
                String::from_utf8_lossy(&plain.bytes)
            );
        }
    }
    for path in ["/", "/health", "/healthz", "/ready", "/metrics", "/openapi.json", "/docs/", "/redoc", "/docs/problems"] {
        let answer = test.nobody().get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        owed(&answer, path);
    }
}

#[tokio::test]
async fn a_request_keeps_its_own_name() {
    let test = TestApp::start().await;
    let named = async |id: &str| {
        let answer = test.nobody().call(Method::GET, "/api/v1/nothing", &[("x-request-id", id)], None).await;
        answer.headers["x-request-id"].to_str().unwrap().to_owned()
    };
    let longest = "x".repeat(64);
    for fit in ["checkout-42", "A_b-1234", &longest] {
        assert_eq!(named(fit).await, fit);
    }
    for unfit in ["short", "with space in it", "semi;colon-here", &"x".repeat(65), "ünicode-name"] {
        let given = named(unfit).await;
        assert!(given != unfit && (8..=64).contains(&given.len()), "{unfit} became {given}");
    }
}

#[tokio::test]
async fn a_change_says_which_version_it_was_made_on() {
    let test = TestApp::start().await;
    let world = World::build(&test, "Versions").await;
    for operation in Operation::all(&test.document()).iter().filter(|o| o.method == Method::PATCH) {
        let id = if operation.has_id() { world.thing(operation.named()).await } else { String::new() };
        let path = operation.address(&id);
        let body = world.body(operation).await;
        let caller = world.caller(operation);
        let change = async |headers: &[(&str, &str)]| caller.call(Method::PATCH, &path, headers, body.clone()).await;
        let etag = caller.get(&path).await.headers["etag"].to_str().unwrap().to_owned();
        problem(&change(&[]).await, 428, "if_match_required", &operation.name());
        for stale in ["\"999999\"", "\"0\"", "nonsense", ""] {
            problem(&change(&[("if-match", stale)]).await, 412, "version_conflict", &format!("{} with If-Match {stale}", operation.name()));
        }
        let changed = change(&[("if-match", &etag)]).await;
        assert_eq!(changed.status, 200, "{}: {}", operation.name(), changed.json());
        assert_ne!(changed.headers["etag"], etag.as_str());
        problem(&change(&[("if-match", &etag)]).await, 412, "version_conflict", "the second of two who edited the same version");
    }
}

#[tokio::test]
async fn the_same_intent_has_one_effect() {
    let test = TestApp::start().await;
    let world = World::build(&test, "Intents").await;
    let document = test.document();
    let keyed: Vec<Operation> = Operation::all(&document).into_iter().filter(|o| o.takes_header("idempotency-key")).collect();
    assert!(keyed.len() >= 4, "sales, refunds and shifts take a key");
    for operation in keyed {
        let (name, id) = (operation.name(), if operation.has_id() { world.thing(operation.named()).await } else { String::new() });
        let body = world.body(&operation).await.unwrap();
        let send = async |key: Option<&str>, body: &Value| {
            let headers: Vec<(&str, &str)> = key.map(|key| ("idempotency-key", key)).into_iter().collect();
            world.shop.call(Method::POST, &operation.address(&id), &headers, Some(body.clone())).await
        };
        problem(&send(None, &body).await, 400, "idempotency_key_required", &name);
        for unfit in ["short", "with a space in the middle", &"x".repeat(256)] {
            problem(&send(Some(unfit), &body).await, 400, "idempotency_key_invalid", &name);
        }
        let key = Uuid::new_v4().to_string();
        // Four at once: one acts, the others wait for its answer.
        let answers = futures::future::join_all((0..4).map(|_| send(Some(&key), &body))).await;
        let fresh: Vec<&Answer> =
            answers.iter().filter(|a| a.status.is_success() && !a.headers.contains_key("idempotent-replayed")).collect();
        assert_eq!(fresh.len(), 1, "{name}: {:?}", answers.iter().map(|a| (a.status, a.json())).collect::<Vec<_>>());
        for answer in answers.iter().filter(|a| a.status != 409) {
            assert_eq!(
                (answer.status, &answer.bytes, answer.headers.get("location")),
                (fresh[0].status, &fresh[0].bytes, fresh[0].headers.get("location")),
                "{name}"
            );
        }
        let replayed = send(Some(&key), &body).await;
        assert_eq!(
            (&replayed.bytes, &replayed.headers["idempotent-replayed"]),
            (&fresh[0].bytes, &HeaderValue::from_static("true")),
            "{name}"
        );
        let mut other = body.clone();
        let changed =
            ["/opening_float", "/counted_cash", "/lines/0/quantity", "/lines/0/received", "/quantity", "/amount", "/note", "/memo"]
                .iter()
                .find(|pointer| body.pointer(pointer).is_some());
        crate::support::operations::set(&mut other, changed.expect("a field to change"), json!("2"));
        problem(&send(Some(&key), &other).await, 422, "idempotency_key_reused", &name);
    }
}

/// A shop whose every list has more rows than a page; an import, a count and a contact, whose own lists are among them.
async fn shop_with_lists(test: &TestApp) -> (Shop<'_>, [String; 3]) {
    let shop = test.sign_up("Lists", "EC").await;
    // Equal names: what stands between two pages is decided by the id.
    shop.import("sku,name,price,cost,stock\nA,Same,1,1,19\nB,Same,1,1,9\nC,Same,1,1,9\nD,Other,1,1,9\nE,Same,1,1,9\n").await;
    let (register, _) = shop.opens_till("0").await;
    let product = shop.product("A").await;
    let stores = shop.get("/api/v1/stores").await.expect(200);
    let main = stores["data"][0]["warehouse_id"].clone();
    for _ in 0..4 {
        shop.sells(&register, &[(&product, "1")], &[("cash", "1.00")]).await.expect(201);
    }
    let mut contacts = vec![];
    for _ in 0..5 {
        let new = json!({ "kind": "person", "legal_name": "Same", "phones": ["+593991234567"] });
        contacts.push(shop.post("/api/v1/contacts", new).await.expect(201)["id"].as_str().unwrap().to_owned());
    }
    for _ in 0..5 {
        let sale = json!({ "register_id": register, "customer_id": contacts[0], "lines": [{ "product_id": product, "quantity": "1" }],
            "payments": [{ "method": "cash", "amount": "1.00" }] });
        shop.post("/api/v1/pos/sales", sale).await.expect(201);
    }
    let wrong = shop.import("sku,name,price\n,No SKU,1\nG,No price,\nH,,1\nI,Good,1\nJ,Bad price,x\nK,Bad price,-1\n").await;
    for _ in 0..4 {
        shop.hires("seller").await;
        shop.logs_in().await;
    }
    for i in 0..5 {
        shop.post("/api/v1/invitations", json!({ "email": new_email(), "role": "viewer" })).await.expect(201);
        shop.post("/api/v1/api-keys", json!({ "name": format!("{i}"), "scopes": ["pos:read"] })).await.expect(201);
    }
    let tax = shop.get("/api/v1/taxes").await.expect(200)["data"][0]["id"].clone();
    let milk = json!({ "sku": "MILK", "name": "Same", "price": "1", "tax_id": tax, "unit": "C62", "is_lot_tracked": true });
    let milk = shop.post("/api/v1/products", milk).await.expect(201);
    for i in 0..5 {
        shop.post("/api/v1/stores", json!({ "code": format!("S{i}"), "name": "Store" })).await.expect(201);
        shop.post("/api/v1/categories", json!({ "name": format!("{i}") })).await.expect(201);
        let other = shop.post("/api/v1/warehouses", json!({ "code": format!("W{i}"), "name": "Other" })).await.expect(201);
        let line = json!({ "product_id": product, "direction": "in", "quantity": "9" });
        let new = json!({ "kind": "adjustment", "warehouse_id": main, "reason": "Lists", "lines": [line] });
        shop.post("/api/v1/stock/adjustments", new).await.expect(201);
        let line = json!({ "product_id": milk["id"], "direction": "in", "quantity": "1", "unit_cost": "1.00",
            "lots": [{ "code": format!("{i}"), "quantity": "1" }] });
        let new = json!({ "kind": "receipt", "warehouse_id": main, "reason": "Lists", "lines": [line] });
        let receipt = shop.post("/api/v1/stock/adjustments", new).await.expect(201);
        let new = json!({ "description": "Lists", "basis": "equal", "amount": "1.00", "receipts": [receipt["id"]] });
        shop.post("/api/v1/stock/landed-costs", new).await.expect(201);
        let line = json!({ "product_id": product, "quantity": "1" });
        let new = json!({ "from_id": main, "to_id": other["id"], "lines": [line] });
        shop.post("/api/v1/stock/transfers", new).await.expect(201);
        let rule = json!({ "product_id": product, "warehouse_id": other["id"], "min_stock": "90", "max_stock": "100" });
        shop.post("/api/v1/stock/rules", rule).await.expect(201);
        let line = json!({ "product_id": product, "warehouse_id": other["id"] });
        shop.post("/api/v1/purchase-proposals", json!({ "note": "Lists", "lines": [line] })).await.expect(201);
        let supplier =
            json!({ "kind": "company", "legal_name": format!("Supplier {i}"), "roles": ["supplier"], "phones": ["+593991234567"] });
        let supplier = shop.post("/api/v1/contacts", supplier).await.expect(201);
        let offer = json!({ "product_id": product, "supplier_id": supplier["id"], "prices": [{ "price": "1" }] });
        shop.post("/api/v1/product-suppliers", offer).await.expect(201);
        let two = json!({ "contact_id": supplier["id"], "other_id": contacts[0] });
        shop.post("/api/v1/contacts/duplicates/dismiss", two).await.expect(200);
        let new = json!({ "warehouse_id": main, "product_id": product, "quantity": "1" });
        shop.post("/api/v1/stock/reservations", new).await.expect(201);
        shop.post("/api/v1/stock/counts", json!({ "warehouse_id": main })).await.expect(201);
        shop.post("/api/v1/units", json!({ "code": format!("U{i}"), "name": "Unit", "decimals": 0 })).await.expect(201);
        let conversion = json!({ "from_unit": format!("U{i}"), "to_unit": "C62", "factor": "6" });
        shop.post("/api/v1/unit-conversions", conversion).await.expect(201);
        shop.post("/api/v1/attributes", json!({ "name": format!("{i}"), "values": ["X"] })).await.expect(201);
        let options = json!([{ "name": "X", "price": "1.00" }]);
        shop.post("/api/v1/modifier-groups", json!({ "name": "Same", "options": options })).await.expect(201);
        let list = shop.post("/api/v1/price-lists", json!({ "code": format!("L{i}"), "name": "List" })).await.expect(201);
        let path = format!("/api/v1/price-lists/{}/rules", list["id"].as_str().unwrap());
        shop.post(&path, json!({ "target": "all", "kind": "percent", "percent": "10" })).await.expect(201);
        shop.post("/api/v1/pos/registers", json!({ "code": format!("R{i}"), "name": "Till" })).await.expect(201);
        shop.brings("document", &format!("{i}.txt"), b"text").await.expect(201);
        keeps_books(&shop, i).await;
    }
    let operator = test.operator().await;
    let path = format!("/api/v1/admin/companies/{}/support-access", shop.company().await);
    for _ in 0..5 {
        operator.post(&path, json!({ "reason": "Lists are to be walked", "minutes": 60 })).await.expect(201);
    }
    let plan = json!({ "code": uuid::Uuid::now_v7().simple().to_string(), "name": "Lists", "currency": "USD", "monthly_price": "1.00",
        "annual_price": "10.00", "modules": ["*"] });
    let plan = operator.post("/api/v1/admin/plans", plan).await.expect(201);
    for _ in 0..5 {
        let new = json!({ "company_id": shop.company().await, "plan_id": plan["id"], "period": "monthly" });
        operator.post("/api/v1/admin/subscriptions", new).await.expect(201);
    }
    let counts = shop.get("/api/v1/stock/counts").await.expect(200);
    let id = |thing: &Value| thing["id"].as_str().unwrap().to_owned();
    (shop, [id(&wrong), id(&counts["data"][0]), contacts.swap_remove(0)])
}

/// One more of everything that the books list: an entry, a draft, a cost centre, what recurs and what is spread over time.
async fn keeps_books(shop: &Shop<'_>, i: usize) {
    let code = format!("{i}");
    shop.post("/api/v1/accounting/cost-centres", json!({ "code": code, "name": "Same" })).await.expect(201);
    let new = json!({ "code": format!("999{i}"), "name": "Same", "type": "expense" });
    let account = shop.post("/api/v1/accounting/accounts", new).await.expect(201)["id"].clone();
    let lines = json!([{ "account_id": account, "debit": "1.00" }, { "account_id": account, "credit": "1.00" }]);
    for post in [true, false] {
        let new = json!({ "date": "2026-01-01", "post": post, "lines": lines });
        shop.post("/api/v1/accounting/entries", new).await.expect(201);
    }
    let new = json!({ "name": "Same", "frequency": "monthly", "start_date": "2026-01-01", "lines": lines });
    shop.post("/api/v1/accounting/recurring-entries", new).await.expect(201);
    let new = json!({ "name": "Same", "kind": "income", "into_account_id": account, "amount": "1.00", "start_date": "2026-01-01",
        "end_date": "2026-01-31" });
    shop.post("/api/v1/accounting/deferrals", new).await.expect(201);
}

#[tokio::test]
async fn a_list_is_walked_once_from_end_to_end() {
    let test = TestApp::start().await;
    let (shop, [batch, count, contact]) = shop_with_lists(&test).await;
    let (neighbour, _) = shop_with_lists(&test).await;
    let document = test.document();
    let lists: Vec<String> = Operation::all(&document)
        .iter()
        // Lists of operators hold what other tests make meanwhile.
        .filter(|o| o.parameters().any(|p| p["name"] == "cursor") && !o.is_for_operators())
        .map(|o| match o.has_id().then(|| o.named()) {
            Some("count") => o.address(&count),
            Some("contact") => o.address(&contact),
            _ => o.address(&batch),
        })
        .collect();
    assert!(lists.len() >= 4);
    let mut cursors = vec![];
    for path in &lists {
        for limit in ["0", "201", "-1", "x", "", "1.5", "99999999999999999999"] {
            problem(&shop.get(&format!("{path}?limit={limit}")).await, 400, "invalid_query", &format!("{path}?limit={limit}"));
        }
        problem(&shop.get(&format!("{path}?limit=1&limit=2")).await, 400, "invalid_query", "said twice");
        for cursor in ["x", "", "W10", "e30", "%F0%9F%98%80"] {
            problem(&shop.get(&format!("{path}?cursor={cursor}")).await, 400, "invalid_cursor", &format!("{path}?cursor={cursor}"));
        }
        let (mut whole, mut after) = (vec![], String::new());
        loop {
            let page = shop.get(&format!("{path}?limit=200{after}")).await.expect(200);
            whole.extend(page["data"].as_array().unwrap().iter().cloned());
            let next = page["page"]["next_cursor"].as_str();
            assert_eq!(page["page"]["has_more"], next.is_some(), "{path}");
            let Some(next) = next else { break };
            after = format!("&cursor={next}");
        }
        assert!(whole.len() >= 5, "{path}: too few rows to walk: let shop_with_lists make some");
        let (mut walked, mut cursor) = (vec![], String::new());
        loop {
            let page = shop.get(&format!("{path}?limit=2{cursor}")).await.expect(200);
            walked.extend(page["data"].as_array().unwrap().clone());
            let Some(next) = page["page"]["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
            cursors.push((path, next.to_owned()));
            assert!(walked.len() <= whole.len(), "{path}: the walk does not end");
        }
        assert_eq!(walked, whole, "{path}: each row once, in the same order");
    }
    for (of, cursor) in &cursors {
        for path in lists.iter().filter(|path| path != of) {
            problem(&shop.get(&format!("{path}?cursor={cursor}")).await, 400, "invalid_cursor", &format!("{path} with a cursor of {of}"));
        }
        // Another company's cursor shows nothing of that company.
        if ![&batch, &count, &contact].iter().any(|id| of.contains(id.as_str())) {
            let page = neighbour.get(&format!("{of}?cursor={cursor}&limit=200")).await;
            let ours = shop.get(&format!("{of}?limit=200")).await.expect(200);
            for row in page.json()["data"].as_array().into_iter().flatten() {
                assert!(!ours["data"].as_array().unwrap().contains(row), "{of}: a neighbour's cursor shows our row");
            }
        }
    }
}

#[tokio::test]
async fn browsers_of_other_origins_are_kept_out() {
    let test = TestApp::start().await;
    let asked = async |origin: &str| {
        let preflight =
            [("origin", origin), ("access-control-request-method", "POST"), ("access-control-request-headers", "authorization")];
        let preflight = test.nobody().call(Method::OPTIONS, "/api/v1/products", &preflight, None).await;
        let simple = test.nobody().call(Method::GET, "/health", &[("origin", origin)], None).await;
        [preflight, simple]
    };
    for answer in asked("https://shop.example").await {
        assert_eq!(answer.headers["access-control-allow-origin"], "https://shop.example");
        assert_eq!(answer.headers["access-control-allow-credentials"], "true");
        assert!(answer.headers["vary"].to_str().unwrap().contains("origin"), "a cache must not mix origins");
    }
    for foreign in ["https://evil.example", "null", "https://shop.example.evil.example", "http://shop.example"] {
        for answer in asked(foreign).await {
            assert!(!answer.headers.contains_key("access-control-allow-origin"), "{foreign}");
        }
    }
}

/// A session by cookie can be used by any page that the browser shows: unsafe methods say where they come from.
#[tokio::test]
async fn a_cookie_alone_changes_nothing() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Cookies", "EC").await;
    let cookie = format!("access_token={}", shop.token);
    let new = async |origin: &[(&str, &str)]| {
        let headers: Vec<(&str, &str)> = [("cookie", cookie.as_str())].iter().chain(origin).copied().collect();
        let sku = Uuid::now_v7().to_string();
        test.nobody().call(Method::POST, "/api/v1/products", &headers, Some(json!({ "sku": sku, "name": "X", "price": "1" }))).await
    };
    for from in [
        &[][..],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
    ] {
        problem(&new(from).await, 403, "cross_site_request", &format!("{from:?}"));
    }
    for from in [&[("origin", "https://test")][..], &[("sec-fetch-site", "same-origin")]] {
        new(from).await.expect(201);
    }
}

#[tokio::test]
async fn only_named_hosts_are_answered_for() {
    let test = TestApp::with(|config| config.trusted_hosts = vec!["erp.example".into()]).await;
    let asked = async |host: &str| test.send(Request::get("/health").header("host", host).body(Body::empty()).unwrap()).await;
    for ours in ["erp.example", "erp.example:8000"] {
        assert_eq!(asked(ours).await.status, 200, "{ours}");
    }
    for other in ["evil.example", "erp.example.evil.example", "evil.example:80", ""] {
        problem(&asked(other).await, 400, "unknown_host", other);
    }
}

/// A body whose reading panics makes the handler panic.
#[tokio::test]
async fn a_panic_is_one_request_s_fault() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Panic", "EC").await;
    let bomb = futures::stream::poll_fn(|_| -> std::task::Poll<Option<Result<Vec<u8>, std::io::Error>>> { panic!("secret of the server") });
    let request = Request::post("/api/v1/products")
        .header("authorization", format!("Bearer {}", shop.token))
        .header("content-type", "application/json")
        .body(Body::from_stream(bomb))
        .unwrap();
    let answer = test.send(request).await;
    problem(&answer, 500, "internal_error", "a panic");
    assert!(!String::from_utf8_lossy(&answer.bytes).contains("secret"), "a panic's text stays in the log");
    assert_eq!(shop.get("/api/v1/company").await.status, StatusCode::OK);
}
