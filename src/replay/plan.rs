//! The file as a day's work for terminals, and what it must come to. Integers only: amounts in minor
//! units, prices in thousandths, rates in hundredths of a percent.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    hash::{DefaultHasher, Hash, Hasher},
    io::Read,
    path::Path,
};

use anyhow::{Context, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    invoice_no: String,
    stock_code: String,
    description: String,
    quantity: i128,
    unit_price: String,
    #[serde(rename = "CustomerID")]
    customer: String,
}

/// A stock code as the catalogue has it.
#[derive(Debug)]
pub struct Item {
    pub code: String,
    pub name: String,
    /// Thousandths, tax included.
    pub price: i128,
    /// Minor units apiece.
    pub cost: i128,
    pub tax: String,
    /// Hundredths of a percent.
    pub rate: i128,
    /// What the shop begins with: all that the file sells of it.
    pub opening: i128,
}

/// A line of a sale or refund, with its share of the document in minor units.
#[derive(Clone, Debug)]
pub struct Line {
    pub item: usize,
    pub quantity: i128,
    pub price: i128,
    pub net: i128,
    pub tax: i128,
    /// For a refund, the line of the sale.
    refunded_line: usize,
}

/// A receipt or a return to one.
#[derive(Debug)]
pub struct Document {
    pub id: Uuid,
    pub invoice: String,
    customer: String,
    pub lines: Vec<Line>,
    /// For a refund, the sale.
    pub refunds: Option<Uuid>,
}

/// What the file leaves out of a till's work, counted.
#[derive(Debug, Default)]
struct LeftOut {
    stock_corrections: usize,
    bad_debt: usize,
    unmatched_return_lines: usize,
    unmatched_return_units: i128,
}

/// Everything to do, in the file's order.
#[derive(Debug)]
pub struct Plan {
    pub items: Vec<Item>,
    pub documents: Vec<Document>,
    left_out: LeftOut,
}

/// What of a sold line has come back.
#[derive(Clone, Copy)]
struct Sold {
    document: usize,
    line: usize,
    left: i128,
}

struct Builder {
    taxes: Vec<(String, i128)>,
    plan: Plan,
    by_code: HashMap<String, usize>,
    /// By customer and item, oldest first.
    sold: HashMap<(String, usize), Vec<Sold>>,
    /// Net and tax that have gone back, by document and line.
    returned: HashMap<(usize, usize), (i128, i128, i128)>,
}

impl Plan {
    /// Reads the file; `taxes` are spread over the items.
    pub fn read(path: &Path, receipts: Option<usize>, taxes: &[(String, i128)]) -> anyhow::Result<Self> {
        let file = File::open(path).with_context(|| path.display().to_string())?;
        let reader: Box<dyn Read> =
            if path.extension().is_some_and(|e| e == "gz") { Box::new(flate2::read::GzDecoder::new(file)) } else { Box::new(file) };
        let mut builder = Builder {
            taxes: taxes.to_vec(),
            plan: Self { items: vec![], documents: vec![], left_out: LeftOut::default() },
            by_code: HashMap::new(),
            sold: HashMap::new(),
            returned: HashMap::new(),
        };
        let mut receipt: Vec<Row> = vec![];
        let mut read = 0;
        for row in csv::Reader::from_reader(reader).into_deserialize() {
            let row: Row = row?;
            if receipt.last().is_some_and(|last| last.invoice_no != row.invoice_no) {
                builder.take(&std::mem::take(&mut receipt))?;
                read += 1;
            }
            if receipts.is_some_and(|most| read >= most) {
                break;
            }
            receipt.push(row);
        }
        builder.take(&receipt)?;
        Ok(builder.plan)
    }

    pub fn describe(&self) -> String {
        let refunds = self.documents.iter().filter(|d| d.refunds.is_some()).count();
        let lines: usize = self.documents.iter().map(|d| d.lines.len()).sum();
        let out = &self.left_out;
        format!(
            "the file: {} receipts and {refunds} refunds with {lines} lines, {} stock codes; not a till's work: {} stock corrections, \
             {} bad-debt lines, {} return lines ({} units) whose sale is not in the file",
            self.documents.len() - refunds,
            self.items.len(),
            out.stock_corrections,
            out.bad_debt,
            out.unmatched_return_lines,
            out.unmatched_return_units
        )
    }

    /// The catalogue as the shop would export it.
    pub fn catalogue_csv(&self) -> anyhow::Result<Vec<u8>> {
        let mut csv = csv::Writer::from_writer(vec![]);
        csv.write_record(["sku", "name", "price", "cost", "tax", "stock"])?;
        for item in &self.items {
            let (price, cost, opening) = (thousandths(item.price), euros(item.cost), item.opening.to_string());
            csv.write_record([&item.code, &item.name, &price, &cost, &item.tax, &opening])?;
        }
        Ok(csv.into_inner()?)
    }
}

impl Builder {
    fn take(&mut self, rows: &[Row]) -> anyhow::Result<()> {
        let Some(first) = rows.first() else { return Ok(()) };
        match first.invoice_no.bytes().next() {
            Some(b'C') => self.take_return(rows),
            Some(b'0'..=b'9') => self.take_sale(rows),
            _ => {
                self.plan.left_out.bad_debt += rows.len();
                Ok(())
            }
        }
    }

    fn take_sale(&mut self, rows: &[Row]) -> anyhow::Result<()> {
        let mut lines = vec![];
        for row in rows {
            if row.quantity <= 0 {
                self.plan.left_out.stock_corrections += 1;
                continue;
            }
            let price = fixed(&row.unit_price, 3)?;
            let item = self.item(row, price)?;
            if let Some(item) = self.plan.items.get_mut(item) {
                item.opening += row.quantity;
            }
            lines.push(Line { item, quantity: row.quantity, price, net: 0, tax: 0, refunded_line: 0 });
        }
        let Some(first) = rows.first().filter(|_| !lines.is_empty()) else { return Ok(()) };
        share(&mut lines, &self.plan.items);
        let document = self.plan.documents.len();
        for (line, sold) in lines.iter().enumerate() {
            let left = sold.quantity;
            self.sold.entry((first.customer.clone(), sold.item)).or_default().push(Sold { document, line, left });
        }
        self.push(first, lines, None);
        Ok(())
    }

    /// A return names no sale: what comes back was of the customer's latest sales of the same code. It
    /// becomes one refund for each of them.
    fn take_return(&mut self, rows: &[Row]) -> anyhow::Result<()> {
        let mut back: BTreeMap<usize, BTreeMap<usize, i128>> = BTreeMap::new();
        for row in rows {
            let mut wanted = -row.quantity;
            let item = self.by_code.get(&row.stock_code).copied();
            let sold = item.filter(|_| !row.customer.is_empty()).and_then(|item| self.sold.get_mut(&(row.customer.clone(), item)));
            for sold in sold.into_iter().flatten().rev() {
                let part = wanted.min(sold.left);
                if part > 0 {
                    sold.left -= part;
                    wanted -= part;
                    *back.entry(sold.document).or_default().entry(sold.line).or_default() += part;
                }
            }
            if wanted > 0 {
                self.plan.left_out.unmatched_return_lines += 1;
                self.plan.left_out.unmatched_return_units += wanted;
            }
        }
        let Some(first) = rows.first() else { return Ok(()) };
        for (document, parts) in back {
            let sale = self.plan.documents.get(document).context("the sale of a return")?;
            let (id, sold) = (sale.id, sale.lines.clone());
            let mut lines = vec![];
            for (line, quantity) in parts {
                let whole = sold.get(line).context("the line of a return")?;
                let before = self.returned.entry((document, line)).or_default();
                let returned = before.0 + quantity;
                let until = |amount: i128| half_up(amount * returned, whole.quantity);
                let (net, tax) = (until(whole.net), until(whole.tax));
                lines.push(Line { quantity, net: net - before.1, tax: tax - before.2, refunded_line: line, ..whole.clone() });
                *before = (returned, net, tax);
            }
            self.push(first, lines, Some(id));
        }
        Ok(())
    }

    fn push(&mut self, first: &Row, lines: Vec<Line>, refunds: Option<Uuid>) {
        self.plan.documents.push(Document {
            id: Uuid::now_v7(),
            invoice: first.invoice_no.clone(),
            customer: if first.customer.is_empty() { first.invoice_no.clone() } else { first.customer.clone() },
            lines,
            refunds,
        });
    }

    fn item(&mut self, row: &Row, price: i128) -> anyhow::Result<usize> {
        if let Some(known) = self.by_code.get(&row.stock_code) {
            return Ok(*known);
        }
        let at = self.plan.items.len();
        let (tax, rate) = self.taxes.get(at % self.taxes.len().max(1)).cloned().context("the company has no taxes")?;
        let name = if row.description.trim().is_empty() { row.stock_code.clone() } else { row.description.trim().to_owned() };
        let cost = price * 6 / 100;
        self.plan.items.push(Item { code: row.stock_code.clone(), name, price, cost, tax, rate, opening: 0 });
        self.by_code.insert(row.stock_code.clone(), at);
        Ok(at)
    }
}

impl Document {
    /// Which terminal's work this is: a customer's always the same one's, so that a return follows its sale.
    pub fn terminal(&self, count: usize) -> usize {
        let mut hasher = DefaultHasher::new();
        self.customer.hash(&mut hasher);
        usize::try_from(hasher.finish() % count as u64).unwrap_or_default()
    }

    pub fn net(&self) -> i128 {
        self.lines.iter().map(|l| l.net).sum()
    }

    pub fn tax(&self) -> i128 {
        self.lines.iter().map(|l| l.tax).sum()
    }

    pub fn total(&self) -> i128 {
        self.net() + self.tax()
    }

    /// Cash, as it stays in the drawer; the rest is card. A third of the customers pay each way: cash with
    /// a round note, card, or half and half.
    pub fn cash(&self) -> i128 {
        if self.refunds.is_some() {
            return self.total();
        }
        match self.terminal(3) {
            0 => self.total(),
            1 => 0,
            _ => self.total() / 2,
        }
    }

    /// Address and body of the request that posts it.
    pub fn request(&self, plan: &Plan, products: &HashMap<String, Uuid>, register: &str) -> anyhow::Result<(String, Value)> {
        if let Some(sale) = self.refunds {
            let lines = self.lines.iter().map(|l| json!({ "line_no": l.refunded_line + 1, "quantity": l.quantity.to_string() }));
            let body = json!({ "id": self.id, "register_id": register, "lines": lines.collect::<Vec<_>>(), "method": "cash" });
            return Ok((format!("/api/v1/pos/sales/{sale}/refund"), body));
        }
        let mut lines = vec![];
        for line in &self.lines {
            let item = plan.items.get(line.item).context("an item")?;
            let product = products.get(&item.code).with_context(|| format!("{} was not imported", item.code))?;
            lines.push(json!({ "product_id": product, "quantity": line.quantity.to_string(), "unit_price": thousandths(line.price) }));
        }
        let (cash, card) = (self.cash(), self.total() - self.cash());
        // The customer has only notes of five; the change goes back.
        let tendered = (cash + 499) / 500 * 500;
        let payments = [("cash", tendered), ("card", card)].into_iter().filter(|(_, amount)| *amount > 0);
        let payments: Vec<Value> = payments.map(|(method, amount)| json!({ "method": method, "amount": euros(amount) })).collect();
        Ok(("/api/v1/pos/sales".into(), json!({ "id": self.id, "register_id": register, "lines": lines, "payments": payments })))
    }
}

/// Each line's share of its document. The amounts of one tax are summed exactly and rounded once; lines get
/// their part of the total in proportion to their own amounts, and of the tax in proportion to that, the
/// cents left over going to the largest remainders; of equals to the larger amount, then to the first.
fn share(lines: &mut [Line], items: &[Item]) {
    let rate = |line: &Line| items.get(line.item).map_or(0, |item| item.rate);
    let tax_code = |line: &Line| items.get(line.item).map(|item| item.tax.clone()).unwrap_or_default();
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, line) in lines.iter().enumerate() {
        groups.entry(tax_code(line)).or_default().push(i);
    }
    for members in groups.into_values() {
        let own: Vec<&Line> = members.iter().filter_map(|i| lines.get(*i)).collect();
        let exact: i128 = own.iter().map(|l| l.quantity * l.price).sum();
        let rate = own.first().map_or(0, |l| rate(l));
        let gross = half_up(exact, 10);
        let net = half_up(exact * 10_000, (10_000 + rate) * 10);
        let weights: Vec<i128> = own.iter().map(|l| l.quantity * l.price).collect();
        let totals = spread(gross, &weights);
        let taxes = spread(gross - net, &totals);
        for ((i, total), tax) in members.iter().zip(totals).zip(taxes) {
            if let Some(line) = lines.get_mut(*i) {
                (line.net, line.tax) = (total - tax, tax);
            }
        }
    }
}

fn spread(total: i128, weights: &[i128]) -> Vec<i128> {
    let sum: i128 = weights.iter().sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let mut parts: Vec<(usize, i128, i128, i128)> =
        weights.iter().enumerate().map(|(i, w)| (i, total * w / sum, total * w % sum, *w)).collect();
    let left = total - parts.iter().map(|p| p.1).sum::<i128>();
    parts.sort_by_key(|(i, _, remainder, weight)| (-remainder, -weight, *i));
    for part in parts.iter_mut().take(usize::try_from(left).unwrap_or_default()) {
        part.1 += 1;
    }
    parts.sort_by_key(|p| p.0);
    parts.into_iter().map(|p| p.1).collect()
}

/// Of amounts that are not negative.
fn half_up(amount: i128, divisor: i128) -> i128 {
    (2 * amount + divisor) / (2 * divisor)
}

/// A decimal text as an integer with that many decimals; refuses what does not fit.
pub fn fixed(text: &str, decimals: usize) -> anyhow::Result<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > decimals {
        bail!("{text} has more than {decimals} decimals");
    }
    Ok(format!("{whole}{fraction:0<decimals$}").parse()?)
}

/// Minor units as a decimal text.
pub fn euros(minor: i128) -> String {
    format!("{}{}.{:02}", if minor < 0 { "-" } else { "" }, minor.abs() / 100, minor.abs() % 100)
}

fn thousandths(price: i128) -> String {
    format!("{}.{:03}", price / 1000, price % 1000)
}
