//! The chain over a company's log: whoever changes what has been sealed is told on by every later seal.

use balanza::{
    jobs,
    platform::actor::Actor,
    verify::{companies, verify},
};
use serde_json::json;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::support::TestApp;

async fn broken(test: &TestApp) -> Vec<String> {
    let mut found = vec![];
    for (tenant, _) in companies(&test.app.db).await.unwrap() {
        let mut tx = test.app.db.read(&Actor::new(uuid::Uuid::nil(), tenant)).await.unwrap();
        found.extend(verify(&mut tx).await.unwrap());
    }
    found
}

async fn does(superuser: &mut PgConnection, sql: &str) -> sqlx::Result<u64> {
    sqlx::query(AssertSqlSafe(sql.to_owned())).execute(superuser).await.map(|done| done.rows_affected())
}

#[tokio::test]
async fn a_sealed_log_tells_who_changed_it() {
    let test = TestApp::alone(|_| {}).await;
    let (shop, quiet) = (test.sign_up("Sealed", "EC").await, test.sign_up("Quiet", "EC").await);
    let mut superuser = test.superuser().await;
    let seals = async |superuser: &mut PgConnection| {
        let numbers = "select array_agg(number order by number) from audit_seal where tenant_id = $1";
        sqlx::query_scalar::<_, Option<Vec<i64>>>(numbers)
            .bind(shop.company().await)
            .fetch_one(superuser)
            .await
            .unwrap()
            .unwrap_or_default()
    };
    jobs::sweep(&test.app).await.unwrap();
    jobs::sweep(&test.app).await.unwrap();
    assert_eq!(seals(&mut superuser).await, [1], "nothing new, no seal");
    for sku in ["A", "B"] {
        shop.post("/api/v1/products", json!({ "sku": sku, "name": "Bread", "price": "1.00" })).await.expect(201);
        // Several replicas at once make one link.
        let (one, two) = tokio::join!(jobs::sweep(&test.app), jobs::sweep(&test.app));
        one.and(two).unwrap();
    }
    assert_eq!(seals(&mut superuser).await, [1, 2, 3]);
    assert_eq!(broken(&test).await, Vec::<String>::new());

    // The serving roles cannot touch it, and what is sealed is not sealed anew.
    let mut app = crate::support::connect(&test.urls.app).await;
    for forged in ["update audit_log set action = 'x'", "delete from audit_log", "delete from audit_seal", "update audit_seal set rows = 1"]
    {
        let refused = does(&mut app, forged).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"), "{forged}");
    }
    let mut system = crate::support::connect(&test.urls.system).await;
    let refused = does(&mut system, "update audit_log set seal = 9 where seal = 1").await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().constraint(), Some("audit_log_sealed_once"));

    // Whoever stands above the database is found out: a changed row, a removed one, a removed or rewritten link.
    let company = shop.company().await;
    let of = format!("where tenant_id = '{company}'");
    for (forged, told) in [
        (format!("update audit_log set data = '{{\"sku\": \"Z\"}}' {of} and seal = 2"), "the log is as it was sealed: 2"),
        (format!("delete from audit_log {of} and seal = 3"), "the log is as it was sealed: 3"),
        (format!("delete from audit_seal {of} and number = 2"), "the seals are a chain: 3"),
        (
            format!("update audit_seal set digest = '\\x00', hash = app.seal_hash(1, '\\x00', '\\x00') {of} and number = 1"),
            "the seals are a chain: 1",
        ),
    ] {
        does(&mut superuser, "begin").await.unwrap();
        does(&mut superuser, "alter table audit_log disable trigger audit_log_sealed_once").await.unwrap();
        assert_eq!(does(&mut superuser, &forged).await.unwrap(), 1, "{forged}");
        does(&mut superuser, "commit").await.unwrap();
        let found = broken(&test).await;
        assert!(found.iter().any(|line| line == told), "{forged}: {found:?}");
    }
    quiet.get("/api/v1/company").await.expect(200);
}
