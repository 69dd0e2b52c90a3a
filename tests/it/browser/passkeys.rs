//! Passkeys, made and asked by the browser's own authenticator: alone, beside the password, and where their answers
//! must count for nothing.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Browser, Reply, Site, visit};
use crate::support::{PASSWORD, TestApp};

const ME: &str = "/api/v1/auth/me";
const PASSKEYS: &str = "/api/v1/auth/passkeys";
const BEGIN: &str = "/api/v1/auth/passkeys/options";
const ASK: &str = "/api/v1/auth/login/passkey/options";
const ANSWER: &str = "/api/v1/auth/login/passkey";
const CODE: &str = "/api/v1/auth/login/otp";
const ASK_AGAIN: &str = "/api/v1/auth/reauthenticate/options";
const PROVE: &str = "/api/v1/auth/reauthenticate";

impl Browser {
    /// Gives the browser an authenticator that keeps its keys and looks who holds it: its own (`internal`), or one to
    /// plug in (`usb`).
    async fn plug_in(&mut self, transport: &str) -> String {
        self.plug(transport, true).await
    }

    async fn plug(&mut self, transport: &str, looks: bool) -> String {
        self.ask("WebAuthn.enable", json!({})).await;
        let options = json!({ "protocol": "ctap2", "transport": transport, "hasResidentKey": true, "hasUserVerification": looks,
            "isUserVerified": looks, "automaticPresenceSimulation": true });
        let made = self.ask("WebAuthn.addVirtualAuthenticator", json!({ "options": options })).await;
        made["authenticatorId"].as_str().unwrap().to_owned()
    }

    /// What the authenticator makes of the server's options: the credential, or the name of what went wrong.
    async fn make_passkey(&mut self, options: &Value) -> Value {
        let made = "navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON";
        self.evaluate(&format!("{made}({options}) }}).then((made) => made.toJSON(), (error) => error.name)")).await
    }

    async fn show_passkey(&mut self, options: &Value) -> Value {
        let shown = "navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON";
        self.evaluate(&format!("{shown}({options}) }}).then((shown) => shown.toJSON(), (error) => error.name)")).await
    }

    /// Adds a passkey to whoever is signed in; answers what the server says.
    async fn add_passkey(&mut self, name: &str) -> Value {
        let begun = self.post(BEGIN, Value::Null).await.expect(200);
        let credential = self.make_passkey(&begun["options"]).await;
        let new = json!({ "challenge_id": begun["challenge_id"], "name": name, "credential": credential });
        self.post(PASSKEYS, new).await.expect(201)
    }

    /// Lets the authenticator answer what a sign-in asks, its only step or its second.
    async fn answers(&mut self, challenge_token: &Value) -> Value {
        let asked = self.post(ASK, json!({ "challenge_token": challenge_token })).await.expect(200);
        let credential = self.show_passkey(&asked["options"]).await;
        json!({ "challenge_token": asked["challenge_token"], "credential": credential, "token_delivery": "cookie" })
    }

    /// Signs out, and in again with nothing but the passkey.
    async fn enters_by_passkey(&mut self) -> Reply {
        self.post("/api/v1/auth/logout", Value::Null).await;
        let answer = self.answers(&Value::Null).await;
        self.post(ANSWER, answer).await
    }

    /// Gives the password, and gets as far as the second factor.
    async fn gets_halfway(&mut self, email: &str) -> Value {
        self.post("/api/v1/auth/logout", Value::Null).await;
        self.log_in(email).await.expect(202)
    }
}

/// The first wrong field and its code.
fn field(answer: &Value) -> (&str, &str) {
    let first = &answer["errors"][0];
    (first["pointer"].as_str().unwrap_or_default(), first["code"].as_str().unwrap_or_default())
}

const WRONG: (&str, &str) = ("/credential", "wrong_passkey");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_signs_in_alone_or_after_the_password() {
    let Some((site, mut browser)) = visit().await else { return };
    browser.plug_in("internal").await;
    let email = browser.arrive().await;
    let made = browser.add_passkey("Telephone").await;
    let codes = made["backup_codes"].as_array().unwrap().clone();
    assert_eq!(codes.len(), 10, "the first second factor brings codes for when it is lost");
    site.test.letter(&email, "passkey_added").await;

    // Nothing but the passkey: no address, no password.
    browser.enters_by_passkey().await.expect(200);
    let me = browser.get(ME).await.expect(200);
    assert_eq!((&me["email"], &me["second_factor"], &me["passkeys"]), (&json!(email), &json!(true), &json!(1)));

    // The password alone is half of the way from now on; the passkey is the other half.
    let halfway = browser.gets_halfway(&email).await;
    assert_eq!(halfway["methods"], json!(["passkey", "backup_code"]));
    browser.get(ME).await.expect(401);
    let answer = browser.answers(&halfway["challenge_token"]).await;
    browser.post(ANSWER, answer.clone()).await.expect(200);
    assert_eq!(browser.get(ME).await.expect(200)["second_factor"], true);
    let passkeys = browser.get(PASSKEYS).await.expect(200);
    assert!(passkeys["data"][0]["last_used_at"].is_string(), "{passkeys}");
    // What has been said once is not heard again.
    assert_eq!(browser.post(ANSWER, answer).await.refused(401), "invalid_challenge");

    // Or a backup code is: once.
    let with =
        |halfway: &Value, code: &Value| json!({ "challenge_token": halfway["challenge_token"], "code": code, "token_delivery": "cookie" });
    let halfway = browser.gets_halfway(&email).await;
    browser.post(CODE, with(&halfway, &codes[0])).await.expect(200);
    let me = browser.get(ME).await.expect(200);
    assert_eq!((&me["second_factor"], &me["backup_codes"]), (&json!(true), &json!(9)));
    site.test.letter(&email, "backup_code_used").await;
    let halfway = browser.gets_halfway(&email).await;
    assert_eq!(browser.post(CODE, with(&halfway, &codes[0])).await.refused(401), "invalid_code");
    browser.post(CODE, with(&halfway, &codes[1])).await.expect(200);

    // A second passkey brings no new codes, and the authenticator does not make two for the same person.
    let begun = browser.post(BEGIN, Value::Null).await.expect(200);
    assert_eq!(browser.make_passkey(&begun["options"]).await, "InvalidStateError");
    browser.plug_in("usb").await;
    assert_eq!(browser.add_passkey("Key").await["backup_codes"], json!([]));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_to_another_question_counts_for_nothing() {
    let Some((_site, mut browser)) = visit().await else { return };
    browser.plug_in("internal").await;
    browser.arrive().await;
    let begun = browser.post(BEGIN, Value::Null).await.expect(200);
    let other = browser.post(BEGIN, Value::Null).await.expect(200);
    let credential = browser.make_passkey(&begun["options"]).await;
    let new = |challenge: &Value| json!({ "challenge_id": challenge, "name": "Telephone", "credential": credential });
    assert_eq!(field(&browser.post(PASSKEYS, new(&other["challenge_id"])).await.expect(422)), WRONG);
    browser.post(PASSKEYS, new(&begun["challenge_id"])).await.expect(201);
    let again = browser.post(PASSKEYS, new(&begun["challenge_id"])).await.expect(422);
    assert_eq!(field(&again), ("/challenge_id", "not_found_reference"));

    // One sign-in's answer does not do for another sign-in, nor for a proof of identity.
    let mine = browser.answers(&Value::Null).await;
    let another = browser.post(ASK, json!({})).await.expect(200);
    let mut mixed = mine.clone();
    mixed["challenge_token"] = another["challenge_token"].clone();
    assert_eq!(field(&browser.post(ANSWER, mixed).await.expect(422)), WRONG);
    let asked = browser.post(ASK_AGAIN, Value::Null).await.expect(200);
    let proof = json!({ "passkey": { "challenge_id": asked["challenge_id"], "credential": mine["credential"] } });
    assert_eq!(field(&browser.post(PROVE, proof).await.expect(422)), WRONG);
    // Nor may any of it be changed on the way.
    let mut altered = mine.clone();
    let signature = altered["credential"]["response"]["signature"].as_str().unwrap().to_owned();
    altered["credential"]["response"]["signature"] = json!(signature.chars().rev().collect::<String>());
    assert_eq!(field(&browser.post(ANSWER, altered).await.expect(422)), WRONG);
    browser.post(ANSWER, mine.clone()).await.expect(200);
    assert_eq!(browser.post(ANSWER, mine).await.refused(401), "invalid_challenge");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_answers_for_somebody_else() {
    let Some((_site, mut browser)) = visit().await else { return };
    let hers = browser.plug_in("internal").await;
    let ana = browser.arrive().await;
    browser.add_passkey("Ana's").await;
    let of_ana = browser.post(ASK_AGAIN, Value::Null).await.expect(200);
    let begun_by_ana = browser.post(BEGIN, Value::Null).await.expect(200);

    // Another authenticator, another person, who knows Ana's password.
    browser.ask("WebAuthn.removeVirtualAuthenticator", json!({ "authenticatorId": hers })).await;
    browser.plug_in("internal").await;
    browser.arrive().await;
    let credential = browser.make_passkey(&begun_by_ana["options"]).await;
    let new = json!({ "challenge_id": begun_by_ana["challenge_id"], "name": "Mine now", "credential": credential });
    assert_eq!(field(&browser.post(PASSKEYS, new).await.expect(422)), ("/challenge_id", "not_found_reference"));
    browser.add_passkey("Eve's").await;

    // A proof that Ana was asked for.
    let any = browser.post(ASK, json!({})).await.expect(200);
    let question = |asked: &Value| {
        let mut options = any["options"].clone();
        options["challenge"] = asked["options"]["challenge"].clone();
        options
    };
    let credential = browser.show_passkey(&question(&of_ana)).await;
    assert!(credential.is_object(), "{credential}");
    let proof = json!({ "passkey": { "challenge_id": of_ana["challenge_id"], "credential": credential } });
    assert_eq!(browser.post(PROVE, proof).await.refused(401), "invalid_challenge");

    // The second step of Ana's sign-in, by a passkey that is not hers.
    let halfway = browser.gets_halfway(&ana).await;
    let asked = browser.post(ASK, json!({ "challenge_token": halfway["challenge_token"] })).await.expect(200);
    let mut credential = browser.show_passkey(&question(&asked)).await;
    let step = |credential: &Value| json!({ "challenge_token": asked["challenge_token"], "credential": credential });
    assert_eq!(field(&browser.post(ANSWER, step(&credential)).await.expect(422)), WRONG);
    // Under the name of hers it is not signed by hers.
    for name in ["id", "rawId"] {
        credential[name] = asked["options"]["allowCredentials"][0]["id"].clone();
    }
    assert_eq!(field(&browser.post(ANSWER, step(&credential)).await.expect(422)), WRONG);

    // And a passkey that says that it is Ana's.
    let asked = browser.post(ASK, json!({})).await.expect(200);
    let mut credential = browser.show_passkey(&asked["options"]).await;
    credential["response"]["userHandle"] = begun_by_ana["options"]["user"]["id"].clone();
    let step = json!({ "challenge_token": asked["challenge_token"], "credential": credential });
    assert_eq!(field(&browser.post(ANSWER, step).await.expect(422)), WRONG);
    browser.get(ME).await.expect(401);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_in_strange_hands_is_refused() {
    let Some((_site, mut browser)) = visit().await else { return };
    let email = browser.arrive().await;

    // A key that does not look who touches it is no passkey, even where a page asks for less.
    let blind = browser.plug("usb", false).await;
    let mut begun = browser.post(BEGIN, Value::Null).await.expect(200);
    begun["options"]["authenticatorSelection"] = json!({ "residentKey": "discouraged", "userVerification": "discouraged" });
    begun["options"]["extensions"] = json!({});
    let credential = browser.make_passkey(&begun["options"]).await;
    assert!(credential.is_object(), "{credential}");
    let new = json!({ "challenge_id": begun["challenge_id"], "name": "Blind", "credential": credential });
    assert_eq!(field(&browser.post(PASSKEYS, new).await.expect(422)), WRONG);
    browser.ask("WebAuthn.removeVirtualAuthenticator", json!({ "authenticatorId": blind })).await;

    let authenticator = browser.plug_in("internal").await;
    let verifies = |is: bool| json!({ "authenticatorId": authenticator, "isUserVerified": is });
    browser.add_passkey("Telephone").await;
    let halfway = browser.gets_halfway(&email).await;

    // It does not know the finger, and the browser gives the page nothing.
    browser.ask("WebAuthn.setUserVerified", verifies(false)).await;
    let asked = browser.post(ASK, json!({})).await.expect(200);
    assert_eq!(asked["options"]["userVerification"], "required");
    assert_eq!(browser.show_passkey(&asked["options"]).await, "NotAllowedError");

    // A page that asks for less gets an answer, and the server does not take it: neither alone nor after the password.
    for challenge in [&Value::Null, &halfway["challenge_token"]] {
        let asked = browser.post(ASK, json!({ "challenge_token": challenge })).await.expect(200);
        let mut options = asked["options"].clone();
        options["userVerification"] = json!("discouraged");
        let credential = browser.show_passkey(&options).await;
        assert!(credential.is_object(), "{credential}");
        let step = json!({ "challenge_token": asked["challenge_token"], "credential": credential });
        assert_eq!(field(&browser.post(ANSWER, step).await.expect(422)), WRONG);
    }

    browser.ask("WebAuthn.setUserVerified", verifies(true)).await;
    browser.enters_by_passkey().await.expect(200);
    browser.close().await;
}

/// Time passes: nobody's last proof of identity is fresh any more.
async fn grows_stale(site: &Site, email: &str) {
    let mut owner = site.test.superuser().await;
    sqlx::query("update session set auth_time = now() - interval '6 minutes' where person_id = (select id from person where email = $1)")
        .bind(email)
        .execute(&mut owner)
        .await
        .unwrap();
    // The server remembers a session for a second.
    tokio::time::sleep(Duration::from_secs(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_proves_who_is_there_until_it_is_removed() {
    let Some((site, mut browser)) = visit().await else { return };
    browser.plug_in("internal").await;
    let email = browser.arrive().await;
    let id = browser.add_passkey("Telephone").await["id"].as_str().unwrap().to_owned();
    let path = format!("{PASSKEYS}/{id}");

    grows_stale(&site, &email).await;
    assert_eq!(browser.post(BEGIN, Value::Null).await.refused(403), "reauth_required");
    assert_eq!(browser.fetch("DELETE", &path, Value::Null).await.refused(403), "reauth_required");
    let asked = browser.post(ASK_AGAIN, Value::Null).await.expect(200);
    let credential = browser.show_passkey(&asked["options"]).await;
    let proof = json!({ "passkey": { "challenge_id": asked["challenge_id"], "credential": credential } });
    browser.post(PROVE, proof.clone()).await.expect(204);
    browser.post(BEGIN, Value::Null).await.expect(200);
    // The same proof does not do twice.
    grows_stale(&site, &email).await;
    assert_eq!(browser.post(PROVE, proof).await.refused(401), "invalid_challenge");
    assert_eq!(browser.post(BEGIN, Value::Null).await.refused(403), "reauth_required");

    // Signing in is a proof too.
    browser.enters_by_passkey().await.expect(200);
    browser.fetch("DELETE", &path, Value::Null).await.expect(204);
    for letter in ["passkey_added", "passkey_removed", "second_factor_disabled"] {
        site.test.letter(&email, letter).await;
    }
    let me = browser.get(ME).await.expect(200);
    assert_eq!((&me["passkeys"], &me["backup_codes"], &me["otp_enabled"]), (&json!(0), &json!(0), &json!(false)));
    assert_eq!(browser.post(ASK_AGAIN, Value::Null).await.refused(409), "identity.no_passkey");
    assert_eq!(field(&browser.enters_by_passkey().await.expect(422)), WRONG, "the authenticator has it still, the server does not");
    browser.log_in(&email).await.expect(200);
    assert_eq!(browser.get(ME).await.expect(200)["second_factor"], false);
    browser.close().await;
}

#[tokio::test]
async fn an_address_without_a_name_has_no_passkeys() {
    let test = TestApp::with(|config| config.frontend_url = "http://192.0.2.7:8000".into()).await;
    let ana = test.person().await;
    assert_eq!(ana.post(BEGIN, Value::Null).await.expect(409)["code"], "identity.passkeys_unavailable");
    let asked = test.nobody().post(ASK, json!({})).await.expect(409);
    assert_eq!(asked["code"], "identity.passkeys_unavailable");
    // The password does as before.
    test.nobody().post("/api/v1/auth/login", json!({ "email": ana.email, "password": PASSWORD })).await.expect(200);
}
