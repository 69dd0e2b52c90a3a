//! Files in a bucket, on a real S3 server; and what happens while it is away.

use std::process::{Child, Command, Stdio};

use balanza::platform::files::Bucket;
use serde_json::json;

use crate::support::{TestApp, needs};

const CSV: &str = "sku,name,price\nPEN,Pen,1.20\n";

struct S3 {
    endpoint: String,
    child: Child,
}

impl S3 {
    async fn start(program: &std::path::Path) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        let s3 = Self { endpoint: format!("http://127.0.0.1:{port}"), child: command.spawn().unwrap() };
        for _ in 0..300 {
            if reqwest::Client::new().put(format!("{}/shop-files", s3.endpoint)).send().await.is_ok_and(|a| a.status().is_success()) {
                return s3;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("the S3 server does not answer");
    }
}

impl S3 {
    /// The same server by another name.
    fn public(&self) -> String {
        self.endpoint.replace("127.0.0.1", "localhost")
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}

#[tokio::test]
async fn an_import_keeps_its_file_in_the_bucket() {
    let Some(program) = needs("target/moto/bin/moto_server", "scripts/install-moto") else { return };
    let s3 = S3::start(&program).await;
    let bucket = Bucket {
        endpoint: s3.endpoint.clone(),
        public_endpoint: Some(s3.public()),
        region: "us-east-1".into(),
        name: "shop-files".into(),
        access_key: "a-test".into(),
        secret_key: "of-no-value".into(),
    };
    let test = TestApp::with(|config| config.bucket = Some(bucket)).await;
    let shop = test.sign_up("Papelería", "CO").await;
    let batch = shop.post("/api/v1/imports/batches", json!({ "target": "products" })).await.expect(201);
    let batch = batch["id"].as_str().unwrap();
    let path = format!("/api/v1/imports/batches/{batch}");
    assert_eq!(shop.get(&format!("{path}/file")).await.expect(404)["code"], "not_found");

    shop.ingest(&path, CSV).await.expect(200);
    let file = shop.get(&format!("{path}/file")).await;
    assert_eq!((file.bytes.as_slice(), &file.headers["content-security-policy"]), (CSV.as_bytes(), &"sandbox".parse().unwrap()));
    let object = reqwest::get(format!("{}/shop-files?list-type=2", s3.endpoint)).await.unwrap().text().await.unwrap();
    assert!(object.contains(&format!("<Key>{}/imports/2", shop.company().await)), "named by company, module and day: {object}");

    bring_by_link(&test, &s3).await;
    shop.get("/ready").await.expect(200);

    drop(s3);
    let refused = shop.ingest(&path, "sku,name,price\nINK,Ink,3.00\n").await;
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(refused.expect(503)["code"], "storage_unavailable");
    assert_eq!(shop.get(&path).await.expect(200)["rows"], 1, "the batch is as it was");
    let ready = shop.get("/ready").await.expect(503);
    assert_eq!(ready["detail"], "Missing: storage.");
}

#[tokio::test]
async fn an_import_keeps_its_file_in_the_data_folder() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Papelería", "CO").await;
    let batch = shop.post("/api/v1/imports/batches", json!({ "target": "products" })).await.expect(201);
    let path = format!("/api/v1/imports/batches/{}", batch["id"].as_str().unwrap());
    shop.ingest(&path, CSV).await.expect(200);
    let file = shop.get(&format!("{path}/file")).await;
    assert_eq!(file.bytes, CSV.as_bytes());
}

/// A browser brings a file to the bucket and reads it there, without us between.
async fn bring_by_link(test: &TestApp, s3: &S3) {
    let shop = test.sign_up("Papelería", "CO").await;
    let bytes = crate::stories::files::picture(400, 200, image::ImageFormat::Png);
    let new = json!({ "purpose": "image", "name": "a.png", "content_type": "image/png", "size": bytes.len() });
    let upload = shop.post("/api/v1/files/presign", new).await.expect(201);
    let path = format!("/api/v1/files/{}", upload["file"]["id"].as_str().unwrap());
    let url = upload["upload"]["url"].as_str().unwrap();
    assert!(url.starts_with(&s3.public()), "the public address: {url}");
    let client = reqwest::Client::new();
    let mut put = client.put(url).body(bytes.clone());
    for (name, value) in upload["upload"]["headers"].as_object().unwrap() {
        put = put.header(name, value.as_str().unwrap());
    }
    let put = put.send().await.unwrap();
    assert!(put.status().is_success(), "{}", put.text().await.unwrap());
    let file = shop.post(&format!("{path}/complete"), serde_json::Value::Null).await.expect(200);
    assert_eq!((&file["state"], &file["width"]), (&json!("ready"), &json!(400)));

    let link = shop.get(&format!("{path}/link")).await.expect(200);
    let read = reqwest::get(link["url"].as_str().unwrap()).await.unwrap();
    assert!(read.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert_eq!(read.bytes().await.unwrap().as_ref(), bytes);
    test.drain_jobs().await;
    while shop.get(&path).await.expect(200)["has_thumbnail"] == false {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(shop.get(&format!("{path}/content?variant=thumbnail")).await.status, 200);
    let media = url::Url::parse(url).unwrap();
    let here = shop.get(&format!("/media{}?expires=9999999999&type=a&signature=00", media.path())).await;
    assert!([403, 404].contains(&here.status.as_u16()), "objects of a bucket are not read here");
    assert_eq!(shop.delete(&path).await.status, 204);
    let listed = reqwest::get(format!("{}/shop-files?list-type=2&prefix={}", s3.endpoint, shop.company().await)).await.unwrap();
    assert!(!listed.text().await.unwrap().contains("<Key>"), "nothing is left");
}
