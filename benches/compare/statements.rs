//! The program's own statements as pgbench scripts: read from `.sqlx`, with each parameter put in.

use std::path::PathBuf;

use serde_json::Value;
use sqlx::Connection;

use crate::shop::{Shop, text};

/// Script files for pgbench, each a transaction; pgbench takes one at random each time.
pub struct Scripts {
    pub sale: Vec<PathBuf>,
    pub list: Vec<PathBuf>,
    pub document: Vec<PathBuf>,
}

/// Every client of pgbench prepares every statement of every script: few scripts, so that this is soon done. The sale
/// is a single one, which takes what differs from a table of its own.
pub async fn write(shop: &Shop) -> Scripts {
    let book = Book::read();
    write_table(shop).await;
    let to_file = |name: &str, n: usize, statements: &[String]| {
        let path = shop.data_dir.join(format!("{name}-{n}.sql"));
        let more = if name == "sale" { DIFFERENT } else { ";" };
        let begin = format!("begin;\nselect set_config('app.tenant_id', '{}', true){more}\n", shop.tenant);
        let random = "\\set k random(1, 9000000000000000000)\n\\set n random(0, 199)\n";
        let script = format!("{random}{begin}{}\ncommit;\n", statements.join("\n"));
        std::fs::write(&path, script).expect("a script");
        path
    };
    Scripts {
        sale: vec![to_file("sale", 0, &sale(&book, shop))],
        list: (0..10).map(|n| to_file("list", n, &list(&book, shop, n))).collect(),
        document: (0..10).map(|n| to_file("document", n, &[document(&book, shop, n)])).collect(),
    }
}

/// What differs from sale to sale, made in the round trip that sets the tenant: ids that rise with time, as the
/// program's do, and a row of the table.
const DIFFERENT: &str = ", lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') \
    || lpad(to_hex(:k::bigint), 18, '7') as id, b.* from bench_sale b where b.n = :n::int \\gset";

async fn write_table(shop: &Shop) {
    let (port, password) = shop.database();
    let url = format!("postgres://balanza:{password}@127.0.0.1:{port}/postgres");
    let mut database = sqlx::PgConnection::connect(&url).await.expect("the database");
    let create = "create table bench_sale (n int primary key, register text, shift text, products text, skus text);
                  grant select on bench_sale to balanza_app";
    sqlx::raw_sql(create).execute(&mut database).await.expect("a table");
    for n in 0..200 {
        let register = &shop.registers[n % shop.registers.len()];
        let products = (0..3).map(|k| &shop.products[(n * 3 + k) % shop.products.len()]);
        let of = |field: &str| format!("{{{}}}", products.clone().map(|p| text(&p[field])).collect::<Vec<_>>().join(","));
        let insert = sqlx::query("insert into bench_sale values ($1, $2, $3, $4, $5)").bind(i32::try_from(n).expect("small"));
        let insert = insert.bind(&register.id).bind(&register.shift).bind(of("id")).bind(of("sku"));
        insert.execute(&mut database).await.expect("a row");
    }
}

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

fn sale(book: &Book, shop: &Shop) -> Vec<String> {
    let model = &shop.sales[0];
    let (tenant, person, now) = (&shop.tenant, &shop.person, &text(&model["sold_at"]));
    let set = |name: &str| format!("(:{name})");
    let id = |suffix: &str| format!("(:id || '{suffix}')");
    let array = |values: &[String]| format!("{{{}}}", values.join(","));
    let (register, shift, products, skus) = (set("register"), set("shift"), set("products"), set("skus"));
    let tax = text(&shop.products[0]["tax_id"]);
    let lines = model["lines"].as_array().expect("lines");
    let minor = |field: &str| array(&lines.iter().map(|l| text(&l[field]).replace('.', "")).collect::<Vec<_>>());
    let same = |value: &str| array(&[value.to_owned(), value.to_owned(), value.to_owned()]);
    let five = |value: &str| array(&vec![value.to_owned(); 5]);
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
        book.statement("c.currency, c.rounding, d.today as", &[tenant.clone(), register.clone(), now.clone()]),
        book.statement("p.id = any($2) and p.active", &[tenant.clone(), products.clone(), text(&model["sale_date"])]),
        book.statement(
            "s.warehouse_id = any($2) and s.product_id = any($3)",
            &[tenant.clone(), array(&[shop.registers[0].warehouse.clone()]), products.clone()],
        ),
        book.statement(
            "insert into stock_move (tenant_id, id, product_id, from_place, from_warehouse_id, to_place, to_warehouse_id, lot_id,",
            &[
                tenant.clone(),
                moves,
                products.clone(),
                same("warehouse"),
                same(&shop.registers[0].warehouse),
                same("customer"),
                same("null"),
                same("null"),
                same("1"),
                same("400"),
                same("sale"),
                format!("(array[{0}::uuid, {0}::uuid, {0}::uuid])", id("00")),
                same("null"),
                same(&text(&model["sale_date"])),
                same(&text(&model["sale_date"])),
            ],
        ),
        book.statement(
            "reference, stage, person_id) values",
            &[
                tenant.clone(),
                id("01"),
                s("pos"),
                text(&model["sale_date"]),
                s("sale"),
                id("00"),
                s(""),
                register.clone(),
                now.clone(),
                s(""),
                s("normal"),
                s("(null)"),
                s("{card_clearing,sales,cost_of_goods_sold,inventory,output_tax}"),
                five("null"),
                format!("{{3000,-{},1200,-1200,-{}}}", total("net"), total("tax")),
                five("null"),
                five("null"),
                five("null"),
                five("null"),
                format!("{{null,null,null,null,{tax}}}"),
                format!("{{null,null,null,null,-{}}}", total("net")),
                five(r#""""#),
            ],
        ),
        book.statement(
            "insert into audit_log (tenant_id, id, at, person_id, action, entity, entity_id, request_id, data) values ($1, $2, $3, $4, $5,",
            &[tenant.clone(), id("02"), now.clone(), person.clone(), s("sale.completed"), s("sale"), id("00"), s("bench"), told.clone()],
        ),
        book.statement(
            "insert into outbox_event",
            &[tenant.clone(), s("sale.completed"), now.clone(), format!("(array[{}::uuid])", id("03")), format!("(array['{told}'])")],
        ),
        book.statement(
            "document = 'pos_' || $5::text",
            &[
                tenant.clone(),
                id("00"),
                register.clone(),
                shift,
                s("sale"),
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
                products.clone(),
                skus,
                same("Product"),
                same("1"),
                same("10.00"),
                same("true"),
                same(&tax),
                same("21"),
                minor("net"),
                minor("tax"),
                same("400"),
                s("{null,null,null}"),
                s("{card}"),
                s("{3000}"),
                s("{3000}"),
                s("(null)"),
                s(""),
                s(""),
            ],
        ),
        book.statement(
            "update idempotency_key",
            &[tenant.clone(), person.clone(), route, key, s("201"), s("/api/v1/pos/sales/0"), format!(r"\x{body}")],
        ),
    ]
}

/// The places of a page, then its products.
fn list(book: &Book, shop: &Shop, n: usize) -> [String; 2] {
    let last = &shop.products[n * 50 + 49];
    let nothing = || "(null)".to_owned();
    let places = [shop.tenant.clone(), text(&last["name"]), text(&last["id"]), nothing(), nothing(), nothing(), "51".to_owned()];
    let page = &shop.products[n * 50 + 50..n * 50 + 101];
    let ids = format!("{{{}}}", page.iter().map(|product| text(&product["id"])).collect::<Vec<_>>().join(","));
    [book.statement(PLACES, &places), book.statement(BY_IDS, &[shop.tenant.clone(), ids])]
}

const PLACES: &str = "(p.name, p.id) > (coalesce($2, ''), coalesce($3::uuid,";
const BY_IDS: &str = "from unnest($2::uuid[]) with ordinality a (id, n) join product p";

fn document(book: &Book, shop: &Shop, n: usize) -> String {
    book.statement("from sale s where s.tenant_id = $1 and s.id = $2", &[shop.tenant.clone(), text(&shop.sales[n]["id"])])
}

/// On one line, where a comment would end the statement.
fn one_line(query: &Value) -> String {
    let query = text(query);
    let said = query.lines().map(|line| line.split_once("--").map_or(line, |(said, _)| said));
    said.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// The read statements, for the bare program: the places of a page, its products, a document.
pub fn reads() -> (String, String, String) {
    let book = Book::read();
    let find = |part: &str| book.0.iter().map(|q| one_line(&q["query"])).find(|q| q.contains(part)).expect(part);
    (find(PLACES), find(BY_IDS), find("from sale s where s.tenant_id = $1 and s.id = $2"))
}
