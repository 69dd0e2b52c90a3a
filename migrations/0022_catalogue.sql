-- Search, units and barcodes, price lists, taxes that can be changed.
--
-- Changes tables of migrations before it. Nothing has been released yet: they hold a trial's rows at most, and nobody
-- waits for them.
-- squawk-ignore-file adding-foreign-key-constraint, constraint-missing-not-valid, require-concurrent-index-creation, adding-not-nullable-field, disallowed-unique-constraint, ban-drop-constraint, prefer-robust-stmts

alter table tax add column version integer not null default 1;
grant update (name, rate, official_code, is_default, version) on tax to balanza_app;

alter table unit add column version integer not null default 1;
grant update (name, decimals, version) on unit to balanza_app;

-- A large import writes rows that keys of other rows point at in the same transaction. The planner knows nothing of them yet:
-- told by an analysis that saw them unfinished that a company has no rows, it takes any index that begins with the company
-- for as good as the primary key, and each key that is checked goes through all of the company's rows.
create function app.measure(what regclass) returns void
language plpgsql security definer
set search_path = pg_catalog, public
as $$
begin
    if what not in ('product'::regclass, 'contact'::regclass) then
        raise exception 'only what imports write is measured';
    end if;
    execute format('analyze %s', what);
end $$;

-- Search.
--
-- Under row-level security only leakproof comparisons reach an index: of text, these are =, < and >=. So a product is
-- found by words kept beside it, of which a beginning is a range; and a word that was typed wrong by its likeness to the
-- words that there are, which share parts with it.

create function app.plain(said text) returns text
language sql immutable strict parallel safe
set search_path = pg_catalog
as $$ select lower(regexp_replace(normalize(said, NFKD), '[\u0300-\u036f]', '', 'g')) $$;
comment on function app.plain is 'Without accents and capitals.';

create function app.words(said text) returns text[]
language sql immutable strict parallel safe
set search_path = pg_catalog
as $$
    select coalesce(array_agg(distinct left(w, 40)), '{}')
    from regexp_split_to_table(app.plain(said), '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u2000-\u206f\u3000-\u303f]+') w
    where w <> ''
$$;

create function app.plain_code(said text) returns text
language sql immutable strict parallel safe
set search_path = pg_catalog
as $$ select regexp_replace(app.plain(said), '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u2000-\u206f\u3000-\u303f]+', '', 'g') $$;

create function app.word_parts(word text) returns setof text
language sql immutable strict parallel safe rows 8
set search_path = pg_catalog
as $$ select distinct substr('  ' || word || ' ', i, 3) from generate_series(1, length(word) + 1) i $$;
comment on function app.word_parts is 'Its runs of three letters.';

-- Written by triggers only, and whole products at a time: no key points back, which a hundred thousand would wait for.
create table product_term (
    tenant_id  uuid             not null,
    kind       text collate "C" not null,
    term       text collate "C" not null,
    product_id uuid             not null,
    constraint product_term_pk primary key (tenant_id, kind, term, product_id),
    constraint product_term_kind_known check (kind in ('name', 'sku'))
);
select app.enclose('product_term');
create index product_term_product on product_term (tenant_id, product_id);
grant select, insert, delete on product_term to balanza_app;

create table word_part (
    tenant_id uuid             not null,
    part      text collate "C" not null,
    word      text collate "C" not null,
    constraint word_part_pk primary key (tenant_id, part, word)
);
select app.enclose('word_part');
comment on table word_part is 'The words of a company''s names, by their runs of three letters; those that are used no more stay.';
grant select, insert on word_part to balanza_app;

-- Every code that a scanner reads, of a product or of one of its units: no two mean different things. Like product_term it
-- is written by triggers only, and no key points back.
create table scan_code (
    tenant_id  uuid             not null,
    code       text collate "C" not null,
    product_id uuid             not null,
    unit_code  text,
    is_main    boolean          not null,
    constraint scan_code_pk primary key (tenant_id, code),
    constraint scan_code_unit_fk foreign key (tenant_id, unit_code) references unit (tenant_id, code)
);
select app.enclose('scan_code');
create index scan_code_product on scan_code (tenant_id, product_id);
create index scan_code_unit on scan_code (tenant_id, unit_code) where unit_code is not null;
grant select, insert, delete on scan_code to balanza_app;

-- No joins of the rows that were written with each other: a plan that was kept from one product would go through a hundred
-- thousand of an import for each of them.
create function app.index_terms(tenants uuid[], ids uuid[], skus text[], names text[]) returns void
language sql
set search_path = pg_catalog, public
as $$
    with named as materialized (
        select p.tenant_id, p.id, w.word
        from unnest(tenants, ids, names) p (tenant_id, id, name) cross join unnest(app.words(p.name)) w (word)
    ), termed as (
        insert into product_term (tenant_id, kind, term, product_id)
        select n.tenant_id, 'name', n.word, n.id from named n
        union all
        select p.tenant_id, 'sku', app.plain_code(p.sku), p.id from unnest(tenants, ids, skus) p (tenant_id, id, sku)
        on conflict do nothing
    )
    insert into word_part (tenant_id, part, word)
    select v.tenant_id, p.part, v.word
    from (select distinct n.tenant_id, n.word from named n) v
    cross join app.word_parts(v.word) p (part)
    where not exists (
        select from word_part k where k.tenant_id = v.tenant_id and k.part = '  ' || left(v.word, 1) and k.word = v.word)
    order by v.tenant_id, p.part, v.word
    on conflict do nothing;
$$;

create function app.index_new_products() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    insert into scan_code (tenant_id, code, product_id, is_main)
    select f.tenant_id, f.barcode, f.id, true from fresh f where f.barcode is not null;
    perform app.index_terms(array_agg(f.tenant_id), array_agg(f.id), array_agg(f.sku), array_agg(f.name)) from fresh f;
    return null;
end $$;

create function app.index_changed_products() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
declare
    tenants  uuid[];
    ids      uuid[];
    skus     text[];
    names    text[];
    barcodes text[];
begin
    select array_agg(v.tenant_id), array_agg(v.id), array_agg(v.barcode) into tenants, ids, barcodes
    from (select u.tenant_id, u.id, max(u.barcode) filter (where u.is_new) as barcode
          from (select s.tenant_id, s.id, s.barcode, false as is_new from stale s
                union all select f.tenant_id, f.id, f.barcode, true from fresh f) u
          group by u.tenant_id, u.id
          having max(u.barcode) filter (where u.is_new) is distinct from max(u.barcode) filter (where not u.is_new)) v;
    delete from scan_code c using unnest(tenants, ids) v (tenant_id, id)
    where c.tenant_id = v.tenant_id and c.product_id = v.id and c.is_main;
    insert into scan_code (tenant_id, code, product_id, is_main)
    select v.tenant_id, v.barcode, v.id, true from unnest(tenants, ids, barcodes) v (tenant_id, id, barcode) where v.barcode is not null;

    select array_agg(v.tenant_id), array_agg(v.id), array_agg(v.sku), array_agg(v.name) into tenants, ids, skus, names
    from (select u.tenant_id, u.id, max(u.sku) filter (where u.is_new) as sku, max(u.name) filter (where u.is_new) as name
          from (select s.tenant_id, s.id, s.sku, s.name, false as is_new from stale s
                union all select f.tenant_id, f.id, f.sku, f.name, true from fresh f) u
          group by u.tenant_id, u.id
          having max(u.sku) filter (where u.is_new) <> max(u.sku) filter (where not u.is_new)
              or max(u.name) filter (where u.is_new) <> max(u.name) filter (where not u.is_new)) v;
    delete from product_term t using unnest(tenants, ids) v (tenant_id, id) where t.tenant_id = v.tenant_id and t.product_id = v.id;
    perform app.index_terms(tenants, ids, skus, names);
    return null;
end $$;
create trigger product_indexed_new after insert on product
    referencing new table as fresh for each statement execute function app.index_new_products();
create trigger product_indexed_change after update on product
    referencing old table as stale new table as fresh for each statement execute function app.index_changed_products();

-- What is there already is indexed across companies.
alter table product no force row level security;
alter table product_term no force row level security;
alter table word_part no force row level security;
alter table scan_code no force row level security;
insert into scan_code (tenant_id, code, product_id, is_main) select tenant_id, barcode, id, true from product where barcode is not null;
insert into product_term (tenant_id, kind, term, product_id)
select p.tenant_id, 'name', w.word, p.id from product p cross join unnest(app.words(p.name)) w (word)
union all
select p.tenant_id, 'sku', app.plain_code(p.sku), p.id from product p;
insert into word_part (tenant_id, part, word)
select v.tenant_id, p.part, v.word
from (select distinct t.tenant_id, t.term as word from product_term t where t.kind = 'name') v cross join app.word_parts(v.word) p (part);
alter table product force row level security;
alter table product_term force row level security;
alter table word_part force row level security;
alter table scan_code force row level security;

-- Units.

create table unit_conversion (
    tenant_id  uuid            not null,
    id         uuid            not null,
    from_unit  text            not null,
    to_unit    text            not null,
    factor     numeric(18, 6) not null,
    version    integer         not null default 1,
    created_at timestamptz     not null,
    constraint unit_conversion_pk primary key (tenant_id, id),
    constraint unit_conversion_from_fk foreign key (tenant_id, from_unit) references unit (tenant_id, code),
    constraint unit_conversion_to_fk foreign key (tenant_id, to_unit) references unit (tenant_id, code),
    constraint unit_conversion_factor_positive check (factor > 0),
    constraint unit_conversion_between_two check (from_unit <> to_unit)
);
select app.enclose('unit_conversion');
comment on column unit_conversion.factor is 'So many of to_unit are one of from_unit.';
-- Each pair once, whichever way round it is said.
create unique index unit_conversion_pair on unit_conversion (tenant_id, least(from_unit, to_unit), greatest(from_unit, to_unit));
create index unit_conversion_from on unit_conversion (tenant_id, from_unit);
create index unit_conversion_to on unit_conversion (tenant_id, to_unit);
grant select, insert, delete, update (factor, version) on unit_conversion to balanza_app;

create table product_unit (
    tenant_id  uuid           not null,
    product_id uuid           not null,
    unit_code  text           not null,
    factor     numeric(18, 6) not null,
    price      numeric(18, 6),
    constraint product_unit_pk primary key (tenant_id, product_id, unit_code),
    constraint product_unit_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint product_unit_unit_fk foreign key (tenant_id, unit_code) references unit (tenant_id, code),
    constraint product_unit_factor_positive check (factor > 0),
    constraint product_unit_price_positive check (price >= 0)
);
select app.enclose('product_unit');
comment on column product_unit.factor is 'So many of the product''s own unit are in one.';
create index product_unit_unit on product_unit (tenant_id, unit_code);
grant select, insert, delete on product_unit to balanza_app;

create table product_barcode (
    tenant_id  uuid             not null,
    code       text collate "C" not null,
    product_id uuid             not null,
    unit_code  text,
    constraint product_barcode_pk primary key (tenant_id, code),
    constraint product_barcode_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint product_barcode_unit_fk foreign key (tenant_id, product_id, unit_code)
        references product_unit (tenant_id, product_id, unit_code)
);
select app.enclose('product_barcode');
create index product_barcode_product on product_barcode (tenant_id, product_id, unit_code);
grant select, insert, delete on product_barcode to balanza_app;

create function app.index_barcode() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    if tg_op = 'INSERT' then
        insert into scan_code (tenant_id, code, product_id, unit_code, is_main)
        values (new.tenant_id, new.code, new.product_id, new.unit_code, false);
    else
        delete from scan_code c where c.tenant_id = old.tenant_id and c.code = old.code and not c.is_main;
    end if;
    return null;
end $$;
create trigger product_barcode_indexed after insert or delete on product_barcode
    for each row execute function app.index_barcode();

-- Price lists.

create table price_list (
    tenant_id   uuid        not null,
    id          uuid        not null,
    code        text        not null,
    name        text        not null,
    currency    text        not null,
    valid_from  date,
    valid_until date,
    priority    integer     not null default 0,
    is_default  boolean     not null default false,
    is_active   boolean     not null default true,
    round_to    numeric(18, 6),
    ending      numeric(18, 6),
    version     integer     not null default 1,
    created_at  timestamptz not null,
    constraint price_list_pk primary key (tenant_id, id),
    constraint price_list_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint price_list_code_unique unique (tenant_id, code),
    constraint price_list_dates_in_order check (valid_from <= valid_until),
    constraint price_list_round_to_positive check (round_to > 0),
    constraint price_list_ending_below_step check (ending >= 0 and ending < coalesce(round_to, 1))
);
select app.enclose('price_list');
comment on column price_list.is_default is 'Where nobody names a list; of several that are valid, the one of the highest priority.';
create index price_list_default on price_list (tenant_id, priority) where is_default and is_active;
grant select, insert, update (name, valid_from, valid_until, priority, is_default, is_active, round_to, ending, version) on price_list to balanza_app;

create table price_rule (
    tenant_id     uuid           not null,
    id            uuid           not null,
    price_list_id uuid           not null,
    product_id    uuid,
    category_id   uuid,
    min_quantity  numeric(18, 6) not null default 0,
    valid_from    date,
    valid_until   date,
    priority      integer        not null default 0,
    kind          text           not null,
    price         numeric(18, 6),
    percent       numeric(9, 4),
    base          text,
    base_list_id  uuid,
    markup        numeric(9, 4)  not null default 0,
    surcharge     numeric(18, 6) not null default 0,
    round_to      numeric(18, 6),
    ending        numeric(18, 6),
    min_margin    numeric(9, 4),
    version       integer        not null default 1,
    created_at    timestamptz    not null,
    constraint price_rule_pk primary key (tenant_id, id),
    constraint price_rule_list_fk foreign key (tenant_id, price_list_id) references price_list (tenant_id, id),
    constraint price_rule_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint price_rule_category_fk foreign key (tenant_id, category_id) references category (tenant_id, id),
    constraint price_rule_base_list_fk foreign key (tenant_id, base_list_id) references price_list (tenant_id, id),
    constraint price_rule_one_target check (product_id is null or category_id is null),
    constraint price_rule_min_quantity_positive check (min_quantity >= 0),
    constraint price_rule_dates_in_order check (valid_from <= valid_until),
    constraint price_rule_kind_known check (kind in ('fixed', 'percent', 'formula')),
    constraint price_rule_says_how check ((kind = 'fixed') = (price is not null) and (kind = 'percent') = (percent is not null)
        and (kind = 'formula') = (base is not null)),
    constraint price_rule_base_known check (base in ('price', 'cost', 'list')),
    constraint price_rule_base_list_named check ((base is not distinct from 'list') = (base_list_id is not null)),
    constraint price_rule_price_positive check (price >= 0),
    constraint price_rule_percent_range check (percent between 0 and 100),
    constraint price_rule_markup_range check (markup >= -100),
    constraint price_rule_round_to_positive check (round_to > 0),
    constraint price_rule_ending_below_step check (ending >= 0 and ending < coalesce(round_to, 1)),
    constraint price_rule_min_margin_range check (min_margin >= 0)
);
select app.enclose('price_rule');
create index price_rule_of_all on price_rule (tenant_id, price_list_id) where product_id is null and category_id is null;
create index price_rule_list on price_rule (tenant_id, price_list_id, id);
create index price_rule_product on price_rule (tenant_id, product_id) where product_id is not null;
create index price_rule_category on price_rule (tenant_id, category_id) where category_id is not null;
create index price_rule_base_list on price_rule (tenant_id, base_list_id) where base_list_id is not null;
grant select, insert, delete, update (min_quantity, valid_from, valid_until, priority, price, percent, markup, surcharge, round_to, ending, min_margin, version)
    on price_rule to balanza_app;

-- Two who lean lists on each other at once take turns, so that no circle closes between them.
create function app.keep_price_lists_grounded() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    perform from company c where c.tenant_id = new.tenant_id for no key update;
    if exists (
        with recursive below (id, depth) as (
            select new.base_list_id, 1
            union
            select r.base_list_id, b.depth + 1 from below b
            join price_rule r on r.tenant_id = new.tenant_id and r.price_list_id = b.id and r.base_list_id is not null
            where b.depth < 6
        )
        select from below b where b.id = new.price_list_id or b.depth > 5) then
        raise exception 'a price list stands on itself, or too deep' using errcode = '23514', constraint = 'price_rule_grounded';
    end if;
    if exists (
        select from price_list l join price_list b on b.tenant_id = l.tenant_id
        where l.tenant_id = new.tenant_id and l.id = new.price_list_id and b.id = new.base_list_id and b.currency <> l.currency) then
        raise exception 'the list it stands on is in another currency' using errcode = '23514', constraint = 'price_rule_base_currency';
    end if;
    return new;
end $$;
create trigger price_rule_grounded before insert or update of base_list_id, price_list_id on price_rule
    for each row when (new.base_list_id is not null) execute function app.keep_price_lists_grounded();

-- Which list is used where: a register's own, else its store's, else the company's default.
create table price_list_place (
    tenant_id     uuid not null,
    price_list_id uuid not null,
    store_id      uuid,
    register_id   uuid,
    constraint price_list_place_list_fk foreign key (tenant_id, price_list_id) references price_list (tenant_id, id),
    constraint price_list_place_store_fk foreign key (tenant_id, store_id) references store (tenant_id, id),
    constraint price_list_place_register_fk foreign key (tenant_id, register_id) references register (tenant_id, id),
    constraint price_list_place_one check ((store_id is null) <> (register_id is null)),
    constraint price_list_place_unique unique nulls not distinct (tenant_id, store_id, register_id)
);
select app.enclose('price_list_place');
create index price_list_place_list on price_list_place (tenant_id, price_list_id);
create index price_list_place_register on price_list_place (tenant_id, register_id);
grant select, insert, delete on price_list_place to balanza_app;

-- Products: variants stand under their template; what inventory asks of a product.

alter table product
    add column parent_id         uuid,
    add column is_template       boolean        not null default false,
    add column variant_key       text,
    add column brand             text           not null default '',
    add column weight            numeric(18, 6),
    add column is_lot_tracked    boolean        not null default false,
    add column is_serial_tracked boolean        not null default false,
    add column shelf_life_days   integer,
    add column min_stock         numeric(18, 6),
    add column max_stock         numeric(18, 6),
    add constraint product_parent_fk foreign key (tenant_id, parent_id) references product (tenant_id, id),
    add constraint product_weight_positive check (weight >= 0),
    add constraint product_shelf_life_positive check (shelf_life_days > 0),
    add constraint product_stock_in_order check (min_stock >= 0 and max_stock >= 0 and max_stock >= coalesce(min_stock, 0));
alter table product
    add constraint product_variant_has_parent check ((variant_key is null) = (parent_id is null) and not (is_template and parent_id is not null)),
    add constraint product_variant_unique unique (tenant_id, parent_id, variant_key);
create index product_parent on product (tenant_id, parent_id) where parent_id is not null;
comment on column product.weight is 'In kilograms.';
comment on column product.variant_key is 'The ids of its values, sorted: no two variants of a template have the same.';

-- Attributes that make variants.

create table attribute (
    tenant_id  uuid        not null,
    id         uuid        not null,
    name       text        not null,
    position   integer     not null default 0,
    version    integer     not null default 1,
    created_at timestamptz not null,
    constraint attribute_pk primary key (tenant_id, id),
    constraint attribute_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint attribute_name_unique unique (tenant_id, name)
);
select app.enclose('attribute');
grant select, insert, update (name, position, version) on attribute to balanza_app;

create table attribute_value (
    tenant_id    uuid    not null,
    id           uuid    not null,
    attribute_id uuid    not null,
    name         text    not null,
    position     integer not null,
    constraint attribute_value_pk primary key (tenant_id, id),
    constraint attribute_value_of unique (tenant_id, attribute_id, id),
    constraint attribute_value_attribute_fk foreign key (tenant_id, attribute_id) references attribute (tenant_id, id),
    constraint attribute_value_name_unique unique (tenant_id, attribute_id, name)
);
select app.enclose('attribute_value');
grant select, insert, delete, update (position) on attribute_value to balanza_app;

create table variant_value (
    tenant_id    uuid not null,
    product_id   uuid not null,
    attribute_id uuid not null,
    value_id     uuid not null,
    constraint variant_value_pk primary key (tenant_id, product_id, attribute_id),
    constraint variant_value_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint variant_value_value_fk foreign key (tenant_id, attribute_id, value_id) references attribute_value (tenant_id, attribute_id, id)
);
select app.enclose('variant_value');
create index variant_value_value on variant_value (tenant_id, attribute_id, value_id);
grant select, insert on variant_value to balanza_app;
