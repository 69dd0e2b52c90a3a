//! Balanza beside its limits, in one run on one machine: `cargo bench`.
//!
//! - a POS sale, against pgbench sending the same statements one by one to the same database;
//! - a page of products and a document, against a bare axum + sqlx program with the same statements,
//!   and against pgbench;
//! - a login, against argon2id alone on every core;
//! - stock on a day of the past, among a million moves, against adding them up (`history`);
//! - a trial balance of a million lines, now, at a past date and as known at a past moment, against adding the lines up and a
//!   table of balances; and entries that 32 clients post to the same two accounts, with balances and without (`books`).
//!
//! pgbench's statements are read from `.sqlx`, so they are the program's own. Needs pgbench (beside
//! PostgreSQL's server binaries) and wrk. `SECONDS=5 ROUNDS=3 WORK=sale,list,document,login,history,books` by
//! default: the rounds go through all contenders in turn, and the median of each counts.

#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::float_arithmetic, reason = "a measuring tool, not the product")]

mod bare;
mod books;
mod history;
mod load;
mod shop;
mod statements;

use std::{collections::BTreeMap, time::Duration};

use load::{Rate, argon2_limit, pgbench, wrk};
use shop::Shop;

const WORKS: [&str; 4] = ["sale", "list", "document", "login"];

/// Clients of every contender.
const CLIENTS: usize = 8;

#[tokio::main]
async fn main() {
    if std::env::var_os("BARE").is_some() {
        return bare::serve().await;
    }
    let number = |name: &str, default: u64| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default);
    let (time, rounds) = (Duration::from_secs(number("SECONDS", 5)), number("ROUNDS", 3));

    let only = std::env::var("WORK").unwrap_or_else(|_| format!("{},history,books", WORKS.join(",")));
    let wanted = |work: &str| only.split(',').any(|w| w == work);

    eprintln!("setting a shop up ...");
    let shop = Shop::open().await;
    let scripts = statements::write(&shop).await;
    let bare = bare::start(&shop).await;
    let wrk_files = load::write_lua(&shop);

    let mut results: BTreeMap<(&str, &str), Vec<Rate>> = BTreeMap::new();
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds} ...");
        let mut take = |work, who, rate: Rate| {
            eprintln!("  {work:<9} {who:<10} {:>6.0}/s  p50 {:.2} ms  p99 {:.2} ms", rate.per_second, rate.p50, rate.p99);
            results.entry((work, who)).or_default().push(rate);
        };
        if wanted("sale") {
            take("sale", "pgbench", pgbench(&shop, &scripts.sale, time));
            take("sale", "balanza", wrk(&shop.url, &wrk_files.sale, time));
        }
        if wanted("list") {
            take("list", "pgbench", pgbench(&shop, &scripts.list, time));
            take("list", "bare axum", wrk(&bare.url, &wrk_files.bare_list, time));
            take("list", "balanza", wrk(&shop.url, &wrk_files.list, time));
        }
        if wanted("document") {
            take("document", "pgbench", pgbench(&shop, &scripts.document, time));
            take("document", "bare axum", wrk(&bare.url, &wrk_files.bare_document, time));
            take("document", "balanza", wrk(&shop.url, &wrk_files.document, time));
        }
        if wanted("login") {
            take("login", "argon2", argon2_limit(time));
            take("login", "balanza", wrk(&shop.url, &wrk_files.login, time));
        }
    }
    drop(bare);
    if wanted("history") {
        history::measure(&shop).await;
    }
    if wanted("books") {
        books::measure(&shop, time, rounds).await;
    }
    shop.close().await;

    println!("\n{} clients, {} cores, medians of {rounds} rounds of {} s\n", CLIENTS, cores(), time.as_secs());
    println!("| work | contender | a second | p50 ms | p99 ms | Balanza is |");
    println!("|---|---|--:|--:|--:|--:|");
    for work in WORKS.into_iter().filter(|work| wanted(work)) {
        let ours = median(&results[&(work, "balanza")]);
        for ((_, who), rates) in results.iter().filter(|((w, _), _)| *w == work) {
            let rate = median(rates);
            let ratio = if *who == "balanza" { String::new() } else { format!("{:.0} %", 100.0 * ours.per_second / rate.per_second) };
            println!("| {work} | {who} | {:.0} | {:.2} | {:.2} | {ratio} |", rate.per_second, rate.p50, rate.p99);
        }
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn median(rates: &[Rate]) -> Rate {
    let mut sorted = rates.to_vec();
    sorted.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    sorted[sorted.len() / 2]
}
