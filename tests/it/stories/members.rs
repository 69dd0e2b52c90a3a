//! Who belongs to a company and what they may do there; operators of the platform; what is recorded of it all.

use serde_json::{Value, json};

use crate::support::{PASSWORD, Shop, TestApp, new_email, token};

fn code(answer: &Value) -> &str {
    answer["code"].as_str().unwrap_or_else(|| panic!("no code: {answer}"))
}

#[track_caller]
fn field(answer: &Value) -> (&str, &str) {
    let error = &answer["errors"][0];
    (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap_or_else(|| panic!("no field: {answer}")))
}

async fn id(shop: &Shop<'_>) -> String {
    shop.me().await["id"].as_str().unwrap().to_owned()
}

async fn invites(shop: &Shop<'_>, email: &str, role: &str) -> String {
    shop.post("/api/v1/invitations", json!({ "email": email, "role": role })).await.expect(201)["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn somebody_new_joins_by_invitation() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Panadería Sol", "EC").await;
    let email = new_email();
    let invitation = invites(&shop, &email, "seller").await;
    let letter = test.letter(&email, "invitation").await;
    assert!(
        letter.text.contains("Panadería Sol") && letter.text.contains("Sol Vega") && letter.text.contains("vendedor"),
        "{}",
        letter.text
    );
    let twice = shop.post("/api/v1/invitations", json!({ "email": email, "role": "viewer" })).await.expect(409);
    assert_eq!(code(&twice), "identity.invitation_open");
    shop.post(&format!("/api/v1/invitations/{invitation}/resend"), Value::Null).await.expect(200);
    let second = test.letter(&email, "invitation").await.token();
    let accept = async |token: &str, password: &str| {
        let body = json!({ "token": token, "name": "Ana Ruiz", "password": password });
        test.nobody().post("/api/v1/invitations/accept", body).await
    };
    assert_eq!(code(&accept(&letter.token(), PASSWORD).await.expect(422)), "identity.link_expired", "the newer letter counts");
    assert_eq!(field(&accept(&second, "short").await.expect(422)), ("/password", "password_too_short"));
    let tokens = accept(&second, PASSWORD).await.expect(201);
    assert_eq!((&tokens["role"], &tokens["company_id"]), (&json!("seller"), &json!(shop.company().await)));
    let ana = Shop { test: &test, token: token(&tokens), email: email.clone() };
    assert_eq!(
        ana.me().await["permissions"],
        json!([
            "company:read",
            "files:read",
            "files:write",
            "contacts:read",
            "contacts:write",
            "catalogue:read",
            "inventory:read",
            "pos:read",
            "pos:sell"
        ])
    );
    assert_eq!(code(&accept(&second, PASSWORD).await.expect(422)), "identity.link_expired", "once");
    let again = shop.post("/api/v1/invitations", json!({ "email": email, "role": "viewer" })).await.expect(409);
    assert_eq!(code(&again), "identity.already_member");
    let closed = shop.delete(&format!("/api/v1/invitations/{invitation}")).await.expect(409);
    assert_eq!(code(&closed), "identity.invitation_closed");
    let closed = shop.post(&format!("/api/v1/invitations/{invitation}/resend"), Value::Null).await.expect(409);
    assert_eq!(code(&closed), "identity.invitation_closed");

    // Revoked, and expired.
    let (revoked, late) = (new_email(), new_email());
    let to_revoke = invites(&shop, &revoked, "viewer").await;
    shop.delete(&format!("/api/v1/invitations/{to_revoke}")).await.expect(204);
    shop.delete(&format!("/api/v1/invitations/{to_revoke}")).await.expect(204);
    let expired = invites(&shop, &late, "viewer").await;
    sqlx::query("update invitation set expires_at = now() where id = $1::uuid")
        .bind(&expired)
        .execute(&mut test.superuser().await)
        .await
        .unwrap();
    for email in [&revoked, &late] {
        let token = test.letter(email, "invitation").await.token();
        assert_eq!(code(&accept(&token, PASSWORD).await.expect(422)), "identity.link_expired");
    }
    let statuses = shop.get("/api/v1/invitations").await.expect(200);
    let statuses: Vec<&str> = statuses["data"].as_array().unwrap().iter().map(|i| i["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["expired", "revoked", "accepted"]);
    invites(&shop, &late, "viewer").await;
}

#[tokio::test]
async fn one_person_belongs_to_many_companies() {
    let test = TestApp::start().await;
    let (one, two) = (test.sign_up("One", "EC").await, test.sign_up("Two", "ES").await);
    invites(&two, &one.email, "accountant").await;
    let token = test.letter(&one.email, "invitation").await.token();
    let taken = json!({ "token": token, "name": "Ana", "password": PASSWORD });
    assert_eq!(code(&test.nobody().post("/api/v1/invitations/accept", taken).await.expect(409)), "identity.sign_in_to_join");
    let other = test.person().await;
    let join = async |shop: &Shop<'_>| shop.post("/api/v1/invitations/join", json!({ "token": token })).await;
    assert_eq!(code(&join(&other).await.expect(403)), "identity.invitation_for_other");
    let joined = join(&one).await.expect(200);
    assert_eq!(joined, json!({ "company_id": two.company().await, "role": "accountant" }));
    let companies = one.get("/api/v1/auth/companies").await.expect(200);
    let roles: Vec<&str> = companies["data"].as_array().unwrap().iter().map(|c| c["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["owner", "accountant"]);

    // Bound to one of them at a time.
    let selected = one.post("/api/v1/auth/select-company", json!({ "company_id": two.company().await })).await.expect(200);
    let there = Shop { test: &test, token: self::token(&selected), email: one.email.clone() };
    assert_eq!(there.get("/api/v1/company").await.expect(200)["trade_name"], "Two");
    assert_eq!(code(&there.post("/api/v1/products", json!({})).await.expect(422)), "validation_failed", "an accountant may");
    assert_eq!(there.get("/api/v1/members").await.status, 403, "and may not see members");
    assert_eq!(one.get("/api/v1/company").await.expect(200)["trade_name"], "One", "the former token is still the one of the first");
    let none = one.post("/api/v1/auth/select-company", json!({ "company_id": uuid::Uuid::now_v7() })).await;
    none.expect(404);

    there.post("/api/v1/members/leave", Value::Null).await.expect(204);
    test.letter(&one.email, "membership_ended").await;
    assert_eq!(there.get("/api/v1/company").await.status, 401, "at once on this replica");
    assert_eq!(code(&one.post("/api/v1/members/leave", Value::Null).await.expect(409)), "identity.owner_stays");
}

#[tokio::test]
async fn nobody_gives_what_they_do_not_have() {
    let test = TestApp::start().await;
    let owner = test.sign_up("Grants", "EC").await;
    let list =
        async |path: &str, name: &str, permissions: Value| owner.post(path, json!({ "name": name, "permissions": permissions })).await;
    let role =
        list("/api/v1/roles", "Foreman", json!(["members:read", "members:write", "roles:write", "api_keys:write", "pos:read"])).await;
    let role = role.expect(201);
    let boss = list("/api/v1/roles", "Boss", json!(["members:write", "accounting:read"])).await.expect(201);
    let group = list("/api/v1/groups", "Auditors", json!(["audit:read"])).await.expect(201);
    assert_eq!(code(&list("/api/v1/roles", "Boss", json!([])).await.expect(409)), "identity.name_taken");
    list("/api/v1/groups", "Boss", json!([])).await.expect(201);
    for wrong in ["company:own", "platform:admin", "signed_in", "nonsense", ""] {
        let refused = list("/api/v1/roles", "Wrong", json!(["pos:read", wrong])).await.expect(422);
        assert_eq!(field(&refused), ("/permissions/1", "unknown_permission"), "{wrong}");
    }

    let foreman = owner.hires_with(json!({ "role": "custom", "role_id": role["id"] })).await;
    let seller = owner.hires("seller").await;
    let invite = async |body: Value| foreman.post("/api/v1/invitations", body).await;
    for (role, id) in [("admin", Value::Null), ("seller", Value::Null), ("custom", boss["id"].clone())] {
        let refused = invite(json!({ "email": new_email(), "role": role, "role_id": id })).await.expect(403);
        assert_eq!(code(&refused), "identity.not_yours_to_give", "{role}");
    }
    let refused = invite(json!({ "email": new_email(), "role": "custom", "role_id": role["id"], "group_ids": [group["id"]] })).await;
    assert_eq!(code(&refused.expect(403)), "identity.not_yours_to_give");
    invite(json!({ "email": new_email(), "role": "custom", "role_id": role["id"] })).await.expect(201);
    assert_eq!(field(&invite(json!({ "email": new_email(), "role": "custom" })).await.expect(422)), ("/role_id", "required"));
    let both = json!({ "email": new_email(), "role": "viewer", "role_id": role["id"] });
    assert_eq!(field(&invite(both).await.expect(422)), ("/role_id", "invalid"));

    // Nor changes, or removes, whoever may do more; nor themselves; nor the owner.
    let sellers = format!("/api/v1/members/{}", id(&seller).await);
    assert_eq!(code(&foreman.patch(&sellers, json!({ "role": "viewer" })).await.expect(403)), "identity.not_yours_to_give");
    assert_eq!(code(&foreman.delete(&sellers).await.expect(403)), "identity.not_yours_to_give");
    let own = format!("/api/v1/members/{}", id(&foreman).await);
    assert_eq!(code(&foreman.delete(&own).await.expect(409)), "identity.not_yourself");
    let owners = format!("/api/v1/members/{}", id(&owner).await);
    let admin = owner.hires("admin").await;
    assert_eq!(code(&admin.delete(&owners).await.expect(409)), "identity.owner_stays");
    assert_eq!(code(&admin.patch(&owners, json!({ "role": "viewer" })).await.expect(409)), "identity.owner_stays");
    let roles = format!("/api/v1/roles/{}", boss["id"].as_str().unwrap());
    assert_eq!(code(&foreman.patch(&roles, json!({ "permissions": [] })).await.expect(403)), "identity.not_yours_to_give");

    // Groups add to roles; taking the group away takes what it gave.
    assert_eq!(admin.get("/api/v1/audit").await.status, 403);
    let admins = format!("/api/v1/members/{}", id(&admin).await);
    owner.patch(&admins, json!({ "group_ids": [group["id"]] })).await.expect(200);
    admin.get("/api/v1/audit").await.expect(200);
    owner.delete(&format!("/api/v1/groups/{}", group["id"].as_str().unwrap())).await.expect(204);
    assert_eq!(admin.get("/api/v1/audit").await.status, 403);
    // A role is taken out of use before it goes; changing it changes everybody who has it.
    let used = format!("/api/v1/roles/{}", role["id"].as_str().unwrap());
    assert_eq!(foreman.get("/api/v1/products").await.status, 403);
    owner.patch(&used, json!({ "permissions": ["catalogue:read"] })).await.expect(200);
    foreman.get("/api/v1/products").await.expect(200);
    assert_eq!(code(&owner.delete(&used).await.expect(409)), "identity.role_in_use");
    owner.patch(&own, json!({ "role": "viewer" })).await.expect(200);
    test.letter(&foreman.email, "role_changed").await;
    owner.delete(&used).await.expect(204);
    owner.delete(&own).await.expect(204);
    assert_eq!(foreman.get("/api/v1/company").await.status, 401);
}

#[tokio::test]
async fn a_company_always_has_one_owner() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Ownership", "EC").await;
    let heir = shop.hires("seller").await;
    let path = format!("/api/v1/members/{}/make-owner", id(&heir).await);
    assert_eq!(heir.post(&path, Value::Null).await.status, 403);
    shop.post(&path, Value::Null).await.expect(200);
    test.letter(&heir.email, "ownership_received").await;
    test.letter(&shop.email, "ownership_given").await;
    assert_eq!((shop.me().await["role"].clone(), heir.me().await["role"].clone()), (json!("admin"), json!("owner")));
    // The database lets nobody do otherwise.
    let mut superuser = test.superuser().await;
    let tenant = shop.company().await;
    for statement in [
        "update membership set role = 'admin' where tenant_id = $1 and role = 'owner'",
        "delete from membership where tenant_id = $1 and role = 'owner'",
    ] {
        let refused = sqlx::query(statement).bind(tenant).execute(&mut superuser).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().constraint(), Some("membership_keeps_owner"), "{statement}");
    }
    let two =
        sqlx::query("update membership set role = 'owner' where tenant_id = $1").bind(tenant).execute(&mut superuser).await.unwrap_err();
    assert_eq!(two.as_database_error().unwrap().constraint(), Some("membership_one_owner"));
}

#[tokio::test]
async fn a_plan_has_room_for_so_many() {
    let test = TestApp::start().await;
    let (shop, operator) = (test.sign_up("Full", "EC").await, test.operator().await);
    let emails = [new_email(), new_email(), new_email()];
    for email in &emails {
        invites(&shop, email, "seller").await;
    }
    let limits = format!("/api/v1/admin/companies/{}/limits", shop.company().await);
    operator.call(http::Method::PUT, &limits, &[], Some(json!({ "member_limit": 2 }))).await.expect(200);
    let mut tokens = vec![];
    for email in &emails {
        tokens.push(test.letter(email, "invitation").await.token());
    }
    // All at once: one gets the place.
    let accept = async |token: &String| {
        let body = json!({ "token": token, "name": "Ana Ruiz", "password": PASSWORD });
        test.nobody().post("/api/v1/invitations/accept", body).await
    };
    let answers = futures::future::join_all(tokens.iter().map(accept)).await;
    let statuses: Vec<u16> = answers.iter().map(|a| a.status.as_u16()).collect();
    assert_eq!((statuses.iter().filter(|s| **s == 201).count(), statuses.iter().filter(|s| **s == 409).count()), (1, 2), "{statuses:?}");
    for refused in answers.iter().filter(|a| a.status == 409) {
        assert_eq!(code(&refused.json()), "identity.member_limit");
    }
    let refused = shop.post("/api/v1/invitations", json!({ "email": new_email(), "role": "viewer" })).await.expect(409);
    assert_eq!(code(&refused), "identity.member_limit");
    operator.call(http::Method::PUT, &limits, &[], Some(json!({ "member_limit": null }))).await.expect(200);
    assert_eq!(operator.call(http::Method::PUT, &limits, &[], Some(json!({ "member_limit": 0 }))).await.status, 422);
    shop.hires("viewer").await;
}

#[tokio::test]
async fn a_company_can_ask_everybody_for_a_second_factor() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Strict", "EC").await;
    let seller = shop.hires("seller").await;
    let ask = async || shop.patch("/api/v1/company", json!({ "require_second_factor": true })).await;
    assert_eq!(code(&ask().await.expect(409)), "tenancy.second_factor_first");
    shop.sets_up_app().await;
    ask().await.expect(200);
    assert_eq!(code(&seller.get("/api/v1/company").await.expect(403)), "second_factor_required");
    assert_eq!(seller.get("/api/v1/auth/me").await.status, 200, "what is theirs stays open: how else would they set one up");
    seller.sets_up_app().await;
    seller.get("/api/v1/company").await.expect(200);
    let members = shop.get("/api/v1/members").await.expect(200);
    assert!(members["data"].as_array().unwrap().iter().all(|member| member["second_factor"] == true), "{members}");
}

#[tokio::test]
async fn operators_are_apart_from_companies() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Customers", "EC").await;
    let email = new_email();
    // By the command line, once; there is no other account to begin with.
    let link = balanza::identity::add_operator(&test.app, &email, "Óscar Paz").await.unwrap();
    let set = json!({ "token": link, "new_password": PASSWORD });
    test.nobody().post("/api/v1/auth/password/reset", set).await.expect(204);
    let mut operator = Shop { test: &test, token: String::new(), email: email.clone() };
    operator.token = operator.logs_in().await;
    assert_eq!(code(&operator.get("/api/v1/admin/users").await.expect(403)), "second_factor_required", "never without");
    operator.sets_up_app().await;
    let found = operator.get(&format!("/api/v1/admin/users?q={}", shop.email)).await.expect(200);
    assert_eq!(found["data"][0]["company_ids"], json!([shop.company().await]));
    assert_eq!(code(&operator.get("/api/v1/company").await.expect(403)), "company_required", "and in no company");
    assert_eq!(shop.get("/api/v1/admin/users").await.status, 403);

    // Neither can become the other.
    invites(&shop, &email, "viewer").await;
    let token = test.letter(&email, "invitation").await.token();
    let refused = operator.post("/api/v1/invitations/join", json!({ "token": token })).await.expect(409);
    assert_eq!(code(&refused), "identity.operators_apart");
    let new = json!({ "email": shop.email, "name": "Sol" });
    assert_eq!(code(&operator.post("/api/v1/admin/operators", new).await.expect(409)), "identity.operators_apart");
    let mut superuser = test.superuser().await;
    let forced = sqlx::query("insert into platform_operator (person_id, created_at) select id, now() from person where email = $1");
    let refused = forced.bind(&shop.email).execute(&mut superuser).await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().constraint(), Some("platform_operator_not_member"));

    // One adds another, and locks them out.
    let second = new_email();
    let added = operator.post("/api/v1/admin/operators", json!({ "email": second, "name": "Olga" })).await.expect(201);
    let link = test.letter(&second, "operator_invitation").await.token();
    let set = json!({ "token": link, "new_password": PASSWORD });
    test.nobody().post("/api/v1/auth/password/reset", set).await.expect(204);
    let mut olga = Shop { test: &test, token: String::new(), email: second };
    olga.token = olga.logs_in().await;
    olga.sets_up_app().await;
    olga.get("/api/v1/admin/log").await.expect(200);
    let path = |id: &str, act: &str| format!("/api/v1/admin/operators/{id}/{act}");
    let olgas = added["id"].as_str().unwrap();
    operator.post(&path(olgas, "disable"), Value::Null).await.expect(200);
    assert_eq!(olga.get("/api/v1/admin/log").await.status, 401);
    operator.post(&path(olgas, "enable"), Value::Null).await.expect(200);
    let own = operator.post(&path(&id(&operator).await, "disable"), Value::Null).await.expect(409);
    assert_eq!(code(&own), "identity.not_yourself");

    // What they do to people is felt at once, told, and in both logs.
    let person = id(&shop).await;
    let user = |act: &str| format!("/api/v1/admin/users/{person}/{act}");
    operator.post(&user("end-sessions"), Value::Null).await.expect(204);
    assert_eq!(shop.get("/api/v1/company").await.status, 401);
    test.letter(&shop.email, "sessions_ended").await;
    let back = Shop { test: &test, token: shop.logs_in().await, email: shop.email.clone() };
    operator.post(&user("disable"), Value::Null).await.expect(200);
    assert_eq!(back.get("/api/v1/company").await.status, 401);
    let login = json!({ "email": shop.email, "password": PASSWORD });
    assert_eq!(code(&test.nobody().post("/api/v1/auth/login", login).await.expect(401)), "invalid_credentials", "no word about why");
    test.letter(&shop.email, "account_disabled").await;
    operator.post(&user("enable"), Value::Null).await.expect(200);
    operator.post(&user("password-link"), Value::Null).await.expect(202);
    test.letter(&shop.email, "password_reset").await;
    let log = operator.get("/api/v1/admin/log?limit=200").await.expect(200);
    let mine = id(&operator).await;
    let acts: Vec<&str> = log["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| e["operator_id"] == mine.as_str())
        .map(|e| e["action"].as_str().unwrap())
        .collect();
    assert_eq!(acts, ["mail_password_link", "active", "disabled", "end_sessions", "active", "disabled", "create"]);
    let back = Shop { test: &test, token: shop.logs_in().await, email: shop.email.clone() };
    let audit = back.get("/api/v1/audit?action=account_disabled").await.expect(200);
    assert_eq!(audit["data"].as_array().unwrap().len(), 1, "the company sees it");
    let refused = sqlx::query("delete from operator_log").execute(&mut crate::support::connect(&test.urls.system).await).await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "42501");
}

/// Every event at the door is in the owner's log, and in no other company's.
#[tokio::test]
async fn the_owner_sees_what_happens_at_the_door() {
    let test = TestApp::start().await;
    let (shop, neighbour) = (test.sign_up("Log", "EC").await, test.sign_up("Neighbour", "EC").await);
    let seller = shop.hires("seller").await;
    let wrong = json!({ "email": seller.email, "password": "Not-her-password-1" });
    test.nobody().post("/api/v1/auth/login", wrong).await.expect(401);
    seller.logs_in().await;
    seller.post("/api/v1/auth/logout", Value::Null).await.expect(204);
    let sellers = shop.get("/api/v1/audit?entity=person&limit=200").await.expect(200);
    let of_seller: Vec<&Value> = sellers["data"].as_array().unwrap().iter().filter(|e| e["data"]["role"] != "owner").collect();
    let actions: Vec<&str> = of_seller.iter().map(|e| e["action"].as_str().unwrap()).collect();
    assert_eq!(actions[..5], ["signed_out", "signed_in", "sign_in_failed", "signed_in", "joined_company"], "{actions:?}");
    assert!(of_seller.iter().all(|e| e["data"]["ip"].is_string() && e["data"]["user_agent"].is_string()));
    let there = neighbour.get("/api/v1/audit?limit=200").await.expect(200).to_string();
    assert!(!there.contains(of_seller[0]["entity_id"].as_str().unwrap()));
    let since = of_seller[2]["at"].as_str().unwrap().replace('+', "%2B");
    let later = shop.get(&format!("/api/v1/audit?entity=person&at[gte]={since}")).await.expect(200);
    assert_eq!(later["data"].as_array().unwrap().len(), 3);
    let mut app = crate::support::connect(&test.urls.system).await;
    let refused = sqlx::query("delete from auth_event").execute(&mut app).await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "42501", "append-only");
}
