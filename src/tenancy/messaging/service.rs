//! Acts: set how messages of a company go out.

use secrecy::ExposeSecret;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{Messaging, MessagingChannel, NewMessaging},
    store,
};
use crate::{
    identity,
    platform::{App, actor::Caller, problem::Problem},
};

/// The place that a token is sealed for.
fn place(tenant: Uuid, channel: MessagingChannel) -> String {
    format!("company_messaging {tenant} {}", channel.name())
}

/// Replaces the channels. Tokens are sealed, and told to nobody.
pub async fn set(app: &App, caller: &Caller, tenant: Uuid, new: &NewMessaging) -> Result<Messaging, Problem> {
    new.check()?;
    let mut tx = app.db.system().await?;
    if !store::lock(&mut tx, tenant).await? {
        return Err(Problem::not_found());
    }
    let names: Vec<String> = new.channels.iter().map(|channel| channel.channel.name().to_owned()).collect();
    store::keep(&mut tx, tenant, &names).await?;
    for channel in &new.channels {
        let place = place(tenant, channel.channel);
        let sealed = channel.token.as_ref().map(|token| app.sealer.seal(&place, token.expose_secret().as_bytes())).transpose()?;
        store::set(&mut tx, tenant, channel, sealed.as_deref()).await?;
    }
    let data = store::channels(&mut tx, tenant).await?;
    let mute = |name: &str| new.channels.iter().position(|c| c.channel.name() == name && c.channel != MessagingChannel::Mail && c.enabled);
    if let Some(i) = data.iter().filter(|shown| !shown.has_token).find_map(|shown| mute(&shown.channel)) {
        return Err(Problem::field(format!("/channels/{i}/token"), "required", "nothing goes out here without one"));
    }
    identity::record_operator_act(&mut tx, Some(caller.person), "set_messaging", "company", tenant, json!({ "channels": names })).await?;
    tx.commit().await?;
    Ok(Messaging { data })
}
