-- The company's profile, its stores and how they number their documents, the fields it asks for, the words it writes with.
--
-- Changes tables of migrations before it. Nothing has been released yet: they hold a trial's rows at most, and nobody
-- waits for them.
-- squawk-ignore-file adding-foreign-key-constraint, constraint-missing-not-valid, require-concurrent-index-creation, adding-not-nullable-field, disallowed-unique-constraint, ban-drop-table, ban-drop-constraint

alter table company
    add column tax_identifier_type text     not null default '',
    add column email               text     not null default '',
    add column phone               text     not null default '',
    add column website             text     not null default '',
    add column city                text     not null default '',
    add column region              text     not null default '',
    add column postal_code         text     not null default '',
    add column fiscal_year_start   smallint not null default 1,
    add column tax_regime          text     not null default '',
    add column sector              text     not null default '',
    add constraint company_fiscal_year_start_month check (fiscal_year_start between 1 and 12);
grant update (tax_identifier_type, email, phone, website, city, region, postal_code, fiscal_year_start, tax_regime, sector, currency, time_zone,
              language, prices_include_tax, rounding) on company to balanza_app;
comment on column company.fiscal_year_start is 'The month with which the fiscal year begins.';

-- Companies name their sector by it.
grant select on reference_entry to balanza_app;

-- What has been posted in a currency stays in it.
create function app.keep_currency() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    if exists (select from journal_entry e where e.tenant_id = new.tenant_id) then
        raise exception 'the company has posted in its currency' using errcode = '23514', constraint = 'company_currency_kept';
    end if;
    return new;
end $$;
create trigger company_currency before update of currency on company
    for each row when (old.currency <> new.currency) execute function app.keep_currency();

create table store (
    tenant_id    uuid        not null,
    id           uuid        not null,
    code         text        not null,
    name         text        not null,
    address      text        not null default '',
    city         text        not null default '',
    phone        text        not null default '',
    email        text        not null default '',
    warehouse_id uuid        not null,
    hours        jsonb       not null default '{"weekly": [], "exceptions": []}',
    is_active    boolean     not null default true,
    version      integer     not null default 1,
    created_at   timestamptz not null,
    constraint store_pk primary key (tenant_id, id),
    constraint store_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint store_warehouse_fk foreign key (tenant_id, warehouse_id) references warehouse (tenant_id, id),
    constraint store_code_unique unique (tenant_id, code),
    constraint store_hours_object check (jsonb_typeof(hours) = 'object' and hours ?& array['weekly', 'exceptions'])
);
select app.enclose('store');
create index store_warehouse on store (tenant_id, warehouse_id);
grant select, insert, update (name, address, city, phone, email, warehouse_id, hours, is_active, version) on store to balanza_app;

create function app.admit_store() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
declare
    most integer;
begin
    select e.store_limit into most from entitlement e where e.tenant_id = new.tenant_id for no key update;
    if most is not null and (select count(*) from store s where s.tenant_id = new.tenant_id) >= most then
        raise exception 'the company has as many stores as its plan allows'
            using errcode = '23514', constraint = 'store_within_limit';
    end if;
    return new;
end $$;

-- What is there already is moved across companies: their owner, who is no superuser everywhere, must see past the wall.
alter table company no force row level security;
alter table warehouse no force row level security;
alter table store no force row level security;
alter table register no force row level security;
insert into store (tenant_id, id, code, name, warehouse_id, created_at)
select distinct on (w.tenant_id) w.tenant_id, gen_random_uuid(), '001', c.trade_name, w.id, now()
from warehouse w join company c on c.tenant_id = w.tenant_id
order by w.tenant_id, w.code;
alter table register add column store_id uuid;
update register r set store_id = s.id from store s where s.tenant_id = r.tenant_id;
alter table register alter column store_id set not null;
alter table company force row level security;
alter table warehouse force row level security;
alter table store force row level security;
alter table register force row level security;
create trigger store_admission before insert on store for each row execute function app.admit_store();
alter table register add constraint register_store_fk foreign key (tenant_id, store_id) references store (tenant_id, id);
create index register_store on register (tenant_id, store_id);

-- How documents of a kind are numbered, and the hot row that gives the next number: it is taken when all else is written.
-- A series of a register works while a shift is open there; ending the shift (open_shift_id := null) waits for sales under
-- way and refuses later ones.
create table series (
    tenant_id     uuid        not null,
    id            uuid        not null,
    document      text        not null,
    register_id   uuid,
    prefix        text        not null,
    padding       smallint    not null,
    is_yearly     boolean     not null default false,
    year          smallint    not null default 0,
    first_number  bigint      not null default 1,
    next_number   bigint      not null default 1,
    last_number   bigint,
    authorisation text        not null default '',
    valid_from    date,
    valid_until   date,
    warn_below    bigint      not null default 100,
    warned_at     timestamptz,
    is_active     boolean     not null default true,
    open_shift_id uuid,
    version       integer     not null default 1,
    created_at    timestamptz not null,
    constraint series_pk primary key (tenant_id, id),
    constraint series_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint series_register_fk foreign key (tenant_id, register_id) references register (tenant_id, id),
    constraint series_shift_fk foreign key (tenant_id, register_id, open_shift_id) references shift (tenant_id, register_id, id),
    constraint series_prefix_unique unique (tenant_id, document, prefix),
    constraint series_document_known check (document in ('pos_sale', 'pos_refund')),
    constraint series_padding_range check (padding between 1 and 18),
    constraint series_numbers_in_range check (
        first_number >= 1 and next_number >= first_number and (last_number is null or next_number <= last_number + 1)),
    constraint series_range_not_yearly check (not is_yearly or (last_number is null and first_number = 1)),
    constraint series_dates_in_order check (valid_from <= valid_until),
    constraint series_at_register check ((document in ('pos_sale', 'pos_refund')) = (register_id is not null))
) with (fillfactor = 10);
comment on column series.year is 'Of the next number, where numbers begin anew each year; else zero.';
comment on column series.last_number is 'The last that the authority allows; null: no end.';
select app.enclose('series');
create unique index series_one_active on series (tenant_id, document, register_id) nulls not distinct where is_active;
create index series_register on series (tenant_id, register_id);
grant select, insert on series to balanza_app;
grant update (prefix, padding, is_yearly, year, first_number, next_number, last_number, authorisation, valid_from, valid_until, warn_below,
              warned_at, is_active, open_shift_id, version) on series to balanza_app;

alter table register_counter no force row level security;
alter table series no force row level security;
alter table sale no force row level security;
insert into series (tenant_id, id, document, register_id, prefix, padding, next_number, open_shift_id, created_at)
select k.tenant_id, gen_random_uuid(), d.document, k.register_id, case d.document when 'pos_sale' then k.sale_prefix else k.refund_prefix end,
       k.padding, case d.document when 'pos_sale' then k.next_sale else k.next_refund end, k.open_shift_id, now()
from register_counter k cross join (values ('pos_sale'), ('pos_refund')) d (document);
-- Owners are told before a range runs out.
create policy system_warnings on series to balanza_system using (true) with check (true);
grant select, update (warned_at) on series to balanza_system;

drop table register_counter;
alter table sale add column series_id uuid;
update sale s set series_id = n.id from series n where n.tenant_id = s.tenant_id and n.register_id = s.register_id and n.document = 'pos_' || s.kind;
alter table sale
    alter column series_id set not null,
    add column series_year smallint not null default 0,
    add constraint sale_series_fk foreign key (tenant_id, series_id) references series (tenant_id, id),
    drop constraint sale_number_unique,
    add constraint sale_number_unique unique (tenant_id, series_id, series_year, sequence);

alter table series force row level security;
alter table sale force row level security;

-- The kinds of goods that a company sells: a tree.
create table category (
    tenant_id  uuid        not null,
    id         uuid        not null,
    parent_id  uuid,
    name       text        not null,
    position   integer     not null default 0,
    version    integer     not null default 1,
    created_at timestamptz not null,
    constraint category_pk primary key (tenant_id, id),
    constraint category_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint category_parent_fk foreign key (tenant_id, parent_id) references category (tenant_id, id),
    constraint category_name_unique unique nulls not distinct (tenant_id, parent_id, name)
);
select app.enclose('category');
grant select, insert, delete, update (parent_id, name, position, version) on category to balanza_app;

-- Two who move branches at once take turns, so that no circle closes between them.
create function app.keep_category_tree() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
declare
    above uuid := new.parent_id;
    depth integer := 1;
begin
    perform from company c where c.tenant_id = new.tenant_id for no key update;
    while above is not null loop
        depth := depth + 1;
        if above = new.id or depth > 6 then
            raise exception 'a category stands under itself, or too deep' using errcode = '23514', constraint = 'category_tree';
        end if;
        select c.parent_id into above from category c where c.tenant_id = new.tenant_id and c.id = above;
    end loop;
    return new;
end $$;
create trigger category_tree before insert or update of parent_id on category
    for each row when (new.parent_id is not null) execute function app.keep_category_tree();

alter table product add column category_id uuid;
alter table product add constraint product_category_fk foreign key (tenant_id, category_id) references category (tenant_id, id);
create index product_category on product (tenant_id, category_id);

-- What the company asks for in a form, other than its sector does.
create table field_setting (
    tenant_id     uuid     not null,
    form          text     not null,
    field         text     not null,
    is_visible    boolean  not null,
    is_required   boolean  not null,
    label         text     not null,
    position      smallint not null,
    default_value jsonb,
    constraint field_setting_pk primary key (tenant_id, form, field),
    constraint field_setting_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint field_setting_askable check (is_visible or not is_required or default_value is not null)
);
select app.enclose('field_setting');
grant select, insert, delete on field_setting to balanza_app;

-- The company's own words, in place of the shipped ones.
create table template (
    tenant_id  uuid        not null,
    kind       text        not null,
    parts      jsonb       not null,
    version    integer     not null default 1,
    updated_by uuid        not null,
    updated_at timestamptz not null,
    constraint template_pk primary key (tenant_id, kind),
    constraint template_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint template_parts_object check (jsonb_typeof(parts) = 'object')
);
select app.enclose('template');
grant select, insert, delete, update (parts, version, updated_by, updated_at) on template to balanza_app;
