//! Reports as people take them away: one description, written as CSV, XLSX or PDF.

use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use http::{HeaderMap, header};
use iso_currency::Currency;
use rust_decimal::Decimal;
use rust_xlsxwriter::{Color, Format as Look, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    money::{Money, digits},
    pdf::{self, Template},
    problem::Problem,
    spreadsheet::harmless,
};

/// How a report is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Json,
    Csv,
    Xlsx,
    Pdf,
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

impl Format {
    /// What the query says; else what `Accept` names first of ours; else JSON.
    #[must_use]
    pub fn wanted(said: Option<Self>, headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let named = accept.split(',').find_map(|part| match part.split(';').next().unwrap_or_default().trim() {
            "application/json" | "*/*" => Some(Self::Json),
            "text/csv" => Some(Self::Csv),
            XLSX => Some(Self::Xlsx),
            "application/pdf" => Some(Self::Pdf),
            _ => None,
        });
        said.or(named).unwrap_or(Self::Json)
    }

    /// The most rows that are written: a page a person reads, or a file a program does.
    #[must_use]
    pub const fn most_rows(self) -> usize {
        match self {
            Self::Pdf => 5_000,
            _ => 200_000,
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
        }
    }
}

/// What a cell holds; money in minor units of the sheet's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Empty,
    Text(String),
    Date(NaiveDate),
    Money(i64),
    /// A number in no unit of the sheet's.
    Exact(String),
    Percent(Decimal),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// How a row stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    Heading,
    Subtotal,
    Total,
}

impl Style {
    const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Heading => "heading",
            Self::Subtotal => "subtotal",
            Self::Total => "total",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Row {
    pub style: Style,
    /// How far it is set in.
    pub level: u8,
    pub cells: Vec<Cell>,
    /// What only people read: a program that reads the CSV would add it up a second time.
    pub is_only_shown: bool,
}

impl Row {
    #[must_use]
    pub fn plain(cells: Vec<Cell>) -> Self {
        Self { style: Style::Plain, level: 0, cells, is_only_shown: false }
    }

    #[must_use]
    pub fn shown(style: Style, cells: Vec<Cell>) -> Self {
        Self { style, level: 0, cells, is_only_shown: true }
    }
}

#[derive(Clone, Debug)]
pub struct Column {
    /// What programs call it.
    pub name: String,
    /// What people call it; empty: only programs read it.
    pub title: String,
    /// In millimetres on paper; zero: what is left.
    pub width: u8,
    pub is_right: bool,
}

impl Column {
    #[must_use]
    pub fn new(name: &str, title: &str, width: u8) -> Self {
        Self { name: name.into(), title: title.into(), width, is_right: false }
    }

    #[must_use]
    pub fn amount(name: &str, title: &str) -> Self {
        Self { is_right: true, ..Self::new(name, title, 25) }
    }

    fn is_shown(&self) -> bool {
        !self.title.is_empty()
    }
}

/// A report about to be written.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Name of the file, without its extension.
    pub file: String,
    pub title: String,
    pub company: Letterhead,
    /// Below the title: what, and its value.
    pub notes: Vec<(String, String)>,
    pub language: &'static str,
    pub currency: Currency,
    /// When it was made, as it is printed.
    pub made: String,
    pub is_wide: bool,
    pub columns: Vec<Column>,
    /// Which column is set in by the level.
    pub indented: usize,
    pub rows: Vec<Row>,
}

#[derive(Clone, Debug)]
pub struct Letterhead {
    pub name: String,
    pub tax_id: String,
    pub address: String,
}

/// Words that every report has on paper.
struct Words {
    page: &'static str,
    of: &'static str,
    made: &'static str,
}

const fn words(language: &str) -> Words {
    match language.as_bytes() {
        b"en" => Words { page: "Page", of: "of", made: "Made on" },
        b"pt" => Words { page: "Página", of: "de", made: "Emitido em" },
        _ => Words { page: "Página", of: "de", made: "Emitido el" },
    }
}

impl Sheet {
    /// Writes it. Refuses what is too long to be read: say less.
    pub async fn answer(self, format: Format) -> Result<Response, Problem> {
        if self.rows.len() > format.most_rows() {
            return Err(too_long(format));
        }
        let disposition = format!("attachment; filename=\"{}.{}\"", self.file, format.extension());
        let (content_type, bytes) = match format {
            Format::Csv | Format::Json => ("text/csv; charset=utf-8", self.csv()?),
            Format::Xlsx => {
                let made = tokio::task::spawn_blocking(move || self.xlsx()).await.map_err(Problem::internal)?;
                (XLSX, made.map_err(Problem::internal)?)
            }
            Format::Pdf => ("application/pdf", pdf::render(Template::Report, &self.printed(), None).await.map_err(Problem::internal)?),
        };
        Ok(([(header::CONTENT_TYPE, content_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response())
    }

    fn money(&self, minor: i64) -> String {
        Money::new(minor, self.currency).to_string()
    }

    fn csv(&self) -> Result<Vec<u8>, Problem> {
        let mut writer = csv::Writer::from_writer(vec![]);
        writer.write_record(self.columns.iter().map(|column| &column.name)).map_err(Problem::internal)?;
        for row in self.rows.iter().filter(|row| !row.is_only_shown) {
            let cells = row.cells.iter().map(|cell| match cell {
                Cell::Empty => String::new(),
                Cell::Text(text) => harmless(text.clone()),
                Cell::Exact(number) => number.clone(),
                Cell::Date(day) => day.to_string(),
                Cell::Money(minor) => self.money(*minor),
                Cell::Percent(percent) => percent.to_string(),
            });
            writer.write_record(cells).map_err(Problem::internal)?;
        }
        writer.into_inner().map_err(|error| Problem::internal(anyhow::anyhow!("{error}")))
    }

    /// Row by row and never back: memory stays the same however long it is.
    fn xlsx(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let page = book.add_worksheet_with_constant_memory()?;
        let name: String = self.title.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(31).collect();
        page.set_name(name)?;
        let shown = self.shown();
        for (at, column) in (0_u16..).zip(shown.iter().filter_map(|index| self.columns.get(*index))) {
            page.set_column_width(at, if column.width == 0 { 46 } else { u32::from(column.width.div_ceil(2)) + 4 })?;
        }
        let bold = Look::new().set_bold();
        page.write_with_format(0, 0, &self.company.name, &bold)?;
        page.write(0, 2, &self.company.tax_id)?;
        page.write_with_format(1, 0, &self.title, &bold.clone().set_font_size(14))?;
        let mut at = 2;
        for (what, value) in &self.notes {
            page.write(at, 0, format!("{what} {value}"))?;
            at += 1;
        }
        page.write(at, 0, format!("{} {}", words(self.language).made, self.made))?;
        at += 2;
        for (column, index) in (0_u16..).zip(&shown) {
            let Some(title) = self.columns.get(*index) else { continue };
            let look = bold.clone().set_border_bottom(FormatBorder::Thin).set_background_color(Color::RGB(0x00ED_EDED));
            let look = if title.is_right { look.set_align(FormatAlign::Right) } else { look };
            page.write_with_format(at, column, &title.title, &look)?;
        }
        at += 1;
        page.set_freeze_panes(at, 0)?;
        let looks = Looks::new(self.currency);
        for row in &self.rows {
            for (column, cell) in (0_u16..).zip(shown.iter().map(|index| row.cells.get(*index))) {
                let indent = if shown.get(usize::from(column)) == Some(&self.indented) { row.level } else { 0 };
                self.write(page, (at, column), cell.unwrap_or(&Cell::Empty), looks.of(row.style, indent))?;
            }
            at += 1;
        }
        page.set_landscape();
        page.set_print_fit_to_pages(1, 0);
        book.save_to_buffer()
    }

    fn write(&self, page: &mut Worksheet, (row, column): (u32, u16), cell: &Cell, look: (Look, &Looks)) -> Result<(), XlsxError> {
        let (base, looks) = look;
        match cell {
            Cell::Empty => page.write_blank(row, column, &base)?,
            Cell::Text(text) => page.write_string_with_format(row, column, text, &base)?,
            Cell::Date(day) => {
                // A spreadsheet counts days from the last of 1899.
                let days = NaiveDate::from_ymd_opt(1899, 12, 30).map_or(0, |first| (*day - first).num_days());
                page.write_number_with_format(row, column, f64::from(i32::try_from(days).unwrap_or(0)), &base.set_num_format("yyyy-mm-dd"))?
            }
            Cell::Money(minor) => self.write_number(page, (row, column), &self.money(*minor), &base.set_num_format(&looks.money))?,
            Cell::Exact(number) => self.write_number(page, (row, column), number, &base)?,
            Cell::Percent(percent) => self.write_number(page, (row, column), &percent.to_string(), &base.set_num_format("0.0"))?,
        };
        Ok(())
    }

    /// A spreadsheet keeps fifteen digits: what has more is written as it is said.
    fn write_number<'a>(
        &self,
        page: &'a mut Worksheet,
        (row, column): (u32, u16),
        text: &str,
        look: &Look,
    ) -> Result<&'a mut Worksheet, XlsxError> {
        let is_exact = text.bytes().filter(u8::is_ascii_digit).count() <= 15;
        match text.parse::<f64>() {
            Ok(number) if is_exact => page.write_number_with_format(row, column, number, look),
            _ => page.write_string_with_format(row, column, text, look),
        }
    }

    /// Which columns people see.
    fn shown(&self) -> Vec<usize> {
        self.columns.iter().enumerate().filter(|(_, column)| column.is_shown()).map(|(index, _)| index).collect()
    }

    fn printed(&self) -> Value {
        let shown = self.shown();
        let columns = shown.iter().filter_map(|index| self.columns.get(*index));
        let columns = columns.map(|column| json!({ "title": column.title, "width": column.width, "right": column.is_right }));
        let rows = self.rows.iter().map(|row| {
            let cells = shown.iter().map(|index| match row.cells.get(*index).unwrap_or(&Cell::Empty) {
                Cell::Empty => String::new(),
                Cell::Text(text) | Cell::Exact(text) => text.clone(),
                Cell::Date(day) => day.to_string(),
                Cell::Money(minor) => written(Money::new(*minor, self.currency).to_decimal(), digits(self.currency), self.language),
                Cell::Percent(percent) => written(*percent, 1, self.language),
            });
            json!({ "style": row.style.name(), "level": row.level, "cells": cells.collect::<Vec<_>>() })
        });
        let words = words(self.language);
        json!({
            "language": self.language,
            "title": self.title,
            "company": { "name": self.company.name, "tax_id": self.company.tax_id, "address": self.company.address },
            "notes": self.notes.iter().map(|(what, value)| json!([what, value])).collect::<Vec<_>>(),
            "labels": { "page": words.page, "of": words.of, "made": format!("{} {}", words.made, self.made) },
            "is_wide": self.is_wide,
            "indented": shown.iter().position(|index| *index == self.indented).unwrap_or(0),
            "columns": columns.collect::<Vec<_>>(),
            "rows": rows.collect::<Vec<_>>(),
        })
    }
}

/// What a report of more rows than that is refused with.
#[must_use]
pub fn too_long(format: Format) -> Problem {
    let most = format.most_rows();
    Problem::unprocessable(
        "report_too_long",
        format!("This report has more than {most} rows as {}. Ask for fewer days, one account or one journal.", format.extension()),
    )
}

/// The looks of cells, by style and indentation.
struct Looks {
    money: String,
}

impl Looks {
    fn new(currency: Currency) -> Self {
        let plain = match digits(currency) {
            0 => "#,##0".to_owned(),
            n => format!("#,##0.{}", "0".repeat(usize::try_from(n).unwrap_or(2))),
        };
        Self { money: format!("{plain};({plain})") }
    }

    fn of(&self, style: Style, indent: u8) -> (Look, &Self) {
        let look = if indent > 0 { Look::new().set_indent(indent) } else { Look::new() };
        let look = match style {
            Style::Plain => look,
            Style::Heading => look.set_bold().set_background_color(Color::RGB(0x00F4_F4F4)),
            Style::Subtotal => look.set_bold(),
            Style::Total => look.set_bold().set_border_top(FormatBorder::Thin).set_border_bottom(FormatBorder::Double),
        };
        (look, self)
    }
}

/// An amount as people of a language read it: with separators, negative in parentheses.
#[must_use]
pub fn written(amount: Decimal, digits: u32, language: &str) -> String {
    let (thousands, point) = if language == "en" { (',', '.') } else { ('.', ',') };
    let mut exact = amount.abs();
    exact.rescale(digits);
    let text = exact.to_string();
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(whole, fraction)| (whole, Some(fraction)));
    let mut out = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(thousands);
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push(point);
        out.push_str(fraction);
    }
    if amount.is_sign_negative() && !amount.is_zero() { format!("({out})") } else { out }
}
