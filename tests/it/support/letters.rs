//! Letters as tests read them. Tests share a queue, and whoever drains it may send another's letter: so all of them
//! are kept in one place.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use balanza::platform::{App, mail};

/// A letter that went out.
#[derive(Clone, Debug)]
pub struct Letter {
    recipient: String,
    name: String,
    pub subject: String,
    pub text: String,
}

impl Letter {
    /// The token in its link.
    #[track_caller]
    pub fn token(&self) -> String {
        let (_, rest) = self.text.split_once("#token=").unwrap_or_else(|| panic!("no link: {}", self.text));
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || ['-', '_'].contains(c)).collect()
    }

    /// The code that it tells.
    #[track_caller]
    pub fn code(&self) -> String {
        let digits = |word: &&str| word.len() == 8 && word.bytes().all(|b| b.is_ascii_digit());
        self.text.split_whitespace().find(digits).unwrap_or_else(|| panic!("no code: {}", self.text)).to_owned()
    }
}

static SENT: Mutex<Vec<Letter>> = Mutex::new(vec![]);

/// Sends every letter that is due.
pub async fn drain(app: &App) {
    let compose = balanza::jobs::composer();
    let compose: mail::Composer = Arc::new(move |app, posted| {
        let compose = Arc::clone(&compose);
        Box::pin(async move {
            let (recipient, name) = (posted.recipient.clone(), posted.name.clone());
            let rendered = compose(app, posted).await?;
            if let Some(rendered) = &rendered {
                let letter = Letter { recipient, name, subject: rendered.subject.clone(), text: rendered.text.clone() };
                SENT.lock().unwrap_or_else(PoisonError::into_inner).push(letter);
            }
            Ok(rendered)
        })
    });
    while mail::send_one(app, &compose).await.unwrap() {}
}

pub fn take(recipient: &str, name: &str) -> Option<Letter> {
    let mut sent = SENT.lock().unwrap_or_else(PoisonError::into_inner);
    let at = sent.iter().rposition(|letter| letter.recipient == recipient && letter.name == name)?;
    Some(sent.remove(at))
}

/// Waits for a letter: another test may be sending it right now.
pub async fn letter(app: &App, recipient: &str, name: &str) -> Letter {
    for _ in 0..100 {
        drain(app).await;
        if let Some(letter) = take(recipient, name) {
            return letter;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let sent = SENT.lock().unwrap_or_else(PoisonError::into_inner);
    let others: Vec<&str> = sent.iter().filter(|l| l.recipient == recipient).map(|l| l.name.as_str()).collect();
    panic!("no letter {name} to {recipient}; there are {others:?}");
}
