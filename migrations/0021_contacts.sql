-- Whom the company deals with: one row for each, whatever their roles; likely doubles, merging, erasing.
--
-- Changes the tables of sales. Nothing has been released yet: they hold a trial's rows at most, and nobody waits for them.
-- squawk-ignore-file adding-foreign-key-constraint, constraint-missing-not-valid, require-concurrent-index-creation

create table contact (
    tenant_id          uuid        not null,
    id                 uuid        not null,
    kind               text        not null,
    legal_name         text        not null,
    trade_name         text        not null default '',
    roles              text[]      not null default '{}',
    country            text        not null,
    identifier         text        not null default '',
    identifier_type    text        not null default '',
    payment_terms_days smallint    not null default 0,
    credit_limit_minor bigint,
    language           text        not null default '',
    notes              text        not null default '',
    tags               text[]      not null default '{}',
    is_active          boolean     not null default true,
    merged_into        uuid,
    erased_at          timestamptz,
    version            integer     not null default 1,
    created_at         timestamptz not null,
    updated_at         timestamptz not null,
    constraint contact_pk primary key (tenant_id, id),
    constraint contact_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint contact_merged_fk foreign key (tenant_id, merged_into) references contact (tenant_id, id),
    constraint contact_kind_known check (kind in ('person', 'company')),
    constraint contact_roles_known check (roles <@ array['customer', 'supplier', 'employee', 'carrier']),
    constraint contact_terms_range check (payment_terms_days between 0 and 3650),
    constraint contact_limit_not_negative check (credit_limit_minor >= 0),
    constraint contact_merged_into_another check (merged_into <> id)
);
comment on column contact.merged_into is 'Where the contact has gone; it holds nothing any more, and nothing but other such rows points at it.';
select app.enclose('contact');
create unique index contact_identifier_unique on contact (tenant_id, country, identifier) where identifier <> '';
create index contact_by_name on contact (tenant_id, legal_name, id) where merged_into is null;
create index contact_merged on contact (tenant_id, merged_into) where merged_into is not null;
grant select, insert, delete on contact to balanza_app;
grant update (kind, legal_name, trade_name, roles, country, identifier, identifier_type, payment_terms_days, credit_limit_minor, language,
              notes, tags, is_active, merged_into, erased_at, version, updated_at) on contact to balanza_app;

-- What belongs to a contact goes with it (on delete cascade). Whatever else points at one keeps it from being deleted, and
-- follows it when it is merged: see app.repoint_contact.
create table contact_phone (
    tenant_id  uuid     not null,
    contact_id uuid     not null,
    number     text     not null,
    position   smallint not null,
    constraint contact_phone_pk primary key (tenant_id, contact_id, number),
    constraint contact_phone_contact_fk foreign key (tenant_id, contact_id) references contact (tenant_id, id) on delete cascade,
    constraint contact_phone_e164 check (number ~ '^\+[0-9]{4,17}$')
);
select app.enclose('contact_phone');
grant select, insert, delete on contact_phone to balanza_app;

create table contact_email (
    tenant_id  uuid     not null,
    contact_id uuid     not null,
    email      text     not null,
    position   smallint not null,
    constraint contact_email_pk primary key (tenant_id, contact_id, email),
    constraint contact_email_contact_fk foreign key (tenant_id, contact_id) references contact (tenant_id, id) on delete cascade
);
select app.enclose('contact_email');
grant select, insert, delete on contact_email to balanza_app;

create table contact_address (
    tenant_id   uuid     not null,
    contact_id  uuid     not null,
    position    smallint not null,
    kind        text     not null,
    lines       text     not null,
    city        text     not null,
    region      text     not null,
    postal_code text     not null,
    country     text     not null,
    constraint contact_address_pk primary key (tenant_id, contact_id, position),
    constraint contact_address_contact_fk foreign key (tenant_id, contact_id) references contact (tenant_id, id) on delete cascade,
    constraint contact_address_kind_known check (kind in ('billing', 'shipping', 'other'))
);
select app.enclose('contact_address');
grant select, insert, delete on contact_address to balanza_app;

create table contact_bank_account (
    tenant_id  uuid     not null,
    contact_id uuid     not null,
    position   smallint not null,
    holder     text     not null,
    bank       text     not null,
    number     text     not null,
    iban       text     not null,
    constraint contact_bank_account_pk primary key (tenant_id, contact_id, position),
    constraint contact_bank_account_contact_fk foreign key (tenant_id, contact_id) references contact (tenant_id, id) on delete cascade,
    constraint contact_bank_account_named check (iban <> '' or (holder <> '' and bank <> '' and number <> ''))
);
select app.enclose('contact_bank_account');
grant select, insert, delete on contact_bank_account to balanza_app;

-- What somebody has agreed to or withdrawn: never changed, only followed by what is said later. A merge takes it along.
create table contact_consent (
    tenant_id   uuid        not null,
    id          uuid        not null,
    contact_id  uuid        not null,
    marketing   boolean     not null,
    given_at    timestamptz not null,
    source      text        not null,
    recorded_by uuid        not null,
    recorded_at timestamptz not null,
    constraint contact_consent_pk primary key (tenant_id, id),
    constraint contact_consent_contact_fk foreign key (tenant_id, contact_id) references contact (tenant_id, id) on delete cascade
);
select app.enclose('contact_consent');
create index contact_consent_contact on contact_consent (tenant_id, contact_id, recorded_at, id);
grant select, insert, update (contact_id) on contact_consent to balanza_app;

-- By what a contact is found, and by what its doubles are: words of its names, identifier, phones, mail addresses, and pairs
-- of a word and another's initial. Row-level security lets only leak-proof operators choose an index: equality and order of
-- texts are, likeness and membership in arrays are not. In C order a prefix is a range.
create table contact_key (
    tenant_id  uuid               not null,
    contact_id uuid               not null,
    kind       text collate "C"   not null,
    key        text collate "C"   not null,
    constraint contact_key_pk primary key (tenant_id, contact_id, kind, key),
    constraint contact_key_contact_fk foreign key (tenant_id, contact_id) references contact (tenant_id, id) on delete cascade,
    constraint contact_key_kind_known check (kind in ('word', 'identifier', 'phone', 'email', 'name'))
);
select app.enclose('contact_key');
create index contact_key_by_key on contact_key (tenant_id, kind, key, contact_id);
grant select, insert, delete on contact_key to balanza_app;

-- Pairs that may be one and the same, found when either is written. Advice: no foreign key, because checking it would wait
-- for whoever merges the other.
create table contact_duplicate (
    tenant_id uuid     not null,
    low_id    uuid     not null,
    high_id   uuid     not null,
    score     smallint not null,
    reasons   text[]   not null,
    constraint contact_duplicate_pk primary key (tenant_id, low_id, high_id),
    constraint contact_duplicate_once check (low_id < high_id),
    constraint contact_duplicate_score_range check (score between 1 and 100)
);
select app.enclose('contact_duplicate');
create index contact_duplicate_high on contact_duplicate (tenant_id, high_id);
create index contact_duplicate_by_score on contact_duplicate (tenant_id, score, low_id, high_id);
grant select, insert, delete, update (score) on contact_duplicate to balanza_app;

-- Whatever points at a contact without belonging to it points at another from now on: also what later migrations add.
create function app.repoint_contact(tenant uuid, gone uuid, kept uuid) returns void
language plpgsql
set search_path = pg_catalog, public
as $$
declare
    pointer record;
begin
    for pointer in
        select k.conrelid::regclass as relation, here.attname as name
        from pg_constraint k
        cross join unnest(k.conkey, k.confkey) pair (here, there)
        join pg_attribute here on here.attrelid = k.conrelid and here.attnum = pair.here
        join pg_attribute there on there.attrelid = k.confrelid and there.attnum = pair.there and there.attname = 'id'
        where k.contype = 'f' and k.confrelid = 'contact'::regclass and k.confdeltype <> 'c'
        order by k.conname
    loop
        execute format('update %s set %I = $1 where tenant_id = $2 and %I = $3', pointer.relation, pointer.name, pointer.name)
            using kept, tenant, gone;
    end loop;
end $$;

-- Who has bought, as the register knew it: what has been printed stays, whatever becomes of the contact.
alter table sale
    add column customer_id         uuid,
    add column customer_name       text not null default '',
    add column customer_identifier text not null default '',
    add constraint sale_customer_fk foreign key (tenant_id, customer_id) references contact (tenant_id, id);
create index sale_customer on sale (tenant_id, customer_id, sold_at, id) where customer_id is not null;
-- A posted sale never changes; whom its customer has been merged into does.
grant update (customer_id) on sale to balanza_app;

-- Every document of a contact, with what it charges and what has been settled of it; later kinds join by `union all`.
create view app.contact_document with (security_invoker = true) as
select s.tenant_id, s.customer_id as contact_id, 'pos_' || s.kind as kind, s.id, s.number, s.sold_at as at, s.sale_date as date, s.currency,
       s.customer_name as name, s.customer_identifier as identifier,
       case s.kind when 'sale' then s.total_minor else -s.total_minor end as charged_minor,
       case s.kind when 'sale' then s.total_minor else -s.total_minor end as settled_minor
from sale s
where s.customer_id is not null;
grant select on app.contact_document to balanza_app;
