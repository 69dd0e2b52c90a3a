//! Types of what is kept of a person, and what is left of them: pure.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    contacts::entries::{Contact, Draft},
    platform::money::Money,
};

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Asked for by letter of 3 May"}))]
pub struct EraseContact {
    /// Stands in the company's log.
    #[garde(length(chars, min = 3, max = 400))]
    #[schema(min_length = 3, max_length = 400)]
    pub reason: String,
}

/// What a contact is without what is personal. The identifier stays where tax documents name it.
#[must_use]
pub fn anonymous(draft: Draft, is_named: bool) -> Draft {
    let (identifier, identifier_type) = if is_named { (draft.identifier, draft.identifier_type) } else { Default::default() };
    Draft {
        kind: draft.kind,
        legal_name: "Erased".into(),
        roles: draft.roles,
        country: draft.country,
        identifier,
        identifier_type,
        is_active: false,
        ..Draft::default()
    }
}

/// What was agreed to, and when it was written down.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentRecord {
    pub marketing: bool,
    pub at: DateTime<Utc>,
    pub source: String,
    pub recorded_at: DateTime<Utc>,
}

/// A document that names the person.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamingDocument {
    #[schema(example = "pos_sale")]
    pub kind: String,
    pub id: Uuid,
    pub number: String,
    pub date: NaiveDate,
    /// As they stand in the document.
    pub name: String,
    pub identifier: String,
    pub total: Money,
}

/// What has been done with the contact.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactAct {
    pub at: DateTime<Utc>,
    #[schema(example = "create")]
    pub action: String,
}

/// All that is kept of a contact.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactData {
    pub contact: Contact,
    pub consents: Vec<ConsentRecord>,
    pub documents: Vec<NamingDocument>,
    pub log: Vec<ContactAct>,
}
