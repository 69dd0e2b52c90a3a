-- The books: journals, drafts, open items and their allocation, cost centres, fiscal years and locks.
--
-- Changes tables of migrations before it. Nothing has been released yet: they hold a trial's rows at most, and nobody
-- waits for them.
-- squawk-ignore-file constraint-missing-not-valid, require-concurrent-index-creation, require-concurrent-index-deletion, adding-required-field, ban-drop-constraint, disallowed-unique-constraint, adding-foreign-key-constraint

-- What is there already is moved across companies: their owner, who is no superuser everywhere, must see past the wall.
alter table company no force row level security;
alter table account no force row level security;
alter table account_role no force row level security;
alter table journal_entry no force row level security;
alter table journal_line no force row level security;

create table journal (
    tenant_id uuid    not null,
    code      text    not null,
    name      text    not null,
    kind      text    not null,
    is_active boolean not null default true,
    version   integer not null default 1,
    constraint journal_pk primary key (tenant_id, code),
    constraint journal_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint journal_code_shape check (code ~ '^[a-z0-9][a-z0-9_-]{0,19}$'),
    constraint journal_kind_known check (
        kind in ('general', 'sales', 'purchases', 'cash', 'bank', 'pos', 'stock', 'payments', 'exchange', 'opening', 'closing'))
);
select app.enclose('journal');
grant select, insert, update (name, is_active, version) on journal to balanza_app;
insert into journal (tenant_id, code, name, kind)
select c.tenant_id, k, initcap(k), k
from company c cross join unnest(array['general', 'sales', 'purchases', 'cash', 'bank', 'pos', 'stock', 'payments', 'exchange',
                                       'opening', 'closing']) k
where exists (select from account a where a.tenant_id = c.tenant_id);

alter table account
    add column kind            text    not null default '',
    add column is_reconcilable boolean not null default false,
    add column currency        text,
    add column is_active       boolean not null default true,
    add column version         integer not null default 1,
    add constraint account_kind_known check (
        kind in ('', 'receivable', 'payable', 'cash', 'bank', 'clearing', 'inventory', 'tax', 'prepaid', 'current', 'fixed', 'depreciation',
                 'non_current', 'capital', 'result', 'retained', 'revenue', 'other_income', 'cost_of_sales', 'operating', 'depreciation_expense',
                 'financial', 'income_tax')),
    add constraint account_currency_shape check (currency ~ '^[A-Z]{3}$');
comment on column account.kind is 'Finer than its type: where reports show it. Empty: as its type alone says.';
comment on column account.is_reconcilable is 'What is posted to it is an open item until it is allocated.';
comment on column account.currency is 'Postings to it are in this currency; null: in any.';
grant update (name, kind, is_reconcilable, currency, is_active, version) on account to balanza_app;
grant update (account_id) on account_role to balanza_app;

-- A group has no postings and an account no accounts below it; whether what is posted is an open item, and in which currency it is,
-- is settled before the first posting.
create function app.keep_account() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    if (new.is_reconcilable, new.currency) is distinct from (old.is_reconcilable, old.currency)
        and exists (select from journal_line l where l.tenant_id = new.tenant_id and l.account_id = new.id)
    then
        raise exception 'an account with postings stays as it is'
            using errcode = '23514', constraint = 'account_unposted';
    end if;
    return new;
end $$;
create trigger account_keep before update on account for each row execute function app.keep_account();

update account a set is_reconcilable = true
from account_role r
where r.tenant_id = a.tenant_id and r.account_id = a.id and r.role in ('receivable', 'payable')
  and not exists (select from journal_line l where l.tenant_id = a.tenant_id and l.account_id = a.id);

alter table journal_entry
    add column reference   text not null default '',
    add column stage       text not null default 'normal',
    add column reverses_id uuid,
    add column person_id   uuid,
    add constraint journal_entry_journal_fk foreign key (tenant_id, journal) references journal (tenant_id, code),
    add constraint journal_entry_reverses_fk foreign key (tenant_id, reverses_id) references journal_entry (tenant_id, id),
    add constraint journal_entry_reversed_once unique (tenant_id, reverses_id),
    add constraint journal_entry_stage_known check (stage in ('normal', 'regularisation', 'closing', 'opening')),
    add constraint journal_entry_stage_of_closing check (stage = 'normal' or journal = 'closing');
comment on column journal_entry.stage is 'What closes a year and opens the next; reports leave it out, so that a year that is closed reads like one that is not.';
comment on column journal_entry.person_id is 'Who posted it by hand; null: a document did.';
create index journal_entry_journal on journal_entry (tenant_id, journal, entry_date);
create index journal_entry_posted on journal_entry (tenant_id, posted_at);
create index journal_entry_day on journal_entry (tenant_id, entry_date, id);
create index journal_entry_stage on journal_entry (tenant_id, entry_date) where stage <> 'normal';

alter table journal_line
    add column contact_id     uuid,
    add column due_date       date,
    add column currency       text,
    add column currency_minor bigint,
    add column tax_id         uuid,
    add column tax_base_minor bigint,
    add column memo           text not null default '',
    drop constraint journal_line_one_side,
    add constraint journal_line_one_side check (
        debit_minor >= 0 and credit_minor >= 0
        and ((debit_minor = 0) <> (credit_minor = 0)
             or (debit_minor = 0 and credit_minor = 0 and (tax_id is not null or currency is not null)))),
    add constraint journal_line_contact_fk foreign key (tenant_id, contact_id) references contact (tenant_id, id),
    add constraint journal_line_tax_fk foreign key (tenant_id, tax_id) references tax (tenant_id, id),
    add constraint journal_line_currency_whole check ((currency is null) = (currency_minor is null)),
    add constraint journal_line_currency_shape check (currency ~ '^[A-Z]{3}$'),
    add constraint journal_line_currency_side check (
        currency_minor = 0 or debit_minor = credit_minor or sign(currency_minor) = sign(debit_minor - credit_minor)),
    add constraint journal_line_tax_whole check ((tax_id is null) = (tax_base_minor is null));
comment on column journal_line.currency_minor is 'The amount in the document''s currency, a debit positive; 0: a difference of exchange. Null: in the company''s own.';
comment on column journal_line.tax_base_minor is 'What the tax of this line was computed of, with the sign of a debit or a credit.';
drop index journal_line_account;
create index journal_line_account on journal_line (tenant_id, account_id, entry_date) include (debit_minor, credit_minor);
create index journal_line_contact on journal_line (tenant_id, contact_id, entry_date) where contact_id is not null;
create index journal_line_tax on journal_line (tenant_id, tax_id, entry_date) where tax_id is not null;
-- A posted line never changes; whom its contact has been merged into does, and the trigger below lets nothing else.
grant update (contact_id) on journal_line to balanza_app;

create function app.keep_party() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    if not exists (select from contact c where c.tenant_id = old.tenant_id and c.id = old.contact_id and c.merged_into = new.contact_id) then
        raise exception 'what is posted names another contact only after a merge'
            using errcode = '23514', constraint = 'posted_party';
    end if;
    return new;
end $$;
create trigger journal_line_party before update on journal_line for each row execute function app.keep_party();

-- What waits to be settled: every line of a reconcilable account, with what is left of it; what closes a year and opens the next
-- leaves nothing open. Kept by the triggers below and by
-- nothing else. Amounts are signed: a debit positive.
create table open_item (
    tenant_id               uuid     not null,
    entry_id                uuid     not null,
    line_no                 smallint not null,
    account_id              uuid     not null,
    contact_id              uuid,
    entry_date              date     not null,
    due_date                date     not null,
    currency                text,
    amount_minor            bigint   not null,
    residual_minor          bigint   not null,
    currency_minor          bigint,
    residual_currency_minor bigint,
    constraint open_item_pk primary key (tenant_id, entry_id, line_no),
    constraint open_item_line_fk foreign key (tenant_id, entry_id, line_no) references journal_line (tenant_id, entry_id, line_no),
    constraint open_item_account_fk foreign key (tenant_id, account_id) references account (tenant_id, id),
    constraint open_item_contact_fk foreign key (tenant_id, contact_id) references contact (tenant_id, id),
    constraint allocation_within_residual check (
        residual_minor between least(amount_minor, 0) and greatest(amount_minor, 0)
        and (residual_currency_minor is null or residual_currency_minor between least(currency_minor, 0) and greatest(currency_minor, 0)))
) with (fillfactor = 80);
select app.enclose('open_item');
create index open_item_account on open_item (tenant_id, account_id, entry_date);
create index open_item_contact on open_item (tenant_id, contact_id);
create index open_item_due on open_item (tenant_id, due_date, entry_id) where residual_minor <> 0 or residual_currency_minor <> 0;
-- Whom a merge re-points; `app.keep_party` lets nothing else.
grant select, update (contact_id) on open_item to balanza_app;
create trigger open_item_party before update of contact_id on open_item for each row
    when (new.contact_id is distinct from old.contact_id) execute function app.keep_party();

-- A debit and a credit of one account settle each other, by an amount. Undone by a row that says the same again.
create table allocation (
    tenant_id             uuid        not null,
    id                    uuid        not null,
    debit_entry_id        uuid        not null,
    debit_line_no         smallint    not null,
    credit_entry_id       uuid        not null,
    credit_line_no        smallint    not null,
    amount_minor          bigint      not null,
    currency_minor        bigint,
    source_kind           text        not null,
    source_id             uuid        not null,
    allocated_on          date        not null,
    exchange_entry_id     uuid,
    rest_of_id            uuid,
    undoes_id             uuid,
    created_at            timestamptz not null,
    constraint allocation_pk primary key (tenant_id, id),
    constraint allocation_debit_fk foreign key (tenant_id, debit_entry_id, debit_line_no) references open_item (tenant_id, entry_id, line_no),
    constraint allocation_credit_fk foreign key (tenant_id, credit_entry_id, credit_line_no) references open_item (tenant_id, entry_id, line_no),
    constraint allocation_exchange_fk foreign key (tenant_id, exchange_entry_id) references journal_entry (tenant_id, id),
    constraint allocation_rest_fk foreign key (tenant_id, rest_of_id) references allocation (tenant_id, id),
    constraint allocation_rest_is_exchange check ((rest_of_id is null) or (currency_minor = 0 and amount_minor > 0)),
    constraint allocation_undoes_fk foreign key (tenant_id, undoes_id) references allocation (tenant_id, id),
    constraint allocation_undone_once unique (tenant_id, undoes_id),
    constraint allocation_amount_positive check (amount_minor >= 0 and coalesce(currency_minor, 0) >= 0 and amount_minor + coalesce(currency_minor, 0) > 0)
);
comment on column allocation.currency_minor is 'What is taken of both in the currency that both are in; null: both are in the company''s own.';
comment on column allocation.rest_of_id is 'The allocation in whose currency all is settled, and whose rest in the company''s money this one settles.';
comment on column allocation.exchange_entry_id is 'The entry of that difference of exchange.';
select app.enclose('allocation');
create index allocation_debit on allocation (tenant_id, debit_entry_id, debit_line_no);
create index allocation_credit on allocation (tenant_id, credit_entry_id, credit_line_no);
create index allocation_source on allocation (tenant_id, source_kind, source_id);
create index allocation_rest on allocation (tenant_id, rest_of_id) where rest_of_id is not null;
create index allocation_exchange on allocation (tenant_id, exchange_entry_id) where exchange_entry_id is not null;
create index allocation_day on allocation (tenant_id, allocated_on, id);
grant select, insert on allocation to balanza_app;

-- Takes allocations off both items, or gives them back. The rows are locked in the order of their keys.
create function app.settle_items() returns trigger
language plpgsql security definer
set search_path = pg_catalog, public
as $$
begin
    if exists (
        select from added n
        join open_item d on d.tenant_id = n.tenant_id and d.entry_id = n.debit_entry_id and d.line_no = n.debit_line_no
        join open_item c on c.tenant_id = n.tenant_id and c.entry_id = n.credit_entry_id and c.line_no = n.credit_line_no
        where d.account_id <> c.account_id or d.contact_id is distinct from c.contact_id or d.currency is distinct from c.currency
           or (d.currency is null) <> (n.currency_minor is null) or d.amount_minor < 0 or c.amount_minor > 0
           or coalesce(d.currency_minor, 0) < 0 or coalesce(c.currency_minor, 0) > 0
    ) then
        raise exception 'a debit and a credit of one account, contact and currency settle each other'
            using errcode = '23514', constraint = 'allocation_alike';
    end if;
    if exists (
        select from added n join allocation o on o.tenant_id = n.tenant_id and o.id = n.undoes_id
        where (o.debit_entry_id, o.debit_line_no, o.credit_entry_id, o.credit_line_no, o.amount_minor) is distinct from
              (n.debit_entry_id, n.debit_line_no, n.credit_entry_id, n.credit_line_no, n.amount_minor)
           or o.currency_minor is distinct from n.currency_minor or o.undoes_id is not null
    ) then
        raise exception 'what undoes an allocation says the same' using errcode = '23514', constraint = 'allocation_undone_whole';
    end if;
    perform from open_item i
    where (i.tenant_id, i.entry_id, i.line_no) in (
        select tenant_id, debit_entry_id, debit_line_no from added union select tenant_id, credit_entry_id, credit_line_no from added)
    order by i.tenant_id, i.entry_id, i.line_no
    for update;
    update open_item i
    set residual_minor = i.residual_minor - t.minor,
        residual_currency_minor = i.residual_currency_minor - t.currency_minor
    from (
        select tenant_id, entry_id, line_no, sum(minor)::bigint as minor, sum(currency_minor)::bigint as currency_minor
        from (
            select tenant_id, debit_entry_id as entry_id, debit_line_no as line_no,
                   case when undoes_id is null then amount_minor else -amount_minor end as minor,
                   case when undoes_id is null then currency_minor else -currency_minor end as currency_minor
            from added
            union all
            select tenant_id, credit_entry_id, credit_line_no,
                   case when undoes_id is null then -amount_minor else amount_minor end,
                   case when undoes_id is null then -currency_minor else currency_minor end
            from added) part
        group by 1, 2, 3) t
    where i.tenant_id = t.tenant_id and i.entry_id = t.entry_id and i.line_no = t.line_no;
    return null;
end $$;
create trigger allocation_settle after insert on allocation
    referencing new table as added for each statement execute function app.settle_items();

-- Cost centres, and how a line is shared among them: exactly.
create table cost_centre (
    tenant_id  uuid        not null,
    id         uuid        not null,
    code       text        not null,
    name       text        not null,
    parent_id  uuid,
    is_active  boolean     not null default true,
    version    integer     not null default 1,
    created_at timestamptz not null,
    constraint cost_centre_pk primary key (tenant_id, id),
    constraint cost_centre_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint cost_centre_code_unique unique (tenant_id, code),
    constraint cost_centre_parent_fk foreign key (tenant_id, parent_id) references cost_centre (tenant_id, id),
    constraint cost_centre_not_its_own check (parent_id <> id)
);
select app.enclose('cost_centre');
create index cost_centre_parent on cost_centre (tenant_id, parent_id) where parent_id is not null;
grant select, insert, delete, update (code, name, parent_id, is_active, version) on cost_centre to balanza_app;

create table cost_share (
    tenant_id    uuid     not null,
    entry_id     uuid     not null,
    line_no      smallint not null,
    centre_id    uuid     not null,
    amount_minor bigint   not null,
    constraint cost_share_pk primary key (tenant_id, entry_id, line_no, centre_id),
    constraint cost_share_line_fk foreign key (tenant_id, entry_id, line_no) references journal_line (tenant_id, entry_id, line_no),
    constraint cost_share_centre_fk foreign key (tenant_id, centre_id) references cost_centre (tenant_id, id)
);
comment on column cost_share.amount_minor is 'A debit positive; all shares of a line are together the line.';
select app.enclose('cost_share');
create index cost_share_centre on cost_share (tenant_id, centre_id);
grant select, insert on cost_share to balanza_app;

create function app.keep_shares_whole() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    if exists (
        select from (select distinct tenant_id, entry_id, line_no from added) a
        join journal_line l using (tenant_id, entry_id, line_no)
        where l.debit_minor - l.credit_minor <> (
            select sum(s.amount_minor) from cost_share s
            where s.tenant_id = a.tenant_id and s.entry_id = a.entry_id and s.line_no = a.line_no)
    ) then
        raise exception 'the shares of a line are together the line' using errcode = '23514', constraint = 'cost_share_whole';
    end if;
    return null;
end $$;
create trigger cost_share_whole after insert on cost_share
    referencing new table as added for each statement execute function app.keep_shares_whole();

-- Entries that are being written; posting makes a journal entry with the same id of one and removes it.
create table draft_entry (
    tenant_id      uuid        not null,
    id             uuid        not null,
    journal        text        not null,
    entry_date     date        not null,
    memo           text        not null default '',
    auto_reverse   date,
    recurring_id   uuid,
    created_by     uuid        not null,
    created_at     timestamptz not null,
    version        integer     not null default 1,
    constraint draft_entry_pk primary key (tenant_id, id),
    constraint draft_entry_journal_fk foreign key (tenant_id, journal) references journal (tenant_id, code),
    constraint draft_entry_reversed_later check (auto_reverse > entry_date)
);
select app.enclose('draft_entry');
create index draft_entry_journal on draft_entry (tenant_id, journal);
grant select, insert, delete, update (journal, entry_date, memo, auto_reverse, version) on draft_entry to balanza_app;

-- The lines of a draft, and of an entry that recurs.
create table draft_line (
    tenant_id      uuid     not null,
    owner_id       uuid     not null,
    line_no        smallint not null,
    account_id     uuid     not null,
    amount_minor   bigint   not null,
    contact_id     uuid,
    due_date       date,
    currency       text,
    currency_minor bigint,
    tax_id         uuid,
    tax_base_minor bigint,
    memo           text     not null default '',
    constraint draft_line_pk primary key (tenant_id, owner_id, line_no),
    constraint draft_line_account_fk foreign key (tenant_id, account_id) references account (tenant_id, id),
    constraint draft_line_contact_fk foreign key (tenant_id, contact_id) references contact (tenant_id, id),
    constraint draft_line_tax_fk foreign key (tenant_id, tax_id) references tax (tenant_id, id),
    constraint draft_line_currency_whole check ((currency is null) = (currency_minor is null)),
    constraint draft_line_tax_whole check ((tax_id is null) = (tax_base_minor is null))
);
select app.enclose('draft_line');
create index draft_line_account on draft_line (tenant_id, account_id);
create index draft_line_contact on draft_line (tenant_id, contact_id) where contact_id is not null;
create index draft_line_tax on draft_line (tenant_id, tax_id) where tax_id is not null;
grant select, insert, delete, update (contact_id) on draft_line to balanza_app;

create table draft_share (
    tenant_id uuid           not null,
    owner_id  uuid           not null,
    line_no   smallint       not null,
    centre_id uuid           not null,
    weight    numeric(18, 6) not null,
    constraint draft_share_pk primary key (tenant_id, owner_id, line_no, centre_id),
    constraint draft_share_line_fk foreign key (tenant_id, owner_id, line_no) references draft_line (tenant_id, owner_id, line_no) on delete cascade,
    constraint draft_share_centre_fk foreign key (tenant_id, centre_id) references cost_centre (tenant_id, id),
    constraint draft_share_weight_positive check (weight > 0)
);
select app.enclose('draft_share');
create index draft_share_centre on draft_share (tenant_id, centre_id);
grant select, insert, delete on draft_share to balanza_app;

-- Papers that belong to an entry, posted or not. They can be added, and taken away from a draft only.
create table entry_file (
    tenant_id uuid        not null,
    entry_id  uuid        not null,
    file_id   uuid        not null,
    added_by  uuid        not null,
    added_at  timestamptz not null,
    constraint entry_file_pk primary key (tenant_id, entry_id, file_id),
    constraint entry_file_file_fk foreign key (tenant_id, file_id) references file (tenant_id, id)
);
select app.enclose('entry_file');
create index entry_file_file on entry_file (tenant_id, file_id);
grant select, insert, delete on entry_file to balanza_app;

create function app.keep_papers() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    if exists (select from journal_entry e where e.tenant_id = old.tenant_id and e.id = old.entry_id) then
        raise exception 'papers of a posted entry stay' using errcode = '23514', constraint = 'entry_file_posted';
    end if;
    return old;
end $$;
create trigger entry_file_keep before delete on entry_file for each row execute function app.keep_papers();

create table recurring_entry (
    tenant_id   uuid        not null,
    id          uuid        not null,
    name        text        not null,
    journal     text        not null,
    memo        text        not null default '',
    frequency   text        not null,
    every       smallint    not null default 1,
    start_date  date        not null,
    next_date   date        not null,
    end_date    date,
    runs        integer     not null default 0,
    posts       boolean     not null,
    is_active   boolean     not null default true,
    created_by  uuid        not null,
    created_at  timestamptz not null,
    version     integer     not null default 1,
    constraint recurring_entry_pk primary key (tenant_id, id),
    constraint recurring_entry_journal_fk foreign key (tenant_id, journal) references journal (tenant_id, code),
    constraint recurring_entry_frequency_known check (frequency in ('daily', 'weekly', 'monthly', 'yearly')),
    constraint recurring_entry_every_range check (every between 1 and 366)
);
comment on column recurring_entry.posts is 'Whether it is posted when its day comes; a draft otherwise.';
select app.enclose('recurring_entry');
create index recurring_entry_journal on recurring_entry (tenant_id, journal);
create index recurring_entry_due on recurring_entry (next_date) where is_active;
grant select, insert, delete, update (name, journal, memo, frequency, every, start_date, next_date, end_date, runs, posts, is_active, version)
    on recurring_entry to balanza_app;
create policy system_watch on recurring_entry for select to balanza_system using (true);
grant select on recurring_entry to balanza_system;

-- Entries that another reverses on a day to come: what has been accrued.
create table planned_reversal (
    tenant_id uuid not null,
    entry_id  uuid not null,
    on_date   date not null,
    done_by   uuid,
    constraint planned_reversal_pk primary key (tenant_id, entry_id),
    constraint planned_reversal_entry_fk foreign key (tenant_id, entry_id) references journal_entry (tenant_id, id),
    constraint planned_reversal_done_fk foreign key (tenant_id, done_by) references journal_entry (tenant_id, id)
);
select app.enclose('planned_reversal');
create index planned_reversal_due on planned_reversal (on_date) where done_by is null;
create index planned_reversal_done on planned_reversal (tenant_id, done_by) where done_by is not null;
grant select, insert, update (done_by) on planned_reversal to balanza_app;
create policy system_watch on planned_reversal for select to balanza_system using (true);
grant select on planned_reversal to balanza_system;

-- Income and expense that belong to a stretch of time: an entry a period moves a part from where it waits to where it belongs.
create table deferral (
    tenant_id      uuid        not null,
    id             uuid        not null,
    name           text        not null,
    kind           text        not null,
    method         text        not null,
    from_id        uuid        not null,
    into_id        uuid        not null,
    amount_minor   bigint      not null,
    start_date     date        not null,
    end_date       date        not null,
    entry_id       uuid,
    cancelled_on   date,
    created_by     uuid        not null,
    created_at     timestamptz not null,
    version        integer     not null default 1,
    constraint deferral_pk primary key (tenant_id, id),
    constraint deferral_from_fk foreign key (tenant_id, from_id) references account (tenant_id, id),
    constraint deferral_into_fk foreign key (tenant_id, into_id) references account (tenant_id, id),
    constraint deferral_entry_fk foreign key (tenant_id, entry_id) references journal_entry (tenant_id, id),
    constraint deferral_kind_known check (kind in ('income', 'expense')),
    constraint deferral_method_known check (method in ('days', 'months')),
    constraint deferral_amount_positive check (amount_minor > 0),
    constraint deferral_forward check (end_date >= start_date)
);
select app.enclose('deferral');
create index deferral_from on deferral (tenant_id, from_id);
create index deferral_into on deferral (tenant_id, into_id);
create index deferral_entry on deferral (tenant_id, entry_id) where entry_id is not null;
grant select, insert, update (cancelled_on, version) on deferral to balanza_app;

create table deferral_part (
    tenant_id    uuid     not null,
    deferral_id  uuid     not null,
    part_no      smallint not null,
    on_date      date     not null,
    amount_minor bigint   not null,
    entry_id     uuid,
    constraint deferral_part_pk primary key (tenant_id, deferral_id, part_no),
    constraint deferral_part_deferral_fk foreign key (tenant_id, deferral_id) references deferral (tenant_id, id),
    constraint deferral_part_entry_fk foreign key (tenant_id, entry_id) references journal_entry (tenant_id, id)
);
select app.enclose('deferral_part');
create index deferral_part_due on deferral_part (on_date) where entry_id is null;
create index deferral_part_entry on deferral_part (tenant_id, entry_id) where entry_id is not null;
grant select, insert, delete, update (entry_id) on deferral_part to balanza_app;
create policy system_watch on deferral_part for select to balanza_system using (true);
grant select on deferral_part to balanza_system;

-- Fiscal years and their periods. What is locked stays so.
create table fiscal_year (
    tenant_id  uuid        not null,
    id         uuid        not null,
    name       text        not null,
    start_date date        not null,
    end_date   date        not null,
    state      text        not null default 'open',
    method     text,
    closed_at  timestamptz,
    version    integer     not null default 1,
    constraint fiscal_year_pk primary key (tenant_id, id),
    constraint fiscal_year_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint fiscal_year_start_unique unique (tenant_id, start_date),
    constraint fiscal_year_forward check (end_date > start_date),
    constraint fiscal_year_state_known check (state in ('open', 'closed', 'locked')),
    constraint fiscal_year_method_known check (method in ('virtual', 'entries')),
    constraint fiscal_year_method_said check ((state = 'open') = (method is null))
);
comment on column fiscal_year.method is 'How it was closed: by entries that zero all accounts and open the next year, or by reports that reckon the result on.';
select app.enclose('fiscal_year');
grant select, insert, delete, update (name, state, method, closed_at, version) on fiscal_year to balanza_app;

create table period (
    tenant_id      uuid    not null,
    id             uuid    not null,
    fiscal_year_id uuid    not null,
    start_date     date    not null,
    end_date       date    not null,
    state          text    not null default 'open',
    version        integer not null default 1,
    constraint period_pk primary key (tenant_id, id),
    constraint period_year_fk foreign key (tenant_id, fiscal_year_id) references fiscal_year (tenant_id, id) on delete cascade,
    constraint period_start_unique unique (tenant_id, start_date),
    constraint period_forward check (end_date >= start_date),
    constraint period_state_known check (state in ('open', 'soft_closed', 'closed', 'locked'))
);
comment on column period.state is 'Soft closed: open for those who close the books.';
select app.enclose('period');
create index period_year on period (tenant_id, fiscal_year_id, start_date);
grant select, insert, delete, update (state, version) on period to balanza_app;

create function app.keep_years() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    if tg_op = 'INSERT' then
        perform pg_advisory_xact_lock(hashtextextended('books ' || new.tenant_id::text, 0));
        if exists (select from fiscal_year y where y.tenant_id = new.tenant_id and y.id <> new.id
                   and y.start_date <= new.end_date and y.end_date >= new.start_date) then
            raise exception 'fiscal years do not overlap' using errcode = '23514', constraint = 'fiscal_year_apart';
        end if;
        return new;
    end if;
    if old.state = 'locked' then
        raise exception 'a locked year stays locked' using errcode = '23514', constraint = 'fiscal_year_locked';
    end if;
    if tg_op = 'DELETE' then
        if exists (select from journal_entry e where e.tenant_id = old.tenant_id and e.entry_date between old.start_date and old.end_date) then
            raise exception 'a year with entries stays' using errcode = '23514', constraint = 'fiscal_year_unused';
        end if;
        return old;
    end if;
    return new;
end $$;
create trigger fiscal_year_keep after insert on fiscal_year for each row execute function app.keep_years();
create trigger fiscal_year_keep_before before update or delete on fiscal_year for each row execute function app.keep_years();

create function app.keep_periods() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    if old.state = 'locked' then
        raise exception 'a locked period stays locked' using errcode = '23514', constraint = 'period_locked';
    end if;
    return case tg_op when 'DELETE' then old else new end;
end $$;
create trigger period_keep before update or delete on period for each row execute function app.keep_periods();

-- The number that the day book gives an entry when its period is closed: without gaps in a year, in the order of days.
create table entry_number (
    tenant_id      uuid    not null,
    fiscal_year_id uuid    not null,
    number         integer not null,
    entry_id       uuid    not null,
    constraint entry_number_pk primary key (tenant_id, fiscal_year_id, number),
    constraint entry_number_once unique (tenant_id, entry_id),
    constraint entry_number_year_fk foreign key (tenant_id, fiscal_year_id) references fiscal_year (tenant_id, id),
    constraint entry_number_entry_fk foreign key (tenant_id, entry_id) references journal_entry (tenant_id, id),
    constraint entry_number_positive check (number > 0)
);
select app.enclose('entry_number');
grant select, insert on entry_number to balanza_app;

-- Until when: everything (closed_until), what bears tax, and a journal or all of them for who does not close books.
alter table accounting_setting
    add column tax_closed_until     date,
    add column journals_closed_until date,
    add column legal_result         text not null default 'virtual',
    add constraint accounting_setting_result_known check (legal_result in ('virtual', 'entries'));
comment on column accounting_setting.legal_result is 'How years are closed: see fiscal_year.method.';
grant update (tax_closed_until, journals_closed_until, legal_result) on accounting_setting to balanza_app;

create table journal_lock (
    tenant_id    uuid not null,
    journal      text not null,
    closed_until date not null,
    constraint journal_lock_pk primary key (tenant_id, journal),
    constraint journal_lock_journal_fk foreign key (tenant_id, journal) references journal (tenant_id, code)
);
select app.enclose('journal_lock');
grant select, insert, delete, update (closed_until) on journal_lock to balanza_app;

-- Which days take an entry. Who posts waits for who closes, and the other way round. `app.adviser` says in a transaction that
-- its actor closes books.
create or replace function app.open_books() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
declare
    shut text;
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('books ' || new.tenant_id::text, 0));
    select case
               when p.state = 'locked' then 'journal_entry_locked_period'
               when new.stage <> 'normal' then null
               when s.closed_until >= new.entry_date then 'journal_entry_open_books'
               when p.state = 'closed' then 'journal_entry_open_period'
               when current_setting('app.adviser', true) = 'on' then null
               when p.state = 'soft_closed' then 'journal_entry_advisers_only'
               when greatest(s.journals_closed_until, j.closed_until) >= new.entry_date then 'journal_entry_advisers_only'
           end
    into shut
    from (select 1) one
    left join accounting_setting s on s.tenant_id = new.tenant_id
    left join journal_lock j on j.tenant_id = new.tenant_id and j.journal = new.journal
    left join lateral (
        select p.state, p.end_date from period p
        where p.tenant_id = new.tenant_id and p.start_date <= new.entry_date
        order by p.start_date desc limit 1) p on p.end_date >= new.entry_date;
    if shut is not null then
        raise exception 'the books of that day are closed' using errcode = '23514', constraint = shut;
    end if;
    return new;
end $$;

-- An entry's lines arrive in one statement, whole and balanced, on postable accounts, or not at all.
-- Not a deferred constraint: those are unknown to some distributed PostgreSQL systems.
create or replace function app.post_lines() returns trigger
language plpgsql security definer
set search_path = pg_catalog, public
as $$
declare
    broken text;
    has_items boolean;
begin
    if exists (select from added group by entry_id having sum(debit_minor) <> sum(credit_minor)) then
        raise exception 'journal entry does not balance'
            using errcode = '23514', constraint = 'journal_entry_balanced';
    end if;
    if exists (
        select from (select tenant_id, entry_id, count(*) as n from added group by 1, 2) a
        where a.n <> (select count(*) from journal_line l where l.tenant_id = a.tenant_id and l.entry_id = a.entry_id)
    ) then
        raise exception 'a posted journal entry takes no further lines'
            using errcode = '23514', constraint = 'journal_entry_immutable';
    end if;
    select max(case
                   when not c.postable then 'account_postable'
                   when not c.is_active and e.reverses_id is null and e.stage = 'normal' then 'account_active'
                   when c.currency <> a.currency or (c.currency is not null and a.currency is null) then 'account_currency'
                   when e.entry_date <> a.entry_date then 'journal_line_date'
                   when a.tax_id is not null and s.tax_closed_until >= a.entry_date then 'journal_entry_open_tax'
               end),
           bool_or(c.is_reconcilable)
    into broken, has_items
    from added a
    join account c on c.tenant_id = a.tenant_id and c.id = a.account_id
    join journal_entry e on e.tenant_id = a.tenant_id and e.id = a.entry_id
    left join accounting_setting s on s.tenant_id = a.tenant_id;
    if broken is not null then
        raise exception 'a line that its account, its entry or the books do not take' using errcode = '23514', constraint = broken;
    end if;
    insert into account_balance as b (tenant_id, account_id, month, slot, debit_minor, credit_minor)
    select a.tenant_id, a.account_id, date_trunc('month', a.entry_date)::date, e.slot,
           sum(a.debit_minor), sum(a.credit_minor)
    from added a join journal_entry e on e.tenant_id = a.tenant_id and e.id = a.entry_id
    group by 1, 2, 3, 4
    order by 1, 2, 3, 4
    on conflict (tenant_id, account_id, month, slot) do update
    set debit_minor = b.debit_minor + excluded.debit_minor,
        credit_minor = b.credit_minor + excluded.credit_minor;
    if has_items then
        insert into open_item (tenant_id, entry_id, line_no, account_id, contact_id, entry_date, due_date, currency,
                               amount_minor, residual_minor, currency_minor, residual_currency_minor)
        select a.tenant_id, a.entry_id, a.line_no, a.account_id, a.contact_id, a.entry_date, coalesce(a.due_date, a.entry_date), a.currency,
               a.debit_minor - a.credit_minor, a.debit_minor - a.credit_minor, a.currency_minor, a.currency_minor
        from added a
        join account c on c.tenant_id = a.tenant_id and c.id = a.account_id and c.is_reconcilable
        join journal_entry e on e.tenant_id = a.tenant_id and e.id = a.entry_id and e.stage = 'normal';
    end if;
    return null;
end $$;

-- What one unit of a currency is worth in the company's, from a day on.
create table exchange_rate (
    tenant_id  uuid            not null,
    currency   text            not null,
    on_date    date            not null,
    rate       numeric(20, 10) not null,
    source     text            not null default '',
    version    integer         not null default 1,
    created_at timestamptz     not null,
    constraint exchange_rate_pk primary key (tenant_id, currency, on_date),
    constraint exchange_rate_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint exchange_rate_currency_shape check (currency ~ '^[A-Z]{3}$'),
    constraint exchange_rate_positive check (rate > 0)
);
select app.enclose('exchange_rate');
grant select, insert, delete, update (rate, source, version) on exchange_rate to balanza_app;

-- Entries by hand have numbers of their own.
alter table series
    drop constraint series_document_known,
    add constraint series_document_known check (
        document in ('pos_sale', 'pos_refund', 'stock_adjustment', 'stock_transfer', 'stock_count', 'landed_cost', 'journal_entry', 'payment'));

-- What the document behind an entry is called; later kinds join by `union all`.
create view app.source_document with (security_invoker = true) as
select tenant_id, kind as source_kind, id as source_id, number from sale
union all select tenant_id, kind, id, number from stock_adjustment
union all select tenant_id, 'count', id, number from stock_count
union all select tenant_id, 'landed_cost', id, number from landed_cost;
grant select on app.source_document to balanza_app;

alter table company force row level security;
alter table account force row level security;
alter table account_role force row level security;
alter table journal_entry force row level security;
alter table journal_line force row level security;
