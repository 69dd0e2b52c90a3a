//! Outgoing mail: SMTP where configured, else `.eml` files in the data folder.

use std::path::Path;

use lettre::{
    AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Attachment, Mailbox, MultiPart, SinglePart, header::ContentType},
};

use super::problem::Problem;

#[derive(Clone)]
enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Files(AsyncFileTransport<Tokio1Executor>),
}

/// Sends; called from jobs only, so that no request waits for a mail server.
#[derive(Clone)]
pub struct Mailer {
    transport: Transport,
    from: Mailbox,
}

/// One message with at most one file.
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub attachment: Option<(String, Vec<u8>)>,
}

impl Mailer {
    pub fn new(smtp_url: Option<&str>, from: &str, data_dir: &Path) -> anyhow::Result<Self> {
        let transport = match smtp_url {
            Some(url) => Transport::Smtp(AsyncSmtpTransport::<Tokio1Executor>::from_url(url)?.build()),
            None => {
                let folder = data_dir.join("mail");
                std::fs::create_dir_all(&folder)?;
                Transport::Files(AsyncFileTransport::new(folder))
            }
        };
        Ok(Self { transport, from: from.parse()? })
    }

    pub async fn send(&self, mail: Mail) -> Result<(), Problem> {
        let to: Mailbox = mail.to.parse().map_err(Problem::internal)?;
        let mut parts = MultiPart::mixed().singlepart(SinglePart::plain(mail.text));
        if let Some((name, bytes)) = mail.attachment {
            let pdf = ContentType::parse("application/pdf").map_err(Problem::internal)?;
            parts = parts.singlepart(Attachment::new(name).body(bytes, pdf));
        }
        let message =
            Message::builder().from(self.from.clone()).to(to).subject(mail.subject).multipart(parts).map_err(Problem::internal)?;
        match &self.transport {
            Transport::Smtp(smtp) => smtp.send(message).await.map(drop).map_err(Problem::internal),
            Transport::Files(files) => files.send(message).await.map(drop).map_err(Problem::internal),
        }
    }
}
