//! The parts of the product that a plan gives a company, and what a company's standing lets it do.

use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;

/// A part of the product. What everybody needs (the company, its members, its files, its bills) is in none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Module {
    Contacts,
    Catalogue,
    Inventory,
    Accounting,
    Pos,
    Imports,
}

impl Module {
    pub const ALL: [Self; 6] = [Self::Contacts, Self::Catalogue, Self::Inventory, Self::Accounting, Self::Pos, Self::Imports];

    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Catalogue => "catalogue",
            Self::Inventory => "inventory",
            Self::Accounting => "accounting",
            Self::Pos => "pos",
            Self::Imports => "imports",
        }
    }

    /// What people call it, in the languages of the product.
    #[must_use]
    pub const fn names(self) -> Names {
        let (es, en, pt) = match self {
            Self::Contacts => ("Contactos", "Contacts", "Contatos"),
            Self::Catalogue => ("Catálogo", "Catalogue", "Catálogo"),
            Self::Inventory => ("Inventario", "Inventory", "Estoque"),
            Self::Accounting => ("Contabilidad", "Accounting", "Contabilidade"),
            Self::Pos => ("Punto de venta", "Point of sale", "Ponto de venda"),
            Self::Imports => ("Importaciones", "Imports", "Importações"),
        };
        Names { es, en, pt }
    }

    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|module| module.key() == key)
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// A name in each language.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Names {
    #[schema(example = "Punto de venta")]
    pub es: &'static str,
    #[schema(example = "Point of sale")]
    pub en: &'static str,
    #[schema(example = "Ponto de venda")]
    pub pt: &'static str,
}

/// A set of modules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modules(u32);

impl Modules {
    /// Of keys; `*` is all of them, one that is not known any more is none.
    pub fn parse<T: AsRef<str>>(keys: &[T]) -> Self {
        if keys.iter().any(|key| key.as_ref() == "*") {
            return Module::ALL.into_iter().collect();
        }
        keys.iter().filter_map(|key| Module::parse(key.as_ref())).collect()
    }

    #[must_use]
    pub const fn has(self, module: Module) -> bool {
        self.0 & module.bit() != 0
    }

    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    #[must_use]
    pub fn keys(self) -> Vec<&'static str> {
        Module::ALL.into_iter().filter(|module| self.has(*module)).map(Module::key).collect()
    }
}

impl FromIterator<Module> for Modules {
    fn from_iter<I: IntoIterator<Item = Module>>(modules: I) -> Self {
        Self(modules.into_iter().fold(0, |bits, module| bits | module.bit()))
    }
}

/// What a company's standing lets its members do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    Full,
    /// The subscription is neither active nor in its trial: what is there can be read and taken along, and settings and
    /// bills are open; business is not.
    Lapsed,
    /// Suspended by an operator: everything can be read, nothing changed.
    Suspended,
    /// Closed: nobody acts here any more.
    Closed,
}

impl Access {
    /// By the status of the company and of its subscription.
    #[must_use]
    pub fn of(company: &str, subscription: &str) -> Self {
        match (company, subscription) {
            ("active", "active" | "trialing") => Self::Full,
            ("active", _) => Self::Lapsed,
            ("suspended", _) => Self::Suspended,
            _ => Self::Closed,
        }
    }

    /// Whether something in this module (none: what everybody needs) may be read or done.
    pub fn admit(self, module: Option<Module>, enabled: Modules, reading: bool) -> Result<(), Problem> {
        match self {
            Self::Closed => return Err(Problem::forbidden("company_closed", "The company has been closed.")),
            Self::Suspended if !reading => {
                return Err(Problem::forbidden(
                    "company_suspended",
                    "The company has been suspended: everything can be read, nothing changed. Write to the operator of the platform.",
                ));
            }
            _ => {}
        }
        let Some(module) = module else { return Ok(()) };
        if !enabled.has(module) {
            return Err(Problem::forbidden(
                "module_disabled",
                format!("The module {} is not part of the company's plan, or has been switched off: GET /api/v1/modules.", module.key()),
            ));
        }
        if self == Self::Lapsed && !reading {
            return Err(Problem::new(
                http::StatusCode::PAYMENT_REQUIRED,
                "subscription_inactive",
                "The subscription is not active: what is there can be read and exported. GET /api/v1/billing/subscription tells more.",
            ));
        }
        Ok(())
    }
}
