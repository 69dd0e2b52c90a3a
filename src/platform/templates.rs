//! The letters that Balanza writes: subject, text and HTML from the embedded files in `templates/mail`, in every
//! language that it speaks.

use std::{collections::BTreeMap, sync::OnceLock};

use anyhow::{Context, anyhow, bail};
use minijinja::{Environment, UndefinedBehavior, Value as Field, context};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::problem::Problem;

/// Every letter, and the fields that it needs. All of them take `name`, the recipient's, and `brand`, the sender's,
/// too; both may be missing. A `link` is an http or https address; a `role` may be the name of one of ours.
pub const LETTERS: [(&str, &[&str]); 36] = [
    ("verify_registration", &["link", "hours"]),
    ("already_registered", &["link", "reset_link"]),
    ("verify_email", &["link", "hours"]),
    ("email_changed", &["new_email"]),
    ("password_reset", &["link", "minutes"]),
    ("password_changed", &["at", "device", "ip"]),
    ("password_code", &["code", "minutes"]),
    ("new_sign_in", &["at", "device", "ip"]),
    ("second_factor_enabled", &["at", "device", "ip"]),
    ("second_factor_disabled", &["at", "device", "ip"]),
    ("backup_codes_made", &["at", "device", "ip"]),
    ("backup_code_used", &["at", "device", "ip", "left"]),
    ("passkey_added", &["at", "device", "ip", "passkey"]),
    ("passkey_removed", &["at", "device", "ip", "passkey"]),
    ("token_replayed", &["at"]),
    ("sessions_ended", &["at"]),
    ("invitation", &["company", "inviter", "role", "link", "days"]),
    ("membership_ended", &["company"]),
    ("role_changed", &["company", "role"]),
    ("ownership_received", &["company"]),
    ("ownership_given", &["company"]),
    ("api_key_made", &["company", "key", "person"]),
    ("account_disabled", &["at"]),
    ("operator_invitation", &["link", "hours"]),
    ("company_suspended", &["company", "reason"]),
    ("company_reopened", &["company", "reason"]),
    ("company_closed", &["company", "reason"]),
    ("trial_ends", &["company", "plan", "date", "amount"]),
    ("subscription_ends", &["company", "plan", "date", "amount"]),
    ("subscription_ended", &["company", "plan"]),
    ("bill_issued", &["company", "plan", "number", "amount"]),
    ("bill_overdue", &["company", "plan"]),
    ("subscription_suspended", &["company", "plan"]),
    ("series_running_out", &["company", "series", "left", "until"]),
    ("stock_low", &["company", "count", "missing"]),
    ("support_access", &["company", "operator", "reason", "at"]),
];

/// The first is written where another language is asked for.
pub const LANGUAGES: [&str; 3] = ["es", "en", "pt"];

const BOOKS: [&str; 3] = [
    include_str!("../../templates/mail/es.toml"),
    include_str!("../../templates/mail/en.toml"),
    include_str!("../../templates/mail/pt.toml"),
];

/// So much of a subject is seen, and RFC 5322 would have lines no longer.
const LONGEST_SUBJECT: usize = 78;
const LINE: usize = 72;

/// A letter, ready to be sent.
#[derive(Clone, Debug)]
pub struct Rendered {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// One language's file. Each text in it is a template.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Book {
    common: Common,
    letters: BTreeMap<String, Words>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Common {
    /// What HTML calls the language.
    tag: String,
    greeting: String,
    link_hint: String,
    footer: String,
    /// What the fields are called that are shown as a list.
    facts: BTreeMap<String, String>,
    roles: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    subject: String,
    title: String,
    paragraphs: Vec<String>,
    /// Leads to the field `link`.
    button: Option<String>,
    /// Whether the field `code` is shown, large.
    #[serde(default)]
    code: bool,
    /// Fields that are shown as a list.
    #[serde(default)]
    facts: Vec<String>,
    warning: Option<String>,
}

struct Shelf {
    books: Vec<Book>,
    templates: Environment<'static>,
}

fn shelf() -> anyhow::Result<&'static Shelf> {
    static SHELF: OnceLock<anyhow::Result<Shelf>> = OnceLock::new();
    SHELF.get_or_init(load).as_ref().map_err(|error| anyhow!("the letters cannot be read: {error:#}"))
}

fn load() -> anyhow::Result<Shelf> {
    let books = BOOKS.iter().map(|book| toml::from_str(book)).collect::<Result<_, _>>()?;
    let mut templates = Environment::new();
    // A field that is not there is an error, not a gap in a letter that has gone out.
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.add_filter("wrap", wrap);
    templates.add_filter("plural", plural);
    templates.add_template("layout.html.j2", include_str!("../../templates/mail/layout.html.j2"))?;
    templates.add_template("layout.txt.j2", include_str!("../../templates/mail/layout.txt.j2"))?;
    Ok(Shelf { books, templates })
}

/// Writes a letter of [`LETTERS`]. What the fields say is shown as it is and is never read as markup, and no field can
/// begin a line of its own. `language` may name a country, as `pt-BR` does.
pub fn letter(name: &str, language: &str, data: &Value) -> Result<Rendered, Problem> {
    render(name, language, data).map_err(|error| Problem::internal(error.context(format!("letter {name} in {language:?}"))))
}

fn render(name: &str, language: &str, data: &Value) -> anyhow::Result<Rendered> {
    let Shelf { books, templates } = shelf()?;
    let spoken = language.split(['-', '_']).next().unwrap_or_default().to_lowercase();
    let index = LANGUAGES.iter().position(|known| *known == spoken).unwrap_or_default();
    let book = books.get(index).context("no book in this language")?;
    let words = book.letters.get(name).context("there is no such letter")?;

    let data = data.as_object().context("its data is not an object")?;
    let fields = fields(data, &book.common)?;
    // The name says whether what the fields say is escaped.
    let plain = |source: &str| templates.render_named_str("text", source, fields.plain.clone());
    let marked = |source: &str| templates.render_named_str("text.html", source, fields.html.clone());
    let given = |field: &str| fields.plain.get(field).cloned().with_context(|| format!("its data has no {field}"));

    let subject = cut(&one_line(&plain(&words.subject)?), LONGEST_SUBJECT);
    let code = words.code.then(|| given("code")).transpose()?;
    let link = words.button.as_ref().map(|_| given("link")).transpose()?;
    let mut facts = vec![];
    for fact in &words.facts {
        let (label, value) = (book.common.facts.get(fact).with_context(|| format!("no label for {fact}"))?, given(fact)?);
        if value.as_str() != Some("") {
            facts.push(context! { label, value });
        }
    }
    let brand = given("brand")?;
    let page = |layout: &str, href: Option<Field>, fill: &dyn Fn(&str) -> Result<Field, minijinja::Error>| {
        templates.get_template(layout)?.render(context! {
            language => book.common.tag.as_str(),
            subject => subject.as_str(),
            title => fill(&words.title)?,
            greeting => fill(&book.common.greeting)?,
            paragraphs => words.paragraphs.iter().map(|text| fill(text)).collect::<Result<Vec<_>, _>>()?,
            button => words.button.as_deref().map(fill).transpose()?,
            link_hint => fill(&book.common.link_hint)?,
            warning => words.warning.as_deref().map(fill).transpose()?,
            footer => fill(&book.common.footer)?,
            brand => brand.clone(),
            code => code.clone(),
            facts => facts.clone(),
            href,
        })
    };
    let attribute = link.as_ref().and_then(Field::as_str).map(|link| Field::from_safe_string(attribute(link)));
    let html = page("layout.html.j2", attribute, &|text| marked(text).map(Field::from_safe_string))?;
    let text = page("layout.txt.j2", link, &|text| plain(text).map(Field::from))?;
    Ok(Rendered { subject, text: format!("{text}\n"), html })
}

/// A letter of somebody's own words: paragraphs are set apart by empty lines, and nothing in them is markup.
pub fn plain(brand: &str, language: &str, subject: &str, body: &str) -> Result<Rendered, Problem> {
    let write = || -> anyhow::Result<Rendered> {
        let templates = &shelf()?.templates;
        let subject = cut(&one_line(subject), LONGEST_SUBJECT);
        let paragraphs = body.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()).map(str::to_owned);
        let said = context! {
            language, subject => subject.as_str(), paragraphs => paragraphs.collect::<Vec<_>>(), brand => one_line(brand),
            title => subject.as_str(), footer => one_line(brand), greeting => "", link_hint => "", facts => Vec::<Field>::new(),
            button => (), warning => (), code => (), href => (),
        };
        let page = |layout: &str| templates.get_template(layout)?.render(&said);
        let (html, text) = (page("layout.html.j2")?, page("layout.txt.j2")?);
        Ok(Rendered { subject, text: format!("{text}\n"), html })
    };
    write().map_err(Problem::internal)
}

/// The same fields twice: in HTML, addresses are links.
struct Fields {
    plain: BTreeMap<String, Field>,
    html: BTreeMap<String, Field>,
}

fn fields(data: &serde_json::Map<String, Value>, common: &Common) -> anyhow::Result<Fields> {
    let mut plain = BTreeMap::from([("name".to_owned(), Field::from("")), ("brand".to_owned(), Field::from("Balanza"))]);
    let mut links = vec![];
    for (field, value) in data {
        let value = match value {
            Value::String(text) if field == "link" || field.ends_with("_link") => {
                let link = link(text)?;
                links.push((field.clone(), Field::from_safe_string(anchor(&link))));
                link.into()
            }
            Value::String(role) if field == "role" => Field::from(common.roles.get(role).cloned().unwrap_or_else(|| one_line(role))),
            Value::String(text) => Field::from(one_line(text)),
            Value::Number(number) => Field::from(number.to_string()),
            other => bail!("{field} is neither a text nor a number: {other}"),
        };
        plain.insert(field.clone(), value);
    }
    let mut html = plain.clone();
    html.extend(links);
    Ok(Fields { plain, html })
}

/// An address that a browser may be sent to, in the one way it is written.
fn link(text: &str) -> anyhow::Result<String> {
    // The address itself may be as good as a password: it is not named.
    let url = Url::parse(text).map_err(|error| anyhow!("a link is no address: {error}"))?;
    if !["http", "https"].contains(&url.scheme()) {
        bail!("a link is neither http nor https");
    }
    Ok(url.into())
}

/// For HTML. An [`Url`] has no quotation marks and no angle brackets.
fn attribute(link: &str) -> String {
    link.replace('&', "&amp;").replace('\'', "&#39;")
}

fn anchor(link: &str) -> String {
    let link = attribute(link);
    format!("<a href=\"{link}\" style=\"color:#1756a9; text-decoration:underline;\">{link}</a>")
}

/// On one line, whatever was in it.
pub(super) fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Lines that a plain mail shows well; a word that is longer has a line of its own.
fn wrap(text: String) -> String {
    let mut lines: Vec<String> = vec![];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= LINE => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

/// `1 hour`, `2 hours`.
fn plural(number: String, one: String, many: String) -> String {
    let word = if number == "1" { one } else { many };
    format!("{number} {word}")
}
