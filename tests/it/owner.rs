//! A server whose database belongs to somebody who is no superuser: as providers of databases give them.

use balanza::{
    archive,
    platform::db::{self, Db, Urls},
};
use serde_json::json;
use sqlx::AssertSqlSafe;

use crate::support::{SECRET, Shop, TestApp, connect, folder};

async fn run(test: &TestApp, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut test.superuser().await).await.unwrap();
}

/// A database of the owner's, migrated by them.
async fn owned(test: &TestApp) -> TestApp {
    let name = format!("run_{}", uuid::Uuid::now_v7().simple());
    let owner = format!("owner_{}", &name[4..]);
    run(test, &format!("create role {owner} login createrole password 'of-a-test'")).await;
    run(test, &format!("create database {name} owner {owner}")).await;
    let (server, _) = test.url.rsplit_once('/').unwrap();
    let (_, host) = server.rsplit_once('@').unwrap();
    let url = format!("postgres://{owner}:of-a-test@{host}/{name}");
    let urls = Urls::derive(&url, None, None, SECRET).unwrap();
    db::migrate(&urls, SECRET).await.unwrap();
    db::migrate(&urls, SECRET).await.unwrap();
    let db = Db::new(&urls, 1);
    balanza::reference::plant(&db).await.unwrap();
    db.close().await;
    let folder = folder();
    TestApp::at(&url, |config| config.data_dir = folder).await
}

#[tokio::test]
async fn a_company_moves_between_servers_whose_owners_are_no_superusers() {
    let test = TestApp::start().await;
    let (here, there) = (owned(&test).await, owned(&test).await);
    let shop = here.sign_up("Mudanza", "EC").await;
    shop.import("sku,name,price,cost,stock\nBREAD,Bread,1.00,0.50,100\n").await;
    let (till, _) = shop.opens_till("10.00").await;
    shop.sells(&till, &[(&shop.product("BREAD").await, "3")], &[("cash", "5.00")]).await.expect(201);
    shop.brings("document", "deed.txt", b"text").await.expect(201);
    let company = shop.get("/api/v1/company").await.expect(200);
    let slug = company["slug"].as_str().unwrap();

    let archive_folder = folder().join("archive");
    let out = archive::export(&here.app, &here.urls, slug, &archive_folder).await.unwrap();
    assert!(out.tables["sale_line"].rows == 1 && out.tables["journal_line"].rows > 2 && out.files == 2);
    let back = archive::import(&there.app, &there.urls, &archive_folder).await.unwrap();
    assert_eq!(back.tables, out.tables);
    let login = json!({ "email": shop.email, "password": crate::support::PASSWORD });
    let token = crate::support::token(&there.nobody().post("/api/v1/auth/login", login).await.expect(200));
    let moved = Shop { test: &there, token, email: shop.email.clone() };
    assert_eq!(moved.get("/api/v1/company").await.expect(200), company);
    moved.sells(&till, &[(&moved.product("BREAD").await, "1")], &[("cash", "5.00")]).await.expect(201);

    shop.post("/api/v1/company/close", json!({ "slug": slug })).await.expect(204);
    let erased = archive::erase(&here.app, &here.urls, slug).await.unwrap();
    assert_eq!(erased.tables["sale_line"].rows, 1);
    let mut superuser = connect(
        &test.url.rsplit_once('/').map(|(s, _)| format!("{s}/{}", here.urls.owner.get_database().unwrap())).unwrap().parse().unwrap(),
    )
    .await;
    let left: i64 = sqlx::query_scalar("select count(*) from sale").fetch_one(&mut superuser).await.unwrap();
    assert_eq!(left, 0);
}
