//! The shape of the code, read from its text: who may know whom, where SQL and HTTP may stand, how long a
//! file may be. Every list here only shrinks; every message says what to do instead.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// What each module may use, itself aside. A domain uses only what stands above it.
const MODULES: [(&str, &[&str]); 27] = [
    // Settings name a bucket as the platform defines it, and the platform carries the settings.
    ("config", &["platform"]),
    ("platform", &["config"]),
    ("identity", &["platform"]),
    ("reference", &["platform", "identity"]),
    ("files", &["platform"]),
    ("tenancy", &["platform", "identity", "reference"]),
    ("contacts", &["platform", "tenancy"]),
    ("catalogue", &["platform", "files", "tenancy"]),
    ("inventory", &["platform", "tenancy", "catalogue"]),
    ("payments", &["platform", "tenancy", "contacts", "accounting"]),
    ("banking", &["platform", "tenancy", "contacts", "accounting"]),
    // Reads the ledger's tables: balances are its face, as the day's statements are a bank's.
    ("reports", &["platform", "reference", "tenancy"]),
    ("accounting", &["platform", "reference", "tenancy", "contacts", "files", "catalogue"]),
    ("stock", &["platform", "tenancy", "contacts", "catalogue", "inventory", "accounting"]),
    ("replenishment", &["platform", "identity", "tenancy", "contacts", "catalogue", "inventory"]),
    ("pos", &["platform", "files", "tenancy", "contacts", "catalogue", "inventory", "accounting"]),
    ("imports", &["platform", "files", "tenancy", "contacts", "catalogue", "inventory", "accounting"]),
    ("onboarding", &["config", "platform", "identity", "reference", "tenancy", "billing", "catalogue", "inventory", "accounting", "pos"]),
    ("docs", &["platform"]),
    // Talks HTTP to a server, like any client.
    ("replay", &[]),
    // These four know whom they put together.
    ("jobs", &["platform", "identity", "files", "tenancy", "accounting", "billing", "imports", "pos", "replenishment", "stock"]),
    ("verify", &["platform"]),
    ("archive", &["platform"]),
    ("billing", &["platform", "identity", "tenancy"]),
    ("app", EVERYTHING),
    ("cli", EVERYTHING),
    ("main", &[]),
];

const EVERYTHING: &[&str] = &["*"];

/// Where SQL stands although it is neither a store nor the platform.
const SQL_ELSEWHERE: [(&str, &str); 1] = [("verify.rs", "the invariants of the books are questions in SQL")];

/// Where HTTP stands although it is neither an http.rs nor the platform.
const HTTP_ELSEWHERE: [(&str, &str); 4] = [
    ("app.rs", "puts the router together"),
    ("cli.rs", "serves it"),
    ("docs.rs", "is nothing but pages"),
    ("jobs.rs", "reading a job belongs to no domain"),
];

const MOST_LINES: usize = 700;

fn sources() -> Vec<(String, String)> {
    files("src")
}

/// Path inside the folder, and text, of every Rust file under it.
pub fn files(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = vec![];
    walk(&root, &mut found);
    found.sort();
    let text = |path: &Path| std::fs::read_to_string(path).unwrap();
    found.iter().map(|path| (path.strip_prefix(&root).unwrap().display().to_string(), text(path))).collect()
}

/// The code without its comments.
pub fn code(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn module_of(file: &str) -> &str {
    file.split('/').next().unwrap().trim_end_matches(".rs")
}

/// The modules that `crate::x` and `use crate::{x, y}` name.
fn used(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        // `$crate::` and `other_crate::` are something else.
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        let name = |text: &str| text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
        let Some(group) = rest.strip_prefix('{') else {
            found.insert(name(rest));
            continue;
        };
        let (mut depth, mut start) = (0_u32, true);
        for (i, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => start = true,
                c if start && !c.is_whitespace() => {
                    found.insert(name(&group[i..]));
                    start = false;
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn imports_are_read_as_they_are_written() {
    let code = "use crate::{\n    accounting::{self, tax::Share},\n    catalogue, inventory::{Demand},\n};\nfn f() { crate::imports::g(); $crate::not(); my_crate::not() }";
    assert_eq!(used(code), ["accounting", "catalogue", "imports", "inventory"].map(String::from).into());
}

#[test]
fn a_domain_uses_only_what_stands_before_it() {
    let table: BTreeMap<&str, &[&str]> = MODULES.into_iter().collect();
    let mut wrong = vec![];
    for (file, text) in sources() {
        let module = module_of(&file);
        if module == "lib" {
            continue;
        }
        let Some(allowed) = table.get(module) else {
            wrong.push(format!("{file}: the module {module} has no line in MODULES; give it one that names what it uses"));
            continue;
        };
        let code = code(&text);
        for name in used(&code).iter().filter(|name| *name != module) {
            if !allowed.contains(&name.as_str()) && *allowed != EVERYTHING {
                wrong.push(format!(
                    "{file} uses crate::{name}, but {module} stands before it. Documents call ledgers, never the other way: pass what \
                     {module} needs as an argument or an opaque source, or tell an outbox event that jobs.rs hands on"
                ));
            }
        }
        if code.contains("super::super::") {
            wrong.push(format!("{file}: super::super:: reaches around the module's face; use what its mod.rs publishes"));
        }
        if code.contains("balanza::") && file != "main.rs" {
            wrong.push(format!("{file}: say crate::, not balanza::, so that this test can read it"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_of_modules_has_no_circle_and_no_slack() {
    let table: BTreeMap<&str, &[&str]> = MODULES.into_iter().collect();
    let mut really: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, text) in sources() {
        really.entry(module_of(&file).to_owned()).or_default().extend(used(&code(&text)));
    }
    for (module, allowed) in MODULES {
        let used = really.get(module).unwrap_or_else(|| panic!("MODULES names {module}, which is gone: remove its line"));
        for name in allowed.iter().filter(|name| **name != "*") {
            assert!(used.contains(*name), "{module} no longer uses {name}: take it off its line in MODULES, the list only shrinks");
        }
        let mut reached: Vec<&str> = allowed.to_vec();
        for i in 0.. {
            let Some(next) = reached.get(i).copied() else { break };
            let further: Vec<&str> = table.get(next).map(|of| of.to_vec()).unwrap_or_default();
            reached.extend(further.into_iter().filter(|f| !reached.contains(f)).collect::<BTreeSet<_>>());
        }
        let circle = reached.contains(&module) && !["config", "platform"].contains(&module);
        assert!(!circle, "{module} is reached from what it uses");
    }
}

/// A file name in its place: `store.rs` and `http.rs` of any domain, the platform, and the exceptions.
fn stands(file: &str, kind: &str, elsewhere: &[(&str, &str)]) -> bool {
    file.starts_with("platform/") || file.ends_with(&format!("/{kind}.rs")) || elsewhere.iter().any(|(name, _)| *name == file)
}

#[test]
fn sql_and_http_stand_in_their_files() {
    let mut wrong = vec![];
    let mut needed = BTreeSet::new();
    for (file, text) in sources() {
        let code = code(&text);
        if code.contains("sqlx") {
            needed.insert(("sqlx", file.clone()));
            if !stands(&file, "store", &SQL_ELSEWHERE) {
                wrong.push(format!("{file}: SQL belongs into the domain's store.rs; a service tells the story and calls it"));
            }
        }
        if code.contains("axum") {
            needed.insert(("axum", file.clone()));
            if !stands(&file, "http", &HTTP_ELSEWHERE) {
                wrong.push(format!("{file}: requests and answers belong into the domain's http.rs"));
            }
        }
        let pure = ["/model.rs", "/posting.rs", "/tax.rs", "/money.rs"].iter().any(|name| file.ends_with(name));
        if pure && (code.contains("async ") || code.contains(".await") || code.contains("TenantTx")) {
            wrong.push(format!("{file}: rules are pure: no async, no transaction. Read in the service, decide here, write in the service"));
        }
        let lines = text.lines().count();
        if lines > MOST_LINES {
            wrong.push(format!("{file} has {lines} lines, more than {MOST_LINES}: cut it by noun, with the same file names again"));
        }
    }
    for (tool, elsewhere) in [("sqlx", &SQL_ELSEWHERE[..]), ("axum", &HTTP_ELSEWHERE[..])] {
        for (file, _) in elsewhere {
            assert!(needed.contains(&(tool, (*file).to_owned())), "{file} no longer uses {tool}: take it off the list");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The document knows types by their bare names: of two with one name it would show one for both.
#[test]
fn no_two_types_of_the_document_share_a_name() {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for (file, text) in sources() {
        let code = code(&text);
        for (at, _) in code.match_indices("ToSchema)]") {
            let rest = &code[at..];
            let Some(found) = ["struct ", "enum "].iter().filter_map(|word| rest.find(word).map(|i| i + word.len())).min() else {
                continue;
            };
            let name: String = rest[found..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if let Some(other) = known.insert(name.clone(), file.clone()) {
                panic!("{name} is in {file} and in {other}: rename one, the API's document cannot tell them apart");
            }
        }
    }
    assert!(known.len() > 100);
}

/// Each domain's first words say what it owns, and its router is the table of its permissions.
#[test]
fn every_domain_introduces_itself() {
    for (file, text) in sources() {
        assert!(text.starts_with("//! "), "{file}: begin with a //! line that says what it holds");
        let code = code(&text);
        if file.ends_with("http.rs") && !file.starts_with("platform/") {
            assert!(!code.contains(".route("), "{file}: mount it with allow(…) or public(…), which document the permission they ask");
            assert!(!code.contains(".routes(routes!"), "{file}: mount it with allow(…) or public(…)");
        }
    }
}
