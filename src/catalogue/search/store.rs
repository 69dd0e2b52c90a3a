//! SQL of finding products. Under row-level security only comparisons of text by `=`, `<` and `>=` reach an index, and
//! what is asked of each product by its id stands in a subquery of its own, which never becomes a scan of them all.

use uuid::Uuid;

use super::model::{Asked, Found, Order, Place, Word, end_of, ranges};
use crate::platform::{db::TenantTx, problem::Problem};

/// The category with those under it; none if it is not the company's.
async fn branch(tx: &mut TenantTx, category: Option<Uuid>) -> Result<Option<Vec<Uuid>>, Problem> {
    let Some(category) = category else { return Ok(None) };
    let tenant = tx.tenant();
    let ids = sqlx::query_scalar!(
        r#"with recursive branch as (
               select c.id from category c where c.tenant_id = $1 and c.id = $2
               union
               select c.id from branch b join category c on c.tenant_id = $1 and c.parent_id = b.id
           )
           select id as "id!" from branch"#,
        tenant,
        category
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(Some(ids))
}

struct Row {
    rank: i64,
    text: String,
    id: Uuid,
}

fn found(rows: Vec<Row>) -> Vec<Found> {
    rows.into_iter().map(|row| Found { place: Place { rank: row.rank, text: row.text, id: row.id } }).collect()
}

/// Products in an order, from after this place.
pub async fn listed(tx: &mut TenantTx, asked: &Asked, order: Order, after: Option<Place>, limit: i64) -> Result<Vec<Found>, Problem> {
    let tenant = tx.tenant();
    let branch = branch(tx, asked.category).await?;
    let (text, id) = after.map(|place| (place.text, place.id)).unzip();
    macro_rules! page {
        ($sql:literal) => {
            sqlx::query_as!(Row, $sql, tenant, text, id, branch.as_deref(), asked.active, asked.kind, limit).fetch_all(tx.conn()).await?
        };
    }
    let rows = match order {
        Order::Name => page!(
            r#"select 0::bigint as "rank!", p.name as text, p.id from product p
               where p.tenant_id = $1 and (p.name, p.id) > (coalesce($2, ''), coalesce($3::uuid, '00000000-0000-0000-0000-000000000000'))
                 and ($4::uuid[] is null or p.category_id = any ($4)) and ($5::boolean is null or p.active = $5)
                 and ($6::text is null or p.kind = $6)
               order by p.name, p.id limit $7"#
        ),
        Order::NameBackwards => page!(
            r#"select 0::bigint as "rank!", p.name as text, p.id from product p
               where p.tenant_id = $1 and ($2::text is null or (p.name, p.id) < ($2, $3::uuid))
                 and ($4::uuid[] is null or p.category_id = any ($4)) and ($5::boolean is null or p.active = $5)
                 and ($6::text is null or p.kind = $6)
               order by p.name desc, p.id desc limit $7"#
        ),
        Order::Sku => page!(
            r#"select 0::bigint as "rank!", p.sku as text, p.id from product p
               where p.tenant_id = $1 and p.sku > coalesce($2, '') and ($3::uuid is null or true)
                 and ($4::uuid[] is null or p.category_id = any ($4)) and ($5::boolean is null or p.active = $5)
                 and ($6::text is null or p.kind = $6)
               order by p.sku limit $7"#
        ),
        Order::SkuBackwards => page!(
            r#"select 0::bigint as "rank!", p.sku as text, p.id from product p
               where p.tenant_id = $1 and ($2::text is null or p.sku < $2) and ($3::uuid is null or true)
                 and ($4::uuid[] is null or p.category_id = any ($4)) and ($5::boolean is null or p.active = $5)
                 and ($6::text is null or p.kind = $6)
               order by p.sku desc limit $7"#
        ),
    };
    Ok(found(rows))
}

/// Words of a search beyond which nobody types.
const MOST_WORDS: usize = 8;

/// The words of a search, and for those that no name has, up to five that are like them.
async fn words(tx: &mut TenantTx, q: &str) -> Result<Vec<Word>, Problem> {
    let tenant = tx.tenant();
    let mut words = sqlx::query_as!(
        Word,
        r#"select a.n::smallint as "n!", a.word as "word!", k.is_known as "is_known!",
                  case when k.is_known then '{}' else array(
                      select s.word
                      from (select w.word, count(*) as shared
                            from app.word_parts(a.word) p (part)
                            join word_part w on w.tenant_id = $1 and w.part = p.part
                            group by w.word) s
                      where s.shared::numeric / (length(s.word) + length(a.word) + 2 - s.shared) >= 0.25
                      order by s.shared::numeric / (length(s.word) + length(a.word) + 2 - s.shared) desc, s.word limit 5) end as "like!"
           from (select w.word, w.n, w.word || $3 as behind from unnest(app.words($2)) with ordinality w (word, n) offset 0) a
           cross join lateral (
               select (
                   select t.term from product_term t
                   where t.tenant_id = $1 and t.kind = 'name' and t.term >= a.word and t.term < a.behind
                   order by t.term limit 1) is not null as is_known
               offset 0) k
           order by a.n"#,
        tenant,
        q,
        end_of("")
    )
    .fetch_all(tx.conn())
    .await?;
    words.truncate(MOST_WORDS);
    Ok(words)
}

/// Products that a search means, the best first: whose SKU or barcode it is, whose SKU begins so, whose names have all of
/// its words, or their beginnings, or words like them.
pub async fn matching(tx: &mut TenantTx, q: &str, asked: &Asked, after: Option<Place>, limit: i64) -> Result<Vec<Found>, Problem> {
    let tenant = tx.tenant();
    let branch = branch(tx, asked.category).await?;
    let words = words(tx, q).await?;
    let ranges = ranges(&words);
    let place = after.unwrap_or(Place { rank: -1, ..Place::default() });
    let rows = sqlx::query_as!(
        Row,
        r#"with wanted as (
               select * from unnest($2::smallint[], $3::text[], $4::text[], $5::int[]) as w (n, low, high, weight)
           ), hit as (
               select t.product_id, w.n, min(case when t.term = w.low then w.weight else w.weight + 1 end) as weight
               from wanted w
               cross join lateral (
                   select t.product_id, t.term from product_term t
                   where t.tenant_id = $1 and t.kind = 'name' and t.term >= w.low and t.term < w.high offset 0) t
               group by t.product_id, w.n
           ), ranked as (
               select h.product_id, sum(h.weight) + 2 as rank from hit h group by h.product_id having count(*) = $6
               union all
               select t.product_id, case when t.term = app.plain_code($7) then 0 else 1 end
               from product_term t
               where t.tenant_id = $1 and t.kind = 'sku' and app.plain_code($7) <> ''
                 and t.term >= app.plain_code($7) and t.term < app.plain_code($7) || $8
               union all
               select c.product_id, 0 from scan_code c where c.tenant_id = $1 and c.code = $7
           ), best as (
               select r.product_id, min(r.rank) as rank from ranked r group by r.product_id
           )
           select b.rank as "rank!", p.name as text, p.id
           from best b
           cross join lateral (
               select p.id, p.name from product p
               where p.tenant_id = $1 and p.id = b.product_id
                 and ($9::uuid[] is null or p.category_id = any ($9)) and ($10::boolean is null or p.active = $10)
                 and ($11::text is null or p.kind = $11)
               offset 0) p
           where (b.rank, p.name, p.id) > ($12::bigint, $13::text, $14::uuid)
           order by b.rank, p.name, p.id limit $15"#,
        tenant,
        &ranges.n,
        &ranges.from,
        &ranges.until,
        &ranges.weight,
        i64::try_from(words.len()).unwrap_or_default(),
        q.trim(),
        end_of(""),
        branch.as_deref(),
        asked.active,
        asked.kind,
        place.rank,
        place.text,
        place.id,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(found(rows))
}
