//! Types and rules without a database.

use chrono::{DateTime, Utc};
use garde::Validate;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::platform::problem::Problem;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessagingChannel {
    Whatsapp,
    Telegram,
    Mail,
}

impl MessagingChannel {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whatsapp => "whatsapp",
            Self::Telegram => "telegram",
            Self::Mail => "mail",
        }
    }
}

/// A channel as it is set.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChannelShown {
    /// `whatsapp`, `telegram` or `mail`.
    #[schema(example = "whatsapp")]
    pub channel: String,
    pub enabled: bool,
    /// Number, name or address that messages come from.
    #[schema(example = "+593991234567")]
    pub sender: String,
    /// What the provider calls the account.
    pub account: String,
    /// Where the provider is reached.
    #[schema(example = "https://graph.facebook.com/v23.0")]
    pub endpoint: String,
    /// Whether there is a token, which nobody reads again.
    pub has_token: bool,
    pub updated_at: DateTime<Utc>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Messaging {
    pub data: Vec<ChannelShown>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewChannel {
    #[garde(skip)]
    pub channel: MessagingChannel,
    #[garde(skip)]
    pub enabled: bool,
    #[garde(length(chars, min = 1, max = 254))]
    #[schema(min_length = 1, max_length = 254)]
    pub sender: String,
    #[garde(length(chars, max = 200))]
    #[schema(max_length = 200)]
    #[serde(default)]
    pub account: String,
    /// An address of https, or empty: the provider's usual one.
    #[garde(length(chars, max = 400), custom(a_secure_site))]
    #[schema(max_length = 400)]
    #[serde(default)]
    pub endpoint: String,
    /// Where it is left out, the one that is there stays.
    #[garde(inner(custom(not_long)))]
    #[schema(value_type = Option<String>, format = Password, min_length = 1, max_length = 2000)]
    #[serde(default)]
    pub token: Option<SecretString>,
}

fn a_secure_site(address: &str, _: &()) -> garde::Result {
    let is_fit = |url: url::Url| url.scheme() == "https" && url.host().is_some() && url.username().is_empty() && url.password().is_none();
    if address.is_empty() || address.parse().is_ok_and(is_fit) {
        Ok(())
    } else {
        Err(garde::Error::new("must be an address such as https://provider.example"))
    }
}

fn not_long(token: &SecretString, _: &()) -> garde::Result {
    if (1..=2000).contains(&token.expose_secret().len()) { Ok(()) } else { Err(garde::Error::new("must have 1 to 2000 characters")) }
}

/// The channels of a company; one that is not among them is gone, with its token.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"channels": [{"channel": "whatsapp", "enabled": true, "sender": "+593991234567", "account": "1098", "token": "EAAG…"}]}))]
pub struct NewMessaging {
    #[garde(dive, length(max = 3))]
    #[schema(max_items = 3)]
    pub channels: Vec<NewChannel>,
}

impl NewMessaging {
    /// Each channel once.
    pub fn check(&self) -> Result<(), Problem> {
        let again =
            self.channels.iter().enumerate().find(|(i, one)| self.channels.iter().take(*i).any(|other| other.channel == one.channel));
        match again {
            Some((i, _)) => Err(Problem::field(format!("/channels/{i}/channel"), "invalid", "is there twice")),
            None => Ok(()),
        }
    }
}
