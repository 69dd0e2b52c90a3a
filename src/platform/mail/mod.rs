//! Outgoing mail: SMTP where configured, else `.eml` files in the data folder; and the queue of letters that waits
//! for it.

mod queue;

use std::{path::Path, time::Duration};

use anyhow::Context;
use lettre::{
    Address, AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{self, PoolConfig},
};
use uuid::Uuid;

pub use self::queue::{Composer, Letter, Posted, post, send_one, sweep, work};
use super::{problem::Problem, templates::one_line};

/// How long a server may take to answer the telephone, and for the whole conversation.
const CONNECT: Duration = Duration::from_secs(20);
const CONVERSATION: Duration = Duration::from_secs(60);

#[derive(Clone)]
enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Files(AsyncFileTransport<Tokio1Executor>),
}

/// Sends; called from jobs and from the queue only, so that no request waits for a mail server.
#[derive(Clone)]
pub struct Mailer {
    transport: Transport,
    from: Mailbox,
    patience: Duration,
}

/// One message with at most one file.
pub struct Mail {
    /// What a receiver knows the message by: a second copy that has the same one is the same message.
    pub id: Uuid,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: Option<String>,
    pub attachment: Option<(String, Vec<u8>)>,
}

/// Why a message did not go out.
#[derive(Debug)]
pub struct Undelivered {
    /// It would be refused again: there is no such mailbox, say.
    pub lasting: bool,
    pub cause: anyhow::Error,
}

impl Undelivered {
    fn lasting(cause: impl Into<anyhow::Error>) -> Self {
        Self { lasting: true, cause: cause.into() }
    }

    fn passing(cause: impl Into<anyhow::Error>) -> Self {
        Self { lasting: false, cause: cause.into() }
    }

    /// What a server refuses for good is refused for good, unless the server speaks of itself or of us: it takes no
    /// mail (521), or not with our credentials (530 to 538). An operator mends that, and then the mail goes out.
    fn smtp(error: smtp::Error) -> Self {
        let ours = error.status().is_some_and(|status| {
            let status = u16::from(status);
            status == 521 || (530..540).contains(&status)
        });
        Self { lasting: error.is_permanent() && !ours, cause: error.into() }
    }
}

impl From<Undelivered> for Problem {
    fn from(undelivered: Undelivered) -> Self {
        Self::internal(undelivered.cause)
    }
}

impl Mailer {
    pub fn new(smtp_url: Option<&str>, from: &str, data_dir: &Path) -> anyhow::Result<Self> {
        let transport = match smtp_url {
            Some(url) => {
                // A conversation that we have given up must not be taken up by the next message: its answers would be
                // taken for those to the next one's commands. So each message has a connection of its own.
                let alone = PoolConfig::new().max_size(0);
                Transport::Smtp(AsyncSmtpTransport::<Tokio1Executor>::from_url(url)?.timeout(Some(CONNECT)).pool_config(alone).build())
            }
            None => {
                let folder = data_dir.join("mail");
                std::fs::create_dir_all(&folder)?;
                Transport::Files(AsyncFileTransport::new(folder))
            }
        };
        Ok(Self { transport, from: from.parse()?, patience: CONVERSATION })
    }

    /// With another limit to the whole conversation with the server.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The sender's name, as recipients see it.
    #[must_use]
    pub fn brand(&self) -> &str {
        self.from.name.as_deref().unwrap_or("Balanza")
    }

    /// Hands the message to the server, which has then taken it on.
    pub async fn send(&self, mail: Mail) -> Result<(), Undelivered> {
        let message = self.message(mail)?;
        match &self.transport {
            Transport::Smtp(smtp) => match tokio::time::timeout(self.patience, smtp.send(message)).await {
                Ok(sent) => sent.map(drop).map_err(Undelivered::smtp),
                Err(_) => Err(Undelivered::passing(anyhow::anyhow!("the mail server has not finished in {:?}", self.patience))),
            },
            Transport::Files(files) => files.send(message).await.map(drop).map_err(Undelivered::passing),
        }
    }

    /// No header holds anything but its own value: an address with a line break is none, and a subject is one line.
    fn message(&self, mail: Mail) -> Result<Message, Undelivered> {
        let to: Address = mail.to.parse().context("the recipient").map_err(Undelivered::lasting)?;
        let builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(one_line(&mail.subject))
            .date_now()
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            // So that no mailbox answers that its owner is on holiday.
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into()));
        let pdf = ContentType::parse("application/pdf").map_err(Undelivered::lasting)?;
        let attachment = mail.attachment.map(|(name, bytes)| Attachment::new(name).body(bytes, pdf));
        let text = SinglePart::plain(mail.text);
        let both = |text, html| MultiPart::alternative().singlepart(text).singlepart(SinglePart::html(html));
        let message = match (mail.html, attachment) {
            (None, None) => builder.singlepart(text),
            (None, Some(file)) => builder.multipart(MultiPart::mixed().singlepart(text).singlepart(file)),
            (Some(html), None) => builder.multipart(both(text, html)),
            (Some(html), Some(file)) => builder.multipart(MultiPart::mixed().multipart(both(text, html)).singlepart(file)),
        };
        message.map_err(Undelivered::lasting)
    }
}
