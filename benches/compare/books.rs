//! A trial balance of a million lines against adding them up, and what keeping balances costs those who post.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use chrono::{Days, Utc};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{load::pgbench_by, shop::Shop};

const LINES: i64 = 1_000_000;
const DAYS: i32 = 730;
const QUESTIONS: u64 = 25;
const POSTING: usize = 32;

/// Prints two tables: who answers, and how soon; who posts, and how often.
pub async fn measure(shop: &Shop, time: Duration, rounds: u64) {
    let (port, password) = shop.database();
    let url = format!("postgres://balanza:{password}@127.0.0.1:{port}/postgres");
    let mut database = PgConnection::connect(&url).await.expect("the database");
    eprintln!("writing {LINES} lines ...");
    fill(shop, &mut database).await;
    trial_balances(shop, &mut database).await;
    postings(shop, &mut database, time, rounds).await;
}

async fn trial_balances(shop: &Shop, database: &mut PgConnection) {
    let naive = "select account_id, sum(debit_minor), sum(credit_minor) from journal_line where tenant_id = $1::uuid and entry_date <= $2
                 group by 1";
    // A table of balances as one makes it who asks for no dates: what there is to be had at best.
    let kept = "select a.id, a.code, a.name, b.debit, b.credit
                from account a join (select account_id, sum(debit_minor) as debit, sum(credit_minor) as credit from account_balance
                                     where tenant_id = $1::uuid group by 1) b on b.account_id = a.id
                where a.tenant_id = $1::uuid and $2 is not null order by a.code";
    let mut took: [Vec<Duration>; 5] = Default::default();
    for n in 0..QUESTIONS {
        let day = Utc::now().date_naive() - Days::new(3 + n * 28);
        for (times, sql) in took.iter_mut().zip([naive, kept]) {
            let began = Instant::now();
            sqlx::query(sql).bind(&shop.tenant).bind(day).fetch_all(&mut *database).await.expect(sql);
            times.push(began.elapsed());
        }
        let known = Utc::now() - Days::new(3 + n * 28);
        for (times, path) in took.iter_mut().skip(2).zip([
            "trial-balance".to_owned(),
            format!("trial-balance?to_date={day}"),
            format!("trial-balance?to_date={day}&known_at={}", known.format("%Y-%m-%dT%H:%M:%SZ")),
        ]) {
            let began = Instant::now();
            shop.get(&format!("/api/v1/accounting/{path}")).await;
            times.push(began.elapsed());
        }
    }
    println!("\n{LINES} lines in {DAYS} days, {QUESTIONS} days asked for one after the other\n");
    println!("| question | median ms | slowest ms |\n|---|--:|--:|");
    let names = [
        "lines added up until the day",
        "a table of balances, now",
        "`trial-balance`",
        "`trial-balance` of the day",
        "`trial-balance` of the day, as known then",
    ];
    for (what, mut times) in names.into_iter().zip(took) {
        times.sort();
        let ms = |time: &Duration| time.as_secs_f64() * 1000.0;
        println!("| {what} | {:.1} | {:.1} |", ms(&times[times.len() / 2]), ms(&times[times.len() - 1]));
    }
}

/// Entries of four lines, as 32 registers post them: to what sells, to many accounts of expense.
async fn fill(shop: &Shop, database: &mut PgConnection) {
    sqlx::raw_sql("analyze; set jit = off; set enable_nestloop = off").execute(&mut *database).await.expect("set");
    for _ in 0..20 {
        let insert = "with account as (
                 select array_agg(id order by code) as ids from (select id, code from account where tenant_id = $1::uuid and postable
                                                                 order by code limit 150) a
             ), entry as (
                 insert into journal_entry (tenant_id, id, journal, entry_date, source_kind, source_id, slot, posted_at)
                 select $1::uuid, id, 'general', day, 'bench', id, lpad(to_hex(n % 32), 32, '0')::uuid, day + interval '20 hours'
                 from (select gen_random_uuid() as id, n, current_date - (random() * $3)::int as day from generate_series(1, $2::bigint / 4) n) t
                 returning id, entry_date, ('x' || left(id::text, 7))::bit(28)::int as k
             )
             insert into journal_line (tenant_id, entry_id, line_no, account_id, entry_date, debit_minor, credit_minor)
             select $1::uuid, e.id, l.n, a.ids[1 + case l.n when 1 then e.k % 4 when 2 then 4 + e.k % 40 when 3 then 44 + e.k % 4
                                                            else 48 + e.k % 100 end],
                    e.entry_date, case when l.n in (1, 4) then 121 else 0 end, case l.n when 2 then 221 when 3 then 21 else 0 end
             from entry e cross join account a cross join generate_series(1, 4) l (n)";
        let filled = sqlx::query(insert).bind(&shop.tenant).bind(LINES / 20).bind(DAYS);
        filled.execute(&mut *database).await.expect("entries");
    }
    sqlx::raw_sql("vacuum analyze journal_entry; ").execute(&mut *database).await.expect("vacuum");
    sqlx::raw_sql("vacuum analyze journal_line").execute(&mut *database).await.expect("vacuum");
    sqlx::raw_sql("vacuum analyze account_balance").execute(database).await.expect("vacuum");
}

/// The same inserts, in turn with the ledger's trigger and with one that keeps no balances.
async fn postings(shop: &Shop, database: &mut PgConnection, time: Duration, rounds: u64) {
    let two = "select array_agg(id::text order by code) from (select id, code from account
               where tenant_id = $1::uuid and postable and not is_reconcilable order by code limit 2) a";
    let accounts: Vec<String> = sqlx::query_scalar(two).bind(&shop.tenant).fetch_one(&mut *database).await.expect("accounts");
    let trigger = "select pg_get_functiondef('app.post_lines'::regproc)";
    let with: String = sqlx::query_scalar(trigger).fetch_one(&mut *database).await.expect("the trigger");
    let (begin, end) =
        (with.find("insert into account_balance").expect("the upsert"), with.find("if has_items then").expect("what follows it"));
    let without = format!("{}{}", &with[..begin], &with[end..]);
    let spread = script(shop, &accounts, "spread", "lpad(to_hex(:client_id::int), 32, '0')::uuid");
    let one = script(shop, &accounts, "one", "lpad('', 32, '0')::uuid");
    let by_hand = script(shop, &accounts, "by-hand", "lpad(to_hex(hashtext(id) & 63), 32, '0')::uuid");

    let names = ["without balances", "32 registers", "by hand (64 slots)", "one register"];
    let mut rates: [Vec<f64>; 4] = Default::default();
    for _ in 0..rounds {
        for (n, (trigger, script)) in [(&without, &spread), (&with, &spread), (&with, &by_hand), (&with, &one)].into_iter().enumerate() {
            sqlx::raw_sql(AssertSqlSafe(trigger.clone())).execute(&mut *database).await.expect("the trigger");
            rates[n].push(pgbench_by(POSTING, shop, std::slice::from_ref(script), time).per_second);
        }
    }
    println!("\n{POSTING} clients post to the same two accounts, medians of {rounds} rounds of {} s\n", time.as_secs());
    println!("| entries | a second | of those without |\n|---|--:|--:|");
    let medians = rates.map(|mut rates| {
        rates.sort_by(f64::total_cmp);
        rates[rates.len() / 2]
    });
    for (name, rate) in names.iter().zip(medians) {
        println!("| {name} | {rate:.0} | {:.0} % |", 100.0 * rate / medians[0]);
    }
}

/// An entry of two lines as the program posts it, in one statement. Its id rises with time, as the program's do.
fn script(shop: &Shop, accounts: &[String], name: &str, slot: &str) -> PathBuf {
    let tenant = &shop.tenant;
    let path = shop.data_dir.join(format!("post-{name}.sql"));
    let text = format!(
        "\\set k random(1, 9000000000000000000)
begin;
select set_config('app.tenant_id', '{tenant}', true);
with new as (
    select lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || lpad(to_hex(:k::bigint), 20, '7') as id
), entry as (
    insert into journal_entry (tenant_id, id, journal, entry_date, source_kind, source_id, slot, posted_at)
    select '{tenant}', id::uuid, 'general', current_date, 'bench', id::uuid, {slot}, now() from new
)
insert into journal_line (tenant_id, entry_id, line_no, account_id, entry_date, debit_minor, credit_minor)
select '{tenant}', new.id::uuid, p.n, p.account::uuid, current_date, greatest(p.amount, 0), greatest(-p.amount, 0)
from new, unnest(array['{}', '{}'], array[100::bigint, -100]) with ordinality as p (account, amount, n);
commit;
",
        accounts[0], accounts[1]
    );
    std::fs::write(&path, text).expect("a script");
    path
}
