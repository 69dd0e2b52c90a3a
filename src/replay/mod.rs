//! Replays a real shop's sales file through the HTTP API as its terminals would have, and compares what
//! the books say afterwards with totals computed from the file alone.
//!
//! `plan` reads the file and does its own arithmetic on integers, sharing no code with the product;
//! `client` speaks HTTP, and repeats a request under its Idempotency-Key until there is a definite
//! answer; `server` is the server under test, which may be killed on the way.

mod client;
mod compare;
mod plan;
mod server;

use std::{
    collections::HashMap,
    path::PathBuf,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use uuid::Uuid;

use client::{Client, list, text};
use plan::{Document, Plan};

/// What to replay, where.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The sales file: CSV or CSV.gz with InvoiceNo, StockCode, Description, Quantity, UnitPrice, CustomerID.
    pub file: PathBuf,
    /// A running server; absent: one of our own, in a data folder of its own.
    #[arg(long)]
    pub url: Option<String>,
    /// Terminals that sell at once, each at its own register.
    #[arg(long, default_value_t = 8)]
    pub terminals: usize,
    /// Only the file's first so many receipts.
    #[arg(long)]
    pub receipts: Option<usize>,
    /// Kill our own server with SIGKILL this many times on the way.
    #[arg(long, default_value_t = 0, conflicts_with = "url")]
    pub kills: usize,
}

/// A terminal's register, and what it was answered: document number and time of each.
struct Terminal {
    register: String,
    shift: String,
    numbers: Vec<String>,
    took: Vec<Duration>,
}

/// Replays and compares; fails when anything disagrees.
pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let own = match &options.url {
        Some(_) => None,
        None => Some(server::Server::start().await?),
    };
    let url = options.url.clone().or_else(|| own.as_ref().map(|s| s.url().to_owned())).context("a server")?;
    let own = own.map(Arc::new);
    let agreed = replay(&options, &url, own.clone()).await;
    if let Some(server) = own {
        server.stop().await?;
    }
    Ok(if agreed? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn replay(options: &Options, url: &str, own: Option<Arc<server::Server>>) -> anyhow::Result<bool> {
    let client = Client::sign_up(url).await?;
    let taxes = client.get("/api/v1/taxes").await?;
    let plan = Arc::new(Plan::read(&options.file, options.receipts, &tax_rates(&taxes)?)?);
    println!("{}", plan.describe());

    let products = import(&client, &plan).await?;
    let mut terminals = vec![];
    for n in 0..options.terminals.max(1) {
        terminals.push(open_terminal(&client, n).await?);
    }

    let bar = progress_bar(plan.documents.len());
    let done = Arc::new(AtomicUsize::new(0));
    let killer = own.filter(|_| options.kills > 0).map(|server| {
        let (done, total, kills) = (Arc::clone(&done), plan.documents.len(), options.kills);
        tokio::task::spawn(async move { kill_on_the_way(&server, &done, total, kills).await })
    });
    let began = Instant::now();
    let count = terminals.len();
    let work = terminals.into_iter().enumerate().map(|(n, terminal)| {
        let (client, plan, products, bar, done) =
            (client.clone(), Arc::clone(&plan), Arc::clone(&products), bar.clone(), Arc::clone(&done));
        tokio::task::spawn(async move {
            let mine = move |document: &&Document| document.terminal(count) == n;
            sell(client, terminal, plan.documents.iter().filter(mine), &plan, &products, &bar, &done).await
        })
    });
    let mut finished = vec![];
    for terminal in futures::future::join_all(work).await {
        finished.push(terminal??);
    }
    let elapsed = began.elapsed();
    bar.finish_and_clear();
    if let Some(killer) = killer {
        println!("killed with SIGKILL {} times", killer.await??);
    }
    report_speed(&finished, elapsed);

    let receipts = look_at_receipts(&client, &plan).await?;
    println!("{receipts} receipts rendered as PDF");
    compare::books(&client, &plan, &finished).await
}

/// Rates in hundredths of a percent, by code, of what is charged at a counter; exact for all that a country has.
fn tax_rates(taxes: &Value) -> anyhow::Result<Vec<(String, i128)>> {
    let on_prices = |tax: &&Value| {
        tax["kind"] == "percent" && tax["scope"] != "purchases" && tax["withheld_of"].is_null() && tax["is_reverse_charge"] == false
    };
    list(taxes)?.iter().filter(on_prices).map(|tax| Ok((text(tax, "/code")?.to_owned(), plan::fixed(text(tax, "/rate")?, 2)?))).collect()
}

/// Brings the catalogue in as the shop would: a CSV file through the import's steps.
async fn import(client: &Client, plan: &Plan) -> anyhow::Result<Arc<HashMap<String, Uuid>>> {
    let batch = client.post("/api/v1/imports/batches", json!({ "target": "products" })).await?;
    let path = format!("/api/v1/imports/batches/{}", text(&batch, "/id")?);
    client.post_csv(&format!("{path}/ingest"), plan.catalogue_csv()?).await?;
    let checked = client.post(&format!("{path}/validate"), Value::Null).await?;
    ensure!(checked.get("errors") == Some(&json!(0)), "the catalogue has errors: {}", client.get(&format!("{path}/errors")).await?);
    client.post(&format!("{path}/promote"), Value::Null).await?;
    loop {
        let batch = client.get(&path).await?;
        match text(&batch, "/state")? {
            "promoted" => break,
            "promoting" => tokio::time::sleep(Duration::from_millis(100)).await,
            other => anyhow::bail!("the import is {other}"),
        }
    }
    let mut ids = HashMap::new();
    for product in client.pages("/api/v1/products").await? {
        ids.insert(text(&product, "/sku")?.to_owned(), text(&product, "/id")?.parse()?);
    }
    println!("{} products imported", ids.len());
    Ok(Arc::new(ids))
}

async fn open_terminal(client: &Client, n: usize) -> anyhow::Result<Terminal> {
    let code = format!("{:03}", n + 1);
    let there = client.get("/api/v1/pos/registers").await?;
    let found = list(&there)?.iter().find(|r| text(r, "/code").is_ok_and(|c| c == code)).cloned();
    let register = match found {
        Some(register) => register,
        None => client.post("/api/v1/pos/registers", json!({ "code": code, "name": format!("Terminal {code}") })).await?,
    };
    let register = text(&register, "/id")?.to_owned();
    let shift = client.post("/api/v1/pos/shifts", json!({ "register_id": register, "opening_float": "100.00" })).await?;
    let shift = text(&shift, "/id")?.to_owned();
    Ok(Terminal { register, shift, numbers: vec![], took: vec![] })
}

/// One terminal's day: its documents in the file's order.
async fn sell<'a>(
    client: Client,
    mut terminal: Terminal,
    documents: impl Iterator<Item = &'a Document>,
    plan: &Plan,
    products: &HashMap<String, Uuid>,
    bar: &ProgressBar,
    done: &AtomicUsize,
) -> anyhow::Result<Terminal> {
    for document in documents {
        let began = Instant::now();
        let (path, body) = document.request(plan, products, &terminal.register)?;
        let answer = client.post(&path, body).await.with_context(|| document.invoice.clone())?;
        terminal.took.push(began.elapsed());
        let total = text(&answer, "/total")?;
        ensure!(total == plan::euros(document.total()), "{}: {total}, the file says {}", document.invoice, plan::euros(document.total()));
        terminal.numbers.push(text(&answer, "/number")?.to_owned());
        bar.inc(1);
        done.fetch_add(1, Ordering::Relaxed);
    }
    Ok(terminal)
}

/// Kills the server at even distances of the work, and starts it again.
async fn kill_on_the_way(server: &server::Server, done: &AtomicUsize, total: usize, kills: usize) -> anyhow::Result<usize> {
    for n in 1..=kills {
        while done.load(Ordering::Relaxed) < total * n / (kills + 1) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        server.kill_and_restart().await?;
    }
    Ok(kills)
}

async fn look_at_receipts(client: &Client, plan: &Plan) -> anyhow::Result<usize> {
    let every = (plan.documents.len() / 10).max(1);
    let mut seen = 0;
    for document in plan.documents.iter().step_by(every) {
        let pdf = client.get_bytes(&format!("/api/v1/pos/sales/{}/receipt", document.id)).await?;
        ensure!(pdf.starts_with(b"%PDF"), "{}: the receipt is no PDF", document.invoice);
        seen += 1;
    }
    Ok(seen)
}

fn report_speed(terminals: &[Terminal], elapsed: Duration) {
    let mut took: Vec<Duration> = terminals.iter().flat_map(|t| t.took.iter().copied()).collect();
    took.sort_unstable();
    let at = |percent: usize| took.get(took.len() * percent / 100).copied().unwrap_or_default();
    let rate = u128::try_from(took.len()).unwrap_or_default() * 1000 / elapsed.as_millis().max(1);
    println!(
        "{} documents posted by {} terminals in {elapsed:.1?}: {rate}/s, p50 {:.1?}, p99 {:.1?}, slowest {:.1?}",
        took.len(),
        terminals.len(),
        at(50),
        at(99),
        took.last().copied().unwrap_or_default()
    );
}

fn progress_bar(documents: usize) -> ProgressBar {
    let bar = ProgressBar::new(documents as u64);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} documents  {per_sec}  {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
