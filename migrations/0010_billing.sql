-- What the platform sells, and what companies have bought of it.

create table service (
    id          uuid        not null,
    code        text        not null,
    name        text        not null,
    description text        not null,
    api_url     text        not null,
    is_active   boolean     not null,
    version     integer     not null default 1,
    created_at  timestamptz not null,
    constraint service_pk primary key (id),
    constraint service_code_unique unique (code)
);
grant select, insert, delete, update (name, description, api_url, is_active, version) on service to balanza_system;
grant select on service to balanza_app;

create table plan (
    id                uuid        not null,
    code              text        not null,
    name              text        not null,
    description       text        not null,
    currency          text        not null,
    monthly_minor     bigint      not null,
    annual_minor      bigint      not null,
    trial_days        integer     not null,
    -- How long an unpaid bill keeps everything open.
    grace_days        integer     not null,
    modules           text[]      not null,
    member_limit      integer,
    store_limit       integer,
    register_limit    integer,
    document_limit    integer,
    storage_limit_mib integer,
    is_public         boolean     not null,
    is_active         boolean     not null,
    is_default        boolean     not null,
    position          integer     not null,
    version           integer     not null default 1,
    created_at        timestamptz not null,
    constraint plan_pk primary key (id),
    constraint plan_code_unique unique (code),
    constraint plan_prices_not_negative check (monthly_minor >= 0 and annual_minor >= 0),
    constraint plan_days_bounded check (trial_days between 0 and 365 and grace_days between 0 and 90),
    constraint plan_default_is_active check (is_active or not is_default),
    constraint plan_limits_not_negative check (least(member_limit, store_limit, register_limit, document_limit, storage_limit_mib) >= 0)
);
-- New companies get this one.
create unique index plan_one_default on plan (is_default) where is_default;
grant select, insert, delete, update on plan to balanza_system;
grant select on plan to balanza_app;

create table plan_service (
    plan_id    uuid    not null,
    service_id uuid    not null,
    quantity   integer,
    constraint plan_service_pk primary key (plan_id, service_id),
    constraint plan_service_plan_fk foreign key (plan_id) references plan (id) on delete cascade,
    constraint plan_service_service_fk foreign key (service_id) references service (id),
    constraint plan_service_quantity_positive check (quantity > 0)
);
comment on column plan_service.quantity is 'Null: as much as they like.';
create index plan_service_service on plan_service (service_id);
grant select, insert, delete on plan_service to balanza_system;
grant select on plan_service to balanza_app;

-- Everything for everybody: whoever runs a server of their own sells nothing.
insert into plan (id, code, name, description, currency, monthly_minor, annual_minor, trial_days, grace_days, modules, is_public,
                  is_active, is_default, position, created_at)
values ('01900000-0000-7000-8000-000000000001', 'community', 'Community', '', 'USD', 0, 0, 0, 7, '{*}', true, true, true, 0, now());

-- Days are those of the company's time zone; a period holds its first day and not its last.
create table subscription (
    tenant_id            uuid          not null,
    id                   uuid          not null,
    plan_id              uuid          not null,
    period               text          not null,
    state                text          not null,
    period_start         date          not null,
    period_end           date          not null,
    -- Of the whole period, where the subscription began within one.
    full_days            integer       not null,
    anchor_day           smallint      not null,
    currency             text          not null,
    price_minor          bigint        not null,
    discount_percent     numeric(5, 2) not null default 0,
    -- Of this period.
    billed_minor         bigint        not null,
    auto_renew           boolean       not null default true,
    cancel_at_period_end boolean       not null default false,
    cancel_reason        text          not null default '',
    cancelled_at         timestamptz,
    next_plan_id         uuid,
    next_period          text,
    notes                text          not null default '',
    previous_id          uuid,
    reminded_for         date,
    created_by           uuid,
    created_at           timestamptz   not null,
    version              integer       not null default 1,
    constraint subscription_pk primary key (tenant_id, id),
    constraint subscription_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint subscription_plan_fk foreign key (plan_id) references plan (id),
    constraint subscription_next_plan_fk foreign key (next_plan_id) references plan (id),
    constraint subscription_previous_fk foreign key (tenant_id, previous_id) references subscription (tenant_id, id),
    constraint subscription_period_known check (period in ('monthly', 'annual') and next_period in ('monthly', 'annual')),
    constraint subscription_state_known check (state in ('trialing', 'active', 'past_due', 'suspended', 'cancelled', 'expired')),
    constraint subscription_period_not_empty check (period_start < period_end and full_days >= period_end - period_start),
    constraint subscription_anchor check (anchor_day between 1 and 31),
    constraint subscription_amounts check (price_minor >= 0 and billed_minor >= 0 and discount_percent between 0 and 100),
    constraint subscription_next_whole check ((next_plan_id is null) = (next_period is null))
);
select app.enclose('subscription');
create unique index subscription_one_live on subscription (tenant_id) where state in ('trialing', 'active', 'past_due', 'suspended');
create index subscription_due on subscription (period_end) where state in ('trialing', 'active', 'past_due', 'suspended');
create index subscription_plan on subscription (plan_id);
create index subscription_next_plan on subscription (next_plan_id) where next_plan_id is not null;
create index subscription_previous on subscription (tenant_id, previous_id) where previous_id is not null;
grant select on subscription to balanza_app;
create policy system_subscriptions on subscription to balanza_system using (true) with check (true);
grant select, insert on subscription to balanza_system;
grant update (state, period_start, period_end, full_days, price_minor, discount_percent, billed_minor, auto_renew, cancel_at_period_end, plan_id,
              period, cancel_reason, cancelled_at, next_plan_id, next_period, notes, reminded_for, version) on subscription to balanza_system;

-- Ended is ended: whoever comes back gets another subscription.
create function app.keep_subscription_states() returns trigger
language plpgsql
set search_path = pg_catalog
as $$
begin
    if old.state <> new.state and (old.state, new.state) not in (
        ('trialing', 'active'), ('trialing', 'cancelled'), ('trialing', 'expired'), ('trialing', 'suspended'),
        ('active', 'past_due'), ('active', 'suspended'), ('active', 'cancelled'), ('active', 'expired'),
        ('past_due', 'active'), ('past_due', 'suspended'), ('past_due', 'cancelled'), ('past_due', 'expired'),
        ('suspended', 'active'), ('suspended', 'cancelled'), ('suspended', 'expired'))
    then
        raise exception 'a subscription does not go from % to %', old.state, new.state
            using errcode = '23514', constraint = 'subscription_state_order';
    end if;
    return new;
end $$;
create trigger subscription_state_order before update of state on subscription
    for each row execute function app.keep_subscription_states();

-- Append-only: what has happened to a subscription.
create table subscription_event (
    tenant_id       uuid        not null,
    id              uuid        not null,
    subscription_id uuid        not null,
    at              timestamptz not null,
    kind            text        not null,
    by_person       uuid,
    data            jsonb       not null,
    constraint subscription_event_pk primary key (tenant_id, id),
    constraint subscription_event_subscription_fk foreign key (tenant_id, subscription_id) references subscription (tenant_id, id)
);
select app.enclose('subscription_event');
create index subscription_event_subscription on subscription_event (tenant_id, subscription_id);
grant select on subscription_event to balanza_app;
create policy system_subscriptions on subscription_event to balanza_system using (true) with check (true);
grant select, insert on subscription_event to balanza_system;

-- The platform's own numbers: taken last, in the transaction of the bill.
create table billing_counter (
    year integer not null,
    next bigint  not null,
    constraint billing_counter_pk primary key (year)
);
grant select, insert, update (next) on billing_counter to balanza_system;

-- A bill of the platform. Only whether it is paid changes.
create table billing_invoice (
    tenant_id       uuid        not null,
    id              uuid        not null,
    subscription_id uuid        not null,
    number          text        not null,
    state           text        not null,
    currency        text        not null,
    total_minor     bigint      not null,
    paid_minor      bigint      not null default 0,
    period_start    date        not null,
    period_end      date        not null,
    issued_at       timestamptz not null,
    due_date        date        not null,
    paid_at         timestamptz,
    constraint billing_invoice_pk primary key (tenant_id, id),
    constraint billing_invoice_subscription_fk foreign key (tenant_id, subscription_id) references subscription (tenant_id, id),
    -- Each period once, however often and by how many the renewal is run.
    constraint billing_invoice_once unique (tenant_id, subscription_id, period_start),
    constraint billing_invoice_number_unique unique (tenant_id, number),
    constraint billing_invoice_state_known check (state in ('open', 'paid', 'void')),
    constraint billing_invoice_amounts check (total_minor >= 0 and paid_minor between 0 and total_minor),
    constraint billing_invoice_paid check ((state = 'paid') = (paid_at is not null) and (state <> 'paid' or paid_minor = total_minor))
);
select app.enclose('billing_invoice');
create index billing_invoice_open on billing_invoice (due_date) where state = 'open';
grant select on billing_invoice to balanza_app;
create policy system_billing on billing_invoice to balanza_system using (true) with check (true);
grant select, insert, update (state, paid_minor, paid_at) on billing_invoice to balanza_system;

create table billing_invoice_line (
    tenant_id    uuid     not null,
    invoice_id   uuid     not null,
    line_no      smallint not null,
    kind         text     not null,
    description  text     not null,
    amount_minor bigint   not null,
    constraint billing_invoice_line_pk primary key (tenant_id, invoice_id, line_no),
    constraint billing_invoice_line_invoice_fk foreign key (tenant_id, invoice_id) references billing_invoice (tenant_id, id),
    constraint billing_invoice_line_kind_known check (kind in ('plan', 'discount', 'credit', 'balance'))
);
select app.enclose('billing_invoice_line');
grant select on billing_invoice_line to balanza_app;
create policy system_billing on billing_invoice_line to balanza_system using (true) with check (true);
grant select, insert on billing_invoice_line to balanza_system;

create table billing_payment (
    tenant_id    uuid        not null,
    id           uuid        not null,
    invoice_id   uuid        not null,
    amount_minor bigint      not null,
    method       text        not null,
    reference    text        not null,
    state        text        not null,
    detail       jsonb       not null,
    recorded_by  uuid,
    at           timestamptz not null,
    constraint billing_payment_pk primary key (tenant_id, id),
    constraint billing_payment_invoice_fk foreign key (tenant_id, invoice_id) references billing_invoice (tenant_id, id),
    constraint billing_payment_positive check (amount_minor > 0),
    constraint billing_payment_state_known check (state in ('succeeded', 'failed', 'pending'))
);
select app.enclose('billing_payment');
create index billing_payment_invoice on billing_payment (tenant_id, invoice_id);
grant select on billing_payment to balanza_app;
create policy system_billing on billing_payment to balanza_system using (true) with check (true);
grant select, insert on billing_payment to balanza_system;

-- What the platform owes a company, up and down; the next bills use it up.
create table billing_credit (
    tenant_id    uuid        not null,
    id           uuid        not null,
    currency     text        not null,
    amount_minor bigint      not null,
    reason       text        not null,
    at           timestamptz not null,
    constraint billing_credit_pk primary key (tenant_id, id),
    constraint billing_credit_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint billing_credit_not_zero check (amount_minor <> 0)
);
select app.enclose('billing_credit');
grant select on billing_credit to balanza_app;
create policy system_billing on billing_credit to balanza_system using (true) with check (true);
grant select, insert on billing_credit to balanza_system;

-- Work that one replica at a time does.
create table lease (
    name   text        not null,
    holder uuid        not null,
    until  timestamptz not null,
    constraint lease_pk primary key (name)
);
grant select, insert, update (holder, until) on lease to balanza_system;
