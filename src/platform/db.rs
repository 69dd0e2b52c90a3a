//! The database, reached only through transactions that know their tenant.
//!
//! Two roles serve requests, neither owns a table: `balanza_app` sees one tenant at a time through
//! row-level security; `balanza_system` sees the few tables that are needed before a tenant is known
//! (login, job claiming). A third, the owner, only migrates.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use futures::{FutureExt, future::BoxFuture};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sqlx::{
    AssertSqlSafe, Connection, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use uuid::Uuid;

/// What a transaction of either role runs its statements on.
pub use sqlx::PgConnection;

use super::{actor::Actor, problem::Problem};

/// The shipped migrations.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// How to reach the database as its three roles.
#[derive(Clone, Debug)]
pub struct Urls {
    pub owner: PgConnectOptions,
    pub app: PgConnectOptions,
    pub system: PgConnectOptions,
    /// The serving roles whose passwords are ours to set.
    derived: Vec<&'static str>,
}

impl Urls {
    /// From the owner's address; the two other roles get passwords derived from the server's secret,
    /// unless they have addresses of their own.
    pub fn derive(owner: &str, app: Option<&str>, system: Option<&str>, secret: &str) -> anyhow::Result<Self> {
        let owner: PgConnectOptions = owner.parse().context("DATABASE_URL")?;
        let role = |url: Option<&str>, name: &str, variable: &'static str| match url {
            Some(url) => url.parse().context(variable),
            None => Ok(owner.clone().username(name).password(&role_password(secret, name)?)),
        };
        Ok(Self {
            app: role(app, "balanza_app", "DATABASE_APP_URL")?,
            system: role(system, "balanza_system", "DATABASE_SYSTEM_URL")?,
            derived: [(app, "balanza_app"), (system, "balanza_system")].iter().filter(|(url, _)| url.is_none()).map(|(_, n)| *n).collect(),
            owner,
        })
    }
}

fn role_password(secret: &str, role: &str) -> anyhow::Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
    mac.update(b"database role ");
    mac.update(role.as_bytes());
    Ok(hex::encode(mac.finalize().into_bytes()))
}

/// Makes the two serving roles where they are missing, makes sure that they can sign in and do nothing
/// above the wall, sets the passwords that are derived from the secret, and applies what is new of
/// the migrations. The owner need be no superuser. Safe to run by several replicas at once: the migrator holds an advisory
/// lock.
pub async fn migrate(urls: &Urls, secret: &str) -> anyhow::Result<()> {
    let mut owner = PgConnection::connect_with(&urls.owner).await.context("connecting as the owner")?;
    for role in ["balanza_app", "balanza_system"] {
        let password = if urls.derived.contains(&role) { format!("password '{}'", role_password(secret, role)?) } else { String::new() };
        // Roles belong to the cluster: another database's migration may make the same one right now. Only a superuser may
        // speak of superusers, so that is done where it is needed.
        let statement = format!(
            "do $$ begin
                 perform pg_advisory_xact_lock(7206154100);
                 if not exists (select from pg_roles where rolname = '{role}') then
                     create role {role};
                 elsif (select rolsuper or rolcreatedb or rolcreaterole or rolbypassrls from pg_roles where rolname = '{role}') then
                     alter role {role} nosuperuser nocreatedb nocreaterole nobypassrls;
                 end if;
                 alter role {role} login {password};
             end $$"
        );
        sqlx::query(AssertSqlSafe(statement)).execute(&mut owner).await.with_context(|| format!("role {role}"))?;
    }
    // One after the other, so that nobody raises the wall that another has just taken down.
    sqlx::raw_sql("select pg_advisory_lock(7206154101)").execute(&mut owner).await?;
    if is_behind(&mut owner).await? {
        // An owner who is no superuser stands before the wall like everybody else, while migrations work across companies.
        sqlx::raw_sql("set app.tenant_id = '00000000-0000-0000-0000-000000000000'").execute(&mut owner).await?;
        force_row_security(&mut owner, false).await?;
        let migrated = MIGRATIONS.run(&mut owner).await.context("migrations");
        force_row_security(&mut owner, true).await?;
        migrated?;
    }
    sqlx::query("grant select on _sqlx_migrations to balanza_system").execute(&mut owner).await?;
    owner.close().await?;
    Ok(())
}

async fn is_behind(owner: &mut PgConnection) -> anyhow::Result<bool> {
    let there = sqlx::query_scalar::<_, bool>("select to_regclass('public._sqlx_migrations') is not null").fetch_one(&mut *owner).await?;
    if !there {
        return Ok(true);
    }
    let applied = sqlx::query_scalar::<_, i64>("select version from _sqlx_migrations where success").fetch_all(owner).await?;
    Ok(MIGRATIONS.iter().any(|migration| !applied.contains(&migration.version)))
}

/// Whether the wall stands before the owner of the tables, too. The serving roles own none: for them it always stands.
async fn force_row_security(owner: &mut PgConnection, force: bool) -> anyhow::Result<()> {
    let (how, now) = if force { ("force", "not") } else { ("no force", "") };
    let statement = format!(
        "do $$ declare t regclass; begin
             for t in select oid from pg_class
                      where relnamespace = 'public'::regnamespace and relkind = 'r' and relrowsecurity and {now} relforcerowsecurity
             loop execute format('alter table %s {how} row level security', t); end loop;
         end $$"
    );
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(owner).await.context("row-level security")?;
    Ok(())
}

/// The pools. Queries run on the transactions made here and nowhere else.
#[derive(Clone)]
pub struct Db {
    app: PgPool,
    system: PgPool,
}

impl Db {
    /// Pools that connect when first used.
    #[must_use]
    pub fn new(urls: &Urls, connections: u32) -> Self {
        let guarded = |options: &PgConnectOptions| {
            options.clone().application_name("balanza").options([
                // Compiling a question takes longer than most of them do.
                ("jit", "off"),
                ("statement_timeout", "15s"),
                ("lock_timeout", "2s"),
                ("idle_in_transaction_session_timeout", "10s"),
            ])
        };
        let pool = |connections| {
            PgPoolOptions::new().max_connections(connections).acquire_timeout(Duration::from_secs(3)).test_before_acquire(false)
        };
        Self {
            app: pool(connections).connect_lazy_with(guarded(&urls.app)),
            system: pool(connections.div_ceil(2)).connect_lazy_with(guarded(&urls.system)),
        }
    }

    /// A transaction inside the actor's company.
    pub async fn begin(&self, actor: &Actor) -> Result<TenantTx, Problem> {
        self.open("begin", actor).await
    }

    /// A transaction that cannot write: every GET runs in one.
    pub async fn read(&self, actor: &Actor) -> Result<TenantTx, Problem> {
        self.open("begin read only", actor).await
    }

    /// The same, and all its questions are answered of one moment: the figures of a report agree.
    pub async fn read_steadily(&self, actor: &Actor) -> Result<TenantTx, Problem> {
        self.open("begin isolation level repeatable read read only", actor).await
    }

    async fn open(&self, how: &str, actor: &Actor) -> Result<TenantTx, Problem> {
        // One round trip for BEGIN and the tenant. A Uuid prints hex and dashes only.
        // What the triggers of the ledger ask of: who closes books posts where others do not any more.
        let adviser = if actor.closes_books { ", set_config('app.adviser', 'on', true)" } else { "" };
        let statement = format!("{how}; select set_config('app.tenant_id', '{}', true){adviser}", actor.tenant);
        let tx = begin(&self.app, statement).await?;
        Ok(TenantTx { tx, tenant: actor.tenant, person: actor.person, now: Utc::now() })
    }

    /// A transaction of the system role, for what comes before a tenant is known.
    pub async fn system(&self) -> Result<SystemTx, Problem> {
        Ok(SystemTx { tx: begin(&self.system, "begin".into()).await? })
    }

    /// None while the database does not answer; else whether it is at this program's migrations.
    pub async fn ready(&self) -> Option<bool> {
        let mut tx = self.system().await.ok()?;
        let applied = sqlx::query_scalar::<_, i64>("select version from _sqlx_migrations where success order by version");
        match applied.fetch_all(&mut *tx.tx).await {
            Ok(applied) => Some(MIGRATIONS.iter().all(|m| applied.contains(&m.version))),
            Err(sqlx::Error::Database(_)) => Some(false),
            Err(_) => None,
        }
    }

    pub async fn close(&self) {
        self.app.close().await;
        self.system.close().await;
    }
}

fn begin(pool: &PgPool, statement: String) -> ToTheEnd<sqlx::Result<Transaction<'static, Postgres>>> {
    let pool = pool.clone();
    ToTheEnd(Some(async move { pool.begin_with(AssertSqlSafe(statement)).await }.boxed()))
}

/// Goes on in a task of its own when its caller hangs up: sqlx 0.9.0 gives a connection whose BEGIN nobody waits
/// for any more back to the pool with the transaction open (its issue 4393).
struct ToTheEnd<T: Send + 'static>(Option<BoxFuture<'static, T>>);

impl<T: Send + 'static> Future for ToTheEnd<T> {
    type Output = T;
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let Some(future) = &mut self.0 else { return Poll::Pending };
        let output = ready!(future.as_mut().poll(context));
        self.0 = None;
        Poll::Ready(output)
    }
}

impl<T: Send + 'static> Drop for ToTheEnd<T> {
    fn drop(&mut self) {
        if let (Some(future), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(future);
        }
    }
}

/// Holding one proves that the wall is up: it sees and writes one company's rows only.
pub struct TenantTx {
    tx: Transaction<'static, Postgres>,
    tenant: Uuid,
    person: Uuid,
    now: DateTime<Utc>,
}

impl TenantTx {
    #[must_use]
    pub fn tenant(&self) -> Uuid {
        self.tenant
    }

    /// Who acts.
    #[must_use]
    pub fn person(&self) -> Uuid {
        self.person
    }

    /// One moment for everything that the transaction writes.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// For stores.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Lets this transaction's statements run longer than a request's may (imports). They join rows that
    /// have just been written, of which the planner knows nothing yet: taken for a handful, 100 000 of them
    /// would be looked up row by row in each other for hours.
    pub async fn patient(&mut self) -> Result<(), Problem> {
        // A connection that has checked a foreign key while the table was small goes on reading it whole for each row, until
        // its plans are thrown away.
        let patience =
            "set local statement_timeout = '10min'; set local lock_timeout = '10min'; set local enable_nestloop = off; discard plans";
        sqlx::raw_sql(patience).execute(&mut *self.tx).await?;
        Ok(())
    }

    /// Has the planner look at what this transaction has written to a table before other rows point at it: for imports. They
    /// take turns from here to their end.
    pub async fn measure(&mut self, table: &'static str) -> Result<(), Problem> {
        sqlx::query("select app.measure($1::regclass)").bind(table).execute(&mut *self.tx).await?;
        sqlx::raw_sql("discard plans").execute(&mut *self.tx).await?;
        Ok(())
    }

    /// Makes it true. When the answer to COMMIT is lost the outcome is unknown, and the caller hears so:
    /// the same request with the same key gives the truth.
    pub async fn commit(self) -> Result<(), Problem> {
        self.tx.commit().await.map_err(|error| match error {
            sqlx::Error::Io(_) => Problem::unavailable(
                "outcome_unknown",
                "The connection broke while saving. Repeat the request with the same Idempotency-Key.",
                1,
            ),
            other => other.into(),
        })
    }
}

/// See [`Db::system`].
pub struct SystemTx {
    tx: Transaction<'static, Postgres>,
}

impl SystemTx {
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    pub async fn commit(self) -> Result<(), Problem> {
        Ok(self.tx.commit().await?)
    }
}
