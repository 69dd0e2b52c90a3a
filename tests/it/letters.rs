//! The letters, as people get them: every one of them whole, in every language, and saying nothing but what it should.

use std::collections::{BTreeMap, BTreeSet};

use balanza::platform::templates::{LANGUAGES, LETTERS, Rendered, letter};
use regex::Regex;
use serde_json::{Map, Value, json};

/// What a field may say, and says nowhere else.
fn sample(field: &str) -> Value {
    match field {
        "link" | "reset_link" => json!(format!("https://shop.example/{field}?token=t0ken&for=1")),
        "hours" => json!(7_001),
        "minutes" => json!(7_002),
        "days" => json!(7_003),
        "left" => json!(7_004),
        "code" => json!("482913"),
        "new_email" => json!("new@shop.example"),
        other => json!(format!("Some {other}")),
    }
}

fn data(fields: &[&str]) -> Map<String, Value> {
    fields.iter().chain(&["name", "brand"]).map(|field| ((*field).to_owned(), sample(field))).collect()
}

fn write(name: &str, language: &str, data: &Map<String, Value>) -> Rendered {
    letter(name, language, &Value::Object(data.clone())).unwrap_or_else(|problem| panic!("{name} in {language}: {problem:?}"))
}

/// What a browser would show of it, more or less.
fn shown(html: &str) -> String {
    let body = html.split("<body").nth(1).unwrap();
    let text = Regex::new("<[^>]*>").unwrap().replace_all(body, " ");
    let unescaped = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&#x2f;", "/"), ("&amp;", "&")];
    unescaped.iter().fold(text.into_owned(), |text, (from, to)| text.replace(from, to))
}

#[test]
fn every_letter_says_all_it_knows_in_every_language() {
    for (name, fields) in LETTERS {
        for language in LANGUAGES {
            let written = write(name, language, &data(fields));
            let seen = shown(&written.html);
            for field in fields.iter().chain(&["name", "brand"]) {
                let value = sample(field);
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                // A long text is wrapped; an address is not.
                let text = if value.starts_with("http") { written.text.clone() } else { written.text.replace('\n', " ") };
                assert!(text.contains(&value), "{name} in {language} does not say {field}:\n{text}");
                assert!(seen.contains(&value), "{name} in {language} does not show {field}:\n{seen}");
                let mut incomplete = data(fields);
                incomplete.remove(*field);
                let needed = letter(name, language, &Value::Object(incomplete)).is_err();
                assert_eq!(needed, fields.contains(field), "{name} in {language} without {field}");
            }
        }
    }
}

#[test]
fn every_letter_is_well_made_in_every_language() {
    let markup = Regex::new(r"\{\{|\}\}|\{%|%\}|\{#").unwrap();
    let absent = Regex::new(r"\b(none|undefined|null)\b").unwrap();
    let foreign = Regex::new(r#"(?i)<img|<script|<link|src=|url\(|@import|javascript:"#).unwrap();
    let addresses = Regex::new(r#"href="([^"]*)""#).unwrap();
    for (name, fields) in LETTERS {
        for language in LANGUAGES {
            let what = format!("{name} in {language}");
            let Rendered { subject, text, html } = write(name, language, &data(fields));
            assert!((10..=78).contains(&subject.chars().count()), "{what}: {subject}");
            assert!(!subject.contains(['\r', '\n']) && subject.trim() == subject, "{what}: {subject:?}");
            for part in [&subject, &text, &html] {
                assert!(!markup.is_match(part), "{what}: markup is left: {part}");
            }
            for part in [&subject, &text, &shown(&html)] {
                assert!(!absent.is_match(part), "{what}: something is missing: {part}");
            }
            assert!(!foreign.is_match(&html), "{what}: nothing is fetched from elsewhere: {html}");
            assert!(html.contains(&format!("<html lang=\"{}\">", if language == "pt" { "pt-BR" } else { language })), "{what}");
            for line in text.lines() {
                assert!(line.chars().count() <= 72 || line.starts_with("https://"), "{what}: {line:?}");
                assert!(line.trim_end() == line || line == "-- ", "{what}: {line:?}");
            }
            assert!(!text.contains("\n\n\n") && !text.starts_with('\n') && !text.contains("  \n"), "{what}:\n{text}");
            // The button's address can be read and copied, too.
            if fields.contains(&"link") {
                let href = "https://shop.example/link?token=t0ken&amp;for=1";
                assert_eq!(html.matches(&format!("href=\"{href}\"")).count(), 2, "{what}");
                assert!(html.contains(&format!(">{href}</a>")), "{what}");
                assert!(text.lines().any(|line| line == "https://shop.example/link?token=t0ken&for=1"), "{what}:\n{text}");
            }
            for address in addresses.captures_iter(&html) {
                assert!(address[1].starts_with("https://shop.example/"), "{what}: {}", &address[1]);
            }
        }
    }
}

/// Letter by letter, which parts it has.
fn parts(book: &toml::Value) -> BTreeMap<String, (BTreeSet<String>, usize, String)> {
    let parts = |words: &toml::Value| {
        let words = words.as_table().unwrap();
        let facts = words.get("facts").map(ToString::to_string).unwrap_or_default();
        (words.keys().cloned().collect(), words["paragraphs"].as_array().unwrap().len(), facts)
    };
    book["letters"].as_table().unwrap().iter().map(|(name, words)| (name.clone(), parts(words))).collect()
}

#[test]
fn the_languages_have_the_same_letters() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/mail");
    let known: BTreeSet<&str> = LETTERS.iter().map(|(name, _)| *name).collect();
    assert_eq!(known.len(), LETTERS.len(), "a letter is listed twice");
    let [es, en, pt]: [toml::Value; 3] =
        LANGUAGES.map(|language| toml::from_str(&std::fs::read_to_string(folder.join(format!("{language}.toml"))).unwrap()).unwrap());
    assert_eq!(parts(&es).keys().map(String::as_str).collect::<BTreeSet<_>>(), known);
    for other in [&en, &pt] {
        assert_eq!(parts(&es), parts(other));
        for table in ["facts", "roles"] {
            let names = |book: &toml::Value| book["common"][table].as_table().unwrap().keys().cloned().collect::<BTreeSet<_>>();
            assert_eq!(names(&es), names(other));
        }
    }
}

#[test]
fn what_people_call_themselves_is_text_and_nothing_else() {
    for language in LANGUAGES {
        let mut data = data(&["company", "inviter", "role", "link", "days"]);
        data.insert("company".into(), json!("<b>&\"{{ brand }}"));
        data.insert("inviter".into(), json!("Eve\r\n\r\nPlease pay <a href='https://evil.example'>here</a>\r\nBcc: all"));
        data.insert("name".into(), json!("</p><script>"));
        // The one field that the text does not wrap.
        data.insert("brand".into(), json!("Sol & <i>\r\nBcc: all"));
        let Rendered { subject, text, html } = write("invitation", language, &data);
        assert!(html.contains("&lt;b&gt;&amp;&quot;{{ brand }}") && html.contains("Sol &amp; &lt;i&gt;"), "{html}");
        assert!(!html.contains("<b>") && !html.contains("<script") && !html.contains("<i>") && !html.contains("<a href='"), "{html}");
        assert!(subject.contains("<b>&\"{{ brand }}"), "{subject}");
        assert!(text.contains("<b>&\"{{ brand }}") && text.contains("</p><script>"), "{text}");
        assert!(!text.lines().any(|line| line.starts_with("Bcc") || line.starts_with("Please")), "no line of its own:\n{text}");

        data.insert("company".into(), json!(format!("Café\r\nBcc: eve@evil.example {}", "muy largo ".repeat(30))));
        let subject = write("invitation", language, &data).subject;
        assert!(subject.chars().count() <= 78 && subject.ends_with('…') && !subject.contains(['\r', '\n']), "{subject:?}");
    }
}

#[test]
fn a_link_leads_to_the_web() {
    let with = |link: &str| {
        let mut data = data(&["link", "hours"]);
        data.insert("link".into(), json!(link));
        letter("verify_email", "es", &Value::Object(data))
    };
    for link in ["javascript:alert(1)", "data:text/html,x", "/verify", "", "//shop.example/x", "https://"] {
        assert!(with(link).is_err(), "{link}");
    }
    let html = with("https://shop.example/a'b\"c<d>?e=f\"g'&h#i\"<j>").unwrap().html;
    assert!(html.contains("href=\"https://shop.example/a&#39;b%22c%3Cd%3E?e=f%22g%27&amp;h#i%22%3Cj%3E\""), "{html}");
}

#[test]
fn another_language_is_answered_in_spanish() {
    let subject = |language: &str| write("password_changed", language, &data(&["at", "device", "ip"])).subject;
    for (language, expected) in [
        ("es", "Su contraseña cambió"),
        ("es-EC", "Su contraseña cambió"),
        ("fr", "Su contraseña cambió"),
        ("", "Su contraseña cambió"),
        ("en", "Your password has changed"),
        ("EN_us", "Your password has changed"),
        ("pt-BR", "Sua senha foi alterada"),
    ] {
        assert_eq!(subject(language), expected, "{language:?}");
    }
    assert!(letter("no_such_letter", "es", &json!({})).is_err());
}

#[test]
fn numbers_and_absences_read_well() {
    let data = json!({ "link": "https://shop.example/x", "hours": 1, "name": "" });
    let text = letter("verify_registration", "es", &data).unwrap().text;
    assert_eq!(
        text,
        "Confirme su correo electrónico

Hola:

Gracias por registrarse en Balanza. Para activar su cuenta, confirme que
esta dirección de correo es suya.

El enlace es válido durante 1 hora y puede usarse una sola vez.

Confirmar mi correo:
https://shop.example/x

Si usted no se registró, ignore este mensaje: sin la confirmación, la
cuenta no se activará.

-- 
Balanza
Este es un mensaje automático de Balanza; no es necesario responderlo.
"
    );
    let data = json!({ "at": "23/11/2026 10:15", "device": "", "ip": "192.0.2.7", "name": "Sol" });
    let written = letter("password_changed", "en", &data).unwrap();
    assert!(written.text.contains("Hello Sol,\n"), "{}", written.text);
    assert!(written.text.contains("\n\nDate and time: 23/11/2026 10:15\nIP address: 192.0.2.7\n\n"), "{}", written.text);
    assert!(!written.html.contains("Device"), "what is not known is not listed");
}
