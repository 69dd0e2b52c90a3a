//! What all companies share: the places of the world, and the catalogues that operators keep.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, Shop, TestApp, new_email};

const COUNTRIES: &str = "/api/v1/public/location/countries";

fn code(answer: &Value) -> &str {
    answer["code"].as_str().unwrap_or_else(|| panic!("no code: {answer}"))
}

fn list<'a>(answer: &'a Value, member: &str) -> Vec<&'a str> {
    answer["data"].as_array().unwrap().iter().map(|row| row[member].as_str().unwrap()).collect()
}

#[tokio::test]
async fn countries_are_found_by_the_beginning_of_a_word() {
    let test = TestApp::start().await;
    let nobody = test.nobody();
    let find = async |query: &str| nobody.get(&format!("{COUNTRIES}?{query}")).await.expect(200);
    assert_eq!(find("limit=300").await["data"].as_array().unwrap().len(), 249);
    assert_eq!(find("").await["data"].as_array().unwrap().len(), 20);
    // Whole names before beginnings, beginnings before later words; in any language, with accents or without.
    assert_eq!(list(&find("q=niger&lang=en").await, "iso2"), ["NE", "NG"]);
    assert_eq!(list(&find("q=espana").await, "iso2"), ["ES"]);
    assert_eq!(list(&find("q=ESPAÑA").await, "iso2"), ["ES"]);
    assert_eq!(list(&find("q=alemanha&lang=en").await, "name"), ["Germany"]);
    assert_eq!(list(&find("q=guinea&lang=en").await, "iso2")[0], "GN");
    assert!(list(&find("q=guinea&lang=en").await, "iso2").contains(&"PG"));
    assert_eq!(list(&find("q=ec").await, "iso2")[0], "EC");
    assert!(list(&find("q=uador").await, "iso2").is_empty(), "the middle of a word is no beginning");
    assert!(list(&find("q=%20%27-").await, "iso2").len() == 20, "what has no letter is no text");
    let ecuador = json!({ "iso2": "EC", "iso3": "ECU", "numeric": "218", "name": "Equador", "calling_code": "+593", "currency": "USD",
                          "capital": "Quito", "continent": "SA", "population": 17_084_357 });
    assert_eq!(find("q=ecuador&lang=pt").await["data"][0], ecuador);

    let in_language = async |wish: &str| {
        let answer = nobody.call(Method::GET, &format!("{COUNTRIES}?q=brasil"), &[("accept-language", wish)], None).await.expect(200);
        list(&answer, "name")[0].to_owned()
    };
    for (wish, name) in
        [("en-GB", "Brazil"), ("pt-BR, en;q=0.5", "Brasil"), ("de, en;q=0.4, es;q=0.3", "Brazil"), ("ja", "Brasil"), ("é", "Brasil")]
    {
        assert_eq!(in_language(wish).await, name, "{wish}");
    }
    for wrong in ["limit=0", "limit=301", "limit=x", "lang=fr", "lang=", &format!("q={}", "x".repeat(101))] {
        assert_eq!(code(&nobody.get(&format!("{COUNTRIES}?{wrong}")).await.expect(400)), "invalid_query", "{wrong}");
    }
}

#[tokio::test]
async fn cities_are_found_in_their_country() {
    let test = TestApp::start().await;
    let nobody = test.nobody();
    let find = async |country: &str, query: &str| nobody.get(&format!("{COUNTRIES}/{country}/cities?{query}")).await.expect(200);
    // Without a text the largest.
    assert_eq!(list(&find("CO", "limit=2").await, "name"), ["Bogotá", "Cali"]);
    assert_eq!(list(&find("co", "q=bogota").await, "name")[0], "Bogotá");
    let sao = find("BR", "q=SAO%20PAULO").await;
    assert_eq!((list(&sao, "name")[0], list(&sao, "ascii_name")[0]), ("São Paulo", "Sao Paulo"));
    assert_eq!(list(&find("ES", "q=coruna").await, "name")[0], "A Coruña", "a later word");
    assert_eq!(list(&find("TR", "q=canakkale").await, "ascii_name")[0], "Canakkale");
    let cuenca = find("EC", "q=Cuenca&limit=1").await["data"][0].clone();
    assert_eq!((&cuenca["region"], &cuenca["time_zone"]), (&json!("Azuay"), &json!("America/Guayaquil")));
    assert!(cuenca["latitude"].as_str().unwrap().starts_with("-2.") && cuenca["longitude"].as_str().unwrap().starts_with("-7"));
    for unknown in ["XX", "ECU", "%20", "..", "%C3%91"] {
        assert_eq!(nobody.get(&format!("{COUNTRIES}/{unknown}/cities")).await.status, 404, "{unknown}");
    }
}

#[tokio::test]
async fn what_is_public_is_kept_by_caches_and_asked_for_at_a_limited_rate() {
    let test = TestApp::with(|config| config.rate_limit_enabled = true).await;
    let nobody = test.nobody();
    for (path, age) in [
        (format!("{COUNTRIES}?q=e"), "public, max-age=86400"),
        (format!("{COUNTRIES}/EC/cities"), "public, max-age=86400"),
        ("/api/v1/public/reference?kind=currency".to_owned(), "public, max-age=300"),
    ] {
        let first = nobody.get(&path).await;
        let etag = first.headers["etag"].to_str().unwrap().to_owned();
        assert!(etag.starts_with('"'), "a strong one");
        assert_eq!(first.headers["cache-control"], age);
        for known in [etag.clone(), format!("\"other\", W/{etag}"), "*".into()] {
            let again = nobody.call(Method::GET, &path, &[("if-none-match", &known)], None).await;
            assert_eq!((again.status.as_u16(), again.bytes.len(), again.headers["etag"].to_str().unwrap()), (304, 0, etag.as_str()));
        }
        let other = nobody.call(Method::GET, &path, &[("if-none-match", "\"other\""), ("accept-language", "en")], None).await;
        assert_eq!(other.status, 200);
    }
    let english = nobody.get(&format!("{COUNTRIES}?q=e&lang=en")).await;
    assert_ne!(english.headers["etag"], nobody.get(&format!("{COUNTRIES}?q=e")).await.headers["etag"]);
    let answers: Vec<Answer> = futures::future::join_all((0..300).map(|_| nobody.get("/api/v1/public/location/countries/AD/cities"))).await;
    let refused = answers.iter().find(|answer| answer.status == 429).expect("three hundred at once are too many");
    assert!(refused.headers["ratelimit-policy"].to_str().unwrap().starts_with("\"location\""));
    // Whoever is signed in works on.
    assert_eq!(nobody.get("/api/v1/company").await.status, 401);
}

async fn find(operator: &Shop<'_>, kind: &str, code: &str) -> Value {
    let page = operator.get(&format!("/api/v1/admin/reference-entries?kind={kind}&limit=200")).await.expect(200);
    let mut rows = page["data"].as_array().unwrap().clone();
    if let Some(cursor) = page["page"]["next_cursor"].as_str() {
        let next = operator.get(&format!("/api/v1/admin/reference-entries?kind={kind}&limit=200&cursor={cursor}")).await.expect(200);
        rows.extend(next["data"].as_array().unwrap().clone());
    }
    rows.into_iter().find(|row| row["code"] == code).unwrap_or_else(|| panic!("no {kind} {code}"))
}

#[tokio::test]
async fn catalogues_are_shipped_and_kept_by_operators() {
    let test = TestApp::alone(|_| {}).await;
    let (nobody, operator) = (test.nobody(), test.operator().await);
    let public = async |kind: &str| nobody.get(&format!("/api/v1/public/reference?kind={kind}")).await.expect(200);
    for (kind, least) in [
        ("sector", 15),
        ("business_type", 25),
        ("company_type", 20),
        ("country", 249),
        ("currency", 150),
        ("time_zone", 300),
        ("language", 20),
        ("unit", 40),
        ("identification_type", 30),
    ] {
        assert!(public(kind).await["data"].as_array().unwrap().len() >= least, "{kind}");
    }
    let all = nobody.get("/api/v1/public/reference").await.expect(200);
    let entry = |kind: &str, code: &str| {
        let found = all["data"].as_array().unwrap().iter().find(|row| row["kind"] == kind && row["code"] == code);
        found.unwrap_or_else(|| panic!("no {kind} {code}")).clone()
    };
    for (code, digits) in [("CLP", 0), ("COP", 2), ("KWD", 3)] {
        assert_eq!(entry("currency", code)["data"]["digits"], digits, "{code}");
    }
    assert_eq!(entry("unit", "KGM")["names"], json!({ "es": "kilogramo", "en": "kilogram", "pt": "quilograma" }));
    assert_eq!(entry("identification_type", "CO-NIT")["data"]["country"], "CO");
    assert_eq!(nobody.get("/api/v1/public/reference?kind=planet").await.status, 400);

    // One of the operators' own.
    let new = json!({ "kind": "sector", "code": "space", "names": { "es": "Espacio", "en": "Space", "pt": "Espaço" }, "position": 0 });
    let made = operator.post("/api/v1/admin/reference-entries", new.clone()).await.expect(201);
    assert_eq!(code(&operator.post("/api/v1/admin/reference-entries", new.clone()).await.expect(409)), "reference.code_taken");
    assert_eq!(list(&public("sector").await, "code")[0], "space");
    let path = format!("/api/v1/admin/reference-entries/{}", made["id"].as_str().unwrap());
    operator.patch(&path, json!({ "names": { "es": "Cosmos", "en": "Space", "pt": "Espaço" } })).await.expect(200);
    assert_eq!(public("sector").await["data"][0]["names"]["es"], "Cosmos");
    assert_eq!(operator.delete(&path).await.status, 204);
    assert_eq!(operator.delete(&path).await.status, 404);
    for (field, wrong) in
        [("code", json!("with space")), ("code", json!("")), ("position", json!(-1)), ("data", json!({ "x": "x".repeat(5000) }))]
    {
        let mut body = new.clone();
        body[field] = wrong;
        assert_eq!(operator.post("/api/v1/admin/reference-entries", body).await.status, 422, "{field}");
    }

    // One that was shipped is switched off, and a new version of the program leaves it so.
    let peru = find(&operator, "country", "PE").await;
    let path = format!("/api/v1/admin/reference-entries/{}", peru["id"].as_str().unwrap());
    assert_eq!(code(&operator.delete(&path).await.expect(409)), "reference.shipped");
    let names = json!({ "es": "El Perú", "en": "Peru", "pt": "Peru" });
    operator.patch(&path, json!({ "is_active": false, "names": names })).await.expect(200);
    balanza::reference::plant(&test.app.db).await.unwrap();
    let after = operator.get(&path).await.expect(200);
    assert_eq!((&after["is_active"], &after["names"], &after["version"]), (&json!(false), &names, &json!(2)));
    assert!(!list(&public("country").await, "code").contains(&"PE"));

    // Nobody registers a company there.
    let register = async |country: &str| {
        let company = json!({ "name": "Nueva", "country": country });
        let new = json!({ "email": new_email(), "name": "Sol Vega", "password": PASSWORD, "company": company });
        nobody.post("/api/v1/auth/register", new).await
    };
    for closed in ["PE", "XX"] {
        let refused = register(closed).await.expect(422);
        assert_eq!(
            (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
            (&json!("/company/country"), &json!("not_found_reference"))
        );
    }
    register("BO").await.expect(201);

    let log = operator.get("/api/v1/admin/log").await.expect(200);
    let acts = log["data"].as_array().unwrap().iter().filter(|act| act["entity"] == "reference_entry");
    assert_eq!(acts.map(|act| act["action"].as_str().unwrap()).collect::<Vec<_>>(), ["update", "delete", "update", "create"]);
}
