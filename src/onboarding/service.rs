//! Registration and set-up.

use chrono::{NaiveTime, Utc};
use garde::Validate;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    accounting::{self, PackedAccounts},
    billing::{self, Period},
    catalogue::{self, PackedTax},
    identity::{self, Delivery, NewPerson, Pending},
    inventory,
    platform::{
        App, audit,
        db::{SystemTx, TenantTx},
        problem::Problem,
    },
    pos,
    reference::{self, Pack, Sector},
    tenancy::{self, CompanyIdentity, Document, NewCompany, NewStore, NumberPattern, OpeningHours, PlatformCompany, WeeklyInterval},
};

#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCompanyName {
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// ISO 3166-1 alpha-2; a country without a pack of its own gets the generic one.
    #[garde(custom(two_letters))]
    #[schema(pattern = "^[A-Z]{2}$", example = "EC")]
    pub country: String,
    /// What it does: `GET /api/v1/public/reference?kind=sector`. Onboarding then brings what the sector has.
    #[garde(inner(length(chars, min = 1, max = 60)))]
    #[schema(min_length = 1, max_length = 60, example = "bakery")]
    #[serde(default)]
    pub sector: Option<String>,
}

fn two_letters(value: &str, _: &()) -> garde::Result {
    if value.len() == 2 && value.bytes().all(|b| b.is_ascii_uppercase()) {
        Ok(())
    } else {
        Err(garde::Error::new("must be two capital letters (ISO 3166-1)"))
    }
}

/// A person, and their company if they bring one.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "sol@panaderia.example", "name": "Sol Vega", "password": "Pan-de-yuca-2026",
    "company": {"name": "Panadería Sol", "country": "EC", "sector": "bakery"}}))]
pub struct NewRegistration {
    #[garde(email, length(chars, max = 254))]
    #[schema(format = Email, max_length = 254)]
    pub email: String,
    #[garde(length(chars, min = 1, max = 120))]
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
    #[garde(custom(identity::not_endless))]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub password: SecretString,
    #[garde(dive)]
    pub company: Option<NewCompanyName>,
    #[garde(skip)]
    #[serde(default)]
    pub token_delivery: Delivery,
}

/// A company that an operator makes for somebody.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Farmacia Luz", "country": "CO", "owner_email": "luz@farmacia.example", "owner_name": "Luz Mora"}))]
pub struct NewPlatformCompany {
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// ISO 3166-1 alpha-2.
    #[garde(custom(two_letters))]
    #[schema(pattern = "^[A-Z]{2}$")]
    pub country: String,
    /// Of a person who is known, or who will be.
    #[garde(email, length(chars, max = 254))]
    #[schema(format = Email, max_length = 254)]
    pub owner_email: String,
    /// If they are new.
    #[garde(length(chars, min = 1, max = 120))]
    #[schema(min_length = 1, max_length = 120)]
    pub owner_name: String,
}

/// A company that was sold elsewhere: by a shop in front of the platform, say.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "order_77", "company": {"name": "Farmacia Luz", "country": "CO", "tax_identifier": "900123456"},
    "owner": {"email": "luz@farmacia.example", "name": "Luz Mora"}, "plan_code": "shop", "period": "monthly", "coupon_code": "WELCOME"}))]
pub struct Intake {
    /// The shop's own name of the order: what is told twice has one effect.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub id: String,
    #[garde(dive)]
    pub company: IntakeCompany,
    #[garde(dive)]
    pub owner: IntakeOwner,
    #[garde(length(chars, min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    pub plan_code: String,
    #[garde(skip)]
    pub period: Period,
    #[garde(inner(length(chars, min = 1, max = 40)))]
    #[schema(min_length = 1, max_length = 40)]
    #[serde(default)]
    pub coupon_code: Option<String>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntakeCompany {
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// ISO 3166-1 alpha-2.
    #[garde(custom(two_letters))]
    #[schema(pattern = "^[A-Z]{2}$")]
    pub country: String,
    #[garde(length(chars, max = 32))]
    #[schema(max_length = 32)]
    #[serde(default)]
    pub tax_identifier: String,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntakeOwner {
    /// Of a person who is known, or who will be: they are mailed a link that sets their password.
    #[garde(email, length(chars, max = 254))]
    #[schema(format = Email, max_length = 254)]
    pub email: String,
    #[garde(length(chars, min = 1, max = 120))]
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
}

/// What has come of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntakeTaken {
    pub company_id: Uuid,
    #[schema(example = "farmacia-luz-1f2e3d4c")]
    pub slug: String,
    pub owner_id: Uuid,
    pub subscription_id: Uuid,
    #[schema(example = "trialing")]
    pub subscription_state: String,
}

/// Who was added, and the company they own.
pub struct Registered {
    pub person: Uuid,
    pub company: Option<Uuid>,
}

fn language_of(company: Option<&NewCompanyName>) -> Result<String, Problem> {
    company.map_or_else(|| Ok("es".to_owned()), |company| reference::country(&company.country).map(|pack| pack.language.clone()))
}

/// What is done with every registration: the password is judged, and hashed whatever becomes of it.
async fn hash_password(app: &App, new: &NewRegistration) -> Result<String, Problem> {
    let company = new.company.iter().map(|company| company.name.clone());
    let context = [new.email.clone(), new.name.clone()].into_iter().chain(company).collect();
    app.hasher.check(&new.password, context, "/password").await?;
    app.hasher.hash(new.password.clone()).await
}

/// Adds the person, and the company of which they become the owner, at once.
pub async fn register(app: &App, new: NewRegistration) -> Result<Registered, Problem> {
    let password_hash = hash_password(app, &new).await?;
    let (email, language) = (identity::normalise_email(&new.email), language_of(new.company.as_ref())?);
    let mut tx = app.db.system().await?;
    let person =
        NewPerson { email: &email, name: &new.name, password_hash: Some(&password_hash), language: &language, email_verified_at: None };
    let registered = add(&mut tx, &person, new.company).await?;
    identity::order_registration(app, &mut tx, registered.person, &email).await?;
    tx.commit().await?;
    Ok(registered)
}

fn closed_country() -> Problem {
    Problem::field(
        "/company/country",
        "not_found_reference",
        "no company registers in this country: GET /api/v1/public/reference?kind=country",
    )
}

async fn add(tx: &mut SystemTx, person: &NewPerson<'_>, company: Option<NewCompanyName>) -> Result<Registered, Problem> {
    let person = identity::add_person(tx, person).await?;
    let company = match company {
        Some(company) => {
            if !reference::is_country_open(tx, &company.country).await? {
                return Err(closed_country());
            }
            Some(add_company(tx, person, company).await?)
        }
        None => None,
    };
    Ok(Registered { person, company })
}

/// A company of its country, with its owner and the plan that new companies get.
async fn add_company(tx: &mut SystemTx, owner: Uuid, company: NewCompanyName) -> Result<Uuid, Problem> {
    let id = insert_company(tx, owner, company).await?;
    billing::start_default(tx, id).await?;
    Ok(id)
}

/// A company of its country, with its owner.
async fn insert_company(tx: &mut SystemTx, owner: Uuid, company: NewCompanyName) -> Result<Uuid, Problem> {
    let pack = reference::country(&company.country)?;
    let sector = company.sector.unwrap_or_default();
    if !sector.is_empty() && !reference::is_sector(tx.conn(), &sector).await? {
        return Err(tenancy::unknown_sector("/company/sector"));
    }
    let new = NewCompany {
        name: company.name,
        country: company.country,
        currency: pack.currency.clone(),
        time_zone: pack.time_zone.clone(),
        language: pack.language.clone(),
        prices_include_tax: pack.prices_include_tax,
        rounding: pack.rounding.clone(),
        tax_regime: pack.tax_regimes.first().map(|regime| regime.code.clone()).unwrap_or_default(),
        sector,
    };
    tenancy::insert_company(tx, &new, owner, Utc::now()).await
}

/// A company that a shop in front of the platform has sold, with its owner and its plan. What was told before is answered as it was.
pub async fn take_in(app: &App, new: Intake, digest: &[u8]) -> Result<Value, Problem> {
    let language = reference::country(&new.company.country)?.language.clone();
    let mut tx = app.db.system().await?;
    if let Some(outcome) = billing::take_event(&mut tx, &new.id, "intake", digest).await? {
        return Ok(outcome);
    }
    let owner = identity::find_or_invite(app, &mut tx, &new.owner.email, &new.owner.name, &language).await?;
    let country = new.company.country.clone();
    if tenancy::tax_identifier(&country, &new.company.tax_identifier).is_err() {
        return Err(Problem::field("/company/tax_identifier", "invalid", "is no tax identifier of the country"));
    }
    let name = NewCompanyName { name: new.company.name, country: new.company.country, sector: None };
    let id = insert_company(&mut tx, owner, name).await?;
    let own = CompanyIdentity { tax_identifier: Some(new.company.tax_identifier), ..CompanyIdentity::default() };
    tenancy::identify(&mut tx, id, &country, &own, None).await?;
    let subscription = billing::start_plan(&mut tx, id, &new.plan_code, new.period, new.coupon_code.as_deref()).await?;
    let company = tenancy::platform_company(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let taken = IntakeTaken {
        company_id: id,
        slug: company.slug,
        owner_id: owner,
        subscription_id: subscription.id,
        subscription_state: subscription.state,
    };
    let outcome = serde_json::to_value(taken).map_err(Problem::internal)?;
    billing::keep_event(&mut tx, &new.id, &outcome).await?;
    tx.commit().await?;
    Ok(outcome)
}

/// A company made by an operator. Its owner, if they are new, is mailed a link that sets their password.
pub async fn make_company(app: &App, operator: Uuid, new: NewPlatformCompany) -> Result<PlatformCompany, Problem> {
    let language = reference::country(&new.country)?.language.clone();
    let mut tx = app.db.system().await?;
    let owner = identity::find_or_invite(app, &mut tx, &new.owner_email, &new.owner_name, &language).await?;
    let id = add_company(&mut tx, owner, NewCompanyName { name: new.name, country: new.country, sector: None }).await?;
    let company = tenancy::platform_company(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    identity::record_operator_act(&mut tx, Some(operator), "create", "company", id, json!({ "owner": owner })).await?;
    tx.commit().await?;
    Ok(company)
}

/// Remembers the registration and mails the link that confirms it. Nothing that the caller sees tells whether the
/// address is known.
pub async fn register_by_mail(app: &App, new: NewRegistration) -> Result<(), Problem> {
    let password_hash = hash_password(app, &new).await?;
    let pending = Pending {
        email: identity::normalise_email(&new.email),
        name: new.name,
        password_hash,
        language: language_of(new.company.as_ref())?,
        company: new.company.map(serde_json::to_value).transpose().map_err(Problem::internal)?,
    };
    identity::register_pending(app, pending).await
}

/// Adds the person, and the company, of a registration that the mailed token and the password confirm; in a
/// transaction that goes on. None if the token is none of a registration.
pub async fn confirm(app: &App, token: &SecretString, password: SecretString) -> Result<Option<(SystemTx, Registered)>, Problem> {
    let Some((mut tx, pending)) = identity::take_pending(app, token, password).await? else { return Ok(None) };
    let company = pending.company.map(serde_json::from_value).transpose().map_err(Problem::internal)?;
    let person = NewPerson {
        email: &pending.email,
        name: &pending.name,
        password_hash: Some(&pending.password_hash),
        language: &pending.language,
        email_verified_at: Some(Utc::now()),
    };
    let registered = add(&mut tx, &person, company).await?;
    Ok(Some((tx, registered)))
}

/// Chart of accounts, taxes, units, payment methods, a warehouse, a store and a register, as the country has them; and
/// categories, opening hours and what is hidden, as the sector has them. What is there already stays: running it again adds
/// what a newer pack has, or a sector that was chosen since, and nothing else.
pub async fn set_up(tx: &mut TenantTx) -> Result<tenancy::Company, Problem> {
    let again = tenancy::mark_onboarded(tx).await?;
    let company = tenancy::company(tx).await?;
    let (pack, sector) = (reference::country(&company.country)?, reference::sector(&company.sector)?);
    bring_country(tx, pack, &company.language).await?;
    if let Some(sector) = sector {
        bring_categories(tx, sector, &company.language).await?;
    }

    let (warehouse, register) = match company.language.as_str() {
        "en" => ("Main warehouse", "Register 1"),
        "pt" => ("Armazém principal", "Caixa 1"),
        _ => ("Bodega principal", "Caja 1"),
    };
    inventory::insert_warehouse(tx, "MAIN", warehouse).await?;
    let warehouse = inventory::main_warehouse(tx).await?;
    if !again {
        let hours = sector.map(hours).transpose()?.unwrap_or_default();
        let store = NewStore::main(&company.trade_name);
        tenancy::insert_store(tx, &store, warehouse, &hours).await?;
        if let Some(sector) = sector.filter(|sector| !sector.hidden_modules.is_empty()) {
            tenancy::hide_modules(tx, &sector.hidden_modules).await?;
        }
    }
    let store = tenancy::main_store(tx).await?;
    pos::insert_register(tx, "001", register, store, warehouse, &numbers(pack)?).await?;
    if !again {
        let data = json!({ "country": company.country, "pack": pack.country, "sector": company.sector });
        audit::record(tx, "onboard", "company", company.id, data).await?;
    }
    Ok(company)
}

async fn bring_country(tx: &mut TenantTx, pack: &Pack, language: &str) -> Result<(), Problem> {
    let mut chart = PackedAccounts::default();
    for line in pack.chart()? {
        chart.details.push(pack.account_kind(&line.code).to_owned());
        chart.codes.push(line.code);
        chart.names.push(line.name);
        chart.kinds.push(line.kind);
        chart.postable.push(line.postable);
        chart.parents.push(line.parent);
    }
    accounting::insert_packed_accounts(tx, &chart, &pack.accounts).await?;
    accounting::insert_packed_journals(tx, language).await?;
    accounting::set_year_end(tx, &pack.year_end).await?;
    let taxes = pack.taxes.iter().map(|packed| {
        let tax = serde_json::from_value(Value::Object(packed.fields.clone())).map_err(Problem::internal)?;
        Ok(PackedTax { tax, members: packed.members.clone() })
    });
    catalogue::insert_packed_taxes(tx, &taxes.collect::<Result<Vec<_>, Problem>>()?).await?;
    let u = &pack.units;
    catalogue::insert_packed_units(
        tx,
        &u.iter().map(|u| u.code.clone()).collect::<Vec<_>>(),
        &u.iter().map(|u| u.name.clone()).collect::<Vec<_>>(),
        &u.iter().map(|u| u.decimals).collect::<Vec<_>>(),
    )
    .await?;
    let m = &pack.payment_methods;
    pos::insert_packed_payment_methods(
        tx,
        &m.iter().map(|m| m.code.clone()).collect::<Vec<_>>(),
        &m.iter().map(|m| m.name.clone()).collect::<Vec<_>>(),
        &m.iter().map(|m| m.kind.clone()).collect::<Vec<_>>(),
        &m.iter().map(|m| m.account.clone()).collect::<Vec<_>>(),
        &m.iter().map(|m| m.official_code.clone()).collect::<Vec<_>>(),
    )
    .await
}

async fn bring_categories(tx: &mut TenantTx, sector: &Sector, language: &str) -> Result<(), Problem> {
    let name = |texts: &reference::Texts| texts.of(language).to_owned();
    let top: Vec<String> = sector.categories.iter().map(|category| name(&category.name)).collect();
    let under = sector.categories.iter().flat_map(|category| {
        let parent = name(&category.name);
        category.children.iter().map(move |child| (parent.clone(), name(child)))
    });
    catalogue::insert_packed_categories(tx, &top, &under.collect::<Vec<_>>()).await
}

/// A sector's opening hours as a store has them.
fn hours(sector: &Sector) -> Result<OpeningHours, Problem> {
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").map_err(Problem::internal);
    let mut weekly = vec![];
    for hours in &sector.hours {
        for weekday in &hours.weekdays {
            weekly.push(WeeklyInterval { weekday: *weekday, opens: time(&hours.opens)?, closes: time(&hours.closes)? });
        }
    }
    Ok(OpeningHours { weekly, exceptions: vec![] })
}

/// How a register of this country numbers its documents.
pub fn numbers(pack: &Pack) -> Result<Vec<NumberPattern>, Problem> {
    let of_pack = pack.series.iter().map(|series| {
        let document = Document::parse(&series.document)?;
        Ok(NumberPattern { document, prefix: series.prefix.clone(), padding: series.padding, is_yearly: series.yearly })
    });
    of_pack.collect()
}
