//! The world, read once.

use std::sync::OnceLock;

use super::model::World;
use crate::platform::problem::Problem;

/// The world, which the first caller waits for: unpacking takes a moment and is done off the threads that serve.
pub async fn world() -> Result<&'static World, Problem> {
    static WORLD: OnceLock<Result<World, String>> = OnceLock::new();
    let world = match WORLD.get() {
        Some(world) => world,
        None => tokio::task::spawn_blocking(|| WORLD.get_or_init(|| World::read().map_err(|e| format!("{e:#}"))))
            .await
            .map_err(Problem::internal)?,
    };
    world.as_ref().map_err(|e| Problem::internal(anyhow::anyhow!("locations: {e}")))
}
