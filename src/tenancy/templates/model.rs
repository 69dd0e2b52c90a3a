//! The kinds of templates, their parts, and how a text is filled in: pure.

use std::io;

use garde::Validate;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, value::Serde};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::platform::problem::FieldError;

/// A kind of document or mail whose words a company can choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateKind {
    /// The mail that brings a receipt.
    ReceiptMail,
    /// The receipt itself.
    Receipt,
}

/// A part of a template.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub name: &'static str,
    pub form: PartForm,
    /// In Spanish, English and Portuguese; of a flag `true` or `false`.
    default: [&'static str; 3],
}

/// What a part may hold.
#[derive(Clone, Copy, Debug)]
pub enum PartForm {
    /// A filled-in text of at most so many characters; on one line or several.
    Line(usize),
    Text(usize),
    Flag,
    Choice(&'static [&'static str]),
}

const RECEIPT_MAIL: &[Part] = &[
    Part { name: "subject", form: PartForm::Line(150), default: ["{{ company.name }}: {{ number }}"; 3] },
    Part {
        name: "body",
        form: PartForm::Text(4000),
        default: [
            "Adjuntamos el comprobante {{ number }} del {{ date }}, por {{ currency }} {{ total }}.\n\nGracias por su compra.",
            "Please find attached the receipt {{ number }} of {{ date }}, {{ currency }} {{ total }}.\n\nThank you for your purchase.",
            "Segue em anexo o recibo {{ number }} de {{ date }}, de {{ currency }} {{ total }}.\n\nObrigado pela sua compra.",
        ],
    },
];

const RECEIPT: &[Part] = &[
    Part { name: "header", form: PartForm::Text(500), default: [""; 3] },
    Part {
        name: "footer",
        form: PartForm::Text(1000),
        default: ["¡Gracias por su compra!", "Thank you for your purchase!", "Obrigado pela sua compra!"],
    },
    Part { name: "paper", form: PartForm::Choice(&["80mm", "58mm"]), default: ["80mm"; 3] },
    Part { name: "show_logo", form: PartForm::Flag, default: ["true"; 3] },
    Part { name: "show_sku", form: PartForm::Flag, default: ["false"; 3] },
];

/// What a text can show.
pub const VARIABLES: [&str; 11] = [
    "company.name",
    "company.legal_name",
    "company.tax_id",
    "company.address",
    "company.phone",
    "company.email",
    "company.website",
    "number",
    "date",
    "total",
    "currency",
];

impl TemplateKind {
    pub const ALL: [Self; 2] = [Self::ReceiptMail, Self::Receipt];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ReceiptMail => "receipt-mail",
            Self::Receipt => "receipt",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    #[must_use]
    pub const fn parts(self) -> &'static [Part] {
        match self {
            Self::ReceiptMail => RECEIPT_MAIL,
            Self::Receipt => RECEIPT,
        }
    }

    /// The shipped words.
    #[must_use]
    pub fn shipped(self, language: &str) -> Map<String, Value> {
        let part = |part: &Part| {
            let [es, en, pt] = part.default;
            let text = match language {
                "en" => en,
                "pt" => pt,
                _ => es,
            };
            let value = if matches!(part.form, PartForm::Flag) { Value::Bool(text == "true") } else { text.into() };
            (part.name.to_owned(), value)
        };
        self.parts().iter().map(part).collect()
    }
}

/// A template as the company has it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TemplateShown {
    #[schema(example = "receipt-mail")]
    pub kind: &'static str,
    /// Whether the words are the company's own.
    pub is_own: bool,
    #[schema(value_type = Object, example = json!({"subject": "{{ company.name }}: {{ number }}", "body": "Gracias por su compra."}))]
    pub parts: Map<String, Value>,
    /// What there is while the company has no words of its own.
    #[schema(value_type = Object, example = json!({"subject": "{{ company.name }}: {{ number }}", "body": "Gracias por su compra."}))]
    pub shipped: Map<String, Value>,
    /// What a text can show, between `{{` and `}}`.
    #[schema(example = json!(["company.name", "number", "total"]))]
    pub variables: [&'static str; VARIABLES.len()],
    /// Zero for the shipped words.
    pub version: i32,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Templates {
    pub data: Vec<TemplateShown>,
}

/// The company's own words; parts that are left out are the shipped ones.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"parts": {"subject": "{{ company.name }}: {{ number }}", "body": "Gracias por su compra."}}))]
pub struct TemplateParts {
    #[garde(skip)]
    #[schema(value_type = Object)]
    pub parts: Map<String, Value>,
}

/// What a mail would say.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MailPreview {
    #[schema(example = "Panadería Sol: 001-001-000000042")]
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// What is wrong with a template's parts.
#[must_use]
pub fn faults(kind: TemplateKind, parts: &Map<String, Value>, sample: &Value) -> Vec<FieldError> {
    let mut faults = vec![];
    for (name, value) in parts {
        let found = kind.parts().iter().find(|part| part.name == name);
        let wrong = match found.map(|part| (part.form, value)) {
            None => Some("is no part of this template".to_owned()),
            Some((PartForm::Line(most) | PartForm::Text(most), Value::String(text))) => {
                if text.chars().count() > most {
                    Some(format!("must have at most {most} characters"))
                } else {
                    fill(text, sample).err()
                }
            }
            Some((PartForm::Flag, Value::Bool(_))) => None,
            Some((PartForm::Choice(choices), Value::String(text))) if choices.contains(&text.as_str()) => None,
            Some((PartForm::Choice(choices), _)) => Some(format!("must be one of {}", choices.join(", "))),
            Some((PartForm::Flag, _)) => Some("must be true or false".into()),
            Some((PartForm::Line(_) | PartForm::Text(_), _)) => Some("must be a text".into()),
        };
        if let Some(detail) = wrong {
            faults.push(FieldError {
                pointer: format!("/parts/{}", name.replace('~', "~0").replace('/', "~1")),
                code: "invalid".into(),
                detail,
            });
        }
    }
    faults
}

/// How many steps a text may take, and how long it may become.
const FUEL: u64 = 20_000;
const MOST_BYTES: usize = 16 * 1024;

/// The text with its variables filled in; or what is wrong with it, in words for whoever wrote it. It sees the data and
/// nothing else, and its end.
pub fn fill(text: &str, data: &Value) -> Result<String, String> {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.set_auto_escape_callback(|_| AutoEscape::None);
    templates.set_fuel(Some(FUEL));
    templates.set_recursion_limit(20);
    let explain = |error: &minijinja::Error| {
        let line = error.line().map(|line| format!("line {line}: ")).unwrap_or_default();
        format!("{line}{}", error.detail().map_or_else(|| error.kind().to_string(), str::to_owned))
    };
    let template = templates.template_from_str(text).map_err(|error| explain(&error))?;
    let mut out = Bounded(vec![]);
    template.render_captured_to(Serde(data), &mut out).map_err(|error| explain(&error))?;
    String::from_utf8(out.0).map_err(|error| error.to_string())
}

/// Takes so much and no more.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_BYTES {
            return Err(io::Error::other("the text becomes too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
