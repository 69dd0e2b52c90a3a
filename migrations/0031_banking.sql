-- Accounts at banks, what the banks say of them, and how both are made one.

create table bank_account (
    tenant_id   uuid        not null,
    id          uuid        not null,
    name        text        not null,
    kind        text        not null,
    bank        text        not null,
    number      text        not null,
    iban        text,
    currency    text        not null,
    account_id  uuid        not null,
    csv_mapping jsonb,
    is_active   boolean     not null default true,
    version     integer     not null default 1,
    created_at  timestamptz not null,
    constraint bank_account_pk primary key (tenant_id, id),
    constraint bank_account_account_fk foreign key (tenant_id, account_id) references account (tenant_id, id),
    constraint bank_account_own_ledger_account unique (tenant_id, account_id),
    constraint bank_account_iban_once unique (tenant_id, iban),
    constraint bank_account_kind_known check (kind in ('bank', 'cash', 'card')),
    constraint bank_account_currency_shape check (currency ~ '^[A-Z]{3}$')
);
comment on column bank_account.csv_mapping is 'How this bank writes CSV; null: found by the names of its columns.';
select app.enclose('bank_account');
grant select, insert, update (name, bank, number, iban, csv_mapping, is_active, version) on bank_account to balanza_app;

create table bank_statement (
    tenant_id       uuid        not null,
    id              uuid        not null,
    bank_account_id uuid        not null,
    format          text        not null,
    number          text        not null,
    from_date       date        not null,
    to_date         date        not null,
    opening_minor   bigint,
    closing_minor   bigint,
    warnings        text[]      not null,
    created_by      uuid        not null,
    created_at      timestamptz not null,
    constraint bank_statement_pk primary key (tenant_id, id),
    constraint bank_statement_account_fk foreign key (tenant_id, bank_account_id) references bank_account (tenant_id, id),
    constraint bank_statement_in_order check (from_date <= to_date)
);
select app.enclose('bank_statement');
create index bank_statement_account on bank_statement (tenant_id, bank_account_id, to_date, id);
grant select, insert, delete on bank_statement to balanza_app;

-- A movement is taken once, whatever files tell of it: `digest` is what it says, `occurrence` which of the equal ones of its file.
create table bank_line (
    tenant_id            uuid     not null,
    id                   uuid     not null,
    statement_id         uuid     not null,
    bank_account_id      uuid     not null,
    line_no              integer  not null,
    booked_on            date     not null,
    value_on             date,
    amount_minor         bigint   not null,
    reference            text     not null,
    counterparty_name    text     not null,
    counterparty_account text     not null,
    description          text     not null,
    bank_ref             text     not null,
    code                 text     not null,
    is_reversal          boolean  not null,
    digest               bytea    not null,
    occurrence           integer  not null,
    state                text     not null default 'unmatched',
    constraint bank_line_pk primary key (tenant_id, id),
    constraint bank_line_statement_fk foreign key (tenant_id, statement_id) references bank_statement (tenant_id, id) on delete cascade,
    constraint bank_line_account_fk foreign key (tenant_id, bank_account_id) references bank_account (tenant_id, id),
    constraint bank_line_once unique (tenant_id, bank_account_id, digest, occurrence),
    constraint bank_line_place unique (tenant_id, statement_id, line_no),
    constraint bank_line_state_known check (state in ('unmatched', 'matched', 'posted', 'ignored'))
);
comment on column bank_line.state is 'Matched: with what the books had already; posted: by an entry of its own.';
select app.enclose('bank_line');
create index bank_line_open on bank_line (tenant_id, bank_account_id, booked_on) where state in ('unmatched', 'ignored');
grant select, insert, update (state) on bank_line to balanza_app;

-- How a line was explained. Undone, it stays: its entry and the mirror of that do, too.
create table bank_reconciliation (
    tenant_id       uuid        not null,
    id              uuid        not null,
    line_id         uuid        not null,
    entry_id        uuid,
    note            text        not null,
    is_automatic    boolean     not null,
    created_by      uuid        not null,
    created_at      timestamptz not null,
    undone_at       timestamptz,
    constraint bank_reconciliation_pk primary key (tenant_id, id),
    constraint bank_reconciliation_line_fk foreign key (tenant_id, line_id) references bank_line (tenant_id, id) on delete cascade,
    constraint bank_reconciliation_entry_fk foreign key (tenant_id, entry_id) references journal_entry (tenant_id, id)
);
select app.enclose('bank_reconciliation');
create unique index bank_reconciliation_once on bank_reconciliation (tenant_id, line_id) where undone_at is null;
create index bank_reconciliation_line on bank_reconciliation (tenant_id, line_id);
create index bank_reconciliation_entry on bank_reconciliation (tenant_id, entry_id) where entry_id is not null;
grant select, insert, update (undone_at) on bank_reconciliation to balanza_app;

create table bank_reconciliation_part (
    tenant_id         uuid     not null,
    reconciliation_id uuid     not null,
    part_no           smallint not null,
    kind              text     not null,
    amount_minor      bigint   not null,
    entry_id          uuid,
    line_no           smallint,
    account_id        uuid     not null,
    contact_id        uuid,
    memo              text     not null,
    is_undone         boolean  not null default false,
    constraint bank_reconciliation_part_pk primary key (tenant_id, reconciliation_id, part_no),
    constraint bank_reconciliation_part_of_fk foreign key (tenant_id, reconciliation_id)
        references bank_reconciliation (tenant_id, id) on delete cascade,
    constraint bank_reconciliation_part_line_fk foreign key (tenant_id, entry_id, line_no) references journal_line (tenant_id, entry_id, line_no),
    constraint bank_reconciliation_part_account_fk foreign key (tenant_id, account_id) references account (tenant_id, id),
    constraint bank_reconciliation_part_contact_fk foreign key (tenant_id, contact_id) references contact (tenant_id, id),
    constraint bank_reconciliation_part_kind_known check (kind in ('item', 'writeoff', 'suspense', 'ledger')),
    constraint bank_reconciliation_part_whole check ((kind in ('item', 'ledger')) = (entry_id is not null and line_no is not null)),
    constraint bank_reconciliation_part_something check (amount_minor <> 0)
);
comment on column bank_reconciliation_part.amount_minor is 'What of the line it explains, with the line''s sign: positive for what comes in.';
select app.enclose('bank_reconciliation_part');
create unique index bank_reconciliation_part_ledger_once on bank_reconciliation_part (tenant_id, entry_id, line_no)
    where kind = 'ledger' and not is_undone;
create index bank_reconciliation_part_entry on bank_reconciliation_part (tenant_id, entry_id, line_no) where entry_id is not null;
create index bank_reconciliation_part_account on bank_reconciliation_part (tenant_id, account_id);
create index bank_reconciliation_part_contact on bank_reconciliation_part (tenant_id, contact_id) where contact_id is not null;
grant select, insert, update (is_undone, contact_id) on bank_reconciliation_part to balanza_app;

-- The parts come in one statement and are the line.
create function app.keep_reconciliation() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    if exists (
        select from (select distinct tenant_id, reconciliation_id from added) a
        join bank_reconciliation r on r.tenant_id = a.tenant_id and r.id = a.reconciliation_id
        join bank_line l on l.tenant_id = r.tenant_id and l.id = r.line_id
        where l.amount_minor <> (select sum(p.amount_minor) from bank_reconciliation_part p
                                 where p.tenant_id = a.tenant_id and p.reconciliation_id = a.reconciliation_id)
    ) then
        raise exception 'the parts of a reconciliation are its line' using errcode = '23514', constraint = 'bank_reconciliation_whole';
    end if;
    return null;
end $$;
create trigger bank_reconciliation_part_whole after insert on bank_reconciliation_part
    referencing new table as added for each statement execute function app.keep_reconciliation();

-- What is undone stays so, and what is not is not thrown away with its statement.
create function app.keep_undone() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    if tg_op = 'DELETE' then
        if old.undone_at is null then
            raise exception 'a reconciliation is undone before its line goes' using errcode = '23514', constraint = 'bank_reconciliation_undone_first';
        end if;
        return old;
    end if;
    if old.undone_at is not null then
        raise exception 'a reconciliation is undone once' using errcode = '23514', constraint = 'bank_reconciliation_undone_once';
    end if;
    return new;
end $$;
create trigger bank_reconciliation_keep before update or delete on bank_reconciliation
    for each row execute function app.keep_undone();

create table bank_rule (
    tenant_id       uuid           not null,
    id              uuid           not null,
    position        integer        not null,
    name            text           not null,
    bank_account_id uuid,
    direction       text,
    contains        text           not null,
    pattern         text           not null,
    min_amount      numeric(18, 6),
    max_amount      numeric(18, 6),
    account_id      uuid,
    contact_id      uuid,
    memo            text           not null,
    is_automatic    boolean        not null,
    is_active       boolean        not null default true,
    version         integer        not null default 1,
    created_at      timestamptz    not null,
    constraint bank_rule_pk primary key (tenant_id, id),
    constraint bank_rule_bank_account_fk foreign key (tenant_id, bank_account_id) references bank_account (tenant_id, id),
    constraint bank_rule_account_fk foreign key (tenant_id, account_id) references account (tenant_id, id),
    constraint bank_rule_contact_fk foreign key (tenant_id, contact_id) references contact (tenant_id, id),
    constraint bank_rule_direction_known check (direction in ('in', 'out')),
    constraint bank_rule_does_something check (account_id is not null or contact_id is not null),
    constraint bank_rule_asks_something check (
        contains <> '' or pattern <> '' or min_amount is not null or max_amount is not null or direction is not null or bank_account_id is not null)
);
select app.enclose('bank_rule');
create index bank_rule_order on bank_rule (tenant_id, position, id);
create index bank_rule_bank_account on bank_rule (tenant_id, bank_account_id) where bank_account_id is not null;
create index bank_rule_account on bank_rule (tenant_id, account_id) where account_id is not null;
create index bank_rule_contact on bank_rule (tenant_id, contact_id) where contact_id is not null;
grant select, insert, delete on bank_rule to balanza_app;
grant update (position, name, bank_account_id, direction, contains, pattern, min_amount, max_amount, account_id, contact_id, memo, is_automatic,
              is_active, version) on bank_rule to balanza_app;

-- What people did with lines that say the same: remembered by the words of payer or text. Unique by nothing but its id, so that a
-- merge of two contacts loses neither's.
create table bank_habit (
    tenant_id    uuid        not null,
    id           uuid        not null,
    key          text        not null,
    is_incoming  boolean     not null,
    account_id   uuid,
    contact_id   uuid,
    uses         integer     not null,
    last_used_at timestamptz not null,
    constraint bank_habit_pk primary key (tenant_id, id),
    constraint bank_habit_account_fk foreign key (tenant_id, account_id) references account (tenant_id, id),
    constraint bank_habit_contact_fk foreign key (tenant_id, contact_id) references contact (tenant_id, id),
    constraint bank_habit_says_something check ((account_id is not null or contact_id is not null) and key <> '' and uses > 0)
);
comment on column bank_habit.account_id is 'The account written off to; null: an open item of the contact was settled.';
select app.enclose('bank_habit');
create index bank_habit_key on bank_habit (tenant_id, key, is_incoming);
create index bank_habit_account on bank_habit (tenant_id, account_id) where account_id is not null;
create index bank_habit_contact on bank_habit (tenant_id, contact_id) where contact_id is not null;
grant select, insert, update (uses, last_used_at, contact_id) on bank_habit to balanza_app;

create table bank_transfer (
    tenant_id      uuid        not null,
    id             uuid        not null,
    from_id        uuid        not null,
    to_id          uuid        not null,
    transfer_date  date        not null,
    amount_minor   bigint      not null,
    received_minor bigint      not null,
    memo           text        not null,
    entry_id       uuid        not null,
    arrival_id     uuid,
    created_by     uuid        not null,
    created_at     timestamptz not null,
    reversed_at    timestamptz,
    constraint bank_transfer_pk primary key (tenant_id, id),
    constraint bank_transfer_from_fk foreign key (tenant_id, from_id) references bank_account (tenant_id, id),
    constraint bank_transfer_to_fk foreign key (tenant_id, to_id) references bank_account (tenant_id, id),
    constraint bank_transfer_entry_fk foreign key (tenant_id, entry_id) references journal_entry (tenant_id, id),
    constraint bank_transfer_arrival_fk foreign key (tenant_id, arrival_id) references journal_entry (tenant_id, id),
    constraint bank_transfer_apart check (from_id <> to_id),
    constraint bank_transfer_positive check (amount_minor > 0 and received_minor > 0)
);
comment on column bank_transfer.arrival_id is 'The second entry, where the two accounts are in different currencies.';
select app.enclose('bank_transfer');
create index bank_transfer_from on bank_transfer (tenant_id, from_id);
create index bank_transfer_to on bank_transfer (tenant_id, to_id);
create index bank_transfer_entry on bank_transfer (tenant_id, entry_id);
create index bank_transfer_arrival on bank_transfer (tenant_id, arrival_id) where arrival_id is not null;
grant select, insert, update (reversed_at) on bank_transfer to balanza_app;
