-- Taxes as countries have them, the taxes of a sale's lines where they bear several, and what was due when it was paid.
-- squawk-ignore-file constraint-missing-not-valid, require-concurrent-index-creation, adding-required-field, adding-foreign-key-constraint

alter table tax
    add column kind               text           not null default 'percent',
    add column amount             numeric(18, 6) not null default 0,
    add column scope              text           not null default 'both',
    add column family             text           not null default 'vat',
    add column standing           text           not null default 'taxed',
    add column exemption_code     text           not null default '',
    add column exemption_reason   text           not null default '',
    add column is_included        boolean,
    add column affects_base       boolean        not null default false,
    add column withheld_of        text,
    add column is_reverse_charge  boolean        not null default false,
    add column is_cash_basis      boolean        not null default false,
    add column deductible_percent numeric(7, 4)  not null default 100,
    add column output_account_id  uuid,
    add column input_account_id   uuid,
    add column output_report_code text           not null default '',
    add column input_report_code  text           not null default '',
    add column valid_from         date,
    add column valid_until        date,
    add column replaced_by_id     uuid,
    add column is_active          boolean        not null default true,
    add constraint tax_kind_known check (kind in ('percent', 'fixed_per_unit', 'fixed_per_line', 'group')),
    add constraint tax_scope_known check (scope in ('sales', 'purchases', 'both')),
    add constraint tax_family_known check (family in ('vat', 'surcharge', 'consumption', 'income', 'local', 'other')),
    add constraint tax_standing_known check (standing in ('taxed', 'zero_rated', 'exempt', 'not_subject')),
    add constraint tax_withheld_of_known check (withheld_of in ('net', 'tax')),
    add constraint tax_measured_once check (
        case kind when 'percent' then amount = 0 when 'group' then rate = 0 and amount = 0 else rate = 0 and amount > 0 end),
    add constraint tax_untaxed_is_nothing check (standing = 'taxed' or (rate = 0 and amount = 0 and kind = 'percent')),
    add constraint tax_withheld_plainly check (
        withheld_of is null or (not is_reverse_charge and not is_cash_basis and not affects_base and is_included is null and standing = 'taxed')),
    add constraint tax_reversed_on_top check (not is_reverse_charge or (is_included is null and not affects_base)),
    add constraint tax_deductible_range check (deductible_percent between 0 and 100),
    add constraint tax_valid_forward check (valid_until >= valid_from),
    add constraint tax_replaced_from_a_day check (replaced_by_id is null or (valid_until is not null and replaced_by_id <> id)),
    add constraint tax_default_in_use check (not is_default or (is_active and withheld_of is null)),
    add constraint tax_report_code_shape check (
        output_report_code ~ '^([0-9A-Za-z._-]*/)?[0-9A-Za-z._-]*$' and input_report_code ~ '^([0-9A-Za-z._-]*/)?[0-9A-Za-z._-]*$'),
    add constraint tax_output_account_fk foreign key (tenant_id, output_account_id) references account (tenant_id, id),
    add constraint tax_input_account_fk foreign key (tenant_id, input_account_id) references account (tenant_id, id),
    add constraint tax_replaced_by_fk foreign key (tenant_id, replaced_by_id) references tax (tenant_id, id);
comment on column tax.is_included is 'Whether prices have it in them; null: as each price says.';
comment on column tax.withheld_of is 'Set: it is taken off what is paid, and is computed of the net or of the VAT.';
comment on column tax.output_report_code is 'The boxes of the return for base and tax of what is sold, as 07/09.';
comment on column tax.replaced_by_id is 'The tax that what bears this one bears when it is not valid any more.';
create index tax_output_account on tax (tenant_id, output_account_id) where output_account_id is not null;
create index tax_input_account on tax (tenant_id, input_account_id) where input_account_id is not null;
create index tax_replaced_by on tax (tenant_id, replaced_by_id) where replaced_by_id is not null;
grant update (amount, scope, family, standing, exemption_code, exemption_reason, is_included, affects_base, withheld_of, is_reverse_charge,
              is_cash_basis, deductible_percent, output_account_id, input_account_id, output_report_code, input_report_code, valid_from,
              valid_until, replaced_by_id, is_active) on tax to balanza_app;

-- The taxes of a group, in the order in which they are computed.
create table tax_member (
    tenant_id uuid     not null,
    group_id  uuid     not null,
    position  smallint not null,
    member_id uuid     not null,
    constraint tax_member_pk primary key (tenant_id, group_id, position),
    constraint tax_member_once unique (tenant_id, group_id, member_id),
    constraint tax_member_group_fk foreign key (tenant_id, group_id) references tax (tenant_id, id),
    constraint tax_member_fk foreign key (tenant_id, member_id) references tax (tenant_id, id)
);
select app.enclose('tax_member');
create index tax_member_of on tax_member (tenant_id, member_id);
grant select, insert, delete on tax_member to balanza_app;

-- The taxes of a sale's line where it bears other than one percentage.
create table pos_sale_tax (
    tenant_id           uuid     not null,
    sale_id             uuid     not null,
    line_no             smallint not null,
    tax_no              smallint not null,
    tax_id              uuid     not null,
    base_minor          bigint   not null,
    amount_minor        bigint   not null,
    refunded_base_minor bigint   not null default 0,
    refunded_minor      bigint   not null default 0,
    constraint pos_sale_tax_pk primary key (tenant_id, sale_id, line_no, tax_no),
    constraint pos_sale_tax_line_fk foreign key (tenant_id, sale_id, line_no) references sale_line (tenant_id, sale_id, line_no)
        deferrable initially deferred,
    constraint pos_sale_tax_tax_fk foreign key (tenant_id, tax_id) references tax (tenant_id, id),
    constraint pos_sale_tax_not_negative check (base_minor >= 0 and amount_minor >= 0),
    constraint pos_sale_tax_not_over_refunded check (
        refunded_base_minor between 0 and base_minor and refunded_minor between 0 and amount_minor)
);
select app.enclose('pos_sale_tax');
create index pos_sale_tax_tax on pos_sale_tax (tenant_id, tax_id);
grant select, insert, update (refunded_base_minor, refunded_minor) on pos_sale_tax to balanza_app;

-- Tax that is due when its document is paid: which line of pending tax was moved, by how much and by which entry.
create table tax_settlement (
    tenant_id    uuid     not null,
    id           uuid     not null,
    entry_id     uuid     not null,
    line_no      smallint not null,
    settling_id  uuid     not null,
    amount_minor bigint   not null,
    base_minor   bigint   not null,
    constraint tax_settlement_pk primary key (tenant_id, id),
    constraint tax_settlement_line_fk foreign key (tenant_id, entry_id, line_no) references journal_line (tenant_id, entry_id, line_no),
    constraint tax_settlement_settling_fk foreign key (tenant_id, settling_id) references journal_entry (tenant_id, id)
);
comment on column tax_settlement.amount_minor is 'Of the line, with its sign: a debit positive. What is given back is negative to that.';
select app.enclose('tax_settlement');
create index tax_settlement_line on tax_settlement (tenant_id, entry_id, line_no);
create index tax_settlement_settling on tax_settlement (tenant_id, settling_id);
grant select, insert on tax_settlement to balanza_app;

-- A tax that a document bears stays what it was computed by: a new rate is a new tax.
create function app.is_tax_used(tenant uuid, tax uuid) returns boolean
language sql stable
set search_path = pg_catalog, public
as $$
    select exists (select from journal_line l where l.tenant_id = tenant and l.tax_id = tax)
        or exists (select from sale_line l where l.tenant_id = tenant and l.tax_id = tax)
        or exists (select from pos_sale_tax l where l.tenant_id = tenant and l.tax_id = tax)
$$;

create function app.keep_tax() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    if (new.kind, new.rate, new.amount, new.scope, new.family, new.standing, new.is_included, new.affects_base, new.withheld_of,
        new.is_reverse_charge, new.is_cash_basis, new.deductible_percent)
        is distinct from (old.kind, old.rate, old.amount, old.scope, old.family, old.standing, old.is_included, old.affects_base,
        old.withheld_of, old.is_reverse_charge, old.is_cash_basis, old.deductible_percent)
        and app.is_tax_used(new.tenant_id, new.id)
    then
        raise exception 'a tax that documents bear stays as it is' using errcode = '23514', constraint = 'tax_unused';
    end if;
    return new;
end $$;
create trigger tax_keep before update on tax for each row execute function app.keep_tax();

create function app.keep_tax_members() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
declare
    member tax_member := case tg_op when 'DELETE' then old else new end;
begin
    if app.is_tax_used(member.tenant_id, member.group_id) then
        raise exception 'a group of taxes that documents bear stays as it is' using errcode = '23514', constraint = 'tax_unused';
    end if;
    if tg_op = 'INSERT' and not exists (
        select from tax g join tax m on m.tenant_id = g.tenant_id and m.id = new.member_id and m.kind <> 'group'
        where g.tenant_id = new.tenant_id and g.id = new.group_id and g.kind = 'group')
    then
        raise exception 'a group consists of taxes that are none' using errcode = '23514', constraint = 'tax_member_single';
    end if;
    return null;
end $$;
-- After: who may not write the row at all is told that first.
create trigger tax_member_keep after insert or delete on tax_member for each row execute function app.keep_tax_members();

-- What is archived is given to nothing that has another; what is made with it is its maker's to refuse, since a company that is
-- brought back brings such products.
create function app.give_tax() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    if exists (select from tax t where t.tenant_id = new.tenant_id and t.id = new.tax_id and not t.is_active) then
        raise exception 'an archived tax is given to nothing new' using errcode = '23514', constraint = 'product_tax_active';
    end if;
    return new;
end $$;
create trigger product_tax_changed before update of tax_id on product for each row
    when (new.tax_id is distinct from old.tax_id) execute function app.give_tax();

-- The tax that stands for another on a day: itself while it is valid, else what has replaced it.
create function app.tax_on(tenant uuid, tax uuid, day date) returns uuid
language sql stable
set search_path = pg_catalog, public
as $$
    with recursive chain (id, next_id, depth) as (
        select t.id, case when t.valid_until < day then t.replaced_by_id end, 0 from tax t where t.tenant_id = tenant and t.id = tax
        union all
        select t.id, case when t.valid_until < day then t.replaced_by_id end, c.depth + 1
        from chain c join tax t on t.tenant_id = tenant and t.id = c.next_id
        where c.depth < 20
    )
    select coalesce((select id from chain where next_id is null), tax)
$$;

-- A tax as it is computed: itself, or the members of the group that it is.
create function app.tax_rule(t tax) returns jsonb
language sql stable
set search_path = pg_catalog, public
as $$
    select jsonb_build_object(
        'id', t.id, 'code', t.code, 'name', t.name, 'kind', t.kind, 'rate', t.rate::text, 'amount', t.amount::text, 'scope', t.scope,
        'family', t.family, 'standing', t.standing, 'is_included', t.is_included, 'affects_base', t.affects_base,
        'withheld_of', t.withheld_of, 'is_reverse_charge', t.is_reverse_charge, 'is_cash_basis', t.is_cash_basis,
        'deductible_percent', t.deductible_percent::text, 'output_account_id', t.output_account_id, 'input_account_id', t.input_account_id)
$$;
create view app.tax_rules with (security_invoker = true) as
select t.tenant_id, t.id,
       case when t.kind = 'group'
            then coalesce((select jsonb_agg(app.tax_rule(m) order by g.position)
                           from tax_member g join tax m on m.tenant_id = g.tenant_id and m.id = g.member_id
                           where g.tenant_id = t.tenant_id and g.group_id = t.id), '[]')
            else jsonb_build_array(app.tax_rule(t)) end as rules
from tax t;
grant select on app.tax_rules to balanza_app;

-- The tax book reads by day.
create index journal_line_tax_day on journal_line (tenant_id, entry_date, entry_id, line_no) where tax_id is not null;

-- Which side's book a tax line stands in, and whether it is due: by its account. Where an account serves both sides, what the tax
-- is for decides, or whether its base is a credit.
create function app.tax_place(t tax, account uuid, is_credit boolean) returns table (side text, state text)
language sql stable
set search_path = pg_catalog, public
as $$
    select case when a.is_sales and not a.is_purchases then 'sales'
                when a.is_purchases and not a.is_sales then 'purchases'
                when t.scope <> 'both' then t.scope
                when is_credit = (t.withheld_of is null) then 'sales'
                else 'purchases' end,
           case when a.is_pending then 'pending' when a.is_sales or a.is_purchases then 'due' else 'cost' end
    from (select coalesce(bool_or(r.role in ('output_tax', 'withholding_receivable')), false)
                     or coalesce(account = t.output_account_id, false)
                     or coalesce(bool_or(r.role = 'output_tax_pending'), false) as is_sales,
                 coalesce(bool_or(r.role in ('input_tax', 'withholding_payable')), false)
                     or coalesce(account = t.input_account_id, false)
                     or coalesce(bool_or(r.role = 'input_tax_pending'), false) as is_purchases,
                 coalesce(bool_and(r.role in ('output_tax_pending', 'input_tax_pending')), false)
                     and account is distinct from t.output_account_id and account is distinct from t.input_account_id as is_pending
          from account_role r
          where r.tenant_id = t.tenant_id and r.account_id = account) a
$$;

-- Whom the document behind an entry is made out to, where its entry names nobody; later kinds join by `union all`.
create view app.source_party with (security_invoker = true) as
select tenant_id, kind as source_kind, id as source_id, customer_name as name, customer_identifier as identifier
from sale where customer_id is not null;
grant select on app.source_party to balanza_app;
