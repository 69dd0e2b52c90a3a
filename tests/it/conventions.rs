//! What every operation owes its callers.

use balanza::app;

use crate::support::TestApp;

#[tokio::test]
async fn every_guarded_operation_refuses_strangers() {
    let test = TestApp::start().await;
    let document = serde_json::to_value(app::openapi(&test.app)).unwrap();
    let nobody = test.nobody();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            for member in ["x-permission", "operationId", "summary", "tags", "security"] {
                assert!(!operation[member].is_null(), "{method} {path}: {member} is missing");
            }
            if operation["x-permission"] == "public" {
                continue;
            }
            let path = path.replace("{id}", "0190d2c4-0000-7000-8000-000000000001");
            let answer = nobody.call(method.to_uppercase().parse().unwrap(), &path, &[], None).await;
            assert!(answer.headers.contains_key("www-authenticate"), "{method} {path}");
            assert!(answer.headers.contains_key("x-request-id"), "{method} {path}");
            assert_eq!(answer.headers["content-type"], "application/problem+json");
            answer.expect(401);
        }
    }
}

#[tokio::test]
async fn openapi_in_the_repository_is_fresh() {
    let test = TestApp::start().await;
    let fresh = app::openapi(&test.app).to_pretty_json().unwrap();
    let kept = include_str!("../../openapi.json");
    assert!(fresh.trim() == kept.trim(), "openapi.json is stale: run `make openapi`");
}
