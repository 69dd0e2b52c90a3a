-- Payments, and what is open on a day that is over.
--
-- Changes tables of migrations before it. Nothing has been released yet: they hold a trial's rows at most, and nobody
-- waits for them.
-- squawk-ignore-file constraint-missing-not-valid, require-concurrent-index-creation, adding-foreign-key-constraint

-- What customers owe and what suppliers are owed stand on these accounts, and on no others.
create view app.control_account with (security_invoker = true) as
select a.tenant_id, a.id as account_id, s.side
from account a
cross join (values ('receivable'), ('payable')) s (side)
where a.is_reconcilable
  and (a.kind = s.side or (a.kind = '' and exists (
      select from account_role r where r.tenant_id = a.tenant_id and r.account_id = a.id and r.role = s.side)));
grant select on app.control_account to balanza_app;

-- Allocations that were made later than a moment.
create index allocation_made on allocation (tenant_id, created_at);

-- What was open at the end of a day, as it was known at a moment: what is open now, less what was settled or taken back later.
-- What closes a year and opens the next is left out.
create function app.open_items_at(of_tenant uuid, as_of date, known_at timestamptz)
returns table (entry_id uuid, line_no smallint, account_id uuid, contact_id uuid, entry_date date, due_date date, currency text,
               residual_minor bigint, residual_currency_minor bigint)
language sql stable
set search_path = pg_catalog, public
as $$
    with later as materialized (
        select s.entry_id, s.line_no, sum(s.side * a.sign * a.amount_minor)::bigint as minor,
               sum(s.side * a.sign * a.currency_minor)::bigint as currency_minor
        from (
            select *, case when undoes_id is null then 1 else -1 end as sign from allocation
            where tenant_id = of_tenant and (allocated_on > as_of or created_at > known_at)) a
        cross join lateral (values (a.debit_entry_id, a.debit_line_no, 1), (a.credit_entry_id, a.credit_line_no, -1)) s (entry_id, line_no, side)
        group by 1, 2),
    touched as (
        select o.entry_id, o.line_no from open_item o
        where o.tenant_id = of_tenant and (o.residual_minor <> 0 or o.residual_currency_minor <> 0)
        union
        select l.entry_id, l.line_no from later l)
    select i.entry_id, i.line_no, i.account_id, i.contact_id, i.entry_date, i.due_date, i.currency,
           i.residual_minor + coalesce(l.minor, 0), i.residual_currency_minor + coalesce(l.currency_minor, 0)
    from touched t
    join open_item i on i.tenant_id = of_tenant and i.entry_id = t.entry_id and i.line_no = t.line_no
    join journal_entry e on e.tenant_id = of_tenant and e.id = i.entry_id
    left join later l on l.entry_id = t.entry_id and l.line_no = t.line_no
    where i.entry_date <= as_of and (known_at is null or e.posted_at <= known_at) and e.stage not in ('closing', 'opening')
      and (i.residual_minor + coalesce(l.minor, 0) <> 0 or i.residual_currency_minor + coalesce(l.currency_minor, 0) <> 0)
$$;
grant execute on function app.open_items_at(uuid, date, timestamptz) to balanza_app;

create table payment (
    tenant_id     uuid            not null,
    id            uuid            not null,
    direction     text            not null,
    side          text            not null,
    contact_id    uuid            not null,
    payment_date  date            not null,
    account_id    uuid            not null,
    currency      text            not null,
    amount_minor  bigint          not null,
    rate          numeric(20, 10),
    reference     text            not null,
    memo          text            not null,
    terms         jsonb           not null,
    state         text            not null default 'draft',
    number        text,
    entry_id      uuid,
    settled_minor bigint          not null default 0,
    posted_at     timestamptz,
    ended_on      date,
    ended_at      timestamptz,
    end_reason    text            not null default '',
    created_by    uuid            not null,
    created_at    timestamptz     not null,
    version       integer         not null default 1,
    constraint payment_pk primary key (tenant_id, id),
    constraint payment_number_unique unique (tenant_id, number),
    constraint payment_contact_fk foreign key (tenant_id, contact_id) references contact (tenant_id, id),
    constraint payment_account_fk foreign key (tenant_id, account_id) references account (tenant_id, id),
    constraint payment_entry_fk foreign key (tenant_id, entry_id) references journal_entry (tenant_id, id),
    constraint payment_direction_known check (direction in ('in', 'out')),
    constraint payment_side_known check (side in ('receivable', 'payable')),
    constraint payment_state_known check (state in ('draft', 'posted', 'reversed', 'bounced')),
    constraint payment_currency_shape check (currency ~ '^[A-Z]{3}$'),
    constraint payment_amount_positive check (amount_minor > 0),
    constraint payment_rate_positive check (rate > 0),
    constraint payment_posted_whole check ((state = 'draft') = (number is null) and (state = 'draft') = (entry_id is null)
                                           and (state = 'draft') = (posted_at is null)),
    constraint payment_ended_whole check ((state in ('reversed', 'bounced')) = (ended_on is not null)
                                          and (ended_on is null) = (ended_at is null))
);
comment on column payment.side is 'Whose books it settles: money that goes out to a customer is a refund.';
comment on column payment.rate is 'Company money for one unit of its currency. Null: the currency is the company''s, or the draft takes the rate of its day.';
comment on column payment.terms is 'What it settles, what was withheld, which discount was taken and what was written off, as it was asked for.';
comment on column payment.settled_minor is 'What it took off the contact''s account in company money, all terms together; below zero: what it gave.';
select app.enclose('payment');
create index payment_contact on payment (tenant_id, contact_id, id);
create index payment_account on payment (tenant_id, account_id, payment_date);
create index payment_entry on payment (tenant_id, entry_id) where entry_id is not null;
create index payment_day on payment (tenant_id, payment_date, id);
grant select, insert, delete,
      update (contact_id, payment_date, account_id, currency, amount_minor, rate, reference, memo, terms, state, number, entry_id, settled_minor,
              posted_at, ended_on, ended_at, end_reason, version) on payment to balanza_app;

-- A posted payment ends once and changes in nothing else but whom its contact has been merged into.
create function app.keep_payment() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    if old.state = 'draft' then
        return case tg_op when 'DELETE' then old else new end;
    end if;
    if tg_op = 'DELETE'
        or (to_jsonb(new) - array['contact_id', 'state', 'ended_on', 'ended_at', 'end_reason', 'version'])
           <> (to_jsonb(old) - array['contact_id', 'state', 'ended_on', 'ended_at', 'end_reason', 'version'])
        or (new.state <> old.state and old.state <> 'posted')
        or (new.contact_id <> old.contact_id and not exists (
            select from contact c where c.tenant_id = old.tenant_id and c.id = old.contact_id and c.merged_into = new.contact_id))
    then
        raise exception 'a posted payment stays as it is' using errcode = '23514', constraint = 'payment_posted';
    end if;
    return new;
end $$;
create trigger payment_keep before update or delete on payment for each row execute function app.keep_payment();

-- Views to which every kind of document adds itself, in whatever order: they are extended as they are.
do $$
begin
    execute 'create or replace view app.source_document with (security_invoker = true) as '
        || rtrim(pg_get_viewdef('app.source_document'::regclass), ';')
        || $view$ union all select p.tenant_id, 'payment', p.id, p.number from payment p where p.number is not null $view$;
    execute 'create or replace view app.contact_document with (security_invoker = true) as '
        || rtrim(pg_get_viewdef('app.contact_document'::regclass), ';')
        || $view$
    union all
    select p.tenant_id, p.contact_id, 'payment', p.id, p.number, p.posted_at, p.payment_date, c.currency, '', '', 0, p.settled_minor
    from payment p join company c on c.tenant_id = p.tenant_id
    where p.state <> 'draft'
    union all
    select p.tenant_id, p.contact_id, 'payment_' || p.state, p.entry_id, p.number, p.ended_at, p.ended_on, c.currency, '', '', 0, -p.settled_minor
    from payment p join company c on c.tenant_id = p.tenant_id
    where p.state in ('reversed', 'bounced')
    union all
    select i.tenant_id, i.contact_id, e.source_kind, i.entry_id, e.reference, e.posted_at, i.entry_date, c.currency, '', '',
           sum(i.amount_minor)::bigint, 0
    from open_item i
    join journal_entry e on e.tenant_id = i.tenant_id and e.id = i.entry_id
    join company c on c.tenant_id = i.tenant_id
    where i.contact_id is not null
      and e.source_kind in ('manual', 'recurring', 'reversal', 'payment_fee', 'exchange_difference', 'exchange_reversal')
    group by i.tenant_id, i.contact_id, e.source_kind, i.entry_id, e.reference, e.posted_at, i.entry_date, c.currency $view$;
end $$;
