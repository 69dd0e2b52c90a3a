//! The command line.

use std::{net::SocketAddr, process::ExitCode, sync::Arc};

use anyhow::Context;
use clap::{Parser, Subcommand};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::{
    app, archive, billing,
    config::Config,
    identity, jobs,
    onboarding::{self, NewRegistration},
    platform::{
        App,
        actor::Actor,
        db::{self, Db, Urls},
        embedded_pg::{EmbeddedPg, Options},
        jobs as queue, telemetry,
    },
    reference, replay, verify,
};

#[derive(Parser)]
#[command(name = "balanza", version, about = "Multi-tenant ERP backend")]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API, work through background jobs and send mail (the default).
    Serve {
        /// Make the demo company first, if it is not there.
        #[arg(long)]
        demo: bool,
        /// Leave background jobs and mail to `balanza worker`.
        #[arg(long)]
        no_worker: bool,
    },
    /// Work through background jobs and send mail.
    Worker,
    /// Bring the database to this program's version.
    Migrate,
    /// Make the demo company, if it is not there.
    Seed,
    /// Print the OpenAPI document.
    Openapi,
    /// Prove the books of every company; fails if an invariant does not hold.
    Verify,
    /// Ask a running server whether it is well (for container health checks).
    Health,
    /// Add an operator of the platform; prints the token that sets their password.
    AddOperator {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
    },
    /// Add people of an older system with their passwords' hashes: CSV with email,name,password_hash.
    ImportPeople { file: std::path::PathBuf },
    /// Renew, end and hold back the subscriptions of which something is due. The worker does it, too.
    Renew,
    /// Take a company out of this server, bring one in, or erase one that has been closed.
    #[command(subcommand)]
    Tenant(Tenant),
    /// Replay a real sales file through the API, and compare what the books say with the file.
    Replay(replay::Options),
    /// Run a command with DATABASE_URL pointing at a migrated database of its own.
    DevDatabase {
        #[arg(trailing_var_arg = true, required = true)]
        command: Vec<String>,
    },
}

#[derive(Subcommand)]
enum Tenant {
    /// Write everything of a company into a new folder.
    Export { slug: String, folder: std::path::PathBuf },
    /// Bring a company in from such a folder; its digests must be what they were.
    Import { folder: std::path::PathBuf },
    /// Remove every row and file of a closed company, and print what it had.
    Erase {
        slug: String,
        /// The slug once more.
        #[arg(long)]
        confirm: String,
    },
}

/// Runs the command line; 78 (`EX_CONFIG`) when the configuration is not right.
pub async fn run() -> ExitCode {
    let cli = Cli::parse();
    let _only_first = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(errors) => {
            eprintln!("{errors}");
            return ExitCode::from(78);
        }
    };
    telemetry::init_logs(&config.log_level);
    match dispatch(cli.command.unwrap_or(Command::Serve { demo: false, no_worker: false }), config).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("balanza: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(command: Command, config: Config) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve { demo, no_worker } => serve(config, demo, !no_worker).await?,
        Command::Worker => {
            let database = Database::start(&config).await?;
            let app = app::build(config, database.connect()).await?;
            queue::work(app, jobs::work(), until_told_to_stop()).await;
            database.stop().await;
        }
        Command::Migrate => {
            let database = Database::start(&config).await?;
            db::migrate(&database.urls, &config.secret_key).await?;
            reference::plant(&database.connect()).await?;
            database.stop().await;
        }
        Command::Seed => {
            let database = Database::start(&config).await?;
            db::migrate(&database.urls, &config.secret_key).await?;
            reference::plant(&database.connect()).await?;
            let app = app::build(config, database.connect()).await?;
            seed_demo(&app).await?;
            database.stop().await;
        }
        Command::Openapi => {
            let urls = Urls::derive("postgres://localhost", None, None, "unused")?;
            let app = app::build(config, Db::new(&urls, 1)).await?;
            std::io::Write::write_all(&mut std::io::stdout(), format!("{}\n", app::openapi_text(&app)?).as_bytes())?;
        }
        Command::Verify => {
            let database = Database::start(&config).await?;
            let whole = verify_all(&database.connect()).await?;
            database.stop().await;
            return Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        Command::AddOperator { email, name } => {
            let database = Database::start(&config).await?;
            let app = app::build(config, database.connect()).await?;
            let token = identity::add_operator(&app, &email, &name).await?;
            println!(
                "Within a day: POST /api/v1/auth/password/reset with this token and a new password,\nthen set up a second factor.\n{token}"
            );
            database.stop().await;
        }
        Command::ImportPeople { file } => {
            let database = Database::start(&config).await?;
            let app = app::build(config, database.connect()).await?;
            import_people(&app, &file).await?;
            database.stop().await;
        }
        Command::Renew => {
            let database = Database::start(&config).await?;
            let app = app::build(config, database.connect()).await?;
            let done = billing::renew_due(&app, chrono::Utc::now()).await?;
            println!(
                "{} renewed, {} ended, {} held back, {} reminded, {} failed",
                done.renewed, done.ended, done.held_back, done.reminded, done.failed
            );
            database.stop().await;
            anyhow::ensure!(done.failed == 0, "some subscriptions could not be renewed: see the log");
        }
        Command::Tenant(act) => {
            let database = Database::start(&config).await?;
            let app = app::build(config, database.connect()).await?;
            tenant(&app, &database.urls, act).await?;
            database.stop().await;
        }
        Command::Health => {
            let host = config.trusted_hosts.first().map_or("127.0.0.1", String::as_str);
            let ask = reqwest::Client::new().get(format!("http://127.0.0.1:{}/ready", config.port)).header("host", host);
            ask.send().await?.error_for_status()?;
        }
        Command::Replay(options) => return replay::run(options).await,
        Command::DevDatabase { command } => return dev_database(config, command).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// The database of the configuration: the operator's, or one of our own in the data folder.
struct Database {
    urls: Urls,
    embedded: Option<EmbeddedPg>,
    pool_size: u32,
}

impl Database {
    async fn start(config: &Config) -> anyhow::Result<Self> {
        let (embedded, owner) = match &config.database_url {
            Some(url) => (None, url.clone()),
            None => {
                let base_dir = config.data_dir.join("postgres");
                let pg = EmbeddedPg::start(Options { base_dir, durable: true, max_connections: 100 }).await?;
                let url = pg.superuser_url("postgres");
                (Some(pg), url)
            }
        };
        let urls = Urls::derive(&owner, config.database_app_url.as_deref(), config.database_system_url.as_deref(), &config.secret_key)?;
        Ok(Self { urls, embedded, pool_size: config.db_pool_size })
    }

    fn connect(&self) -> Db {
        Db::new(&self.urls, self.pool_size)
    }

    async fn stop(self) {
        if let Some(pg) = self.embedded
            && let Err(error) = pg.stop().await
        {
            tracing::warn!(%error, "the embedded PostgreSQL did not stop");
        }
    }
}

fn until_told_to_stop() -> CancellationToken {
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::task::spawn(async move {
        let terminated = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => drop(signal.recv().await),
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = terminated => {}
        }
        told.cancel();
    });
    stop
}

async fn serve(config: Config, demo: bool, with_worker: bool) -> anyhow::Result<()> {
    let address = SocketAddr::new(config.host, config.port);
    // Heard from here on, so that whoever interrupts the start leaves no PostgreSQL behind.
    let stop = until_told_to_stop();
    let database = Database::start(&config).await?;
    if database.embedded.is_some() || !config.production {
        db::migrate(&database.urls, &config.secret_key).await?;
        reference::plant(&database.connect()).await?;
    }
    let app = app::build(config, database.connect()).await?;
    if demo {
        seed_demo(&app).await?;
    }
    let router = app::router(&app)?;
    let listener = tokio::net::TcpListener::bind(address).await.with_context(|| format!("listening on {address}"))?;
    let address = listener.local_addr()?;
    eprintln!("\n  Balanza   http://{address}\n  API docs  http://{address}/docs/");
    if demo {
        eprintln!("  Demo      {}  /  {}", app.config.demo_email, app.config.demo_password);
    }
    eprintln!();

    let worker = with_worker.then(|| tokio::task::spawn(queue::work(app.clone(), jobs::work(), stop.clone())));
    let limiter = Arc::clone(&app.limiter);
    tokio::task::spawn(async move {
        loop {
            tokio::time::sleep(std::time::Duration::from_secs(60)).await;
            limiter.tidy();
        }
    });
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async move { stop.cancelled().await })
        .await?;
    if let Some(worker) = worker {
        worker.await?;
    }
    app.db.close().await;
    database.stop().await;
    Ok(())
}

/// The demo company with a few products on the shelf; nothing if the demo person is there already.
async fn seed_demo(app: &App) -> anyhow::Result<()> {
    let new = NewRegistration {
        email: app.config.demo_email.clone(),
        name: "Demo".into(),
        password: SecretString::from(app.config.demo_password.clone()),
        company: Some(onboarding::NewCompanyName { name: "Panadería Sol".into(), country: "EC".into(), sector: Some("bakery".into()) }),
        token_delivery: identity::Delivery::Body,
    };
    let registered = match onboarding::register(app, new).await {
        Ok(registered) => registered,
        Err(problem) if problem.code() == "identity.registration_refused" => return Ok(()),
        Err(problem) => return Err(problem.into()),
    };
    let actor = Actor::new(registered.person, registered.company.context("the demo company")?);
    let mut tx = app.db.begin(&actor).await?;
    onboarding::set_up(&mut tx).await?;
    crate::imports::load_products(&mut tx, include_bytes!("../config/demo-products.csv")).await?;
    tx.commit().await?;
    Ok(())
}

#[derive(serde::Deserialize)]
struct FormerPerson {
    email: String,
    name: String,
    password_hash: String,
}

/// Each line by itself: one that cannot be taken is named and the others go on.
async fn import_people(app: &App, file: &std::path::Path) -> anyhow::Result<()> {
    let (mut added, mut known, mut wrong) = (0, 0, 0);
    for (line, row) in csv::Reader::from_path(file)?.deserialize::<FormerPerson>().enumerate() {
        let outcome = match row {
            Ok(row) => identity::import_person(app, &row.email, &row.name, &row.password_hash).await,
            Err(error) => Err(error.into()),
        };
        match outcome {
            Ok(true) => added += 1,
            Ok(false) => known += 1,
            Err(error) => {
                wrong += 1;
                eprintln!("line {}: {error:#}", line + 2);
            }
        }
    }
    println!("{added} people added, {known} known already, {wrong} not taken");
    anyhow::ensure!(wrong == 0, "some lines were not taken");
    Ok(())
}

async fn tenant(app: &App, urls: &Urls, act: Tenant) -> anyhow::Result<()> {
    let (what, done) = match act {
        Tenant::Export { slug, folder } => ("exported", archive::export(app, urls, &slug, &folder).await?),
        Tenant::Import { folder } => ("imported", archive::import(app, urls, &folder).await?),
        Tenant::Erase { slug, confirm } => {
            anyhow::ensure!(slug == confirm, "--confirm must be the slug of the company that is to be erased");
            ("erased", archive::erase(app, urls, &slug).await?)
        }
    };
    for (table, digest) in done.tables {
        println!("{table:30} {:>10} rows  {}", digest.rows, digest.md5);
    }
    println!("{what}: company {}, {} files", done.company, done.files);
    Ok(())
}

async fn verify_all(db: &Db) -> anyhow::Result<bool> {
    let mut whole = true;
    for (tenant, slug) in verify::companies(db).await? {
        let actor = Actor::new(uuid::Uuid::nil(), tenant);
        let mut tx = db.read(&actor).await?;
        let broken = verify::verify(&mut tx).await?;
        println!("{slug}: {}", if broken.is_empty() { "whole".to_owned() } else { broken.join("\n  ") });
        whole &= broken.is_empty();
    }
    Ok(whole)
}

async fn dev_database(config: Config, command: Vec<String>) -> anyhow::Result<ExitCode> {
    let base_dir = config.data_dir.join("dev-postgres");
    let pg = EmbeddedPg::start(Options { base_dir, durable: false, max_connections: 50 }).await?;
    let url = pg.superuser_url("postgres");
    let urls = Urls::derive(&url, None, None, &config.secret_key)?;
    db::migrate(&urls, &config.secret_key).await?;
    let (program, arguments) = command.split_first().context("a command to run")?;
    let status = tokio::process::Command::new(program).args(arguments).env("DATABASE_URL", &url).status().await;
    pg.stop().await?;
    Ok(if status?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
