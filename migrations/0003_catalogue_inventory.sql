create table tax (
    tenant_id     uuid          not null,
    id            uuid          not null,
    code          text          not null,
    name          text          not null,
    rate          numeric(9, 4) not null,
    official_code text          not null default '',
    is_default    boolean       not null default false,
    constraint tax_pk primary key (tenant_id, id),
    constraint tax_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint tax_code_unique unique (tenant_id, code),
    constraint tax_rate_range check (rate between 0 and 1000)
);
select app.enclose('tax');
create unique index tax_one_default on tax (tenant_id) where is_default;
grant select, insert on tax to balanza_app;

create table unit (
    tenant_id uuid     not null,
    code      text     not null,
    name      text     not null,
    decimals  smallint not null,
    constraint unit_pk primary key (tenant_id, code),
    constraint unit_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint unit_decimals_range check (decimals between 0 and 6)
);
select app.enclose('unit');
grant select, insert on unit to balanza_app;

create table product (
    tenant_id          uuid           not null,
    id                 uuid           not null,
    sku                text           not null,
    barcode            text,
    name               text           not null,
    kind               text           not null default 'goods',
    unit_code          text           not null,
    price              numeric(18, 6) not null,
    price_includes_tax boolean        not null,
    cost               numeric(18, 6) not null default 0,
    tax_id             uuid           not null,
    active             boolean        not null default true,
    version            integer        not null default 1,
    created_at         timestamptz    not null,
    updated_at         timestamptz    not null,
    constraint product_pk primary key (tenant_id, id),
    constraint product_sku_unique unique (tenant_id, sku),
    constraint product_barcode_unique unique (tenant_id, barcode),
    constraint product_tax_fk foreign key (tenant_id, tax_id) references tax (tenant_id, id),
    constraint product_unit_fk foreign key (tenant_id, unit_code) references unit (tenant_id, code),
    constraint product_kind_known check (kind in ('goods', 'service')),
    constraint product_price_positive check (price >= 0),
    constraint product_cost_positive check (cost >= 0)
);
select app.enclose('product');
create index product_by_name on product (tenant_id, name, id);
create index product_by_tax on product (tenant_id, tax_id);
grant select, insert, update on product to balanza_app;

create table warehouse (
    tenant_id uuid not null,
    id        uuid not null,
    code      text not null,
    name      text not null,
    constraint warehouse_pk primary key (tenant_id, id),
    constraint warehouse_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint warehouse_code_unique unique (tenant_id, code)
);
select app.enclose('warehouse');
grant select, insert on warehouse to balanza_app;

-- What is on hand and what it cost in total; the moving average is value / quantity.
-- quantity and value stand in no index, so that a sale's update stays on its page.
create table stock_level (
    tenant_id    uuid           not null,
    warehouse_id uuid           not null,
    product_id   uuid           not null,
    quantity     numeric(18, 6) not null,
    value_minor  bigint         not null,
    constraint stock_level_pk primary key (tenant_id, warehouse_id, product_id),
    constraint stock_level_warehouse_fk foreign key (tenant_id, warehouse_id) references warehouse (tenant_id, id),
    constraint stock_level_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint stock_level_not_negative check (quantity >= 0),
    constraint stock_level_value_not_negative check (value_minor >= 0),
    constraint stock_level_empty_is_worthless check (quantity > 0 or value_minor = 0)
) with (fillfactor = 70);
select app.enclose('stock_level');
create index stock_level_product on stock_level (tenant_id, product_id);
grant select, insert, update (quantity, value_minor) on stock_level to balanza_app;

create table stock_move (
    tenant_id    uuid           not null,
    id           uuid           not null,
    warehouse_id uuid           not null,
    product_id   uuid           not null,
    quantity     numeric(18, 6) not null,
    value_minor  bigint         not null,
    kind         text           not null,
    source_id    uuid           not null,
    occurred_at  timestamptz    not null,
    constraint stock_move_pk primary key (tenant_id, id),
    constraint stock_move_level_fk foreign key (tenant_id, warehouse_id, product_id)
        references stock_level (tenant_id, warehouse_id, product_id),
    constraint stock_move_quantity_not_zero check (quantity <> 0),
    constraint stock_move_value_follows_quantity check (sign(quantity) * value_minor >= 0),
    constraint stock_move_kind_known check (kind in ('opening', 'sale', 'refund', 'adjustment'))
);
select app.enclose('stock_move');
create index stock_move_product on stock_move (tenant_id, warehouse_id, product_id, occurred_at);
grant select, insert on stock_move to balanza_app;
