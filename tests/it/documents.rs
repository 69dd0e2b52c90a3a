//! What is written for people says what the code does: every error code, every setting.

use std::{collections::BTreeSet, path::Path};

use regex::Regex;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// All of `src/`, without its comments.
fn source() -> String {
    crate::architecture::files("src").iter().map(|(_, text)| crate::architecture::code(text)).collect::<Vec<_>>().join("\n")
}

fn captures(pattern: &str, text: &str) -> BTreeSet<String> {
    Regex::new(pattern).unwrap().captures_iter(text).map(|found| found[1].to_owned()).collect()
}

fn nothing(missing: impl Iterator<Item = String>, advice: &str) {
    let missing: Vec<String> = missing.collect();
    assert!(missing.is_empty(), "{advice}: {missing:?}");
}

#[test]
fn every_error_code_is_explained_and_every_explained_code_exists() {
    let (source, page) = (source(), read("docs/problems.md"));
    let explained = captures(r"(?m)^\| `([a-z_.]+)` \|", &page);
    let shortcuts = "conflict|unprocessable|bad_request|forbidden|unauthorized|unavailable";
    let mut given = captures(&format!(r#"\b(?:{shortcuts})\(\s*"([a-z_.]+)""#), &source);
    given.extend(captures(r#"StatusCode::[A-Z_]+,\s*"([a-z_.]+)""#, &source));
    given.extend(captures(r#"\bfield\([^,]+,\s*"([a-z_]+)""#, &source));
    given.extend(captures(r#"\bcode: "([a-z_]+)""#, &source));
    given.extend(captures(r#"=> "(password_[a-z_]+)""#, &source));
    assert!(given.len() > 40, "the patterns no longer find the codes: {given:?}");
    nothing(given.difference(&explained).cloned(), "explain these in docs/problems.md");
    nothing(explained.into_iter().filter(|code| !source.contains(&format!("\"{code}\""))), "docs/problems.md explains what nobody gives");
}

#[test]
fn every_error_code_is_provoked_by_a_test() {
    let tests: String = crate::architecture::files("tests").into_iter().map(|(_, text)| text).collect();
    let explained = captures(r"(?m)^\| `([a-z_.]+)` \|", &read("docs/problems.md"));
    // It takes thirty seconds to come.
    let explained = explained.into_iter().filter(|code| code != "timed_out");
    nothing(explained.filter(|code| !tests.contains(&format!("\"{code}\""))), "no test provokes these");
}

#[test]
fn every_setting_is_in_the_readme_and_in_the_sample() {
    let config = crate::architecture::code(&read("src/config.rs"));
    let mut read_by_us = captures(r#"\b(?:text|parsed|list|secret|needed|site)\("([A-Z][A-Z0-9_]+)""#, &config);
    read_by_us.extend(captures(r#"env::var(?:_os)?\("([A-Z][A-Z0-9_]+)""#, &source()));
    read_by_us.remove("PATH");
    assert!(read_by_us.len() > 20, "the patterns no longer find the settings: {read_by_us:?}");
    for (file, pattern) in [("README.md", r"(?m)^\| `([A-Z][A-Z0-9_]+)` \|"), (".env.example", r"(?m)^#?([A-Z][A-Z0-9_]+)=")] {
        let listed = captures(pattern, &read(file));
        nothing(read_by_us.difference(&listed).cloned(), &format!("add these to {file}"));
        nothing(listed.difference(&read_by_us).cloned(), &format!("{file} lists what nobody reads"));
    }
}

/// Every test, as `module::name`.
fn tests() -> BTreeSet<String> {
    crate::architecture::files("tests/it")
        .into_iter()
        .flat_map(|(file, text)| {
            let module = file.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
            let of_it = captures(r"(?s)#\[(?:tokio::)?test[^\]]*\]\s*(?:async )?fn ([a-z_0-9]+)", &text);
            let of_macros = captures(r"(?s)#\[test\]\s*fn ([a-z_0-9]+)", &text);
            of_it.union(&of_macros).map(|name| format!("{module}::{name}")).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn every_proof_of_the_security_page_is_a_test() {
    let named = captures(r"`([a-z_]+(?:::[a-z_0-9]+)+)`", &read("docs/security.md"));
    assert!(named.len() > 20, "the pattern no longer finds the names: {named:?}");
    nothing(named.difference(&tests()).cloned(), "docs/security.md names tests that are not there");
}

/// What the systems before could do is here, with a test that shows it, or is said to be planned.
#[test]
fn every_row_of_what_was_there_before_is_kept_or_planned() {
    let page = read("docs/seed-coverage.md");
    let document: serde_json::Value = serde_json::from_str(&read("openapi.json")).unwrap();
    let operations: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| item.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase())))
        .collect();
    let mut sections = 0;
    for section in page.split("\n## ").skip(1) {
        let heading = section.lines().next().unwrap();
        let rows: Vec<Vec<&str>> = section
            .lines()
            .filter(|line| line.starts_with("| ") && !line.starts_with("| There |"))
            .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
            .collect();
        assert!(heading.ends_with(&format!("({})", rows.len())), "## {heading}: it has {} rows", rows.len());
        for row in rows {
            assert_eq!(row.len(), 3, "{heading}: {row:?}");
            if row[2] == "planned" {
                continue;
            }
            let named = captures(r"`([A-Z]+ /[^`]+)`", row[1]);
            nothing(named.difference(&operations).cloned(), &format!("{heading}: {}: there is no such operation", row[0]));
            let shown = captures(r"`([a-z_]+(?:::[a-z_0-9]+)+)`", row[2]);
            assert!(!shown.is_empty(), "{heading}: {}: name the test that shows it, or say planned", row[0]);
            nothing(shown.difference(&tests()).cloned(), &format!("{heading}: {}: there is no such test", row[0]));
        }
        sections += 1;
    }
    assert_eq!(sections, 12, "five systems: what each could do, and at which addresses");
}
