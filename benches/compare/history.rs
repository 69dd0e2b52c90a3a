//! Stock and its value on a day of the past, among a million moves, against adding the moves up.

use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate, Utc};
use sqlx::Connection;

use crate::shop::{Shop, text};

const MOVES: i64 = 1_000_000;
const DAYS: i64 = 730;
const QUESTIONS: u64 = 25;

/// Prints a table: who answers, and how soon.
pub async fn measure(shop: &Shop) {
    let (port, password) = shop.database();
    let url = format!("postgres://balanza:{password}@127.0.0.1:{port}/postgres");
    let mut database = sqlx::PgConnection::connect(&url).await.expect("the database");
    eprintln!("writing {MOVES} moves ...");
    fill(shop, &mut database).await;

    let days: Vec<NaiveDate> = (0..QUESTIONS).map(|n| Utc::now().date_naive() - Days::new(20 + n * 28)).collect();
    let (mut sums, mut valuations, mut pages) = (vec![], vec![], vec![]);
    for day in days {
        let began = Instant::now();
        let sum = sqlx::query(
            "select to_warehouse_id, from_warehouse_id, product_id, sum(quantity), sum(value_minor) from stock_move
             where tenant_id = $1::uuid and moved_on <= $2 group by 1, 2, 3",
        );
        sum.bind(&shop.tenant).bind(day).fetch_all(&mut database).await.expect("sums");
        sums.push(began.elapsed());
        valuations.push(ask(shop, &format!("/api/v1/stock/valuation?on={day}")).await);
        pages.push(ask(shop, &format!("/api/v1/stock?on={day}&limit=50")).await);
    }
    println!("\n{MOVES} moves of {} products in {DAYS} days, {QUESTIONS} days asked for one after the other\n", shop.products.len());
    println!("| question | median ms | slowest ms |\n|---|--:|--:|");
    for (what, mut times) in [("moves added up", sums), ("value of all stock on a day", valuations), ("50 products on a day", pages)] {
        times.sort();
        let ms = |time: &Duration| time.as_secs_f64() * 1000.0;
        println!("| {what} | {:.1} | {:.1} |", ms(&times[times.len() / 2]), ms(&times[times.len() - 1]));
    }
}

async fn ask(shop: &Shop, path: &str) -> Duration {
    let began = Instant::now();
    shop.get(path).await;
    began.elapsed()
}

/// Moves in and out of the main warehouse, spread over products and days.
async fn fill(shop: &Shop, database: &mut sqlx::PgConnection) {
    let products: Vec<String> = shop.products.iter().map(|product| text(&product["id"])).collect();
    // Keys that are checked are looked up by plans that know how many rows there are.
    sqlx::raw_sql("analyze; set jit = off; set enable_nestloop = off").execute(&mut *database).await.expect("set");
    for _ in 0..10 {
        sqlx::query(
            "insert into stock_move (tenant_id, id, product_id, from_place, from_warehouse_id, to_place, to_warehouse_id, quantity,
                                     value_minor, kind, source_id, moved_on, posted_on)
             select $1::uuid, gen_random_uuid(), ($2::uuid[])[1 + n % cardinality($2::uuid[])],
                    case when n % 2 = 0 then 'supplier' else 'warehouse' end, case when n % 2 = 1 then $3::uuid end,
                    case when n % 2 = 0 then 'warehouse' else 'customer' end, case when n % 2 = 0 then $3::uuid end,
                    1, 400, case when n % 2 = 0 then 'receipt' else 'sale' end, gen_random_uuid(), d.day, d.day
             from generate_series(1, $4::bigint) n
             cross join lateral (select current_date - (random() * $5)::int as day where n > 0) d",
        )
        .bind(&shop.tenant)
        .bind(&products)
        .bind(&shop.registers[0].warehouse)
        .bind(MOVES / 10)
        .bind(DAYS as f64)
        .execute(&mut *database)
        .await
        .expect("moves");
    }
    sqlx::raw_sql("vacuum analyze stock_move, stock_month, stock_level").execute(database).await.expect("vacuum");
}
