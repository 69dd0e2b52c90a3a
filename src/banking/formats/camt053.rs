//! CAMT.053 of ISO 20022, versions 1 to 13: read by the names of its elements, so that no version is unknown.

use std::collections::HashSet;

use chrono::NaiveDate;
use roxmltree::{Document, Node};
use rust_decimal::Decimal;

use super::{AccountName, FormatError, Line, Statement, decimal, iban, joined, long_date, tidy};

pub fn read(text: &str) -> Result<Vec<Statement>, FormatError> {
    let document = Document::parse(text.trim_start()).map_err(|error| {
        let skipped = text.len() - text.trim_start().len();
        let before = text.get(..skipped).unwrap_or_default().matches('\n').count();
        FormatError::at(usize::try_from(error.pos().row).unwrap_or(1) + before, format!("no XML: {error}"))
    })?;
    let messages: Vec<Node> =
        document.root_element().descendants().filter(|node| node.tag_name().name().starts_with("BkToCstmr")).collect();
    let Some(message) = messages.iter().find(|node| node.has_tag_name("BkToCstmrStmt") || node.tag_name().name() == "BkToCstmrStmt") else {
        let (line, name) = messages.first().map_or((1, document.root_element().tag_name().name()), |m| (line_of(*m), m.tag_name().name()));
        return Err(FormatError::at(line, format!("{name} is no statement of an account (camt.053, BkToCstmrStmt)")));
    };
    let statements: Result<Vec<Statement>, FormatError> = children(*message, "Stmt").map(statement).collect();
    match statements {
        Ok(none) if none.is_empty() => Err(FormatError::at(line_of(*message), "the message holds no statement (Stmt)")),
        other => other,
    }
}

fn children<'a, 'i: 'a>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

fn at<'a, 'i: 'a>(node: Node<'a, 'i>, path: &'static str) -> Option<Node<'a, 'i>> {
    path.split('/').try_fold(node, |node, name| children(node, name).next())
}

fn text<'a>(node: Node<'a, '_>, path: &'static str) -> Option<&'a str> {
    at(node, path).and_then(|node| node.text()).map(str::trim).filter(|text| !text.is_empty())
}

fn line_of(node: Node) -> usize {
    usize::try_from(node.document().text_pos_at(node.range().start).row).unwrap_or_default()
}

fn wrong(node: Node, detail: impl Into<String>) -> FormatError {
    FormatError::at(line_of(node), detail)
}

fn statement(node: Node) -> Result<Statement, FormatError> {
    let id = at(node, "Acct/Id");
    let number = id.and_then(|id| text(id, "IBAN").or_else(|| text(id, "Othr/Id")).or_else(|| text(id, "PrtryAcct/Id")));
    let bank =
        at(node, "Acct/Svcr/FinInstnId").and_then(|bank| text(bank, "BICFI").or_else(|| text(bank, "BIC")).or_else(|| text(bank, "Nm")));
    let mut out = Statement {
        account: AccountName { bank: bank.and_then(tidy), ..AccountName::of(number.unwrap_or_default()) },
        number: text(node, "Id").or_else(|| text(node, "ElctrncSeqNb")).and_then(tidy),
        from: text(node, "FrToDt/FrDtTm").or_else(|| text(node, "FrToDt/FrDt")).and_then(long_date),
        to: text(node, "FrToDt/ToDtTm").or_else(|| text(node, "FrToDt/ToDt")).and_then(long_date),
        ..Statement::default()
    };
    let opening = balance(node, &["OPBD", "PRCD"])?;
    let closing = balance(node, &["CLBD"])?;
    let said = text(node, "Acct/Ccy").map(str::to_owned).or_else(|| opening.as_ref().map(|balance| balance.1.clone()));
    out.currency = said.or_else(|| closing.as_ref().map(|balance| balance.1.clone()));
    let ours =
        |balance: &Option<(Decimal, String)>| balance.as_ref().filter(|(_, currency)| Some(currency) == out.currency.as_ref()).map(|b| b.0);
    (out.opening, out.closing) = (ours(&opening), ours(&closing));
    for (balance, name) in [(&opening, "opening"), (&closing, "closing")] {
        if let Some((_, currency)) = balance.as_ref().filter(|(_, currency)| Some(currency) != out.currency.as_ref()) {
            out.warnings.push(format!("the {name} balance is in {currency}, another currency than the account, and was passed over"));
        }
    }
    let mut waiting = 0;
    for entry in children(node, "Ntry") {
        let state = text(entry, "Sts").or_else(|| text(entry, "Sts/Cd")).or_else(|| text(entry, "Sts/Prtry")).unwrap_or("BOOK");
        if state.eq_ignore_ascii_case("BOOK") {
            read_entry(entry, &mut out)?;
        } else {
            waiting += 1;
        }
    }
    if waiting > 0 {
        out.warnings.push(format!("{waiting} entries that are not booked yet were passed over"));
    }
    Ok(out)
}

/// The first balance of one of these kinds.
fn balance(node: Node, kinds: &[&str]) -> Result<Option<(Decimal, String)>, FormatError> {
    let of_kind = |kind: &&str| children(node, "Bal").find(|balance| text(*balance, "Tp/CdOrPrtry/Cd") == Some(*kind));
    let Some(found) = kinds.iter().find_map(of_kind) else { return Ok(None) };
    let (amount, currency) = money(found)?;
    Ok(Some((if is_credit(found)? { amount } else { -amount }, currency.unwrap_or_default())))
}

/// The amount of an element, which has no sign, and its currency.
fn money(node: Node) -> Result<(Decimal, Option<String>), FormatError> {
    let amount = at(node, "Amt").ok_or_else(|| wrong(node, format!("{} without its amount (Amt)", node.tag_name().name())))?;
    let value = decimal(amount.text().unwrap_or_default()).map_err(|detail| wrong(amount, detail))?;
    Ok((value, amount.attribute("Ccy").map(str::to_owned)))
}

fn is_credit(node: Node) -> Result<bool, FormatError> {
    match text(node, "CdtDbtInd") {
        Some("CRDT") => Ok(true),
        Some("DBIT") => Ok(false),
        said => Err(wrong(node, format!("CdtDbtInd is to be CRDT or DBIT, and is “{}”", said.unwrap_or_default()))),
    }
}

fn day(node: Node, path: &'static str) -> Option<NaiveDate> {
    let date = at(node, path)?;
    text(date, "Dt").or_else(|| text(date, "DtTm")).or_else(|| date.text().map(str::trim)).and_then(long_date)
}

/// An entry is a line; one that gathers several movements is as many, if they say their amounts and these make it whole.
fn read_entry(entry: Node, out: &mut Statement) -> Result<(), FormatError> {
    let (amount, currency) = money(entry)?;
    if out.currency.is_none() {
        out.currency.clone_from(&currency);
    }
    if currency.is_some() && currency != out.currency {
        let ours = out.currency.clone().unwrap_or_default();
        return Err(wrong(entry, format!("the entry is in {}, and the account in {ours}", currency.unwrap_or_default())));
    }
    let is_credit = is_credit(entry)?;
    let signed = if is_credit { amount } else { -amount };
    let (booked, valued) = (day(entry, "BookgDt"), day(entry, "ValDt"));
    let frame = Line {
        source_line: line_of(entry),
        booked_on: booked.or(valued).ok_or_else(|| wrong(entry, "an entry without its day (BookgDt)"))?,
        value_on: valued,
        amount: signed,
        bank_id: text(entry, "AcctSvcrRef").and_then(tidy),
        code: code(entry),
        is_reversal: text(entry, "RvslInd").is_some_and(|said| said == "true" || said == "1"),
        ..Line::default()
    };
    let own = out.account.iban.clone().or_else(|| out.account.number.clone());
    let more = text(entry, "AddtlNtryInf");
    let details: Vec<Node> = children(entry, "NtryDtls").flat_map(|details| children(details, "TxDtls")).collect();
    match parts(&details, is_credit, currency.as_deref(), signed) {
        Some(amounts) => {
            let mut ids = HashSet::new();
            for (n, (detail, amount)) in details.iter().zip(amounts).enumerate() {
                let mut line = filled(&frame, &[*detail], more, own.as_deref());
                line.amount = amount;
                line.source_line = line_of(*detail);
                // Several movements of one reference are told apart by their place in it.
                if !line.bank_id.as_ref().is_some_and(|id| ids.insert(id.clone()) && Some(id) != frame.bank_id.as_ref()) {
                    line.bank_id = line.bank_id.map(|id| format!("{id}/{}", n + 1));
                }
                out.lines.push(line);
            }
        }
        None => out.lines.push(filled(&frame, &details, more, own.as_deref())),
    }
    Ok(())
}

/// What each of several movements in an entry is, signed; none if they do not say so or are not the whole.
fn parts(details: &[Node], is_credit: bool, currency: Option<&str>, whole: Decimal) -> Option<Vec<Decimal>> {
    if details.len() < 2 {
        return None;
    }
    let amounts: Option<Vec<Decimal>> = details
        .iter()
        .map(|detail| {
            let amount = at(*detail, "Amt").or_else(|| at(*detail, "AmtDtls/TxAmt/Amt")).or_else(|| at(*detail, "AmtDtls/InstdAmt/Amt"))?;
            if currency.is_some() && amount.attribute("Ccy") != currency {
                return None;
            }
            let value = decimal(amount.text().unwrap_or_default()).ok()?;
            let comes_in = text(*detail, "CdtDbtInd").map_or(is_credit, |said| said == "CRDT");
            Some(if comes_in { value } else { -value })
        })
        .collect();
    amounts.filter(|amounts| amounts.iter().sum::<Decimal>() == whole)
}

fn filled(frame: &Line, details: &[Node], more: Option<&str>, own: Option<&str>) -> Line {
    let first = |path: &'static str| details.iter().find_map(|detail| text(*detail, path));
    let structured = details.iter().find_map(|detail| {
        let mut blocks = at(*detail, "RmtInf").into_iter().flat_map(|information| children(information, "Strd"));
        blocks.find_map(|block| text(block, "CdtrRefInf/Ref").or_else(|| text(block, "CdtrRefInf/CdtrRef")))
    });
    let end_to_end = first("Refs/EndToEndId").filter(|id| !id.eq_ignore_ascii_case("NOTPROVIDED"));
    let instruction = first("Refs/InstrId").or_else(|| first("Refs/ChqNb"));
    let said = details.iter().flat_map(|detail| {
        let free = at(*detail, "RmtInf").into_iter().flat_map(|information| children(information, "Ustrd")).map(|node| node.text());
        free.chain([text(*detail, "AddtlTxInf")]).collect::<Vec<_>>()
    });
    let description = joined(said.chain([structured, more]));
    // Who paid what came in; where a movement takes another back, the parties are those of the other.
    let paid_to_us = frame.amount.is_sign_positive() != frame.is_reversal;
    let sides = if paid_to_us { [("Dbtr", "DbtrAcct"), ("Cdtr", "CdtrAcct")] } else { [("Cdtr", "CdtrAcct"), ("Dbtr", "DbtrAcct")] };
    let party = sides.iter().find_map(|(who, account)| {
        let parties = details.iter().find_map(|detail| at(*detail, "RltdPties"))?;
        let name = name_of(parties, who);
        let number = children(parties, account).next().and_then(|account| text(account, "Id/IBAN").or_else(|| text(account, "Id/Othr/Id")));
        let number = number.map(|number| iban(number).unwrap_or_else(|| number.to_owned()));
        ((name.is_some() || number.is_some()) && (number.is_none() || number.as_deref() != own)).then_some((name, number))
    });
    let (counterparty_name, counterparty_account) = party.unwrap_or_default();
    Line {
        reference: structured.or(end_to_end).or(instruction).and_then(tidy),
        description,
        counterparty_name: counterparty_name.and_then(tidy),
        counterparty_account: counterparty_account.as_deref().and_then(tidy),
        bank_id: first("Refs/AcctSvcrRef").and_then(tidy).filter(|_| details.len() == 1).or_else(|| frame.bank_id.clone()),
        ..frame.clone()
    }
}

/// A party, as versions 2 to 7 name it, and later ones.
fn name_of<'a>(parties: Node<'a, '_>, who: &'static str) -> Option<&'a str> {
    let ultimate = if who == "Dbtr" { "UltmtDbtr" } else { "UltmtCdtr" };
    [who, ultimate].iter().find_map(|name| {
        let party = parties.children().find(|child| child.is_element() && child.tag_name().name() == *name)?;
        text(party, "Nm").or_else(|| text(party, "Pty/Nm")).or_else(|| text(party, "Agt/FinInstnId/Nm"))
    })
}

fn code(entry: Node) -> Option<String> {
    let kind = at(entry, "BkTxCd")?;
    match (text(kind, "Domn/Cd"), text(kind, "Domn/Fmly/Cd"), text(kind, "Domn/Fmly/SubFmlyCd")) {
        (Some(domain), Some(family), Some(part)) => tidy(&format!("{domain}-{family}-{part}")),
        _ => text(kind, "Prtry/Cd").and_then(tidy),
    }
}
