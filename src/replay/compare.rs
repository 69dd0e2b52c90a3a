//! The books against the file.

use std::collections::{BTreeMap, HashMap};

use anyhow::ensure;
use serde_json::{Value, json};

use super::{
    Terminal,
    client::{Client, list, text},
    plan::{Plan, euros, fixed},
};

/// Closes the shifts and compares cash, numbers, trial balance and stock; prints a line for each.
pub async fn books(client: &Client, plan: &Plan, terminals: &[Terminal]) -> anyhow::Result<bool> {
    let mut table = Table { agreed: true };
    close_shifts(client, plan, terminals, &mut table).await?;
    numbers(plan, terminals, &mut table);
    ledger(client, plan, &mut table).await?;
    stock(client, plan, &mut table).await?;
    println!("{}", if table.agreed { "everything agrees" } else { "THE BOOKS AND THE FILE DISAGREE" });
    Ok(table.agreed)
}

struct Table {
    agreed: bool,
}

impl Table {
    fn row(&mut self, what: &str, file: impl std::fmt::Display, books: impl std::fmt::Display) {
        let (file, books) = (file.to_string(), books.to_string());
        self.agreed &= file == books;
        println!("{what:<24} file {file:>16}  books {books:>16}  {}", if file == books { "agree" } else { "DIFFER" });
    }
}

/// Counts each drawer as the file says it must be: no difference may come of it.
async fn close_shifts(client: &Client, plan: &Plan, terminals: &[Terminal], table: &mut Table) -> anyhow::Result<()> {
    for (n, terminal) in terminals.iter().enumerate() {
        let mine = plan.documents.iter().filter(|d| d.terminal(terminals.len()) == n);
        let cash: i128 = 10_000 + mine.map(|d| if d.refunds.is_some() { -d.cash() } else { d.cash() }).sum::<i128>();
        let ended = client.post(&format!("/api/v1/pos/shifts/{}/end", terminal.shift), Value::Null).await?;
        ensure!(text(&ended, "/state")? == "ended", "the shift has not ended: {ended}");
        let closed =
            client.post(&format!("/api/v1/pos/shifts/{}/close", terminal.shift), json!({ "counted_cash": euros(cash.max(0)) })).await?;
        table.row(&format!("drawer {}", n + 1), euros(cash), text(&closed, "/expected_cash")?);
    }
    Ok(())
}

/// Every terminal got the numbers 1, 2, 3 … of its sales and of its refunds, each once.
fn numbers(plan: &Plan, terminals: &[Terminal], table: &mut Table) {
    let posted: usize = terminals.iter().map(|t| t.numbers.len()).sum();
    table.row("documents", plan.documents.len(), posted);
    let mut series: HashMap<&str, Vec<u64>> = HashMap::new();
    for number in terminals.iter().flat_map(|t| &t.numbers) {
        let (prefix, sequence) = number.rsplit_once('-').unwrap_or(("", number));
        series.entry(prefix).or_default().push(sequence.parse().unwrap_or_default());
    }
    let gaps = series.values_mut().filter_map(|numbers| {
        numbers.sort_unstable();
        numbers.iter().zip(1..).any(|(number, expected)| *number != expected).then_some(())
    });
    table.row("series with gaps", 0, gaps.count());
}

async fn ledger(client: &Client, plan: &Plan, table: &mut Table) -> anyhow::Result<()> {
    let mut expected: BTreeMap<&str, i128> = BTreeMap::new();
    let mut add = |role, amount| *expected.entry(role).or_default() += amount;
    let cost_of = |item: usize| plan.items.get(item).map_or(0, |item| item.cost);
    for document in &plan.documents {
        let (sign, revenue) = if document.refunds.is_some() { (-1, "sales_returns") } else { (1, "sales") };
        let cost: i128 = document.lines.iter().map(|l| l.quantity * cost_of(l.item)).sum();
        add("cash", sign * document.cash());
        add("card_clearing", sign * (document.total() - document.cash()));
        add(revenue, -sign * document.net());
        add("output_tax", -sign * document.tax());
        add("cost_of_goods_sold", sign * cost);
        add("inventory", -sign * cost);
    }
    for item in &plan.items {
        add("inventory", item.opening * item.cost);
        add("opening_equity", -item.opening * item.cost);
    }
    let roles = client.get("/api/v1/accounting/roles").await?;
    let balance = client.get("/api/v1/accounting/trial-balance").await?;
    let lines = list(&balance)?;
    for (role, amount) in expected {
        let code = text(&roles, &format!("/data/{role}"))?;
        let line = lines.iter().find(|line| text(line, "/code").is_ok_and(|c| c == code));
        table.row(role, euros(amount), line.map_or(Ok("0.00"), |line| text(line, "/balance"))?);
    }
    table.row("debit and credit", text(&balance, "/total_debit")?, text(&balance, "/total_credit")?);
    Ok(())
}

async fn stock(client: &Client, plan: &Plan, table: &mut Table) -> anyhow::Result<()> {
    let mut left: HashMap<&str, i128> = plan.items.iter().map(|item| (item.code.as_str(), item.opening)).collect();
    for document in &plan.documents {
        for line in &document.lines {
            let code = plan.items.get(line.item).map_or("", |item| item.code.as_str());
            *left.entry(code).or_default() += if document.refunds.is_some() { line.quantity } else { -line.quantity };
        }
    }
    let cost: HashMap<&str, i128> = plan.items.iter().map(|item| (item.code.as_str(), item.cost)).collect();
    let levels = client.pages("/api/v1/stock").await?;
    let (mut wrong, mut pieces) = (vec![], 0);
    for level in &levels {
        let code = text(level, "/sku")?;
        let quantity = fixed(text(level, "/quantity")?, 0)?;
        let value = fixed(text(level, "/value")?, 2)?;
        pieces += quantity;
        let expected = left.get(code).copied().unwrap_or_default();
        if quantity != expected || value != expected * cost.get(code).copied().unwrap_or_default() {
            wrong.push(code.to_owned());
        }
    }
    table.row("stock codes", plan.items.len(), levels.len());
    table.row("pieces", left.values().sum::<i128>(), pieces);
    table.row("stock codes that differ", 0, wrong.len());
    Ok(())
}
