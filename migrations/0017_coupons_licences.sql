-- What operators give away, what the payment provider tells, and how a company that tries things out is told apart.
--
-- Changes tables of migrations before it. Nothing has been released yet: they hold a trial's rows at most, and nobody
-- waits for them.
-- squawk-ignore-file constraint-missing-not-valid, require-concurrent-index-creation, adding-required-field, ban-drop-constraint

-- What it takes off, and of which bills, stays: whoever has redeemed it keeps what they were given.
create table coupon (
    id                   uuid        not null,
    code                 text        not null,
    description          text        not null,
    percent              numeric(5, 2),
    currency             text,
    amount_minor         bigint,
    -- Days of the company's time zone, both of them in it.
    valid_from           date,
    valid_until          date,
    max_uses             integer,
    max_uses_per_company integer,
    used                 integer     not null default 0,
    periods              text[]      not null,
    duration             integer,
    is_active            boolean     not null,
    version              integer     not null default 1,
    created_at           timestamptz not null,
    constraint coupon_pk primary key (id),
    constraint coupon_code_unique unique (code),
    constraint coupon_code_upper check (code = upper(code)),
    constraint coupon_percent_or_amount check (
        (percent is null) <> (amount_minor is null) and (amount_minor is null) = (currency is null)),
    constraint coupon_takes_something check (percent > 0 and percent <= 100 or amount_minor > 0),
    constraint coupon_days_in_order check (valid_from <= valid_until),
    constraint coupon_limits_positive check (least(max_uses, max_uses_per_company) > 0),
    constraint coupon_within_uses check (used >= 0 and (max_uses is null or used <= max_uses)),
    constraint coupon_periods_known check (periods <@ array['monthly', 'annual']),
    constraint coupon_duration_bounded check (duration between 1 and 36)
);
comment on column coupon.duration is 'Bills that it takes something off; null: all.';
comment on column coupon.periods is 'Empty: whatever the period.';
grant select, insert, delete, update (description, valid_from, valid_until, max_uses, max_uses_per_company, used, is_active, version)
    on coupon to balanza_system;

-- The plans that it is for; none: all.
create table coupon_plan (
    coupon_id uuid not null,
    plan_id   uuid not null,
    constraint coupon_plan_pk primary key (coupon_id, plan_id),
    constraint coupon_plan_coupon_fk foreign key (coupon_id) references coupon (id) on delete cascade,
    constraint coupon_plan_plan_fk foreign key (plan_id) references plan (id)
);
create index coupon_plan_plan on coupon_plan (plan_id);
grant select, insert on coupon_plan to balanza_system;

create table coupon_redemption (
    tenant_id       uuid        not null,
    id              uuid        not null,
    coupon_id       uuid        not null,
    -- Goes on to the next one when the plan is changed.
    subscription_id uuid        not null,
    bills_left      integer,
    redeemed_by     uuid,
    redeemed_at     timestamptz not null,
    constraint coupon_redemption_pk primary key (tenant_id, id),
    constraint coupon_redemption_coupon_fk foreign key (coupon_id) references coupon (id),
    constraint coupon_redemption_subscription_fk foreign key (tenant_id, subscription_id) references subscription (tenant_id, id),
    constraint coupon_redemption_bills_left check (bills_left >= 0)
);
comment on column coupon_redemption.bills_left is 'Null: all that come.';
select app.enclose('coupon_redemption');
create unique index coupon_redemption_one_live on coupon_redemption (tenant_id, subscription_id) where bills_left is distinct from 0;
create index coupon_redemption_subscription on coupon_redemption (tenant_id, subscription_id);
create index coupon_redemption_coupon on coupon_redemption (coupon_id, tenant_id);
grant select on coupon_redemption to balanza_app;
create policy system_coupons on coupon_redemption to balanza_system using (true) with check (true);
grant select, insert, update (subscription_id, bills_left) on coupon_redemption to balanza_system;

-- Counted where the row is made: the coupon is locked by it, so that those who come at once take turns.
create function app.admit_redemption() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
declare
    most integer;
begin
    update coupon c set used = c.used + 1 where c.id = new.coupon_id returning c.max_uses_per_company into most;
    if most is not null
       and (select count(*) from coupon_redemption r where r.tenant_id = new.tenant_id and r.coupon_id = new.coupon_id) >= most
    then
        raise exception 'the company has used this coupon as often as it may'
            using errcode = '23514', constraint = 'coupon_within_company_uses';
    end if;
    return new;
end $$;
create trigger coupon_redemption_admission before insert on coupon_redemption
    for each row execute function app.admit_redemption();

alter table billing_invoice_line drop constraint billing_invoice_line_kind_known;
alter table billing_invoice_line add constraint billing_invoice_line_kind_known
    check (kind in ('plan', 'discount', 'coupon', 'credit', 'balance'));

-- What the payment provider and the shop's front have told, each once.
create table billing_webhook_event (
    id          text        not null,
    kind        text        not null,
    digest      bytea       not null,
    received_at timestamptz not null,
    outcome     jsonb       not null,
    constraint billing_webhook_event_pk primary key (id),
    constraint billing_webhook_event_kind_known check (kind in ('status', 'intake')),
    constraint billing_webhook_event_id_bounded check (length(id) between 1 and 200)
);
grant select, insert, update (outcome) on billing_webhook_event to balanza_system;

-- Notices of payments name the bill by its number.
create index billing_invoice_number on billing_invoice (number);

-- Instances ask by it.
create index company_tax_identifier on company (tax_identifier) where tax_identifier <> '';

grant update (legal_name, trade_name, tax_identifier, address, version) on company to balanza_system;

-- A company that tries things out is not billed; its next period begins when that has ended.
alter table company add column is_test boolean not null default false;
alter table company add column test_until timestamptz;
alter table company add constraint company_test_until check (is_test or test_until is null);
comment on column company.test_until is 'When that ends, or has ended; null: when an operator says so.';
grant update (is_test, test_until) on company to balanza_system;
grant update (anchor_day) on subscription to balanza_system;

-- How messages of a company go out, by channel; set by operators.
create table company_messaging (
    tenant_id    uuid        not null,
    channel      text        not null,
    enabled      boolean     not null,
    sender       text        not null,
    account      text        not null,
    endpoint     text        not null,
    token_sealed bytea,
    updated_at   timestamptz not null,
    constraint company_messaging_pk primary key (tenant_id, channel),
    constraint company_messaging_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint company_messaging_channel_known check (channel in ('whatsapp', 'telegram', 'mail'))
);
comment on column company_messaging.token_sealed is 'Sealed for "company_messaging", the company and the channel.';
select app.enclose('company_messaging');
create policy system_messaging on company_messaging to balanza_system using (true) with check (true);
grant select, insert, delete, update (enabled, sender, account, endpoint, token_sealed, updated_at) on company_messaging to balanza_system;
