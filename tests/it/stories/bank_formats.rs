//! Files of banks: real ones are read right, broken ones are refused with their line, and nothing makes the reader panic.

use std::path::PathBuf;

use balanza::banking::formats::{Columns, DecimalSign, FormatError, Mapping, Statement, StatementFormat, read};
use proptest::{prelude::*, sample::Index};
use rust_decimal::Decimal;

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/bank").join(name)).unwrap()
}

fn try_read(name: &str) -> Result<Vec<Statement>, FormatError> {
    read(&bytes(name), None, None).map(|(_, statements)| statements)
}

#[track_caller]
fn file(name: &str) -> Vec<Statement> {
    try_read(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[track_caller]
fn one(name: &str) -> Statement {
    let mut statements = file(name);
    assert_eq!(statements.len(), 1, "{name}");
    statements.remove(0)
}

#[track_caller]
fn refused(name: &str) -> String {
    match try_read(name) {
        Err(error) => error.to_string(),
        Ok(statements) => panic!("{name} was read: {statements:#?}"),
    }
}

fn text(bytes: &str) -> Result<Vec<Statement>, FormatError> {
    read(bytes.as_bytes(), None, None).map(|(_, statements)| statements)
}

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// Day, amount, reference, name, account and description of each line, joined: what a person compares at a glance.
fn shown(statement: &Statement) -> Vec<String> {
    let or = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
    let lines = statement.lines.iter().map(|line| {
        let (reference, name, account) = (or(&line.reference), or(&line.counterparty_name), or(&line.counterparty_account));
        format!("{} {} | {reference} | {name} | {account} | {} | {}", line.booked_on, line.amount, or(&line.description), or(&line.bank_id))
    });
    lines.collect()
}

/// Bank, account or IBAN, currency, opening and closing balance, number of lines.
fn head(statement: &Statement) -> String {
    let money = |amount: Option<Decimal>| amount.map_or_else(|| "-".into(), |amount| amount.to_string());
    let account = &statement.account;
    let name = account.iban.clone().or_else(|| account.number.clone()).unwrap_or_default();
    format!(
        "{} {name} {} {} {} {}",
        account.bank.as_deref().unwrap_or("-"),
        statement.currency.as_deref().unwrap_or("-"),
        money(statement.opening),
        money(statement.closing),
        statement.lines.len()
    )
}

#[test]
fn ofx_of_both_generations_is_read() {
    let card = one("ofx/anzcc.ofx");
    assert_eq!(head(&card), "- 1234123412341234 AUD - -123.45 1");
    assert_eq!(shown(&card), ["2017-05-08 -5.50 | - | - | - | SOME MEMO | 201705080001".replace("5.50", "5.5")]);
    assert_eq!((card.from, card.to), (Some("2017-03-11".parse().unwrap()), Some("2017-05-09".parse().unwrap())));

    let suncorp = one("ofx/suncorp.ofx");
    assert_eq!(head(&suncorp), "SUNCORP 123456789 AUD - 1234.12 1");
    let said = "EFTPOS WDL HANDYWAY ALDI STORE GEELONG WEST VICAU";
    assert_eq!(suncorp.lines[0].counterparty_name.as_deref(), Some("EFTPOS WDL HANDYWAY ALDI STORE"));
    assert!(suncorp.lines[0].description.as_deref().unwrap().contains("GEELONG"), "{:?} for {said}", suncorp.lines[0].description);

    let two: Vec<String> = file("ofx/multiple_accounts.ofx").iter().map(head).collect();
    assert_eq!(two, ["123 9100 USD - 111 0", "123 9200 USD - 222 0"]);

    let empty = one("ofx/ofx-v102-empty-tags.ofx");
    assert_eq!(head(&empty), "NPBS 12345678 AUD - - 1", "the currency is said in the movement only");
    assert_eq!(shown(&empty), ["2018-05-07 12.34 | - | - | - | CBA:Transfer | -"]);
    let unsaid = one("ofx/empty_balance.ofx");
    assert_eq!(head(&unsaid), "123845030 192639749 CAD - - 1", "a currency whose closing tag is missing");
    assert_eq!(unsaid.warnings, ["line 37: the balance is empty"]);
}

#[test]
fn ofx_of_investments_is_read_as_the_money_it_moves() {
    let savings = one("ofx/fidelity-savings.ofx");
    assert_eq!(head(&savings), "fidelity.com X0000001 USD - - 4");
    let amounts: Vec<Decimal> = savings.lines.iter().map(|line| line.amount).collect();
    assert_eq!(amounts, [dec("-1500"), dec("115.8331"), dec("-197.1063"), dec("-197.122")]);
    assert_eq!(savings.lines[0].reference.as_deref(), Some("0000001001"));

    let plan = one("ofx/vanguard401k.ofx");
    let amounts: Vec<Decimal> = plan.lines.iter().map(|line| line.amount).collect();
    assert_eq!(
        (head(&plan).as_str(), amounts),
        ("vanguard.com 0123456 USD - - 4", vec![dec("-673"), dec("-336.5"), dec("-673"), dec("-336.5")])
    );
    assert_eq!(plan.warnings, ["1 movements of securities without money were passed over"]);
    assert_eq!(one("ofx/investment_401k.ofx").lines.len(), 1);
    assert_eq!(head(&one("ofx/tiaacref.ofx")), "TIAA-CREF.ORG 111A1111 22B222 33C333 USD - 0 0");
}

#[test]
fn ofx_without_statements_or_days_is_refused() {
    assert_eq!(refused("ofx/bank_small.ofx"), "the file holds no statement (read as ofx)");
    assert_eq!(refused("ofx/signon_success.ofx"), "the file holds no statement (read as ofx)");
    assert_eq!(refused("ofx/date_missing.ofx"), "line 33: a movement without its day (DTPOSTED)");
    let whole = String::from_utf8(bytes("ofx/suncorp.ofx")).unwrap();
    let cut = &whole[..whole.find("</STMTTRN>").unwrap()];
    assert_eq!(text(cut).unwrap_err().to_string(), "line 42: the file breaks off inside STMTTRN");
    let february = whole.replace("<DTPOSTED>20131215", "<DTPOSTED>20130231");
    assert_eq!(text(&february).unwrap_err().to_string(), "line 35: DTPOSTED: “20130231” is no day");
    let amount = whole.replace("-16.85", "a lot");
    assert_eq!(text(&amount).unwrap_err().to_string(), "line 35: TRNAMT: “alot” is no amount");
    let failed = "<OFX><BANKMSGSRSV1><STMTTRNRS><STATUS><CODE>2003<SEVERITY>ERROR<MESSAGE>Account not found</STATUS></STMTTRNRS></BANKMSGSRSV1></OFX>";
    assert_eq!(text(failed).unwrap_err().to_string(), "line 1: the bank has answered an error and no statement: Account not found");
}

#[test]
fn ofx_needs_no_closing_tags() {
    let movements = "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260105<TRNAMT>+1.234,56<FITID>a<NAME><MEMO>Tom &amp; Co &#233;
        <STMTTRN><DTPOSTED>2026-01-06<TRNAMT>-1,234.5<FITID>b</STMTTRN>";
    let sgml = format!(
        "OFXHEADER:100\nDATA:OFXSGML\n\n<ofx><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID><ACCTID>77</BANKACCTFROM>
        <BANKTRANLIST><DTSTART>20260101{movements}<LEDGERBAL><BALAMT>10</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    );
    let statement = text(&sgml).unwrap().remove(0);
    assert_eq!(head(&statement), "- 77 USD - 10 2");
    assert_eq!(shown(&statement), ["2026-01-05 1234.56 | - | - | - | Tom & Co é | a", "2026-01-06 -1234.5 | - | - | - | - | b"]);
    let foreign = sgml.replace("+1.234,56", "100<CURRENCY><CURRATE>1.105<CURSYM>EUR</CURRENCY>");
    assert_eq!(text(&foreign).unwrap()[0].lines[0].amount, dec("110.5"), "converted at the rate that the bank says");
    let unknown = sgml.replace("+1.234,56", "100<CURRENCY><CURSYM>EUR</CURRENCY>");
    assert_eq!(text(&unknown).unwrap_err().to_string(), "line 5: the amount is in EUR, and the rate to USD is not said");
}

#[test]
fn mt940_of_many_banks_is_read_and_adds_up() {
    let betterplace = file("mt940/betterplace_sepa_mt9401.sta");
    assert!(betterplace.len() > 10);
    for statement in &betterplace {
        statement.check().unwrap_or_else(|wrong| panic!("{:?}: {wrong}", statement.account));
    }
    assert_eq!(head(&betterplace[0]), "50880050 0194774600888 EUR -1234718.36 -1237628.23 7");
    let storno = &betterplace[0].lines[5];
    assert_eq!((storno.amount, storno.is_reversal), (dec("-204.88"), true), "RC takes a credit back");
    let credit = &betterplace[1].lines[0];
    assert_eq!(credit.counterparty_account.as_deref(), Some("DE42100100100043921105"));
    assert_eq!(credit.counterparty_name.as_deref(), Some("Richter Renate 70 Zeichen Beginn Fuellzeichen xxxxxxxx"));
    assert_eq!(credit.reference.as_deref(), Some("EndToEndIdTFNR2000400001"));
    assert_eq!(credit.bank_id.as_deref(), Some("0724710290621954"));

    let cmxl = file("mt940/cmxl_mt940.sta");
    let heads: Vec<String> = cmxl.iter().map(head).collect();
    assert_eq!(
        heads,
        ["45050050 76198810 DEM 84349.74 84437.04 11", "10020030 1234567 EUR 2187.95 4387.95 2", "BPHKPLPK 320000546101 PLN 40000 50040 3"]
    );
    assert!(cmxl.iter().all(|statement| statement.check().is_ok()));
    let salary = &cmxl[1].lines[1];
    assert_eq!(salary.description.as_deref(), Some("UEBERWEISUNG Gehalt OktoberFirmaMustermannGmbH"), "broken within words");
    assert_eq!((salary.counterparty_name.as_deref(), salary.counterparty_account.as_deref()), (Some("MUELLER"), Some("0847564700")));
    assert!(cmxl[2].lines[2].description.as_deref().unwrap().starts_with("Uznanie kwotą odsetek"));

    let rabobank: Vec<Vec<String>> = file("mt940/jejik_rabobank-iban.sta").iter().map(shown).collect();
    assert_eq!(
        rabobank[0],
        [
            "2013-01-01 -25 | 01-01-2013 12:00 0030000987654321 | CONTRA ACCOUNT HOLDER | NL70ABNA0987654321 | - | -",
            "2013-01-02 -10 | - | JOHN DOE | - | Reference 201301234 P001234567 | -"
        ]
    );
    assert!(file("mt940/jejik_sns.sta").iter().chain(&file("mt940/jejik_generic.sta")).all(|statement| statement.check().is_ok()));
    let mbank = one("mt940/mBank_mt940.sta");
    assert_eq!(head(&mbank), "- PL29114010810000267002001002 PLN 0.4 0.43 3");
    let open = one("mt940/self-provided_gv_codes.sta");
    assert_eq!(head(&open), "12345678 1020304050 EUR 12345.12 - 2");
    assert_eq!(open.lines[0].counterparty_name.as_deref(), Some("PayPal (Europe) S.a.r.l. et"));
    assert_eq!(open.lines[0].reference.as_deref(), Some("1234567890123 PAYPAL"));
    assert_eq!(open.warnings, ["the closing balance is missing"]);
}

#[test]
fn what_does_not_add_up_is_named() {
    // The second of these was made anonymous without care for its sum.
    let knab = file("mt940/jejik_knab.sta");
    assert!(knab[0].check().is_ok());
    assert_eq!(knab[1].check().unwrap_err().difference(), dec("4500"));
    assert_eq!(knab[1].check().unwrap_err().to_string(), "the lines sum to -6760, and lead from 3058.98 not to 798.98: 4500.00 is missing");
    assert_eq!(knab[1].lines[0].counterparty_account.as_deref(), Some("NL65INGB0123456789"));
    assert_eq!(knab[1].lines[0].counterparty_name.as_deref(), Some("PICQER"));
}

#[test]
fn mt940_that_is_broken_is_refused_with_its_line() {
    assert_eq!(refused("mt940/betterplace_sepa_snippet_broken.sta"), "line 6: :25: names an account a second time in one statement");
    assert_eq!(refused("mt940/self-provided_empty_non_swift.sta"), "the file holds no statement (read as mt940)");
    let good = ":20:A\r\n:25:1/2\r\n:28C:1\r\n:60F:C251230EUR10,00\r\n:61:2512310101D2,5NTRFABC//B1\r\n:62F:C260101EUR7,50\r\n-\r\n";
    let read_right = text(good).unwrap().remove(0);
    assert!(read_right.check().is_ok());
    assert_eq!(read_right.lines[0].booked_on.to_string(), "2026-01-01", "the year turns between value and entry");
    let turned = good.replace("2512310101", "2601011231");
    assert_eq!(text(&turned).unwrap()[0].lines[0].booked_on.to_string(), "2025-12-31");
    for (from, to, wrong) in [
        ("C251230", "X251230", "line 4: :60F: no C or D in “X251230EUR10,00”"),
        ("C251230", "C251330", "line 4: :60F: no day in “C251330EUR10,00”"),
        ("D2,5", "Z2,5", "line 5: :61: no C or D in “2512310101Z2,5NTRFABC//B1”"),
        ("D2,5", "D", "line 5: :61: “” is no amount in “2512310101DNTRFABC//B1”"),
        (":62F:C260101EUR", ":62F:C260101USD", "line 6: :62F: closes in USD, and opened in another currency"),
    ] {
        assert_eq!(text(&good.replace(from, to)).unwrap_err().to_string(), wrong);
    }
    let latin = [b":20:A\n:25:1\n:60F:C260101EUR1,\n:61:260101C1,NTRFX\n:86:Pe\xf1a \x80 \x00\n:62F:C260101EUR2,\n-\n".as_slice()].concat();
    let statement = read(&latin, None, None).unwrap().1.remove(0);
    assert_eq!(statement.lines[0].description.as_deref(), Some("Peña €"), "Windows-1252, without what cannot be stored");
}

#[test]
fn mt940_pages_are_one_statement() {
    let pages = "{1:F01BANKBEBB2222123456}{2:O9400000}{4:\n:20:A\n:25:BE68539007547034\n:28C:5/1\n:60F:C260101EUR1,\n:61:260101C1,NTRFX\n:62M:C260101EUR2,\n-}{5:}\n\
                 {1:F01BANKBEBB2222123456}{4:\n:20:A\n:25:BE68539007547034EUR\n:28C:5/2\n:60M:C260101EUR2,\n:61:260102RD3,NTRFX\n:86:/CNTP/NL84INGB0234561789/INGBNL2A/MMS/Delft//REMI/USTD//Order 12/\n:62F:C260102EUR5,\n:86:to the statement\n-}\n";
    let statement = text(pages).unwrap();
    assert_eq!(statement.iter().map(head).collect::<Vec<_>>(), ["- BE68539007547034 EUR 1 5 2"]);
    assert_eq!(shown(&statement[0])[1], "2026-01-02 3 | X | MMS | NL84INGB0234561789 | Order 12 | -", "RD takes a debit back");
}

#[test]
fn camt053_is_read_as_its_oracles_say() {
    let multi = file("camt053/camt053.v2.multi.statement.xml");
    assert_eq!(multi.iter().map(head).collect::<Vec<_>>(), ["- NL26VAYB8060476890 EUR 18.15 27 1", "- NL26VAYB8060476890 EUR 27 20 1"]);
    assert!(multi.iter().all(|statement| statement.check().is_ok()));
    assert_eq!(multi[1].number.as_deref(), Some("254EURNL26VAYB8060476890"));
    assert_eq!(shown(&multi[1]), ["2014-12-31 -7 | 000000002 | Company Name 2 | NL56AGDH9619008421 | Transaction Description 2 | -"]);
    assert_eq!(multi[1].lines[0].value_on.unwrap().to_string(), "2015-01-02");
    assert_eq!(multi[1].lines[0].code.as_deref(), Some("544"));

    let minimal = one("camt053/camt053.v2.minimal.xml");
    assert_eq!(head(&minimal), "- NL26VAYB8060476890 EUR 18.15 - 1");
    assert_eq!(minimal.warnings, ["the closing balance is in SEK, another currency than the account, and was passed over"]);
    assert_eq!((minimal.from.unwrap().to_string(), minimal.to.unwrap().to_string()), ("2007-10-18".into(), "2007-10-18".into()));
    assert_eq!(shown(&minimal), ["2014-12-31 8.85 | 4654654654654654 | NAME NAME | NL56AGDH9619008421 | 4654654654654654 | -"]);

    let fourth = one("camt053/camt053.v4.xml");
    assert_eq!(head(&fourth), "AAAA BANKEN NL26VAYB8060476890 EUR 18.15 - 1");
    assert_eq!(fourth.lines[0].bank_id.as_deref(), Some("AAAASESS-FP-CN_98765/01"));
    assert_eq!(fourth.lines[0].code.as_deref(), Some("PAYM-0001-0005"));
    assert_eq!(refused("camt053/camt053.v2.wrong.xml"), "line 3: the message holds no statement (Stmt)");
}

#[test]
fn camt053_gathers_and_turns_entries() {
    let entry = |sts: &str, rest: &str| {
        format!(
            "<Ntry><Amt Ccy=\"EUR\">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>{sts}<BookgDt><DtTm>2026-01-05T10:00:00+01:00</DtTm></BookgDt><AcctSvcrRef>R1</AcctSvcrRef>{rest}</Ntry>"
        )
    };
    let detail = |amount: &str, rest: &str| {
        format!(
            "<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy=\"EUR\">{amount}</Amt>{rest}<RltdPties><Dbtr><Pty><Nm>P{amount}</Nm></Pty></Dbtr></RltdPties></TxDtls>"
        )
    };
    let document = |entries: &str| {
        format!(
            "<?xml version=\"1.0\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>NL26VAYB8060476890</IBAN></Id><Ccy>EUR</Ccy></Acct>\n{entries}</Stmt></BkToCstmrStmt></Document>"
        )
    };
    let (booked, pending) = ("<Sts><Cd>BOOK</Cd></Sts>", "<Sts><Cd>PDNG</Cd></Sts>");
    let batch = format!("<NtryDtls>{}{}</NtryDtls>", detail("35.00", ""), detail("5.00", "<CdtDbtInd>DBIT</CdtDbtInd>"));
    let statement = text(&document(&format!("{}{}", entry(booked, &batch), entry(pending, "")))).unwrap().remove(0);
    assert_eq!(shown(&statement), ["2026-01-05 35 | - | P35.00 | - | - | R1/1", "2026-01-05 -5 | - | P5.00 | - | - | R1/2"]);
    assert_eq!(statement.warnings, ["1 entries that are not booked yet were passed over"]);
    // Parts that are not the whole: the entry stays one.
    let partial = format!("<NtryDtls>{}{}</NtryDtls>", detail("35.00", ""), detail("6.00", ""));
    assert_eq!(text(&document(&entry(booked, &partial))).unwrap()[0].lines.len(), 1);
    let reversal = text(&document(&entry(&format!("<RvslInd>true</RvslInd>{booked}"), ""))).unwrap().remove(0).lines.remove(0);
    assert_eq!((reversal.amount, reversal.is_reversal), (dec("30"), true), "the side is that of the entry itself");
    let wrong = |document: &str| text(document).unwrap_err().to_string();
    assert_eq!(wrong(&document(&entry(booked, "").replace("CRDT", "UP"))), "line 3: CdtDbtInd is to be CRDT or DBIT, and is “UP”");
    assert_eq!(wrong(&document(&entry(booked, "").replace("30.00", "3O"))), "line 3: “3O” is no amount");
    assert!(wrong(&document("<Ntry>")).starts_with("line 3: no XML: "), "{}", wrong(&document("<Ntry>")));
    assert_eq!(
        wrong("<Document><BkToCstmrAcctRpt/></Document>"),
        "line 1: BkToCstmrAcctRpt is no statement of an account (camt.053, BkToCstmrStmt)"
    );
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><Document>&b;</Document>";
    assert!(wrong(bomb).contains("no XML"), "{}", wrong(bomb));
}

#[test]
fn norma_43_is_read_by_its_columns() {
    let sample = one("norma43/example1.n43");
    assert_eq!(head(&sample), "99991111 ES1799991111710123456789 EUR 1234.56 788899999999.99 4");
    assert_eq!(shown(&sample)[1], "2004-04-08 12.34 | - | - | - | A28152585 | -");
    assert_eq!(sample.lines[0].code.as_deref(), Some("04-007"));
    assert_eq!(sample.check().unwrap_err().difference(), dec("788899998716.07"));

    let record = |text: &str| format!("{text:<80}");
    let file = [
        record("112100041855020005132601012601312000000000100009783CAFE SOL"),
        record("22    0418260105260106020011000000000025500000000012ABCDEFGHIJKL9876543210123456"),
        record("2301RECIBO AGUA                           CANAL"),
        record("240184000000000002750"),
        record("3321000418550200051300001000000000025500000000000000000000200000000007450978"),
        record("88999999999999999999000005"),
    ];
    let whole = file.join("\r\n");
    let statement = text(&whole).unwrap().remove(0);
    assert_eq!(statement.check().map_err(|wrong| wrong.to_string()), Ok(()));
    assert_eq!((statement.opening, statement.closing), (Some(dec("100")), Some(dec("74.5"))));
    assert_eq!(statement.lines[0].amount, dec("-25.5"));
    assert_eq!(statement.lines[0].description.as_deref(), Some("0000000012 ABCDEFGHIJKL 9876543210123456 RECIBO AGUA CANAL 27.50 USD"));
    assert_eq!(
        text(&file.concat()).unwrap()[0].lines,
        statement
            .lines
            .iter()
            .map(|line| {
                let mut line = line.clone();
                line.source_line = 1;
                line
            })
            .collect::<Vec<_>>(),
        "records without ends of lines"
    );
    let wrong = |text_: &str| text(text_).unwrap_err().to_string();
    assert_eq!(wrong(&whole.replace("000005", "000009")), "line 6: the file says that it has 9 records and has 5");
    assert_eq!(wrong(&file[..3].join("\n")), "the file breaks off: the account has no end (record 33)");
    assert_eq!(wrong(&whole.replace("\r\n24", "\r\n29")), "line 4: “29” is no record of Norma 43");
}

#[test]
fn csv_is_read_by_its_header_or_a_mapping() {
    let guessed =
        "Fecha;Concepto;Importe;Saldo\n06/01/2026;Transferencia de Sol;1.210,00;1.310,00\n05/01/2026;\"Recibo; agua\";-25,50;100,00\n";
    let statement = text(guessed).unwrap().remove(0);
    assert_eq!((statement.opening, statement.closing), (Some(dec("125.5")), Some(dec("1310"))), "the latest comes first");
    assert_eq!(
        shown(&statement),
        ["2026-01-05 -25.5 | - | - | - | Recibo; agua | -", "2026-01-06 1210 | - | - | - | Transferencia de Sol | -"]
    );
    assert!(statement.check().is_ok());

    let columns = Columns {
        date: "Day".into(),
        debit: Some("Out".into()),
        credit: Some("In".into()),
        description: vec!["What".into(), "More".into()],
        ..Columns::default()
    };
    let mapping = Mapping {
        columns,
        date_format: Some("%m/%d/%Y".into()),
        decimal_sign: Some(DecimalSign::Point),
        skip_lines: Some(2),
        ..Mapping::default()
    };
    let mapped = "Bank of Sol\nAccount 12\nday,what,more,out,in\n01/05/2026,Water,January,25.5,\n01/06/2026,Sale,,,\"1,210\"\n";
    let (format, statements) = read(mapped.as_bytes(), Some(StatementFormat::Csv), Some(&mapping)).unwrap();
    assert_eq!(format, StatementFormat::Csv);
    assert_eq!(shown(&statements[0]), ["2026-01-05 -25.5 | - | - | - | Water January | -", "2026-01-06 1210 | - | - | - | Sale | -"]);
    assert_eq!(statements[0].lines[0].source_line, 4);
    let wrong = |text: &str| read(text.as_bytes(), Some(StatementFormat::Csv), Some(&mapping)).unwrap_err().to_string();
    assert_eq!(wrong(&mapped.replace("25.5", "x")), "line 4: debit: “” is no amount");
    assert_eq!(wrong(&mapped.replace("01/05", "13/05")), "line 4: date: “13/05/2026” is no day");
    assert_eq!(wrong(&mapped.replace("what", "that")), "line 3: the header has no column “What”");
    assert_eq!(
        text("what,ever\n1,2\n").unwrap_err().to_string(),
        "line 1: the header names no column of days; say the columns of this bank"
    );
    assert_eq!(text("  \n").unwrap_err().to_string(), "the file is empty");
}

const SAMPLES: [&str; 8] = [
    "ofx/suncorp.ofx",
    "ofx/vanguard401k.ofx",
    "ofx/ofx-v102-empty-tags.ofx",
    "camt053/camt053.v4.xml",
    "mt940/cmxl_mt940.sta",
    "mt940/jejik_rabobank-iban.sta",
    "mt940/mBank_mt940.sta",
    "norma43/example1.n43",
];

/// Something done to a file by a bad line or a bad hand.
#[derive(Clone, Debug)]
enum Damage {
    Cut(Index),
    Drop(Index, usize),
    Put(Index, Vec<u8>),
    Twice(Index, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        any::<Index>().prop_map(Damage::Cut),
        (any::<Index>(), 1..40_usize).prop_map(|(at, n)| Damage::Drop(at, n)),
        (any::<Index>(), prop::collection::vec(any::<u8>(), 1..8)).prop_map(|(at, bytes)| Damage::Put(at, bytes)),
        (any::<Index>(), 1..200_usize).prop_map(|(at, n)| Damage::Twice(at, n)),
    ]
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages.iter().filter(|_| !bytes.is_empty()).collect::<Vec<_>>() {
        if bytes.is_empty() {
            break;
        }
        match damage {
            Damage::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Damage::Drop(at, n) => {
                let at = at.index(bytes.len());
                bytes.drain(at..(at + n).min(bytes.len()));
            }
            Damage::Put(at, more) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, more.iter().copied());
            }
            Damage::Twice(at, n) => {
                let at = at.index(bytes.len());
                let copy = bytes[at..(at + n).min(bytes.len())].to_vec();
                bytes.splice(at..at, copy);
            }
        }
    }
    bytes
}

const FORMATS: [Option<StatementFormat>; 6] = [
    None,
    Some(StatementFormat::Ofx),
    Some(StatementFormat::Camt053),
    Some(StatementFormat::Mt940),
    Some(StatementFormat::Norma43),
    Some(StatementFormat::Csv),
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), format in prop::sample::select(FORMATS.to_vec())) {
        let _either = read(&bytes, format, None);
    }

    #[test]
    fn no_damage_makes_the_reader_panic(
        sample in prop::sample::select(SAMPLES.to_vec()),
        damages in prop::collection::vec(damage(), 1..6),
        format in prop::sample::select(FORMATS.to_vec()),
    ) {
        let damaged = damaged(bytes(sample), &damages);
        if let Ok((_, statements)) = read(&damaged, format, None) {
            for statement in statements {
                let _either = statement.check();
                prop_assert!(statement.lines.iter().all(|line| line.source_line > 0));
            }
        }
    }

    #[test]
    fn no_text_of_marks_makes_the_reader_panic(text in r"[<>/?!\[\]:0-9A-Z,+\-\n&;(){}é ]{0,300}", format in prop::sample::select(FORMATS.to_vec())) {
        let _either = read(text.as_bytes(), format, None);
    }
}
