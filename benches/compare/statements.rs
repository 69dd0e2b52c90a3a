//! The program's own statements as pgbench scripts: read from `.sqlx`, with each parameter put in.

use std::path::PathBuf;

use serde_json::Value;

use crate::shop::{Shop, text};

/// Script files for pgbench, each a transaction; pgbench takes one at random each time.
pub struct Scripts {
    pub sale: Vec<PathBuf>,
    pub list: Vec<PathBuf>,
    pub document: Vec<PathBuf>,
}

pub fn write(shop: &Shop) -> Scripts {
    let book = Book::read();
    let to_file = |name: &str, n: usize, statements: &[String]| {
        let path = shop.data_dir.join(format!("{name}-{n}.sql"));
        let begin =
            format!("begin;\nselect set_config('app.tenant_id', '{}', true){};\n", shop.tenant, if name == "sale" { IDS } else { "" });
        let script = format!("\\set k random(1, 9000000000000000000)\n{begin}{}\ncommit;\n", statements.join("\n"));
        std::fs::write(&path, script).expect("a script");
        path
    };
    Scripts {
        sale: (0..40).map(|n| to_file("sale", n, &sale(&book, shop, n))).collect(),
        list: (0..shop.cursors.len().min(40)).map(|n| to_file("list", n, &[list(&book, shop, n)])).collect(),
        document: (0..100).map(|n| to_file("document", n, &[document(&book, shop, n)])).collect(),
    }
}

/// Ids that rise with time, as the program's do, made in the round trip that sets the tenant.
const IDS: &str =
    ", lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || lpad(to_hex(:k::bigint), 18, '7') as id \\gset\n--";

struct Book(Vec<Value>);

impl Book {
    fn read() -> Self {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx");
        let files = std::fs::read_dir(folder).expect(".sqlx");
        Self(files.map(|f| serde_json::from_slice(&std::fs::read(f.expect("a file").path()).expect("a query")).expect("JSON")).collect())
    }

    /// The statement with this text in it, each parameter replaced by its literal.
    fn statement(&self, part: &str, arguments: &[String]) -> String {
        let found: Vec<&Value> = self.0.iter().filter(|q| one_line(&q["query"]).contains(part)).collect();
        assert_eq!(found.len(), 1, "one statement with: {part}");
        let types = found[0]["describe"]["parameters"]["Left"].as_array().expect("parameters");
        assert_eq!(types.len(), arguments.len(), "parameters of: {part}");
        let mut sql = one_line(&found[0]["query"]);
        for (i, (argument, kind)) in arguments.iter().zip(types).enumerate().rev() {
            let kind = text(kind);
            let (base, array) = kind.strip_suffix("Array").map_or((kind.as_str(), ""), |base| (base, "[]"));
            let literal = if argument.starts_with('(') { argument.clone() } else { format!("'{argument}'") };
            sql = sql.replace(&format!("${}", i + 1), &format!("{literal}::{}{array}", base.to_lowercase()));
        }
        sql + ";"
    }
}

fn sale(book: &Book, shop: &Shop, n: usize) -> Vec<String> {
    let register = &shop.registers[n % shop.registers.len()];
    let model = &shop.sales[n];
    let (tenant, person, now) = (&shop.tenant, &shop.person, &text(&model["sold_at"]));
    let id = |suffix: &str| format!("(:id || '{suffix}')");
    let products: Vec<&Value> = (0..3).map(|k| &shop.products[(n * 3 + k) % shop.products.len()]).collect();
    let array = |values: &[String]| format!("{{{}}}", values.join(","));
    let of = |field: &str| array(&products.iter().map(|p| text(&p[field])).collect::<Vec<_>>());
    let lines = model["lines"].as_array().expect("lines");
    let minor = |field: &str| array(&lines.iter().map(|l| text(&l[field]).replace('.', "")).collect::<Vec<_>>());
    let same = |value: &str| array(&[value.to_owned(), value.to_owned(), value.to_owned()]);
    let total = |field: &str| text(&model[field]).replace('.', "");
    let key = "('bench-key-' || :id)".to_owned();
    let route = "POST /api/v1/pos/sales".to_owned();
    let moves = "(array[:id || 'a1', :id || 'a2', :id || 'a3'])".to_owned();
    let body = serde_json::to_vec(model).expect("JSON").iter().map(|b| format!("{b:02x}")).collect::<String>();
    let told = format!(r#"{{"id": "{}", "total": "30.00"}}"#, text(&model["id"]));
    let s = |text: &str| text.to_owned();
    vec![
        book.statement(
            "insert into idempotency_key",
            &[tenant.clone(), person.clone(), route.clone(), key.clone(), s(r"\x00112233"), now.clone()],
        ),
        book.statement("k.open_shift_id, c.currency, c.rounding", &[tenant.clone(), register.id.clone(), now.clone()]),
        book.statement("p.id = any($2) and p.active", &[tenant.clone(), of("id")]),
        book.statement(
            "with wanted as materialized",
            &[tenant.clone(), register.warehouse.clone(), of("id"), same("1"), moves, s("sale"), id("00"), now.clone()],
        ),
        book.statement(
            "insert into journal_entry",
            &[
                tenant.clone(),
                id("01"),
                s("pos"),
                text(&model["sale_date"]),
                s("sale"),
                id("00"),
                s(""),
                register.id.clone(),
                now.clone(),
                s("{card_clearing,sales,output_tax,cost_of_goods_sold,inventory}"),
                format!("{{3000,-{},-{},1200,-1200}}", total("net"), total("tax")),
            ],
        ),
        book.statement(
            "insert into audit_log",
            &[tenant.clone(), id("02"), now.clone(), person.clone(), s("sale.completed"), s("sale"), id("00"), s("bench"), told.clone()],
        ),
        book.statement("insert into outbox_event", &[tenant.clone(), id("03"), s("sale.completed"), told, now.clone()]),
        book.statement(
            "update register_counter set next_sale = next_sale + case",
            &[
                tenant.clone(),
                id("00"),
                register.id.clone(),
                register.shift.clone(),
                s("true"),
                person.clone(),
                now.clone(),
                text(&model["sale_date"]),
                s("EUR"),
                s("document"),
                total("net"),
                total("tax"),
                s("0"),
                s("1200"),
                s("(null)"),
                s("{1,2,3}"),
                of("id"),
                of("sku"),
                same("Product"),
                same("1"),
                same("10.00"),
                same("true"),
                of("tax_id"),
                same("21"),
                minor("net"),
                minor("tax"),
                same("400"),
                s("{null,null,null}"),
                s("{card}"),
                s("{3000}"),
                s("{3000}"),
            ],
        ),
        book.statement(
            "update idempotency_key",
            &[tenant.clone(), person.clone(), route, key, s("201"), s("/api/v1/pos/sales/0"), format!(r"\x{body}")],
        ),
    ]
}

fn list(book: &Book, shop: &Shop, n: usize) -> String {
    let last = &shop.products[n * 50 + 49];
    let arguments = [shop.tenant.clone(), text(&last["name"]), text(&last["id"]), "51".to_owned()];
    book.statement("(name, id) > ($2, $3) order by name, id limit $4", &arguments)
}

fn document(book: &Book, shop: &Shop, n: usize) -> String {
    book.statement("from sale s where s.tenant_id = $1 and s.id = $2", &[shop.tenant.clone(), text(&shop.sales[n]["id"])])
}

fn one_line(query: &Value) -> String {
    text(query).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The two read statements, for the bare program.
pub fn reads() -> (String, String) {
    let book = Book::read();
    let find = |part: &str| book.0.iter().map(|q| one_line(&q["query"])).find(|q| q.contains(part)).expect(part);
    (find("(name, id) > ($2, $3) order by name, id limit $4"), find("from sale s where s.tenant_id = $1 and s.id = $2"))
}
