//! Pictures of products.

use image::ImageFormat;
use serde_json::{Value, json};

use super::files::picture;
use crate::support::{Answer, TestApp};

fn pointer(answer: &Answer) -> String {
    answer.json()["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_product_shows_its_images_and_keeps_them() {
    let test = TestApp::start().await;
    let (shop, other) = (test.sign_up("Images", "EC").await, test.sign_up("Others", "EC").await);
    let product = shop.post("/api/v1/products", json!({ "sku": "A", "name": "A", "price": "1.00" })).await.expect(201);
    assert_eq!(product["images"], json!([]));
    let path = format!("/api/v1/products/{}", product["id"].as_str().unwrap());
    let images = format!("{path}/images");
    let brings = async |purpose: &str| {
        let file = shop.brings(purpose, "pan.png", &picture(640, 320, ImageFormat::Png)).await.expect(201);
        file["id"].as_str().unwrap().to_owned()
    };
    let (first, second, elsewhere) = (brings("product_image").await, brings("product_image").await, brings("image").await);
    let theirs = other.brings("product_image", "b.png", &picture(9, 9, ImageFormat::Png)).await.expect(201);
    let pending = json!({ "purpose": "product_image", "name": "c.png", "content_type": "image/png", "size": 100 });
    let pending = shop.post("/api/v1/files/presign", pending).await.expect(201)["file"]["id"].clone();
    let sets = async |files: Value| {
        let etag = shop.get(&path).await.headers["etag"].to_str().unwrap().to_owned();
        shop.call(http::Method::PUT, &images, &[("if-match", &etag)], Some(json!({ "file_ids": files }))).await
    };
    for (wrong, at) in [
        (json!([first, elsewhere]), "/file_ids/1"),
        (json!([theirs["id"]]), "/file_ids/0"),
        (json!([first, pending]), "/file_ids/1"),
        (json!([first, first]), "/file_ids/1"),
        (json!(vec![&first; 13]), "/file_ids"),
    ] {
        assert_eq!(pointer(&sets(wrong.clone()).await), at, "{wrong}");
    }
    let set = sets(json!([second, first])).await.expect(200);
    test.drain_jobs().await;
    let url = |file: &str| format!("/api/v1/files/{file}/content");
    // Another test's worker may have taken the jobs.
    let shown = loop {
        let shown = shop.get(&path).await.expect(200);
        if shown["images"].as_array().unwrap().iter().all(|image| image["thumbnail_url"].is_string()) {
            break shown;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        test.drain_jobs().await;
    };
    assert_eq!(set["version"], shown["version"]);
    let of = |file: &str| json!({ "file_id": file, "url": url(file), "thumbnail_url": format!("{}?variant=thumbnail", url(file)), "width": 640, "height": 320 });
    assert_eq!(shown["images"], json!([of(&second), of(&first)]), "in the order said");
    let list = shop.get("/api/v1/products?q=A").await.expect(200);
    assert_eq!(list["data"][0]["images"], shown["images"]);
    let thumbnail = shop.get(shown["images"][0]["thumbnail_url"].as_str().unwrap()).await;
    assert_eq!((thumbnail.status.as_u16(), &thumbnail.headers["content-type"]), (200, &http::HeaderValue::from_static("image/png")));
    assert_eq!(other.get(&url(&first)).await.status, 404);

    // What is shown is neither deleted nor swept away.
    assert_eq!(shop.delete(&format!("/api/v1/files/{first}")).await.expect(409)["code"], "files.in_use");
    balanza::jobs::sweep(&test.app).await.unwrap();
    assert_eq!(shop.get(&url(&first)).await.status, 200);
    assert_eq!(shop.get(&path).await.expect(200)["images"], shown["images"]);
    sets(json!([second])).await.expect(200);
    assert_eq!(shop.delete(&format!("/api/v1/files/{first}")).await.status, 204, "shown no more");
    let stale = shop.call(http::Method::PUT, &images, &[("if-match", "\"1\"")], Some(json!({ "file_ids": [] }))).await;
    assert_eq!(stale.status, 412);
    assert_eq!(sets(json!([])).await.expect(200)["images"], json!([]));
}
