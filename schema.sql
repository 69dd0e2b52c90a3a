-- pg_dump 15

CREATE SCHEMA app;

CREATE FUNCTION app.admit_member() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
declare
    most integer;
begin
    select e.member_limit into most from entitlement e where e.tenant_id = new.tenant_id for no key update;
    if most is not null and (select count(*) from membership m where m.tenant_id = new.tenant_id) >= most then
        raise exception 'the company has as many members as its plan allows'
            using errcode = '23514', constraint = 'membership_within_limit';
    end if;
    -- Waits for the same person's being made an operator.
    perform from person p where p.id = new.person_id for key share;
    if exists (select from platform_operator o where o.person_id = new.person_id) then
        raise exception 'an operator of the platform is no member of a company'
            using errcode = '23514', constraint = 'membership_not_operator';
    end if;
    return new;
end $$;

CREATE FUNCTION app.admit_operator() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    -- Waits for a membership of the same person that is being made.
    perform from person p where p.id = new.person_id for update;
    if exists (select from membership m where m.person_id = new.person_id) then
        raise exception 'a member of a company is no operator of the platform'
            using errcode = '23514', constraint = 'platform_operator_not_member';
    end if;
    return new;
end $$;

CREATE FUNCTION app.admit_redemption() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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

CREATE FUNCTION app.admit_register() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
declare
    most integer;
begin
    select e.register_limit into most from entitlement e where e.tenant_id = new.tenant_id for no key update;
    if most is not null and (select count(*) from register r where r.tenant_id = new.tenant_id) >= most then
        raise exception 'the company has as many registers as its plan allows'
            using errcode = '23514', constraint = 'register_within_limit';
    end if;
    return new;
end $$;

CREATE FUNCTION app.admit_store() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
declare
    most integer;
begin
    select e.store_limit into most from entitlement e where e.tenant_id = new.tenant_id for no key update;
    if most is not null and (select count(*) from store s where s.tenant_id = new.tenant_id) >= most then
        raise exception 'the company has as many stores as its plan allows'
            using errcode = '23514', constraint = 'store_within_limit';
    end if;
    return new;
end $$;

CREATE FUNCTION app.count_file() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
declare
    most bigint;
    used bigint;
begin
    if tg_op = 'DELETE' then
        update file_usage set bytes = bytes - old.size, files = files - 1 where tenant_id = old.tenant_id;
        return null;
    end if;
    insert into file_usage as u (tenant_id, bytes, files) values (new.tenant_id, new.size, 1)
    on conflict (tenant_id) do update set bytes = u.bytes + excluded.bytes, files = u.files + 1
    returning u.bytes into used;
    select e.storage_limit_mib::bigint * 1048576 into most from entitlement e where e.tenant_id = new.tenant_id;
    if used > most then
        raise exception 'the files of the company weigh more than its plan allows'
            using errcode = '23514', constraint = 'file_within_quota';
    end if;
    return null;
end $$;

CREATE FUNCTION app.enclose(target regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format(
        'create policy tenant_isolation on %s using (tenant_id = (select app.tenant())) with check (tenant_id = (select app.tenant()))',
        target);
end $$;

CREATE FUNCTION app.index_barcode() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    if tg_op = 'INSERT' then
        insert into scan_code (tenant_id, code, product_id, unit_code, is_main)
        values (new.tenant_id, new.code, new.product_id, new.unit_code, false);
    else
        delete from scan_code c where c.tenant_id = old.tenant_id and c.code = old.code and not c.is_main;
    end if;
    return null;
end $$;

CREATE FUNCTION app.index_changed_products() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
declare
    tenants  uuid[];
    ids      uuid[];
    skus     text[];
    names    text[];
    barcodes text[];
begin
    select array_agg(v.tenant_id), array_agg(v.id), array_agg(v.barcode) into tenants, ids, barcodes
    from (select u.tenant_id, u.id, max(u.barcode) filter (where u.is_new) as barcode
          from (select s.tenant_id, s.id, s.barcode, false as is_new from stale s
                union all select f.tenant_id, f.id, f.barcode, true from fresh f) u
          group by u.tenant_id, u.id
          having max(u.barcode) filter (where u.is_new) is distinct from max(u.barcode) filter (where not u.is_new)) v;
    delete from scan_code c using unnest(tenants, ids) v (tenant_id, id)
    where c.tenant_id = v.tenant_id and c.product_id = v.id and c.is_main;
    insert into scan_code (tenant_id, code, product_id, is_main)
    select v.tenant_id, v.barcode, v.id, true from unnest(tenants, ids, barcodes) v (tenant_id, id, barcode) where v.barcode is not null;

    select array_agg(v.tenant_id), array_agg(v.id), array_agg(v.sku), array_agg(v.name) into tenants, ids, skus, names
    from (select u.tenant_id, u.id, max(u.sku) filter (where u.is_new) as sku, max(u.name) filter (where u.is_new) as name
          from (select s.tenant_id, s.id, s.sku, s.name, false as is_new from stale s
                union all select f.tenant_id, f.id, f.sku, f.name, true from fresh f) u
          group by u.tenant_id, u.id
          having max(u.sku) filter (where u.is_new) <> max(u.sku) filter (where not u.is_new)
              or max(u.name) filter (where u.is_new) <> max(u.name) filter (where not u.is_new)) v;
    delete from product_term t using unnest(tenants, ids) v (tenant_id, id) where t.tenant_id = v.tenant_id and t.product_id = v.id;
    perform app.index_terms(tenants, ids, skus, names);
    return null;
end $$;

CREATE FUNCTION app.index_new_products() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    insert into scan_code (tenant_id, code, product_id, is_main)
    select f.tenant_id, f.barcode, f.id, true from fresh f where f.barcode is not null;
    perform app.index_terms(array_agg(f.tenant_id), array_agg(f.id), array_agg(f.sku), array_agg(f.name)) from fresh f;
    return null;
end $$;

CREATE FUNCTION app.index_terms(tenants uuid[], ids uuid[], skus text[], names text[]) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
    insert into product_term (tenant_id, kind, term, product_id)
    select p.tenant_id, 'name', w.word, p.id
    from unnest(tenants, ids, names) p (tenant_id, id, name) cross join unnest(app.words(p.name)) w (word)
    union all
    select p.tenant_id, 'sku', app.plain_code(p.sku), p.id from unnest(tenants, ids, skus) p (tenant_id, id, sku)
    on conflict do nothing;
    insert into word_part (tenant_id, part, word)
    select v.tenant_id, p.part, v.word
    from (select distinct p.tenant_id, w.word
          from unnest(tenants, names) p (tenant_id, name) cross join unnest(app.words(p.name)) w (word)) v
    cross join app.word_parts(v.word) p (part)
    where not exists (
        select from word_part k where k.tenant_id = v.tenant_id and k.part = '  ' || left(v.word, 1) and k.word = v.word)
    order by v.tenant_id, p.part, v.word
    on conflict do nothing;
$$;

CREATE FUNCTION app.keep_category_tree() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
declare
    above uuid := new.parent_id;
    depth integer := 1;
begin
    perform from company c where c.tenant_id = new.tenant_id for no key update;
    while above is not null loop
        depth := depth + 1;
        if above = new.id or depth > 6 then
            raise exception 'a category stands under itself, or too deep' using errcode = '23514', constraint = 'category_tree';
        end if;
        select c.parent_id into above from category c where c.tenant_id = new.tenant_id and c.id = above;
    end loop;
    return new;
end $$;

CREATE FUNCTION app.keep_currency() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    if exists (select from journal_entry e where e.tenant_id = new.tenant_id) then
        raise exception 'the company has posted in its currency' using errcode = '23514', constraint = 'company_currency_kept';
    end if;
    return new;
end $$;

CREATE FUNCTION app.keep_owner() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    if exists (
        select from before b
        where b.role = 'owner'
          and not exists (select from membership m where m.tenant_id = b.tenant_id and m.role = 'owner')
    ) then
        raise exception 'a company cannot be without its owner'
            using errcode = '23514', constraint = 'membership_keeps_owner';
    end if;
    return null;
end $$;

CREATE FUNCTION app.keep_price_lists_grounded() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    perform from company c where c.tenant_id = new.tenant_id for no key update;
    if exists (
        with recursive below (id, depth) as (
            select new.base_list_id, 1
            union
            select r.base_list_id, b.depth + 1 from below b
            join price_rule r on r.tenant_id = new.tenant_id and r.price_list_id = b.id and r.base_list_id is not null
            where b.depth < 6
        )
        select from below b where b.id = new.price_list_id or b.depth > 5) then
        raise exception 'a price list stands on itself, or too deep' using errcode = '23514', constraint = 'price_rule_grounded';
    end if;
    if exists (
        select from price_list l join price_list b on b.tenant_id = l.tenant_id
        where l.tenant_id = new.tenant_id and l.id = new.price_list_id and b.id = new.base_list_id and b.currency <> l.currency) then
        raise exception 'the list it stands on is in another currency' using errcode = '23514', constraint = 'price_rule_base_currency';
    end if;
    return new;
end $$;

CREATE FUNCTION app.keep_subscription_states() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $$
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

CREATE TABLE public.audit_log (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    person_id uuid NOT NULL,
    action text NOT NULL,
    entity text NOT NULL,
    entity_id uuid NOT NULL,
    request_id text NOT NULL,
    data jsonb NOT NULL,
    seal bigint
);

ALTER TABLE ONLY public.audit_log FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.audit_log.seal IS 'The link of the chain that holds it; null until the next one is made.';

CREATE FUNCTION app.log_digest(line public.audit_log) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog'
    AS $$
    select concat_ws(' ', line.id, extract(epoch from line.at), line.person_id, line.action, line.entity, line.entity_id, line.request_id, line.data)
$$;

CREATE FUNCTION app.plain(said text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog'
    AS $$ select lower(regexp_replace(normalize(said, NFKD), '[\u0300-\u036f]', '', 'g')) $$;

COMMENT ON FUNCTION app.plain(said text) IS 'Without accents and capitals.';

CREATE FUNCTION app.plain_code(said text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog'
    AS $$ select regexp_replace(app.plain(said), '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u2000-\u206f\u3000-\u303f]+', '', 'g') $$;

CREATE FUNCTION app.post_lines() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    if exists (select from added group by entry_id having sum(debit_minor) <> sum(credit_minor)) then
        raise exception 'journal entry does not balance'
            using errcode = '23514', constraint = 'journal_entry_balanced';
    end if;
    if exists (
        select from (select tenant_id, entry_id, count(*) as n from added group by 1, 2) a
        where a.n <> (select count(*) from journal_line l where l.tenant_id = a.tenant_id and l.entry_id = a.entry_id)
    ) then
        raise exception 'a posted journal entry takes no further lines'
            using errcode = '23514', constraint = 'journal_entry_immutable';
    end if;
    if exists (
        select from added a join account c on c.tenant_id = a.tenant_id and c.id = a.account_id where not c.postable
    ) then
        raise exception 'a group account takes no postings'
            using errcode = '23514', constraint = 'account_postable';
    end if;
    if exists (
        select from added a join journal_entry e on e.tenant_id = a.tenant_id and e.id = a.entry_id
        where e.entry_date <> a.entry_date
    ) then
        raise exception 'a line bears the date of its entry'
            using errcode = '23514', constraint = 'journal_line_date';
    end if;
    insert into account_balance as b (tenant_id, account_id, month, slot, debit_minor, credit_minor)
    select a.tenant_id, a.account_id, date_trunc('month', a.entry_date)::date, e.slot,
           sum(a.debit_minor), sum(a.credit_minor)
    from added a join journal_entry e on e.tenant_id = a.tenant_id and e.id = a.entry_id
    group by 1, 2, 3, 4
    order by 1, 2, 3, 4
    on conflict (tenant_id, account_id, month, slot) do update
    set debit_minor = b.debit_minor + excluded.debit_minor,
        credit_minor = b.credit_minor + excluded.credit_minor;
    return null;
end $$;

CREATE FUNCTION app.repoint_contact(tenant uuid, gone uuid, kept uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $_$
declare
    pointer record;
begin
    for pointer in
        select k.conrelid::regclass as relation, here.attname as name
        from pg_constraint k
        cross join unnest(k.conkey, k.confkey) pair (here, there)
        join pg_attribute here on here.attrelid = k.conrelid and here.attnum = pair.here
        join pg_attribute there on there.attrelid = k.confrelid and there.attnum = pair.there and there.attname = 'id'
        where k.contype = 'f' and k.confrelid = 'contact'::regclass and k.confdeltype <> 'c'
        order by k.conname
    loop
        execute format('update %s set %I = $1 where tenant_id = $2 and %I = $3', pointer.relation, pointer.name, pointer.name)
            using kept, tenant, gone;
    end loop;
end $_$;

CREATE FUNCTION app.seal_hash(number bigint, digest bytea, previous bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog'
    AS $$ select sha256(coalesce(previous, '') || digest || convert_to(number::text, 'UTF8')) $$;

CREATE FUNCTION app.seal_once() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $$
begin
    if old.seal is not null then
        raise exception 'what has been sealed stays' using errcode = '23514', constraint = 'audit_log_sealed_once';
    end if;
    return new;
end $$;

CREATE FUNCTION app.tenant() RETURNS uuid
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog'
    AS $$
declare
    tenant text := current_setting('app.tenant_id', true);
begin
    if tenant is null or tenant = '' then
        raise exception 'no tenant is set in this transaction' using errcode = '42501';
    end if;
    return tenant::uuid;
end $$;

CREATE FUNCTION app.word_parts(word text) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE STRICT ROWS 8 PARALLEL SAFE
    SET search_path TO 'pg_catalog'
    AS $$ select distinct substr('  ' || word || ' ', i, 3) from generate_series(1, length(word) + 1) i $$;

COMMENT ON FUNCTION app.word_parts(word text) IS 'Its runs of three letters.';

CREATE FUNCTION app.words(said text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog'
    AS $$
    select coalesce(array_agg(distinct left(w, 40)), '{}')
    from regexp_split_to_table(app.plain(said), '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u2000-\u206f\u3000-\u303f]+') w
    where w <> ''
$$;

CREATE TABLE public.sale (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    register_id uuid NOT NULL,
    shift_id uuid NOT NULL,
    sequence bigint NOT NULL,
    number text NOT NULL,
    cashier_id uuid NOT NULL,
    sold_at timestamp with time zone NOT NULL,
    sale_date date NOT NULL,
    currency text NOT NULL,
    rounding text NOT NULL,
    net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    total_minor bigint NOT NULL,
    change_minor bigint NOT NULL,
    cost_minor bigint NOT NULL,
    refunded_sale_id uuid,
    series_id uuid NOT NULL,
    series_year smallint DEFAULT 0 NOT NULL,
    customer_id uuid,
    customer_name text DEFAULT ''::text NOT NULL,
    customer_identifier text DEFAULT ''::text NOT NULL,
    CONSTRAINT sale_adds_up CHECK (((net_minor + tax_minor) = total_minor)),
    CONSTRAINT sale_kind_known CHECK ((kind = ANY (ARRAY['sale'::text, 'refund'::text]))),
    CONSTRAINT sale_not_negative CHECK (((net_minor >= 0) AND (tax_minor >= 0) AND (change_minor >= 0) AND (cost_minor >= 0)))
);

ALTER TABLE ONLY public.sale FORCE ROW LEVEL SECURITY;

CREATE VIEW app.contact_document WITH (security_invoker='true') AS
 SELECT s.tenant_id,
    s.customer_id AS contact_id,
    ('pos_'::text || s.kind) AS kind,
    s.id,
    s.number,
    s.sold_at AS at,
    s.sale_date AS date,
    s.currency,
    s.customer_name AS name,
    s.customer_identifier AS identifier,
        CASE s.kind
            WHEN 'sale'::text THEN s.total_minor
            ELSE (- s.total_minor)
        END AS charged_minor,
        CASE s.kind
            WHEN 'sale'::text THEN s.total_minor
            ELSE (- s.total_minor)
        END AS settled_minor
   FROM public.sale s
  WHERE (s.customer_id IS NOT NULL);

CREATE TABLE public.stock_transfer (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    number text NOT NULL,
    from_id uuid NOT NULL,
    to_id uuid NOT NULL,
    state text NOT NULL,
    note text NOT NULL,
    created_by uuid NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT stock_transfer_elsewhere CHECK ((from_id <> to_id)),
    CONSTRAINT stock_transfer_received CHECK (((state = 'received'::text) = (received_at IS NOT NULL))),
    CONSTRAINT stock_transfer_state_known CHECK ((state = ANY (ARRAY['in_transit'::text, 'received'::text])))
);

ALTER TABLE ONLY public.stock_transfer FORCE ROW LEVEL SECURITY;

CREATE TABLE public.stock_transfer_line (
    tenant_id uuid NOT NULL,
    transfer_id uuid NOT NULL,
    line_no smallint NOT NULL,
    product_id uuid NOT NULL,
    quantity numeric(18,6) NOT NULL,
    value_minor bigint NOT NULL,
    received numeric(18,6) DEFAULT 0 NOT NULL,
    received_minor bigint DEFAULT 0 NOT NULL,
    lost numeric(18,6) DEFAULT 0 NOT NULL,
    lost_minor bigint DEFAULT 0 NOT NULL,
    CONSTRAINT stock_transfer_line_positive CHECK (((quantity > (0)::numeric) AND (value_minor >= 0))),
    CONSTRAINT stock_transfer_line_within CHECK (((received >= (0)::numeric) AND (lost >= (0)::numeric) AND ((received + lost) <= quantity) AND (received_minor >= 0) AND (lost_minor >= 0) AND ((received_minor + lost_minor) <= value_minor)))
);

ALTER TABLE ONLY public.stock_transfer_line FORCE ROW LEVEL SECURITY;

CREATE VIEW app.stock_incoming WITH (security_invoker='true') AS
 SELECT t.tenant_id,
    'transfer'::text AS kind,
    t.id,
    t.number,
    l.product_id,
    t.to_id AS warehouse_id,
    ((l.quantity - l.received) - l.lost) AS quantity,
    NULL::date AS expected_date
   FROM (public.stock_transfer t
     JOIN public.stock_transfer_line l ON (((l.tenant_id = t.tenant_id) AND (l.transfer_id = t.id))))
  WHERE ((t.state = 'in_transit'::text) AND (l.quantity > (l.received + l.lost)));

CREATE TABLE public.product (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    sku text NOT NULL,
    barcode text,
    name text NOT NULL,
    kind text DEFAULT 'goods'::text NOT NULL,
    unit_code text NOT NULL,
    price numeric(18,6) NOT NULL,
    price_includes_tax boolean NOT NULL,
    cost numeric(18,6) DEFAULT 0 NOT NULL,
    tax_id uuid NOT NULL,
    active boolean DEFAULT true NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    category_id uuid,
    parent_id uuid,
    is_template boolean DEFAULT false NOT NULL,
    variant_key text,
    brand text DEFAULT ''::text NOT NULL,
    weight numeric(18,6),
    is_lot_tracked boolean DEFAULT false NOT NULL,
    is_serial_tracked boolean DEFAULT false NOT NULL,
    shelf_life_days integer,
    min_stock numeric(18,6),
    max_stock numeric(18,6),
    CONSTRAINT product_cost_positive CHECK ((cost >= (0)::numeric)),
    CONSTRAINT product_kind_known CHECK ((kind = ANY (ARRAY['goods'::text, 'service'::text]))),
    CONSTRAINT product_price_positive CHECK ((price >= (0)::numeric)),
    CONSTRAINT product_shelf_life_positive CHECK ((shelf_life_days > 0)),
    CONSTRAINT product_stock_in_order CHECK (((min_stock >= (0)::numeric) AND (max_stock >= (0)::numeric) AND (max_stock >= COALESCE(min_stock, (0)::numeric)))),
    CONSTRAINT product_variant_has_parent CHECK ((((variant_key IS NULL) = (parent_id IS NULL)) AND (NOT (is_template AND (parent_id IS NOT NULL))))),
    CONSTRAINT product_weight_positive CHECK ((weight >= (0)::numeric))
);

ALTER TABLE ONLY public.product FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.product.variant_key IS 'The ids of its values, sorted: no two variants of a template have the same.';

COMMENT ON COLUMN public.product.weight IS 'In kilograms.';

CREATE TABLE public.stock_level (
    tenant_id uuid NOT NULL,
    warehouse_id uuid NOT NULL,
    product_id uuid NOT NULL,
    quantity numeric(18,6) NOT NULL,
    value_minor bigint NOT NULL,
    reserved numeric(18,6) DEFAULT 0 NOT NULL,
    CONSTRAINT stock_level_empty_is_worthless CHECK (((quantity > (0)::numeric) OR (value_minor = 0))),
    CONSTRAINT stock_level_not_negative CHECK ((quantity >= (0)::numeric)),
    CONSTRAINT stock_level_reserved_on_hand CHECK (((reserved >= (0)::numeric) AND (reserved <= quantity))),
    CONSTRAINT stock_level_value_not_negative CHECK ((value_minor >= 0))
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.stock_level FORCE ROW LEVEL SECURITY;

CREATE TABLE public.stock_rule (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    warehouse_id uuid NOT NULL,
    min_stock numeric(18,6) NOT NULL,
    max_stock numeric(18,6),
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT stock_rule_in_order CHECK (((min_stock >= (0)::numeric) AND (max_stock >= min_stock)))
);

ALTER TABLE ONLY public.stock_rule FORCE ROW LEVEL SECURITY;

CREATE TABLE public.warehouse (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    kind text DEFAULT 'internal'::text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT warehouse_kind_known CHECK ((kind = ANY (ARRAY['internal'::text, 'transit'::text])))
);

ALTER TABLE ONLY public.warehouse FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.warehouse.kind IS 'Transit: where goods are that have left one warehouse and not come to the other; one a company.';

CREATE VIEW app.stock_need WITH (security_invoker='true') AS
 SELECT n.tenant_id,
    n.product_id,
    n.warehouse_id,
    p.sku,
    p.name,
    n.min_stock,
    n.max_stock,
    COALESCE(l.quantity, (0)::numeric) AS on_hand,
    COALESCE(l.reserved, (0)::numeric) AS reserved,
    COALESCE(i.quantity, (0)::numeric) AS incoming,
    ((COALESCE(l.quantity, (0)::numeric) - COALESCE(l.reserved, (0)::numeric)) + COALESCE(i.quantity, (0)::numeric)) AS forecast
   FROM ((((( SELECT r.tenant_id,
            r.product_id,
            r.warehouse_id,
            r.min_stock,
            r.max_stock
           FROM public.stock_rule r
        UNION ALL
         SELECT o.tenant_id,
            o.id,
            m.id,
            o.min_stock,
            o.max_stock
           FROM (public.product o
             CROSS JOIN LATERAL ( SELECT w.id
                   FROM public.warehouse w
                  WHERE ((w.tenant_id = o.tenant_id) AND (w.kind = 'internal'::text))
                  ORDER BY w.id
                 LIMIT 1) m)
          WHERE ((o.min_stock IS NOT NULL) AND (NOT (EXISTS ( SELECT
                   FROM public.stock_rule r
                  WHERE ((r.tenant_id = o.tenant_id) AND (r.product_id = o.id) AND (r.warehouse_id = m.id))))))) n
     JOIN public.product p ON (((p.tenant_id = n.tenant_id) AND (p.id = n.product_id) AND (p.kind = 'goods'::text) AND p.active AND (NOT p.is_template))))
     JOIN public.warehouse h ON (((h.tenant_id = n.tenant_id) AND (h.id = n.warehouse_id) AND (h.kind = 'internal'::text) AND h.is_active)))
     LEFT JOIN LATERAL ( SELECT sum(s.quantity) AS quantity,
            sum(s.reserved) AS reserved
           FROM public.stock_level s
          WHERE ((s.tenant_id = n.tenant_id) AND (s.product_id = n.product_id) AND (s.warehouse_id = n.warehouse_id))) l ON (true))
     LEFT JOIN LATERAL ( SELECT sum(c.quantity) AS quantity
           FROM app.stock_incoming c
          WHERE ((c.tenant_id = n.tenant_id) AND (c.product_id = n.product_id) AND (c.warehouse_id = n.warehouse_id))) i ON (true));

CREATE TABLE public.account (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    type text NOT NULL,
    postable boolean NOT NULL,
    parent text,
    CONSTRAINT account_type_known CHECK ((type = ANY (ARRAY['asset'::text, 'liability'::text, 'equity'::text, 'income'::text, 'expense'::text])))
);

ALTER TABLE ONLY public.account FORCE ROW LEVEL SECURITY;

CREATE TABLE public.account_balance (
    tenant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    month date NOT NULL,
    slot uuid NOT NULL,
    debit_minor bigint NOT NULL,
    credit_minor bigint NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE ONLY public.account_balance FORCE ROW LEVEL SECURITY;

CREATE TABLE public.account_role (
    tenant_id uuid NOT NULL,
    role text NOT NULL,
    account_id uuid NOT NULL
);

ALTER TABLE ONLY public.account_role FORCE ROW LEVEL SECURITY;

CREATE TABLE public.api_key (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    prefix text NOT NULL,
    hash bytea NOT NULL,
    previous_hash bytea,
    previous_until timestamp with time zone,
    scopes text[] NOT NULL,
    networks text[] NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL
);

ALTER TABLE ONLY public.api_key FORCE ROW LEVEL SECURITY;

CREATE TABLE public.attribute (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.attribute FORCE ROW LEVEL SECURITY;

CREATE TABLE public.attribute_value (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    attribute_id uuid NOT NULL,
    name text NOT NULL,
    "position" integer NOT NULL
);

ALTER TABLE ONLY public.attribute_value FORCE ROW LEVEL SECURITY;

CREATE TABLE public.audit_seal (
    tenant_id uuid NOT NULL,
    number bigint NOT NULL,
    rows integer NOT NULL,
    digest bytea NOT NULL,
    hash bytea NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    CONSTRAINT audit_seal_not_empty CHECK (((rows > 0) AND (number > 0)))
);

ALTER TABLE ONLY public.audit_seal FORCE ROW LEVEL SECURITY;

CREATE TABLE public.auth_event (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    person_id uuid,
    kind text NOT NULL,
    session_id uuid,
    ip text NOT NULL,
    user_agent text NOT NULL,
    request_id text NOT NULL,
    data jsonb NOT NULL
);

CREATE TABLE public.backup_code (
    person_id uuid NOT NULL,
    hash bytea NOT NULL,
    used_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE public.billing_counter (
    year integer NOT NULL,
    next bigint NOT NULL
);

CREATE TABLE public.billing_credit (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    reason text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT billing_credit_not_zero CHECK ((amount_minor <> 0))
);

ALTER TABLE ONLY public.billing_credit FORCE ROW LEVEL SECURITY;

CREATE TABLE public.billing_invoice (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    number text NOT NULL,
    state text NOT NULL,
    currency text NOT NULL,
    total_minor bigint NOT NULL,
    paid_minor bigint DEFAULT 0 NOT NULL,
    period_start date NOT NULL,
    period_end date NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    due_date date NOT NULL,
    paid_at timestamp with time zone,
    CONSTRAINT billing_invoice_amounts CHECK (((total_minor >= 0) AND ((paid_minor >= 0) AND (paid_minor <= total_minor)))),
    CONSTRAINT billing_invoice_paid CHECK ((((state = 'paid'::text) = (paid_at IS NOT NULL)) AND ((state <> 'paid'::text) OR (paid_minor = total_minor)))),
    CONSTRAINT billing_invoice_state_known CHECK ((state = ANY (ARRAY['open'::text, 'paid'::text, 'void'::text])))
);

ALTER TABLE ONLY public.billing_invoice FORCE ROW LEVEL SECURITY;

CREATE TABLE public.billing_invoice_line (
    tenant_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    line_no smallint NOT NULL,
    kind text NOT NULL,
    description text NOT NULL,
    amount_minor bigint NOT NULL,
    CONSTRAINT billing_invoice_line_kind_known CHECK ((kind = ANY (ARRAY['plan'::text, 'discount'::text, 'coupon'::text, 'credit'::text, 'balance'::text])))
);

ALTER TABLE ONLY public.billing_invoice_line FORCE ROW LEVEL SECURITY;

CREATE TABLE public.billing_payment (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    method text NOT NULL,
    reference text NOT NULL,
    state text NOT NULL,
    detail jsonb NOT NULL,
    recorded_by uuid,
    at timestamp with time zone NOT NULL,
    CONSTRAINT billing_payment_positive CHECK ((amount_minor > 0)),
    CONSTRAINT billing_payment_state_known CHECK ((state = ANY (ARRAY['succeeded'::text, 'failed'::text, 'pending'::text])))
);

ALTER TABLE ONLY public.billing_payment FORCE ROW LEVEL SECURITY;

CREATE TABLE public.billing_webhook_event (
    id text NOT NULL,
    kind text NOT NULL,
    digest bytea NOT NULL,
    received_at timestamp with time zone NOT NULL,
    outcome jsonb NOT NULL,
    CONSTRAINT billing_webhook_event_id_bounded CHECK (((length(id) >= 1) AND (length(id) <= 200))),
    CONSTRAINT billing_webhook_event_kind_known CHECK ((kind = ANY (ARRAY['status'::text, 'intake'::text])))
);

CREATE TABLE public.category (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    parent_id uuid,
    name text NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.category FORCE ROW LEVEL SECURITY;

CREATE TABLE public.challenge (
    id uuid NOT NULL,
    person_id uuid,
    purpose text NOT NULL,
    state jsonb,
    attempts smallint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT challenge_attempts_bounded CHECK ((attempts <= 5)),
    CONSTRAINT challenge_purpose_known CHECK ((purpose = ANY (ARRAY['sign_in'::text, 'passkey_sign_in'::text, 'passkey_registration'::text, 'passkey_confirmation'::text])))
);

CREATE TABLE public.company (
    tenant_id uuid NOT NULL,
    slug text NOT NULL,
    legal_name text NOT NULL,
    trade_name text NOT NULL,
    tax_identifier text DEFAULT ''::text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    country text NOT NULL,
    currency text NOT NULL,
    time_zone text NOT NULL,
    language text NOT NULL,
    prices_include_tax boolean NOT NULL,
    rounding text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    onboarded_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    require_second_factor boolean DEFAULT false NOT NULL,
    is_test boolean DEFAULT false NOT NULL,
    test_until timestamp with time zone,
    tax_identifier_type text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    phone text DEFAULT ''::text NOT NULL,
    website text DEFAULT ''::text NOT NULL,
    city text DEFAULT ''::text NOT NULL,
    region text DEFAULT ''::text NOT NULL,
    postal_code text DEFAULT ''::text NOT NULL,
    fiscal_year_start smallint DEFAULT 1 NOT NULL,
    tax_regime text DEFAULT ''::text NOT NULL,
    sector text DEFAULT ''::text NOT NULL,
    CONSTRAINT company_fiscal_year_start_month CHECK (((fiscal_year_start >= 1) AND (fiscal_year_start <= 12))),
    CONSTRAINT company_rounding_known CHECK ((rounding = ANY (ARRAY['line'::text, 'document'::text]))),
    CONSTRAINT company_status_known CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'closed'::text]))),
    CONSTRAINT company_test_until CHECK ((is_test OR (test_until IS NULL)))
);

ALTER TABLE ONLY public.company FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.company.test_until IS 'When that ends, or has ended; null: when an operator says so.';

COMMENT ON COLUMN public.company.fiscal_year_start IS 'The month with which the fiscal year begins.';

CREATE TABLE public.company_domain (
    tenant_id uuid NOT NULL,
    domain text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT company_domain_lower CHECK ((domain = lower(domain)))
);

ALTER TABLE ONLY public.company_domain FORCE ROW LEVEL SECURITY;

CREATE TABLE public.company_logo (
    tenant_id uuid NOT NULL,
    file_id uuid NOT NULL
);

ALTER TABLE ONLY public.company_logo FORCE ROW LEVEL SECURITY;

CREATE TABLE public.company_messaging (
    tenant_id uuid NOT NULL,
    channel text NOT NULL,
    enabled boolean NOT NULL,
    sender text NOT NULL,
    account text NOT NULL,
    endpoint text NOT NULL,
    token_sealed bytea,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT company_messaging_channel_known CHECK ((channel = ANY (ARRAY['whatsapp'::text, 'telegram'::text, 'mail'::text])))
);

ALTER TABLE ONLY public.company_messaging FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.company_messaging.token_sealed IS 'Sealed for "company_messaging", the company and the channel.';

CREATE TABLE public.contact (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    legal_name text NOT NULL,
    trade_name text DEFAULT ''::text NOT NULL,
    roles text[] DEFAULT '{}'::text[] NOT NULL,
    country text NOT NULL,
    identifier text DEFAULT ''::text NOT NULL,
    identifier_type text DEFAULT ''::text NOT NULL,
    payment_terms_days smallint DEFAULT 0 NOT NULL,
    credit_limit_minor bigint,
    language text DEFAULT ''::text NOT NULL,
    notes text DEFAULT ''::text NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    merged_into uuid,
    erased_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT contact_kind_known CHECK ((kind = ANY (ARRAY['person'::text, 'company'::text]))),
    CONSTRAINT contact_limit_not_negative CHECK ((credit_limit_minor >= 0)),
    CONSTRAINT contact_merged_into_another CHECK ((merged_into <> id)),
    CONSTRAINT contact_roles_known CHECK ((roles <@ ARRAY['customer'::text, 'supplier'::text, 'employee'::text, 'carrier'::text])),
    CONSTRAINT contact_terms_range CHECK (((payment_terms_days >= 0) AND (payment_terms_days <= 3650)))
);

ALTER TABLE ONLY public.contact FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.contact.merged_into IS 'Where the contact has gone; it holds nothing any more, and nothing but other such rows points at it.';

CREATE TABLE public.contact_address (
    tenant_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    "position" smallint NOT NULL,
    kind text NOT NULL,
    lines text NOT NULL,
    city text NOT NULL,
    region text NOT NULL,
    postal_code text NOT NULL,
    country text NOT NULL,
    CONSTRAINT contact_address_kind_known CHECK ((kind = ANY (ARRAY['billing'::text, 'shipping'::text, 'other'::text])))
);

ALTER TABLE ONLY public.contact_address FORCE ROW LEVEL SECURITY;

CREATE TABLE public.contact_bank_account (
    tenant_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    "position" smallint NOT NULL,
    holder text NOT NULL,
    bank text NOT NULL,
    number text NOT NULL,
    iban text NOT NULL,
    CONSTRAINT contact_bank_account_named CHECK (((iban <> ''::text) OR ((holder <> ''::text) AND (bank <> ''::text) AND (number <> ''::text))))
);

ALTER TABLE ONLY public.contact_bank_account FORCE ROW LEVEL SECURITY;

CREATE TABLE public.contact_consent (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    contact_id uuid NOT NULL,
    marketing boolean NOT NULL,
    given_at timestamp with time zone NOT NULL,
    source text NOT NULL,
    recorded_by uuid NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.contact_consent FORCE ROW LEVEL SECURITY;

CREATE TABLE public.contact_dismissal (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    low_id uuid NOT NULL,
    high_id uuid NOT NULL,
    dismissed_by uuid NOT NULL,
    dismissed_at timestamp with time zone NOT NULL,
    CONSTRAINT contact_dismissal_in_order CHECK ((low_id < high_id))
);

ALTER TABLE ONLY public.contact_dismissal FORCE ROW LEVEL SECURITY;

CREATE TABLE public.contact_duplicate (
    tenant_id uuid NOT NULL,
    low_id uuid NOT NULL,
    high_id uuid NOT NULL,
    score smallint NOT NULL,
    reasons text[] NOT NULL,
    CONSTRAINT contact_duplicate_once CHECK ((low_id < high_id)),
    CONSTRAINT contact_duplicate_score_range CHECK (((score >= 1) AND (score <= 100)))
);

ALTER TABLE ONLY public.contact_duplicate FORCE ROW LEVEL SECURITY;

CREATE TABLE public.contact_email (
    tenant_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    email text NOT NULL,
    "position" smallint NOT NULL
);

ALTER TABLE ONLY public.contact_email FORCE ROW LEVEL SECURITY;

CREATE TABLE public.contact_key (
    tenant_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT contact_key_kind_known CHECK ((kind = ANY (ARRAY['word'::text, 'identifier'::text, 'phone'::text, 'email'::text, 'name'::text])))
);

ALTER TABLE ONLY public.contact_key FORCE ROW LEVEL SECURITY;

CREATE TABLE public.contact_phone (
    tenant_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    number text NOT NULL,
    "position" smallint NOT NULL,
    CONSTRAINT contact_phone_e164 CHECK ((number ~ '^\+[0-9]{4,17}$'::text))
);

ALTER TABLE ONLY public.contact_phone FORCE ROW LEVEL SECURITY;

CREATE TABLE public.coupon (
    id uuid NOT NULL,
    code text NOT NULL,
    description text NOT NULL,
    percent numeric(5,2),
    currency text,
    amount_minor bigint,
    valid_from date,
    valid_until date,
    max_uses integer,
    max_uses_per_company integer,
    used integer DEFAULT 0 NOT NULL,
    periods text[] NOT NULL,
    duration integer,
    is_active boolean NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT coupon_code_upper CHECK ((code = upper(code))),
    CONSTRAINT coupon_days_in_order CHECK ((valid_from <= valid_until)),
    CONSTRAINT coupon_duration_bounded CHECK (((duration >= 1) AND (duration <= 36))),
    CONSTRAINT coupon_limits_positive CHECK ((LEAST(max_uses, max_uses_per_company) > 0)),
    CONSTRAINT coupon_percent_or_amount CHECK ((((percent IS NULL) <> (amount_minor IS NULL)) AND ((amount_minor IS NULL) = (currency IS NULL)))),
    CONSTRAINT coupon_periods_known CHECK ((periods <@ ARRAY['monthly'::text, 'annual'::text])),
    CONSTRAINT coupon_takes_something CHECK ((((percent > (0)::numeric) AND (percent <= (100)::numeric)) OR (amount_minor > 0))),
    CONSTRAINT coupon_within_uses CHECK (((used >= 0) AND ((max_uses IS NULL) OR (used <= max_uses))))
);

COMMENT ON COLUMN public.coupon.periods IS 'Empty: whatever the period.';

COMMENT ON COLUMN public.coupon.duration IS 'Bills that it takes something off; null: all.';

CREATE TABLE public.coupon_plan (
    coupon_id uuid NOT NULL,
    plan_id uuid NOT NULL
);

CREATE TABLE public.coupon_redemption (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    coupon_id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    bills_left integer,
    redeemed_by uuid,
    redeemed_at timestamp with time zone NOT NULL,
    CONSTRAINT coupon_redemption_bills_left CHECK ((bills_left >= 0))
);

ALTER TABLE ONLY public.coupon_redemption FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.coupon_redemption.bills_left IS 'Null: all that come.';

CREATE TABLE public.entitlement (
    tenant_id uuid NOT NULL,
    subscription_status text NOT NULL,
    plan_modules text[] NOT NULL,
    granted_modules text[] DEFAULT '{}'::text[] NOT NULL,
    withheld_modules text[] DEFAULT '{}'::text[] NOT NULL,
    hidden_modules text[] DEFAULT '{}'::text[] NOT NULL,
    plan_members integer,
    plan_stores integer,
    plan_registers integer,
    plan_documents integer,
    plan_storage_mib integer,
    own_members integer,
    own_stores integer,
    own_registers integer,
    own_documents integer,
    own_storage_mib integer,
    member_limit integer GENERATED ALWAYS AS (COALESCE(own_members, plan_members)) STORED,
    store_limit integer GENERATED ALWAYS AS (COALESCE(own_stores, plan_stores)) STORED,
    register_limit integer GENERATED ALWAYS AS (COALESCE(own_registers, plan_registers)) STORED,
    document_limit integer GENERATED ALWAYS AS (COALESCE(own_documents, plan_documents)) STORED,
    storage_limit_mib integer GENERATED ALWAYS AS (COALESCE(own_storage_mib, plan_storage_mib)) STORED,
    CONSTRAINT entitlement_not_negative CHECK ((LEAST(plan_members, plan_stores, plan_registers, plan_documents, plan_storage_mib, own_members, own_stores, own_registers, own_documents, own_storage_mib) >= 0)),
    CONSTRAINT entitlement_status_known CHECK ((subscription_status = ANY (ARRAY['none'::text, 'trialing'::text, 'active'::text, 'past_due'::text, 'suspended'::text, 'cancelled'::text, 'expired'::text])))
);

ALTER TABLE ONLY public.entitlement FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.entitlement.plan_modules IS 'A star stands for all of them.';

COMMENT ON COLUMN public.entitlement.own_members IS 'By operators; null: as the plan has it. Likewise its neighbours.';

CREATE TABLE public.erasure (
    id uuid NOT NULL,
    company_id uuid NOT NULL,
    slug text NOT NULL,
    erased_at timestamp with time zone NOT NULL,
    tables jsonb NOT NULL,
    files integer NOT NULL
);

COMMENT ON COLUMN public.erasure.tables IS 'Rows and digest of each table before it was emptied of the company.';

CREATE TABLE public.field_setting (
    tenant_id uuid NOT NULL,
    form text NOT NULL,
    field text NOT NULL,
    is_visible boolean NOT NULL,
    is_required boolean NOT NULL,
    label text NOT NULL,
    "position" smallint NOT NULL,
    default_value jsonb,
    CONSTRAINT field_setting_askable CHECK ((is_visible OR (NOT is_required) OR (default_value IS NOT NULL)))
);

ALTER TABLE ONLY public.field_setting FORCE ROW LEVEL SECURITY;

CREATE TABLE public.file (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    purpose text NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    content_type text NOT NULL,
    size bigint NOT NULL,
    state text NOT NULL,
    sha256 bytea,
    width integer,
    height integer,
    has_thumbnail boolean DEFAULT false NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ready_at timestamp with time zone,
    CONSTRAINT file_key_in_company CHECK (starts_with(key, ((tenant_id)::text || '/'::text))),
    CONSTRAINT file_purpose_known CHECK ((purpose = ANY (ARRAY['logo'::text, 'image'::text, 'video'::text, 'document'::text, 'ticket'::text, 'import'::text]))),
    CONSTRAINT file_ready_is_known CHECK (((state = 'ready'::text) = ((sha256 IS NOT NULL) AND (ready_at IS NOT NULL)))),
    CONSTRAINT file_size_bounded CHECK (((size >= 1) AND (size <= 67108864))),
    CONSTRAINT file_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'ready'::text])))
);

ALTER TABLE ONLY public.file FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.file.state IS 'Pending: somebody has a link to bring it, and its size is set aside.';

CREATE TABLE public.file_usage (
    tenant_id uuid NOT NULL,
    bytes bigint NOT NULL,
    files integer NOT NULL,
    CONSTRAINT file_usage_not_negative CHECK (((bytes >= 0) AND (files >= 0)))
);

ALTER TABLE ONLY public.file_usage FORCE ROW LEVEL SECURITY;

CREATE TABLE public.group_member (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    group_kind text GENERATED ALWAYS AS ('group'::text) STORED NOT NULL,
    person_id uuid NOT NULL
);

ALTER TABLE ONLY public.group_member FORCE ROW LEVEL SECURITY;

CREATE TABLE public.idempotency_key (
    tenant_id uuid NOT NULL,
    person_id uuid NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status smallint,
    location text,
    body bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.idempotency_key FORCE ROW LEVEL SECURITY;

CREATE TABLE public.import_batch (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    target text NOT NULL,
    state text DEFAULT 'created'::text NOT NULL,
    rows integer DEFAULT 0 NOT NULL,
    errors integer DEFAULT 0 NOT NULL,
    created_n integer DEFAULT 0 NOT NULL,
    updated_n integer DEFAULT 0 NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    file_id uuid,
    CONSTRAINT import_batch_state_known CHECK ((state = ANY (ARRAY['created'::text, 'ingested'::text, 'validated'::text, 'promoting'::text, 'promoted'::text]))),
    CONSTRAINT import_batch_target_known CHECK ((target = ANY (ARRAY['products'::text, 'contacts'::text])))
);

ALTER TABLE ONLY public.import_batch FORCE ROW LEVEL SECURITY;

CREATE TABLE public.import_row (
    tenant_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    row_no integer NOT NULL,
    data jsonb NOT NULL,
    errors jsonb DEFAULT '[]'::jsonb NOT NULL,
    ready jsonb
);

ALTER TABLE ONLY public.import_row FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.import_row.ready IS 'What a right row comes to, as it was checked: where the program checks rows, not a statement.';

CREATE TABLE public.invitation (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    email text NOT NULL,
    role text NOT NULL,
    role_id uuid,
    role_kind text GENERATED ALWAYS AS ('role'::text) STORED NOT NULL,
    group_ids uuid[] NOT NULL,
    token_hash bytea NOT NULL,
    invited_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT invitation_custom_role CHECK (((role = 'custom'::text) = (role_id IS NOT NULL))),
    CONSTRAINT invitation_role_known CHECK ((role = ANY (ARRAY['admin'::text, 'seller'::text, 'accountant'::text, 'viewer'::text, 'custom'::text])))
);

ALTER TABLE ONLY public.invitation FORCE ROW LEVEL SECURITY;

CREATE TABLE public.job (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    status text DEFAULT 'queued'::text NOT NULL,
    progress smallint DEFAULT 0 NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    run_at timestamp with time zone DEFAULT now() NOT NULL,
    leased_until timestamp with time zone,
    result jsonb,
    error text,
    person_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT job_status_known CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'dead'::text])))
);

ALTER TABLE ONLY public.job FORCE ROW LEVEL SECURITY;

CREATE TABLE public.journal_entry (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    journal text NOT NULL,
    entry_date date NOT NULL,
    source_kind text NOT NULL,
    source_id uuid NOT NULL,
    memo text DEFAULT ''::text NOT NULL,
    slot uuid NOT NULL,
    posted_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.journal_entry FORCE ROW LEVEL SECURITY;

CREATE TABLE public.journal_line (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    line_no smallint NOT NULL,
    account_id uuid NOT NULL,
    entry_date date NOT NULL,
    debit_minor bigint NOT NULL,
    credit_minor bigint NOT NULL,
    CONSTRAINT journal_line_one_side CHECK (((debit_minor >= 0) AND (credit_minor >= 0) AND ((debit_minor = 0) <> (credit_minor = 0))))
);

ALTER TABLE ONLY public.journal_line FORCE ROW LEVEL SECURITY;

CREATE TABLE public.known_device (
    hash bytea NOT NULL,
    person_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL
);

CREATE TABLE public.lease (
    name text NOT NULL,
    holder uuid NOT NULL,
    until timestamp with time zone NOT NULL
);

CREATE TABLE public.mail_code (
    person_id uuid NOT NULL,
    hash bytea NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT mail_code_attempts_bounded CHECK ((attempts <= 5))
);

CREATE TABLE public.mail_token (
    hash bytea NOT NULL,
    purpose text NOT NULL,
    person_id uuid NOT NULL,
    email text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT mail_token_purpose_known CHECK ((purpose = ANY (ARRAY['verify_email'::text, 'set_password'::text])))
);

CREATE TABLE public.membership (
    tenant_id uuid NOT NULL,
    person_id uuid NOT NULL,
    role text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    role_id uuid,
    role_kind text GENERATED ALWAYS AS ('role'::text) STORED NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT membership_custom_role CHECK (((role = 'custom'::text) = (role_id IS NOT NULL))),
    CONSTRAINT membership_role_known CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'seller'::text, 'accountant'::text, 'viewer'::text, 'custom'::text])))
);

ALTER TABLE ONLY public.membership FORCE ROW LEVEL SECURITY;

CREATE TABLE public.operator_log (
    id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    operator_id uuid,
    action text NOT NULL,
    entity text NOT NULL,
    entity_id uuid NOT NULL,
    ip text NOT NULL,
    request_id text NOT NULL,
    data jsonb NOT NULL
);

COMMENT ON COLUMN public.operator_log.operator_id IS 'Null: by the command line of the server.';

CREATE TABLE public.outbox_event (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    topic text NOT NULL,
    payload jsonb NOT NULL,
    occurred_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.outbox_event FORCE ROW LEVEL SECURITY;

CREATE TABLE public.outgoing_mail (
    id uuid NOT NULL,
    recipient text NOT NULL,
    letter text NOT NULL,
    language text NOT NULL,
    data bytea,
    status text DEFAULT 'queued'::text NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    run_at timestamp with time zone DEFAULT now() NOT NULL,
    leased_until timestamp with time zone,
    error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT outgoing_mail_data_while_needed CHECK (((data IS NOT NULL) = (status = ANY (ARRAY['queued'::text, 'running'::text])))),
    CONSTRAINT outgoing_mail_finished CHECK (((finished_at IS NULL) = (status = ANY (ARRAY['queued'::text, 'running'::text])))),
    CONSTRAINT outgoing_mail_status_known CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'sent'::text, 'dead'::text, 'dropped'::text])))
);

CREATE TABLE public.passkey (
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    name text NOT NULL,
    credential_id bytea NOT NULL,
    credential jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone
);

CREATE TABLE public.payment_method (
    tenant_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    account_role text NOT NULL,
    official_code text DEFAULT ''::text NOT NULL,
    CONSTRAINT payment_method_kind_known CHECK ((kind = ANY (ARRAY['cash'::text, 'card'::text, 'transfer'::text, 'other'::text])))
);

ALTER TABLE ONLY public.payment_method FORCE ROW LEVEL SECURITY;

CREATE TABLE public.pending_registration (
    hash bytea NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    password_hash text NOT NULL,
    language text NOT NULL,
    company jsonb,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    CONSTRAINT pending_registration_attempts_bounded CHECK ((attempts <= 10))
);

CREATE TABLE public.permission_list (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    permissions text[] NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT permission_list_kind_known CHECK ((kind = ANY (ARRAY['role'::text, 'group'::text])))
);

ALTER TABLE ONLY public.permission_list FORCE ROW LEVEL SECURITY;

CREATE TABLE public.person (
    id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    password_hash text,
    created_at timestamp with time zone NOT NULL,
    email_verified_at timestamp with time zone,
    language text DEFAULT 'es'::text NOT NULL,
    phone text DEFAULT ''::text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    city text DEFAULT ''::text NOT NULL,
    country text DEFAULT ''::text NOT NULL,
    birth_date date,
    status text DEFAULT 'active'::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    second_factor boolean DEFAULT false NOT NULL,
    CONSTRAINT person_email_lower CHECK ((email = lower(email))),
    CONSTRAINT person_language_known CHECK ((language = ANY (ARRAY['es'::text, 'en'::text, 'pt'::text]))),
    CONSTRAINT person_status_known CHECK ((status = ANY (ARRAY['active'::text, 'disabled'::text])))
);

ALTER TABLE ONLY public.person FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.person.password_hash IS 'Null: nobody signs in by password until one is set by a mailed token.';

CREATE TABLE public.plan (
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    currency text NOT NULL,
    monthly_minor bigint NOT NULL,
    annual_minor bigint NOT NULL,
    trial_days integer NOT NULL,
    grace_days integer NOT NULL,
    modules text[] NOT NULL,
    member_limit integer,
    store_limit integer,
    register_limit integer,
    document_limit integer,
    storage_limit_mib integer,
    is_public boolean NOT NULL,
    is_active boolean NOT NULL,
    is_default boolean NOT NULL,
    "position" integer NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT plan_days_bounded CHECK ((((trial_days >= 0) AND (trial_days <= 365)) AND ((grace_days >= 0) AND (grace_days <= 90)))),
    CONSTRAINT plan_default_is_active CHECK ((is_active OR (NOT is_default))),
    CONSTRAINT plan_limits_not_negative CHECK ((LEAST(member_limit, store_limit, register_limit, document_limit, storage_limit_mib) >= 0)),
    CONSTRAINT plan_prices_not_negative CHECK (((monthly_minor >= 0) AND (annual_minor >= 0)))
);

CREATE TABLE public.plan_service (
    plan_id uuid NOT NULL,
    service_id uuid NOT NULL,
    quantity integer,
    CONSTRAINT plan_service_quantity_positive CHECK ((quantity > 0))
);

COMMENT ON COLUMN public.plan_service.quantity IS 'Null: as much as they like.';

CREATE TABLE public.platform_operator (
    person_id uuid NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    created_by uuid,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT platform_operator_status_known CHECK ((status = ANY (ARRAY['active'::text, 'disabled'::text])))
);

CREATE TABLE public.price_list (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    currency text NOT NULL,
    valid_from date,
    valid_until date,
    priority integer DEFAULT 0 NOT NULL,
    is_default boolean DEFAULT false NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    round_to numeric(18,6),
    ending numeric(18,6),
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT price_list_dates_in_order CHECK ((valid_from <= valid_until)),
    CONSTRAINT price_list_ending_below_step CHECK (((ending >= (0)::numeric) AND (ending < COALESCE(round_to, (1)::numeric)))),
    CONSTRAINT price_list_round_to_positive CHECK ((round_to > (0)::numeric))
);

ALTER TABLE ONLY public.price_list FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.price_list.is_default IS 'Where nobody names a list; of several that are valid, the one of the highest priority.';

CREATE TABLE public.price_list_place (
    tenant_id uuid NOT NULL,
    price_list_id uuid NOT NULL,
    store_id uuid,
    register_id uuid,
    CONSTRAINT price_list_place_one CHECK (((store_id IS NULL) <> (register_id IS NULL)))
);

ALTER TABLE ONLY public.price_list_place FORCE ROW LEVEL SECURITY;

CREATE TABLE public.price_rule (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    price_list_id uuid NOT NULL,
    product_id uuid,
    category_id uuid,
    min_quantity numeric(18,6) DEFAULT 0 NOT NULL,
    valid_from date,
    valid_until date,
    priority integer DEFAULT 0 NOT NULL,
    kind text NOT NULL,
    price numeric(18,6),
    percent numeric(9,4),
    base text,
    base_list_id uuid,
    markup numeric(9,4) DEFAULT 0 NOT NULL,
    surcharge numeric(18,6) DEFAULT 0 NOT NULL,
    round_to numeric(18,6),
    ending numeric(18,6),
    min_margin numeric(9,4),
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT price_rule_base_known CHECK ((base = ANY (ARRAY['price'::text, 'cost'::text, 'list'::text]))),
    CONSTRAINT price_rule_base_list_named CHECK (((NOT (base IS DISTINCT FROM 'list'::text)) = (base_list_id IS NOT NULL))),
    CONSTRAINT price_rule_dates_in_order CHECK ((valid_from <= valid_until)),
    CONSTRAINT price_rule_ending_below_step CHECK (((ending >= (0)::numeric) AND (ending < COALESCE(round_to, (1)::numeric)))),
    CONSTRAINT price_rule_kind_known CHECK ((kind = ANY (ARRAY['fixed'::text, 'percent'::text, 'formula'::text]))),
    CONSTRAINT price_rule_markup_range CHECK ((markup >= ('-100'::integer)::numeric)),
    CONSTRAINT price_rule_min_margin_range CHECK ((min_margin >= (0)::numeric)),
    CONSTRAINT price_rule_min_quantity_positive CHECK ((min_quantity >= (0)::numeric)),
    CONSTRAINT price_rule_one_target CHECK (((product_id IS NULL) OR (category_id IS NULL))),
    CONSTRAINT price_rule_percent_range CHECK (((percent >= (0)::numeric) AND (percent <= (100)::numeric))),
    CONSTRAINT price_rule_price_positive CHECK ((price >= (0)::numeric)),
    CONSTRAINT price_rule_round_to_positive CHECK ((round_to > (0)::numeric)),
    CONSTRAINT price_rule_says_how CHECK ((((kind = 'fixed'::text) = (price IS NOT NULL)) AND ((kind = 'percent'::text) = (percent IS NOT NULL)) AND ((kind = 'formula'::text) = (base IS NOT NULL))))
);

ALTER TABLE ONLY public.price_rule FORCE ROW LEVEL SECURITY;

CREATE TABLE public.product_barcode (
    tenant_id uuid NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    product_id uuid NOT NULL,
    unit_code text
);

ALTER TABLE ONLY public.product_barcode FORCE ROW LEVEL SECURITY;

CREATE TABLE public.product_supplier (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    supplier_id uuid NOT NULL,
    code text NOT NULL,
    currency text NOT NULL,
    min_quantity numeric(18,6) NOT NULL,
    pack_multiple numeric(18,6),
    lead_days smallint NOT NULL,
    priority smallint NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT product_supplier_lead_range CHECK (((lead_days >= 0) AND (lead_days <= 3650))),
    CONSTRAINT product_supplier_priority_range CHECK (((priority >= 1) AND (priority <= 1000))),
    CONSTRAINT product_supplier_quantities CHECK (((min_quantity >= (0)::numeric) AND (pack_multiple > (0)::numeric)))
);

ALTER TABLE ONLY public.product_supplier FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.product_supplier.priority IS 'The least is asked first.';

CREATE TABLE public.product_supplier_price (
    tenant_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    line_no smallint NOT NULL,
    min_quantity numeric(18,6) NOT NULL,
    price numeric(18,6) NOT NULL,
    valid_from date,
    valid_until date,
    CONSTRAINT product_supplier_price_in_order CHECK ((valid_until >= valid_from)),
    CONSTRAINT product_supplier_price_not_negative CHECK (((min_quantity >= (0)::numeric) AND (price >= (0)::numeric)))
);

ALTER TABLE ONLY public.product_supplier_price FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.product_supplier_price IS 'Of those valid on a day and for a quantity, the one for the largest quantity counts.';

CREATE TABLE public.product_term (
    tenant_id uuid NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    term text NOT NULL COLLATE pg_catalog."C",
    product_id uuid NOT NULL,
    CONSTRAINT product_term_kind_known CHECK ((kind = ANY (ARRAY['name'::text, 'sku'::text])))
);

ALTER TABLE ONLY public.product_term FORCE ROW LEVEL SECURITY;

CREATE TABLE public.product_unit (
    tenant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    unit_code text NOT NULL,
    factor numeric(18,6) NOT NULL,
    price numeric(18,6),
    CONSTRAINT product_unit_factor_positive CHECK ((factor > (0)::numeric)),
    CONSTRAINT product_unit_price_positive CHECK ((price >= (0)::numeric))
);

ALTER TABLE ONLY public.product_unit FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.product_unit.factor IS 'So many of the product''s own unit are in one.';

CREATE TABLE public.purchase_proposal (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    note text NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT purchase_proposal_ended CHECK (((state = 'open'::text) = (ended_at IS NULL))),
    CONSTRAINT purchase_proposal_state_known CHECK ((state = ANY (ARRAY['open'::text, 'dismissed'::text, 'ordered'::text])))
);

ALTER TABLE ONLY public.purchase_proposal FORCE ROW LEVEL SECURITY;

CREATE TABLE public.purchase_proposal_line (
    tenant_id uuid NOT NULL,
    proposal_id uuid NOT NULL,
    line_no smallint NOT NULL,
    product_id uuid NOT NULL,
    warehouse_id uuid NOT NULL,
    supplier_id uuid,
    supplier_code text NOT NULL,
    quantity numeric(18,6) NOT NULL,
    unit_price numeric(18,6),
    currency text NOT NULL,
    expected_date date,
    min_stock numeric(18,6) NOT NULL,
    max_stock numeric(18,6),
    forecast numeric(18,6) NOT NULL,
    CONSTRAINT purchase_proposal_line_positive CHECK (((quantity > (0)::numeric) AND (unit_price >= (0)::numeric)))
);

ALTER TABLE ONLY public.purchase_proposal_line FORCE ROW LEVEL SECURITY;

CREATE TABLE public.reference_entry (
    id uuid NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    names jsonb NOT NULL,
    data jsonb NOT NULL,
    "position" integer NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    is_shipped boolean NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT reference_entry_data_object CHECK ((jsonb_typeof(data) = 'object'::text)),
    CONSTRAINT reference_entry_kind_known CHECK ((kind = ANY (ARRAY['sector'::text, 'business_type'::text, 'company_type'::text, 'country'::text, 'currency'::text, 'time_zone'::text, 'language'::text, 'unit'::text, 'identification_type'::text]))),
    CONSTRAINT reference_entry_names_whole CHECK ((names ?& ARRAY['es'::text, 'en'::text, 'pt'::text]))
);

COMMENT ON COLUMN public.reference_entry.is_shipped IS 'Came with the program: it can be switched off, and not removed, else it would come again.';

CREATE TABLE public.refresh_token (
    hash bytea NOT NULL,
    session_id uuid NOT NULL,
    parent bytea,
    used_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    access_jti uuid,
    access_used_at timestamp with time zone
);

CREATE TABLE public.register (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    warehouse_id uuid NOT NULL,
    store_id uuid NOT NULL
);

ALTER TABLE ONLY public.register FORCE ROW LEVEL SECURITY;

CREATE TABLE public.sale_line (
    tenant_id uuid NOT NULL,
    sale_id uuid NOT NULL,
    line_no smallint NOT NULL,
    product_id uuid NOT NULL,
    sku text NOT NULL,
    name text NOT NULL,
    quantity numeric(18,6) NOT NULL,
    unit_price numeric(18,6) NOT NULL,
    price_includes_tax boolean NOT NULL,
    tax_id uuid NOT NULL,
    tax_rate numeric(9,4) NOT NULL,
    net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    cost_minor bigint NOT NULL,
    refunded_line_no smallint,
    refunded_quantity numeric(18,6) DEFAULT 0 NOT NULL,
    refunded_net_minor bigint DEFAULT 0 NOT NULL,
    refunded_tax_minor bigint DEFAULT 0 NOT NULL,
    refunded_cost_minor bigint DEFAULT 0 NOT NULL,
    CONSTRAINT sale_line_not_over_refunded CHECK ((((refunded_quantity >= (0)::numeric) AND (refunded_quantity <= quantity)) AND ((refunded_net_minor >= 0) AND (refunded_net_minor <= net_minor)) AND ((refunded_tax_minor >= 0) AND (refunded_tax_minor <= tax_minor)) AND ((refunded_cost_minor >= 0) AND (refunded_cost_minor <= cost_minor)))),
    CONSTRAINT sale_line_quantity_positive CHECK ((quantity > (0)::numeric))
);

ALTER TABLE ONLY public.sale_line FORCE ROW LEVEL SECURITY;

CREATE TABLE public.sale_payment (
    tenant_id uuid NOT NULL,
    sale_id uuid NOT NULL,
    payment_no smallint NOT NULL,
    method text NOT NULL,
    tendered_minor bigint NOT NULL,
    amount_minor bigint NOT NULL,
    CONSTRAINT sale_payment_change_is_from_tender CHECK (((amount_minor >= 0) AND (amount_minor <= tendered_minor)))
);

ALTER TABLE ONLY public.sale_payment FORCE ROW LEVEL SECURITY;

CREATE TABLE public.scan_code (
    tenant_id uuid NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    product_id uuid NOT NULL,
    unit_code text,
    is_main boolean NOT NULL
);

ALTER TABLE ONLY public.scan_code FORCE ROW LEVEL SECURITY;

CREATE TABLE public.series (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    document text NOT NULL,
    register_id uuid,
    prefix text NOT NULL,
    padding smallint NOT NULL,
    is_yearly boolean DEFAULT false NOT NULL,
    year smallint DEFAULT 0 NOT NULL,
    first_number bigint DEFAULT 1 NOT NULL,
    next_number bigint DEFAULT 1 NOT NULL,
    last_number bigint,
    authorisation text DEFAULT ''::text NOT NULL,
    valid_from date,
    valid_until date,
    warn_below bigint DEFAULT 100 NOT NULL,
    warned_at timestamp with time zone,
    is_active boolean DEFAULT true NOT NULL,
    open_shift_id uuid,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT series_at_register CHECK (((document = ANY (ARRAY['pos_sale'::text, 'pos_refund'::text])) = (register_id IS NOT NULL))),
    CONSTRAINT series_dates_in_order CHECK ((valid_from <= valid_until)),
    CONSTRAINT series_document_known CHECK ((document = ANY (ARRAY['pos_sale'::text, 'pos_refund'::text, 'stock_adjustment'::text, 'stock_transfer'::text, 'stock_count'::text]))),
    CONSTRAINT series_numbers_in_range CHECK (((first_number >= 1) AND (next_number >= first_number) AND ((last_number IS NULL) OR (next_number <= (last_number + 1))))),
    CONSTRAINT series_padding_range CHECK (((padding >= 1) AND (padding <= 18))),
    CONSTRAINT series_range_not_yearly CHECK (((NOT is_yearly) OR ((last_number IS NULL) AND (first_number = 1))))
)
WITH (fillfactor='10');

ALTER TABLE ONLY public.series FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.series.year IS 'Of the next number, where numbers begin anew each year; else zero.';

COMMENT ON COLUMN public.series.last_number IS 'The last that the authority allows; null: no end.';

CREATE TABLE public.service (
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    api_url text NOT NULL,
    is_active boolean NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE public.session (
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    tenant_id uuid,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    user_agent text DEFAULT ''::text NOT NULL,
    ip text DEFAULT ''::text NOT NULL,
    auth_time timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    second_factor boolean DEFAULT false NOT NULL,
    ended_reason text
);

CREATE TABLE public.shift (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    register_id uuid NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    opened_by uuid NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    opening_minor bigint NOT NULL,
    ended_at timestamp with time zone,
    closed_by uuid,
    closed_at timestamp with time zone,
    expected_minor bigint,
    counted_minor bigint,
    CONSTRAINT shift_closed_is_counted CHECK (((state = 'closed'::text) = ((counted_minor IS NOT NULL) AND (expected_minor IS NOT NULL)))),
    CONSTRAINT shift_opening_not_negative CHECK ((opening_minor >= 0)),
    CONSTRAINT shift_state_known CHECK ((state = ANY (ARRAY['open'::text, 'ended'::text, 'closed'::text])))
);

ALTER TABLE ONLY public.shift FORCE ROW LEVEL SECURITY;

CREATE TABLE public.stock_adjustment (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    number text NOT NULL,
    kind text NOT NULL,
    warehouse_id uuid NOT NULL,
    reason text NOT NULL,
    value_minor bigint NOT NULL,
    created_by uuid NOT NULL,
    posted_at timestamp with time zone NOT NULL,
    CONSTRAINT stock_adjustment_kind_known CHECK ((kind = ANY (ARRAY['adjustment'::text, 'scrap'::text])))
);

ALTER TABLE ONLY public.stock_adjustment FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.stock_adjustment.value_minor IS 'What the stock is worth more (or less) by it.';

CREATE TABLE public.stock_adjustment_line (
    tenant_id uuid NOT NULL,
    adjustment_id uuid NOT NULL,
    line_no smallint NOT NULL,
    product_id uuid NOT NULL,
    quantity numeric(18,6) NOT NULL,
    value_minor bigint NOT NULL,
    CONSTRAINT stock_adjustment_line_moves CHECK (((quantity <> (0)::numeric) AND ((sign(quantity) * (value_minor)::numeric) >= (0)::numeric)))
);

ALTER TABLE ONLY public.stock_adjustment_line FORCE ROW LEVEL SECURITY;

CREATE TABLE public.stock_alert (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    warehouse_id uuid NOT NULL,
    min_stock numeric(18,6) NOT NULL,
    forecast numeric(18,6) NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    mailed_at timestamp with time zone
);

ALTER TABLE ONLY public.stock_alert FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.stock_alert.forecast IS 'When it was raised, like its neighbour min_stock.';

CREATE TABLE public.stock_count (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    number text NOT NULL,
    warehouse_id uuid NOT NULL,
    state text NOT NULL,
    note text NOT NULL,
    value_minor bigint DEFAULT 0 NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    posted_by uuid,
    posted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT stock_count_posted CHECK (((state = 'posted'::text) = (posted_at IS NOT NULL))),
    CONSTRAINT stock_count_state_known CHECK ((state = ANY (ARRAY['counting'::text, 'posted'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY public.stock_count FORCE ROW LEVEL SECURITY;

CREATE TABLE public.stock_count_line (
    tenant_id uuid NOT NULL,
    count_id uuid NOT NULL,
    product_id uuid NOT NULL,
    snapshot numeric(18,6) NOT NULL,
    counted numeric(18,6),
    counted_by uuid,
    delta_minor bigint,
    CONSTRAINT stock_count_line_not_negative CHECK (((snapshot >= (0)::numeric) AND (counted >= (0)::numeric)))
);

ALTER TABLE ONLY public.stock_count_line FORCE ROW LEVEL SECURITY;

CREATE TABLE public.stock_move (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    warehouse_id uuid NOT NULL,
    product_id uuid NOT NULL,
    quantity numeric(18,6) NOT NULL,
    value_minor bigint NOT NULL,
    kind text NOT NULL,
    source_id uuid NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    CONSTRAINT stock_move_kind_known CHECK ((kind = ANY (ARRAY['opening'::text, 'sale'::text, 'refund'::text, 'adjustment'::text, 'scrap'::text, 'count'::text, 'transfer_out'::text, 'transfer_in'::text, 'transfer_loss'::text]))),
    CONSTRAINT stock_move_quantity_not_zero CHECK ((quantity <> (0)::numeric)),
    CONSTRAINT stock_move_value_follows_quantity CHECK (((sign(quantity) * (value_minor)::numeric) >= (0)::numeric))
);

ALTER TABLE ONLY public.stock_move FORCE ROW LEVEL SECURITY;

CREATE TABLE public.stock_reservation (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    warehouse_id uuid NOT NULL,
    product_id uuid NOT NULL,
    quantity numeric(18,6) NOT NULL,
    state text NOT NULL,
    reference text NOT NULL,
    expires_at timestamp with time zone,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT stock_reservation_ended CHECK (((state = 'active'::text) = (ended_at IS NULL))),
    CONSTRAINT stock_reservation_positive CHECK ((quantity > (0)::numeric)),
    CONSTRAINT stock_reservation_state_known CHECK ((state = ANY (ARRAY['active'::text, 'released'::text, 'expired'::text])))
);

ALTER TABLE ONLY public.stock_reservation FORCE ROW LEVEL SECURITY;

CREATE TABLE public.store (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    city text DEFAULT ''::text NOT NULL,
    phone text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    warehouse_id uuid NOT NULL,
    hours jsonb DEFAULT '{"weekly": [], "exceptions": []}'::jsonb NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT store_hours_object CHECK (((jsonb_typeof(hours) = 'object'::text) AND (hours ?& ARRAY['weekly'::text, 'exceptions'::text])))
);

ALTER TABLE ONLY public.store FORCE ROW LEVEL SECURITY;

CREATE TABLE public.subscription (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    plan_id uuid NOT NULL,
    period text NOT NULL,
    state text NOT NULL,
    period_start date NOT NULL,
    period_end date NOT NULL,
    full_days integer NOT NULL,
    anchor_day smallint NOT NULL,
    currency text NOT NULL,
    price_minor bigint NOT NULL,
    discount_percent numeric(5,2) DEFAULT 0 NOT NULL,
    billed_minor bigint NOT NULL,
    auto_renew boolean DEFAULT true NOT NULL,
    cancel_at_period_end boolean DEFAULT false NOT NULL,
    cancel_reason text DEFAULT ''::text NOT NULL,
    cancelled_at timestamp with time zone,
    next_plan_id uuid,
    next_period text,
    notes text DEFAULT ''::text NOT NULL,
    previous_id uuid,
    reminded_for date,
    created_by uuid,
    created_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT subscription_amounts CHECK (((price_minor >= 0) AND (billed_minor >= 0) AND ((discount_percent >= (0)::numeric) AND (discount_percent <= (100)::numeric)))),
    CONSTRAINT subscription_anchor CHECK (((anchor_day >= 1) AND (anchor_day <= 31))),
    CONSTRAINT subscription_next_whole CHECK (((next_plan_id IS NULL) = (next_period IS NULL))),
    CONSTRAINT subscription_period_known CHECK (((period = ANY (ARRAY['monthly'::text, 'annual'::text])) AND (next_period = ANY (ARRAY['monthly'::text, 'annual'::text])))),
    CONSTRAINT subscription_period_not_empty CHECK (((period_start < period_end) AND (full_days >= (period_end - period_start)))),
    CONSTRAINT subscription_state_known CHECK ((state = ANY (ARRAY['trialing'::text, 'active'::text, 'past_due'::text, 'suspended'::text, 'cancelled'::text, 'expired'::text])))
);

ALTER TABLE ONLY public.subscription FORCE ROW LEVEL SECURITY;

CREATE TABLE public.subscription_event (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    by_person uuid,
    data jsonb NOT NULL
);

ALTER TABLE ONLY public.subscription_event FORCE ROW LEVEL SECURITY;

CREATE TABLE public.support_access (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    operator_id uuid NOT NULL,
    operator_name text NOT NULL,
    reason text NOT NULL,
    can_write boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT support_access_an_hour_at_most CHECK ((expires_at <= (created_at + '01:00:00'::interval))),
    CONSTRAINT support_access_reasoned CHECK ((length(reason) >= 10))
);

ALTER TABLE ONLY public.support_access FORCE ROW LEVEL SECURITY;

CREATE TABLE public.tax (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    rate numeric(9,4) NOT NULL,
    official_code text DEFAULT ''::text NOT NULL,
    is_default boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT tax_rate_range CHECK (((rate >= (0)::numeric) AND (rate <= (1000)::numeric)))
);

ALTER TABLE ONLY public.tax FORCE ROW LEVEL SECURITY;

CREATE TABLE public.template (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    parts jsonb NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    updated_by uuid NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT template_parts_object CHECK ((jsonb_typeof(parts) = 'object'::text))
);

ALTER TABLE ONLY public.template FORCE ROW LEVEL SECURITY;

CREATE TABLE public.totp (
    person_id uuid NOT NULL,
    secret bytea NOT NULL,
    last_step bigint DEFAULT 0 NOT NULL,
    activated_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL
);

COMMENT ON COLUMN public.totp.secret IS 'Sealed, bound to the person.';

COMMENT ON COLUMN public.totp.last_step IS 'The last time step whose code was accepted: none is accepted twice.';

CREATE TABLE public.unit (
    tenant_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    decimals smallint NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT unit_decimals_range CHECK (((decimals >= 0) AND (decimals <= 6)))
);

ALTER TABLE ONLY public.unit FORCE ROW LEVEL SECURITY;

CREATE TABLE public.unit_conversion (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    from_unit text NOT NULL,
    to_unit text NOT NULL,
    factor numeric(18,6) NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT unit_conversion_between_two CHECK ((from_unit <> to_unit)),
    CONSTRAINT unit_conversion_factor_positive CHECK ((factor > (0)::numeric))
);

ALTER TABLE ONLY public.unit_conversion FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.unit_conversion.factor IS 'So many of to_unit are one of from_unit.';

CREATE TABLE public.variant_value (
    tenant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    attribute_id uuid NOT NULL,
    value_id uuid NOT NULL
);

ALTER TABLE ONLY public.variant_value FORCE ROW LEVEL SECURITY;

CREATE TABLE public.word_part (
    tenant_id uuid NOT NULL,
    part text NOT NULL COLLATE pg_catalog."C",
    word text NOT NULL COLLATE pg_catalog."C"
);

ALTER TABLE ONLY public.word_part FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.word_part IS 'The words of a company''s names, by their runs of three letters; those that are used no more stay.';

ALTER TABLE ONLY public.account_balance
    ADD CONSTRAINT account_balance_pk PRIMARY KEY (tenant_id, account_id, month, slot);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_code_unique UNIQUE (tenant_id, code);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.account_role
    ADD CONSTRAINT account_role_pk PRIMARY KEY (tenant_id, role);

ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.attribute
    ADD CONSTRAINT attribute_name_unique UNIQUE (tenant_id, name);

ALTER TABLE ONLY public.attribute
    ADD CONSTRAINT attribute_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.attribute_value
    ADD CONSTRAINT attribute_value_name_unique UNIQUE (tenant_id, attribute_id, name);

ALTER TABLE ONLY public.attribute_value
    ADD CONSTRAINT attribute_value_of UNIQUE (tenant_id, attribute_id, id);

ALTER TABLE ONLY public.attribute_value
    ADD CONSTRAINT attribute_value_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.audit_seal
    ADD CONSTRAINT audit_seal_pk PRIMARY KEY (tenant_id, number);

ALTER TABLE ONLY public.auth_event
    ADD CONSTRAINT auth_event_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.backup_code
    ADD CONSTRAINT backup_code_pk PRIMARY KEY (person_id, hash);

ALTER TABLE ONLY public.billing_counter
    ADD CONSTRAINT billing_counter_pk PRIMARY KEY (year);

ALTER TABLE ONLY public.billing_credit
    ADD CONSTRAINT billing_credit_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.billing_invoice_line
    ADD CONSTRAINT billing_invoice_line_pk PRIMARY KEY (tenant_id, invoice_id, line_no);

ALTER TABLE ONLY public.billing_invoice
    ADD CONSTRAINT billing_invoice_number_unique UNIQUE (tenant_id, number);

ALTER TABLE ONLY public.billing_invoice
    ADD CONSTRAINT billing_invoice_once UNIQUE (tenant_id, subscription_id, period_start);

ALTER TABLE ONLY public.billing_invoice
    ADD CONSTRAINT billing_invoice_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.billing_payment
    ADD CONSTRAINT billing_payment_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.billing_webhook_event
    ADD CONSTRAINT billing_webhook_event_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.category
    ADD CONSTRAINT category_name_unique UNIQUE NULLS NOT DISTINCT (tenant_id, parent_id, name);

ALTER TABLE ONLY public.category
    ADD CONSTRAINT category_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.challenge
    ADD CONSTRAINT challenge_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.company_domain
    ADD CONSTRAINT company_domain_pk PRIMARY KEY (tenant_id, domain);

ALTER TABLE ONLY public.company_logo
    ADD CONSTRAINT company_logo_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.company_messaging
    ADD CONSTRAINT company_messaging_pk PRIMARY KEY (tenant_id, channel);

ALTER TABLE ONLY public.company
    ADD CONSTRAINT company_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.company
    ADD CONSTRAINT company_slug_unique UNIQUE (slug);

ALTER TABLE ONLY public.contact_address
    ADD CONSTRAINT contact_address_pk PRIMARY KEY (tenant_id, contact_id, "position");

ALTER TABLE ONLY public.contact_bank_account
    ADD CONSTRAINT contact_bank_account_pk PRIMARY KEY (tenant_id, contact_id, "position");

ALTER TABLE ONLY public.contact_consent
    ADD CONSTRAINT contact_consent_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.contact_dismissal
    ADD CONSTRAINT contact_dismissal_once UNIQUE (tenant_id, low_id, high_id);

ALTER TABLE ONLY public.contact_dismissal
    ADD CONSTRAINT contact_dismissal_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.contact_duplicate
    ADD CONSTRAINT contact_duplicate_pk PRIMARY KEY (tenant_id, low_id, high_id);

ALTER TABLE ONLY public.contact_email
    ADD CONSTRAINT contact_email_pk PRIMARY KEY (tenant_id, contact_id, email);

ALTER TABLE ONLY public.contact_key
    ADD CONSTRAINT contact_key_pk PRIMARY KEY (tenant_id, contact_id, kind, key);

ALTER TABLE ONLY public.contact_phone
    ADD CONSTRAINT contact_phone_pk PRIMARY KEY (tenant_id, contact_id, number);

ALTER TABLE ONLY public.contact
    ADD CONSTRAINT contact_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.coupon
    ADD CONSTRAINT coupon_code_unique UNIQUE (code);

ALTER TABLE ONLY public.coupon
    ADD CONSTRAINT coupon_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.coupon_plan
    ADD CONSTRAINT coupon_plan_pk PRIMARY KEY (coupon_id, plan_id);

ALTER TABLE ONLY public.coupon_redemption
    ADD CONSTRAINT coupon_redemption_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.entitlement
    ADD CONSTRAINT entitlement_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.erasure
    ADD CONSTRAINT erasure_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.field_setting
    ADD CONSTRAINT field_setting_pk PRIMARY KEY (tenant_id, form, field);

ALTER TABLE ONLY public.file
    ADD CONSTRAINT file_key_unique UNIQUE (tenant_id, key);

ALTER TABLE ONLY public.file
    ADD CONSTRAINT file_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.file_usage
    ADD CONSTRAINT file_usage_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.group_member
    ADD CONSTRAINT group_member_pk PRIMARY KEY (tenant_id, group_id, person_id);

ALTER TABLE ONLY public.idempotency_key
    ADD CONSTRAINT idempotency_key_pk PRIMARY KEY (tenant_id, person_id, route, key);

ALTER TABLE ONLY public.import_batch
    ADD CONSTRAINT import_batch_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.import_row
    ADD CONSTRAINT import_row_pk PRIMARY KEY (tenant_id, batch_id, row_no);

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT invitation_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.journal_entry
    ADD CONSTRAINT journal_entry_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.journal_entry
    ADD CONSTRAINT journal_entry_source_once UNIQUE (tenant_id, source_kind, source_id);

ALTER TABLE ONLY public.journal_line
    ADD CONSTRAINT journal_line_pk PRIMARY KEY (tenant_id, entry_id, line_no);

ALTER TABLE ONLY public.known_device
    ADD CONSTRAINT known_device_pk PRIMARY KEY (hash);

ALTER TABLE ONLY public.lease
    ADD CONSTRAINT lease_pk PRIMARY KEY (name);

ALTER TABLE ONLY public.mail_code
    ADD CONSTRAINT mail_code_pk PRIMARY KEY (person_id);

ALTER TABLE ONLY public.mail_token
    ADD CONSTRAINT mail_token_pk PRIMARY KEY (hash);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT membership_pk PRIMARY KEY (tenant_id, person_id);

ALTER TABLE ONLY public.operator_log
    ADD CONSTRAINT operator_log_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.outbox_event
    ADD CONSTRAINT outbox_event_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.outgoing_mail
    ADD CONSTRAINT outgoing_mail_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.passkey
    ADD CONSTRAINT passkey_credential_unique UNIQUE (credential_id);

ALTER TABLE ONLY public.passkey
    ADD CONSTRAINT passkey_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.payment_method
    ADD CONSTRAINT payment_method_pk PRIMARY KEY (tenant_id, code);

ALTER TABLE ONLY public.pending_registration
    ADD CONSTRAINT pending_registration_pk PRIMARY KEY (hash);

ALTER TABLE ONLY public.permission_list
    ADD CONSTRAINT permission_list_name_unique UNIQUE (tenant_id, kind, name);

ALTER TABLE ONLY public.permission_list
    ADD CONSTRAINT permission_list_pk PRIMARY KEY (tenant_id, kind, id);

ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_email_unique UNIQUE (email);

ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.plan
    ADD CONSTRAINT plan_code_unique UNIQUE (code);

ALTER TABLE ONLY public.plan
    ADD CONSTRAINT plan_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.plan_service
    ADD CONSTRAINT plan_service_pk PRIMARY KEY (plan_id, service_id);

ALTER TABLE ONLY public.platform_operator
    ADD CONSTRAINT platform_operator_pk PRIMARY KEY (person_id);

ALTER TABLE ONLY public.price_list
    ADD CONSTRAINT price_list_code_unique UNIQUE (tenant_id, code);

ALTER TABLE ONLY public.price_list
    ADD CONSTRAINT price_list_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.price_list_place
    ADD CONSTRAINT price_list_place_unique UNIQUE NULLS NOT DISTINCT (tenant_id, store_id, register_id);

ALTER TABLE ONLY public.price_rule
    ADD CONSTRAINT price_rule_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.product_barcode
    ADD CONSTRAINT product_barcode_pk PRIMARY KEY (tenant_id, code);

ALTER TABLE ONLY public.product
    ADD CONSTRAINT product_barcode_unique UNIQUE (tenant_id, barcode);

ALTER TABLE ONLY public.product
    ADD CONSTRAINT product_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.product
    ADD CONSTRAINT product_sku_unique UNIQUE (tenant_id, sku);

ALTER TABLE ONLY public.product_supplier
    ADD CONSTRAINT product_supplier_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.product_supplier_price
    ADD CONSTRAINT product_supplier_price_pk PRIMARY KEY (tenant_id, offer_id, line_no);

ALTER TABLE ONLY public.product_term
    ADD CONSTRAINT product_term_pk PRIMARY KEY (tenant_id, kind, term, product_id);

ALTER TABLE ONLY public.product_unit
    ADD CONSTRAINT product_unit_pk PRIMARY KEY (tenant_id, product_id, unit_code);

ALTER TABLE ONLY public.product
    ADD CONSTRAINT product_variant_unique UNIQUE (tenant_id, parent_id, variant_key);

ALTER TABLE ONLY public.purchase_proposal_line
    ADD CONSTRAINT purchase_proposal_line_pk PRIMARY KEY (tenant_id, proposal_id, line_no);

ALTER TABLE ONLY public.purchase_proposal
    ADD CONSTRAINT purchase_proposal_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.reference_entry
    ADD CONSTRAINT reference_entry_code_unique UNIQUE (kind, code);

ALTER TABLE ONLY public.reference_entry
    ADD CONSTRAINT reference_entry_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.refresh_token
    ADD CONSTRAINT refresh_token_pk PRIMARY KEY (hash);

ALTER TABLE ONLY public.register
    ADD CONSTRAINT register_code_unique UNIQUE (tenant_id, code);

ALTER TABLE ONLY public.register
    ADD CONSTRAINT register_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.sale_line
    ADD CONSTRAINT sale_line_pk PRIMARY KEY (tenant_id, sale_id, line_no);

ALTER TABLE ONLY public.sale
    ADD CONSTRAINT sale_number_unique UNIQUE (tenant_id, series_id, series_year, sequence);

ALTER TABLE ONLY public.sale_payment
    ADD CONSTRAINT sale_payment_pk PRIMARY KEY (tenant_id, sale_id, payment_no);

ALTER TABLE ONLY public.sale
    ADD CONSTRAINT sale_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.scan_code
    ADD CONSTRAINT scan_code_pk PRIMARY KEY (tenant_id, code);

ALTER TABLE ONLY public.series
    ADD CONSTRAINT series_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.series
    ADD CONSTRAINT series_prefix_unique UNIQUE (tenant_id, document, prefix);

ALTER TABLE ONLY public.service
    ADD CONSTRAINT service_code_unique UNIQUE (code);

ALTER TABLE ONLY public.service
    ADD CONSTRAINT service_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.shift
    ADD CONSTRAINT shift_of_register UNIQUE (tenant_id, register_id, id);

ALTER TABLE ONLY public.shift
    ADD CONSTRAINT shift_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.stock_adjustment_line
    ADD CONSTRAINT stock_adjustment_line_pk PRIMARY KEY (tenant_id, adjustment_id, line_no);

ALTER TABLE ONLY public.stock_adjustment
    ADD CONSTRAINT stock_adjustment_number_unique UNIQUE (tenant_id, number);

ALTER TABLE ONLY public.stock_adjustment
    ADD CONSTRAINT stock_adjustment_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.stock_alert
    ADD CONSTRAINT stock_alert_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.stock_count_line
    ADD CONSTRAINT stock_count_line_pk PRIMARY KEY (tenant_id, count_id, product_id);

ALTER TABLE ONLY public.stock_count
    ADD CONSTRAINT stock_count_number_unique UNIQUE (tenant_id, number);

ALTER TABLE ONLY public.stock_count
    ADD CONSTRAINT stock_count_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.stock_level
    ADD CONSTRAINT stock_level_pk PRIMARY KEY (tenant_id, warehouse_id, product_id);

ALTER TABLE ONLY public.stock_move
    ADD CONSTRAINT stock_move_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.stock_reservation
    ADD CONSTRAINT stock_reservation_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.stock_rule
    ADD CONSTRAINT stock_rule_once UNIQUE (tenant_id, product_id, warehouse_id);

ALTER TABLE ONLY public.stock_rule
    ADD CONSTRAINT stock_rule_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.stock_transfer_line
    ADD CONSTRAINT stock_transfer_line_pk PRIMARY KEY (tenant_id, transfer_id, line_no);

ALTER TABLE ONLY public.stock_transfer_line
    ADD CONSTRAINT stock_transfer_line_product_once UNIQUE (tenant_id, transfer_id, product_id);

ALTER TABLE ONLY public.stock_transfer
    ADD CONSTRAINT stock_transfer_number_unique UNIQUE (tenant_id, number);

ALTER TABLE ONLY public.stock_transfer
    ADD CONSTRAINT stock_transfer_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.store
    ADD CONSTRAINT store_code_unique UNIQUE (tenant_id, code);

ALTER TABLE ONLY public.store
    ADD CONSTRAINT store_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.subscription_event
    ADD CONSTRAINT subscription_event_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.subscription
    ADD CONSTRAINT subscription_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.support_access
    ADD CONSTRAINT support_access_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.tax
    ADD CONSTRAINT tax_code_unique UNIQUE (tenant_id, code);

ALTER TABLE ONLY public.tax
    ADD CONSTRAINT tax_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.template
    ADD CONSTRAINT template_pk PRIMARY KEY (tenant_id, kind);

ALTER TABLE ONLY public.totp
    ADD CONSTRAINT totp_pk PRIMARY KEY (person_id);

ALTER TABLE ONLY public.unit_conversion
    ADD CONSTRAINT unit_conversion_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_pk PRIMARY KEY (tenant_id, code);

ALTER TABLE ONLY public.variant_value
    ADD CONSTRAINT variant_value_pk PRIMARY KEY (tenant_id, product_id, attribute_id);

ALTER TABLE ONLY public.warehouse
    ADD CONSTRAINT warehouse_code_unique UNIQUE (tenant_id, code);

ALTER TABLE ONLY public.warehouse
    ADD CONSTRAINT warehouse_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.word_part
    ADD CONSTRAINT word_part_pk PRIMARY KEY (tenant_id, part, word);

CREATE INDEX account_by_parent ON public.account USING btree (tenant_id, parent);

CREATE INDEX account_role_account ON public.account_role USING btree (tenant_id, account_id);

CREATE UNIQUE INDEX api_key_hash ON public.api_key USING btree (hash);

CREATE INDEX api_key_previous_hash ON public.api_key USING btree (previous_hash) WHERE (previous_hash IS NOT NULL);

CREATE INDEX audit_log_at ON public.audit_log USING btree (tenant_id, at, id);

CREATE INDEX audit_log_entity ON public.audit_log USING btree (tenant_id, entity, entity_id);

CREATE INDEX auth_event_person ON public.auth_event USING btree (person_id, id);

CREATE INDEX billing_invoice_number ON public.billing_invoice USING btree (number);

CREATE INDEX billing_invoice_open ON public.billing_invoice USING btree (due_date) WHERE (state = 'open'::text);

CREATE INDEX billing_payment_invoice ON public.billing_payment USING btree (tenant_id, invoice_id);

CREATE INDEX challenge_age ON public.challenge USING btree (expires_at);

CREATE INDEX challenge_person ON public.challenge USING btree (person_id);

CREATE UNIQUE INDEX company_domain_unique ON public.company_domain USING btree (domain);

CREATE INDEX company_logo_file ON public.company_logo USING btree (tenant_id, file_id);

CREATE INDEX company_tax_identifier ON public.company USING btree (tax_identifier) WHERE (tax_identifier <> ''::text);

CREATE INDEX contact_by_name ON public.contact USING btree (tenant_id, legal_name, id) WHERE (merged_into IS NULL);

CREATE INDEX contact_consent_contact ON public.contact_consent USING btree (tenant_id, contact_id, recorded_at, id);

CREATE INDEX contact_dismissal_high ON public.contact_dismissal USING btree (tenant_id, high_id);

CREATE INDEX contact_duplicate_by_score ON public.contact_duplicate USING btree (tenant_id, score, low_id, high_id);

CREATE INDEX contact_duplicate_high ON public.contact_duplicate USING btree (tenant_id, high_id);

CREATE UNIQUE INDEX contact_identifier_unique ON public.contact USING btree (tenant_id, country, identifier) WHERE (identifier <> ''::text);

CREATE INDEX contact_key_by_key ON public.contact_key USING btree (tenant_id, kind, key, contact_id);

CREATE INDEX contact_merged ON public.contact USING btree (tenant_id, merged_into) WHERE (merged_into IS NOT NULL);

CREATE INDEX coupon_plan_plan ON public.coupon_plan USING btree (plan_id);

CREATE INDEX coupon_redemption_coupon ON public.coupon_redemption USING btree (coupon_id, tenant_id);

CREATE UNIQUE INDEX coupon_redemption_one_live ON public.coupon_redemption USING btree (tenant_id, subscription_id) WHERE (bills_left IS DISTINCT FROM 0);

CREATE INDEX coupon_redemption_subscription ON public.coupon_redemption USING btree (tenant_id, subscription_id);

CREATE INDEX file_by_purpose ON public.file USING btree (tenant_id, purpose, id);

CREATE INDEX file_pending ON public.file USING btree (tenant_id, created_at) WHERE (state = 'pending'::text);

CREATE INDEX group_member_group ON public.group_member USING btree (tenant_id, group_kind, group_id);

CREATE INDEX group_member_person ON public.group_member USING btree (tenant_id, person_id);

CREATE INDEX idempotency_key_age ON public.idempotency_key USING btree (created_at);

CREATE INDEX import_batch_file ON public.import_batch USING btree (tenant_id, file_id);

CREATE UNIQUE INDEX invitation_one_open ON public.invitation USING btree (tenant_id, email) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL));

CREATE INDEX invitation_role ON public.invitation USING btree (tenant_id, role_kind, role_id);

CREATE UNIQUE INDEX invitation_token ON public.invitation USING btree (token_hash);

CREATE INDEX job_due ON public.job USING btree (run_at) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX journal_line_account ON public.journal_line USING btree (tenant_id, account_id, entry_date);

CREATE INDEX known_device_person ON public.known_device USING btree (person_id);

CREATE INDEX mail_token_age ON public.mail_token USING btree (expires_at);

CREATE INDEX mail_token_person ON public.mail_token USING btree (person_id);

CREATE UNIQUE INDEX membership_one_owner ON public.membership USING btree (tenant_id) WHERE (role = 'owner'::text);

CREATE INDEX membership_person ON public.membership USING btree (person_id);

CREATE INDEX membership_role ON public.membership USING btree (tenant_id, role_kind, role_id);

CREATE INDEX outgoing_mail_due ON public.outgoing_mail USING btree (run_at) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX outgoing_mail_finished ON public.outgoing_mail USING btree (finished_at);

CREATE INDEX passkey_person ON public.passkey USING btree (person_id);

CREATE INDEX pending_registration_age ON public.pending_registration USING btree (expires_at);

CREATE UNIQUE INDEX plan_one_default ON public.plan USING btree (is_default) WHERE is_default;

CREATE INDEX plan_service_service ON public.plan_service USING btree (service_id);

CREATE INDEX price_list_default ON public.price_list USING btree (tenant_id, priority) WHERE (is_default AND is_active);

CREATE INDEX price_list_place_list ON public.price_list_place USING btree (tenant_id, price_list_id);

CREATE INDEX price_list_place_register ON public.price_list_place USING btree (tenant_id, register_id);

CREATE INDEX price_rule_base_list ON public.price_rule USING btree (tenant_id, base_list_id) WHERE (base_list_id IS NOT NULL);

CREATE INDEX price_rule_category ON public.price_rule USING btree (tenant_id, category_id) WHERE (category_id IS NOT NULL);

CREATE INDEX price_rule_list ON public.price_rule USING btree (tenant_id, price_list_id, id);

CREATE INDEX price_rule_of_all ON public.price_rule USING btree (tenant_id, price_list_id) WHERE ((product_id IS NULL) AND (category_id IS NULL));

CREATE INDEX price_rule_product ON public.price_rule USING btree (tenant_id, product_id) WHERE (product_id IS NOT NULL);

CREATE INDEX product_barcode_product ON public.product_barcode USING btree (tenant_id, product_id, unit_code);

CREATE INDEX product_by_name ON public.product USING btree (tenant_id, name, id);

CREATE INDEX product_by_tax ON public.product USING btree (tenant_id, tax_id);

CREATE INDEX product_category ON public.product USING btree (tenant_id, category_id);

CREATE INDEX product_parent ON public.product USING btree (tenant_id, parent_id) WHERE (parent_id IS NOT NULL);

CREATE INDEX product_supplier_product ON public.product_supplier USING btree (tenant_id, product_id);

CREATE INDEX product_supplier_supplier ON public.product_supplier USING btree (tenant_id, supplier_id);

CREATE INDEX product_term_product ON public.product_term USING btree (tenant_id, product_id);

CREATE INDEX product_unit_unit ON public.product_unit USING btree (tenant_id, unit_code);

CREATE INDEX purchase_proposal_line_product ON public.purchase_proposal_line USING btree (tenant_id, product_id);

CREATE INDEX purchase_proposal_line_supplier ON public.purchase_proposal_line USING btree (tenant_id, supplier_id);

CREATE INDEX purchase_proposal_line_warehouse ON public.purchase_proposal_line USING btree (tenant_id, warehouse_id);

CREATE INDEX refresh_token_parent ON public.refresh_token USING btree (parent);

CREATE INDEX refresh_token_session ON public.refresh_token USING btree (session_id);

CREATE INDEX register_store ON public.register USING btree (tenant_id, store_id);

CREATE INDEX sale_by_date ON public.sale USING btree (tenant_id, sold_at, id);

CREATE INDEX sale_by_refunded ON public.sale USING btree (tenant_id, refunded_sale_id) WHERE (refunded_sale_id IS NOT NULL);

CREATE INDEX sale_by_shift ON public.sale USING btree (tenant_id, shift_id);

CREATE INDEX sale_customer ON public.sale USING btree (tenant_id, customer_id, sold_at, id) WHERE (customer_id IS NOT NULL);

CREATE INDEX sale_line_product ON public.sale_line USING btree (tenant_id, product_id);

CREATE INDEX sale_line_tax ON public.sale_line USING btree (tenant_id, tax_id);

CREATE INDEX sale_payment_method ON public.sale_payment USING btree (tenant_id, method);

CREATE INDEX scan_code_product ON public.scan_code USING btree (tenant_id, product_id);

CREATE INDEX scan_code_unit ON public.scan_code USING btree (tenant_id, unit_code) WHERE (unit_code IS NOT NULL);

CREATE UNIQUE INDEX series_one_active ON public.series USING btree (tenant_id, document, register_id) NULLS NOT DISTINCT WHERE is_active;

CREATE INDEX series_register ON public.series USING btree (tenant_id, register_id);

CREATE INDEX session_person ON public.session USING btree (person_id);

CREATE UNIQUE INDEX shift_one_open_per_register ON public.shift USING btree (tenant_id, register_id) WHERE (state <> 'closed'::text);

CREATE INDEX stock_adjustment_line_product ON public.stock_adjustment_line USING btree (tenant_id, product_id);

CREATE INDEX stock_adjustment_warehouse ON public.stock_adjustment USING btree (tenant_id, warehouse_id);

CREATE INDEX stock_alert_mailed ON public.stock_alert USING btree (tenant_id, mailed_at) WHERE (mailed_at IS NOT NULL);

CREATE UNIQUE INDEX stock_alert_one_open ON public.stock_alert USING btree (tenant_id, product_id, warehouse_id) WHERE (closed_at IS NULL);

CREATE INDEX stock_alert_product ON public.stock_alert USING btree (tenant_id, product_id);

CREATE INDEX stock_alert_warehouse ON public.stock_alert USING btree (tenant_id, warehouse_id);

CREATE INDEX stock_count_line_product ON public.stock_count_line USING btree (tenant_id, product_id);

CREATE INDEX stock_count_warehouse ON public.stock_count USING btree (tenant_id, warehouse_id);

CREATE INDEX stock_level_product ON public.stock_level USING btree (tenant_id, product_id);

CREATE INDEX stock_move_by_time ON public.stock_move USING btree (tenant_id, occurred_at, id);

CREATE INDEX stock_move_product ON public.stock_move USING btree (tenant_id, warehouse_id, product_id, occurred_at);

CREATE INDEX stock_reservation_level ON public.stock_reservation USING btree (tenant_id, warehouse_id, product_id);

CREATE INDEX stock_rule_warehouse ON public.stock_rule USING btree (tenant_id, warehouse_id);

CREATE INDEX stock_transfer_from ON public.stock_transfer USING btree (tenant_id, from_id);

CREATE INDEX stock_transfer_line_product ON public.stock_transfer_line USING btree (tenant_id, product_id);

CREATE INDEX stock_transfer_to ON public.stock_transfer USING btree (tenant_id, to_id);

CREATE INDEX store_warehouse ON public.store USING btree (tenant_id, warehouse_id);

CREATE INDEX subscription_due ON public.subscription USING btree (period_end) WHERE (state = ANY (ARRAY['trialing'::text, 'active'::text, 'past_due'::text, 'suspended'::text]));

CREATE INDEX subscription_event_subscription ON public.subscription_event USING btree (tenant_id, subscription_id);

CREATE INDEX subscription_next_plan ON public.subscription USING btree (next_plan_id) WHERE (next_plan_id IS NOT NULL);

CREATE UNIQUE INDEX subscription_one_live ON public.subscription USING btree (tenant_id) WHERE (state = ANY (ARRAY['trialing'::text, 'active'::text, 'past_due'::text, 'suspended'::text]));

CREATE INDEX subscription_plan ON public.subscription USING btree (plan_id);

CREATE INDEX subscription_previous ON public.subscription USING btree (tenant_id, previous_id) WHERE (previous_id IS NOT NULL);

CREATE INDEX support_access_session ON public.support_access USING btree (session_id);

CREATE UNIQUE INDEX tax_one_default ON public.tax USING btree (tenant_id) WHERE is_default;

CREATE INDEX unit_conversion_from ON public.unit_conversion USING btree (tenant_id, from_unit);

CREATE UNIQUE INDEX unit_conversion_pair ON public.unit_conversion USING btree (tenant_id, LEAST(from_unit, to_unit), GREATEST(from_unit, to_unit));

CREATE INDEX unit_conversion_to ON public.unit_conversion USING btree (tenant_id, to_unit);

CREATE INDEX variant_value_value ON public.variant_value USING btree (tenant_id, attribute_id, value_id);

CREATE UNIQUE INDEX warehouse_one_transit ON public.warehouse USING btree (tenant_id) WHERE (kind = 'transit'::text);

CREATE TRIGGER audit_log_sealed_once BEFORE UPDATE ON public.audit_log FOR EACH ROW EXECUTE FUNCTION app.seal_once();

CREATE TRIGGER category_tree BEFORE INSERT OR UPDATE OF parent_id ON public.category FOR EACH ROW WHEN ((new.parent_id IS NOT NULL)) EXECUTE FUNCTION app.keep_category_tree();

CREATE TRIGGER company_currency BEFORE UPDATE OF currency ON public.company FOR EACH ROW WHEN ((old.currency <> new.currency)) EXECUTE FUNCTION app.keep_currency();

CREATE TRIGGER coupon_redemption_admission BEFORE INSERT ON public.coupon_redemption FOR EACH ROW EXECUTE FUNCTION app.admit_redemption();

CREATE TRIGGER file_count AFTER INSERT OR DELETE ON public.file FOR EACH ROW EXECUTE FUNCTION app.count_file();

CREATE TRIGGER journal_line_post AFTER INSERT ON public.journal_line REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION app.post_lines();

CREATE TRIGGER membership_admission BEFORE INSERT ON public.membership FOR EACH ROW EXECUTE FUNCTION app.admit_member();

CREATE TRIGGER membership_keeps_owner_delete AFTER DELETE ON public.membership REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION app.keep_owner();

CREATE TRIGGER membership_keeps_owner_update AFTER UPDATE ON public.membership REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION app.keep_owner();

CREATE TRIGGER platform_operator_admission BEFORE INSERT ON public.platform_operator FOR EACH ROW EXECUTE FUNCTION app.admit_operator();

CREATE TRIGGER price_rule_grounded BEFORE INSERT OR UPDATE OF base_list_id, price_list_id ON public.price_rule FOR EACH ROW WHEN ((new.base_list_id IS NOT NULL)) EXECUTE FUNCTION app.keep_price_lists_grounded();

CREATE TRIGGER product_barcode_indexed AFTER INSERT OR DELETE ON public.product_barcode FOR EACH ROW EXECUTE FUNCTION app.index_barcode();

CREATE TRIGGER product_indexed_change AFTER UPDATE ON public.product REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION app.index_changed_products();

CREATE TRIGGER product_indexed_new AFTER INSERT ON public.product REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION app.index_new_products();

CREATE TRIGGER register_admission BEFORE INSERT ON public.register FOR EACH ROW EXECUTE FUNCTION app.admit_register();

CREATE TRIGGER store_admission BEFORE INSERT ON public.store FOR EACH ROW EXECUTE FUNCTION app.admit_store();

CREATE TRIGGER subscription_state_order BEFORE UPDATE OF state ON public.subscription FOR EACH ROW EXECUTE FUNCTION app.keep_subscription_states();

ALTER TABLE ONLY public.account_balance
    ADD CONSTRAINT account_balance_account_fk FOREIGN KEY (tenant_id, account_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_parent_fk FOREIGN KEY (tenant_id, parent) REFERENCES public.account(tenant_id, code);

ALTER TABLE ONLY public.account_role
    ADD CONSTRAINT account_role_account_fk FOREIGN KEY (tenant_id, account_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.attribute
    ADD CONSTRAINT attribute_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.attribute_value
    ADD CONSTRAINT attribute_value_attribute_fk FOREIGN KEY (tenant_id, attribute_id) REFERENCES public.attribute(tenant_id, id);

ALTER TABLE ONLY public.audit_seal
    ADD CONSTRAINT audit_seal_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.backup_code
    ADD CONSTRAINT backup_code_person_fk FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.billing_credit
    ADD CONSTRAINT billing_credit_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.billing_invoice_line
    ADD CONSTRAINT billing_invoice_line_invoice_fk FOREIGN KEY (tenant_id, invoice_id) REFERENCES public.billing_invoice(tenant_id, id);

ALTER TABLE ONLY public.billing_invoice
    ADD CONSTRAINT billing_invoice_subscription_fk FOREIGN KEY (tenant_id, subscription_id) REFERENCES public.subscription(tenant_id, id);

ALTER TABLE ONLY public.billing_payment
    ADD CONSTRAINT billing_payment_invoice_fk FOREIGN KEY (tenant_id, invoice_id) REFERENCES public.billing_invoice(tenant_id, id);

ALTER TABLE ONLY public.category
    ADD CONSTRAINT category_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.category
    ADD CONSTRAINT category_parent_fk FOREIGN KEY (tenant_id, parent_id) REFERENCES public.category(tenant_id, id);

ALTER TABLE ONLY public.challenge
    ADD CONSTRAINT challenge_person_fk FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.company_domain
    ADD CONSTRAINT company_domain_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.company_logo
    ADD CONSTRAINT company_logo_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.company_logo
    ADD CONSTRAINT company_logo_file_fk FOREIGN KEY (tenant_id, file_id) REFERENCES public.file(tenant_id, id);

ALTER TABLE ONLY public.company_messaging
    ADD CONSTRAINT company_messaging_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.contact_address
    ADD CONSTRAINT contact_address_contact_fk FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contact(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contact_bank_account
    ADD CONSTRAINT contact_bank_account_contact_fk FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contact(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contact
    ADD CONSTRAINT contact_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.contact_consent
    ADD CONSTRAINT contact_consent_contact_fk FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contact(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contact_dismissal
    ADD CONSTRAINT contact_dismissal_high_fk FOREIGN KEY (tenant_id, high_id) REFERENCES public.contact(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contact_dismissal
    ADD CONSTRAINT contact_dismissal_low_fk FOREIGN KEY (tenant_id, low_id) REFERENCES public.contact(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contact_email
    ADD CONSTRAINT contact_email_contact_fk FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contact(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contact_key
    ADD CONSTRAINT contact_key_contact_fk FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contact(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contact
    ADD CONSTRAINT contact_merged_fk FOREIGN KEY (tenant_id, merged_into) REFERENCES public.contact(tenant_id, id);

ALTER TABLE ONLY public.contact_phone
    ADD CONSTRAINT contact_phone_contact_fk FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contact(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coupon_plan
    ADD CONSTRAINT coupon_plan_coupon_fk FOREIGN KEY (coupon_id) REFERENCES public.coupon(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coupon_plan
    ADD CONSTRAINT coupon_plan_plan_fk FOREIGN KEY (plan_id) REFERENCES public.plan(id);

ALTER TABLE ONLY public.coupon_redemption
    ADD CONSTRAINT coupon_redemption_coupon_fk FOREIGN KEY (coupon_id) REFERENCES public.coupon(id);

ALTER TABLE ONLY public.coupon_redemption
    ADD CONSTRAINT coupon_redemption_subscription_fk FOREIGN KEY (tenant_id, subscription_id) REFERENCES public.subscription(tenant_id, id);

ALTER TABLE ONLY public.entitlement
    ADD CONSTRAINT entitlement_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.field_setting
    ADD CONSTRAINT field_setting_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.file
    ADD CONSTRAINT file_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.file_usage
    ADD CONSTRAINT file_usage_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.group_member
    ADD CONSTRAINT group_member_group_fk FOREIGN KEY (tenant_id, group_kind, group_id) REFERENCES public.permission_list(tenant_id, kind, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.group_member
    ADD CONSTRAINT group_member_membership_fk FOREIGN KEY (tenant_id, person_id) REFERENCES public.membership(tenant_id, person_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.import_batch
    ADD CONSTRAINT import_batch_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.import_batch
    ADD CONSTRAINT import_batch_file_fk FOREIGN KEY (tenant_id, file_id) REFERENCES public.file(tenant_id, id);

ALTER TABLE ONLY public.import_row
    ADD CONSTRAINT import_row_batch_fk FOREIGN KEY (tenant_id, batch_id) REFERENCES public.import_batch(tenant_id, id);

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT invitation_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT invitation_role_fk FOREIGN KEY (tenant_id, role_kind, role_id) REFERENCES public.permission_list(tenant_id, kind, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.journal_entry
    ADD CONSTRAINT journal_entry_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.journal_line
    ADD CONSTRAINT journal_line_account_fk FOREIGN KEY (tenant_id, account_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.journal_line
    ADD CONSTRAINT journal_line_entry_fk FOREIGN KEY (tenant_id, entry_id) REFERENCES public.journal_entry(tenant_id, id);

ALTER TABLE ONLY public.known_device
    ADD CONSTRAINT known_device_person_fk FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.mail_code
    ADD CONSTRAINT mail_code_person_fk FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.mail_token
    ADD CONSTRAINT mail_token_person_fk FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT membership_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT membership_person_fk FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT membership_role_fk FOREIGN KEY (tenant_id, role_kind, role_id) REFERENCES public.permission_list(tenant_id, kind, id);

ALTER TABLE ONLY public.passkey
    ADD CONSTRAINT passkey_person_fk FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.payment_method
    ADD CONSTRAINT payment_method_role_fk FOREIGN KEY (tenant_id, account_role) REFERENCES public.account_role(tenant_id, role);

ALTER TABLE ONLY public.permission_list
    ADD CONSTRAINT permission_list_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.plan_service
    ADD CONSTRAINT plan_service_plan_fk FOREIGN KEY (plan_id) REFERENCES public.plan(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.plan_service
    ADD CONSTRAINT plan_service_service_fk FOREIGN KEY (service_id) REFERENCES public.service(id);

ALTER TABLE ONLY public.platform_operator
    ADD CONSTRAINT platform_operator_person_fk FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.price_list
    ADD CONSTRAINT price_list_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.price_list_place
    ADD CONSTRAINT price_list_place_list_fk FOREIGN KEY (tenant_id, price_list_id) REFERENCES public.price_list(tenant_id, id);

ALTER TABLE ONLY public.price_list_place
    ADD CONSTRAINT price_list_place_register_fk FOREIGN KEY (tenant_id, register_id) REFERENCES public.register(tenant_id, id);

ALTER TABLE ONLY public.price_list_place
    ADD CONSTRAINT price_list_place_store_fk FOREIGN KEY (tenant_id, store_id) REFERENCES public.store(tenant_id, id);

ALTER TABLE ONLY public.price_rule
    ADD CONSTRAINT price_rule_base_list_fk FOREIGN KEY (tenant_id, base_list_id) REFERENCES public.price_list(tenant_id, id);

ALTER TABLE ONLY public.price_rule
    ADD CONSTRAINT price_rule_category_fk FOREIGN KEY (tenant_id, category_id) REFERENCES public.category(tenant_id, id);

ALTER TABLE ONLY public.price_rule
    ADD CONSTRAINT price_rule_list_fk FOREIGN KEY (tenant_id, price_list_id) REFERENCES public.price_list(tenant_id, id);

ALTER TABLE ONLY public.price_rule
    ADD CONSTRAINT price_rule_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.product_barcode
    ADD CONSTRAINT product_barcode_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.product_barcode
    ADD CONSTRAINT product_barcode_unit_fk FOREIGN KEY (tenant_id, product_id, unit_code) REFERENCES public.product_unit(tenant_id, product_id, unit_code);

ALTER TABLE ONLY public.product
    ADD CONSTRAINT product_category_fk FOREIGN KEY (tenant_id, category_id) REFERENCES public.category(tenant_id, id);

ALTER TABLE ONLY public.product
    ADD CONSTRAINT product_parent_fk FOREIGN KEY (tenant_id, parent_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.product_supplier_price
    ADD CONSTRAINT product_supplier_price_offer_fk FOREIGN KEY (tenant_id, offer_id) REFERENCES public.product_supplier(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.product_supplier
    ADD CONSTRAINT product_supplier_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.product_supplier
    ADD CONSTRAINT product_supplier_supplier_fk FOREIGN KEY (tenant_id, supplier_id) REFERENCES public.contact(tenant_id, id);

ALTER TABLE ONLY public.product
    ADD CONSTRAINT product_tax_fk FOREIGN KEY (tenant_id, tax_id) REFERENCES public.tax(tenant_id, id);

ALTER TABLE ONLY public.product
    ADD CONSTRAINT product_unit_fk FOREIGN KEY (tenant_id, unit_code) REFERENCES public.unit(tenant_id, code);

ALTER TABLE ONLY public.product_unit
    ADD CONSTRAINT product_unit_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.product_unit
    ADD CONSTRAINT product_unit_unit_fk FOREIGN KEY (tenant_id, unit_code) REFERENCES public.unit(tenant_id, code);

ALTER TABLE ONLY public.purchase_proposal_line
    ADD CONSTRAINT purchase_proposal_line_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.purchase_proposal_line
    ADD CONSTRAINT purchase_proposal_line_proposal_fk FOREIGN KEY (tenant_id, proposal_id) REFERENCES public.purchase_proposal(tenant_id, id);

ALTER TABLE ONLY public.purchase_proposal_line
    ADD CONSTRAINT purchase_proposal_line_supplier_fk FOREIGN KEY (tenant_id, supplier_id) REFERENCES public.contact(tenant_id, id);

ALTER TABLE ONLY public.purchase_proposal_line
    ADD CONSTRAINT purchase_proposal_line_warehouse_fk FOREIGN KEY (tenant_id, warehouse_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.refresh_token
    ADD CONSTRAINT refresh_token_session_fk FOREIGN KEY (session_id) REFERENCES public.session(id);

ALTER TABLE ONLY public.register
    ADD CONSTRAINT register_store_fk FOREIGN KEY (tenant_id, store_id) REFERENCES public.store(tenant_id, id);

ALTER TABLE ONLY public.register
    ADD CONSTRAINT register_warehouse_fk FOREIGN KEY (tenant_id, warehouse_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.sale
    ADD CONSTRAINT sale_customer_fk FOREIGN KEY (tenant_id, customer_id) REFERENCES public.contact(tenant_id, id);

ALTER TABLE ONLY public.sale_line
    ADD CONSTRAINT sale_line_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.sale_line
    ADD CONSTRAINT sale_line_sale_fk FOREIGN KEY (tenant_id, sale_id) REFERENCES public.sale(tenant_id, id);

ALTER TABLE ONLY public.sale_line
    ADD CONSTRAINT sale_line_tax_fk FOREIGN KEY (tenant_id, tax_id) REFERENCES public.tax(tenant_id, id);

ALTER TABLE ONLY public.sale_payment
    ADD CONSTRAINT sale_payment_method_fk FOREIGN KEY (tenant_id, method) REFERENCES public.payment_method(tenant_id, code);

ALTER TABLE ONLY public.sale_payment
    ADD CONSTRAINT sale_payment_sale_fk FOREIGN KEY (tenant_id, sale_id) REFERENCES public.sale(tenant_id, id);

ALTER TABLE ONLY public.sale
    ADD CONSTRAINT sale_refunded_fk FOREIGN KEY (tenant_id, refunded_sale_id) REFERENCES public.sale(tenant_id, id);

ALTER TABLE ONLY public.sale
    ADD CONSTRAINT sale_series_fk FOREIGN KEY (tenant_id, series_id) REFERENCES public.series(tenant_id, id);

ALTER TABLE ONLY public.sale
    ADD CONSTRAINT sale_shift_fk FOREIGN KEY (tenant_id, register_id, shift_id) REFERENCES public.shift(tenant_id, register_id, id);

ALTER TABLE ONLY public.scan_code
    ADD CONSTRAINT scan_code_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.scan_code
    ADD CONSTRAINT scan_code_unit_fk FOREIGN KEY (tenant_id, unit_code) REFERENCES public.unit(tenant_id, code);

ALTER TABLE ONLY public.series
    ADD CONSTRAINT series_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.series
    ADD CONSTRAINT series_register_fk FOREIGN KEY (tenant_id, register_id) REFERENCES public.register(tenant_id, id);

ALTER TABLE ONLY public.series
    ADD CONSTRAINT series_shift_fk FOREIGN KEY (tenant_id, register_id, open_shift_id) REFERENCES public.shift(tenant_id, register_id, id);

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_person_fk FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.shift
    ADD CONSTRAINT shift_register_fk FOREIGN KEY (tenant_id, register_id) REFERENCES public.register(tenant_id, id);

ALTER TABLE ONLY public.stock_adjustment_line
    ADD CONSTRAINT stock_adjustment_line_adjustment_fk FOREIGN KEY (tenant_id, adjustment_id) REFERENCES public.stock_adjustment(tenant_id, id);

ALTER TABLE ONLY public.stock_adjustment_line
    ADD CONSTRAINT stock_adjustment_line_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.stock_adjustment
    ADD CONSTRAINT stock_adjustment_warehouse_fk FOREIGN KEY (tenant_id, warehouse_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.stock_alert
    ADD CONSTRAINT stock_alert_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.stock_alert
    ADD CONSTRAINT stock_alert_warehouse_fk FOREIGN KEY (tenant_id, warehouse_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.stock_count_line
    ADD CONSTRAINT stock_count_line_count_fk FOREIGN KEY (tenant_id, count_id) REFERENCES public.stock_count(tenant_id, id);

ALTER TABLE ONLY public.stock_count_line
    ADD CONSTRAINT stock_count_line_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.stock_count
    ADD CONSTRAINT stock_count_warehouse_fk FOREIGN KEY (tenant_id, warehouse_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.stock_level
    ADD CONSTRAINT stock_level_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.stock_level
    ADD CONSTRAINT stock_level_warehouse_fk FOREIGN KEY (tenant_id, warehouse_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.stock_move
    ADD CONSTRAINT stock_move_level_fk FOREIGN KEY (tenant_id, warehouse_id, product_id) REFERENCES public.stock_level(tenant_id, warehouse_id, product_id);

ALTER TABLE ONLY public.stock_reservation
    ADD CONSTRAINT stock_reservation_level_fk FOREIGN KEY (tenant_id, warehouse_id, product_id) REFERENCES public.stock_level(tenant_id, warehouse_id, product_id);

ALTER TABLE ONLY public.stock_rule
    ADD CONSTRAINT stock_rule_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.stock_rule
    ADD CONSTRAINT stock_rule_warehouse_fk FOREIGN KEY (tenant_id, warehouse_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.stock_transfer
    ADD CONSTRAINT stock_transfer_from_fk FOREIGN KEY (tenant_id, from_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.stock_transfer_line
    ADD CONSTRAINT stock_transfer_line_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.stock_transfer_line
    ADD CONSTRAINT stock_transfer_line_transfer_fk FOREIGN KEY (tenant_id, transfer_id) REFERENCES public.stock_transfer(tenant_id, id);

ALTER TABLE ONLY public.stock_transfer
    ADD CONSTRAINT stock_transfer_to_fk FOREIGN KEY (tenant_id, to_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.store
    ADD CONSTRAINT store_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.store
    ADD CONSTRAINT store_warehouse_fk FOREIGN KEY (tenant_id, warehouse_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.subscription
    ADD CONSTRAINT subscription_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.subscription_event
    ADD CONSTRAINT subscription_event_subscription_fk FOREIGN KEY (tenant_id, subscription_id) REFERENCES public.subscription(tenant_id, id);

ALTER TABLE ONLY public.subscription
    ADD CONSTRAINT subscription_next_plan_fk FOREIGN KEY (next_plan_id) REFERENCES public.plan(id);

ALTER TABLE ONLY public.subscription
    ADD CONSTRAINT subscription_plan_fk FOREIGN KEY (plan_id) REFERENCES public.plan(id);

ALTER TABLE ONLY public.subscription
    ADD CONSTRAINT subscription_previous_fk FOREIGN KEY (tenant_id, previous_id) REFERENCES public.subscription(tenant_id, id);

ALTER TABLE ONLY public.support_access
    ADD CONSTRAINT support_access_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.tax
    ADD CONSTRAINT tax_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.template
    ADD CONSTRAINT template_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.totp
    ADD CONSTRAINT totp_person_fk FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.unit_conversion
    ADD CONSTRAINT unit_conversion_from_fk FOREIGN KEY (tenant_id, from_unit) REFERENCES public.unit(tenant_id, code);

ALTER TABLE ONLY public.unit_conversion
    ADD CONSTRAINT unit_conversion_to_fk FOREIGN KEY (tenant_id, to_unit) REFERENCES public.unit(tenant_id, code);

ALTER TABLE ONLY public.variant_value
    ADD CONSTRAINT variant_value_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.variant_value
    ADD CONSTRAINT variant_value_value_fk FOREIGN KEY (tenant_id, attribute_id, value_id) REFERENCES public.attribute_value(tenant_id, attribute_id, id);

ALTER TABLE ONLY public.warehouse
    ADD CONSTRAINT warehouse_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE public.account ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.account_balance ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.account_role ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.api_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.attribute ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.attribute_value ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_seal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.billing_credit ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.billing_invoice ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.billing_invoice_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.billing_payment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.category ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.company ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.company_domain ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.company_logo ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.company_messaging ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_address ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_bank_account ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_consent ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_dismissal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_duplicate ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_email ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_phone ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coupon_redemption ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.entitlement ENABLE ROW LEVEL SECURITY;

CREATE POLICY fellow_members ON public.person FOR SELECT TO balanza_app USING ((EXISTS ( SELECT
   FROM public.membership m
  WHERE ((m.tenant_id = ( SELECT app.tenant() AS tenant)) AND (m.person_id = person.id)))));

ALTER TABLE public.field_setting ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_usage ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.group_member ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.idempotency_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.import_batch ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.import_row ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.invitation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.job ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.journal_entry ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.journal_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.membership ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.outbox_event ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_method ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.permission_list ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.person ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.price_list ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.price_list_place ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.price_rule ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.product ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.product_barcode ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.product_supplier ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.product_supplier_price ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.product_term ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.product_unit ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.purchase_proposal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.purchase_proposal_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.register ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sale ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sale_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sale_payment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.scan_code ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.series ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.shift ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_adjustment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_adjustment_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_alert ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_count ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_count_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_level ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_move ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_reservation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_rule ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_transfer ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_transfer_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.store ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.subscription ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.subscription_event ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.support_access ENABLE ROW LEVEL SECURITY;

CREATE POLICY system_acceptance ON public.invitation TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_billing ON public.billing_credit TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_billing ON public.billing_invoice TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_billing ON public.billing_invoice_line TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_billing ON public.billing_payment TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_counts ON public.register TO balanza_system USING (true);

CREATE POLICY system_coupons ON public.coupon_redemption TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_domains ON public.company_domain TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_entitlements ON public.entitlement TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_events ON public.audit_log TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_keys ON public.api_key TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_login ON public.membership TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_login ON public.person TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_messaging ON public.company_messaging TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_permissions ON public.group_member TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_permissions ON public.permission_list TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_registration ON public.company TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_seals ON public.audit_seal TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_subscriptions ON public.subscription TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_subscriptions ON public.subscription_event TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_support ON public.support_access TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_sweep ON public.idempotency_key TO balanza_system USING (true);

CREATE POLICY system_warnings ON public.series TO balanza_system USING (true) WITH CHECK (true);

CREATE POLICY system_worker ON public.job TO balanza_system USING (true) WITH CHECK (true);

ALTER TABLE public.tax ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.template ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_isolation ON public.account USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.account_balance USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.account_role USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.api_key USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.attribute USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.attribute_value USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.audit_log USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.audit_seal USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.billing_credit USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.billing_invoice USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.billing_invoice_line USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.billing_payment USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.category USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.company USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.company_domain USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.company_logo USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.company_messaging USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.contact USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.contact_address USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.contact_bank_account USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.contact_consent USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.contact_dismissal USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.contact_duplicate USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.contact_email USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.contact_key USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.contact_phone USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.coupon_redemption USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.entitlement USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.field_setting USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.file USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.file_usage USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.group_member USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.idempotency_key USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.import_batch USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.import_row USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.invitation USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.job USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.journal_entry USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.journal_line USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.membership USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.outbox_event USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.payment_method USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.permission_list USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.price_list USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.price_list_place USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.price_rule USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.product USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.product_barcode USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.product_supplier USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.product_supplier_price USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.product_term USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.product_unit USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.purchase_proposal USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.purchase_proposal_line USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.register USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.sale USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.sale_line USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.sale_payment USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.scan_code USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.series USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.shift USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_adjustment USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_adjustment_line USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_alert USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_count USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_count_line USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_level USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_move USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_reservation USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_rule USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_transfer USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_transfer_line USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.store USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.subscription USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.subscription_event USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.support_access USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.tax USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.template USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.unit USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.unit_conversion USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.variant_value USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.warehouse USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.word_part USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

ALTER TABLE public.unit ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.unit_conversion ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.variant_value ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.warehouse ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.word_part ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA app TO balanza_app;
GRANT USAGE ON SCHEMA app TO balanza_system;

GRANT USAGE ON SCHEMA public TO balanza_app;
GRANT USAGE ON SCHEMA public TO balanza_system;

REVOKE ALL ON FUNCTION app.enclose(target regclass) FROM PUBLIC;

GRANT SELECT,INSERT ON TABLE public.audit_log TO balanza_app;
GRANT SELECT,INSERT ON TABLE public.audit_log TO balanza_system;

GRANT UPDATE(seal) ON TABLE public.audit_log TO balanza_system;

GRANT SELECT,INSERT ON TABLE public.sale TO balanza_app;

GRANT UPDATE(customer_id) ON TABLE public.sale TO balanza_app;

GRANT SELECT ON TABLE app.contact_document TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.stock_transfer TO balanza_app;

GRANT UPDATE(state) ON TABLE public.stock_transfer TO balanza_app;

GRANT UPDATE(received_at) ON TABLE public.stock_transfer TO balanza_app;

GRANT UPDATE(version) ON TABLE public.stock_transfer TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.stock_transfer_line TO balanza_app;

GRANT UPDATE(received) ON TABLE public.stock_transfer_line TO balanza_app;

GRANT UPDATE(received_minor) ON TABLE public.stock_transfer_line TO balanza_app;

GRANT UPDATE(lost) ON TABLE public.stock_transfer_line TO balanza_app;

GRANT UPDATE(lost_minor) ON TABLE public.stock_transfer_line TO balanza_app;

GRANT SELECT ON TABLE app.stock_incoming TO balanza_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.product TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.stock_level TO balanza_app;

GRANT UPDATE(quantity) ON TABLE public.stock_level TO balanza_app;

GRANT UPDATE(value_minor) ON TABLE public.stock_level TO balanza_app;

GRANT UPDATE(reserved) ON TABLE public.stock_level TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.stock_rule TO balanza_app;

GRANT UPDATE(min_stock) ON TABLE public.stock_rule TO balanza_app;

GRANT UPDATE(max_stock) ON TABLE public.stock_rule TO balanza_app;

GRANT UPDATE(version) ON TABLE public.stock_rule TO balanza_app;

GRANT UPDATE(updated_at) ON TABLE public.stock_rule TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.warehouse TO balanza_app;

GRANT UPDATE(name) ON TABLE public.warehouse TO balanza_app;

GRANT UPDATE(address) ON TABLE public.warehouse TO balanza_app;

GRANT UPDATE(is_active) ON TABLE public.warehouse TO balanza_app;

GRANT UPDATE(version) ON TABLE public.warehouse TO balanza_app;

GRANT SELECT ON TABLE app.stock_need TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.account TO balanza_app;

GRANT SELECT ON TABLE public.account_balance TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.account_role TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.api_key TO balanza_app;
GRANT SELECT ON TABLE public.api_key TO balanza_system;

GRANT UPDATE(name) ON TABLE public.api_key TO balanza_app;

GRANT UPDATE(prefix) ON TABLE public.api_key TO balanza_app;

GRANT UPDATE(hash) ON TABLE public.api_key TO balanza_app;

GRANT UPDATE(previous_hash) ON TABLE public.api_key TO balanza_app;

GRANT UPDATE(previous_until) ON TABLE public.api_key TO balanza_app;

GRANT UPDATE(scopes) ON TABLE public.api_key TO balanza_app;

GRANT UPDATE(networks) ON TABLE public.api_key TO balanza_app;

GRANT UPDATE(expires_at) ON TABLE public.api_key TO balanza_app;

GRANT UPDATE(last_used_at) ON TABLE public.api_key TO balanza_system;

GRANT UPDATE(revoked_at) ON TABLE public.api_key TO balanza_app;

GRANT UPDATE(version) ON TABLE public.api_key TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.attribute TO balanza_app;

GRANT UPDATE(name) ON TABLE public.attribute TO balanza_app;

GRANT UPDATE("position") ON TABLE public.attribute TO balanza_app;

GRANT UPDATE(version) ON TABLE public.attribute TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.attribute_value TO balanza_app;

GRANT UPDATE("position") ON TABLE public.attribute_value TO balanza_app;

GRANT SELECT ON TABLE public.audit_seal TO balanza_app;
GRANT SELECT,INSERT ON TABLE public.audit_seal TO balanza_system;

GRANT SELECT,INSERT ON TABLE public.auth_event TO balanza_system;

GRANT SELECT,INSERT,DELETE ON TABLE public.backup_code TO balanza_system;

GRANT UPDATE(used_at) ON TABLE public.backup_code TO balanza_system;

GRANT SELECT,INSERT ON TABLE public.billing_counter TO balanza_system;

GRANT UPDATE(next) ON TABLE public.billing_counter TO balanza_system;

GRANT SELECT ON TABLE public.billing_credit TO balanza_app;
GRANT SELECT,INSERT ON TABLE public.billing_credit TO balanza_system;

GRANT SELECT ON TABLE public.billing_invoice TO balanza_app;
GRANT SELECT,INSERT ON TABLE public.billing_invoice TO balanza_system;

GRANT UPDATE(state) ON TABLE public.billing_invoice TO balanza_system;

GRANT UPDATE(paid_minor) ON TABLE public.billing_invoice TO balanza_system;

GRANT UPDATE(paid_at) ON TABLE public.billing_invoice TO balanza_system;

GRANT SELECT ON TABLE public.billing_invoice_line TO balanza_app;
GRANT SELECT,INSERT ON TABLE public.billing_invoice_line TO balanza_system;

GRANT SELECT ON TABLE public.billing_payment TO balanza_app;
GRANT SELECT,INSERT ON TABLE public.billing_payment TO balanza_system;

GRANT SELECT,INSERT ON TABLE public.billing_webhook_event TO balanza_system;

GRANT UPDATE(outcome) ON TABLE public.billing_webhook_event TO balanza_system;

GRANT SELECT,INSERT,DELETE ON TABLE public.category TO balanza_app;

GRANT UPDATE(parent_id) ON TABLE public.category TO balanza_app;

GRANT UPDATE(name) ON TABLE public.category TO balanza_app;

GRANT UPDATE("position") ON TABLE public.category TO balanza_app;

GRANT UPDATE(version) ON TABLE public.category TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.challenge TO balanza_system;

GRANT UPDATE(person_id) ON TABLE public.challenge TO balanza_system;

GRANT UPDATE(state) ON TABLE public.challenge TO balanza_system;

GRANT UPDATE(attempts) ON TABLE public.challenge TO balanza_system;

GRANT UPDATE(used_at) ON TABLE public.challenge TO balanza_system;

GRANT SELECT ON TABLE public.company TO balanza_app;
GRANT SELECT,INSERT ON TABLE public.company TO balanza_system;

GRANT UPDATE(legal_name) ON TABLE public.company TO balanza_app;
GRANT UPDATE(legal_name) ON TABLE public.company TO balanza_system;

GRANT UPDATE(trade_name) ON TABLE public.company TO balanza_app;
GRANT UPDATE(trade_name) ON TABLE public.company TO balanza_system;

GRANT UPDATE(tax_identifier) ON TABLE public.company TO balanza_app;
GRANT UPDATE(tax_identifier) ON TABLE public.company TO balanza_system;

GRANT UPDATE(address) ON TABLE public.company TO balanza_app;
GRANT UPDATE(address) ON TABLE public.company TO balanza_system;

GRANT UPDATE(currency) ON TABLE public.company TO balanza_app;

GRANT UPDATE(time_zone) ON TABLE public.company TO balanza_app;

GRANT UPDATE(language) ON TABLE public.company TO balanza_app;

GRANT UPDATE(prices_include_tax) ON TABLE public.company TO balanza_app;

GRANT UPDATE(rounding) ON TABLE public.company TO balanza_app;

GRANT UPDATE(status) ON TABLE public.company TO balanza_system;

GRANT UPDATE(onboarded_at) ON TABLE public.company TO balanza_app;

GRANT UPDATE(version) ON TABLE public.company TO balanza_app;
GRANT UPDATE(version) ON TABLE public.company TO balanza_system;

GRANT UPDATE(require_second_factor) ON TABLE public.company TO balanza_app;

GRANT UPDATE(is_test) ON TABLE public.company TO balanza_system;

GRANT UPDATE(test_until) ON TABLE public.company TO balanza_system;

GRANT UPDATE(tax_identifier_type) ON TABLE public.company TO balanza_app;
GRANT UPDATE(tax_identifier_type) ON TABLE public.company TO balanza_system;

GRANT UPDATE(email) ON TABLE public.company TO balanza_app;

GRANT UPDATE(phone) ON TABLE public.company TO balanza_app;

GRANT UPDATE(website) ON TABLE public.company TO balanza_app;

GRANT UPDATE(city) ON TABLE public.company TO balanza_app;

GRANT UPDATE(region) ON TABLE public.company TO balanza_app;

GRANT UPDATE(postal_code) ON TABLE public.company TO balanza_app;

GRANT UPDATE(fiscal_year_start) ON TABLE public.company TO balanza_app;

GRANT UPDATE(tax_regime) ON TABLE public.company TO balanza_app;

GRANT UPDATE(sector) ON TABLE public.company TO balanza_app;

GRANT SELECT ON TABLE public.company_domain TO balanza_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.company_domain TO balanza_system;

GRANT SELECT,INSERT,DELETE ON TABLE public.company_logo TO balanza_app;

GRANT UPDATE(file_id) ON TABLE public.company_logo TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.company_messaging TO balanza_system;

GRANT UPDATE(enabled) ON TABLE public.company_messaging TO balanza_system;

GRANT UPDATE(sender) ON TABLE public.company_messaging TO balanza_system;

GRANT UPDATE(account) ON TABLE public.company_messaging TO balanza_system;

GRANT UPDATE(endpoint) ON TABLE public.company_messaging TO balanza_system;

GRANT UPDATE(token_sealed) ON TABLE public.company_messaging TO balanza_system;

GRANT UPDATE(updated_at) ON TABLE public.company_messaging TO balanza_system;

GRANT SELECT,INSERT,DELETE ON TABLE public.contact TO balanza_app;

GRANT UPDATE(kind) ON TABLE public.contact TO balanza_app;

GRANT UPDATE(legal_name) ON TABLE public.contact TO balanza_app;

GRANT UPDATE(trade_name) ON TABLE public.contact TO balanza_app;

GRANT UPDATE(roles) ON TABLE public.contact TO balanza_app;

GRANT UPDATE(country) ON TABLE public.contact TO balanza_app;

GRANT UPDATE(identifier) ON TABLE public.contact TO balanza_app;

GRANT UPDATE(identifier_type) ON TABLE public.contact TO balanza_app;

GRANT UPDATE(payment_terms_days) ON TABLE public.contact TO balanza_app;

GRANT UPDATE(credit_limit_minor) ON TABLE public.contact TO balanza_app;

GRANT UPDATE(language) ON TABLE public.contact TO balanza_app;

GRANT UPDATE(notes) ON TABLE public.contact TO balanza_app;

GRANT UPDATE(tags) ON TABLE public.contact TO balanza_app;

GRANT UPDATE(is_active) ON TABLE public.contact TO balanza_app;

GRANT UPDATE(merged_into) ON TABLE public.contact TO balanza_app;

GRANT UPDATE(erased_at) ON TABLE public.contact TO balanza_app;

GRANT UPDATE(version) ON TABLE public.contact TO balanza_app;

GRANT UPDATE(updated_at) ON TABLE public.contact TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.contact_address TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.contact_bank_account TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.contact_consent TO balanza_app;

GRANT UPDATE(contact_id) ON TABLE public.contact_consent TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.contact_dismissal TO balanza_app;

GRANT UPDATE(low_id) ON TABLE public.contact_dismissal TO balanza_app;

GRANT UPDATE(high_id) ON TABLE public.contact_dismissal TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.contact_duplicate TO balanza_app;

GRANT UPDATE(score) ON TABLE public.contact_duplicate TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.contact_email TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.contact_key TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.contact_phone TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.coupon TO balanza_system;

GRANT UPDATE(description) ON TABLE public.coupon TO balanza_system;

GRANT UPDATE(valid_from) ON TABLE public.coupon TO balanza_system;

GRANT UPDATE(valid_until) ON TABLE public.coupon TO balanza_system;

GRANT UPDATE(max_uses) ON TABLE public.coupon TO balanza_system;

GRANT UPDATE(max_uses_per_company) ON TABLE public.coupon TO balanza_system;

GRANT UPDATE(used) ON TABLE public.coupon TO balanza_system;

GRANT UPDATE(is_active) ON TABLE public.coupon TO balanza_system;

GRANT UPDATE(version) ON TABLE public.coupon TO balanza_system;

GRANT SELECT,INSERT ON TABLE public.coupon_plan TO balanza_system;

GRANT SELECT ON TABLE public.coupon_redemption TO balanza_app;
GRANT SELECT,INSERT ON TABLE public.coupon_redemption TO balanza_system;

GRANT UPDATE(subscription_id) ON TABLE public.coupon_redemption TO balanza_system;

GRANT UPDATE(bills_left) ON TABLE public.coupon_redemption TO balanza_system;

GRANT SELECT ON TABLE public.entitlement TO balanza_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.entitlement TO balanza_system;

GRANT UPDATE(hidden_modules) ON TABLE public.entitlement TO balanza_app;

GRANT SELECT ON TABLE public.erasure TO balanza_system;

GRANT SELECT,INSERT,DELETE ON TABLE public.field_setting TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.file TO balanza_app;

GRANT UPDATE(content_type) ON TABLE public.file TO balanza_app;

GRANT UPDATE(state) ON TABLE public.file TO balanza_app;

GRANT UPDATE(sha256) ON TABLE public.file TO balanza_app;

GRANT UPDATE(width) ON TABLE public.file TO balanza_app;

GRANT UPDATE(height) ON TABLE public.file TO balanza_app;

GRANT UPDATE(has_thumbnail) ON TABLE public.file TO balanza_app;

GRANT UPDATE(ready_at) ON TABLE public.file TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.file_usage TO balanza_app;

GRANT UPDATE(bytes) ON TABLE public.file_usage TO balanza_app;

GRANT UPDATE(files) ON TABLE public.file_usage TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.group_member TO balanza_app;
GRANT SELECT,INSERT ON TABLE public.group_member TO balanza_system;

GRANT SELECT,INSERT ON TABLE public.idempotency_key TO balanza_app;
GRANT SELECT,DELETE ON TABLE public.idempotency_key TO balanza_system;

GRANT UPDATE(status) ON TABLE public.idempotency_key TO balanza_app;

GRANT UPDATE(location) ON TABLE public.idempotency_key TO balanza_app;

GRANT UPDATE(body) ON TABLE public.idempotency_key TO balanza_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.import_batch TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.import_row TO balanza_app;

GRANT UPDATE(errors) ON TABLE public.import_row TO balanza_app;

GRANT UPDATE(ready) ON TABLE public.import_row TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.invitation TO balanza_app;
GRANT SELECT ON TABLE public.invitation TO balanza_system;

GRANT UPDATE(token_hash) ON TABLE public.invitation TO balanza_app;

GRANT UPDATE(sent_at) ON TABLE public.invitation TO balanza_app;

GRANT UPDATE(expires_at) ON TABLE public.invitation TO balanza_app;

GRANT UPDATE(accepted_at) ON TABLE public.invitation TO balanza_system;

GRANT UPDATE(revoked_at) ON TABLE public.invitation TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.job TO balanza_app;
GRANT SELECT,UPDATE ON TABLE public.job TO balanza_system;

GRANT SELECT,INSERT ON TABLE public.journal_entry TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.journal_line TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.known_device TO balanza_system;

GRANT UPDATE(seen_at) ON TABLE public.known_device TO balanza_system;

GRANT SELECT,INSERT ON TABLE public.lease TO balanza_system;

GRANT UPDATE(holder) ON TABLE public.lease TO balanza_system;

GRANT UPDATE(until) ON TABLE public.lease TO balanza_system;

GRANT SELECT,INSERT,DELETE ON TABLE public.mail_code TO balanza_system;

GRANT UPDATE(hash) ON TABLE public.mail_code TO balanza_system;

GRANT UPDATE(attempts) ON TABLE public.mail_code TO balanza_system;

GRANT UPDATE(created_at) ON TABLE public.mail_code TO balanza_system;

GRANT UPDATE(expires_at) ON TABLE public.mail_code TO balanza_system;

GRANT SELECT,INSERT,DELETE ON TABLE public.mail_token TO balanza_system;

GRANT UPDATE(used_at) ON TABLE public.mail_token TO balanza_system;

GRANT SELECT,DELETE ON TABLE public.membership TO balanza_app;
GRANT SELECT,INSERT ON TABLE public.membership TO balanza_system;

GRANT UPDATE(role) ON TABLE public.membership TO balanza_app;

GRANT UPDATE(role_id) ON TABLE public.membership TO balanza_app;

GRANT UPDATE(version) ON TABLE public.membership TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.operator_log TO balanza_system;

GRANT SELECT,INSERT ON TABLE public.outbox_event TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.outgoing_mail TO balanza_system;

GRANT INSERT(id) ON TABLE public.outgoing_mail TO balanza_app;

GRANT INSERT(recipient) ON TABLE public.outgoing_mail TO balanza_app;

GRANT INSERT(letter) ON TABLE public.outgoing_mail TO balanza_app;

GRANT INSERT(language) ON TABLE public.outgoing_mail TO balanza_app;

GRANT INSERT(data) ON TABLE public.outgoing_mail TO balanza_app;
GRANT UPDATE(data) ON TABLE public.outgoing_mail TO balanza_system;

GRANT UPDATE(status) ON TABLE public.outgoing_mail TO balanza_system;

GRANT UPDATE(attempts) ON TABLE public.outgoing_mail TO balanza_system;

GRANT UPDATE(run_at) ON TABLE public.outgoing_mail TO balanza_system;

GRANT UPDATE(leased_until) ON TABLE public.outgoing_mail TO balanza_system;

GRANT UPDATE(error) ON TABLE public.outgoing_mail TO balanza_system;

GRANT UPDATE(finished_at) ON TABLE public.outgoing_mail TO balanza_system;

GRANT SELECT,INSERT,DELETE ON TABLE public.passkey TO balanza_system;

GRANT UPDATE(credential) ON TABLE public.passkey TO balanza_system;

GRANT UPDATE(last_used_at) ON TABLE public.passkey TO balanza_system;

GRANT SELECT,INSERT ON TABLE public.payment_method TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.pending_registration TO balanza_system;

GRANT UPDATE(attempts) ON TABLE public.pending_registration TO balanza_system;

GRANT SELECT,INSERT,DELETE ON TABLE public.permission_list TO balanza_app;
GRANT SELECT ON TABLE public.permission_list TO balanza_system;

GRANT UPDATE(name) ON TABLE public.permission_list TO balanza_app;

GRANT UPDATE(permissions) ON TABLE public.permission_list TO balanza_app;

GRANT UPDATE(version) ON TABLE public.permission_list TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.person TO balanza_system;

GRANT SELECT(id) ON TABLE public.person TO balanza_app;

GRANT UPDATE(email) ON TABLE public.person TO balanza_system;
GRANT SELECT(email) ON TABLE public.person TO balanza_app;

GRANT UPDATE(name) ON TABLE public.person TO balanza_system;
GRANT SELECT(name) ON TABLE public.person TO balanza_app;

GRANT UPDATE(password_hash) ON TABLE public.person TO balanza_system;

GRANT UPDATE(email_verified_at) ON TABLE public.person TO balanza_system;

GRANT UPDATE(language) ON TABLE public.person TO balanza_system;
GRANT SELECT(language) ON TABLE public.person TO balanza_app;

GRANT UPDATE(phone) ON TABLE public.person TO balanza_system;

GRANT UPDATE(address) ON TABLE public.person TO balanza_system;

GRANT UPDATE(city) ON TABLE public.person TO balanza_system;

GRANT UPDATE(country) ON TABLE public.person TO balanza_system;

GRANT UPDATE(birth_date) ON TABLE public.person TO balanza_system;

GRANT UPDATE(status) ON TABLE public.person TO balanza_system;

GRANT UPDATE(version) ON TABLE public.person TO balanza_system;

GRANT UPDATE(second_factor) ON TABLE public.person TO balanza_system;
GRANT SELECT(second_factor) ON TABLE public.person TO balanza_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.plan TO balanza_system;
GRANT SELECT ON TABLE public.plan TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.plan_service TO balanza_system;
GRANT SELECT ON TABLE public.plan_service TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.platform_operator TO balanza_system;

GRANT UPDATE(status) ON TABLE public.platform_operator TO balanza_system;

GRANT SELECT,INSERT ON TABLE public.price_list TO balanza_app;

GRANT UPDATE(name) ON TABLE public.price_list TO balanza_app;

GRANT UPDATE(valid_from) ON TABLE public.price_list TO balanza_app;

GRANT UPDATE(valid_until) ON TABLE public.price_list TO balanza_app;

GRANT UPDATE(priority) ON TABLE public.price_list TO balanza_app;

GRANT UPDATE(is_default) ON TABLE public.price_list TO balanza_app;

GRANT UPDATE(is_active) ON TABLE public.price_list TO balanza_app;

GRANT UPDATE(round_to) ON TABLE public.price_list TO balanza_app;

GRANT UPDATE(ending) ON TABLE public.price_list TO balanza_app;

GRANT UPDATE(version) ON TABLE public.price_list TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.price_list_place TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.price_rule TO balanza_app;

GRANT UPDATE(min_quantity) ON TABLE public.price_rule TO balanza_app;

GRANT UPDATE(valid_from) ON TABLE public.price_rule TO balanza_app;

GRANT UPDATE(valid_until) ON TABLE public.price_rule TO balanza_app;

GRANT UPDATE(priority) ON TABLE public.price_rule TO balanza_app;

GRANT UPDATE(price) ON TABLE public.price_rule TO balanza_app;

GRANT UPDATE(percent) ON TABLE public.price_rule TO balanza_app;

GRANT UPDATE(markup) ON TABLE public.price_rule TO balanza_app;

GRANT UPDATE(surcharge) ON TABLE public.price_rule TO balanza_app;

GRANT UPDATE(round_to) ON TABLE public.price_rule TO balanza_app;

GRANT UPDATE(ending) ON TABLE public.price_rule TO balanza_app;

GRANT UPDATE(min_margin) ON TABLE public.price_rule TO balanza_app;

GRANT UPDATE(version) ON TABLE public.price_rule TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.product_barcode TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.product_supplier TO balanza_app;

GRANT UPDATE(supplier_id) ON TABLE public.product_supplier TO balanza_app;

GRANT UPDATE(code) ON TABLE public.product_supplier TO balanza_app;

GRANT UPDATE(currency) ON TABLE public.product_supplier TO balanza_app;

GRANT UPDATE(min_quantity) ON TABLE public.product_supplier TO balanza_app;

GRANT UPDATE(pack_multiple) ON TABLE public.product_supplier TO balanza_app;

GRANT UPDATE(lead_days) ON TABLE public.product_supplier TO balanza_app;

GRANT UPDATE(priority) ON TABLE public.product_supplier TO balanza_app;

GRANT UPDATE(version) ON TABLE public.product_supplier TO balanza_app;

GRANT UPDATE(updated_at) ON TABLE public.product_supplier TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.product_supplier_price TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.product_term TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.product_unit TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.purchase_proposal TO balanza_app;

GRANT UPDATE(state) ON TABLE public.purchase_proposal TO balanza_app;

GRANT UPDATE(ended_at) ON TABLE public.purchase_proposal TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.purchase_proposal_line TO balanza_app;

GRANT UPDATE(supplier_id) ON TABLE public.purchase_proposal_line TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.reference_entry TO balanza_system;
GRANT SELECT ON TABLE public.reference_entry TO balanza_app;

GRANT UPDATE(names) ON TABLE public.reference_entry TO balanza_system;

GRANT UPDATE(data) ON TABLE public.reference_entry TO balanza_system;

GRANT UPDATE("position") ON TABLE public.reference_entry TO balanza_system;

GRANT UPDATE(is_active) ON TABLE public.reference_entry TO balanza_system;

GRANT UPDATE(version) ON TABLE public.reference_entry TO balanza_system;

GRANT SELECT,INSERT,DELETE ON TABLE public.refresh_token TO balanza_system;

GRANT UPDATE(used_at) ON TABLE public.refresh_token TO balanza_system;

GRANT UPDATE(access_used_at) ON TABLE public.refresh_token TO balanza_system;

GRANT SELECT,INSERT ON TABLE public.register TO balanza_app;
GRANT SELECT ON TABLE public.register TO balanza_system;

GRANT SELECT,INSERT ON TABLE public.sale_line TO balanza_app;

GRANT UPDATE(refunded_quantity) ON TABLE public.sale_line TO balanza_app;

GRANT UPDATE(refunded_net_minor) ON TABLE public.sale_line TO balanza_app;

GRANT UPDATE(refunded_tax_minor) ON TABLE public.sale_line TO balanza_app;

GRANT UPDATE(refunded_cost_minor) ON TABLE public.sale_line TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.sale_payment TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.scan_code TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.series TO balanza_app;
GRANT SELECT ON TABLE public.series TO balanza_system;

GRANT UPDATE(prefix) ON TABLE public.series TO balanza_app;

GRANT UPDATE(padding) ON TABLE public.series TO balanza_app;

GRANT UPDATE(is_yearly) ON TABLE public.series TO balanza_app;

GRANT UPDATE(year) ON TABLE public.series TO balanza_app;

GRANT UPDATE(first_number) ON TABLE public.series TO balanza_app;

GRANT UPDATE(next_number) ON TABLE public.series TO balanza_app;

GRANT UPDATE(last_number) ON TABLE public.series TO balanza_app;

GRANT UPDATE(authorisation) ON TABLE public.series TO balanza_app;

GRANT UPDATE(valid_from) ON TABLE public.series TO balanza_app;

GRANT UPDATE(valid_until) ON TABLE public.series TO balanza_app;

GRANT UPDATE(warn_below) ON TABLE public.series TO balanza_app;

GRANT UPDATE(warned_at) ON TABLE public.series TO balanza_app;
GRANT UPDATE(warned_at) ON TABLE public.series TO balanza_system;

GRANT UPDATE(is_active) ON TABLE public.series TO balanza_app;

GRANT UPDATE(open_shift_id) ON TABLE public.series TO balanza_app;

GRANT UPDATE(version) ON TABLE public.series TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.service TO balanza_system;
GRANT SELECT ON TABLE public.service TO balanza_app;

GRANT UPDATE(name) ON TABLE public.service TO balanza_system;

GRANT UPDATE(description) ON TABLE public.service TO balanza_system;

GRANT UPDATE(api_url) ON TABLE public.service TO balanza_system;

GRANT UPDATE(is_active) ON TABLE public.service TO balanza_system;

GRANT UPDATE(version) ON TABLE public.service TO balanza_system;

GRANT SELECT,INSERT ON TABLE public.session TO balanza_system;

GRANT UPDATE(tenant_id) ON TABLE public.session TO balanza_system;

GRANT UPDATE(ended_at) ON TABLE public.session TO balanza_system;

GRANT UPDATE(auth_time) ON TABLE public.session TO balanza_system;

GRANT UPDATE(last_seen_at) ON TABLE public.session TO balanza_system;

GRANT UPDATE(second_factor) ON TABLE public.session TO balanza_system;

GRANT UPDATE(ended_reason) ON TABLE public.session TO balanza_system;

GRANT SELECT,INSERT ON TABLE public.shift TO balanza_app;

GRANT UPDATE(state) ON TABLE public.shift TO balanza_app;

GRANT UPDATE(ended_at) ON TABLE public.shift TO balanza_app;

GRANT UPDATE(closed_by) ON TABLE public.shift TO balanza_app;

GRANT UPDATE(closed_at) ON TABLE public.shift TO balanza_app;

GRANT UPDATE(expected_minor) ON TABLE public.shift TO balanza_app;

GRANT UPDATE(counted_minor) ON TABLE public.shift TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.stock_adjustment TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.stock_adjustment_line TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.stock_alert TO balanza_app;

GRANT UPDATE(closed_at) ON TABLE public.stock_alert TO balanza_app;

GRANT UPDATE(mailed_at) ON TABLE public.stock_alert TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.stock_count TO balanza_app;

GRANT UPDATE(state) ON TABLE public.stock_count TO balanza_app;

GRANT UPDATE(value_minor) ON TABLE public.stock_count TO balanza_app;

GRANT UPDATE(posted_by) ON TABLE public.stock_count TO balanza_app;

GRANT UPDATE(posted_at) ON TABLE public.stock_count TO balanza_app;

GRANT UPDATE(version) ON TABLE public.stock_count TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.stock_count_line TO balanza_app;

GRANT UPDATE(counted) ON TABLE public.stock_count_line TO balanza_app;

GRANT UPDATE(counted_by) ON TABLE public.stock_count_line TO balanza_app;

GRANT UPDATE(delta_minor) ON TABLE public.stock_count_line TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.stock_move TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.stock_reservation TO balanza_app;

GRANT UPDATE(state) ON TABLE public.stock_reservation TO balanza_app;

GRANT UPDATE(ended_at) ON TABLE public.stock_reservation TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.store TO balanza_app;

GRANT UPDATE(name) ON TABLE public.store TO balanza_app;

GRANT UPDATE(address) ON TABLE public.store TO balanza_app;

GRANT UPDATE(city) ON TABLE public.store TO balanza_app;

GRANT UPDATE(phone) ON TABLE public.store TO balanza_app;

GRANT UPDATE(email) ON TABLE public.store TO balanza_app;

GRANT UPDATE(warehouse_id) ON TABLE public.store TO balanza_app;

GRANT UPDATE(hours) ON TABLE public.store TO balanza_app;

GRANT UPDATE(is_active) ON TABLE public.store TO balanza_app;

GRANT UPDATE(version) ON TABLE public.store TO balanza_app;

GRANT SELECT ON TABLE public.subscription TO balanza_app;
GRANT SELECT,INSERT ON TABLE public.subscription TO balanza_system;

GRANT UPDATE(plan_id) ON TABLE public.subscription TO balanza_system;

GRANT UPDATE(period) ON TABLE public.subscription TO balanza_system;

GRANT UPDATE(state) ON TABLE public.subscription TO balanza_system;

GRANT UPDATE(period_start) ON TABLE public.subscription TO balanza_system;

GRANT UPDATE(period_end) ON TABLE public.subscription TO balanza_system;

GRANT UPDATE(full_days) ON TABLE public.subscription TO balanza_system;

GRANT UPDATE(anchor_day) ON TABLE public.subscription TO balanza_system;

GRANT UPDATE(price_minor) ON TABLE public.subscription TO balanza_system;

GRANT UPDATE(discount_percent) ON TABLE public.subscription TO balanza_system;

GRANT UPDATE(billed_minor) ON TABLE public.subscription TO balanza_system;

GRANT UPDATE(auto_renew) ON TABLE public.subscription TO balanza_system;

GRANT UPDATE(cancel_at_period_end) ON TABLE public.subscription TO balanza_system;

GRANT UPDATE(cancel_reason) ON TABLE public.subscription TO balanza_system;

GRANT UPDATE(cancelled_at) ON TABLE public.subscription TO balanza_system;

GRANT UPDATE(next_plan_id) ON TABLE public.subscription TO balanza_system;

GRANT UPDATE(next_period) ON TABLE public.subscription TO balanza_system;

GRANT UPDATE(notes) ON TABLE public.subscription TO balanza_system;

GRANT UPDATE(reminded_for) ON TABLE public.subscription TO balanza_system;

GRANT UPDATE(version) ON TABLE public.subscription TO balanza_system;

GRANT SELECT ON TABLE public.subscription_event TO balanza_app;
GRANT SELECT,INSERT ON TABLE public.subscription_event TO balanza_system;

GRANT SELECT ON TABLE public.support_access TO balanza_app;
GRANT SELECT,INSERT ON TABLE public.support_access TO balanza_system;

GRANT UPDATE(ended_at) ON TABLE public.support_access TO balanza_app;
GRANT UPDATE(ended_at) ON TABLE public.support_access TO balanza_system;

GRANT SELECT,INSERT ON TABLE public.tax TO balanza_app;

GRANT UPDATE(name) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(rate) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(official_code) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(is_default) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(version) ON TABLE public.tax TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.template TO balanza_app;

GRANT UPDATE(parts) ON TABLE public.template TO balanza_app;

GRANT UPDATE(version) ON TABLE public.template TO balanza_app;

GRANT UPDATE(updated_by) ON TABLE public.template TO balanza_app;

GRANT UPDATE(updated_at) ON TABLE public.template TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.totp TO balanza_system;

GRANT UPDATE(last_step) ON TABLE public.totp TO balanza_system;

GRANT UPDATE(activated_at) ON TABLE public.totp TO balanza_system;

GRANT SELECT,INSERT ON TABLE public.unit TO balanza_app;

GRANT UPDATE(name) ON TABLE public.unit TO balanza_app;

GRANT UPDATE(decimals) ON TABLE public.unit TO balanza_app;

GRANT UPDATE(version) ON TABLE public.unit TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.unit_conversion TO balanza_app;

GRANT UPDATE(factor) ON TABLE public.unit_conversion TO balanza_app;

GRANT UPDATE(version) ON TABLE public.unit_conversion TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.variant_value TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.word_part TO balanza_app;

