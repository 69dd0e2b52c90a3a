//! What the catalogues begin with: `config/reference/`, and what the program knows of countries, currencies and time zones.

use anyhow::{Context, anyhow};
use include_dir::{Dir, include_dir};
use iso_currency::Currency;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    model::{Kind, TranslatedNames},
    store::{self, Shipment},
};
use crate::{
    platform::db::Db,
    reference::locations::{countries, zones},
};

static FILES: Dir = include_dir!("$CARGO_MANIFEST_DIR/config/reference");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    kind: Kind,
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    #[serde(flatten)]
    names: TranslatedNames,
    #[serde(default)]
    data: Map<String, Value>,
}

/// Adds to the catalogues what this version of the program brings; safe to repeat.
pub async fn plant(db: &Db) -> anyhow::Result<()> {
    let shipment = tokio::task::spawn_blocking(shipment).await??;
    let add = async {
        let mut tx = db.system().await?;
        store::plant(&mut tx, &shipment).await?;
        tx.commit().await
    };
    add.await.map_err(|problem| anyhow!("catalogues: {problem:?}"))
}

fn shipment() -> anyhow::Result<Shipment> {
    let mut shipment = Shipment::default();
    let mut add = |kind: Kind, code: String, names: Value, data: Value| {
        shipment.positions.push(i32::try_from(shipment.kinds.iter().filter(|k| *k == kind.name()).count() + 1).unwrap_or(i32::MAX));
        shipment.kinds.push(kind.name().into());
        shipment.codes.push(code);
        shipment.names.push(names);
        shipment.data.push(data);
    };
    for file in FILES.files().filter(|file| file.path().extension().is_some_and(|e| e == "toml")) {
        let text = file.contents_utf8().context("not UTF-8")?;
        let catalogue: Catalogue = toml::from_str(text).with_context(|| file.path().display().to_string())?;
        for mut entry in catalogue.entries {
            if catalogue.kind == Kind::Currency {
                let currency = Currency::from_code(&entry.code).with_context(|| format!("currency {}", entry.code))?;
                entry.data.insert("digits".into(), json!(currency.exponent().unwrap_or_default()));
                entry.data.insert("symbol".into(), json!(currency.symbol().to_string()));
            }
            add(catalogue.kind, entry.code, serde_json::to_value(entry.names)?, Value::Object(entry.data));
        }
    }
    for country in countries()? {
        let data = json!({ "iso3": country.iso3, "calling_code": country.calling_code, "currency": country.currency });
        add(Kind::Country, country.iso2, json!({ "es": country.es, "en": country.en, "pt": country.pt }), data);
    }
    // Those that people live by, and no names of former times.
    for zone in std::iter::once("UTC".to_owned()).chain(zones()?) {
        let _known: chrono_tz::Tz = zone.parse().map_err(|e| anyhow!("{zone}: {e}"))?;
        add(Kind::TimeZone, zone.clone(), json!({ "es": zone, "en": zone, "pt": zone }), json!({}));
    }
    Ok(shipment)
}
