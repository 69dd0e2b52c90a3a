//! Coming in: registration and its mail, passwords and second factors, throttles that lock nobody out.

use balanza::config::Registration;
use serde_json::{Value, json};

use crate::support::{Answer, Authenticator, PASSWORD, Shop, TestApp, new_email, token};

fn code(answer: &Value) -> &str {
    answer["code"].as_str().unwrap_or_else(|| panic!("no code: {answer}"))
}

#[track_caller]
fn field(answer: &Value) -> (&str, &str) {
    let error = &answer["errors"][0];
    (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap_or_else(|| panic!("no field: {answer}")))
}

/// Without what differs from request to request.
fn bare(answer: &Answer) -> (u16, Value, Vec<String>) {
    let mut body = answer.json();
    if body.is_object() {
        body["request_id"] = Value::Null;
    }
    let mut headers: Vec<String> = answer.headers.keys().map(|name| name.as_str().to_owned()).collect();
    headers.sort();
    (answer.status.as_u16(), body, headers)
}

async fn logs_in(test: &TestApp, email: &str, password: &str) -> Answer {
    test.nobody().post("/api/v1/auth/login", json!({ "email": email, "password": password })).await
}

/// Signing in with a second factor on: as far as the challenge.
async fn challenge(shop: &Shop<'_>) -> Value {
    let asked = logs_in(shop.test, &shop.email, PASSWORD).await.expect(202);
    assert_eq!(asked["requires_otp"], true);
    asked
}

async fn second_step(shop: &Shop<'_>, challenge: &Value, code: &str) -> Answer {
    let body = json!({ "challenge_token": challenge["challenge_token"], "code": code });
    shop.test.nobody().post("/api/v1/auth/login/otp", body).await
}

/// Makes the proof of identity of somebody's sessions older than it may be. A session is remembered for a second.
async fn time_passes_since_proof(shop: &Shop<'_>) {
    let mut superuser = shop.test.superuser().await;
    let late = "update session set auth_time = auth_time - interval '5 minutes 1 second' where person_id = (select id from person where email = $1)";
    sqlx::query(late).bind(&shop.email).execute(&mut superuser).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
}

#[tokio::test]
async fn a_registration_is_confirmed_by_mail() {
    let test = TestApp::with(|config| config.registration = Registration::Verified).await;
    let email = new_email();
    let nobody = test.nobody();
    let new =
        json!({ "email": email.to_uppercase(), "name": "Sol Vega", "password": PASSWORD, "company": { "name": "Sol", "country": "EC" } });
    let asked = nobody.post("/api/v1/auth/register", new.clone()).await;
    assert_eq!(asked.json(), json!({ "status": "mailed" }));
    assert_eq!(asked.status, 202);
    assert_eq!(code(&logs_in(&test, &email, PASSWORD).await.expect(401)), "invalid_credentials", "not before the mailbox is theirs");
    let letter = test.letter(&email, "verify_registration").await;
    assert!(letter.text.contains("Sol Vega") && !letter.text.contains(PASSWORD), "{}", letter.text);
    let token = letter.token();
    let verify =
        async |token: &str, password: &str| nobody.post("/api/v1/auth/verify-email", json!({ "token": token, "password": password })).await;
    // Whoever reads the mail and has not registered gets nothing: the address cannot be taken for somebody else.
    assert_eq!(code(&verify(&token, "Not-her-password-1").await.expect(401)), "invalid_credentials");
    let tokens = verify(&token, PASSWORD).await.expect(201);
    assert_eq!(tokens["role"], "owner");
    let shop = Shop { test: &test, token: self::token(&tokens), email: email.clone() };
    assert!(shop.me().await["email_verified_at"].is_string());
    shop.post("/api/v1/company/onboarding", Value::Null).await.expect(200);
    assert_eq!(code(&verify(&token, PASSWORD).await.expect(422)), "identity.link_expired", "a link works once");

    // The address is known now; nobody is told so but its owner.
    let again = nobody.post("/api/v1/auth/register", new).await;
    let unknown = json!({ "email": new_email(), "name": "Sol Vega", "password": PASSWORD, "company": { "name": "Sol", "country": "EC" } });
    assert_eq!(bare(&again), bare(&nobody.post("/api/v1/auth/register", unknown).await));
    let letter = test.letter(&email, "verify_registration").await;
    assert!(letter.text.contains("/forgot-password") && !letter.text.contains("#token="), "{}", letter.text);

    let closed = test.another(|config| config.registration = Registration::Closed).await;
    let new = json!({ "email": new_email(), "name": "Ana", "password": PASSWORD });
    assert_eq!(code(&closed.nobody().post("/api/v1/auth/register", new).await.expect(403)), "identity.registration_closed");
}

/// Status, text, headers and the work done are the same whether an address is known or not.
#[tokio::test]
async fn nobody_learns_which_addresses_are_known() {
    let test = TestApp::start().await;
    let shop = test.person().await;
    let stranger = new_email();
    for path in ["login", "password/forgot"] {
        let ask = async |email: &str| {
            let body =
                if path == "login" { json!({ "email": email, "password": "Not-the-password-1" }) } else { json!({ "email": email }) };
            let answer = test.nobody().post(&format!("/api/v1/auth/{path}"), body).await;
            bare(&answer)
        };
        let (known, unknown) = (ask(&shop.email).await, ask(&stranger).await);
        assert_eq!(known, unknown, "{path}");
    }
    test.letter(&shop.email, "password_reset").await;
    let mut superuser = test.superuser().await;
    let dropped: i64 = sqlx::query_scalar("select count(*) from outgoing_mail where recipient = $1 and status = 'dropped'")
        .bind(&stranger)
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    assert_eq!(dropped, 1, "for a stranger as much was ordered, and nothing was sent");
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_once() {
    let test = TestApp::start().await;
    let shop = test.person().await;
    let (app, _) = shop.sets_up_app().await;
    let forgot = async || test.nobody().post("/api/v1/auth/password/forgot", json!({ "email": shop.email })).await.expect(202);
    let reset = async |token: &str, new: &str| {
        test.nobody().post("/api/v1/auth/password/reset", json!({ "token": token, "new_password": new })).await
    };
    forgot().await;
    let first = test.letter(&shop.email, "password_reset").await.token();
    forgot().await;
    let second = test.letter(&shop.email, "password_reset").await.token();
    assert_eq!(field(&reset(&second, "short").await.expect(422)), ("/new_password", "password_too_short"));
    reset(&second, "Otra-clave-mejor-77").await.expect(204);
    for dead in [&first, &second] {
        assert_eq!(code(&reset(dead, "Otra-clave-mejor-78").await.expect(422)), "identity.link_expired", "one letter, one use");
    }
    test.letter(&shop.email, "password_changed").await;
    assert_eq!(shop.get("/api/v1/auth/me").await.status, 401, "every session has ended");
    assert_eq!(logs_in(&test, &shop.email, PASSWORD).await.status, 401);
    // The letter does not stand in for the second factor.
    let asked = logs_in(&test, &shop.email, "Otra-clave-mejor-77").await.expect(202);
    second_step(&shop, &asked, &app.code(0)).await.expect(200);

    forgot().await;
    let late = test.letter(&shop.email, "password_reset").await.token();
    let mut superuser = test.superuser().await;
    let stored: Vec<(Vec<u8>, i64)> = sqlx::query_as(
        "select hash, extract(epoch from expires_at - created_at)::bigint from mail_token
         where person_id = (select id from person where email = $1) and purpose = 'set_password' and used_at is null",
    )
    .bind(&shop.email)
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    assert_eq!((stored.len(), stored[0].0.len(), stored[0].1), (1, 32, 600), "a hash, for ten minutes");
    sqlx::query("update mail_token set expires_at = now() where hash = $1").bind(&stored[0].0).execute(&mut superuser).await.unwrap();
    assert_eq!(code(&reset(&late, "Otra-clave-mejor-79").await.expect(422)), "identity.link_expired");
}

#[tokio::test]
async fn a_password_is_changed_with_a_code() {
    let test = TestApp::start().await;
    let shop = test.person().await;
    let other = shop.logs_in().await;
    let change = async |body: Value| shop.post("/api/v1/account/password", body).await;
    let new = "Empanada-de-viento-7";
    assert_eq!(
        field(&change(json!({ "current_password": PASSWORD, "new_password": new })).await.expect(422)),
        ("/verification_code", "required")
    );
    let verify = async |code: &str| shop.post("/api/v1/account/password/verify-code", json!({ "verification_code": code })).await;
    shop.post("/api/v1/account/password/request-code", Value::Null).await.expect(202);
    let mailed = test.letter(&shop.email, "password_code").await.code();
    verify(&mailed).await.expect(204);
    assert_eq!(field(&verify("00000000").await.expect(422)), ("/verification_code", "wrong_code"));
    let body = json!({ "current_password": "Not-my-password-1", "new_password": new, "verification_code": mailed });
    assert_eq!(field(&change(body).await.expect(422)), ("/current_password", "wrong_password"));
    let body = json!({ "current_password": PASSWORD, "new_password": new, "verification_code": mailed });
    change(body.clone()).await.expect(204);
    test.letter(&shop.email, "password_changed").await;
    assert_eq!(shop.get("/api/v1/auth/me").await.status, 200, "the session at hand goes on");
    assert_eq!(Shop { test: &test, token: other, email: String::new() }.get("/api/v1/auth/me").await.status, 401, "the others have ended");
    logs_in(&test, &shop.email, new).await.expect(200);
    assert_eq!(logs_in(&test, &shop.email, PASSWORD).await.status, 401);

    // Five guesses, then the code is worth nothing.
    shop.post("/api/v1/account/password/request-code", Value::Null).await.expect(202);
    let mailed = test.letter(&shop.email, "password_code").await.code();
    for _ in 0..5 {
        verify("99999999").await.expect(422);
    }
    assert_eq!(field(&verify(&mailed).await.expect(422)), ("/verification_code", "wrong_code"));

    // With an authenticator app its code is asked instead.
    let (app, _) = shop.sets_up_app().await;
    let body = json!({ "current_password": new, "new_password": "Tamal-de-olla-2031", "verification_code": mailed });
    assert_eq!(field(&change(body).await.expect(422)), ("/otp_code", "required"));
    let body = json!({ "current_password": new, "new_password": "Tamal-de-olla-2031", "otp_code": app.code(0) });
    change(body).await.expect(204);
}

#[tokio::test]
async fn an_app_is_the_second_factor() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Second factor", "EC").await;
    let mut superuser = test.superuser().await;
    let setup = shop.post("/api/v1/auth/otp/setup", Value::Null).await.expect(200);
    let secret = setup["secret"].as_str().unwrap();
    assert!(setup["otpauth_url"].as_str().unwrap().starts_with("otpauth://totp/Balanza") && secret.len() >= 32, "160 bits: {setup}");
    assert!(setup["qr"].as_str().unwrap().starts_with("data:image/png;base64,iVBOR"), "a PNG");
    let stored: Vec<u8> = sqlx::query_scalar("select secret from totp t join person p on p.id = t.person_id where p.email = $1")
        .bind(&shop.email)
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    let plain = totp_rs::Secret::try_from_base32(secret).unwrap();
    assert!(!stored.windows(8).any(|part| plain.as_ref().windows(8).any(|p| p == part)), "the secret is sealed");

    // Not before it has shown a code.
    logs_in(&test, &shop.email, PASSWORD).await.expect(200);
    let wrong = json!({ "otp_code": "000000" });
    assert_eq!(field(&shop.post("/api/v1/auth/otp/activate", wrong).await.expect(422)), ("/otp_code", "wrong_code"));
    let app = Authenticator::new(secret);
    let shown = app.code(-1);
    let codes = shop.post("/api/v1/auth/otp/activate", json!({ "otp_code": shown })).await.expect(200);
    let codes: Vec<&str> = codes["backup_codes"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
    assert_eq!((codes.len(), codes[0].len()), (10, 15));
    test.letter(&shop.email, "second_factor_enabled").await;
    assert_eq!(code(&shop.post("/api/v1/auth/otp/setup", Value::Null).await.expect(409)), "identity.otp_active");
    assert_eq!(shop.me().await["second_factor"], true, "this session has shown one");

    let asked = challenge(&shop).await;
    assert_eq!(asked["methods"], json!(["otp", "backup_code"]));
    assert_eq!(code(&second_step(&shop, &asked, &shown).await.expect(401)), "invalid_code", "each code once");
    for far in [-3, 3] {
        assert_eq!(second_step(&shop, &asked, &app.code(far)).await.status, 401, "{far} steps away");
    }
    let now = app.code(0);
    let tokens = second_step(&shop, &asked, &now).await.expect(200);
    assert_eq!(code(&second_step(&shop, &asked, &app.code(1)).await.expect(401)), "invalid_challenge", "a challenge is met once");
    let in_again = Shop { test: &test, token: token(&tokens), email: shop.email.clone() };
    assert_eq!(in_again.me().await["second_factor"], true);
    let another = challenge(&shop).await;
    assert_eq!(code(&second_step(&shop, &another, &now).await.expect(401)), "invalid_code", "not in another challenge either");

    // Five attempts, then the challenge is over.
    let asked = challenge(&shop).await;
    for _ in 0..5 {
        assert_eq!(code(&second_step(&shop, &asked, "000000").await.expect(401)), "invalid_code");
    }
    assert_eq!(code(&second_step(&shop, &asked, &app.code(1)).await.expect(401)), "invalid_challenge");

    // A backup code, however it is typed, once.
    let asked = challenge(&shop).await;
    second_step(&shop, &asked, &codes[0].to_lowercase().replace('-', " ")).await.expect(200);
    test.letter(&shop.email, "backup_code_used").await;
    assert_eq!(code(&second_step(&shop, &challenge(&shop).await, codes[0]).await.expect(401)), "invalid_code");
    assert_eq!(in_again.me().await["backup_codes"], 9);
    let lengths: Vec<i32> =
        sqlx::query_scalar("select length(hash) from backup_code b join person p on p.id = b.person_id where p.email = $1")
            .bind(&shop.email)
            .fetch_all(&mut superuser)
            .await
            .unwrap();
    assert_eq!(lengths, [32; 10], "hashes");
    let renewed = in_again.post("/api/v1/auth/otp/backup-codes", Value::Null).await.expect(200);
    test.letter(&shop.email, "backup_codes_made").await;
    assert_eq!(code(&second_step(&shop, &challenge(&shop).await, codes[1]).await.expect(401)), "invalid_code", "the former are dead");

    // Off again, with a code; signing in then takes one step, and the codes go with it.
    assert_eq!(
        field(&in_again.post("/api/v1/auth/otp/disable", json!({ "otp_code": "000000" })).await.expect(422)),
        ("/otp_code", "wrong_code")
    );
    let spare = renewed["backup_codes"][3].as_str().unwrap();
    in_again.post("/api/v1/auth/otp/disable", json!({ "otp_code": spare })).await.expect(204);
    test.letter(&shop.email, "second_factor_disabled").await;
    logs_in(&test, &shop.email, PASSWORD).await.expect(200);
    assert_eq!(in_again.me().await["backup_codes"], 0);
    assert_eq!(code(&in_again.post("/api/v1/auth/otp/backup-codes", Value::Null).await.expect(409)), "identity.no_second_factor");
    assert_eq!(code(&in_again.post("/api/v1/auth/reauthenticate/options", Value::Null).await.expect(409)), "identity.no_passkey");
}

#[tokio::test]
async fn sensitive_acts_ask_for_a_fresh_proof() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Proof", "EC").await;
    let document = test.document();
    time_passes_since_proof(&shop).await;
    let mut sensitive = 0;
    for operation in crate::support::operations::Operation::all(&document) {
        if operation.value["x-reauthentication"] == true && !operation.is_for_operators() {
            sensitive += 1;
            let path = operation.path.replace("{id}", &uuid::Uuid::now_v7().to_string());
            let refused = shop.call(operation.method.clone(), &path, &[], None).await.expect(403);
            assert_eq!(code(&refused), "reauth_required", "{}", operation.name());
        }
    }
    assert!(sensitive >= 10, "setting up, disabling, passkeys, address, keys, ownership");
    let prove = async |body: Value| shop.post("/api/v1/auth/reauthenticate", body).await;
    assert_eq!(field(&prove(json!({})).await.expect(422)), ("/password", "required"));
    assert_eq!(field(&prove(json!({ "password": "Not-my-password-1" })).await.expect(422)), ("/password", "wrong_password"));
    prove(json!({ "password": PASSWORD })).await.expect(204);
    let (app, _) = shop.sets_up_app().await;

    // With a second factor on, the password alone proves nothing.
    time_passes_since_proof(&shop).await;
    assert_eq!(field(&prove(json!({ "password": PASSWORD })).await.expect(422)), ("/otp_code", "required"));
    assert_eq!(field(&prove(json!({ "password": PASSWORD, "otp_code": "000000" })).await.expect(422)), ("/otp_code", "wrong_code"));
    prove(json!({ "password": PASSWORD, "otp_code": app.code(0) })).await.expect(204);
    shop.post("/api/v1/auth/otp/backup-codes", Value::Null).await.expect(200);
}

#[tokio::test]
async fn an_address_is_changed_by_whoever_reads_it() {
    let test = TestApp::start().await;
    let (shop, neighbour) = (test.person().await, test.person().await);
    let verify = async |token: &str| test.nobody().post("/api/v1/auth/verify-email", json!({ "token": token })).await;
    // The one of the registration is confirmed as well.
    assert!(shop.me().await["email_verified_at"].is_null());
    verify(&test.letter(&shop.email, "verify_email").await.token()).await.expect(204);
    assert!(shop.me().await["email_verified_at"].is_string());

    let new = new_email();
    shop.post("/api/v1/account/email", json!({ "email": new })).await.expect(202);
    let token = test.letter(&new, "verify_email").await.token();
    assert_eq!(shop.me().await["email"], shop.email, "not yet");
    verify(&token).await.expect(204);
    assert_eq!(shop.me().await["email"], new);
    test.letter(&shop.email, "email_changed").await;
    assert_eq!(code(&verify(&token).await.expect(422)), "identity.link_expired");
    logs_in(&test, &new, PASSWORD).await.expect(200);
    assert_eq!(logs_in(&test, &shop.email, PASSWORD).await.status, 401);

    // Somebody else's: the answer is the same, and its owner hears of it.
    shop.post("/api/v1/account/email", json!({ "email": neighbour.email })).await.expect(202);
    let letter = test.letter(&neighbour.email, "verify_email").await;
    assert!(letter.text.contains("/forgot-password") && !letter.text.contains("#token="), "{}", letter.text);

    let answer = shop.patch("/api/v1/account/profile", json!({ "name": "Sol V.", "language": "pt", "birth_date": "1990-05-01" })).await;
    let profile = answer.expect(200);
    assert_eq!((&profile["name"], &profile["language"], &profile["birth_date"]), (&json!("Sol V."), &json!("pt"), &json!("1990-05-01")));
    let cleared = shop.patch("/api/v1/account/profile", json!({ "birth_date": null })).await.expect(200);
    assert_eq!((&cleared["birth_date"], &cleared["name"]), (&Value::Null, &json!("Sol V.")));
    let activity = shop.get("/api/v1/account/activity").await.expect(200);
    let kinds: Vec<&str> = activity["data"].as_array().unwrap().iter().map(|e| e["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["email_change_requested", "signed_in", "email_changed", "email_change_requested", "email_verified", "signed_in"]);
}

/// A guesser is slowed down; whoever knows the password comes in from the device where they have been before.
#[tokio::test]
async fn guessing_locks_nobody_out() {
    let test = TestApp::with(|config| {
        config.rate_limit_enabled = true;
        config.trusted_proxies = vec![std::net::IpAddr::from([127, 0, 0, 1])];
    });
    let test = test.await;
    let shop = test.person().await;
    let attempt = async |password: &str, from: &str, device: &str| {
        let body = json!({ "email": shop.email, "password": password });
        let headers = [("x-forwarded-for", from), ("cookie", device)];
        test.nobody().call(http::Method::POST, "/api/v1/auth/login", &headers, Some(body)).await
    };
    let first = attempt(PASSWORD, "203.0.113.1", "").await;
    let cookies: Vec<&str> = first.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).collect();
    let device = cookies.iter().find(|c| c.starts_with("device=")).unwrap().split(';').next().unwrap().to_owned();
    first.expect(200);
    // From one network ten guesses, whatever address of it they come from.
    let mut refused = 0;
    for i in 0..14 {
        let answer = attempt("Not-her-password-1", &format!("198.51.100.{i}"), "").await;
        match answer.status.as_u16() {
            401 => {}
            429 => {
                assert!(answer.headers.contains_key("retry-after"));
                refused += 1;
            }
            status => panic!("{status}"),
        }
    }
    assert!((3..=4).contains(&refused), "{refused} of fourteen");
    assert_eq!(attempt(PASSWORD, "198.51.100.99", "").await.status, 429, "that network waits, even with the password");
    attempt(PASSWORD, "203.0.113.1", "").await.expect(200);
    // From many networks together a hundred; then strangers wait, and the owner's own browser does not.
    let mut let_through = 0;
    for i in 0..140 {
        let answer = attempt("Not-her-password-1", &format!("10.{i}.7.1"), "").await;
        let_through += i32::from(answer.status == 401);
    }
    assert!(let_through < 100, "{let_through}");
    assert_eq!(attempt(PASSWORD, "192.0.2.44", "").await.status, 429, "a place never seen before");
    assert_eq!(attempt(PASSWORD, "192.0.2.44", "device=made-up").await.status, 429);
    attempt(PASSWORD, "192.0.2.44", &device).await.expect(200);

    // Who is not behind our proxy is counted as who they are.
    let direct = TestApp::with(|config| config.rate_limit_enabled = true).await;
    let mut last = 0;
    for i in 0..40 {
        let headers = [("x-forwarded-for", &*format!("10.{i}.9.1"))];
        last = direct.nobody().call(http::Method::POST, "/api/v1/auth/login", &headers, Some(json!({}))).await.status.as_u16();
    }
    assert_eq!(last, 429, "a made-up X-Forwarded-For evades nothing");
}

#[tokio::test]
async fn a_new_place_is_told_to_the_owner() {
    let test = TestApp::start().await;
    let shop = test.person().await;
    let sign_in = async |agent: &str| {
        let body = json!({ "email": shop.email, "password": PASSWORD });
        test.nobody().call(http::Method::POST, "/api/v1/auth/login", &[("user-agent", agent)], Some(body)).await.expect(200)
    };
    sign_in("A browser/1.0").await;
    let letter = test.letter(&shop.email, "new_sign_in").await;
    assert!(letter.text.contains("A browser/1.0") && !letter.subject.is_empty(), "{}", letter.text);
    sign_in("A browser/1.0").await;
    test.drain_jobs().await;
    assert!(test.no_letter(&shop.email, "new_sign_in"), "it is known by now");
    let sessions = shop.get("/api/v1/auth/sessions").await.expect(200);
    let agents: Vec<&str> = sessions["data"].as_array().unwrap().iter().map(|s| s["user_agent"].as_str().unwrap()).collect();
    assert_eq!(agents.iter().filter(|agent| **agent == "A browser/1.0").count(), 2);
}
