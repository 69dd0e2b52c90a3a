//! What two contacts come to: pure.

use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::contacts::entries::{Draft, distinct};

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"into": "0190d2c4-0000-7000-8000-000000000001"}))]
pub struct Merge {
    /// The contact that stays.
    #[garde(skip)]
    pub into: Uuid,
}

/// The contact that stays with what the other has and it has not. What both say, the one that stays says; of lists, each
/// thing once.
#[must_use]
pub fn merged(kept: Draft, gone: Draft) -> Draft {
    let either = |own: String, other: String| if own.is_empty() { other } else { own };
    let both = |own: Vec<String>, other: Vec<String>| distinct(own.into_iter().chain(other).collect());
    // An identifier is one of its country.
    let own = (kept.identifier, kept.identifier_type, kept.country);
    let other = (gone.identifier, gone.identifier_type, gone.country);
    let (identifier, identifier_type, country) = if own.0.is_empty() && !other.0.is_empty() { other } else { own };
    let mut addresses = kept.addresses;
    for address in gone.addresses {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    let mut bank_accounts = kept.bank_accounts;
    for account in gone.bank_accounts {
        let is_known = |own: &_| *own == account;
        let same_iban = bank_accounts.iter().any(|own| !own.iban.is_empty() && own.iban == account.iban);
        if !same_iban && !bank_accounts.iter().any(is_known) {
            bank_accounts.push(account);
        }
    }
    let notes = match (kept.notes.is_empty(), gone.notes.is_empty()) {
        (false, false) if !kept.notes.contains(&gone.notes) => format!("{}\n\n{}", kept.notes, gone.notes),
        _ => either(kept.notes, gone.notes),
    };
    Draft {
        kind: kept.kind,
        legal_name: either(kept.legal_name, gone.legal_name),
        trade_name: either(kept.trade_name, gone.trade_name),
        roles: both(kept.roles, gone.roles),
        country,
        identifier,
        identifier_type,
        phones: both(kept.phones, gone.phones),
        emails: both(kept.emails, gone.emails),
        addresses,
        bank_accounts,
        payment_terms_days: if kept.payment_terms_days == 0 { gone.payment_terms_days } else { kept.payment_terms_days },
        credit_limit_minor: kept.credit_limit_minor.or(gone.credit_limit_minor),
        language: either(kept.language, gone.language),
        notes,
        tags: both(kept.tags, gone.tags),
        is_active: kept.is_active,
    }
}
