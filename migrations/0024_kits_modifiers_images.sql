-- Kits and modifiers with what selling them takes out, images of products, codes that scales print.
--
-- Changes tables of migrations before it. Nothing has been released yet: they hold a trial's rows at most, and nobody
-- waits for them.
-- squawk-ignore-file adding-foreign-key-constraint, constraint-missing-not-valid, require-concurrent-index-creation, disallowed-unique-constraint, ban-drop-constraint

-- A kit is sold as one thing and taken out as its components.

alter table product
    drop constraint product_kind_known,
    add constraint product_kind_known check (kind in ('goods', 'service', 'kit')),
    add column scale_code integer,
    add constraint product_scale_code_unique unique (tenant_id, scale_code),
    add constraint product_scale_code_range check (scale_code between 1 and 99999999);
comment on column product.scale_code is 'What stands for it in codes that scales print.';

-- What others have built on a kind (stock, kits, sales) does not go away under them.
create function app.keep_product_kind() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    raise exception 'the kind of a product stays' using errcode = '23514', constraint = 'product_kind_stays';
end $$;
create trigger product_kind_stays before update of kind on product
    for each row when (new.kind <> old.kind) execute function app.keep_product_kind();

create table kit_component (
    tenant_id  uuid           not null,
    kit_id     uuid           not null,
    product_id uuid           not null,
    quantity   numeric(18, 6) not null,
    position   smallint       not null,
    constraint kit_component_pk primary key (tenant_id, kit_id, product_id),
    constraint kit_component_kit_fk foreign key (tenant_id, kit_id) references product (tenant_id, id),
    constraint kit_component_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint kit_component_quantity_positive check (quantity > 0)
);
comment on column kit_component.quantity is 'So many of the component''s own unit are in one kit.';
select app.enclose('kit_component');
create index kit_component_product on kit_component (tenant_id, product_id);
grant select, insert, delete on kit_component to balanza_app;

create function app.keep_kits_flat() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    if not exists (select from product p where p.tenant_id = new.tenant_id and p.id = new.kit_id and p.kind = 'kit') then
        raise exception 'only kits have components' using errcode = '23514', constraint = 'kit_component_of_kit';
    end if;
    if not exists (
        select from product p where p.tenant_id = new.tenant_id and p.id = new.product_id and p.kind = 'goods' and not p.is_template) then
        raise exception 'a component is goods' using errcode = '23514', constraint = 'kit_component_is_goods';
    end if;
    return null;
end $$;
create trigger kit_component_flat after insert or update on kit_component
    for each row execute function app.keep_kits_flat();

-- A kit is made first and then said what it consists of; what has had components keeps one.
create function app.keep_kits_filled() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    if exists (select from product p where p.tenant_id = old.tenant_id and p.id = old.kit_id)
        and not exists (select from kit_component c where c.tenant_id = old.tenant_id and c.kit_id = old.kit_id) then
        raise exception 'a kit keeps a component' using errcode = '23514', constraint = 'kit_component_at_least_one';
    end if;
    return null;
end $$;
create constraint trigger kit_component_filled after delete on kit_component
    deferrable initially deferred for each row execute function app.keep_kits_filled();

create function app.keep_kits_off_shelves() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    if exists (select from fresh f join product p on p.tenant_id = f.tenant_id and p.id = f.product_id and p.kind = 'kit') then
        raise exception 'a kit holds no stock of its own' using errcode = '23514', constraint = 'stock_level_not_of_kit';
    end if;
    return null;
end $$;
create trigger stock_level_not_of_kit after insert on stock_level
    referencing new table as fresh for each statement execute function app.keep_kits_off_shelves();

-- Modifiers: what a customer chooses with a product.

create table modifier_group (
    tenant_id   uuid        not null,
    id          uuid        not null,
    name        text        not null,
    min_choices smallint    not null,
    max_choices smallint    not null,
    version     integer     not null default 1,
    created_at  timestamptz not null,
    constraint modifier_group_pk primary key (tenant_id, id),
    constraint modifier_group_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint modifier_group_choices_in_order check (min_choices between 0 and max_choices and max_choices > 0)
);
select app.enclose('modifier_group');
grant select, insert, delete, update (name, min_choices, max_choices, version) on modifier_group to balanza_app;

create table modifier_option (
    tenant_id  uuid           not null,
    id         uuid           not null,
    group_id   uuid           not null,
    name       text           not null,
    price      numeric(18, 6) not null,
    product_id uuid,
    quantity   numeric(18, 6),
    active     boolean        not null,
    position   smallint       not null,
    constraint modifier_option_pk primary key (tenant_id, id),
    constraint modifier_option_group_fk foreign key (tenant_id, group_id) references modifier_group (tenant_id, id),
    constraint modifier_option_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint modifier_option_name_unique unique (tenant_id, group_id, name),
    constraint modifier_option_price_positive check (price >= 0),
    constraint modifier_option_quantity_of_product check ((product_id is null) = (quantity is null)),
    constraint modifier_option_quantity_positive check (quantity > 0)
);
comment on column modifier_option.product_id is 'The goods that choosing it takes out.';
select app.enclose('modifier_option');
create index modifier_option_product on modifier_option (tenant_id, product_id) where product_id is not null;
grant select, insert, delete, update (price, product_id, quantity, active, position) on modifier_option to balanza_app;

create function app.keep_modifiers_goods() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    if not exists (
        select from product p where p.tenant_id = new.tenant_id and p.id = new.product_id and p.kind = 'goods' and not p.is_template) then
        raise exception 'what an option takes out is goods' using errcode = '23514', constraint = 'modifier_option_takes_goods';
    end if;
    return null;
end $$;
create trigger modifier_option_takes_goods after insert or update of product_id on modifier_option
    for each row when (new.product_id is not null) execute function app.keep_modifiers_goods();

create table product_modifier_group (
    tenant_id  uuid     not null,
    product_id uuid     not null,
    group_id   uuid     not null,
    position   smallint not null,
    constraint product_modifier_group_pk primary key (tenant_id, product_id, group_id),
    constraint product_modifier_group_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint product_modifier_group_group_fk foreign key (tenant_id, group_id) references modifier_group (tenant_id, id)
);
select app.enclose('product_modifier_group');
create index product_modifier_group_group on product_modifier_group (tenant_id, group_id);
grant select, insert, delete on product_modifier_group to balanza_app;

-- What a sold line took out beside its own product, and what came back of it: recipes change, this does not. Its cost is
-- part of the line's. Written before its sale, whose number comes last: so its key is looked at when all is there.
create table pos_sale_component (
    tenant_id           uuid           not null,
    sale_id             uuid           not null,
    line_no             smallint       not null,
    product_id          uuid           not null,
    sku                 text           not null,
    name                text           not null,
    quantity            numeric(18, 6) not null,
    cost_minor          bigint         not null,
    refunded_quantity   numeric(18, 6) not null default 0,
    refunded_cost_minor bigint         not null default 0,
    constraint pos_sale_component_pk primary key (tenant_id, sale_id, line_no, product_id),
    constraint pos_sale_component_line_fk foreign key (tenant_id, sale_id, line_no)
        references sale_line (tenant_id, sale_id, line_no) deferrable initially deferred,
    constraint pos_sale_component_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint pos_sale_component_quantity_positive check (quantity > 0),
    constraint pos_sale_component_cost_positive check (cost_minor >= 0),
    constraint pos_sale_component_not_over_refunded check (
        refunded_quantity between 0 and quantity and refunded_cost_minor between 0 and cost_minor)
);
select app.enclose('pos_sale_component');
create index pos_sale_component_product on pos_sale_component (tenant_id, product_id);
grant select, insert, update (refunded_quantity, refunded_cost_minor) on pos_sale_component to balanza_app;

-- What was chosen with a line, as it was called and priced then; its price is part of the line's.
create table pos_sale_modifier (
    tenant_id  uuid           not null,
    sale_id    uuid           not null,
    line_no    smallint       not null,
    option_id  uuid           not null,
    position   smallint       not null,
    group_name text           not null,
    name       text           not null,
    quantity   numeric(18, 6) not null,
    price      numeric(18, 6) not null,
    constraint pos_sale_modifier_pk primary key (tenant_id, sale_id, line_no, option_id),
    constraint pos_sale_modifier_line_fk foreign key (tenant_id, sale_id, line_no)
        references sale_line (tenant_id, sale_id, line_no) deferrable initially deferred,
    constraint pos_sale_modifier_option_fk foreign key (tenant_id, option_id) references modifier_option (tenant_id, id),
    constraint pos_sale_modifier_quantity_positive check (quantity > 0),
    constraint pos_sale_modifier_price_positive check (price >= 0)
);
comment on column pos_sale_modifier.quantity is 'Of each of the line''s.';
select app.enclose('pos_sale_modifier');
create index pos_sale_modifier_option on pos_sale_modifier (tenant_id, option_id);
grant select, insert on pos_sale_modifier to balanza_app;

-- Images of products.

alter table file
    drop constraint file_purpose_known,
    add constraint file_purpose_known check (
        purpose in ('logo', 'image', 'product_image', 'video', 'document', 'ticket', 'import'));

create table product_image (
    tenant_id  uuid     not null,
    product_id uuid     not null,
    file_id    uuid     not null,
    position   smallint not null,
    constraint product_image_pk primary key (tenant_id, product_id, file_id),
    constraint product_image_product_fk foreign key (tenant_id, product_id) references product (tenant_id, id),
    constraint product_image_file_fk foreign key (tenant_id, file_id) references file (tenant_id, id),
    constraint product_image_at_most_12 check (position between 1 and 12),
    constraint product_image_position_unique unique (tenant_id, product_id, position)
);
select app.enclose('product_image');
create index product_image_file on product_image (tenant_id, file_id);
grant select, insert, delete on product_image to balanza_app;

-- How the codes are laid out that a company's scales print: EAN-13 with a prefix for use in the shop, so many digits for
-- the item, the others but the last for its weight or price.
create table scale_code (
    tenant_id      uuid             not null,
    prefix         text collate "C" not null,
    item_digits    smallint         not null,
    value_kind     text             not null,
    value_decimals smallint         not null,
    constraint scale_code_pk primary key (tenant_id, prefix),
    constraint scale_code_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint scale_code_prefix_in_store check (prefix ~ '^2[0-9]$'),
    constraint scale_code_item_digits_range check (item_digits between 3 and 7),
    constraint scale_code_value_kind_known check (value_kind in ('weight', 'price')),
    constraint scale_code_value_decimals_range check (value_decimals between 0 and 6)
);
select app.enclose('scale_code');
grant select, insert, delete on scale_code to balanza_app;
