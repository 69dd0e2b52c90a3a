//! The wall between companies: no operation of the document tells, changes or even hints at what another
//! company has; the database keeps its rows apart by itself; and taking a stone out of the wall is noticed.

use std::collections::{BTreeMap, BTreeSet};

use balanza::platform::actor::Actor;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgConnectOptions};
use uuid::Uuid;

use crate::support::{
    Answer, TestApp, connect,
    operations::{OWN_ID, Operation, World, set},
};

const CANARY: &str = "CANARY-B";

/// Tables whose rows belong to a company.
async fn tenant_tables(superuser: &mut PgConnection) -> Vec<String> {
    sqlx::query_scalar(
        "select table_name::text from information_schema.columns
         where table_schema = 'public' and column_name = 'tenant_id' order by table_name",
    )
    .fetch_all(superuser)
    .await
    .unwrap()
}

/// What a company's rows are, to the byte, by table.
async fn digests(superuser: &mut PgConnection, tenant: Uuid) -> BTreeMap<String, (i64, String)> {
    let mut found = BTreeMap::new();
    for table in tenant_tables(superuser).await {
        let question = format!(
            "select count(*), coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') from {table} t where tenant_id = $1"
        );
        let digest = sqlx::query_as(AssertSqlSafe(question)).bind(tenant).fetch_one(&mut *superuser).await.unwrap();
        found.insert(table, digest);
    }
    found
}

/// Every id that stands in a company's rows.
async fn ids(superuser: &mut PgConnection, tenant: Uuid) -> BTreeSet<String> {
    let columns: Vec<(String, String)> = sqlx::query_as(
        "select table_name::text, column_name::text from information_schema.columns c
         where table_schema = 'public' and data_type = 'uuid'
           -- Plans and coupons are the platform's, the same for all; a slot of balances is one of 64.
           and column_name not in ('plan_id', 'next_plan_id', 'coupon_id', 'slot')
           and exists (select from information_schema.columns t
                       where t.table_schema = 'public' and t.table_name = c.table_name and t.column_name = 'tenant_id')",
    )
    .fetch_all(&mut *superuser)
    .await
    .unwrap();
    let mut found = BTreeSet::new();
    for (table, column) in columns {
        let question = format!("select distinct {column}::text from {table} where tenant_id = $1 and {column} is not null");
        let values: Vec<String> = sqlx::query_scalar(AssertSqlSafe(question)).bind(tenant).fetch_all(&mut *superuser).await.unwrap();
        found.extend(values);
    }
    found
}

/// An answer without what differs from request to request.
fn masked(answer: &Answer, sent: &str) -> (u16, String) {
    let mut body = answer.json();
    for member in ["request_id", "instance"] {
        if body[member].is_string() {
            body[member] = json!("…");
        }
    }
    (answer.status.as_u16(), body.to_string().replace(sent, "{id}"))
}

#[tokio::test]
async fn no_operation_reaches_another_company() {
    walk(&TestApp::start().await).await;
}

/// The wall has two layers: here the questions' own `tenant_id` predicates and the composite keys stand alone.
#[tokio::test]
async fn no_operation_needs_the_policies() {
    let test = TestApp::alone(|_| {}).await;
    walk(&test.past_the_wall().await).await;
}

async fn walk(test: &TestApp) {
    let mut superuser = test.superuser().await;
    let (a, b) = (World::build(test, "A").await, World::build(test, CANARY).await);
    let operations = Operation::all(&test.document());
    sells_with_the_key(&b, &operations).await.expect(201);
    let spare = b.thing("product").await;
    let before = digests(&mut superuser, b.tenant).await;
    for (table, (rows, _)) in &before {
        assert!(*rows > 0, "the company under attack has no row in {table}: let World::build make one through the API");
    }
    let secret = ids(&mut superuser, b.tenant).await;
    let shared: Vec<String> = ids(&mut superuser, a.tenant).await.intersection(&secret).cloned().collect();
    assert!(shared.is_empty(), "two companies share ids: {shared:?}");
    let betrays = |operation: &Operation, answer: &Answer, sent: &str| {
        let text = format!("{:?} {}", answer.headers, String::from_utf8_lossy(&answer.bytes));
        assert!(!text.contains(CANARY), "{}: shows what another company has written: {text}", operation.name());
        let shown = secret.iter().find(|id| id.as_str() != sent && text.contains(id.as_str()));
        assert!(shown.is_none(), "{}: shows another company's id {shown:?}: {text}", operation.name());
    };

    for operation in operations.iter().filter(|o| o.can_be_walked()) {
        let nothing = Uuid::now_v7().to_string();
        if operation.has_id() {
            let kind = operation.named();
            let body = a.body(operation).await;
            let theirs = a.call(operation, b.id(kind), body.clone()).await;
            let nobodys = a.call(operation, &nothing, body).await;
            assert_eq!(theirs.status, 404, "{} with another company's {kind}: {}", operation.name(), theirs.json());
            assert_eq!(
                masked(&theirs, b.id(kind)),
                masked(&nobodys, &nothing),
                "{}: another company's id must answer like an id of nothing",
                operation.name()
            );
            betrays(operation, &theirs, b.id(kind));
        } else if operation.method == "GET" {
            betrays(operation, &a.call(operation, "", None).await, "");
        }
    }
    // Ids to take for things of one's own: each once, else the second taker meets the first.
    let mut taken: Vec<String> =
        sqlx::query_scalar("select id::text from sale where tenant_id = $1").bind(b.tenant).fetch_all(&mut superuser).await.unwrap();
    for operation in operations.iter().filter(|o| o.can_be_walked()) {
        let nothing = Uuid::now_v7().to_string();
        for (pointer, kind) in operation.references() {
            let own = if operation.has_id() { a.thing(operation.named()).await } else { String::new() };
            let mut answers = vec![];
            let target = match kind {
                // Not the one that the walk asks for later: it would be their own by then.
                OWN_ID if operation.path == "/api/v1/products" => spare.clone(),
                OWN_ID => taken.pop().unwrap(),
                _ => b.id(kind).to_owned(),
            };
            for id in [target.as_str(), nothing.as_str()] {
                let mut body = a.body(operation).await.unwrap();
                set(&mut body, &pointer, id.into());
                answers.push((a.call(operation, &own, Some(body)).await, id));
            }
            let [(theirs, sent), (nobodys, other)] = &answers[..] else { unreachable!() };
            betrays(operation, theirs, sent);
            let name = format!("{} with another company's {kind} at {pointer}", operation.name());
            match kind {
                // Ids are unique in a company only, so taking one that another has is like taking a new one.
                OWN_ID => assert_eq!((theirs.status, nobodys.status), (http::StatusCode::CREATED, http::StatusCode::CREATED), "{name}"),
                "company" => assert_eq!(theirs.status, 404, "{name}"),
                _ => {
                    let wrong = json!({ "pointer": pointer, "code": "not_found_reference" });
                    let error = &theirs.json()["errors"][0];
                    assert_eq!(theirs.status, 422, "{name}: {}", theirs.json());
                    assert_eq!((&error["pointer"], &error["code"]), (&wrong["pointer"], &wrong["code"]), "{name}");
                }
            }
            if kind != OWN_ID {
                assert_eq!(masked(theirs, sent), masked(nobodys, other), "{name}: must answer like an id of nothing");
            }
        }
    }

    headers_do_not_help(&a, &b, &operations).await;
    let after = digests(&mut superuser, b.tenant).await;
    assert_eq!(before, after, "another company's requests have changed rows");

    // The same requests succeed for their owner: else the above proves nothing.
    for operation in operations.iter().filter(|o| o.can_be_walked() && (o.has_id() || !o.references().is_empty())) {
        let own = if operation.has_id() { b.thing(operation.named()).await } else { String::new() };
        let body = b.body(operation).await;
        let answer = b.call(operation, &own, body).await;
        assert!(answer.status.is_success(), "{} for its owner: {}", operation.name(), answer.json());
    }
}

/// Naming another company, or a key that it has used.
async fn headers_do_not_help(a: &World<'_>, b: &World<'_>, operations: &[Operation]) {
    for header in ["x-company-id", "x-tenant-id"] {
        let named = b.tenant.to_string();
        let answer = a.shop.call(http::Method::GET, "/api/v1/company", &[(header, named.as_str())], None).await;
        assert_eq!(answer.expect(403)["code"], "tenant_mismatch", "{header}");
    }
    let answer = sells_with_the_key(a, operations).await;
    assert!(!answer.headers.contains_key("idempotent-replayed"), "a key is a company's own");
    answer.expect(201);
}

async fn sells_with_the_key(world: &World<'_>, operations: &[Operation]) -> Answer {
    let sell = operations.iter().find(|o| o.path == "/api/v1/pos/sales").unwrap();
    let key = [("idempotency-key", "the-key-of-them-both")];
    world.shop.call(http::Method::POST, "/api/v1/pos/sales", &key, world.body(sell).await).await
}

/// What a role can do to another company's rows by SQL; empty when the wall stands. `tenant` asks, `victim`
/// has rows in every table.
async fn leaks(role: &PgConnectOptions, superuser: &mut PgConnection, tenant: Uuid, victim: Uuid) -> Vec<String> {
    let mut found = vec![];
    let mut connection = connect(role).await;
    for table in tenant_tables(superuser).await {
        // Without those that the database makes itself.
        let columns: String = sqlx::query_scalar(
            "select string_agg(quote_ident(column_name), ', ') from information_schema.columns
             where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'",
        )
        .bind(&table)
        .fetch_one(&mut *superuser)
        .await
        .unwrap();
        let row: Value = sqlx::query_scalar(AssertSqlSafe(format!("select to_jsonb(t) from {table} t where tenant_id = $1 limit 1")))
            .bind(victim)
            .fetch_optional(&mut *superuser)
            .await
            .unwrap()
            .unwrap_or_else(|| panic!("no row in {table} to steal"));
        // The question, with the company's context or without, and what must come of it.
        let attempts = [
            (false, format!("select count(*) from {table}"), "nothing is seen without a context"),
            (true, format!("select count(*) from {table} where tenant_id = '{victim}'"), "rows of another company are seen"),
            (
                true,
                format!(
                    "with u as (update {table} set tenant_id = tenant_id where tenant_id = '{victim}' returning 1) select count(*) from u"
                ),
                "rows of another company are written",
            ),
            (
                true,
                format!("with u as (delete from {table} where tenant_id = '{victim}' returning 1) select count(*) from u"),
                "rows of another company are removed",
            ),
            (
                true,
                format!("with u as (update {table} set tenant_id = '{victim}' returning 1) select count(*) from u"),
                "rows are given to another company",
            ),
            (
                true,
                format!(
                    "with u as (insert into {table} ({columns}) select {columns} from jsonb_populate_record(null::{table}, '{}') returning 1) select count(*) from u",
                    row.to_string().replace('\'', "''")
                ),
                "rows are made for another company",
            ),
        ];
        for (context, question, harm) in attempts {
            let mut tx = connection.begin().await.unwrap();
            if context {
                sqlx::query("select set_config('app.tenant_id', $1, true)").bind(tenant.to_string()).execute(&mut *tx).await.unwrap();
            }
            let outcome: Result<i64, sqlx::Error> = sqlx::query_scalar(AssertSqlSafe(question)).fetch_one(&mut *tx).await;
            tx.rollback().await.unwrap();
            let refused = outcome.as_ref().err().and_then(|e| e.as_database_error()).and_then(|e| e.code().map(|c| c.into_owned()));
            let stands = refused.as_deref() == Some("42501") || (context && matches!(outcome, Ok(0)));
            if !stands {
                found.push(format!("{table}: {harm}: {outcome:?}"));
            }
        }
    }
    connection.close().await.unwrap();
    found
}

async fn audit(superuser: &mut PgConnection) -> Vec<String> {
    let rows = sqlx::raw_sql(include_str!("../isolation-audit.sql")).fetch_all(superuser).await.unwrap();
    rows.iter().map(|row| sqlx::Row::get(row, 0)).collect()
}

#[tokio::test]
async fn the_database_keeps_companies_apart_by_itself() {
    let test = TestApp::alone(|_| {}).await;
    let mut superuser = test.superuser().await;
    let (a, b) = (World::build(&test, "A").await, World::build(&test, "B").await);
    let wall = async |superuser: &mut PgConnection, role: &PgConnectOptions| leaks(role, superuser, a.tenant, b.tenant).await;
    assert_eq!(wall(&mut superuser, &test.urls.app).await, Vec::<String>::new());

    // A product of ours cannot bear a tax of theirs.
    let mut app = connect(&test.urls.app).await;
    sqlx::query("select set_config('app.tenant_id', $1, false)").bind(a.tenant.to_string()).execute(&mut app).await.unwrap();
    let stolen = sqlx::query("update product set tax_id = $1").bind(b.id("tax").parse::<Uuid>().unwrap()).execute(&mut app).await;
    assert_eq!(stolen.unwrap_err().as_database_error().unwrap().code().unwrap(), "23503");
    app.close().await.unwrap();

    // Take a stone out, and the probe says where the hole is.
    let database: String = sqlx::query_scalar("select current_database()::text").fetch_one(&mut superuser).await.unwrap();
    let canonical = "using (tenant_id = (select app.tenant())) with check (tenant_id = (select app.tenant()))";
    let mutants = [
        (
            "product",
            "drop policy tenant_isolation on product; alter table product disable row level security".to_owned(),
            format!("create policy tenant_isolation on product {canonical}; alter table product enable row level security"),
        ),
        (
            "sale",
            "alter policy tenant_isolation on sale using (true) with check (true)".into(),
            format!("alter policy tenant_isolation on sale {canonical}"),
        ),
        (
            "stock_move",
            "alter policy tenant_isolation on stock_move with check (true)".into(),
            format!("alter policy tenant_isolation on stock_move {canonical}"),
        ),
        (
            "company: nothing is seen without a context",
            format!("alter database {database} set app.tenant_id = '{}'", a.tenant),
            format!("alter database {database} reset app.tenant_id"),
        ),
    ];
    for (hole, dig, mend) in mutants {
        sqlx::raw_sql(AssertSqlSafe(dig.clone())).execute(&mut superuser).await.unwrap();
        let found = wall(&mut superuser, &test.urls.app).await;
        assert!(found.iter().any(|leak| leak.starts_with(hole)), "{dig}: not noticed");
        sqlx::raw_sql(AssertSqlSafe(mend)).execute(&mut superuser).await.unwrap();
    }
    assert_eq!(wall(&mut superuser, &test.urls.app).await, Vec::<String>::new(), "mended");
    let found = wall(&mut superuser, &test.urls.owner).await;
    assert!(found.iter().any(|leak| leak.starts_with("journal_line")), "serving as the owner is not noticed");
}

/// What a GET runs in cannot write, whatever its handler does.
#[tokio::test]
async fn reading_cannot_write() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Reading", "EC").await;
    let actor = Actor::new(Uuid::nil(), shop.company().await);
    let update = "update company set legal_name = 'written'";
    let mut tx = test.app.db.read(&actor).await.unwrap();
    let refused = sqlx::query(update).execute(tx.conn()).await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "25006");
    let mut tx = test.app.db.begin(&actor).await.unwrap();
    assert_eq!(sqlx::query(update).execute(tx.conn()).await.unwrap().rows_affected(), 1);
}

#[tokio::test]
async fn the_audit_sees_every_kind_of_hole() {
    let test = TestApp::alone(|_| {}).await;
    let mut superuser = test.superuser().await;
    assert_eq!(audit(&mut superuser).await, Vec::<String>::new());
    let holes = [
        ("V1", "create table hole (tenant_id uuid not null)"),
        ("V1", "alter table sale no force row level security"),
        ("V2", "create table hole (id int)"),
        ("V3", "alter policy tenant_isolation on sale using (true)"),
        ("V3", "alter policy tenant_isolation on sale using (tenant_id = app.tenant()) with check (tenant_id = app.tenant())"),
        ("V3", "create policy second on sale using (true)"),
        ("V3", "create policy second on sale to balanza_system using (true)"),
        ("V3", "drop policy tenant_isolation on sale"),
        ("V4", "alter role balanza_app bypassrls"),
        ("V4", "create table hole (tenant_id uuid not null); alter table hole owner to balanza_app"),
        ("V4", "create role hole_in_the_wall; grant hole_in_the_wall to balanza_app"),
        (
            "V5",
            "create table hole (tenant_id uuid not null, sale_id uuid); create unique index sale_by_id on sale (id);
             alter table hole add constraint hole_sale_fk foreign key (sale_id) references sale (id)",
        ),
        ("V6", "create unique index sale_number on sale (number)"),
        ("V7", "create view hole as select * from sale"),
        ("V7", "create materialized view hole as select 1 as one"),
        ("V8", "create function app.hole() returns int language sql security definer as 'select 1'"),
        ("V8", "alter function app.post_lines() reset search_path"),
        ("V9", "grant truncate on sale to balanza_app"),
        ("V10", "create table hole (tenant_id uuid); select app.enclose('hole')"),
        ("V11", "grant update (memo) on journal_entry to balanza_app"),
        ("V11", "grant delete on stock_move to balanza_system"),
        ("V12", "alter table sale add column weight float8"),
    ];
    for (question, hole) in holes {
        let mut tx = superuser.begin().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(hole)).execute(&mut *tx).await.unwrap();
        let found = audit(&mut tx).await;
        tx.rollback().await.unwrap();
        assert!(found.iter().any(|line| line.starts_with(&format!("{question} "))), "{question} did not see: {hole}; saw {found:?}");
    }
}

/// Two companies over a pool of two connections, with refusals and aborted requests between: a context never
/// outlives its transaction.
#[tokio::test]
async fn a_connection_forgets_whom_it_served() {
    let test = TestApp::with(|config| config.db_pool_size = 2).await;
    let shops = [test.sign_up("One", "EC").await, test.sign_up("Two", "ES").await];
    let companies = [shops[0].company().await, shops[1].company().await];
    let asked = (0..300_usize).map(async |i| {
        let (shop, company) = (&shops[i % 2], companies[i % 2]);
        match i % 7 {
            0 => drop(
                shop.post("/api/v1/products", json!({ "sku": "X", "name": "X", "price": "1", "tax_id": Uuid::now_v7() })).await.expect(422),
            ),
            1 => {
                let asking = shop.get("/api/v1/company");
                let _given_up = tokio::time::timeout(std::time::Duration::from_millis(2), asking).await;
            }
            _ => {
                let answer = shop.get("/api/v1/company").await;
                // Two connections for all: whoever waits too long is told to come again.
                if answer.status != 503 {
                    assert_eq!(answer.expect(200)["id"], json!(company));
                }
            }
        }
    });
    futures::future::join_all(asked).await;
}

/// What proves who somebody is stays in the database, in whatever spelling: no answer holds it, whoever reads.
#[tokio::test]
async fn no_answer_shows_what_is_secret() {
    let test = TestApp::alone(|_| {}).await;
    let world = World::build(&test, "Secrets").await;
    let mut superuser = test.superuser().await;
    let columns: Vec<(String, String)> = sqlx::query_as(
        "select table_name::text, column_name::text from information_schema.columns
         where table_schema = 'public' and (column_name like '%hash' or column_name = 'secret')
           and table_name not like 'audit%' order by 1, 2",
    )
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    let mut secrets = BTreeMap::new();
    for (table, column) in &columns {
        let question = format!("select {column}::text from {table} where {column} is not null");
        let values: Vec<String> = sqlx::query_scalar(AssertSqlSafe(question)).fetch_all(&mut superuser).await.unwrap();
        for value in values {
            let stored = value.trim_start_matches("\\x").to_owned();
            if let Ok(bytes) = hex::decode(&stored) {
                use base64::Engine;
                secrets.insert(base64::engine::general_purpose::STANDARD_NO_PAD.encode(&bytes), format!("{table}.{column}"));
                secrets.insert(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&bytes), format!("{table}.{column}"));
            }
            secrets.insert(stored, format!("{table}.{column}"));
        }
    }
    let seen: BTreeSet<&str> = secrets.values().map(String::as_str).collect();
    for needed in
        ["person.password_hash", "totp.secret", "api_key.hash", "refresh_token.hash", "invitation.token_hash", "known_device.hash"]
    {
        assert!(seen.contains(needed), "nothing in {needed} to look for, only in {seen:?}");
    }
    for operation in Operation::all(&test.document()).iter().filter(|o| o.method == "GET" && o.is_read_by_people()) {
        let id = if operation.has_id() { world.id(operation.named()) } else { "" };
        let answer = world.call(operation, id, None).await;
        assert_eq!(answer.status, 200, "{}", operation.name());
        let text = format!("{:?} {}", answer.headers, String::from_utf8_lossy(&answer.bytes));
        let shown = secrets.iter().find(|(secret, _)| text.contains(secret.as_str()));
        assert!(shown.is_none(), "{} shows {:?}", operation.name(), shown.map(|(_, column)| column));
    }
}
