-- When there is too little of a product, from whom more of it can be had, and what is to be ordered.

-- What a supplier asks for a product. One may offer the same product twice, by the box and by the pallet: nothing here is
-- unique but the id, and so a merge of two suppliers loses none of their offers.
create table product_supplier (
    tenant_id     uuid           not null,
    id            uuid           not null,
    product_id    uuid           not null,
    supplier_id   uuid           not null,
    code          text           not null,
    currency      text           not null,
    min_quantity  numeric(18, 6) not null,
    pack_multiple numeric(18, 6),
    lead_days     smallint       not null,
    priority      smallint       not null,
    version       integer        not null default 1,
    created_at    timestamptz    not null,
    updated_at    timestamptz    not null,
    constraint product_supplier_pk primary key (tenant_id, id),
    constraint product_supplier_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint product_supplier_supplier_fk foreign key (tenant_id, supplier_id) references contact (tenant_id, id),
    constraint product_supplier_quantities check (min_quantity >= 0 and pack_multiple > 0),
    constraint product_supplier_lead_range check (lead_days between 0 and 3650),
    constraint product_supplier_priority_range check (priority between 1 and 1000)
);
comment on column product_supplier.priority is 'The least is asked first.';
select app.enclose('product_supplier');
create index product_supplier_product on product_supplier (tenant_id, product_id);
create index product_supplier_supplier on product_supplier (tenant_id, supplier_id);
grant select, insert, delete on product_supplier to balanza_app;
grant update (supplier_id, code, currency, min_quantity, pack_multiple, lead_days, priority, version, updated_at)
    on product_supplier to balanza_app;

create table product_supplier_price (
    tenant_id    uuid           not null,
    offer_id     uuid           not null,
    line_no      smallint       not null,
    min_quantity numeric(18, 6) not null,
    price        numeric(18, 6) not null,
    valid_from   date,
    valid_until  date,
    constraint product_supplier_price_pk primary key (tenant_id, offer_id, line_no),
    constraint product_supplier_price_offer_fk foreign key (tenant_id, offer_id) references product_supplier (tenant_id, id) on delete cascade,
    constraint product_supplier_price_not_negative check (min_quantity >= 0 and price >= 0),
    constraint product_supplier_price_in_order check (valid_until >= valid_from)
);
comment on table product_supplier_price is 'Of those valid on a day and for a quantity, the one for the largest quantity counts.';
select app.enclose('product_supplier_price');
grant select, insert, delete on product_supplier_price to balanza_app;

create table stock_rule (
    tenant_id    uuid           not null,
    id           uuid           not null,
    product_id   uuid           not null,
    warehouse_id uuid           not null,
    min_stock    numeric(18, 6) not null,
    max_stock    numeric(18, 6),
    version      integer        not null default 1,
    created_at   timestamptz    not null,
    updated_at   timestamptz    not null,
    constraint stock_rule_pk primary key (tenant_id, id),
    constraint stock_rule_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint stock_rule_warehouse_fk foreign key (tenant_id, warehouse_id) references warehouse (tenant_id, id),
    constraint stock_rule_once unique (tenant_id, product_id, warehouse_id),
    constraint stock_rule_in_order check (min_stock >= 0 and max_stock >= min_stock)
);
select app.enclose('stock_rule');
create index stock_rule_warehouse on stock_rule (tenant_id, warehouse_id);
grant select, insert, delete, update (min_stock, max_stock, version, updated_at) on stock_rule to balanza_app;

-- One row from when a product falls below its least until it is above again.
create table stock_alert (
    tenant_id    uuid           not null,
    id           uuid           not null,
    product_id   uuid           not null,
    warehouse_id uuid           not null,
    min_stock    numeric(18, 6) not null,
    forecast     numeric(18, 6) not null,
    opened_at    timestamptz    not null,
    closed_at    timestamptz,
    mailed_at    timestamptz,
    constraint stock_alert_pk primary key (tenant_id, id),
    constraint stock_alert_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint stock_alert_warehouse_fk foreign key (tenant_id, warehouse_id) references warehouse (tenant_id, id)
);
comment on column stock_alert.forecast is 'When it was raised, like its neighbour min_stock.';
select app.enclose('stock_alert');
create index stock_alert_product on stock_alert (tenant_id, product_id);
create index stock_alert_warehouse on stock_alert (tenant_id, warehouse_id);
create unique index stock_alert_one_open on stock_alert (tenant_id, product_id, warehouse_id) where closed_at is null;
create index stock_alert_mailed on stock_alert (tenant_id, mailed_at) where mailed_at is not null;
grant select, insert, update (closed_at, mailed_at) on stock_alert to balanza_app;

create table purchase_proposal (
    tenant_id  uuid        not null,
    id         uuid        not null,
    state      text        not null default 'open',
    note       text        not null,
    created_by uuid        not null,
    created_at timestamptz not null,
    ended_at   timestamptz,
    constraint purchase_proposal_pk primary key (tenant_id, id),
    constraint purchase_proposal_state_known check (state in ('open', 'dismissed', 'ordered')),
    constraint purchase_proposal_ended check ((state = 'open') = (ended_at is null))
);
select app.enclose('purchase_proposal');
grant select, insert, update (state, ended_at) on purchase_proposal to balanza_app;

-- As it was when it was accepted: what a supplier asks afterwards changes nothing.
create table purchase_proposal_line (
    tenant_id     uuid           not null,
    proposal_id   uuid           not null,
    line_no       smallint       not null,
    product_id    uuid           not null,
    warehouse_id  uuid           not null,
    supplier_id   uuid,
    supplier_code text           not null,
    quantity      numeric(18, 6) not null,
    unit_price    numeric(18, 6),
    currency      text           not null,
    expected_date date,
    min_stock     numeric(18, 6) not null,
    max_stock     numeric(18, 6),
    forecast      numeric(18, 6) not null,
    constraint purchase_proposal_line_pk primary key (tenant_id, proposal_id, line_no),
    constraint purchase_proposal_line_proposal_fk foreign key (tenant_id, proposal_id) references purchase_proposal (tenant_id, id),
    constraint purchase_proposal_line_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint purchase_proposal_line_warehouse_fk foreign key (tenant_id, warehouse_id) references warehouse (tenant_id, id),
    constraint purchase_proposal_line_supplier_fk foreign key (tenant_id, supplier_id) references contact (tenant_id, id),
    constraint purchase_proposal_line_positive check (quantity > 0 and unit_price >= 0)
);
select app.enclose('purchase_proposal_line');
create index purchase_proposal_line_product on purchase_proposal_line (tenant_id, product_id);
create index purchase_proposal_line_warehouse on purchase_proposal_line (tenant_id, warehouse_id);
create index purchase_proposal_line_supplier on purchase_proposal_line (tenant_id, supplier_id);
grant select, insert, update (supplier_id) on purchase_proposal_line to balanza_app;

-- What is on its way to a warehouse; later kinds of documents join by `union all`.
create view app.stock_incoming with (security_invoker = true) as
select t.tenant_id, 'transfer'::text as kind, t.id, t.number, l.product_id, t.to_id as warehouse_id,
       l.quantity - l.received - l.lost as quantity, null::date as expected_date
from stock_transfer t
join stock_transfer_line l on l.tenant_id = t.tenant_id and l.transfer_id = t.id
where t.state = 'in_transit' and l.quantity > l.received + l.lost;
grant select on app.stock_incoming to balanza_app;

-- What should be there and what will be: by the rule of the product and warehouse; without one, by the product's own limits
-- in the main warehouse (the oldest).
create view app.stock_need with (security_invoker = true) as
select n.tenant_id, n.product_id, n.warehouse_id, p.sku, p.name, n.min_stock, n.max_stock,
       coalesce(l.quantity, 0) as on_hand, coalesce(l.reserved, 0) as reserved, coalesce(i.quantity, 0) as incoming,
       coalesce(l.quantity, 0) - coalesce(l.reserved, 0) + coalesce(i.quantity, 0) as forecast
from (
    select r.tenant_id, r.product_id, r.warehouse_id, r.min_stock, r.max_stock from stock_rule r
    union all
    select o.tenant_id, o.id, m.id, o.min_stock, o.max_stock
    from product o
    cross join lateral (select w.id from warehouse w where w.tenant_id = o.tenant_id and w.kind = 'internal' order by w.id limit 1) m
    where o.min_stock is not null
      and not exists (select from stock_rule r where r.tenant_id = o.tenant_id and r.product_id = o.id and r.warehouse_id = m.id)
) n
join product p on p.tenant_id = n.tenant_id and p.id = n.product_id and p.kind = 'goods' and p.active and not p.is_template
join warehouse h on h.tenant_id = n.tenant_id and h.id = n.warehouse_id and h.kind = 'internal' and h.is_active
left join lateral (
    select sum(s.quantity) as quantity, sum(s.reserved) as reserved from stock_level s
    where s.tenant_id = n.tenant_id and s.product_id = n.product_id and s.warehouse_id = n.warehouse_id) l on true
left join lateral (
    select sum(c.quantity) as quantity from app.stock_incoming c
    where c.tenant_id = n.tenant_id and c.product_id = n.product_id and c.warehouse_id = n.warehouse_id) i on true;
grant select on app.stock_need to balanza_app;
