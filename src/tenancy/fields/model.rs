//! The forms and their fields, and what is made of settings: pure.

use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    platform::problem::FieldError,
    reference::{FieldDefault, Sector},
};

/// A form whose fields a company can choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Products,
    Stores,
    Registers,
    Contacts,
}

/// A field of a form, as the program has it.
pub struct Field {
    /// As the body of the request calls it.
    pub name: &'static str,
    /// In Spanish, English and Portuguese.
    labels: [&'static str; 3],
    /// Nothing can be made without it: it is always shown and asked for.
    pub is_needed: bool,
}

const fn field(name: &'static str, labels: [&'static str; 3]) -> Field {
    Field { name, labels, is_needed: false }
}

const fn needed(name: &'static str, labels: [&'static str; 3]) -> Field {
    Field { name, labels, is_needed: true }
}

const CODE: [&str; 3] = ["Código", "Code", "Código"];
const NAME: [&str; 3] = ["Nombre", "Name", "Nome"];

const PRODUCTS: &[Field] = &[
    needed("sku", ["Código (SKU)", "SKU", "Código (SKU)"]),
    needed("name", NAME),
    needed("price", ["Precio", "Price", "Preço"]),
    field("category_id", ["Categoría", "Category", "Categoria"]),
    field("barcode", ["Código de barras", "Barcode", "Código de barras"]),
    field("scale_code", ["Código de balanza", "Scale code", "Código de balança"]),
    field("kind", ["Tipo", "Kind", "Tipo"]),
    field("unit", ["Unidad", "Unit", "Unidade"]),
    field("cost", ["Costo", "Cost", "Custo"]),
    field("tax_id", ["Impuesto", "Tax", "Imposto"]),
    field("price_includes_tax", ["Precio con impuestos", "Price includes tax", "Preço com impostos"]),
    field("brand", ["Marca", "Brand", "Marca"]),
    field("weight", ["Peso (kg)", "Weight (kg)", "Peso (kg)"]),
    field("is_lot_tracked", ["Por lotes", "By lots", "Por lotes"]),
    field("is_serial_tracked", ["Por números de serie", "By serial numbers", "Por números de série"]),
    field("shelf_life_days", ["Días de vida útil", "Shelf life in days", "Dias de validade"]),
    field("min_stock", ["Existencia mínima", "Minimum stock", "Estoque mínimo"]),
    field("max_stock", ["Existencia máxima", "Maximum stock", "Estoque máximo"]),
];

const STORES: &[Field] = &[
    needed("code", CODE),
    needed("name", NAME),
    field("address", ["Dirección", "Address", "Endereço"]),
    field("city", ["Ciudad", "City", "Cidade"]),
    field("phone", ["Teléfono", "Phone", "Telefone"]),
    field("email", ["Correo electrónico", "Email", "E-mail"]),
    field("warehouse_id", ["Bodega", "Warehouse", "Armazém"]),
];

const REGISTERS: &[Field] = &[needed("code", CODE), needed("name", NAME), field("store_id", ["Tienda", "Store", "Loja"])];

const CONTACTS: &[Field] = &[
    needed("kind", ["Persona o empresa", "Person or company", "Pessoa ou empresa"]),
    needed("legal_name", ["Nombre o razón social", "Legal name", "Nome ou razão social"]),
    field("trade_name", ["Nombre comercial", "Trade name", "Nome fantasia"]),
    field("roles", ["Es", "Is", "É"]),
    field("country", ["País", "Country", "País"]),
    field("identifier", ["Identificación", "Tax identifier", "Identificação"]),
    field("phones", ["Teléfonos", "Phones", "Telefones"]),
    field("emails", ["Correos electrónicos", "Emails", "E-mails"]),
    field("addresses", ["Direcciones", "Addresses", "Endereços"]),
    field("bank_accounts", ["Cuentas bancarias", "Bank accounts", "Contas bancárias"]),
    field("payment_terms_days", ["Días de crédito", "Payment terms in days", "Prazo em dias"]),
    field("credit_limit", ["Límite de crédito", "Credit limit", "Limite de crédito"]),
    field("language", ["Idioma", "Language", "Idioma"]),
    field("notes", ["Notas", "Notes", "Notas"]),
    field("tags", ["Etiquetas", "Tags", "Etiquetas"]),
    field("consent", ["Consentimiento", "Consent", "Consentimento"]),
];

impl Form {
    pub const ALL: [Self; 4] = [Self::Products, Self::Stores, Self::Registers, Self::Contacts];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::Stores => "stores",
            Self::Registers => "registers",
            Self::Contacts => "contacts",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    #[must_use]
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Self::Products => PRODUCTS,
            Self::Stores => STORES,
            Self::Registers => REGISTERS,
            Self::Contacts => CONTACTS,
        }
    }
}

/// A field as a company's form has it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldShown {
    #[schema(example = "barcode")]
    pub field: String,
    #[schema(example = "Código de barras")]
    pub label: String,
    pub visible: bool,
    pub required: bool,
    pub position: i16,
    /// What a new one gets where it is not said.
    pub default: Option<Value>,
    /// Nothing can be made without it: it is always shown and asked for.
    pub fixed: bool,
    /// Who has it so: `program`, `sector` or `company`.
    #[schema(example = "sector")]
    pub source: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FieldConfiguration {
    #[schema(example = "products")]
    pub module: &'static str,
    pub data: Vec<FieldShown>,
}

/// What the company says of a field.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldSetting {
    #[garde(length(chars, min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60, example = "barcode")]
    pub field: String,
    #[garde(skip)]
    pub visible: bool,
    #[garde(skip)]
    pub required: bool,
    /// Absent: as the program calls it.
    #[garde(length(chars, max = 80))]
    #[schema(max_length = 80)]
    #[serde(default)]
    pub label: String,
    /// Fields stand in this order; those of the same place, as the program has them.
    #[garde(range(min = 0, max = 1000))]
    #[schema(minimum = 0, maximum = 1000)]
    #[serde(default)]
    pub position: i16,
    /// A text, a number or a truth value.
    #[garde(inner(custom(a_plain_value)))]
    #[serde(default)]
    pub default: Option<Value>,
}

fn a_plain_value(value: &Value, _: &()) -> garde::Result {
    let fits = match value {
        Value::String(text) => text.chars().count() <= 200,
        Value::Number(_) | Value::Bool(_) => true,
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    };
    if fits { Ok(()) } else { Err(garde::Error::new("must be a text of at most 200 characters, a number, true or false")) }
}

/// Replaces all that the company has said of the form's fields.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"fields": [{"field": "barcode", "visible": true, "required": true, "position": 1}]}))]
pub struct FieldSettings {
    #[garde(length(max = 100), dive)]
    #[schema(max_items = 100)]
    pub fields: Vec<FieldSetting>,
}

/// What is wrong with the settings of a form.
#[must_use]
pub fn faults(form: Form, settings: &[FieldSetting]) -> Vec<FieldError> {
    let mut faults = vec![];
    for (i, setting) in settings.iter().enumerate() {
        let mut fault = |field: &str, code: &str, detail: &str| {
            faults.push(FieldError { pointer: format!("/fields/{i}/{field}"), code: code.into(), detail: detail.into() });
        };
        match form.fields().iter().find(|field| field.name == setting.field) {
            None => fault("field", "not_found_reference", "is no field of this form"),
            Some(field) if field.is_needed && !(setting.visible && setting.required) => {
                fault("required", "invalid", "nothing can be made without this field: it stays visible and required");
            }
            Some(_) if setting.required && !setting.visible && setting.default.is_none() => {
                fault("default", "invalid", "is missing: nobody can fill in a field that is not shown");
            }
            Some(_) => {}
        }
        if settings.iter().take(i).any(|before| before.field == setting.field) {
            fault("field", "duplicate", "stands twice");
        }
    }
    faults
}

/// The form as the company has it: its own settings, else its sector's, else the program's.
#[must_use]
pub fn resolve(form: Form, language: &str, sector: Option<&Sector>, settings: &[FieldSetting]) -> Vec<FieldShown> {
    let of_sector = sector.and_then(|sector| sector.fields.get(form.name()));
    let one = |(i, field): (usize, &Field)| {
        let [es, en, pt] = field.labels;
        let label = match language {
            "en" => en,
            "pt" => pt,
            _ => es,
        };
        let place = i16::try_from(i).unwrap_or(i16::MAX);
        let mut shown = FieldShown {
            field: field.name.into(),
            label: label.into(),
            visible: true,
            required: field.is_needed,
            position: place,
            default: None,
            fixed: field.is_needed,
            source: "program",
        };
        if let Some(FieldDefault { visible, required, default }) = of_sector.and_then(|fields| fields.get(field.name)) {
            shown.visible = visible.unwrap_or(shown.visible);
            shown.required = required.unwrap_or(shown.required);
            shown.default.clone_from(default);
            shown.source = "sector";
        }
        if let Some(setting) = settings.iter().find(|setting| setting.field == field.name) {
            shown.visible = setting.visible;
            shown.required = setting.required;
            shown.position = setting.position;
            shown.default.clone_from(&setting.default);
            if !setting.label.is_empty() {
                shown.label.clone_from(&setting.label);
            }
            shown.source = "company";
        }
        shown
    };
    let mut fields: Vec<FieldShown> = form.fields().iter().enumerate().map(one).collect();
    fields.sort_by_key(|field| field.position);
    fields
}

/// Fills in what is not said (of something new) and says what the form does not take.
pub fn apply(fields: &[FieldShown], body: &mut Map<String, Value>, is_new: bool) -> Vec<FieldError> {
    let mut faults = vec![];
    for field in fields.iter().filter(|field| !field.fixed) {
        let is_empty = |value: &Value| {
            value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty()) || value.as_array().is_some_and(Vec::is_empty)
        };
        let given = body.get(&field.field);
        let mut fault = |code: &str, detail: String| {
            faults.push(FieldError { pointer: format!("/{}", field.field), code: code.into(), detail });
        };
        match given {
            Some(value) if !field.visible && !is_empty(value) => {
                fault("field_hidden", format!("{} is not part of the company's form", field.label));
            }
            Some(value) if field.required && is_empty(value) => fault("required", format!("{} is asked for by the company", field.label)),
            None if is_new => match &field.default {
                Some(default) => {
                    body.insert(field.field.clone(), default.clone());
                }
                None if field.required => fault("required", format!("{} is asked for by the company", field.label)),
                None => {}
            },
            _ => {}
        }
    }
    faults
}
