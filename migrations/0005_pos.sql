create table payment_method (
    tenant_id     uuid not null,
    code          text not null,
    name          text not null,
    kind          text not null,
    account_role  text not null,
    official_code text not null default '',
    constraint payment_method_pk primary key (tenant_id, code),
    constraint payment_method_role_fk foreign key (tenant_id, account_role) references account_role (tenant_id, role),
    constraint payment_method_kind_known check (kind in ('cash', 'card', 'transfer', 'other'))
);
select app.enclose('payment_method');
grant select, insert on payment_method to balanza_app;

create table register (
    tenant_id    uuid    not null,
    id           uuid    not null,
    code         text    not null,
    name         text    not null,
    warehouse_id uuid    not null,
    constraint register_pk primary key (tenant_id, id),
    constraint register_code_unique unique (tenant_id, code),
    constraint register_warehouse_fk foreign key (tenant_id, warehouse_id) references warehouse (tenant_id, id)
);
select app.enclose('register');
grant select, insert on register to balanza_app;

create table shift (
    tenant_id        uuid        not null,
    id               uuid        not null,
    register_id      uuid        not null,
    state            text        not null default 'open',
    opened_by        uuid        not null,
    opened_at        timestamptz not null,
    opening_minor    bigint      not null,
    ended_at         timestamptz,
    closed_by        uuid,
    closed_at        timestamptz,
    expected_minor   bigint,
    counted_minor    bigint,
    constraint shift_pk primary key (tenant_id, id),
    constraint shift_of_register unique (tenant_id, register_id, id),
    constraint shift_register_fk foreign key (tenant_id, register_id) references register (tenant_id, id),
    constraint shift_state_known check (state in ('open', 'ended', 'closed')),
    constraint shift_opening_not_negative check (opening_minor >= 0),
    constraint shift_closed_is_counted check ((state = 'closed') = (counted_minor is not null and expected_minor is not null))
);
select app.enclose('shift');
create unique index shift_one_open_per_register on shift (tenant_id, register_id) where state <> 'closed';
grant select, insert, update (state, ended_at, closed_by, closed_at, expected_minor, counted_minor) on shift to balanza_app;

-- The hot row of a register: its next numbers, and which shift may use them. A sale takes its number
-- here when all else is written, so ending a shift (open_shift_id := null) waits for sales under way and
-- refuses later ones, and numbers have no gaps.
create table register_counter (
    tenant_id     uuid   not null,
    register_id   uuid   not null,
    open_shift_id uuid,
    sale_prefix   text   not null,
    refund_prefix text   not null,
    padding       smallint not null,
    next_sale     bigint not null default 1,
    next_refund   bigint not null default 1,
    constraint register_counter_pk primary key (tenant_id, register_id),
    constraint register_counter_register_fk foreign key (tenant_id, register_id) references register (tenant_id, id),
    constraint register_counter_shift_fk foreign key (tenant_id, register_id, open_shift_id) references shift (tenant_id, register_id, id)
) with (fillfactor = 10);
select app.enclose('register_counter');
grant select, insert, update (open_shift_id, next_sale, next_refund) on register_counter to balanza_app;

create table sale (
    tenant_id        uuid        not null,
    id               uuid        not null,
    kind             text        not null,
    register_id      uuid        not null,
    shift_id         uuid        not null,
    sequence         bigint      not null,
    number           text        not null,
    cashier_id       uuid        not null,
    sold_at          timestamptz not null,
    sale_date        date        not null,
    currency         text        not null,
    rounding         text        not null,
    net_minor        bigint      not null,
    tax_minor        bigint      not null,
    total_minor      bigint      not null,
    change_minor     bigint      not null,
    cost_minor       bigint      not null,
    refunded_sale_id uuid,
    constraint sale_pk primary key (tenant_id, id),
    constraint sale_number_unique unique (tenant_id, register_id, kind, sequence),
    constraint sale_shift_fk foreign key (tenant_id, register_id, shift_id) references shift (tenant_id, register_id, id),
    constraint sale_refunded_fk foreign key (tenant_id, refunded_sale_id) references sale (tenant_id, id),
    constraint sale_kind_known check (kind in ('sale', 'refund')),
    constraint sale_adds_up check (net_minor + tax_minor = total_minor),
    constraint sale_not_negative check (net_minor >= 0 and tax_minor >= 0 and change_minor >= 0 and cost_minor >= 0)
);
select app.enclose('sale');
create index sale_by_shift on sale (tenant_id, shift_id);
create index sale_by_date on sale (tenant_id, sold_at, id);
create index sale_by_refunded on sale (tenant_id, refunded_sale_id) where refunded_sale_id is not null;
grant select, insert on sale to balanza_app;

create table sale_line (
    tenant_id          uuid           not null,
    sale_id            uuid           not null,
    line_no            smallint       not null,
    product_id         uuid           not null,
    sku                text           not null,
    name               text           not null,
    quantity           numeric(18, 6) not null,
    unit_price         numeric(18, 6) not null,
    price_includes_tax boolean        not null,
    tax_id             uuid           not null,
    tax_rate           numeric(9, 4)  not null,
    net_minor          bigint         not null,
    tax_minor          bigint         not null,
    cost_minor         bigint         not null,
    refunded_line_no   smallint,
    refunded_quantity  numeric(18, 6) not null default 0,
    refunded_net_minor bigint         not null default 0,
    refunded_tax_minor bigint         not null default 0,
    refunded_cost_minor bigint        not null default 0,
    constraint sale_line_pk primary key (tenant_id, sale_id, line_no),
    constraint sale_line_sale_fk foreign key (tenant_id, sale_id) references sale (tenant_id, id),
    constraint sale_line_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint sale_line_tax_fk foreign key (tenant_id, tax_id) references tax (tenant_id, id),
    constraint sale_line_quantity_positive check (quantity > 0),
    constraint sale_line_not_over_refunded check (
        refunded_quantity between 0 and quantity and refunded_net_minor between 0 and net_minor
        and refunded_tax_minor between 0 and tax_minor and refunded_cost_minor between 0 and cost_minor)
);
select app.enclose('sale_line');
create index sale_line_product on sale_line (tenant_id, product_id);
create index sale_line_tax on sale_line (tenant_id, tax_id);
-- A posted line never changes; how much of it came back does.
grant select, insert, update (refunded_quantity, refunded_net_minor, refunded_tax_minor, refunded_cost_minor) on sale_line to balanza_app;

create table sale_payment (
    tenant_id      uuid     not null,
    sale_id        uuid     not null,
    payment_no     smallint not null,
    method         text     not null,
    tendered_minor bigint   not null,
    amount_minor   bigint   not null,
    constraint sale_payment_pk primary key (tenant_id, sale_id, payment_no),
    constraint sale_payment_sale_fk foreign key (tenant_id, sale_id) references sale (tenant_id, id),
    constraint sale_payment_method_fk foreign key (tenant_id, method) references payment_method (tenant_id, code),
    constraint sale_payment_change_is_from_tender check (amount_minor between 0 and tendered_minor)
);
select app.enclose('sale_payment');
create index sale_payment_method on sale_payment (tenant_id, method);
grant select, insert on sale_payment to balanza_app;
