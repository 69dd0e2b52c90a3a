-- Documents that move stock other than by selling: adjustments, transfers, counts; and what is set aside.
--
-- Changes tables of migrations before it. Nothing has been released yet: they hold a trial's rows at most, and nobody
-- waits for them.
-- squawk-ignore-file constraint-missing-not-valid, require-concurrent-index-creation, adding-required-field, ban-drop-constraint, disallowed-unique-constraint

alter table warehouse
    add column kind       text        not null default 'internal',
    add column address    text        not null default '',
    add column is_active  boolean     not null default true,
    add column version    integer     not null default 1,
    add column created_at timestamptz not null default now(),
    add constraint warehouse_kind_known check (kind in ('internal', 'transit'));
comment on column warehouse.kind is 'Transit: where goods are that have left one warehouse and not come to the other; one a company.';
create unique index warehouse_one_transit on warehouse (tenant_id) where kind = 'transit';
grant update (name, address, is_active, version) on warehouse to balanza_app;

-- What is set aside is on hand: whoever sells more than is available breaks this.
alter table stock_level
    add column reserved numeric(18, 6) not null default 0,
    add constraint stock_level_reserved_on_hand check (reserved between 0 and quantity);
grant update (reserved) on stock_level to balanza_app;

alter table stock_move
    drop constraint stock_move_kind_known,
    add constraint stock_move_kind_known check (
        kind in ('opening', 'sale', 'refund', 'adjustment', 'scrap', 'count', 'transfer_out', 'transfer_in', 'transfer_loss'));
create index stock_move_by_time on stock_move (tenant_id, occurred_at, id);

alter table series
    drop constraint series_document_known,
    add constraint series_document_known check (
        document in ('pos_sale', 'pos_refund', 'stock_adjustment', 'stock_transfer', 'stock_count'));

create table stock_adjustment (
    tenant_id    uuid        not null,
    id           uuid        not null,
    number       text        not null,
    kind         text        not null,
    warehouse_id uuid        not null,
    reason       text        not null,
    value_minor  bigint      not null,
    created_by   uuid        not null,
    posted_at    timestamptz not null,
    constraint stock_adjustment_pk primary key (tenant_id, id),
    constraint stock_adjustment_warehouse_fk foreign key (tenant_id, warehouse_id) references warehouse (tenant_id, id),
    constraint stock_adjustment_number_unique unique (tenant_id, number),
    constraint stock_adjustment_kind_known check (kind in ('adjustment', 'scrap'))
);
comment on column stock_adjustment.value_minor is 'What the stock is worth more (or less) by it.';
select app.enclose('stock_adjustment');
create index stock_adjustment_warehouse on stock_adjustment (tenant_id, warehouse_id);
grant select, insert on stock_adjustment to balanza_app;

create table stock_adjustment_line (
    tenant_id     uuid           not null,
    adjustment_id uuid           not null,
    line_no       smallint       not null,
    product_id    uuid           not null,
    quantity      numeric(18, 6) not null,
    value_minor   bigint         not null,
    constraint stock_adjustment_line_pk primary key (tenant_id, adjustment_id, line_no),
    constraint stock_adjustment_line_adjustment_fk foreign key (tenant_id, adjustment_id) references stock_adjustment (tenant_id, id),
    constraint stock_adjustment_line_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint stock_adjustment_line_moves check (quantity <> 0 and sign(quantity) * value_minor >= 0)
);
select app.enclose('stock_adjustment_line');
create index stock_adjustment_line_product on stock_adjustment_line (tenant_id, product_id);
grant select, insert on stock_adjustment_line to balanza_app;

create table stock_transfer (
    tenant_id   uuid        not null,
    id          uuid        not null,
    number      text        not null,
    from_id     uuid        not null,
    to_id       uuid        not null,
    state       text        not null,
    note        text        not null,
    created_by  uuid        not null,
    sent_at     timestamptz not null,
    received_at timestamptz,
    version     integer     not null default 1,
    constraint stock_transfer_pk primary key (tenant_id, id),
    constraint stock_transfer_from_fk foreign key (tenant_id, from_id) references warehouse (tenant_id, id),
    constraint stock_transfer_to_fk foreign key (tenant_id, to_id) references warehouse (tenant_id, id),
    constraint stock_transfer_number_unique unique (tenant_id, number),
    constraint stock_transfer_state_known check (state in ('in_transit', 'received')),
    constraint stock_transfer_elsewhere check (from_id <> to_id),
    constraint stock_transfer_received check ((state = 'received') = (received_at is not null))
);
select app.enclose('stock_transfer');
create index stock_transfer_from on stock_transfer (tenant_id, from_id);
create index stock_transfer_to on stock_transfer (tenant_id, to_id);
grant select, insert, update (state, received_at, version) on stock_transfer to balanza_app;

create table stock_transfer_line (
    tenant_id      uuid           not null,
    transfer_id    uuid           not null,
    line_no        smallint       not null,
    product_id     uuid           not null,
    quantity       numeric(18, 6) not null,
    value_minor    bigint         not null,
    received       numeric(18, 6) not null default 0,
    received_minor bigint         not null default 0,
    lost           numeric(18, 6) not null default 0,
    lost_minor     bigint         not null default 0,
    constraint stock_transfer_line_pk primary key (tenant_id, transfer_id, line_no),
    constraint stock_transfer_line_transfer_fk foreign key (tenant_id, transfer_id) references stock_transfer (tenant_id, id),
    constraint stock_transfer_line_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint stock_transfer_line_product_once unique (tenant_id, transfer_id, product_id),
    constraint stock_transfer_line_positive check (quantity > 0 and value_minor >= 0),
    constraint stock_transfer_line_within check (
        received >= 0 and lost >= 0 and received + lost <= quantity
        and received_minor >= 0 and lost_minor >= 0 and received_minor + lost_minor <= value_minor)
);
select app.enclose('stock_transfer_line');
create index stock_transfer_line_product on stock_transfer_line (tenant_id, product_id);
grant select, insert, update (received, received_minor, lost, lost_minor) on stock_transfer_line to balanza_app;

create table stock_count (
    tenant_id    uuid        not null,
    id           uuid        not null,
    number       text        not null,
    warehouse_id uuid        not null,
    state        text        not null,
    note         text        not null,
    value_minor  bigint      not null default 0,
    created_by   uuid        not null,
    created_at   timestamptz not null,
    posted_by    uuid,
    posted_at    timestamptz,
    version      integer     not null default 1,
    constraint stock_count_pk primary key (tenant_id, id),
    constraint stock_count_warehouse_fk foreign key (tenant_id, warehouse_id) references warehouse (tenant_id, id),
    constraint stock_count_number_unique unique (tenant_id, number),
    constraint stock_count_state_known check (state in ('counting', 'posted', 'cancelled')),
    constraint stock_count_posted check ((state = 'posted') = (posted_at is not null))
);
select app.enclose('stock_count');
create index stock_count_warehouse on stock_count (tenant_id, warehouse_id);
grant select, insert, update (state, value_minor, posted_by, posted_at, version) on stock_count to balanza_app;

-- What was on hand when the count began, what was found, and the difference: each is kept.
create table stock_count_line (
    tenant_id   uuid           not null,
    count_id    uuid           not null,
    product_id  uuid           not null,
    snapshot    numeric(18, 6) not null,
    counted     numeric(18, 6),
    counted_by  uuid,
    delta_minor bigint,
    constraint stock_count_line_pk primary key (tenant_id, count_id, product_id),
    constraint stock_count_line_count_fk foreign key (tenant_id, count_id) references stock_count (tenant_id, id),
    constraint stock_count_line_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint stock_count_line_not_negative check (snapshot >= 0 and counted >= 0)
);
select app.enclose('stock_count_line');
create index stock_count_line_product on stock_count_line (tenant_id, product_id);
grant select, insert, update (counted, counted_by, delta_minor) on stock_count_line to balanza_app;

create table stock_reservation (
    tenant_id    uuid           not null,
    id           uuid           not null,
    warehouse_id uuid           not null,
    product_id   uuid           not null,
    quantity     numeric(18, 6) not null,
    state        text           not null,
    reference    text           not null,
    expires_at   timestamptz,
    created_by   uuid           not null,
    created_at   timestamptz    not null,
    ended_at     timestamptz,
    constraint stock_reservation_pk primary key (tenant_id, id),
    constraint stock_reservation_level_fk foreign key (tenant_id, warehouse_id, product_id)
        references stock_level (tenant_id, warehouse_id, product_id),
    constraint stock_reservation_positive check (quantity > 0),
    constraint stock_reservation_state_known check (state in ('active', 'released', 'expired')),
    constraint stock_reservation_ended check ((state = 'active') = (ended_at is null))
);
select app.enclose('stock_reservation');
create index stock_reservation_level on stock_reservation (tenant_id, warehouse_id, product_id);
grant select, insert, update (state, ended_at) on stock_reservation to balanza_app;
