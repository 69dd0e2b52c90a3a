//! What lets a request in, and what does not: tokens, their renewal, the end of sessions, API keys.

use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Utc;
use hmac::{Hmac, KeyInit, Mac};
use http::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::support::{Answer, PASSWORD, SECRET, Shop, TestApp, operations::Operation, token};

fn code(answer: &Value) -> &str {
    answer["code"].as_str().unwrap_or_else(|| panic!("no code: {answer}"))
}

fn as_text(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn payload(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// The key that a server with this secret signs with.
fn key_of(secret: &str) -> Ed25519KeyPair {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(b"balanza access tokens, Ed25519");
    Ed25519KeyPair::from_seed_unchecked(&mac.finalize().into_bytes()).unwrap()
}

fn kid(key: &Ed25519KeyPair) -> String {
    hex::encode(&Sha256::digest(key.public_key())[..8])
}

fn signed(key: &Ed25519KeyPair, header: &Value, claims: &Value) -> String {
    let text = format!("{}.{}", as_text(header), as_text(claims));
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(key.sign(text.as_bytes())))
}

fn by_hmac(secret: &[u8], header: &Value, claims: &Value) -> String {
    let text = format!("{}.{}", as_text(header), as_text(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

async fn company(test: &TestApp, token: &str) -> Answer {
    Shop { test, token: token.into(), email: String::new() }.get("/api/v1/company").await
}

/// A session is remembered for a second.
async fn a_second_passes() {
    tokio::time::sleep(Duration::from_secs(1)).await;
}

#[tokio::test]
async fn forged_tokens_are_worth_nothing() {
    let test = TestApp::start().await;
    let (shop, neighbour) = (test.sign_up("Tokens", "EC").await, test.sign_up("Others", "EC").await);
    let (key, other) = (key_of(SECRET), key_of("somebody else's secret"));
    let header = json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": kid(&key) });
    let claims = payload(&shop.token);
    // What is signed so is let in: so whatever is refused below is refused for what is said about it.
    company(&test, &signed(&key, &header, &claims)).await.expect(200);

    let with = |of: &Value, name: &str, value: Value| {
        let mut changed = of.clone();
        changed[name] = value;
        changed
    };
    let without = |of: &Value, name: &str| {
        let mut changed = of.clone();
        changed.as_object_mut().unwrap().remove(name);
        changed
    };
    let now = Utc::now().timestamp();
    let mut forged: Vec<(String, String)> = vec![
        ("alg none".into(), format!("{}.{}.", as_text(&with(&header, "alg", json!("none"))), as_text(&claims))),
        ("HS256 by the public key".into(), by_hmac(key.public_key().as_ref(), &with(&header, "alg", json!("HS256")), &claims)),
        ("HS256 by the secret".into(), by_hmac(SECRET.as_bytes(), &with(&header, "alg", json!("HS256")), &claims)),
        ("another key with our kid".into(), signed(&other, &header, &claims)),
        ("another key with its own kid".into(), signed(&other, &with(&header, "kid", json!(kid(&other))), &claims)),
        ("no kid".into(), signed(&key, &without(&header, "kid"), &claims)),
        ("another type".into(), signed(&key, &with(&header, "typ", json!("JWT")), &claims)),
        ("no type".into(), signed(&key, &without(&header, "typ"), &claims)),
        ("an unknown claim".into(), signed(&key, &header, &with(&claims, "admin", json!(true)))),
        ("no expiry".into(), signed(&key, &header, &without(&claims, "exp"))),
        ("the past".into(), signed(&key, &header, &with(&claims, "exp", json!(now - 1)))),
        ("the future".into(), signed(&key, &header, &with(&claims, "nbf", json!(now + 3600)))),
        ("another audience".into(), signed(&key, &header, &with(&claims, "aud", json!("other")))),
        ("another issuer".into(), signed(&key, &header, &with(&claims, "iss", json!("other")))),
        ("another person".into(), signed(&key, &header, &with(&claims, "sub", payload(&neighbour.token)["sub"].clone()))),
        ("another company".into(), signed(&key, &header, &with(&claims, "tenant_id", payload(&neighbour.token)["tenant_id"].clone()))),
        ("a challenge".into(), signed(&key, &header, &with(&claims, "type", json!("challenge")))),
        ("cut short".into(), shop.token[..shop.token.len() - 2].to_owned()),
        ("changed".into(), shop.token.replacen('.', ".e", 1)),
        ("nonsense".into(), "a.b.c".into()),
        ("nothing but dots".into(), "..".into()),
    ];
    for name in ["jku", "x5u"] {
        forged.push((name.into(), signed(&key, &with(&header, name, json!("https://evil.example/keys")), &claims)));
    }
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(other.public_key()) });
    forged.push(("jwk".into(), signed(&other, &with(&header, "jwk", jwk), &claims)));
    for (what, forged) in forged {
        let refused = company(&test, &forged).await;
        assert!(refused.headers.contains_key("www-authenticate"), "{what}");
        assert_eq!(code(&refused.expect(401)), "invalid_token", "{what}");
    }
    // The role in a token is for show: what somebody may do is read where it is kept.
    let seller = shop.hires("seller").await;
    let promoted = signed(&key, &header, &with(&payload(&seller.token), "role", json!("owner")));
    let promoted = Shop { test: &test, token: promoted, email: String::new() };
    assert_eq!(promoted.post("/api/v1/products", json!({})).await.status, 403);
}

/// The first of two factors opens nothing but the second step.
#[tokio::test]
async fn a_challenge_is_no_token() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Challenge", "EC").await;
    shop.sets_up_app().await;
    let login = json!({ "email": shop.email, "password": PASSWORD });
    let asked = test.nobody().post("/api/v1/auth/login", login).await.expect(202);
    let challenge = asked["challenge_token"].as_str().unwrap().to_owned();
    let bearer = Shop { test: &test, token: challenge, email: String::new() };
    for operation in Operation::all(&test.document()).iter().filter(|o| !o.is_public()) {
        let path = operation.path.replace("{id}", &Uuid::now_v7().to_string());
        let refused = bearer.call(operation.method.clone(), &path, &[], None).await;
        assert_eq!(code(&refused.expect(401)), "invalid_token", "{}", operation.name());
    }
    let step = json!({ "challenge_token": shop.token, "code": "123456" });
    let refused = test.nobody().post("/api/v1/auth/login/otp", step).await.expect(401);
    assert_eq!(code(&refused), "invalid_challenge", "nor is a token a challenge");
}

#[tokio::test]
async fn keys_change_and_nobody_is_signed_out() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Keys", "EC").await;
    let login = json!({ "email": shop.email, "password": PASSWORD });
    let tokens = test.nobody().post("/api/v1/auth/login", login).await.expect(200);
    let new = "the next key of a test, of no value either";
    let both = test.another(|config| {
        config.jwt_secret_key = new.into();
        config.jwt_previous_secret_keys = vec![SECRET.into()];
    });
    let both = both.await;
    company(&both, &token(&tokens)).await.expect(200);
    let refreshed = both.nobody().post("/api/v1/auth/refresh", json!({ "refresh_token": tokens["refresh_token"] })).await.expect(200);
    let header = token(&refreshed).split('.').next().unwrap().to_owned();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    assert_eq!((&header["kid"], &header["alg"], &header["typ"]), (&json!(kid(&key_of(new))), &json!("EdDSA"), &json!("at+jwt")));
    company(&both, &token(&refreshed)).await.expect(200);
    let later = test.another(|config| config.jwt_secret_key = new.into()).await;
    company(&later, &token(&refreshed)).await.expect(200);
    assert_eq!(company(&later, &token(&tokens)).await.status, 401, "the former key has gone");
}

async fn refresh(test: &TestApp, tokens: &Value) -> Answer {
    test.nobody().post("/api/v1/auth/refresh", json!({ "refresh_token": tokens["refresh_token"] })).await
}

async fn signs_in(shop: &Shop<'_>) -> Value {
    let login = json!({ "email": shop.email, "password": PASSWORD });
    shop.test.nobody().post("/api/v1/auth/login", login).await.expect(200)
}

#[tokio::test]
async fn a_lost_answer_signs_nobody_out_and_a_stolen_token_does() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Refresh", "EC").await;
    // The answer got lost: the same token brings another pair, and what was lost is dead.
    let first = signs_in(&shop).await;
    let lost = refresh(&test, &first).await.expect(200);
    let second = refresh(&test, &first).await.expect(200);
    assert_eq!(refresh(&test, &lost).await.status, 401);
    let third = refresh(&test, &second).await.expect(200);
    // The new access token was used, so the answer did arrive: whoever has the old token has stolen it.
    company(&test, &token(&third)).await.expect(200);
    assert_eq!(refresh(&test, &second).await.status, 401);
    assert_eq!(company(&test, &token(&third)).await.status, 401, "the whole family has ended");
    assert_eq!(refresh(&test, &third).await.status, 401);
    test.letter(&shop.email, "token_replayed").await;
    let activity = shop.get("/api/v1/account/activity").await.expect(200);
    assert_eq!(activity["data"][0]["kind"], "token_replayed");

    // Twenty at once: one branch lives on.
    let racing = signs_in(&shop).await;
    let answers = futures::future::join_all((0..20).map(|_| refresh(&test, &racing))).await;
    let mut live = 0;
    for answer in answers.into_iter().filter(|answer| answer.status == 200) {
        live += i32::from(refresh(&test, &answer.json()).await.status == 200);
    }
    assert_eq!(live, 1);
    let mut superuser = test.superuser().await;
    let plain: i64 = sqlx::query_scalar("select count(*) from refresh_token where hash = convert_to($1, 'UTF8')")
        .bind(racing["refresh_token"].as_str().unwrap())
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    assert_eq!(plain, 0, "only a hash is kept");
}

#[tokio::test]
async fn a_session_ends_when_idle_and_when_old() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Ends", "EC").await;
    let mut superuser = test.superuser().await;
    for (what, late) in [
        ("idle", "update session set last_seen_at = now() - interval '60 minutes' where id = $1"),
        ("old", "update session set expires_at = now() where id = $1"),
    ] {
        let tokens = signs_in(&shop).await;
        company(&test, &token(&tokens)).await.expect(200);
        let session: Uuid = payload(&token(&tokens))["sid"].as_str().unwrap().parse().unwrap();
        sqlx::query(late).bind(session).execute(&mut superuser).await.unwrap();
        a_second_passes().await;
        assert_eq!(company(&test, &token(&tokens)).await.status, 401, "{what}");
        assert_eq!(refresh(&test, &tokens).await.status, 401, "{what}");
    }
}

#[tokio::test]
async fn somebody_sees_and_ends_their_sessions() {
    let test = TestApp::with(|config| config.max_active_sessions = 3).await;
    let shop = test.person().await;
    let second = shop.logs_in().await;
    let third = shop.logs_in().await;
    let fourth = shop.logs_in().await;
    assert_eq!(shop.get("/api/v1/auth/me").await.status, 401, "the oldest gave way");
    let me = Shop { test: &test, token: fourth, email: shop.email.clone() };
    let sessions = me.get("/api/v1/auth/sessions").await.expect(200)["data"].as_array().unwrap().clone();
    assert_eq!(sessions.len(), 3);
    let current: Vec<&Value> = sessions.iter().filter(|s| s["current"] == true).collect();
    assert_eq!((current.len(), &current[0]["id"]), (1, &payload(&me.token)["sid"]));
    let path = |token: &str| format!("/api/v1/auth/sessions/{}", payload(token)["sid"].as_str().unwrap());
    me.delete(&path(&second)).await.expect(204);
    me.delete(&path(&second)).await.expect(404);
    assert_eq!(Shop { test: &test, token: second, email: String::new() }.get("/api/v1/auth/me").await.status, 401);
    let neighbour = test.person().await;
    neighbour.delete(&path(&third)).await.expect(404);
    me.delete("/api/v1/auth/sessions").await.expect(204);
    assert_eq!(Shop { test: &test, token: third, email: String::new() }.get("/api/v1/auth/me").await.status, 401);
    me.get("/api/v1/auth/me").await.expect(200);
    let out = me.post("/api/v1/auth/logout", Value::Null).await;
    assert_eq!(out.headers["clear-site-data"], "\"cookies\", \"storage\"");
    out.expect(204);
    assert_eq!(me.get("/api/v1/auth/me").await.status, 401);
}

/// Somebody else's passkey is like none.
#[tokio::test]
async fn a_passkey_is_its_person_s_own() {
    let test = TestApp::start().await;
    let (one, other) = (test.person().await, test.person().await);
    let id = Uuid::now_v7();
    sqlx::query(
        "insert into passkey (id, person_id, name, credential_id, credential, created_at)
         select $1, id, 'Key', $2, '{}', now() from person where email = $3",
    )
    .bind(id)
    .bind(id.as_bytes().to_vec())
    .bind(&one.email)
    .execute(&mut test.superuser().await)
    .await
    .unwrap();
    other.delete(&format!("/api/v1/auth/passkeys/{id}")).await.expect(404);
    one.delete(&format!("/api/v1/auth/passkeys/{id}")).await.expect(204);
}

/// A program's request.
async fn program(test: &TestApp, method: Method, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
    test.nobody().call(method, path, headers, body).await
}

async fn alters(superuser: &mut PgConnection, statement: &'static str, id: &Value) {
    sqlx::query(statement).bind(id.as_str().unwrap().parse::<Uuid>().unwrap()).execute(superuser).await.unwrap();
    a_second_passes().await;
}

#[tokio::test]
async fn a_key_opens_what_it_was_made_for() {
    let test = TestApp::with(|config| config.trusted_proxies = vec![std::net::IpAddr::from([127, 0, 0, 1])]).await;
    let shop = test.sign_up("Key", "EC").await;
    let mut superuser = test.superuser().await;
    let new = json!({ "name": "Web shop", "scopes": ["catalogue:read", "catalogue:write"] });
    let told = shop.post("/api/v1/api-keys", new).await.expect(201);
    test.letter(&shop.email, "api_key_made").await;
    let (key, id) = (told["key"].as_str().unwrap().to_owned(), told["id"].clone());
    assert!(key.starts_with(told["prefix"].as_str().unwrap()) && key.starts_with("blz_") && key.len() >= 4 + 8 + 1 + 43, "256 bits");
    let path = format!("/api/v1/api-keys/{}", id.as_str().unwrap());
    let secret = key.rsplit('_').next().unwrap();
    for answer in [shop.get(&path).await, shop.get("/api/v1/api-keys").await] {
        assert!(!String::from_utf8_lossy(&answer.bytes).contains(secret), "told once");
    }
    let row: String = sqlx::query_scalar("select k::text from api_key k where id = $1")
        .bind(id.as_str().unwrap().parse::<Uuid>().unwrap())
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    assert!(!row.contains(secret) && row.contains(&hex::encode(Sha256::digest(&key))), "kept as a hash");

    let with_key = [("x-api-key", key.as_str())];
    let reads = async |headers: &[(&str, &str)]| program(&test, Method::GET, "/api/v1/products", headers, None).await;
    reads(&with_key).await.expect(200);
    let product = json!({ "sku": "BY-KEY", "name": "By a key", "price": "1.00" });
    program(&test, Method::POST, "/api/v1/products", &with_key, Some(product)).await.expect(201);
    let deed = shop.get(&format!("/api/v1/audit?actor_id={}", id.as_str().unwrap())).await.expect(200);
    assert_eq!(deed["data"][0]["entity"], "product", "in the log by its id");
    let beyond = program(&test, Method::GET, "/api/v1/accounting/trial-balance", &with_key, None).await;
    assert_eq!(code(&beyond.expect(403)), "permission_denied");
    assert!(shop.get(&path).await.expect(200)["last_used_at"].is_string());

    // Never anywhere else than in its header, nor beside a person.
    for query in ["api_key", "x-api-key", "key", "access_token"] {
        let refused = program(&test, Method::GET, &format!("/api/v1/products?{query}={key}"), &[], None).await;
        assert_eq!(code(&refused.expect(401)), "authentication_required", "{query}");
    }
    assert_eq!(company(&test, &key).await.status, 401, "as a bearer token");
    let bearer = format!("Bearer {}", shop.token);
    assert_eq!(reads(&[("x-api-key", &key), ("authorization", &bearer)]).await.status, 401, "both at once");
    assert_eq!(reads(&[("x-api-key", &shop.token)]).await.status, 401, "a token is no key");
    assert_eq!(reads(&[("x-api-key", &key[..key.len() - 1])]).await.status, 401);

    // Rotated: the former is good for the hours of grace.
    let rotated = shop.post(&format!("{path}/rotate"), json!({ "grace_hours": 2 })).await.expect(200);
    let next = [("x-api-key", rotated["key"].as_str().unwrap())];
    reads(&with_key).await.expect(200);
    reads(&next).await.expect(200);
    alters(&mut superuser, "update api_key set previous_until = now() where id = $1", &id).await;
    assert_eq!(reads(&with_key).await.status, 401);
    reads(&next).await.expect(200);

    // From its own network only.
    shop.patch(&path, json!({ "networks": ["203.0.113.0/24", "2001:db8::1"] })).await.expect(200);
    let from = async |address: &str| reads(&[next[0], ("x-forwarded-for", address)]).await.status.as_u16();
    assert_eq!((from("203.0.113.9").await, from("198.51.100.9").await, from("2001:db8::1").await), (200, 401, 200));
    let wrong = shop.patch(&path, json!({ "networks": ["203.0.113.0/24", "nonsense"] })).await.expect(422);
    assert_eq!(wrong["errors"][0]["pointer"], "/networks/1");
    shop.patch(&path, json!({ "networks": [], "name": "Shop" })).await.expect(200);

    // Expired, and revoked.
    alters(&mut superuser, "update api_key set expires_at = now() where id = $1", &id).await;
    assert_eq!(reads(&next).await.status, 401);
    shop.patch(&path, json!({ "expires_at": null })).await.expect(200);
    reads(&next).await.expect(200);
    shop.delete(&path).await.expect(204);
    shop.delete(&path).await.expect(204);
    assert_eq!(reads(&next).await.status, 401);
    let dead = shop.post(&format!("{path}/rotate"), json!({ "grace_hours": 0 })).await.expect(409);
    assert_eq!(code(&dead), "identity.key_revoked");
    let early = json!({ "name": "Old", "scopes": ["pos:read"], "expires_at": "2020-01-01T00:00:00Z" });
    assert_eq!(shop.post("/api/v1/api-keys", early).await.expect(422)["errors"][0]["code"], "in_the_past");
}

#[tokio::test]
async fn a_key_has_no_more_than_its_maker() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Makers", "EC").await;
    let role = json!({ "name": "Integrator", "permissions": ["api_keys:write", "pos:read"] });
    let role = shop.post("/api/v1/roles", role).await.expect(201);
    let maker = shop.hires_with(json!({ "role": "custom", "role_id": role["id"] })).await;
    let make = async |scopes: Value| maker.post("/api/v1/api-keys", json!({ "name": "Key", "scopes": scopes })).await;
    let error = |answer: Value| (answer["errors"][0]["pointer"].clone(), answer["errors"][0]["code"].clone());
    assert_eq!(error(make(json!(["pos:read", "pos:sell"])).await.expect(422)), (json!("/scopes/1"), json!("not_yours_to_give")));
    for people_only in ["members:write", "api_keys:write", "audit:read", "company:own", "nonsense"] {
        let refused = make(json!([people_only])).await.expect(422);
        assert_eq!(error(refused), (json!("/scopes/0"), json!("unknown_permission")), "{people_only}");
    }
    make(json!(["pos:read"])).await.expect(201);
}
