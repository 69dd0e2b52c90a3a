//! Which passwords are taken, how they are kept, and that hashes of the systems before Balanza still let people in.

use std::{
    collections::BTreeSet,
    io::Read,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use balanza::platform::passwords::{
    Cost, Hasher, Verdict, is_known_hash,
    strength::{Weakness, check},
};
use proptest::prelude::*;
use serde_json::json;

use crate::support::{PASSWORD, TestApp, folder};

const QUICK: Cost = Cost { memory_kib: 1024, milliseconds: 0 };

async fn verify(hasher: &Hasher, password: &str, stored: &str) -> Verdict {
    hasher.verify(password.to_owned().into(), Some(stored.to_owned())).await.unwrap()
}

async fn hash(cost: Cost, password: &str) -> String {
    Hasher::start(cost).unwrap().hash(password.to_owned().into()).await.unwrap()
}

const UNICODE: &str = "Contraseña-ñandú-日本-🥐1";
/// 89 bytes in UTF-8.
const LONG: &str = "Una frase muy larga, con más de setenta y dos bytes, para ver dónde se corta: aquí. 1A";
/// Its first 72 bytes.
const CUT: &str = "Una frase muy larga, con más de setenta y dos bytes, para ver dónde se";

/// bcrypt of the password itself. By passlib 1.7.4 on bcrypt 4.0.1 (`bcrypt.using(rounds=5, ident=…).hash(…)`), and
/// those that begin with `bcrypt$$` by Django 5.2.19 (`BCryptPasswordHasher`, rounds 5).
const PLAIN: [(&str, &str); 13] = [
    (PASSWORD, "$2a$05$SO9b/Kcz33D4MGMQNWbHJOucx9hKKU9sxSCj8o40WbAC7IVqmbZP6"),
    (PASSWORD, "$2b$05$5I5glAHz0/tJFEMaAgjoPOnGZlRSpLPGBgixBkFPARVAsIhSRnybG"),
    (PASSWORD, "$2y$05$4nAairSiZm/GBeC.NR3Di.7rR6Z3vZmY1RGcmwdy6dP4pF9YFsCHS"),
    (PASSWORD, "bcrypt$$2b$05$tsPpsbaYjgimVQyudXyTwut24mPWGADFTS6/6o63oCWamObS7hnWO"),
    (UNICODE, "$2a$05$u//dBnKPjUgQ7eOxD3llKO51nVLuG/JP5Y6UQq5K6ocF3W9t.B1Fy"),
    (UNICODE, "$2b$05$/N/p42bVjmtQsb.l1pxIGu5VGqdyQ.VYWKrlQbY0Hsw9IZyaLf6Ri"),
    (UNICODE, "$2y$05$BEdr3ekIyaCgWrRUQ3fXeOyPmVgGi3F4zieFlaZjnKL/Y0y/nclJa"),
    (UNICODE, "bcrypt$$2b$05$ZxhtueiKzh4LawTMt3vYdeIjckN/J274Pw9VJVVkVUZoi1AURYw4."),
    (LONG, "$2a$05$T3Jld7gsUp2YdPzGKkpTIegOpbgL1XohAc6bS7Qfd0TzZGYf4WZMG"),
    (LONG, "$2b$05$xLm3LKzFi8lR6SNoTcnZz.tnncpeqg1akQ2FZhNn60uIqW33TKWb2"),
    (LONG, "$2y$05$GuR7zhL0MxC5I8lxdr0BDePGwRdWzf837lDgNB2T/A5ord9M/0tty"),
    (LONG, "bcrypt$$2b$05$ZFt4qohKTz4THL/rX6KsReWnN81izerhy3sonvzThsRMZrVoaJ9.."),
    // By bcrypt 4.0.1 (`bcrypt.hashpw(…, bcrypt.gensalt(10))`).
    (PASSWORD, "$2b$10$bvy3g/hhCtYOFr0hHf4GR.WeSLMDqpnuJ6eO44A3eXqSXgKe4nBtu"),
];

/// bcrypt of a digest. By passlib 1.7.4 on bcrypt 4.0.1 (`bcrypt_sha256.using(rounds=5, version=…, ident=…).hash(…)`, the
/// last with its defaults), and those that begin with `bcrypt_sha256$$` by Django 5.2.19 (`BCryptSHA256PasswordHasher`,
/// rounds 5).
const DIGESTED: [(&str, &str); 13] = [
    (PASSWORD, "$bcrypt-sha256$2a,5$F8b4lBqcDafvlhZMUYZeBu$r.fzrxk3p.WPL0dhUdufEKHIGsrej52"),
    (PASSWORD, "$bcrypt-sha256$2b,5$v3PdIJB6IFvWDCNgLZY7e.$BvsM2VrralmPnXl1.Pg.PBT.DSk/WKm"),
    (PASSWORD, "$bcrypt-sha256$v=2,t=2b,r=5$usf124E3IrkZAlV0KTtJ8e$gCxj/mWDTuW9A8xbqa8Kid5Lq.xXQbW"),
    (PASSWORD, "bcrypt_sha256$$2b$05$HwZ/y7X4I.pBE8MUXWsHHurpuKNaHH3bvKH6kZOi6n7sbFYC4sFwm"),
    (UNICODE, "$bcrypt-sha256$2a,5$NeMMY.EcMEZK.NIqv4aeBu$.4DUn9VTEHp19nqpJ9q5wjtKUDAcAWW"),
    (UNICODE, "$bcrypt-sha256$2b,5$pZLZbbNzKGghnmyRFl7Cp.$TPj7lKBUN1/selwLyQT0gO8xPS.1kpG"),
    (UNICODE, "$bcrypt-sha256$v=2,t=2b,r=5$EV7qmofgRdySWf69JvPrOO$r/ZFhUSsr/M17fwPsht6K/04IMLNGi6"),
    (UNICODE, "bcrypt_sha256$$2b$05$1v.JOZctVI6a52h3sUnK4.Fcv1n/JQxkEyA5VoGO7PrUtW51U3oNK"),
    (LONG, "$bcrypt-sha256$2a,5$XOXIO/QHFgSgbTxx6ZLtDe$ntzWXcJBFGZpMbuVuNwDmFDPVv78S/W"),
    (LONG, "$bcrypt-sha256$2b,5$gaySg.mEEXvpdWS4CqeoPu$TcS8LcJQl4JZobzsgFBr6bC32qSY38W"),
    (LONG, "$bcrypt-sha256$v=2,t=2b,r=5$6gwqenEzjYWoaRNeZrJy5u$y2kPDwddj8rqauoIF24vfhTEm08SSgS"),
    (LONG, "bcrypt_sha256$$2b$05$G98DkKf9mw3gcCfi7h3MFeWLy1JeLQ6WPVldUuBOavC8WJfgTIhI2"),
    (PASSWORD, PASSLIB),
];

const PASSLIB: &str = "$bcrypt-sha256$v=2,t=2b,r=12$pVwkjpzBXB0qHuM4d8k.Cu$HCsu2jXwxX7EfuU4AxmaHUHNYneCWqq";

#[tokio::test]
async fn hashes_of_the_systems_before_are_read() {
    let hasher = Hasher::start(QUICK).unwrap();
    for (password, stored) in PLAIN.into_iter().chain(DIGESTED) {
        assert!(is_known_hash(stored), "{stored}");
        assert_eq!(verify(&hasher, password, stored).await, Verdict::RightButOld, "{stored}");
        for wrong in [format!("x{password}"), password.to_lowercase(), String::new()] {
            assert_eq!(verify(&hasher, &wrong, stored).await, Verdict::Wrong, "{wrong}: {stored}");
        }
    }
}

#[tokio::test]
async fn bcrypt_itself_looks_at_72_bytes_and_what_is_put_before_it_at_all() {
    assert_eq!((LONG.len(), CUT.len()), (89, 72));
    let hasher = Hasher::start(QUICK).unwrap();
    for (_, stored) in PLAIN.iter().filter(|(password, _)| *password == LONG) {
        for same in [CUT.to_owned(), format!("{CUT} another end")] {
            assert_eq!(verify(&hasher, &same, stored).await, Verdict::RightButOld, "{stored}");
        }
        assert_eq!(verify(&hasher, &CUT[..71], stored).await, Verdict::Wrong, "{stored}");
    }
    for (_, stored) in DIGESTED.iter().filter(|(password, _)| *password == LONG) {
        assert_eq!(verify(&hasher, CUT, stored).await, Verdict::Wrong, "{stored}");
    }
}

/// By passlib 1.7.4 on argon2-cffi 25.1.0 (`argon2.using(…).hash(…)`).
#[tokio::test]
async fn argon2_of_other_parameters_is_read_and_said_to_be_old() {
    let hasher = Hasher::start(QUICK).unwrap();
    let lanes = "$argon2id$v=19$m=1024,t=2,p=2$mdOacw6hNEYopdS6l1KKcQ$OWGlB7t/5MaNlKUOQE3ORcjZfLJs0KfyFahl+Q8vYcM";
    assert_eq!(verify(&hasher, PASSWORD, lanes).await, Verdict::Right, "as much memory, as many iterations");
    let i = "$argon2i$v=19$m=512,t=3,p=1$cA5B6L3X2pvzHkMIgRAi5A$Ax3OWIBBDmSOpaPNMB+D60+XiIHT926lUXNNJdEb3w4";
    assert_eq!(verify(&hasher, UNICODE, i).await, Verdict::RightButOld, "not argon2id");
    assert!(is_known_hash(lanes) && is_known_hash(i));
    assert_eq!(verify(&hasher, "Not-her-password-1", lanes).await, Verdict::Wrong);

    let less = hash(Cost { memory_kib: 512, ..QUICK }, PASSWORD).await;
    assert_eq!(verify(&hasher, PASSWORD, &less).await, Verdict::RightButOld, "{less}");
    let more = hash(Cost { memory_kib: 2048, ..QUICK }, PASSWORD).await;
    assert_eq!(verify(&hasher, PASSWORD, &more).await, Verdict::Right, "{more}");
    let longer = Cost { milliseconds: 60_000, ..QUICK };
    let today = hash(QUICK, PASSWORD).await;
    assert_eq!(verify(&Hasher::start(longer).unwrap(), PASSWORD, &today).await, Verdict::RightButOld, "{today}");
}

#[tokio::test]
async fn a_hash_says_what_it_cost() {
    let begins = async |memory_kib, milliseconds, parameters: &str| {
        let hash = hash(Cost { memory_kib, milliseconds }, PASSWORD).await;
        assert!(hash.starts_with(&format!("$argon2id$v=19$m={memory_kib},t={parameters},p=1$")), "{hash}");
        let hasher = Hasher::start(Cost { memory_kib, milliseconds: 0 }).unwrap();
        assert_eq!(verify(&hasher, PASSWORD, &hash).await, Verdict::Right);
        assert_eq!(verify(&hasher, "Not-her-password-1", &hash).await, Verdict::Wrong);
    };
    begins(1024, 0, "2").await;
    // Sixty-four megabytes take longer than a millisecond anywhere, one less than a minute.
    begins(65_536, 1, "2").await;
    begins(1024, 60_000, "10").await;
    assert!(Hasher::start(Cost { memory_kib: 1, milliseconds: 0 }).is_err(), "less than argon2 can do with");
}

#[tokio::test]
async fn what_cannot_be_read_or_would_take_too_long_fits_nobody() {
    let hasher = Hasher::start(QUICK).unwrap();
    let bcrypt = PLAIN[1].1;
    let argon2 = hash(QUICK, PASSWORD).await;
    let strange = [
        String::new(),
        "!".into(),
        PASSWORD.into(),
        bcrypt.replace("$05$", "$16$"),
        bcrypt.replace("$05$", "$31$"),
        bcrypt.replace("$05$", "$03$"),
        bcrypt.replace("$05$", "$+5$"),
        bcrypt.replace("$05$", "$005$"),
        bcrypt.replace("$2b$", "$2x$"),
        bcrypt.replace("$2b$", "$2$"),
        bcrypt[..59].into(),
        format!("{bcrypt}."),
        bcrypt.replacen("ny", "é", 1),
        PASSLIB.replace("r=12", "r=16"),
        PASSLIB.replace("v=2", "v=3"),
        DIGESTED[0].1.replace("2a,5", "2a,16"),
        DIGESTED[3].1.replace("$05$", "$16$"),
        argon2.replace("m=1024", "m=1048577"),
        argon2.replace("m=1024,t=2", "m=1048576,t=11"),
        argon2.replace("t=2", "t=4294967295"),
        argon2.replace("p=1", "p=17"),
        argon2.replace("$argon2id$", "$scrypt$"),
        argon2[..argon2.rfind('$').unwrap()].into(),
    ];
    for stored in strange {
        assert!(!is_known_hash(&stored), "{stored}");
        assert_eq!(verify(&hasher, PASSWORD, &stored).await, Verdict::Wrong, "{stored}");
    }
    assert!(is_known_hash(&bcrypt.replace("$05$", "$15$")) && is_known_hash(&argon2));
    // Bits behind the last byte of the salt, which some libraries have left there, change nothing.
    let (salt, digest) = bcrypt.split_at(29);
    let dirty = format!("{}P{digest}", &salt[..28]);
    assert_ne!(dirty, bcrypt);
    assert_eq!(verify(&hasher, PASSWORD, &dirty).await, Verdict::RightButOld);
}

/// Whoever asks for an unknown address must wait as long as for a known one.
#[tokio::test]
async fn a_stranger_costs_what_a_friend_costs() {
    let hasher = Hasher::start(Cost { memory_kib: 65_536, milliseconds: 0 }).unwrap();
    let friend = hasher.hash(PASSWORD.to_owned().into()).await.unwrap();
    // The least of some turns: that is when nobody else wanted the processor.
    let mut least = [Duration::MAX; 3];
    for _ in 0..5 {
        for (least, stored) in least.iter_mut().zip([Some(friend.clone()), None, Some("unreadable".to_owned())]) {
            let (known, began) = (stored.as_ref() == Some(&friend), Instant::now());
            let verdict = hasher.verify(PASSWORD.to_owned().into(), stored).await.unwrap();
            *least = began.elapsed().min(*least);
            assert_eq!(verdict, if known { Verdict::Right } else { Verdict::Wrong });
        }
    }
    let [known, none, unreadable] = least;
    assert!(none * 2 > known && unreadable * 2 > known && known * 2 > none, "{least:?}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn threads_for_passwords_give_way_to_all_others() {
    let _hasher = Hasher::start(QUICK).unwrap();
    let nice = |task: &std::path::Path| -> Option<i32> {
        let text = std::fs::read_to_string(task.join("stat")).ok()?;
        let (before, after) = text.rsplit_once(") ")?;
        // The nineteenth field, of which two stand before.
        before.ends_with("(passwords").then(|| after.split(' ').nth(16).unwrap().parse().unwrap())
    };
    // One that has just begun has not said so yet.
    for patience in (0..100).rev() {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap();
        let all: Vec<i32> = tasks.filter_map(|task| nice(&task.unwrap().path())).collect();
        if !all.is_empty() && all.iter().all(|nice| *nice >= 10) {
            break;
        }
        assert!(patience > 0, "{all:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let here = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
    let nice: i32 = here.rsplit_once(") ").unwrap().1.split(' ').nth(16).unwrap().parse().unwrap();
    assert!(nice < 10, "the others stay where they are");
}

const SOL: &[&str] = &["sol@panaderia.example", "Sol Vega"];
const MARIA: &[&str] = &["maria.guzman85@mail.example", "María José Guzmán", "Ferretería El Cóndor"];

#[test]
fn strong_passwords_are_taken() {
    let long = format!("{}A1!", "correct horse battery staple ".repeat(4));
    let longest: String = UNICODE.chars().cycle().take(128).collect();
    let mut wrong = vec![];
    for (password, context) in [
        (PASSWORD, SOL),
        ("Balanza-demo-2026", &[]),
        ("Balanza-demo-2026", &["demo@balanza.example", "Demo", "Panadería Sol"]),
        // With words that are on the list, but are not the password.
        ("Correct horse battery staple 1", MARIA),
        ("My password is not yours 7", MARIA),
        ("Dragon eats 3 sunsets, slowly", &[]),
        (&long, &[]),
        (&longest, &[]),
        (UNICODE, MARIA),
        // Names, and a whole password beside them.
        ("Maria-kx7Qw-zu2pRt", MARIA),
        // A short name is in many words.
        ("Solidago-virgaurea-7", SOL),
        ("Sol7-kwxQz", SOL),
        // Signs that could stand for several letters are no fault.
        ("xK4@w1!zQ#", &[]),
        ("xK7#mQ2$w", &[]),
    ] {
        wrong.extend(check(password, context).err().map(|weakness| format!("{password} for {context:?} is {weakness:?}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn weak_passwords_are_refused_for_what_they_are() {
    use Weakness::{Guessable, Leaked, NotMixed, Personal, TooLong, TooShort};
    let too_long = format!("{}é", "xK7#mQ2$".repeat(16));
    let mut wrong = vec![];
    for (password, context, weakness, code) in [
        ("", SOL, TooShort, "password_too_short"),
        ("xK7#mQ2", SOL, TooShort, "password_too_short"),
        ("ñÑ7#ñÑ2", SOL, TooShort, "password_too_short"),
        (&too_long, SOL, TooLong, "password_too_long"),
        ("pan-de-yuca-2026", SOL, NotMixed, "password_not_mixed"),
        ("PAN-DE-YUCA-2026", SOL, NotMixed, "password_not_mixed"),
        ("Pan-de-yuca-otra", SOL, NotMixed, "password_not_mixed"),
        ("Pan0de0yuca02026", SOL, NotMixed, "password_not_mixed"),
        ("Password1!", SOL, Leaked, "password_compromised"),
        ("Password2026!", SOL, Leaked, "password_compromised"),
        ("P@ssw0rd", SOL, Leaked, "password_compromised"),
        ("P@$$w0rd!2026", SOL, Leaked, "password_compromised"),
        ("$unshine-1A", &[], Guessable, "password_guessable"),
        ("$unsHine-1", SOL, Leaked, "password_compromised"),
        ("1!-Ch0c01ate", SOL, Leaked, "password_compromised"),
        ("Qwerty123!", SOL, Leaked, "password_compromised"),
        ("4dministr4tor#A", &[], Guessable, "password_guessable"),
        ("!!Adm1n1strat0r!!", SOL, Leaked, "password_compromised"),
        ("Welcome@123", SOL, Leaked, "password_compromised"),
        ("L1verp00l#2", SOL, Leaked, "password_compromised"),
        ("¡Barcelona2026!", SOL, Leaked, "password_compromised"),
        ("Solvega-2026!", SOL, Personal, "password_personal"),
        ("Vega-77-xQ", SOL, Personal, "password_personal"),
        ("Guzman_Maria_1985", MARIA, Personal, "password_personal"),
        ("Ferreteria#1", MARIA, Personal, "password_personal"),
        ("F3rr3t3r!4#26x", MARIA, Personal, "password_personal"),
        ("CÓNDOR-kq-26", MARIA, Personal, "password_personal"),
        ("ElCondor-8k2#", MARIA, Personal, "password_personal"),
        ("xK7#mQ2$", SOL, Guessable, "password_guessable"),
        ("31-January-2026", SOL, Leaked, "password_compromised"),
        ("31.12.2026-Ab", SOL, Guessable, "password_guessable"),
        ("Password-2026-2026-2026", SOL, Guessable, "password_guessable"),
    ] {
        let found = check(password, context);
        if found != Err(weakness) {
            wrong.push(format!("{password} for {context:?} is {found:?}, not {weakness:?}"));
        }
        assert_eq!(weakness.code(), code);
        assert!(weakness.detail().ends_with('.'), "a sentence");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The word is on the list; with the sign in it, it is not.
#[test]
fn signs_for_letters_make_no_new_password() {
    let list = leaked_passwords();
    let listed = |word: &str| list.lines().any(|line| line == word);
    for (sign, letter, word) in [
        ('@', 'a', "wandering"),
        ('4', 'a', "hindustan"),
        ('0', 'o', "radiohead"),
        ('1', 'i', "publisher"),
        ('1', 'l', "nightwolf"),
        ('3', 'e', "pendragon"),
        ('$', 's', "excursion"),
        ('5', 's', "townshend"),
        ('7', 't', "lovestory"),
        ('!', 'i', "victorhug"),
    ] {
        let signed = word.replace(letter, &sign.to_string());
        assert!(listed(word) && !listed(&signed) && signed != word, "{signed}");
        let password = format!("26-{}{}!", signed[..1].to_uppercase(), &signed[1..]);
        assert_eq!(check(&password, &[]), Err(Weakness::Leaked), "{password}");
    }
}

/// This one has signs for hundreds of readings, each of which takes zxcvbn a millisecond or more.
#[test]
fn no_password_keeps_a_thread_busy() {
    let many_signs = format!("Aa{}", "4@8({[<36901!|7$5+%2xX".repeat(5));
    let time = |password: &str| {
        let began = Instant::now();
        assert_eq!(check(password, SOL), Ok(()));
        began.elapsed()
    };
    let least = (0..3).map(|_| time(&many_signs)).min().unwrap();
    assert!(least < Duration::from_millis(200), "{least:?}");
}

fn leaked_passwords() -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(&include_bytes!("../../config/leaked-passwords.txt.gz")[..]).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn the_list_of_leaked_passwords_is_whole_and_every_line_is_found() {
    let text = leaked_passwords();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() >= 120_000 && text.ends_with('\n'), "{}", lines.len());
    assert!(lines.windows(2).all(|pair| pair[0] < pair[1]), "sorted, each once");
    let fit = |line: &&str| line.len() >= 5 && line.bytes().all(|b| (b' '..=b'~').contains(&b) && !b.is_ascii_uppercase());
    assert_eq!(lines.iter().find(|line| !fit(line)), None);
    let ends = [0, 1, lines.len() - 2, lines.len() - 1];
    for i in (0..lines.len()).step_by(61).chain(ends) {
        let first = lines[i].find(|c: char| c.is_ascii_lowercase()).unwrap();
        let password = format!("{}{}{}2026!", &lines[i][..first], lines[i][first..=first].to_uppercase(), &lines[i][first + 1..]);
        assert_eq!(check(&password, &[]), Err(Weakness::Leaked), "{password}");
    }
}

/// A failing case prints itself; nothing is written into the repository.
fn cases() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn what_a_password_manager_makes_is_taken(random in prop::collection::vec(prop::char::range('!', '~'), 60), at in 0..60_usize) {
        let mut random: String = random.into_iter().collect();
        random.insert_str(at, "aA0-");
        prop_assert_eq!(check(&random, MARIA), Ok(()));
    }

    #[test]
    fn a_check_always_ends_with_an_answer(password in any::<String>(), context in prop::collection::vec(any::<String>(), 0..4)) {
        let context: Vec<&str> = context.iter().map(String::as_str).collect();
        let _either = check(&password, &context);
        let _either = check(&format!("Aa1-{password}"), &context);
    }

    #[test]
    fn any_text_may_be_stored_in_place_of_a_hash(text in any::<String>(), vector in prop::sample::select(DIGESTED.to_vec()), at in any::<prop::sample::Index>()) {
        let _either = is_known_hash(&text);
        for head in ["$2b$", "$2b$12$", "$bcrypt-sha256$", "$bcrypt-sha256$v=2,t=", "bcrypt$$2b$", "$argon2id$v=19$"] {
            let known = is_known_hash(&format!("{head}{text}"));
            prop_assert!(!known, "{}{}", head, text);
        }
        let (before, after) = vector.1.split_at(at.index(vector.1.len()));
        let _either = is_known_hash(&format!("{before}{text}{after}"));
    }
}

async fn register(test: &TestApp, password: &str) -> (String, crate::support::Answer) {
    let email = format!("{}@shop.example", uuid::Uuid::new_v4().simple());
    let company = json!({ "name": "Ferretería El Cóndor", "country": "EC" });
    let new = json!({ "email": email, "name": "Zoraida Quiñones", "password": password, "company": company });
    let answer = test.nobody().post("/api/v1/auth/register", new).await;
    (email, answer)
}

#[tokio::test]
async fn nobody_registers_with_a_weak_password() {
    let test = TestApp::start().await;
    for (password, code) in [
        ("Short-1", "password_too_short"),
        ("Password2026!", "password_compromised"),
        ("Zoraida-2026!", "password_personal"),
        ("Ferreteria-2026", "password_personal"),
        ("Password-2026-2026-2026", "password_guessable"),
    ] {
        let refused = register(&test, password).await.1.expect(422);
        let error = &refused["errors"][0];
        assert_eq!((&refused["code"], &error["pointer"], &error["code"]), (&json!("validation_failed"), &json!("/password"), &json!(code)));
    }
    register(&test, PASSWORD).await.1.expect(201);
}

async fn stored(test: &TestApp, email: &str) -> String {
    let mut superuser = test.superuser().await;
    sqlx::query_scalar("select password_hash from person where email = $1").bind(email).fetch_one(&mut superuser).await.unwrap()
}

fn hashes_made(test: &TestApp) -> u64 {
    let text = test.app.metrics.render();
    text.lines().find_map(|line| line.strip_prefix("password_hashes_total ")).map_or(0, |count| count.parse().unwrap())
}

#[tokio::test]
async fn a_hash_from_another_system_becomes_ours_when_its_owner_signs_in() {
    let test = TestApp::start().await;
    let (email, answer) = register(&test, "Another-tuna-7-xylophone").await;
    answer.expect(201);
    let mut superuser = test.superuser().await;
    let imported = sqlx::query("update person set password_hash = $2 where email = $1").bind(&email).bind(PASSLIB);
    assert_eq!(imported.execute(&mut superuser).await.unwrap().rows_affected(), 1);
    let log_in = async |password: &str| test.nobody().post("/api/v1/auth/login", json!({ "email": email, "password": password })).await;

    log_in("Another-tuna-7-xylophone").await.expect(401);
    assert_eq!(stored(&test, &email).await, PASSLIB, "whoever is wrong changes nothing");
    let before = hashes_made(&test);
    log_in(PASSWORD).await.expect(200);
    assert!(hashes_made(&test) >= before + 2, "one compared, one made");
    let ours = stored(&test, &email).await;
    assert!(ours.starts_with("$argon2id$"), "{ours}");
    log_in(PASSWORD).await.expect(200);
    log_in("Another-tuna-7-xylophone").await.expect(401);
    assert_eq!(stored(&test, &email).await, ours, "what is of today stays");
}

#[tokio::test]
async fn two_hundred_at_the_door_do_not_stall_the_shop() {
    // As in production, so that the crowd is there for a while.
    let test = TestApp::with(|config| config.password_memory_kib = 65_536).await;
    let shop = test.sign_up("Crowded", "EC").await;
    let (email, answer) = register(&test, PASSWORD).await;
    answer.expect(201);
    let answered = AtomicUsize::new(0);
    let nobody = test.nobody();
    let crowd = (0..200).map(|i| {
        let password = if i % 2 == 0 { PASSWORD } else { "Not-her-password-1" };
        let log_in = nobody.post("/api/v1/auth/login", json!({ "email": email, "password": password }));
        async {
            let answer = log_in.await;
            answered.fetch_add(1, Ordering::SeqCst);
            answer
        }
    });
    let shopkeeper = async {
        while answered.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        for _ in 0..20 {
            shop.get("/api/v1/company").await.expect(200);
        }
        answered.load(Ordering::SeqCst)
    };
    let (answers, answered_meanwhile) = futures::join!(futures::future::join_all(crowd), shopkeeper);
    assert!(answered_meanwhile < 200, "the shop has waited for the whole crowd");
    let mut seen = BTreeSet::new();
    for answer in answers {
        let status = answer.status.as_u16();
        seen.insert(status);
        assert!([200, 401, 503].contains(&status), "{}", String::from_utf8_lossy(&answer.bytes));
        if status == 503 {
            assert!(answer.headers.contains_key("retry-after"));
            assert_eq!(answer.json()["code"], "sign_in_busy");
        }
    }
    assert!(seen.contains(&200) && seen.contains(&401), "{seen:?}");
}

#[test]
fn costs_out_of_bounds_are_refused_at_the_start() {
    for (name, value) in [("PASSWORD_MEMORY_KIB", "1024"), ("PASSWORD_MEMORY_KIB", "1048577"), ("PASSWORD_MILLISECONDS", "1001")] {
        let said = std::process::Command::new(env!("CARGO_BIN_EXE_balanza"))
            .arg("verify")
            .env("DATA_DIR", folder())
            .env("PASSWORD_MEMORY_KIB", "65536")
            .env(name, value)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&said.stderr);
        assert!(said.status.code() == Some(78) && text.contains(&format!("{name}: must be from")), "{text}");
    }
}
