//! A company leaves one server, arrives whole in another, and is erased where it was.

use serde_json::{Value, json};

use balanza::archive;

use crate::support::{PASSWORD, Shop, TestApp, folder, token};

#[tokio::test]
async fn a_company_moves_to_another_server_and_is_erased_where_it_was() {
    let (here, there) = (TestApp::alone(|c| c.data_dir = folder()).await, TestApp::alone(|c| c.data_dir = folder()).await);
    let shop = here.sign_up("Mudanzas", "EC").await;
    let neighbour = here.sign_up("Neighbour", "EC").await;
    for shop in [&shop, &neighbour] {
        shop.import("sku,name,price,cost,stock\nBREAD,Bread,1.00,0.50,100\nROLL,Roll,2.00,0.50,100\n").await;
    }
    let bread = shop.product("BREAD").await;
    let (till, shift) = shop.opens_till("10.00").await;
    let sale = shop.sells(&till, &[(&bread, "3")], &[("cash", "5.00")]).await.expect(201);
    let refund = json!({ "register_id": till, "lines": [{ "line_no": 1, "quantity": "1" }], "method": "cash" });
    shop.post(&format!("/api/v1/pos/sales/{}/refund", sale["id"].as_str().unwrap()), refund).await.expect(201);
    shop.post(&format!("/api/v1/pos/shifts/{shift}/end"), Value::Null).await.expect(200);
    let ana = shop.hires("seller").await;
    let slug = shop.get("/api/v1/company").await.expect(200)["slug"].as_str().unwrap().to_owned();
    let books = async |shop: &Shop<'_>| shop.get("/api/v1/accounting/trial-balance").await.expect(200);
    let before = books(&shop).await;

    let place = folder().join("archive");
    let exported = archive::export(&here.app, &here.urls, &slug, &place).await.unwrap();
    assert!(exported.tables["journal_line"].rows > 0 && exported.tables["sale"].rows == 2 && exported.files == 1, "{exported:?}");
    let imported = archive::import(&there.app, &there.urls, &place).await.unwrap();
    assert_eq!(imported.tables, exported.tables, "the digests are what they were");
    let again = archive::import(&there.app, &there.urls, &place).await.unwrap_err();
    assert!(again.to_string().contains("is here already"), "{again}");

    // The owner signs in with their password, and goes on where they were.
    let login = json!({ "email": shop.email, "password": PASSWORD });
    let signed_in = there.nobody().post("/api/v1/auth/login", login.clone()).await.expect(200);
    let moved = Shop { test: &there, token: token(&signed_in), email: shop.email.clone() };
    assert_eq!(books(&moved).await, before);
    let imports = moved.get("/api/v1/products?q=BREAD").await.expect(200);
    assert_eq!(imports["data"][0]["id"], json!(bread));
    let close = json!({ "counted_cash": "12.00" });
    moved.post(&format!("/api/v1/pos/shifts/{shift}/close"), close).await.expect(200);
    moved.post("/api/v1/pos/shifts", json!({ "register_id": till, "opening_float": "12.00" })).await.expect(201);
    let next = moved.sells(&till, &[(&bread, "1")], &[("cash", "5.00")]).await.expect(201);
    assert_eq!(next["number"], "001-001-000000002", "numbers go on");

    // Erased only when closed, and then whole; nobody else is touched.
    let open = archive::erase(&here.app, &here.urls, &slug).await.unwrap_err();
    assert!(open.to_string().contains("close it first"), "{open}");
    shop.post("/api/v1/company/close", json!({ "slug": slug })).await.expect(204);
    let others = books(&neighbour).await;
    let erased = archive::erase(&here.app, &here.urls, &slug).await.unwrap();
    assert_eq!((erased.company, erased.files), (exported.company, 1));
    let mut superuser = here.superuser().await;
    let proof: (i64, i32) = sqlx::query_as("select (tables->'sale'->>'rows')::bigint, files from erasure where company_id = $1")
        .bind(exported.company)
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    assert_eq!(proof, (2, 1));
    let tables: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'",
    )
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    for table in tables {
        let question = format!("select count(*) from {table} where tenant_id = $1");
        let rows: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(question)).bind(exported.company).fetch_one(&mut superuser).await.unwrap();
        assert_eq!(rows, 0, "{table}");
    }
    assert!(here.app.files.list(exported.company).await.unwrap().is_empty());
    assert_eq!(books(&neighbour).await, others);
    assert_eq!(ana.get("/api/v1/auth/me").await.status, 401);
    let signed_in = here.nobody().post("/api/v1/auth/login", login).await.expect(200);
    assert_eq!(signed_in["company_id"], Value::Null, "people keep their accounts");
    let gone = archive::export(&here.app, &here.urls, &slug, &folder().join("archive")).await.unwrap_err();
    assert!(gone.to_string().contains("there is no company"), "{gone}");
}

/// What has been changed on the way is not let in, and nothing of it is written.
#[tokio::test]
async fn an_archive_that_was_changed_is_refused() {
    use std::io::{Read, Write};
    let (here, there) = (TestApp::alone(|c| c.data_dir = folder()).await, TestApp::alone(|c| c.data_dir = folder()).await);
    let shop = here.sign_up("Changed", "ES").await;
    shop.post("/api/v1/products", json!({ "sku": "BREAD", "name": "Bread", "price": "1.00" })).await.expect(201);
    let slug = shop.get("/api/v1/company").await.expect(200)["slug"].as_str().unwrap().to_owned();
    let place = folder().join("archive");
    archive::export(&here.app, &here.urls, &slug, &place).await.unwrap();
    let file = place.join("tables/product.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(&file).unwrap()).read_to_string(&mut text).unwrap();
    let mut changed = flate2::write::GzEncoder::new(std::fs::File::create(&file).unwrap(), flate2::Compression::fast());
    changed.write_all(text.replace("Bread", "Bread!").as_bytes()).unwrap();
    changed.finish().unwrap();
    let refused = archive::import(&there.app, &there.urls, &place).await.unwrap_err();
    assert!(refused.to_string().contains("product is not what it was"), "{refused}");
    let companies: i64 = sqlx::query_scalar("select count(*) from company").fetch_one(&mut there.superuser().await).await.unwrap();
    assert_eq!(companies, 0);
    std::fs::remove_file(place.join("manifest.json")).unwrap();
    assert!(archive::import(&there.app, &there.urls, &place).await.unwrap_err().to_string().contains("is no archive"));
}
