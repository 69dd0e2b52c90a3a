create table account (
    tenant_id uuid    not null,
    id        uuid    not null,
    code      text    not null,
    name      text    not null,
    type      text    not null,
    postable  boolean not null,
    parent    text,
    constraint account_pk primary key (tenant_id, id),
    constraint account_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint account_code_unique unique (tenant_id, code),
    constraint account_parent_fk foreign key (tenant_id, parent) references account (tenant_id, code),
    constraint account_type_known check (type in ('asset', 'liability', 'equity', 'income', 'expense'))
);
select app.enclose('account');
create index account_by_parent on account (tenant_id, parent);
grant select, insert on account to balanza_app;

-- Which account plays which part in automatic postings ("cash", "sales", "output_tax", …).
create table account_role (
    tenant_id  uuid not null,
    role       text not null,
    account_id uuid not null,
    constraint account_role_pk primary key (tenant_id, role),
    constraint account_role_account_fk foreign key (tenant_id, account_id) references account (tenant_id, id)
);
select app.enclose('account_role');
create index account_role_account on account_role (tenant_id, account_id);
grant select, insert on account_role to balanza_app;

-- Posted entries only: no grant to change or remove one, correction is by a further entry.
create table journal_entry (
    tenant_id   uuid        not null,
    id          uuid        not null,
    journal     text        not null,
    entry_date  date        not null,
    source_kind text        not null,
    source_id   uuid        not null,
    memo        text        not null default '',
    slot        uuid        not null,
    posted_at   timestamptz not null,
    constraint journal_entry_pk primary key (tenant_id, id),
    constraint journal_entry_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint journal_entry_source_once unique (tenant_id, source_kind, source_id)
);
select app.enclose('journal_entry');
grant select, insert on journal_entry to balanza_app;

create table journal_line (
    tenant_id    uuid     not null,
    entry_id     uuid     not null,
    line_no      smallint not null,
    account_id   uuid     not null,
    entry_date   date     not null,
    debit_minor  bigint   not null,
    credit_minor bigint   not null,
    constraint journal_line_pk primary key (tenant_id, entry_id, line_no),
    constraint journal_line_entry_fk foreign key (tenant_id, entry_id) references journal_entry (tenant_id, id),
    constraint journal_line_account_fk foreign key (tenant_id, account_id) references account (tenant_id, id),
    constraint journal_line_one_side check (debit_minor >= 0 and credit_minor >= 0 and (debit_minor = 0) <> (credit_minor = 0))
);
select app.enclose('journal_line');
create index journal_line_account on journal_line (tenant_id, account_id, entry_date);
grant select, insert on journal_line to balanza_app;

-- Kept by the trigger below and by nothing else. A slot is a register (or the entry's own source), so
-- that two registers never wait for each other's row; a report sums the slots.
create table account_balance (
    tenant_id    uuid   not null,
    account_id   uuid   not null,
    month        date   not null,
    slot         uuid   not null,
    debit_minor  bigint not null,
    credit_minor bigint not null,
    constraint account_balance_pk primary key (tenant_id, account_id, month, slot),
    constraint account_balance_account_fk foreign key (tenant_id, account_id) references account (tenant_id, id)
) with (fillfactor = 50);
select app.enclose('account_balance');
grant select on account_balance to balanza_app;

-- An entry's lines arrive in one statement, whole and balanced, on postable accounts, or not at all.
-- Not a deferred constraint: those are unknown to some distributed PostgreSQL systems.
create function app.post_lines() returns trigger
language plpgsql security definer
set search_path = pg_catalog, public
as $$
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
    if exists (
        select from added a join account c on c.tenant_id = a.tenant_id and c.id = a.account_id where not c.postable
    ) then
        raise exception 'a group account takes no postings'
            using errcode = '23514', constraint = 'account_postable';
    end if;
    if exists (
        select from added a join journal_entry e on e.tenant_id = a.tenant_id and e.id = a.entry_id
        where e.entry_date <> a.entry_date
    ) then
        raise exception 'a line bears the date of its entry'
            using errcode = '23514', constraint = 'journal_line_date';
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
    return null;
end $$;
create trigger journal_line_post after insert on journal_line
    referencing new table as added for each statement execute function app.post_lines();
