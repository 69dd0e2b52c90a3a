//! OFX 1 (SGML) and 2 (XML): bank, credit card and investment accounts.
//!
//! One lenient reader for both: programs write XML headers before SGML bodies, leave the closing tags of values away (which
//! SGML allows) and those of empty values too (which it does not).

use iso_currency::Currency;
use rust_decimal::Decimal;

use super::{AccountName, FormatError, Line, Statement, decimal, joined, long_date, tidy};
use crate::platform::money::Money;

const DEEPEST: usize = 64;

/// What holds other elements. Anything else that was opened, has no text and is not closed was an empty value.
const AGGREGATES: [&str; 34] = [
    "OFX",
    "SONRS",
    "STATUS",
    "FI",
    "STMTTRNRS",
    "STMTRS",
    "CCSTMTTRNRS",
    "CCSTMTRS",
    "INVSTMTTRNRS",
    "INVSTMTRS",
    "BANKACCTFROM",
    "CCACCTFROM",
    "INVACCTFROM",
    "BANKTRANLIST",
    "INVTRANLIST",
    "STMTTRN",
    "INVBANKTRAN",
    "INVTRAN",
    "SECID",
    "LEDGERBAL",
    "AVAILBAL",
    "INVBAL",
    "PAYEE",
    "BANKACCTTO",
    "CCACCTTO",
    "CURRENCY",
    "ORIGCURRENCY",
    "INVBUY",
    "INVSELL",
    "INVPOSLIST",
    "INVPOS",
    "INV401KBAL",
    "SECLIST",
    "BALLIST",
];

pub fn looks_like(head: &str) -> bool {
    let head = head.to_ascii_uppercase();
    head.starts_with("OFXHEADER") || head.contains("<OFX>") || head.contains("<?OFX")
}

pub fn read(text: &str) -> Result<Vec<Statement>, FormatError> {
    let root = parse(text)?;
    let mut found = vec![];
    root.collect(&["STMTRS", "CCSTMTRS", "INVSTMTRS"], &mut found);
    if found.is_empty() {
        let mut states = vec![];
        root.collect(&["STATUS"], &mut states);
        if let Some(refused) = states.iter().find(|state| state.value("SEVERITY").is_some_and(|s| s.eq_ignore_ascii_case("error"))) {
            let message = refused.value("MESSAGE").or_else(|| refused.value("CODE")).unwrap_or_default();
            return Err(FormatError::at(refused.line, format!("the bank has answered an error and no statement: {message}")));
        }
    }
    found.into_iter().map(statement).collect()
}

fn statement(node: &Node) -> Result<Statement, FormatError> {
    let account = ["BANKACCTFROM", "CCACCTFROM", "INVACCTFROM"].iter().find_map(|name| node.child(name));
    let number = account.and_then(|account| account.value("ACCTID"));
    let bank = account.and_then(|account| account.value("BANKID").or_else(|| account.value("BROKERID")));
    let mut out = Statement {
        account: AccountName { bank: bank.and_then(tidy), ..AccountName::of(number.unwrap_or_default()) },
        currency: node.value("CURDEF").map(str::to_ascii_uppercase),
        ..Statement::default()
    };
    let list = node.child("BANKTRANLIST").or_else(|| node.child("INVTRANLIST"));
    if let Some(list) = list {
        out.from = list.value("DTSTART").and_then(long_date);
        out.to = list.value("DTEND").and_then(long_date);
    }
    let mut movements = vec![];
    node.collect(&["STMTTRN"], &mut movements);
    if out.currency.is_none() {
        // Some leave it away and say it in every movement.
        let said = movements.iter().find_map(|m| m.child("CURRENCY").or_else(|| m.child("ORIGCURRENCY"))?.value("CURSYM"));
        out.currency = said.map(str::to_ascii_uppercase);
    }
    for movement in movements {
        out.lines.push(line(movement, out.currency.as_deref())?);
    }
    if let Some(list) = node.child("INVTRANLIST") {
        investments(list, &mut out)?;
    }
    let balance = node.child("LEDGERBAL").map(|b| (b, "BALAMT")).or_else(|| node.child("INVBAL").map(|b| (b, "AVAILCASH")));
    if let Some((balance, name)) = balance {
        match balance.value(name) {
            Some(amount) => {
                out.closing = Some(decimal(amount).map_err(|wrong| FormatError::at(balance.line, format!("{name}: {wrong}")))?);
            }
            None => out.warnings.push(format!("line {}: the balance is empty", balance.line)),
        }
    }
    Ok(out)
}

fn line(node: &Node, currency: Option<&str>) -> Result<Line, FormatError> {
    let day = node.value("DTPOSTED").ok_or_else(|| FormatError::at(node.line, "a movement without its day (DTPOSTED)"))?;
    let name = node.value("NAME").or_else(|| node.child("PAYEE")?.value("NAME"));
    let other = node.child("BANKACCTTO").or_else(|| node.child("CCACCTTO")).and_then(|account| account.value("ACCTID"));
    let check = node.value("CHECKNUM").filter(|number| !number.trim_matches('0').is_empty());
    Ok(Line {
        source_line: node.line,
        booked_on: long_date(day).ok_or_else(|| FormatError::at(node.line, format!("DTPOSTED: “{day}” is no day")))?,
        value_on: node.value("DTAVAIL").or_else(|| node.value("VALUEDATE")).and_then(long_date),
        amount: amount(node, currency)?,
        reference: node.value("REFNUM").or(check).and_then(tidy),
        counterparty_name: name.and_then(tidy),
        counterparty_account: other.and_then(tidy),
        description: joined([name, node.value("MEMO")]),
        bank_id: node.value("FITID").and_then(tidy),
        code: node.value("TRNTYPE").and_then(tidy),
        is_reversal: node.value("CORRECTACTION").is_some(),
    })
}

/// The amount in the account's currency: where it is said in another, the rate is said too.
fn amount(node: &Node, currency: Option<&str>) -> Result<Decimal, FormatError> {
    let wrong = |detail: String| FormatError::at(node.line, detail);
    let text = node.value("TRNAMT").ok_or_else(|| wrong("a movement without its amount (TRNAMT)".into()))?;
    let amount = decimal(text).map_err(|detail| wrong(format!("TRNAMT: {detail}")))?;
    let Some(foreign) = node.child("CURRENCY") else { return Ok(amount) };
    match (foreign.value("CURSYM"), currency) {
        (Some(symbol), Some(currency)) if !symbol.eq_ignore_ascii_case(currency) => {
            let rate = foreign.value("CURRATE").and_then(|rate| decimal(rate).ok());
            let known = Currency::from_code(currency);
            let converted = rate.zip(known).and_then(|(rate, known)| Money::rounded(amount.checked_mul(rate)?, known).ok());
            let converted = converted.ok_or_else(|| wrong(format!("the amount is in {symbol}, and the rate to {currency} is not said")))?;
            Ok(converted.to_decimal().normalize())
        }
        _ => Ok(amount),
    }
}

/// What securities have cost or brought. What moves securities and no money is passed over.
fn investments(list: &Node, out: &mut Statement) -> Result<(), FormatError> {
    let mut silent = 0;
    let trades = list.children.iter().filter(|node| node.name != "INVBANKTRAN" && node.name != "STMTTRN" && !node.children.is_empty());
    for node in trades {
        let Some(total) = node.deep("TOTAL").filter(|_| node.name != "REINVEST") else {
            silent += 1;
            continue;
        };
        let day = node.deep("DTSETTLE").or_else(|| node.deep("DTTRADE"));
        let day = day.ok_or_else(|| FormatError::at(node.line, "a movement without its day (DTTRADE)"))?;
        out.lines.push(Line {
            source_line: node.line,
            booked_on: long_date(day).ok_or_else(|| FormatError::at(node.line, format!("DTTRADE: “{day}” is no day")))?,
            amount: decimal(total).map_err(|wrong| FormatError::at(node.line, format!("TOTAL: {wrong}")))?,
            reference: node.deep("UNIQUEID").and_then(tidy),
            description: joined([Some(node.name.as_str()), node.deep("UNIQUEID"), node.deep("MEMO")]),
            bank_id: node.deep("FITID").and_then(tidy),
            code: tidy(&node.name),
            ..Line::default()
        });
    }
    if silent > 0 {
        out.warnings.push(format!("{silent} movements of securities without money were passed over"));
    }
    Ok(())
}

#[derive(Default)]
struct Node {
    name: String,
    text: String,
    line: usize,
    children: Vec<Node>,
}

impl Node {
    fn new(name: &str, line: usize) -> Self {
        Self { name: name.to_ascii_uppercase(), line, ..Self::default() }
    }

    fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|node| node.name == name)
    }

    /// The text of a child; none where it is empty.
    fn value(&self, name: &str) -> Option<&str> {
        self.child(name).map(|node| node.text.trim()).filter(|text| !text.is_empty())
    }

    /// The text of the first element of that name at any depth.
    fn deep(&self, name: &str) -> Option<&str> {
        self.value(name).or_else(|| self.children.iter().find_map(|node| node.deep(name)))
    }

    fn collect<'a>(&'a self, names: &[&str], found: &mut Vec<&'a Self>) {
        for node in &self.children {
            if names.contains(&node.name.as_str()) {
                found.push(node);
            } else {
                node.collect(names, found);
            }
        }
    }

    fn is_aggregate(&self) -> bool {
        AGGREGATES.contains(&self.name.as_str()) || self.name.ends_with("MSGSRSV1")
    }
}

/// The open elements, the innermost last; the root is never closed.
struct Open(Vec<Node>);

impl Open {
    fn holds(&self, name: &str) -> bool {
        self.0.iter().skip(1).any(|node| node.name == name)
    }

    fn close_innermost(&mut self, is_said: bool) {
        if self.0.len() < 2 {
            return;
        }
        let Some(mut node) = self.0.pop() else { return };
        let Some(parent) = self.0.last_mut() else { return };
        // Not closed and no aggregate: an empty value, and what seemed to be in it comes after it.
        let after = if is_said || node.is_aggregate() { vec![] } else { std::mem::take(&mut node.children) };
        parent.children.push(node);
        parent.children.extend(after);
    }

    fn close(&mut self, name: &str) {
        if !self.holds(name) {
            return;
        }
        while self.0.len() > 1 {
            let is_it = self.0.last().is_some_and(|node| node.name == name);
            self.close_innermost(is_it);
            if is_it {
                return;
            }
        }
    }

    /// A value whose closing tag was left away ends where the next tag begins.
    fn end_value(&mut self, but: &str) {
        if self.0.last().is_some_and(|node| self.0.len() > 1 && !node.text.trim().is_empty() && node.name != but) {
            self.close_innermost(true);
        }
    }
}

fn parse(text: &str) -> Result<Node, FormatError> {
    let mut open = Open(vec![Node::default()]);
    let mut line = 1;
    let mut rest = text;
    // What comes before the first tag are headers.
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        if let Some(node) = open.0.last_mut().filter(|node| !node.name.is_empty()) {
            node.text.push_str(&unescape(before));
        }
        line += newlines(before);
        let length = if let Some(data) = tag.strip_prefix("<![CDATA[") {
            let end = data.find("]]>").ok_or_else(|| FormatError::at(line, "CDATA without its end"))?;
            if let Some(node) = open.0.last_mut() {
                node.text.push_str(data.get(..end).unwrap_or_default());
            }
            end + 12
        } else if tag.starts_with("<!--") {
            tag.find("-->").map(|end| end + 3).ok_or_else(|| FormatError::at(line, "a comment without its end"))?
        } else {
            let end = tag.find('>').ok_or_else(|| FormatError::at(line, "a tag without its end"))?;
            element(&mut open, tag.get(1..end).unwrap_or_default(), line)?;
            end + 1
        };
        let (done, after) = tag.split_at(length.min(tag.len()));
        line += newlines(done);
        rest = after;
    }
    if let Some(broken) = ["STMTTRN", "BANKTRANLIST", "INVTRANLIST"].iter().find(|name| open.holds(name)) {
        return Err(FormatError::at(line, format!("the file breaks off inside {broken}")));
    }
    while open.0.len() > 1 {
        open.close_innermost(false);
    }
    Ok(open.0.pop().unwrap_or_default())
}

fn element(open: &mut Open, tag: &str, line: usize) -> Result<(), FormatError> {
    if tag.starts_with('?') || tag.starts_with('!') {
        return Ok(());
    }
    if let Some(name) = tag.strip_prefix('/') {
        let name = name.trim().to_ascii_uppercase();
        open.end_value(&name);
        open.close(&name);
        return Ok(());
    }
    open.end_value("");
    let is_empty = tag.ends_with('/');
    let name = tag.trim_end_matches('/').split_whitespace().next().unwrap_or_default();
    let node = Node::new(name, line);
    // No aggregate is within one of its name: that one's closing tag is missing.
    if node.is_aggregate() {
        open.close(&node.name);
    }
    if matches!(node.name.as_str(), "LEDGERBAL" | "AVAILBAL") {
        open.close("BANKTRANLIST");
    }
    if open.0.len() > DEEPEST {
        return Err(FormatError::at(line, "elements are nested too deeply"));
    }
    open.0.push(node);
    if is_empty {
        open.close_innermost(true);
    }
    Ok(())
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

/// The entities of SGML and XML that banks use.
fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let entity = after.split_once(';').filter(|(name, _)| name.len() <= 8);
        let meant = entity.and_then(|(name, _)| match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            "nbsp" => Some(' '),
            _ => {
                let code = name.strip_prefix('#')?;
                let code = code.strip_prefix(['x', 'X']).map_or_else(|| code.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
                char::from_u32(code?)
            }
        });
        rest = match (meant, entity) {
            (Some(meant), Some((_, after))) => {
                out.push(meant);
                after
            }
            _ => {
                out.push('&');
                after
            }
        };
    }
    out.push_str(rest);
    out
}
