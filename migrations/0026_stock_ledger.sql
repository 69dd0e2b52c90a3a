-- Stock as a double-entry ledger: every move takes goods from one place to another, and what lies where follows from the
-- moves. First in first out beside the moving average; lots and serial numbers; moves dated back; landed cost.
--
-- Changes tables of migrations before it. Nothing has been released yet: they hold a trial's rows at most, and nobody
-- waits for them.
-- squawk-ignore-file adding-foreign-key-constraint, constraint-missing-not-valid, require-concurrent-index-creation, adding-required-field, adding-not-nullable-field, adding-field-with-default, adding-serial-primary-key-field, ban-drop-constraint, ban-drop-default, ban-drop-table, renaming-table, renaming-object, require-concurrent-index-deletion, disallowed-unique-constraint, prefer-robust-stmts

-- How a company values its stock. A company without a row: by the moving average.
create table stock_setting (
    tenant_id    uuid    not null,
    valuation    text    not null default 'average',
    closed_until date,
    version      integer not null default 1,
    constraint stock_setting_pk primary key (tenant_id),
    constraint stock_setting_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint stock_setting_valuation_known check (valuation in ('average', 'fifo'))
);
select app.enclose('stock_setting');
comment on column stock_setting.closed_until is 'No move is dated that day or before.';
grant select, insert, update (valuation, closed_until, version) on stock_setting to balanza_app;

-- What goods are told apart by that are one product: a batch, or one piece with its serial number.
create table lot (
    tenant_id  uuid             not null,
    id         uuid             not null,
    product_id uuid             not null,
    code       text collate "C" not null,
    is_serial  boolean          not null,
    expires_on date,
    is_blocked boolean          not null default false,
    note       text             not null default '',
    version    integer          not null default 1,
    created_at timestamptz      not null,
    constraint lot_pk primary key (tenant_id, id),
    constraint lot_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint lot_code_unique unique (tenant_id, product_id, code),
    constraint lot_of_product unique (tenant_id, id, product_id)
);
select app.enclose('lot');
create index lot_by_expiry on lot (tenant_id, (coalesce(expires_on, '9999-12-31'::date)), id);
comment on column lot.is_blocked is 'Not to be sold: recalled, or waiting for a decision.';
grant select, insert, update (expires_on, is_blocked, note, version) on lot to balanza_app;

alter table stock_level add column is_layered boolean not null default false;
comment on column stock_level.is_layered is 'What is on hand stands in stock_layer too, and the oldest goes first.';

-- Where first in goes out first: what is left of each arrival.
create table stock_layer (
    tenant_id    uuid           not null,
    id           uuid           not null,
    warehouse_id uuid           not null,
    product_id   uuid           not null,
    quantity     numeric(18, 6) not null,
    value_minor  bigint         not null,
    arrived_on   date           not null,
    recorded_at  timestamptz    not null,
    constraint stock_layer_pk primary key (tenant_id, id),
    constraint stock_layer_warehouse_fk foreign key (tenant_id, warehouse_id) references warehouse (tenant_id, id),
    constraint stock_layer_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint stock_layer_not_empty check (quantity > 0 and value_minor >= 0)
);
select app.enclose('stock_layer');
comment on column stock_layer.id is 'The move''s that brought it.';
create index stock_layer_oldest on stock_layer (tenant_id, warehouse_id, product_id, arrived_on, recorded_at, id);
create index stock_layer_product on stock_layer (tenant_id, product_id);
grant select, insert, delete, update (quantity, value_minor) on stock_layer to balanza_app;

-- Kept by triggers and by nothing else, as stock_level is.
create table lot_level (
    tenant_id    uuid           not null,
    warehouse_id uuid           not null,
    lot_id       uuid           not null,
    product_id   uuid           not null,
    is_serial    boolean        not null,
    quantity     numeric(18, 6) not null,
    constraint lot_level_pk primary key (tenant_id, warehouse_id, lot_id),
    constraint lot_level_warehouse_fk foreign key (tenant_id, warehouse_id) references warehouse (tenant_id, id),
    constraint lot_level_lot_fk foreign key (tenant_id, lot_id, product_id) references lot (tenant_id, id, product_id),
    constraint lot_level_not_negative check (quantity >= 0),
    constraint lot_level_serial_is_one check (not is_serial or quantity in (0, 1))
);
select app.enclose('lot_level');
create index lot_level_lot on lot_level (tenant_id, lot_id, product_id);
create index lot_level_product on lot_level (tenant_id, warehouse_id, product_id) where quantity > 0;
create unique index lot_level_serial_once on lot_level (tenant_id, lot_id) where is_serial and quantity > 0;
grant select on lot_level to balanza_app;

-- What came less what went in a month: a day of the past is the months before it and the moves of its own. The quantity
-- stands in the month of the move, its value in that of the entry.
create table stock_month (
    tenant_id    uuid           not null,
    warehouse_id uuid           not null,
    product_id   uuid           not null,
    month        date           not null,
    quantity     numeric(18, 6) not null,
    value_minor  bigint         not null,
    constraint stock_month_pk primary key (tenant_id, warehouse_id, product_id, month),
    constraint stock_month_warehouse_fk foreign key (tenant_id, warehouse_id) references warehouse (tenant_id, id),
    constraint stock_month_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id)
) with (fillfactor = 70);
select app.enclose('stock_month');
create index stock_month_product on stock_month (tenant_id, product_id);
grant select on stock_month to balanza_app;

alter table stock_move rename to signed_move;
alter table signed_move rename constraint stock_move_pk to signed_move_pk;
drop index stock_move_product;
drop index stock_move_by_time;

-- A place is a warehouse, or one of those that a company has one of: who it buys from, who it sells to, what is lost or
-- found, what is made, what was there at the beginning. All places together hold nothing.
create table stock_move (
    tenant_id         uuid           not null,
    id                uuid           not null,
    product_id        uuid           not null,
    from_place        text           not null,
    from_warehouse_id uuid,
    to_place          text           not null,
    to_warehouse_id   uuid,
    lot_id            uuid,
    quantity          numeric(18, 6) not null,
    value_minor       bigint         not null,
    kind              text           not null,
    source_id         uuid           not null,
    cause_id          uuid,
    moved_on          date           not null,
    posted_on         date           not null,
    recorded_at       timestamptz    not null default clock_timestamp(),
    constraint stock_move_pk primary key (tenant_id, id),
    constraint stock_move_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint stock_move_from_fk foreign key (tenant_id, from_warehouse_id) references warehouse (tenant_id, id),
    constraint stock_move_to_fk foreign key (tenant_id, to_warehouse_id) references warehouse (tenant_id, id),
    constraint stock_move_lot_fk foreign key (tenant_id, lot_id, product_id) references lot (tenant_id, id, product_id),
    constraint stock_move_places_known check (
        from_place in ('warehouse', 'supplier', 'customer', 'loss', 'production', 'opening')
        and to_place in ('warehouse', 'supplier', 'customer', 'loss', 'production', 'opening')),
    constraint stock_move_warehouses_named check (
        (from_place = 'warehouse') = (from_warehouse_id is not null) and (to_place = 'warehouse') = (to_warehouse_id is not null)),
    constraint stock_move_elsewhere check (from_place <> to_place or from_warehouse_id <> to_warehouse_id),
    constraint stock_move_moves check (quantity >= 0 and value_minor >= 0 and (quantity > 0 or value_minor > 0)),
    constraint stock_move_posted_after check (posted_on >= moved_on),
    constraint stock_move_kind_known check (
        kind in ('opening', 'sale', 'refund', 'adjustment', 'scrap', 'receipt', 'count', 'transfer', 'landed_cost', 'correction'))
);
select app.enclose('stock_move');
comment on table stock_move is 'Append-only. A move of no quantity moves value: a landed cost, or a correction of what was dated back.';
comment on column stock_move.moved_on is 'The day that its quantity counts from, where the company is.';
comment on column stock_move.posted_on is 'The day of its entry, that its value counts from: later than moved_on where that day''s books are closed.';
comment on column stock_move.cause_id is 'Of a move of value: the move that it is for.';
comment on column stock_move.recorded_at is 'When the ledger took it, in the order of the locks.';
create index stock_move_product on stock_move (tenant_id, product_id, moved_on);
create index stock_move_from on stock_move (tenant_id, from_warehouse_id, product_id, moved_on) where from_warehouse_id is not null;
create index stock_move_to on stock_move (tenant_id, to_warehouse_id, product_id, moved_on) where to_warehouse_id is not null;
create index stock_move_by_time on stock_move (tenant_id, moved_on, recorded_at, id);
create index stock_move_source on stock_move (tenant_id, source_id);
create index stock_move_lot on stock_move (tenant_id, lot_id, product_id) where lot_id is not null;
create index stock_move_posted_later on stock_move (tenant_id, posted_on) where posted_on <> moved_on;
grant select, insert on stock_move to balanza_app;

-- What each move changed in a warehouse, on which day: its quantity on the day it moved, its value on that of its entry.
create view app.stock_change with (security_invoker = true) as
select tenant_id, to_warehouse_id as warehouse_id, product_id, moved_on as day, quantity,
       case when posted_on = moved_on then value_minor else 0 end as value_minor
from stock_move where to_warehouse_id is not null
union all
select tenant_id, from_warehouse_id, product_id, moved_on, -quantity, case when posted_on = moved_on then -value_minor else 0 end
from stock_move where from_warehouse_id is not null
union all
select tenant_id, to_warehouse_id, product_id, posted_on, 0, value_minor
from stock_move where posted_on <> moved_on and to_warehouse_id is not null
union all
select tenant_id, from_warehouse_id, product_id, posted_on, 0, -value_minor
from stock_move where posted_on <> moved_on and from_warehouse_id is not null;
grant select on app.stock_change to balanza_app;

alter table stock_move no force row level security;
alter table signed_move no force row level security;
alter table stock_month no force row level security;
alter table warehouse no force row level security;
alter table company no force row level security;
-- A transfer was two moves, by way of the transit warehouse: one of them says both places.
insert into stock_move (tenant_id, id, product_id, from_place, from_warehouse_id, to_place, to_warehouse_id, quantity, value_minor,
                        kind, source_id, moved_on, posted_on, recorded_at)
select m.tenant_id, m.id, m.product_id,
       case when m.quantity < 0 or t.id is not null then 'warehouse' else v.place end, case when m.quantity < 0 then m.warehouse_id else t.id end,
       case when m.quantity > 0 or t.id is not null and m.kind <> 'transfer_loss' then 'warehouse' else v.place end,
       case when m.quantity > 0 then m.warehouse_id when m.kind = 'transfer_out' then t.id end,
       abs(m.quantity), abs(m.value_minor),
       case when m.kind like 'transfer%' then 'transfer' else m.kind end, m.source_id, d.day, d.day, m.occurred_at
from signed_move m
join company c on c.tenant_id = m.tenant_id
cross join lateral (select (m.occurred_at at time zone c.time_zone)::date as day) d
cross join lateral (select case m.kind when 'opening' then 'opening' when 'sale' then 'customer' when 'refund' then 'customer' else 'loss' end as place) v
left join warehouse t on t.tenant_id = m.tenant_id and t.kind = 'transit' and m.kind like 'transfer%'
where not (m.kind = 'transfer_out' and m.quantity > 0) and not (m.kind = 'transfer_in' and m.quantity < 0);
insert into stock_month (tenant_id, warehouse_id, product_id, month, quantity, value_minor)
select tenant_id, warehouse_id, product_id, date_trunc('month', day)::date, sum(quantity), sum(value_minor)
from app.stock_change
group by 1, 2, 3, 4;
alter table stock_move force row level security;
alter table stock_month force row level security;
alter table warehouse force row level security;
alter table company force row level security;
drop table signed_move;

-- Moves arrive, and what lies where follows: whoever takes more than there is breaks a constraint of what they took from.
-- Rows are locked in the order of products, and read afterwards: an UPDATE alone would try its CHECKs on a row as its
-- snapshot has it first, and refuse goods that came meanwhile.
create function app.post_moves() returns trigger
language plpgsql security definer
set search_path = pg_catalog, public
as $$
declare
    tenants    uuid[];
    warehouses uuid[];
    products   uuid[];
    lots       uuid[];
    quantities numeric[];
    minors     bigint[];
    changed    integer;
begin
    if exists (
        select from added m join product p on p.tenant_id = m.tenant_id and p.id = m.product_id
        where m.quantity > 0 and (m.lot_id is not null) <> (p.is_lot_tracked or p.is_serial_tracked)
    ) then
        raise exception 'goods that are kept by lot move with their lot, others have none'
            using errcode = '23514', constraint = 'stock_move_lot_named';
    end if;

    select array_agg(d.tenant_id), array_agg(d.warehouse_id), array_agg(d.product_id), array_agg(d.quantity), array_agg(d.value_minor)
    into tenants, warehouses, products, quantities, minors
    from (select m.tenant_id, m.warehouse_id, m.product_id, sum(m.quantity) as quantity, sum(m.value_minor)::bigint as value_minor
          from (select a.tenant_id, a.to_warehouse_id as warehouse_id, a.product_id, a.quantity, a.value_minor from added a
                union all select a.tenant_id, a.from_warehouse_id, a.product_id, -a.quantity, -a.value_minor from added a) m
          where m.warehouse_id is not null
          group by m.tenant_id, m.warehouse_id, m.product_id
          order by m.product_id, m.warehouse_id) d;
    perform from unnest(tenants, warehouses, products) with ordinality d (tenant_id, warehouse_id, product_id, n)
    join stock_level s on s.tenant_id = d.tenant_id and s.warehouse_id = d.warehouse_id and s.product_id = d.product_id
    order by d.n
    for no key update of s;
    update stock_level s set quantity = s.quantity + d.quantity, value_minor = s.value_minor + d.value_minor
    from unnest(tenants, warehouses, products, quantities, minors) d (tenant_id, warehouse_id, product_id, quantity, value_minor)
    where s.tenant_id = d.tenant_id and s.warehouse_id = d.warehouse_id and s.product_id = d.product_id;
    get diagnostics changed = row_count;
    if changed < cardinality(products) then
        -- Who changes the valuation waits for those who add to what it is kept for.
        perform from stock_setting t where t.tenant_id = any (tenants) for share;
        insert into stock_level as s (tenant_id, warehouse_id, product_id, quantity, value_minor, is_layered)
        select d.tenant_id, d.warehouse_id, d.product_id, d.quantity, d.value_minor, w.kind = 'internal' and t.valuation is not distinct from 'fifo'
        from unnest(tenants, warehouses, products, quantities, minors) d (tenant_id, warehouse_id, product_id, quantity, value_minor)
        join warehouse w on w.tenant_id = d.tenant_id and w.id = d.warehouse_id
        left join stock_setting t on t.tenant_id = d.tenant_id
        where not exists (
            select from stock_level l
            where l.tenant_id = d.tenant_id and l.warehouse_id = d.warehouse_id and l.product_id = d.product_id)
        on conflict (tenant_id, warehouse_id, product_id) do update
        set quantity = s.quantity + excluded.quantity, value_minor = s.value_minor + excluded.value_minor;
    end if;

    insert into stock_month as s (tenant_id, warehouse_id, product_id, month, quantity, value_minor)
    select m.tenant_id, m.warehouse_id, m.product_id, m.month, sum(m.quantity), sum(m.value_minor)
    from (select a.tenant_id, a.to_warehouse_id as warehouse_id, a.product_id, date_trunc('month', a.moved_on)::date as month,
                 a.quantity, case when a.moved_on = a.posted_on then a.value_minor else 0 end as value_minor
          from added a
          union all
          select a.tenant_id, a.from_warehouse_id, a.product_id, date_trunc('month', a.moved_on)::date,
                 -a.quantity, case when a.moved_on = a.posted_on then -a.value_minor else 0 end
          from added a
          union all
          select a.tenant_id, a.to_warehouse_id, a.product_id, date_trunc('month', a.posted_on)::date, 0, a.value_minor
          from added a where a.moved_on <> a.posted_on
          union all
          select a.tenant_id, a.from_warehouse_id, a.product_id, date_trunc('month', a.posted_on)::date, 0, -a.value_minor
          from added a where a.moved_on <> a.posted_on) m
    where m.warehouse_id is not null
    group by m.tenant_id, m.warehouse_id, m.product_id, m.month
    order by m.product_id, m.warehouse_id, m.month
    on conflict (tenant_id, warehouse_id, product_id, month) do update
    set quantity = s.quantity + excluded.quantity, value_minor = s.value_minor + excluded.value_minor;

    select array_agg(d.tenant_id), array_agg(d.warehouse_id), array_agg(d.product_id), array_agg(d.lot_id), array_agg(d.quantity)
    into tenants, warehouses, products, lots, quantities
    from (select m.tenant_id, m.warehouse_id, m.product_id, m.lot_id, sum(m.quantity) as quantity
          from (select a.tenant_id, a.to_warehouse_id as warehouse_id, a.product_id, a.lot_id, a.quantity from added a
                union all select a.tenant_id, a.from_warehouse_id, a.product_id, a.lot_id, -a.quantity from added a) m
          where m.warehouse_id is not null and m.lot_id is not null
          group by m.tenant_id, m.warehouse_id, m.product_id, m.lot_id) d;
    if cardinality(lots) > 0 then
        -- What leaves goes first: a serial number is in one place at a time.
        update lot_level s set quantity = s.quantity + d.quantity
        from unnest(tenants, warehouses, lots, quantities) d (tenant_id, warehouse_id, lot_id, quantity)
        where s.tenant_id = d.tenant_id and s.warehouse_id = d.warehouse_id and s.lot_id = d.lot_id and d.quantity < 0;
        update lot_level s set quantity = s.quantity + d.quantity
        from unnest(tenants, warehouses, lots, quantities) d (tenant_id, warehouse_id, lot_id, quantity)
        where s.tenant_id = d.tenant_id and s.warehouse_id = d.warehouse_id and s.lot_id = d.lot_id and d.quantity > 0;
        insert into lot_level as s (tenant_id, warehouse_id, lot_id, product_id, is_serial, quantity)
        select d.tenant_id, d.warehouse_id, d.lot_id, d.product_id, l.is_serial, d.quantity
        from unnest(tenants, warehouses, products, lots, quantities) d (tenant_id, warehouse_id, product_id, lot_id, quantity)
        join lot l on l.tenant_id = d.tenant_id and l.id = d.lot_id
        where not exists (
            select from lot_level o where o.tenant_id = d.tenant_id and o.warehouse_id = d.warehouse_id and o.lot_id = d.lot_id)
        on conflict (tenant_id, warehouse_id, lot_id) do update set quantity = s.quantity + excluded.quantity;
    end if;
    return null;
end $$;
create trigger stock_move_post after insert on stock_move
    referencing new table as added for each statement execute function app.post_moves();

-- What is set aside follows from the reservations.
alter table stock_reservation
    drop constraint stock_reservation_level_fk,
    add constraint stock_reservation_warehouse_fk foreign key (tenant_id, warehouse_id) references warehouse (tenant_id, id),
    add constraint stock_reservation_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id);
create index stock_reservation_product on stock_reservation (tenant_id, product_id);

create function app.set_aside() returns trigger
language plpgsql security definer
set search_path = pg_catalog, public
as $$
declare
    more numeric := case when new.state = 'active' then new.quantity else 0 end;
begin
    if tg_op = 'UPDATE' then
        more := more - case when old.state = 'active' then old.quantity else 0 end;
    end if;
    if more = 0 then
        return null;
    end if;
    perform from stock_level s
    where s.tenant_id = new.tenant_id and s.warehouse_id = new.warehouse_id and s.product_id = new.product_id for no key update;
    update stock_level s set reserved = s.reserved + more
    where s.tenant_id = new.tenant_id and s.warehouse_id = new.warehouse_id and s.product_id = new.product_id;
    if not found then
        raise exception 'nothing of it has ever been there'
            using errcode = '23514', constraint = 'stock_level_reserved_on_hand';
    end if;
    return null;
end $$;
create trigger stock_reservation_sets_aside after insert or update of state on stock_reservation
    for each row execute function app.set_aside();

revoke insert, update on stock_level from balanza_app;
revoke update (quantity, value_minor, reserved) on stock_level from balanza_app;
-- Who locks a row needs a right to change something of it. This the wall keeps as it is.
grant update (tenant_id) on stock_level to balanza_app;

-- A change of the valuation changes no value: what is on hand becomes one layer, or layers become what is on hand.
create function app.revalue_stock() returns trigger
language plpgsql security definer
set search_path = pg_catalog, public
as $$
begin
    if tg_op = 'UPDATE' and old.valuation = new.valuation then
        return null;
    end if;
    perform from stock_level s where s.tenant_id = new.tenant_id order by s.product_id, s.warehouse_id for no key update;
    delete from stock_layer l where l.tenant_id = new.tenant_id;
    update stock_level s set is_layered = new.valuation = 'fifo'
    from warehouse w where s.tenant_id = new.tenant_id and w.tenant_id = s.tenant_id and w.id = s.warehouse_id and w.kind = 'internal';
    insert into stock_layer (tenant_id, id, warehouse_id, product_id, quantity, value_minor, arrived_on, recorded_at)
    select s.tenant_id, gen_random_uuid(), s.warehouse_id, s.product_id, s.quantity, s.value_minor,
           (now() at time zone c.time_zone)::date, clock_timestamp()
    from stock_level s join company c on c.tenant_id = s.tenant_id
    where s.tenant_id = new.tenant_id and s.is_layered and s.quantity > 0;
    return null;
end $$;
create trigger stock_setting_revalues after insert or update of valuation on stock_setting
    for each row execute function app.revalue_stock();

-- Goods on hand have no lots to be told apart by from one day to the next.
create function app.keep_tracking() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    if exists (select from stock_level s where s.tenant_id = new.tenant_id and s.product_id = new.id and s.quantity > 0) then
        raise exception 'goods on hand are tracked as they came'
            using errcode = '23514', constraint = 'product_tracking_of_none_on_hand';
    end if;
    return null;
end $$;
create trigger product_keeps_tracking after update of is_lot_tracked, is_serial_tracked on product
    for each row when (old.is_lot_tracked <> new.is_lot_tracked or old.is_serial_tracked <> new.is_serial_tracked)
    execute function app.keep_tracking();

-- Counts of goods that are kept by lot have a line a lot.
alter table stock_count_line
    add column lot_id uuid,
    add column counts uuid generated always as (coalesce(lot_id, product_id)) stored,
    drop constraint stock_count_line_pk,
    add constraint stock_count_line_pk primary key (tenant_id, count_id, counts),
    add constraint stock_count_line_lot_fk foreign key (tenant_id, lot_id, product_id) references lot (tenant_id, id, product_id);
comment on column stock_count_line.counts is 'What it counts: a lot, else a product.';
create index stock_count_line_lot on stock_count_line (tenant_id, lot_id, product_id) where lot_id is not null;

alter table stock_adjustment
    drop constraint stock_adjustment_kind_known,
    add constraint stock_adjustment_kind_known check (kind in ('adjustment', 'scrap', 'receipt')),
    add column moved_on date not null default current_date,
    add column posted_on date not null default current_date,
    add column correction_minor bigint not null default 0,
    add column supplier_id uuid,
    add constraint stock_adjustment_supplier_fk foreign key (tenant_id, supplier_id) references contact (tenant_id, id);
alter table stock_adjustment alter column moved_on drop default, alter column posted_on drop default;
comment on column stock_adjustment.correction_minor is 'What later goods would have cost more, had this been known: posted beside it.';
-- Who was two contacts is one.
grant update (supplier_id) on stock_adjustment to balanza_app;
create index stock_adjustment_supplier on stock_adjustment (tenant_id, supplier_id) where supplier_id is not null;

create table landed_cost (
    tenant_id      uuid        not null,
    id             uuid        not null,
    number         text        not null,
    description    text        not null,
    basis          text        not null,
    amount_minor   bigint      not null,
    on_hand_minor  bigint      not null,
    posted_on      date        not null,
    created_by     uuid        not null,
    created_at     timestamptz not null,
    constraint landed_cost_pk primary key (tenant_id, id),
    constraint landed_cost_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint landed_cost_number_unique unique (tenant_id, number),
    constraint landed_cost_basis_known check (basis in ('quantity', 'value', 'weight', 'equal')),
    constraint landed_cost_positive check (amount_minor > 0 and on_hand_minor between 0 and amount_minor)
);
select app.enclose('landed_cost');
comment on column landed_cost.on_hand_minor is 'Its part for what is still there; the rest is a cost of what has gone.';
grant select, insert on landed_cost to balanza_app;

create table landed_cost_line (
    tenant_id      uuid     not null,
    landed_cost_id uuid     not null,
    line_no        smallint not null,
    move_id        uuid     not null,
    amount_minor   bigint   not null,
    on_hand_minor  bigint   not null,
    constraint landed_cost_line_pk primary key (tenant_id, landed_cost_id, line_no),
    constraint landed_cost_line_cost_fk foreign key (tenant_id, landed_cost_id) references landed_cost (tenant_id, id),
    constraint landed_cost_line_move_fk foreign key (tenant_id, move_id) references stock_move (tenant_id, id),
    constraint landed_cost_line_within check (on_hand_minor between 0 and amount_minor)
);
select app.enclose('landed_cost_line');
create index landed_cost_line_move on landed_cost_line (tenant_id, move_id);
grant select, insert on landed_cost_line to balanza_app;

alter table series
    drop constraint series_document_known,
    add constraint series_document_known check (
        document in ('pos_sale', 'pos_refund', 'stock_adjustment', 'stock_transfer', 'stock_count', 'landed_cost'));

-- Books that are closed until a day take no entry of that day or before. Who closes them waits for those who post, and
-- they for who closes them.
create table accounting_setting (
    tenant_id    uuid    not null,
    closed_until date,
    version      integer not null default 1,
    constraint accounting_setting_pk primary key (tenant_id),
    constraint accounting_setting_company_fk foreign key (tenant_id) references company (tenant_id)
);
select app.enclose('accounting_setting');
grant select, insert, update (closed_until, version) on accounting_setting to balanza_app;

create function app.open_books() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('books ' || new.tenant_id::text, 0));
    if exists (select from accounting_setting s where s.tenant_id = new.tenant_id and s.closed_until >= new.entry_date) then
        raise exception 'the books of that day are closed'
            using errcode = '23514', constraint = 'journal_entry_open_books';
    end if;
    return new;
end $$;
create trigger journal_entry_open_books before insert on journal_entry for each row execute function app.open_books();
