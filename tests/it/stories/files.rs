//! Files: brought whole or by a link, looked at, made small, counted, swept.

use std::io::{Cursor, Write};

use axum::body::Body;
use balanza::platform::{files::Key, jobs};
use chrono::{TimeDelta, Utc};
use http::{Method, Request};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use uuid::Uuid;

use crate::support::{Answer, Shop, TestApp};

fn code(problem: &Value) -> &str {
    problem["code"].as_str().unwrap_or_default()
}

pub fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| Rgb([u8::try_from(x % 256).unwrap(), u8::try_from(y % 256).unwrap(), 90]));
    let mut bytes = Cursor::new(vec![]);
    DynamicImage::from(picture).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

impl Shop<'_> {
    pub async fn brings(&self, purpose: &str, name: &str, bytes: &[u8]) -> Answer {
        let query = serde_urlencoded::to_string([("purpose", purpose), ("name", name)]).unwrap();
        let request = Request::post(format!("/api/v1/files?{query}"))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/octet-stream")
            .body(Body::from(bytes.to_vec()));
        self.test.send(request.unwrap()).await
    }

    /// By a link, as a browser follows it.
    async fn follows(&self, link: &Value, bytes: &[u8]) -> Answer {
        let url: url::Url = link["url"].as_str().unwrap().parse().unwrap();
        let mut request = Request::builder().method(link["method"].as_str().unwrap_or("GET"));
        request = request.uri(format!("{}?{}", url.path(), url.query().unwrap()));
        for (name, value) in link["headers"].as_object().into_iter().flatten() {
            request = request.header(name, value.as_str().unwrap());
        }
        self.test.send(request.body(Body::from(bytes.to_vec())).unwrap()).await
    }
}

#[tokio::test]
async fn a_picture_is_kept_made_small_and_read_by_its_company_alone() {
    let test = TestApp::start().await;
    let (shop, other) = (test.sign_up("Pictures", "EC").await, test.sign_up("Others", "EC").await);
    let bytes = picture(800, 400, ImageFormat::Jpeg);
    let file = shop.brings("image", "Pan de yuca ñandú.JPG", &bytes).await.expect(201);
    assert_eq!((&file["content_type"], &file["state"]), (&json!("image/jpeg"), &json!("ready")));
    assert_eq!((&file["width"], &file["height"], &file["size"]), (&json!(800), &json!(400), &json!(bytes.len())));
    let path = format!("/api/v1/files/{}", file["id"].as_str().unwrap());

    let answer = shop.get(&format!("{path}/content")).await;
    assert_eq!(answer.bytes, bytes);
    let header = |name: &str| answer.headers[name].to_str().unwrap();
    assert_eq!((header("content-type"), header("content-security-policy")), ("image/jpeg", "sandbox"));
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"Pan_de_yuca___and__.JPG\"; filename*=UTF-8''Pan%20de%20yuca%20%C3%B1and%C3%BA.JPG"
    );

    assert_eq!(shop.get(&format!("{path}/content?variant=thumbnail")).await.status, 404, "not made yet");
    test.drain_jobs().await;
    while shop.get(&path).await.expect(200)["has_thumbnail"] == false {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let small = shop.get(&format!("{path}/content?variant=thumbnail")).await;
    let small = image::load_from_memory(&small.bytes).unwrap();
    assert_eq!((small.width(), small.height()), (320, 160));

    let link = shop.get(&format!("{path}/link")).await.expect(200);
    assert_eq!(shop.follows(&link, b"").await.bytes, bytes);
    for path in [path.clone(), format!("{path}/content"), format!("{path}/link")] {
        assert_eq!(other.get(&path).await.status, 404);
    }
    assert_eq!(other.delete(&path).await.status, 404);
    assert_eq!(other.get("/api/v1/files").await.expect(200)["data"], json!([]));
    let mine = shop.get("/api/v1/files?purpose=image").await.expect(200);
    assert_eq!(mine["data"][0]["id"], file["id"]);
    assert_eq!(shop.get("/api/v1/files?purpose=video").await.expect(200)["data"], json!([]));

    assert_eq!(shop.delete(&path).await.status, 204);
    assert_eq!(shop.get(&path).await.status, 404);
    assert_eq!(shop.follows(&link, b"").await.status, 404, "the object is gone, too");
    assert_eq!(shop.get("/api/v1/files/usage").await.expect(200)["used_bytes"], 0);
}

#[tokio::test]
async fn a_file_is_brought_by_a_link_and_there_when_it_has_been_looked_at() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Links", "EC").await;
    let bytes = picture(10, 10, ImageFormat::Png);
    let new = json!({ "purpose": "logo", "name": "logo.png", "content_type": "image/png", "size": bytes.len() });
    let upload = shop.post("/api/v1/files/presign", new.clone()).await.expect(201);
    let path = format!("/api/v1/files/{}", upload["file"]["id"].as_str().unwrap());
    assert_eq!(upload["file"]["state"], "pending");
    let url = upload["upload"]["url"].as_str().unwrap();
    assert!(url.starts_with("http://localhost:8000/media/"), "{url}");
    assert_eq!(shop.get("/api/v1/files/usage").await.expect(200)["used_bytes"], json!(bytes.len()), "its size is set aside");
    assert_eq!(shop.get(&format!("{path}/content")).await.status, 404);
    assert_eq!(code(&shop.post(&format!("{path}/complete"), Value::Null).await.expect(409)), "files.not_brought");

    // The link is for this object, this type, this size, this method, and for a while.
    let mut link = upload["upload"].clone();
    assert_eq!(code(&shop.follows(&link, b"short").await.expect(422)), "files.other_size");
    link["headers"]["content-type"] = json!("text/html");
    assert_eq!(shop.follows(&link, &bytes).await.status, 415);
    let wrong = [
        (url.replace("size=", "size=1"), "PUT"),
        (url.replace("/company/", "/catalogue/"), "PUT"),
        (url.replace("image%2Fpng", "text%2Fhtml"), "PUT"),
        (url.replace("expires=", "expires=9"), "PUT"),
        (url.replace("/media/", "/media/../"), "PUT"),
        (url.to_owned(), "GET"),
    ];
    for (url, method) in wrong {
        let link = json!({ "url": url, "method": method, "headers": upload["upload"]["headers"] });
        let answer = shop.follows(&link, &bytes).await;
        // What has no shape of ours is no address.
        let is_refused = answer.status == 404 || code(&answer.json()) == "files.link_not_valid";
        assert!(is_refused, "{method} {url}");
    }
    assert_eq!(shop.follows(&upload["upload"], &bytes).await.status, 204);
    let file = shop.post(&format!("{path}/complete"), Value::Null).await.expect(200);
    assert_eq!((&file["state"], &file["width"]), (&json!("ready"), &json!(10)));
    shop.post(&format!("{path}/complete"), Value::Null).await.expect(200);
    // Whoever still has the link changes nothing by it.
    let other = picture(10, 10, ImageFormat::Png).into_iter().rev().collect::<Vec<u8>>();
    shop.follows(&upload["upload"], &other).await;
    assert_eq!(shop.get(&format!("{path}/content")).await.bytes, bytes);

    // What is not what it was announced to be is gone.
    let script = vec![b'<'; bytes.len()];
    let upload = shop.post("/api/v1/files/presign", new).await.expect(201);
    let path = format!("/api/v1/files/{}", upload["file"]["id"].as_str().unwrap());
    assert_eq!(shop.follows(&upload["upload"], &script).await.status, 204);
    assert_eq!(code(&shop.post(&format!("{path}/complete"), Value::Null).await.expect(422)), "files.type_not_taken");
    assert_eq!(shop.get(&path).await.status, 404);
    assert_eq!(shop.get("/api/v1/files/usage").await.expect(200)["files"], 1);
}

#[tokio::test]
async fn what_is_no_honest_file_is_refused() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Hostile", "EC").await;
    let png = picture(4, 4, ImageFormat::Png);
    // 50,000 by 50,000 pixels, as its head says.
    let mut bomb = png.clone();
    bomb[16..24].copy_from_slice(&[0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50]);
    let crc = crc32(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&crc.to_be_bytes());
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
    let html = b"<!DOCTYPE html><html><script>alert(1)</script></html>";
    let mut big = png.clone();
    big.resize(5 * 1024 * 1024 + 1, 0);
    let refused: [(&str, &str, &[u8], &str); 13] = [
        ("image", "a.png", b"", "files.empty"),
        ("image", "a.png", &big, "files.too_large"),
        ("image", "a.svg", svg, "files.type_not_taken"),
        ("image", "a.png", svg, "files.type_not_taken"),
        ("document", "a.html", html, "files.type_not_taken"),
        ("image", "a.png", html, "files.type_not_taken"),
        ("image", "a.gif", &png, "files.name_does_not_fit"),
        ("image", "png", &png, "files.name_does_not_fit"),
        ("image", "a.png.exe", &png, "files.name_does_not_fit"),
        ("image", "a.png", &bomb, "files.too_many_pixels"),
        ("image", "a.png", &png[..20], "files.unreadable_picture"),
        ("video", "a.png", &png, "files.type_not_taken"),
        ("document", "a.exe", b"MZ\x90\0\x03\0\0\0\x04", "files.type_not_taken"),
    ];
    for (purpose, name, bytes, expected) in refused {
        let answer = shop.brings(purpose, name, bytes).await;
        assert!(answer.status.is_client_error());
        assert_eq!(code(&answer.json()), expected, "{purpose} {name}");
    }
    for name in ["../../etc/passwd", "a\\b.png", "a\r\nSet-Cookie: x.png", ""] {
        assert_eq!(code(&shop.brings("image", name, &png).await.expect(422)), "validation_failed", "{name:?}");
    }
    assert_eq!(shop.brings("import", "a.csv", b"sku").await.status, 400, "imports keep theirs themselves");

    let zip = |parts: &[(&str, &[u8])]| {
        let mut archive = zip::ZipWriter::new(Cursor::new(vec![]));
        for (name, bytes) in parts {
            archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(bytes).unwrap();
        }
        archive.finish().unwrap().into_inner()
    };
    let zeros = vec![0; 201 * 1024 * 1024];
    for (what, archive) in
        [("bomb", zip(&[("zeros", &zeros)])), ("way out", zip(&[("../../a", b"a")])), ("no zip", b"PK\x03\x04abc".to_vec())]
    {
        assert_eq!(code(&shop.brings("ticket", "a.zip", &archive).await.expect(422)), "files.archive_refused", "{what}");
    }
    shop.brings("ticket", "a.zip", &zip(&[("log.txt", b"all is well")])).await.expect(201);
    for (name, bytes) in [("a.xml", &b"<a/>"[..]), ("a.csv", b"a;b"), ("a.json", b"{}"), ("a.txt", "ñ".as_bytes()), ("a.png", &png)] {
        shop.brings("document", name, bytes).await.expect(201);
    }
    for (name, bytes) in [("a.json", &b"{"[..]), ("a.xml", b"a"), ("a.txt", b"\xff\xfe")] {
        assert_eq!(code(&shop.brings("document", name, bytes).await.expect(422)), "files.type_not_taken", "{name}");
    }
    let announced =
        |purpose: &str, name: &str, kind: &str, size: u64| json!({ "purpose": purpose, "name": name, "content_type": kind, "size": size });
    for (new, expected) in [
        (announced("image", "a.png", "image/svg+xml", 9), "files.type_not_taken"),
        (announced("image", "a.gif", "image/png", 9), "files.name_does_not_fit"),
        (announced("image", "a.png", "image/png", 6_000_000), "files.too_large"),
    ] {
        assert_eq!(code(&shop.post("/api/v1/files/presign", new).await.json()), expected);
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

#[tokio::test]
async fn all_files_weigh_no_more_than_the_plan_allows() {
    let test = TestApp::start().await;
    let (shop, operator) = (test.sign_up("Quota", "EC").await, test.operator().await);
    let path = format!("/api/v1/admin/companies/{}/limits", shop.company().await);
    operator.call(Method::PUT, &path, &[], Some(json!({ "storage_limit_mib": 1 }))).await.expect(200);
    let text = vec![b'a'; 300 * 1024];
    // Of many who come at once three find room.
    let bringing = (0..8).map(|i| {
        let name = format!("{i}.txt");
        let (shop, text) = (&shop, &text);
        async move { shop.brings("document", &name, text).await }
    });
    let answers = futures::future::join_all(bringing).await;
    let kept = answers.iter().filter(|answer| answer.status == 201).count();
    let refused: Vec<Value> = answers.iter().filter(|answer| answer.status == 409).map(Answer::json).collect();
    assert_eq!((kept, refused.len()), (3, 5));
    assert!(refused.iter().all(|answer| code(answer) == "files.quota_used_up"));
    let usage = shop.get("/api/v1/files/usage").await.expect(200);
    assert_eq!(usage, json!({ "files": 3, "used_bytes": 3 * 300 * 1024, "limit_bytes": 1024 * 1024 }));
    // What is announced counts.
    let new = |size: u64| json!({ "purpose": "document", "name": "a.txt", "content_type": "text/plain", "size": size });
    shop.post("/api/v1/files/presign", new(100 * 1024)).await.expect(201);
    assert_eq!(code(&shop.post("/api/v1/files/presign", new(100 * 1024)).await.expect(409)), "files.quota_used_up");
    let first = shop.get("/api/v1/files?purpose=document").await.expect(200)["data"][3]["id"].as_str().unwrap().to_owned();
    assert_eq!(shop.delete(&format!("/api/v1/files/{first}")).await.status, 204);
    shop.brings("document", "again.txt", &text).await.expect(201);
}

#[tokio::test]
async fn the_sweep_removes_what_belongs_to_no_file() {
    let folder = crate::support::folder();
    let test = TestApp::alone(|config| config.data_dir = folder).await;
    let shop = test.sign_up("Sweep", "EC").await;
    let company = shop.company().await;
    let kept = shop.brings("image", "a.png", &picture(400, 400, ImageFormat::Png)).await.expect(201);
    test.drain_jobs().await;
    let new = json!({ "purpose": "document", "name": "a.txt", "content_type": "text/plain", "size": 5 });
    let announced = shop.post("/api/v1/files/presign", new.clone()).await.expect(201);
    shop.follows(&announced["upload"], b"12345").await;
    shop.post("/api/v1/files/presign", new).await.expect(201);
    let old_id = |hours: i64| {
        let at = Utc::now() - TimeDelta::hours(hours);
        Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, u64::try_from(at.timestamp()).unwrap(), 0))
    };
    let files = &test.app.files;
    let put = async |tenant: Uuid, hours: i64| {
        let key = Key::new(tenant, "documents", Utc::now(), old_id(hours));
        files.put(&key, b"a".to_vec(), "text/plain").await.unwrap();
        key
    };
    let (young, old, of_nobody) = (put(company, 1).await, put(company, 25).await, put(Uuid::now_v7(), 25).await);
    let statement = "update file set created_at = created_at - interval '2 hours' where id = $1";
    let announced = announced["file"]["id"].as_str().unwrap();
    sqlx::query(statement).bind(announced.parse::<Uuid>().unwrap()).execute(&mut test.superuser().await).await.unwrap();

    let swept = balanza::files::sweep(&test.app).await.unwrap();
    // One that is announced and not brought has a row and no object.
    assert_eq!((swept.pending, swept.orphans, swept.missing), (1, 2, 1));
    for (key, is_there) in [(&young, true), (&old, false), (&of_nobody, false)] {
        assert_eq!(files.get(key).await.unwrap().is_some(), is_there, "{key}");
    }
    assert_eq!(shop.get(&format!("/api/v1/files/{announced}")).await.status, 404);
    let kept = format!("/api/v1/files/{}/content", kept["id"].as_str().unwrap());
    shop.get(&kept).await;
    assert_eq!(shop.get(&format!("{kept}?variant=thumbnail")).await.status, 200);
    assert_eq!(balanza::files::sweep(&test.app).await.unwrap().orphans, 0);
}

/// Speaks clamd's INSTREAM: finds what begins with "virus".
async fn clamd() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut command = [0; 10];
            stream.read_exact(&mut command).await.unwrap();
            assert_eq!(&command, b"zINSTREAM\0");
            let mut all = vec![];
            loop {
                let length = stream.read_u32().await.unwrap();
                if length == 0 {
                    break;
                }
                let mut chunk = vec![0; usize::try_from(length).unwrap()];
                stream.read_exact(&mut chunk).await.unwrap();
                all.extend(chunk);
            }
            let answer: &[u8] = if all.starts_with(b"virus") { b"stream: Eicar-Test-Signature FOUND\0" } else { b"stream: OK\0" };
            stream.write_all(answer).await.unwrap();
        }
    });
    address
}

#[tokio::test]
async fn a_scanner_looks_at_every_file_and_nothing_passes_while_it_is_away() {
    let address = clamd().await;
    let test = TestApp::with(|config| config.clamd_address = Some(address)).await;
    let shop = test.sign_up("Scanner", "EC").await;
    let refused = shop.brings("document", "a.txt", b"virus").await.expect(422);
    assert_eq!((code(&refused), refused["detail"].as_str().unwrap().contains("Eicar-Test-Signature")), ("files.infected", true));
    shop.brings("document", "a.txt", &vec![b'a'; 200_000]).await.expect(201);

    let away = test.another(|config| config.clamd_address = Some("127.0.0.1:9".into())).await;
    let shop = Shop { test: &away, token: shop.token.clone(), email: String::new() };
    assert_eq!(code(&shop.brings("document", "b.txt", b"good").await.expect(503)), "files.scanner_unavailable");
    // What was brought by a link waits for the scanner.
    let new = json!({ "purpose": "document", "name": "a.txt", "content_type": "text/plain", "size": 5 });
    let upload = shop.post("/api/v1/files/presign", new).await.expect(201);
    shop.follows(&upload["upload"], b"12345").await;
    let path = format!("/api/v1/files/{}", upload["file"]["id"].as_str().unwrap());
    assert_eq!(shop.post(&format!("{path}/complete"), Value::Null).await.status, 503);
    let shop = Shop { test: &test, token: shop.token.clone(), email: String::new() };
    shop.post(&format!("{path}/complete"), Value::Null).await.expect(200);
}

#[tokio::test]
async fn the_logo_stands_on_the_receipt() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Logo", "EC").await;
    shop.import("sku,name,price,cost,stock\nBREAD,Bread,1.00,0.50,100\n").await;
    let (till, _) = shop.opens_till("10.00").await;
    let sale = shop.sells(&till, &[(&shop.product("BREAD").await, "1")], &[("cash", "5.00")]).await.expect(201);
    let receipt = format!("/api/v1/pos/sales/{}/receipt", sale["id"].as_str().unwrap());
    let without = shop.get(&receipt).await.bytes;
    let sets = async |file: &Value| shop.call(Method::PUT, "/api/v1/company/logo", &[], Some(json!({ "file_id": file["id"] }))).await;

    let image = shop.brings("image", "a.png", &picture(9, 9, ImageFormat::Png)).await.expect(201);
    assert_eq!(sets(&image).await.expect(422)["errors"][0]["pointer"], "/file_id", "a picture for something else");
    let logo = shop.brings("logo", "a.webp", &picture(900, 300, ImageFormat::WebP)).await.expect(201);
    sets(&logo).await.expect(200);
    assert_eq!(shop.get("/api/v1/company").await.expect(200)["logo_file_id"], logo["id"]);
    while shop.get(&format!("/api/v1/files/{}", logo["id"].as_str().unwrap())).await.expect(200)["has_thumbnail"] == false {
        jobs::run_one(&test.app, &balanza::jobs::handler()).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let with = shop.get(&receipt).await.bytes;
    let images = |pdf: &[u8]| pdf.windows(14).filter(|part| part == b"/Subtype/Image" || part.starts_with(b"/Subtype /Ima")).count();
    assert_eq!(images(&without), 0);
    assert!(images(&with) > 0);
    let path = format!("/api/v1/files/{}", logo["id"].as_str().unwrap());
    assert_eq!(code(&shop.delete(&path).await.expect(409)), "files.in_use");
    assert_eq!(shop.delete("/api/v1/company/logo").await.status, 204);
    assert_eq!(shop.get("/api/v1/company").await.expect(200)["logo_file_id"], Value::Null);
    assert_eq!(shop.delete(&path).await.status, 204);
}
