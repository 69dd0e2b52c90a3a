//! Who may do what: every operation of the document is asked by everybody, and the answers are what
//! docs/permissions.md says, to the letter. That page is read by people; a change of it shows in review.

use std::{fmt::Write, path::Path};

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Shop, TestApp, operations::Operation};

const HEAD: &str = "# Who may do what

Every operation of the API, the permission it asks for, and who is let in: somebody who has not signed in (nobody), a
person outside any company, the shipped roles, a role of a company's own without any permission, a program with an API
key of all scopes, an operator of the platform. `proof` marks what asks for a proof of identity of the last five minutes.

`UPDATE_PERMISSIONS=1 cargo test permissions` writes this page anew from what the server answers.

";

/// Asks for an operation in a way that changes nothing: past the guard an unknown parameter is refused.
async fn asks(caller: &Shop<'_>, key: Option<&str>, operation: &Operation) -> Answer {
    let address = operation.address(&Uuid::now_v7().to_string());
    let path = format!("{address}{}no_such_parameter=1", if address.contains('?') { '&' } else { '?' });
    let headers: Vec<(&str, &str)> = key.map(|key| ("x-api-key", key)).into_iter().collect();
    caller.call(operation.method.clone(), &path, &headers, None).await
}

/// Whether the guard let somebody in; how it says no is the same everywhere.
fn is_let_in(answer: &Answer, who: &str, operation: &Operation) -> bool {
    let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
    let what = format!("{who}: {}: {code}", operation.name());
    match answer.status.as_u16() {
        400 => {
            assert_eq!(code, "invalid_query", "{what}");
            true
        }
        401 => {
            let expected = if who == "API key" { "api_key_not_accepted" } else { "authentication_required" };
            assert_eq!(code, expected, "{what}");
            assert!(["nobody", "API key"].contains(&who), "{what}");
            false
        }
        403 => {
            assert!(["permission_denied", "company_required"].contains(&code.as_str()), "{what}");
            false
        }
        status => panic!("{what}: {status}"),
    }
}

#[tokio::test]
async fn everybody_may_do_what_the_page_says() {
    let test = TestApp::start().await;
    let owner = test.sign_up("Permissions", "EC").await;
    let empty = owner.post("/api/v1/roles", json!({ "name": "Nothing", "permissions": [] })).await.expect(201);
    let known = owner.get("/api/v1/permissions").await.expect(200);
    let for_keys = known["data"].as_array().unwrap().iter().filter(|p| p["for_api_keys"] == true).map(|p| p["name"].clone());
    let new = json!({ "name": "All", "scopes": for_keys.collect::<Vec<Value>>() });
    let key = owner.post("/api/v1/api-keys", new).await.expect(201)["key"].as_str().unwrap().to_owned();
    let own_role = json!({ "role": "custom", "role_id": empty["id"] });
    let callers = [
        ("nobody", test.nobody()),
        ("person", test.person().await),
        ("admin", owner.hires("admin").await),
        ("accountant", owner.hires("accountant").await),
        ("seller", owner.hires("seller").await),
        ("viewer", owner.hires("viewer").await),
        ("empty role", owner.hires_with(own_role).await),
        ("API key", test.nobody()),
        ("operator", test.operator().await),
        ("owner", owner),
    ];
    let columns = ["nobody", "person", "owner", "admin", "accountant", "seller", "viewer", "empty role", "API key", "operator"];

    let mut page = HEAD.to_owned();
    writeln!(page, "| Operation | Permission | Proof | {} |", columns.join(" | ")).unwrap();
    writeln!(page, "|---|---|---|{}", "---|".repeat(columns.len())).unwrap();
    let mut operations = Operation::all(&test.document());
    operations.sort_by_key(|operation| (operation.path.clone(), operation.method.to_string()));
    for operation in &operations {
        let proof = if operation.value["x-reauthentication"] == true { "proof" } else { "" };
        write!(page, "| `{}` | {} | {proof} |", operation.name(), operation.value["x-permission"].as_str().unwrap()).unwrap();
        for who in columns {
            let (_, caller) = callers.iter().find(|(name, _)| *name == who).unwrap();
            let answer = asks(caller, (who == "API key").then_some(key.as_str()), operation).await;
            let let_in = is_let_in(&answer, who, operation);
            assert!(let_in || !operation.is_public(), "{who}: {} is public", operation.name());
            write!(page, " {} |", if let_in { "yes" } else { "" }).unwrap();
        }
        page.push('\n');
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/permissions.md");
    if std::env::var_os("UPDATE_PERMISSIONS").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    for (line, (written, found)) in written.lines().zip(page.lines()).enumerate() {
        assert_eq!(written, found, "docs/permissions.md, line {}", line + 1);
    }
    assert_eq!(written.len(), page.len(), "docs/permissions.md is longer or shorter than what the server does");
}

/// The document and the guards agree: whatever is not said to be public refuses strangers, and what is public is known.
#[tokio::test]
async fn what_is_public_is_on_the_list() {
    let test = TestApp::start().await;
    let document = test.document();
    let (reads, acts): (Vec<Operation>, Vec<Operation>) =
        Operation::all(&document).into_iter().filter(Operation::is_public).partition(|o| o.method == Method::GET);
    let names = |operations: &[Operation]| operations.iter().map(Operation::name).collect::<Vec<_>>();
    let expected = [
        "POST /api/v1/auth/login",
        "POST /api/v1/auth/login/otp",
        "POST /api/v1/auth/login/passkey",
        "POST /api/v1/auth/login/passkey/options",
        "POST /api/v1/auth/password/forgot",
        "POST /api/v1/auth/password/reset",
        "POST /api/v1/auth/refresh",
        "POST /api/v1/auth/register",
        "POST /api/v1/auth/verify-email",
        // With a signature of whoever knows a secret of the server.
        "POST /api/v1/billing/webhook/intake",
        "POST /api/v1/billing/webhook/status",
        "POST /api/v1/invitations/accept",
        // With the key of the platform's instances.
        "POST /api/v1/licences/services",
    ];
    assert_eq!(names(&acts), expected, "everybody may call these; add one only for a reason");
    let expected = [
        // With the key of the platform's instances.
        "GET /api/v1/licences/active/{tax_id}",
        // The face of a company that is active.
        "GET /api/v1/public/companies/{slug}",
        "GET /api/v1/public/company",
        // Shipped with the program, or written by operators for everybody: who registers chooses from them.
        "GET /api/v1/public/location/countries",
        "GET /api/v1/public/location/countries/{iso2}/cities",
        // What is for sale.
        "GET /api/v1/public/plans",
        "GET /api/v1/public/reference",
        "GET /api/v1/public/services",
    ];
    assert_eq!(names(&reads), expected, "everybody may read these; add one only for a reason");
}
