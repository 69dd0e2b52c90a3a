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

CREATE FUNCTION app.give_tax() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    if exists (select from tax t where t.tenant_id = new.tenant_id and t.id = new.tax_id and not t.is_active) then
        raise exception 'an archived tax is given to nothing new' using errcode = '23514', constraint = 'product_tax_active';
    end if;
    return new;
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
    with named as materialized (
        select p.tenant_id, p.id, w.word
        from unnest(tenants, ids, names) p (tenant_id, id, name) cross join unnest(app.words(p.name)) w (word)
    ), termed as (
        insert into product_term (tenant_id, kind, term, product_id)
        select n.tenant_id, 'name', n.word, n.id from named n
        union all
        select p.tenant_id, 'sku', app.plain_code(p.sku), p.id from unnest(tenants, ids, skus) p (tenant_id, id, sku)
        on conflict do nothing
    )
    insert into word_part (tenant_id, part, word)
    select v.tenant_id, p.part, v.word
    from (select distinct n.tenant_id, n.word from named n) v
    cross join app.word_parts(v.word) p (part)
    where not exists (
        select from word_part k where k.tenant_id = v.tenant_id and k.part = '  ' || left(v.word, 1) and k.word = v.word)
    order by v.tenant_id, p.part, v.word
    on conflict do nothing;
$$;

CREATE FUNCTION app.is_tax_used(tenant uuid, tax uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'public'
    AS $$
    select exists (select from journal_line l where l.tenant_id = tenant and l.tax_id = tax)
        or exists (select from sale_line l where l.tenant_id = tenant and l.tax_id = tax)
        or exists (select from pos_sale_tax l where l.tenant_id = tenant and l.tax_id = tax)
$$;

CREATE FUNCTION app.keep_account() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    if (new.is_reconcilable, new.currency) is distinct from (old.is_reconcilable, old.currency)
        and exists (select from journal_line l where l.tenant_id = new.tenant_id and l.account_id = new.id)
    then
        raise exception 'an account with postings stays as it is'
            using errcode = '23514', constraint = 'account_unposted';
    end if;
    return new;
end $$;

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

CREATE FUNCTION app.keep_kits_filled() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    if exists (select from product p where p.tenant_id = old.tenant_id and p.id = old.kit_id)
        and not exists (select from kit_component c where c.tenant_id = old.tenant_id and c.kit_id = old.kit_id) then
        raise exception 'a kit keeps a component' using errcode = '23514', constraint = 'kit_component_at_least_one';
    end if;
    return null;
end $$;

CREATE FUNCTION app.keep_kits_flat() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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

CREATE FUNCTION app.keep_kits_off_shelves() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    if exists (select from fresh f join product p on p.tenant_id = f.tenant_id and p.id = f.product_id and p.kind = 'kit') then
        raise exception 'a kit holds no stock of its own' using errcode = '23514', constraint = 'stock_level_not_of_kit';
    end if;
    return null;
end $$;

CREATE FUNCTION app.keep_modifiers_goods() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    if not exists (
        select from product p where p.tenant_id = new.tenant_id and p.id = new.product_id and p.kind = 'goods' and not p.is_template) then
        raise exception 'what an option takes out is goods' using errcode = '23514', constraint = 'modifier_option_takes_goods';
    end if;
    return null;
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

CREATE FUNCTION app.keep_papers() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    if exists (select from journal_entry e where e.tenant_id = old.tenant_id and e.id = old.entry_id) then
        raise exception 'papers of a posted entry stay' using errcode = '23514', constraint = 'entry_file_posted';
    end if;
    return old;
end $$;

CREATE FUNCTION app.keep_party() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    if not exists (select from contact c where c.tenant_id = old.tenant_id and c.id = old.contact_id and c.merged_into = new.contact_id) then
        raise exception 'what is posted names another contact only after a merge'
            using errcode = '23514', constraint = 'posted_party';
    end if;
    return new;
end $$;

CREATE FUNCTION app.keep_payment() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    if old.state = 'draft' then
        return case tg_op when 'DELETE' then old else new end;
    end if;
    if tg_op = 'DELETE'
        or (to_jsonb(new) - array['contact_id', 'state', 'ended_on', 'ended_at', 'end_reason', 'version'])
           <> (to_jsonb(old) - array['contact_id', 'state', 'ended_on', 'ended_at', 'end_reason', 'version'])
        or (new.state <> old.state and old.state <> 'posted')
        or (new.contact_id <> old.contact_id and not exists (
            select from contact c where c.tenant_id = old.tenant_id and c.id = old.contact_id and c.merged_into = new.contact_id))
    then
        raise exception 'a posted payment stays as it is' using errcode = '23514', constraint = 'payment_posted';
    end if;
    return new;
end $$;

CREATE FUNCTION app.keep_periods() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    if old.state = 'locked' then
        raise exception 'a locked period stays locked' using errcode = '23514', constraint = 'period_locked';
    end if;
    return case tg_op when 'DELETE' then old else new end;
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

CREATE FUNCTION app.keep_product_kind() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    raise exception 'the kind of a product stays' using errcode = '23514', constraint = 'product_kind_stays';
end $$;

CREATE FUNCTION app.keep_reconciliation() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    if exists (
        select from (select distinct tenant_id, reconciliation_id from added) a
        join bank_reconciliation r on r.tenant_id = a.tenant_id and r.id = a.reconciliation_id
        join bank_line l on l.tenant_id = r.tenant_id and l.id = r.line_id
        where l.amount_minor <> (select sum(p.amount_minor) from bank_reconciliation_part p
                                 where p.tenant_id = a.tenant_id and p.reconciliation_id = a.reconciliation_id)
    ) then
        raise exception 'the parts of a reconciliation are its line' using errcode = '23514', constraint = 'bank_reconciliation_whole';
    end if;
    return null;
end $$;

CREATE FUNCTION app.keep_shares_whole() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    if exists (
        select from (select distinct tenant_id, entry_id, line_no from added) a
        join journal_line l using (tenant_id, entry_id, line_no)
        where l.debit_minor - l.credit_minor <> (
            select sum(s.amount_minor) from cost_share s
            where s.tenant_id = a.tenant_id and s.entry_id = a.entry_id and s.line_no = a.line_no)
    ) then
        raise exception 'the shares of a line are together the line' using errcode = '23514', constraint = 'cost_share_whole';
    end if;
    return null;
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

CREATE FUNCTION app.keep_tax() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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

CREATE FUNCTION app.keep_tax_members() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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

CREATE FUNCTION app.keep_tracking() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    if exists (select from stock_level s where s.tenant_id = new.tenant_id and s.product_id = new.id and s.quantity > 0) then
        raise exception 'goods on hand are tracked as they came'
            using errcode = '23514', constraint = 'product_tracking_of_none_on_hand';
    end if;
    return null;
end $$;

CREATE FUNCTION app.keep_undone() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    if tg_op = 'DELETE' then
        if old.undone_at is null then
            raise exception 'a reconciliation is undone before its line goes' using errcode = '23514', constraint = 'bank_reconciliation_undone_first';
        end if;
        return old;
    end if;
    if old.undone_at is not null then
        raise exception 'a reconciliation is undone once' using errcode = '23514', constraint = 'bank_reconciliation_undone_once';
    end if;
    return new;
end $$;

CREATE FUNCTION app.keep_years() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    if tg_op = 'INSERT' then
        perform pg_advisory_xact_lock(hashtextextended('books ' || new.tenant_id::text, 0));
        if exists (select from fiscal_year y where y.tenant_id = new.tenant_id and y.id <> new.id
                   and y.start_date <= new.end_date and y.end_date >= new.start_date) then
            raise exception 'fiscal years do not overlap' using errcode = '23514', constraint = 'fiscal_year_apart';
        end if;
        return new;
    end if;
    if old.state = 'locked' then
        raise exception 'a locked year stays locked' using errcode = '23514', constraint = 'fiscal_year_locked';
    end if;
    if tg_op = 'DELETE' then
        if exists (select from journal_entry e where e.tenant_id = old.tenant_id and e.entry_date between old.start_date and old.end_date) then
            raise exception 'a year with entries stays' using errcode = '23514', constraint = 'fiscal_year_unused';
        end if;
        return old;
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

CREATE FUNCTION app.measure(what regclass) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    if what not in ('product'::regclass, 'contact'::regclass) then
        raise exception 'only what imports write is measured';
    end if;
    execute format('analyze %s', what);
end $$;

CREATE FUNCTION app.open_books() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
declare
    shut text;
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('books ' || new.tenant_id::text, 0));
    select case
               when p.state = 'locked' then 'journal_entry_locked_period'
               when new.stage <> 'normal' then null
               when s.closed_until >= new.entry_date then 'journal_entry_open_books'
               when p.state = 'closed' then 'journal_entry_open_period'
               when current_setting('app.adviser', true) = 'on' then null
               when p.state = 'soft_closed' then 'journal_entry_advisers_only'
               when greatest(s.journals_closed_until, j.closed_until) >= new.entry_date then 'journal_entry_advisers_only'
           end
    into shut
    from (select 1) one
    left join accounting_setting s on s.tenant_id = new.tenant_id
    left join journal_lock j on j.tenant_id = new.tenant_id and j.journal = new.journal
    left join lateral (
        select p.state, p.end_date from period p
        where p.tenant_id = new.tenant_id and p.start_date <= new.entry_date
        order by p.start_date desc limit 1) p on p.end_date >= new.entry_date;
    if shut is not null then
        raise exception 'the books of that day are closed' using errcode = '23514', constraint = shut;
    end if;
    return new;
end $$;

CREATE FUNCTION app.open_items_at(of_tenant uuid, as_of date, known_at timestamp with time zone) RETURNS TABLE(entry_id uuid, line_no smallint, account_id uuid, contact_id uuid, entry_date date, due_date date, currency text, residual_minor bigint, residual_currency_minor bigint)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'public'
    AS $$
    with later as materialized (
        select s.entry_id, s.line_no, sum(s.side * a.sign * a.amount_minor)::bigint as minor,
               sum(s.side * a.sign * a.currency_minor)::bigint as currency_minor
        from (
            select *, case when undoes_id is null then 1 else -1 end as sign from allocation
            where tenant_id = of_tenant and (allocated_on > as_of or created_at > known_at)) a
        cross join lateral (values (a.debit_entry_id, a.debit_line_no, 1), (a.credit_entry_id, a.credit_line_no, -1)) s (entry_id, line_no, side)
        group by 1, 2),
    touched as (
        select o.entry_id, o.line_no from open_item o
        where o.tenant_id = of_tenant and (o.residual_minor <> 0 or o.residual_currency_minor <> 0)
        union
        select l.entry_id, l.line_no from later l)
    select i.entry_id, i.line_no, i.account_id, i.contact_id, i.entry_date, i.due_date, i.currency,
           i.residual_minor + coalesce(l.minor, 0), i.residual_currency_minor + coalesce(l.currency_minor, 0)
    from touched t
    join open_item i on i.tenant_id = of_tenant and i.entry_id = t.entry_id and i.line_no = t.line_no
    join journal_entry e on e.tenant_id = of_tenant and e.id = i.entry_id
    left join later l on l.entry_id = t.entry_id and l.line_no = t.line_no
    where i.entry_date <= as_of and (known_at is null or e.posted_at <= known_at) and e.stage not in ('closing', 'opening')
      and (i.residual_minor + coalesce(l.minor, 0) <> 0 or i.residual_currency_minor + coalesce(l.currency_minor, 0) <> 0)
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
declare
    broken text;
    has_items boolean;
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
    select max(case
                   when not c.postable then 'account_postable'
                   when not c.is_active and e.reverses_id is null and e.stage = 'normal' then 'account_active'
                   when c.currency <> a.currency or (c.currency is not null and a.currency is null) then 'account_currency'
                   when e.entry_date <> a.entry_date then 'journal_line_date'
                   when a.tax_id is not null and s.tax_closed_until >= a.entry_date then 'journal_entry_open_tax'
               end),
           bool_or(c.is_reconcilable)
    into broken, has_items
    from added a
    join account c on c.tenant_id = a.tenant_id and c.id = a.account_id
    join journal_entry e on e.tenant_id = a.tenant_id and e.id = a.entry_id
    left join accounting_setting s on s.tenant_id = a.tenant_id;
    if broken is not null then
        raise exception 'a line that its account, its entry or the books do not take' using errcode = '23514', constraint = broken;
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
    if has_items then
        insert into open_item (tenant_id, entry_id, line_no, account_id, contact_id, entry_date, due_date, currency,
                               amount_minor, residual_minor, currency_minor, residual_currency_minor)
        select a.tenant_id, a.entry_id, a.line_no, a.account_id, a.contact_id, a.entry_date, coalesce(a.due_date, a.entry_date), a.currency,
               a.debit_minor - a.credit_minor, a.debit_minor - a.credit_minor, a.currency_minor, a.currency_minor
        from added a
        join account c on c.tenant_id = a.tenant_id and c.id = a.account_id and c.is_reconcilable
        join journal_entry e on e.tenant_id = a.tenant_id and e.id = a.entry_id and e.stage = 'normal';
    end if;
    return null;
end $$;

CREATE FUNCTION app.post_moves() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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

CREATE FUNCTION app.revalue_stock() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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

CREATE FUNCTION app.set_aside() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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

CREATE FUNCTION app.settle_items() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
begin
    if exists (
        select from added n
        join open_item d on d.tenant_id = n.tenant_id and d.entry_id = n.debit_entry_id and d.line_no = n.debit_line_no
        join open_item c on c.tenant_id = n.tenant_id and c.entry_id = n.credit_entry_id and c.line_no = n.credit_line_no
        where d.account_id <> c.account_id or d.contact_id is distinct from c.contact_id or d.currency is distinct from c.currency
           or (d.currency is null) <> (n.currency_minor is null) or d.amount_minor < 0 or c.amount_minor > 0
           or coalesce(d.currency_minor, 0) < 0 or coalesce(c.currency_minor, 0) > 0
    ) then
        raise exception 'a debit and a credit of one account, contact and currency settle each other'
            using errcode = '23514', constraint = 'allocation_alike';
    end if;
    if exists (
        select from added n join allocation o on o.tenant_id = n.tenant_id and o.id = n.undoes_id
        where (o.debit_entry_id, o.debit_line_no, o.credit_entry_id, o.credit_line_no, o.amount_minor) is distinct from
              (n.debit_entry_id, n.debit_line_no, n.credit_entry_id, n.credit_line_no, n.amount_minor)
           or o.currency_minor is distinct from n.currency_minor or o.undoes_id is not null
    ) then
        raise exception 'what undoes an allocation says the same' using errcode = '23514', constraint = 'allocation_undone_whole';
    end if;
    perform from open_item i
    where (i.tenant_id, i.entry_id, i.line_no) in (
        select tenant_id, debit_entry_id, debit_line_no from added union select tenant_id, credit_entry_id, credit_line_no from added)
    order by i.tenant_id, i.entry_id, i.line_no
    for update;
    update open_item i
    set residual_minor = i.residual_minor - t.minor,
        residual_currency_minor = i.residual_currency_minor - t.currency_minor
    from (
        select tenant_id, entry_id, line_no, sum(minor)::bigint as minor, sum(currency_minor)::bigint as currency_minor
        from (
            select tenant_id, debit_entry_id as entry_id, debit_line_no as line_no,
                   case when undoes_id is null then amount_minor else -amount_minor end as minor,
                   case when undoes_id is null then currency_minor else -currency_minor end as currency_minor
            from added
            union all
            select tenant_id, credit_entry_id, credit_line_no,
                   case when undoes_id is null then -amount_minor else amount_minor end,
                   case when undoes_id is null then -currency_minor else currency_minor end
            from added) part
        group by 1, 2, 3) t
    where i.tenant_id = t.tenant_id and i.entry_id = t.entry_id and i.line_no = t.line_no;
    return null;
end $$;

CREATE FUNCTION app.tax_on(tenant uuid, tax uuid, day date) RETURNS uuid
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'public'
    AS $$
    with recursive chain (id, next_id, depth) as (
        select t.id, case when t.valid_until < day then t.replaced_by_id end, 0 from tax t where t.tenant_id = tenant and t.id = tax
        union all
        select t.id, case when t.valid_until < day then t.replaced_by_id end, c.depth + 1
        from chain c join tax t on t.tenant_id = tenant and t.id = c.next_id
        where c.depth < 20
    )
    select coalesce((select id from chain where next_id is null), tax)
$$;

CREATE TABLE public.tax (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    rate numeric(9,4) NOT NULL,
    official_code text DEFAULT ''::text NOT NULL,
    is_default boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    kind text DEFAULT 'percent'::text NOT NULL,
    amount numeric(18,6) DEFAULT 0 NOT NULL,
    scope text DEFAULT 'both'::text NOT NULL,
    family text DEFAULT 'vat'::text NOT NULL,
    standing text DEFAULT 'taxed'::text NOT NULL,
    exemption_code text DEFAULT ''::text NOT NULL,
    exemption_reason text DEFAULT ''::text NOT NULL,
    is_included boolean,
    affects_base boolean DEFAULT false NOT NULL,
    withheld_of text,
    is_reverse_charge boolean DEFAULT false NOT NULL,
    is_cash_basis boolean DEFAULT false NOT NULL,
    deductible_percent numeric(7,4) DEFAULT 100 NOT NULL,
    output_account_id uuid,
    input_account_id uuid,
    output_report_code text DEFAULT ''::text NOT NULL,
    input_report_code text DEFAULT ''::text NOT NULL,
    valid_from date,
    valid_until date,
    replaced_by_id uuid,
    is_active boolean DEFAULT true NOT NULL,
    CONSTRAINT tax_deductible_range CHECK (((deductible_percent >= (0)::numeric) AND (deductible_percent <= (100)::numeric))),
    CONSTRAINT tax_default_in_use CHECK (((NOT is_default) OR (is_active AND (withheld_of IS NULL)))),
    CONSTRAINT tax_family_known CHECK ((family = ANY (ARRAY['vat'::text, 'surcharge'::text, 'consumption'::text, 'income'::text, 'local'::text, 'other'::text]))),
    CONSTRAINT tax_kind_known CHECK ((kind = ANY (ARRAY['percent'::text, 'fixed_per_unit'::text, 'fixed_per_line'::text, 'group'::text]))),
    CONSTRAINT tax_measured_once CHECK (
CASE kind
    WHEN 'percent'::text THEN (amount = (0)::numeric)
    WHEN 'group'::text THEN ((rate = (0)::numeric) AND (amount = (0)::numeric))
    ELSE ((rate = (0)::numeric) AND (amount > (0)::numeric))
END),
    CONSTRAINT tax_rate_range CHECK (((rate >= (0)::numeric) AND (rate <= (1000)::numeric))),
    CONSTRAINT tax_replaced_from_a_day CHECK (((replaced_by_id IS NULL) OR ((valid_until IS NOT NULL) AND (replaced_by_id <> id)))),
    CONSTRAINT tax_report_code_shape CHECK (((output_report_code ~ '^([0-9A-Za-z._-]*/)?[0-9A-Za-z._-]*$'::text) AND (input_report_code ~ '^([0-9A-Za-z._-]*/)?[0-9A-Za-z._-]*$'::text))),
    CONSTRAINT tax_reversed_on_top CHECK (((NOT is_reverse_charge) OR ((is_included IS NULL) AND (NOT affects_base)))),
    CONSTRAINT tax_scope_known CHECK ((scope = ANY (ARRAY['sales'::text, 'purchases'::text, 'both'::text]))),
    CONSTRAINT tax_standing_known CHECK ((standing = ANY (ARRAY['taxed'::text, 'zero_rated'::text, 'exempt'::text, 'not_subject'::text]))),
    CONSTRAINT tax_untaxed_is_nothing CHECK (((standing = 'taxed'::text) OR ((rate = (0)::numeric) AND (amount = (0)::numeric) AND (kind = 'percent'::text)))),
    CONSTRAINT tax_valid_forward CHECK ((valid_until >= valid_from)),
    CONSTRAINT tax_withheld_of_known CHECK ((withheld_of = ANY (ARRAY['net'::text, 'tax'::text]))),
    CONSTRAINT tax_withheld_plainly CHECK (((withheld_of IS NULL) OR ((NOT is_reverse_charge) AND (NOT is_cash_basis) AND (NOT affects_base) AND (is_included IS NULL) AND (standing = 'taxed'::text))))
);

ALTER TABLE ONLY public.tax FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.tax.is_included IS 'Whether prices have it in them; null: as each price says.';

COMMENT ON COLUMN public.tax.withheld_of IS 'Set: it is taken off what is paid, and is computed of the net or of the VAT.';

COMMENT ON COLUMN public.tax.output_report_code IS 'The boxes of the return for base and tax of what is sold, as 07/09.';

COMMENT ON COLUMN public.tax.replaced_by_id IS 'The tax that what bears this one bears when it is not valid any more.';

CREATE FUNCTION app.tax_place(t public.tax, account uuid, is_credit boolean) RETURNS TABLE(side text, state text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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

CREATE FUNCTION app.tax_rule(t public.tax) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'public'
    AS $$
    select jsonb_build_object(
        'id', t.id, 'code', t.code, 'name', t.name, 'kind', t.kind, 'rate', t.rate::text, 'amount', t.amount::text, 'scope', t.scope,
        'family', t.family, 'standing', t.standing, 'is_included', t.is_included, 'affects_base', t.affects_base,
        'withheld_of', t.withheld_of, 'is_reverse_charge', t.is_reverse_charge, 'is_cash_basis', t.is_cash_basis,
        'deductible_percent', t.deductible_percent::text, 'output_account_id', t.output_account_id, 'input_account_id', t.input_account_id)
$$;

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

CREATE TABLE public.journal_entry (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    journal text NOT NULL,
    entry_date date NOT NULL,
    source_kind text NOT NULL,
    source_id uuid NOT NULL,
    memo text DEFAULT ''::text NOT NULL,
    slot uuid NOT NULL,
    posted_at timestamp with time zone NOT NULL,
    reference text DEFAULT ''::text NOT NULL,
    stage text DEFAULT 'normal'::text NOT NULL,
    reverses_id uuid,
    person_id uuid,
    CONSTRAINT journal_entry_stage_known CHECK ((stage = ANY (ARRAY['normal'::text, 'regularisation'::text, 'closing'::text, 'opening'::text]))),
    CONSTRAINT journal_entry_stage_of_closing CHECK (((stage = 'normal'::text) OR (journal = 'closing'::text)))
);

ALTER TABLE ONLY public.journal_entry FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.journal_entry.stage IS 'What closes a year and opens the next; reports leave it out, so that a year that is closed reads like one that is not.';

COMMENT ON COLUMN public.journal_entry.person_id IS 'Who posted it by hand; null: a document did.';

CREATE TABLE public.open_item (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    line_no smallint NOT NULL,
    account_id uuid NOT NULL,
    contact_id uuid,
    entry_date date NOT NULL,
    due_date date NOT NULL,
    currency text,
    amount_minor bigint NOT NULL,
    residual_minor bigint NOT NULL,
    currency_minor bigint,
    residual_currency_minor bigint,
    CONSTRAINT allocation_within_residual CHECK ((((residual_minor >= LEAST(amount_minor, (0)::bigint)) AND (residual_minor <= GREATEST(amount_minor, (0)::bigint))) AND ((residual_currency_minor IS NULL) OR ((residual_currency_minor >= LEAST(currency_minor, (0)::bigint)) AND (residual_currency_minor <= GREATEST(currency_minor, (0)::bigint))))))
)
WITH (fillfactor='80');

ALTER TABLE ONLY public.open_item FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payment (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    direction text NOT NULL,
    side text NOT NULL,
    contact_id uuid NOT NULL,
    payment_date date NOT NULL,
    account_id uuid NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    rate numeric(20,10),
    reference text NOT NULL,
    memo text NOT NULL,
    terms jsonb NOT NULL,
    state text DEFAULT 'draft'::text NOT NULL,
    number text,
    entry_id uuid,
    settled_minor bigint DEFAULT 0 NOT NULL,
    posted_at timestamp with time zone,
    ended_on date,
    ended_at timestamp with time zone,
    end_reason text DEFAULT ''::text NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT payment_amount_positive CHECK ((amount_minor > 0)),
    CONSTRAINT payment_currency_shape CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT payment_direction_known CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text]))),
    CONSTRAINT payment_ended_whole CHECK ((((state = ANY (ARRAY['reversed'::text, 'bounced'::text])) = (ended_on IS NOT NULL)) AND ((ended_on IS NULL) = (ended_at IS NULL)))),
    CONSTRAINT payment_posted_whole CHECK ((((state = 'draft'::text) = (number IS NULL)) AND ((state = 'draft'::text) = (entry_id IS NULL)) AND ((state = 'draft'::text) = (posted_at IS NULL)))),
    CONSTRAINT payment_rate_positive CHECK ((rate > (0)::numeric)),
    CONSTRAINT payment_side_known CHECK ((side = ANY (ARRAY['receivable'::text, 'payable'::text]))),
    CONSTRAINT payment_state_known CHECK ((state = ANY (ARRAY['draft'::text, 'posted'::text, 'reversed'::text, 'bounced'::text])))
);

ALTER TABLE ONLY public.payment FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.payment.side IS 'Whose books it settles: money that goes out to a customer is a refund.';

COMMENT ON COLUMN public.payment.rate IS 'Company money for one unit of its currency. Null: the currency is the company''s, or the draft takes the rate of its day.';

COMMENT ON COLUMN public.payment.terms IS 'What it settles, what was withheld, which discount was taken and what was written off, as it was asked for.';

COMMENT ON COLUMN public.payment.settled_minor IS 'What it took off the contact''s account in company money, all terms together; below zero: what it gave.';

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
  WHERE (s.customer_id IS NOT NULL)
UNION ALL
 SELECT p.tenant_id,
    p.contact_id,
    'payment'::text AS kind,
    p.id,
    p.number,
    p.posted_at AS at,
    p.payment_date AS date,
    c.currency,
    ''::text AS name,
    ''::text AS identifier,
    0 AS charged_minor,
    p.settled_minor
   FROM (public.payment p
     JOIN public.company c ON ((c.tenant_id = p.tenant_id)))
  WHERE (p.state <> 'draft'::text)
UNION ALL
 SELECT p.tenant_id,
    p.contact_id,
    ('payment_'::text || p.state) AS kind,
    p.entry_id AS id,
    p.number,
    p.ended_at AS at,
    p.ended_on AS date,
    c.currency,
    ''::text AS name,
    ''::text AS identifier,
    0 AS charged_minor,
    (- p.settled_minor) AS settled_minor
   FROM (public.payment p
     JOIN public.company c ON ((c.tenant_id = p.tenant_id)))
  WHERE (p.state = ANY (ARRAY['reversed'::text, 'bounced'::text]))
UNION ALL
 SELECT i.tenant_id,
    i.contact_id,
    e.source_kind AS kind,
    i.entry_id AS id,
    e.reference AS number,
    e.posted_at AS at,
    i.entry_date AS date,
    c.currency,
    ''::text AS name,
    ''::text AS identifier,
    (sum(i.amount_minor))::bigint AS charged_minor,
    0 AS settled_minor
   FROM ((public.open_item i
     JOIN public.journal_entry e ON (((e.tenant_id = i.tenant_id) AND (e.id = i.entry_id))))
     JOIN public.company c ON ((c.tenant_id = i.tenant_id)))
  WHERE ((i.contact_id IS NOT NULL) AND (e.source_kind = ANY (ARRAY['manual'::text, 'recurring'::text, 'reversal'::text, 'payment_fee'::text, 'exchange_difference'::text, 'exchange_reversal'::text])))
  GROUP BY i.tenant_id, i.contact_id, e.source_kind, i.entry_id, e.reference, e.posted_at, i.entry_date, c.currency;

CREATE TABLE public.account (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    type text NOT NULL,
    postable boolean NOT NULL,
    parent text,
    kind text DEFAULT ''::text NOT NULL,
    is_reconcilable boolean DEFAULT false NOT NULL,
    currency text,
    is_active boolean DEFAULT true NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT account_currency_shape CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT account_kind_known CHECK ((kind = ANY (ARRAY[''::text, 'receivable'::text, 'payable'::text, 'cash'::text, 'bank'::text, 'clearing'::text, 'inventory'::text, 'tax'::text, 'prepaid'::text, 'current'::text, 'fixed'::text, 'depreciation'::text, 'non_current'::text, 'capital'::text, 'result'::text, 'retained'::text, 'revenue'::text, 'other_income'::text, 'cost_of_sales'::text, 'operating'::text, 'depreciation_expense'::text, 'financial'::text, 'income_tax'::text]))),
    CONSTRAINT account_type_known CHECK ((type = ANY (ARRAY['asset'::text, 'liability'::text, 'equity'::text, 'income'::text, 'expense'::text])))
);

ALTER TABLE ONLY public.account FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.account.kind IS 'Finer than its type: where reports show it. Empty: as its type alone says.';

COMMENT ON COLUMN public.account.is_reconcilable IS 'What is posted to it is an open item until it is allocated.';

COMMENT ON COLUMN public.account.currency IS 'Postings to it are in this currency; null: in any.';

CREATE TABLE public.account_role (
    tenant_id uuid NOT NULL,
    role text NOT NULL,
    account_id uuid NOT NULL
);

ALTER TABLE ONLY public.account_role FORCE ROW LEVEL SECURITY;

CREATE VIEW app.control_account WITH (security_invoker='true') AS
 SELECT a.tenant_id,
    a.id AS account_id,
    s.side
   FROM (public.account a
     CROSS JOIN ( VALUES ('receivable'::text), ('payable'::text)) s(side))
  WHERE (a.is_reconcilable AND ((a.kind = s.side) OR ((a.kind = ''::text) AND (EXISTS ( SELECT
           FROM public.account_role r
          WHERE ((r.tenant_id = a.tenant_id) AND (r.account_id = a.id) AND (r.role = s.side)))))));

CREATE TABLE public.landed_cost (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    number text NOT NULL,
    description text NOT NULL,
    basis text NOT NULL,
    amount_minor bigint NOT NULL,
    on_hand_minor bigint NOT NULL,
    posted_on date NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT landed_cost_basis_known CHECK ((basis = ANY (ARRAY['quantity'::text, 'value'::text, 'weight'::text, 'equal'::text]))),
    CONSTRAINT landed_cost_positive CHECK (((amount_minor > 0) AND ((on_hand_minor >= 0) AND (on_hand_minor <= amount_minor))))
);

ALTER TABLE ONLY public.landed_cost FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.landed_cost.on_hand_minor IS 'Its part for what is still there; the rest is a cost of what has gone.';

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
    moved_on date NOT NULL,
    posted_on date NOT NULL,
    correction_minor bigint DEFAULT 0 NOT NULL,
    supplier_id uuid,
    CONSTRAINT stock_adjustment_kind_known CHECK ((kind = ANY (ARRAY['adjustment'::text, 'scrap'::text, 'receipt'::text])))
);

ALTER TABLE ONLY public.stock_adjustment FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.stock_adjustment.value_minor IS 'What the stock is worth more (or less) by it.';

COMMENT ON COLUMN public.stock_adjustment.correction_minor IS 'What later goods would have cost more, had this been known: posted beside it.';

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

CREATE VIEW app.source_document WITH (security_invoker='true') AS
 SELECT sale.tenant_id,
    sale.kind AS source_kind,
    sale.id AS source_id,
    sale.number
   FROM public.sale
UNION ALL
 SELECT stock_adjustment.tenant_id,
    stock_adjustment.kind AS source_kind,
    stock_adjustment.id AS source_id,
    stock_adjustment.number
   FROM public.stock_adjustment
UNION ALL
 SELECT stock_count.tenant_id,
    'count'::text AS source_kind,
    stock_count.id AS source_id,
    stock_count.number
   FROM public.stock_count
UNION ALL
 SELECT landed_cost.tenant_id,
    'landed_cost'::text AS source_kind,
    landed_cost.id AS source_id,
    landed_cost.number
   FROM public.landed_cost
UNION ALL
 SELECT p.tenant_id,
    'payment'::text AS source_kind,
    p.id AS source_id,
    p.number
   FROM public.payment p
  WHERE (p.number IS NOT NULL);

CREATE VIEW app.source_party WITH (security_invoker='true') AS
 SELECT sale.tenant_id,
    sale.kind AS source_kind,
    sale.id AS source_id,
    sale.customer_name AS name,
    sale.customer_identifier AS identifier
   FROM public.sale
  WHERE (sale.customer_id IS NOT NULL);

CREATE TABLE public.stock_move (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    from_place text NOT NULL,
    from_warehouse_id uuid,
    to_place text NOT NULL,
    to_warehouse_id uuid,
    lot_id uuid,
    quantity numeric(18,6) NOT NULL,
    value_minor bigint NOT NULL,
    kind text NOT NULL,
    source_id uuid NOT NULL,
    cause_id uuid,
    moved_on date NOT NULL,
    posted_on date NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT stock_move_elsewhere CHECK (((from_place <> to_place) OR (from_warehouse_id <> to_warehouse_id))),
    CONSTRAINT stock_move_kind_known CHECK ((kind = ANY (ARRAY['opening'::text, 'sale'::text, 'refund'::text, 'adjustment'::text, 'scrap'::text, 'receipt'::text, 'count'::text, 'transfer'::text, 'landed_cost'::text, 'correction'::text]))),
    CONSTRAINT stock_move_moves CHECK (((quantity >= (0)::numeric) AND (value_minor >= 0) AND ((quantity > (0)::numeric) OR (value_minor > 0)))),
    CONSTRAINT stock_move_places_known CHECK (((from_place = ANY (ARRAY['warehouse'::text, 'supplier'::text, 'customer'::text, 'loss'::text, 'production'::text, 'opening'::text])) AND (to_place = ANY (ARRAY['warehouse'::text, 'supplier'::text, 'customer'::text, 'loss'::text, 'production'::text, 'opening'::text])))),
    CONSTRAINT stock_move_posted_after CHECK ((posted_on >= moved_on)),
    CONSTRAINT stock_move_warehouses_named CHECK ((((from_place = 'warehouse'::text) = (from_warehouse_id IS NOT NULL)) AND ((to_place = 'warehouse'::text) = (to_warehouse_id IS NOT NULL))))
);

ALTER TABLE ONLY public.stock_move FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.stock_move IS 'Append-only. A move of no quantity moves value: a landed cost, or a correction of what was dated back.';

COMMENT ON COLUMN public.stock_move.cause_id IS 'Of a move of value: the move that it is for.';

COMMENT ON COLUMN public.stock_move.moved_on IS 'The day that its quantity counts from, where the company is.';

COMMENT ON COLUMN public.stock_move.posted_on IS 'The day of its entry, that its value counts from: later than moved_on where that day''s books are closed.';

COMMENT ON COLUMN public.stock_move.recorded_at IS 'When the ledger took it, in the order of the locks.';

CREATE VIEW app.stock_change WITH (security_invoker='true') AS
 SELECT stock_move.tenant_id,
    stock_move.to_warehouse_id AS warehouse_id,
    stock_move.product_id,
    stock_move.moved_on AS day,
    stock_move.quantity,
        CASE
            WHEN (stock_move.posted_on = stock_move.moved_on) THEN stock_move.value_minor
            ELSE (0)::bigint
        END AS value_minor
   FROM public.stock_move
  WHERE (stock_move.to_warehouse_id IS NOT NULL)
UNION ALL
 SELECT stock_move.tenant_id,
    stock_move.from_warehouse_id AS warehouse_id,
    stock_move.product_id,
    stock_move.moved_on AS day,
    (- stock_move.quantity) AS quantity,
        CASE
            WHEN (stock_move.posted_on = stock_move.moved_on) THEN (- stock_move.value_minor)
            ELSE (0)::bigint
        END AS value_minor
   FROM public.stock_move
  WHERE (stock_move.from_warehouse_id IS NOT NULL)
UNION ALL
 SELECT stock_move.tenant_id,
    stock_move.to_warehouse_id AS warehouse_id,
    stock_move.product_id,
    stock_move.posted_on AS day,
    0 AS quantity,
    stock_move.value_minor
   FROM public.stock_move
  WHERE ((stock_move.posted_on <> stock_move.moved_on) AND (stock_move.to_warehouse_id IS NOT NULL))
UNION ALL
 SELECT stock_move.tenant_id,
    stock_move.from_warehouse_id AS warehouse_id,
    stock_move.product_id,
    stock_move.posted_on AS day,
    0 AS quantity,
    (- stock_move.value_minor) AS value_minor
   FROM public.stock_move
  WHERE ((stock_move.posted_on <> stock_move.moved_on) AND (stock_move.from_warehouse_id IS NOT NULL));

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
    scale_code integer,
    CONSTRAINT product_cost_positive CHECK ((cost >= (0)::numeric)),
    CONSTRAINT product_kind_known CHECK ((kind = ANY (ARRAY['goods'::text, 'service'::text, 'kit'::text]))),
    CONSTRAINT product_price_positive CHECK ((price >= (0)::numeric)),
    CONSTRAINT product_scale_code_range CHECK (((scale_code >= 1) AND (scale_code <= 99999999))),
    CONSTRAINT product_shelf_life_positive CHECK ((shelf_life_days > 0)),
    CONSTRAINT product_stock_in_order CHECK (((min_stock >= (0)::numeric) AND (max_stock >= (0)::numeric) AND (max_stock >= COALESCE(min_stock, (0)::numeric)))),
    CONSTRAINT product_variant_has_parent CHECK ((((variant_key IS NULL) = (parent_id IS NULL)) AND (NOT (is_template AND (parent_id IS NOT NULL))))),
    CONSTRAINT product_weight_positive CHECK ((weight >= (0)::numeric))
);

ALTER TABLE ONLY public.product FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.product.variant_key IS 'The ids of its values, sorted: no two variants of a template have the same.';

COMMENT ON COLUMN public.product.weight IS 'In kilograms.';

COMMENT ON COLUMN public.product.scale_code IS 'What stands for it in codes that scales print.';

CREATE TABLE public.stock_level (
    tenant_id uuid NOT NULL,
    warehouse_id uuid NOT NULL,
    product_id uuid NOT NULL,
    quantity numeric(18,6) NOT NULL,
    value_minor bigint NOT NULL,
    reserved numeric(18,6) DEFAULT 0 NOT NULL,
    is_layered boolean DEFAULT false NOT NULL,
    CONSTRAINT stock_level_empty_is_worthless CHECK (((quantity > (0)::numeric) OR (value_minor = 0))),
    CONSTRAINT stock_level_not_negative CHECK ((quantity >= (0)::numeric)),
    CONSTRAINT stock_level_reserved_on_hand CHECK (((reserved >= (0)::numeric) AND (reserved <= quantity))),
    CONSTRAINT stock_level_value_not_negative CHECK ((value_minor >= 0))
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.stock_level FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.stock_level.is_layered IS 'What is on hand stands in stock_layer too, and the oldest goes first.';

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

CREATE TABLE public.tax_member (
    tenant_id uuid NOT NULL,
    group_id uuid NOT NULL,
    "position" smallint NOT NULL,
    member_id uuid NOT NULL
);

ALTER TABLE ONLY public.tax_member FORCE ROW LEVEL SECURITY;

CREATE VIEW app.tax_rules WITH (security_invoker='true') AS
 SELECT t.tenant_id,
    t.id,
        CASE
            WHEN (t.kind = 'group'::text) THEN COALESCE(( SELECT jsonb_agg(app.tax_rule(m.*) ORDER BY g."position") AS jsonb_agg
               FROM (public.tax_member g
                 JOIN public.tax m ON (((m.tenant_id = g.tenant_id) AND (m.id = g.member_id))))
              WHERE ((g.tenant_id = t.tenant_id) AND (g.group_id = t.id))), '[]'::jsonb)
            ELSE jsonb_build_array(app.tax_rule(t.*))
        END AS rules
   FROM public.tax t;

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

CREATE TABLE public.accounting_setting (
    tenant_id uuid NOT NULL,
    closed_until date,
    version integer DEFAULT 1 NOT NULL,
    tax_closed_until date,
    journals_closed_until date,
    legal_result text DEFAULT 'virtual'::text NOT NULL,
    CONSTRAINT accounting_setting_result_known CHECK ((legal_result = ANY (ARRAY['virtual'::text, 'entries'::text])))
);

ALTER TABLE ONLY public.accounting_setting FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.accounting_setting.legal_result IS 'How years are closed: see fiscal_year.method.';

CREATE TABLE public.allocation (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    debit_entry_id uuid NOT NULL,
    debit_line_no smallint NOT NULL,
    credit_entry_id uuid NOT NULL,
    credit_line_no smallint NOT NULL,
    amount_minor bigint NOT NULL,
    currency_minor bigint,
    source_kind text NOT NULL,
    source_id uuid NOT NULL,
    allocated_on date NOT NULL,
    exchange_entry_id uuid,
    rest_of_id uuid,
    undoes_id uuid,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT allocation_amount_positive CHECK (((amount_minor >= 0) AND (COALESCE(currency_minor, (0)::bigint) >= 0) AND ((amount_minor + COALESCE(currency_minor, (0)::bigint)) > 0))),
    CONSTRAINT allocation_rest_is_exchange CHECK (((rest_of_id IS NULL) OR ((currency_minor = 0) AND (amount_minor > 0))))
);

ALTER TABLE ONLY public.allocation FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.allocation.currency_minor IS 'What is taken of both in the currency that both are in; null: both are in the company''s own.';

COMMENT ON COLUMN public.allocation.exchange_entry_id IS 'The entry of that difference of exchange.';

COMMENT ON COLUMN public.allocation.rest_of_id IS 'The allocation in whose currency all is settled, and whose rest in the company''s money this one settles.';

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

CREATE TABLE public.bank_account (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    bank text NOT NULL,
    number text NOT NULL,
    iban text,
    currency text NOT NULL,
    account_id uuid NOT NULL,
    csv_mapping jsonb,
    is_active boolean DEFAULT true NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT bank_account_currency_shape CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT bank_account_kind_known CHECK ((kind = ANY (ARRAY['bank'::text, 'cash'::text, 'card'::text])))
);

ALTER TABLE ONLY public.bank_account FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.bank_account.csv_mapping IS 'How this bank writes CSV; null: found by the names of its columns.';

CREATE TABLE public.bank_habit (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    key text NOT NULL,
    is_incoming boolean NOT NULL,
    account_id uuid,
    contact_id uuid,
    uses integer NOT NULL,
    last_used_at timestamp with time zone NOT NULL,
    CONSTRAINT bank_habit_says_something CHECK ((((account_id IS NOT NULL) OR (contact_id IS NOT NULL)) AND (key <> ''::text) AND (uses > 0)))
);

ALTER TABLE ONLY public.bank_habit FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.bank_habit.account_id IS 'The account written off to; null: an open item of the contact was settled.';

CREATE TABLE public.bank_line (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    statement_id uuid NOT NULL,
    bank_account_id uuid NOT NULL,
    line_no integer NOT NULL,
    booked_on date NOT NULL,
    value_on date,
    amount_minor bigint NOT NULL,
    reference text NOT NULL,
    counterparty_name text NOT NULL,
    counterparty_account text NOT NULL,
    description text NOT NULL,
    bank_ref text NOT NULL,
    code text NOT NULL,
    is_reversal boolean NOT NULL,
    digest bytea NOT NULL,
    occurrence integer NOT NULL,
    state text DEFAULT 'unmatched'::text NOT NULL,
    CONSTRAINT bank_line_state_known CHECK ((state = ANY (ARRAY['unmatched'::text, 'matched'::text, 'posted'::text, 'ignored'::text])))
);

ALTER TABLE ONLY public.bank_line FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.bank_line.state IS 'Matched: with what the books had already; posted: by an entry of its own.';

CREATE TABLE public.bank_reconciliation (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    line_id uuid NOT NULL,
    entry_id uuid,
    note text NOT NULL,
    is_automatic boolean NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone
);

ALTER TABLE ONLY public.bank_reconciliation FORCE ROW LEVEL SECURITY;

CREATE TABLE public.bank_reconciliation_part (
    tenant_id uuid NOT NULL,
    reconciliation_id uuid NOT NULL,
    part_no smallint NOT NULL,
    kind text NOT NULL,
    amount_minor bigint NOT NULL,
    entry_id uuid,
    line_no smallint,
    account_id uuid NOT NULL,
    contact_id uuid,
    memo text NOT NULL,
    is_undone boolean DEFAULT false NOT NULL,
    CONSTRAINT bank_reconciliation_part_kind_known CHECK ((kind = ANY (ARRAY['item'::text, 'writeoff'::text, 'suspense'::text, 'ledger'::text]))),
    CONSTRAINT bank_reconciliation_part_something CHECK ((amount_minor <> 0)),
    CONSTRAINT bank_reconciliation_part_whole CHECK (((kind = ANY (ARRAY['item'::text, 'ledger'::text])) = ((entry_id IS NOT NULL) AND (line_no IS NOT NULL))))
);

ALTER TABLE ONLY public.bank_reconciliation_part FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.bank_reconciliation_part.amount_minor IS 'What of the line it explains, with the line''s sign: positive for what comes in.';

CREATE TABLE public.bank_rule (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    bank_account_id uuid,
    direction text,
    contains text NOT NULL,
    pattern text NOT NULL,
    min_amount numeric(18,6),
    max_amount numeric(18,6),
    account_id uuid,
    contact_id uuid,
    memo text NOT NULL,
    is_automatic boolean NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT bank_rule_asks_something CHECK (((contains <> ''::text) OR (pattern <> ''::text) OR (min_amount IS NOT NULL) OR (max_amount IS NOT NULL) OR (direction IS NOT NULL) OR (bank_account_id IS NOT NULL))),
    CONSTRAINT bank_rule_direction_known CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text]))),
    CONSTRAINT bank_rule_does_something CHECK (((account_id IS NOT NULL) OR (contact_id IS NOT NULL)))
);

ALTER TABLE ONLY public.bank_rule FORCE ROW LEVEL SECURITY;

CREATE TABLE public.bank_statement (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    bank_account_id uuid NOT NULL,
    format text NOT NULL,
    number text NOT NULL,
    from_date date NOT NULL,
    to_date date NOT NULL,
    opening_minor bigint,
    closing_minor bigint,
    warnings text[] NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT bank_statement_in_order CHECK ((from_date <= to_date))
);

ALTER TABLE ONLY public.bank_statement FORCE ROW LEVEL SECURITY;

CREATE TABLE public.bank_transfer (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    from_id uuid NOT NULL,
    to_id uuid NOT NULL,
    transfer_date date NOT NULL,
    amount_minor bigint NOT NULL,
    received_minor bigint NOT NULL,
    memo text NOT NULL,
    entry_id uuid NOT NULL,
    arrival_id uuid,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    reversed_at timestamp with time zone,
    CONSTRAINT bank_transfer_apart CHECK ((from_id <> to_id)),
    CONSTRAINT bank_transfer_positive CHECK (((amount_minor > 0) AND (received_minor > 0)))
);

ALTER TABLE ONLY public.bank_transfer FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.bank_transfer.arrival_id IS 'The second entry, where the two accounts are in different currencies.';

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

CREATE TABLE public.cost_centre (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    parent_id uuid,
    is_active boolean DEFAULT true NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT cost_centre_not_its_own CHECK ((parent_id <> id))
);

ALTER TABLE ONLY public.cost_centre FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cost_share (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    line_no smallint NOT NULL,
    centre_id uuid NOT NULL,
    amount_minor bigint NOT NULL
);

ALTER TABLE ONLY public.cost_share FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.cost_share.amount_minor IS 'A debit positive; all shares of a line are together the line.';

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

CREATE TABLE public.deferral (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    method text NOT NULL,
    from_id uuid NOT NULL,
    into_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    start_date date NOT NULL,
    end_date date NOT NULL,
    entry_id uuid,
    cancelled_on date,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT deferral_amount_positive CHECK ((amount_minor > 0)),
    CONSTRAINT deferral_forward CHECK ((end_date >= start_date)),
    CONSTRAINT deferral_kind_known CHECK ((kind = ANY (ARRAY['income'::text, 'expense'::text]))),
    CONSTRAINT deferral_method_known CHECK ((method = ANY (ARRAY['days'::text, 'months'::text])))
);

ALTER TABLE ONLY public.deferral FORCE ROW LEVEL SECURITY;

CREATE TABLE public.deferral_part (
    tenant_id uuid NOT NULL,
    deferral_id uuid NOT NULL,
    part_no smallint NOT NULL,
    on_date date NOT NULL,
    amount_minor bigint NOT NULL,
    entry_id uuid
);

ALTER TABLE ONLY public.deferral_part FORCE ROW LEVEL SECURITY;

CREATE TABLE public.draft_entry (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    journal text NOT NULL,
    entry_date date NOT NULL,
    memo text DEFAULT ''::text NOT NULL,
    auto_reverse date,
    recurring_id uuid,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT draft_entry_reversed_later CHECK ((auto_reverse > entry_date))
);

ALTER TABLE ONLY public.draft_entry FORCE ROW LEVEL SECURITY;

CREATE TABLE public.draft_line (
    tenant_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    line_no smallint NOT NULL,
    account_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    contact_id uuid,
    due_date date,
    currency text,
    currency_minor bigint,
    tax_id uuid,
    tax_base_minor bigint,
    memo text DEFAULT ''::text NOT NULL,
    CONSTRAINT draft_line_currency_whole CHECK (((currency IS NULL) = (currency_minor IS NULL))),
    CONSTRAINT draft_line_tax_whole CHECK (((tax_id IS NULL) = (tax_base_minor IS NULL)))
);

ALTER TABLE ONLY public.draft_line FORCE ROW LEVEL SECURITY;

CREATE TABLE public.draft_share (
    tenant_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    line_no smallint NOT NULL,
    centre_id uuid NOT NULL,
    weight numeric(18,6) NOT NULL,
    CONSTRAINT draft_share_weight_positive CHECK ((weight > (0)::numeric))
);

ALTER TABLE ONLY public.draft_share FORCE ROW LEVEL SECURITY;

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

CREATE TABLE public.entry_file (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    file_id uuid NOT NULL,
    added_by uuid NOT NULL,
    added_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.entry_file FORCE ROW LEVEL SECURITY;

CREATE TABLE public.entry_number (
    tenant_id uuid NOT NULL,
    fiscal_year_id uuid NOT NULL,
    number integer NOT NULL,
    entry_id uuid NOT NULL,
    CONSTRAINT entry_number_positive CHECK ((number > 0))
);

ALTER TABLE ONLY public.entry_number FORCE ROW LEVEL SECURITY;

CREATE TABLE public.erasure (
    id uuid NOT NULL,
    company_id uuid NOT NULL,
    slug text NOT NULL,
    erased_at timestamp with time zone NOT NULL,
    tables jsonb NOT NULL,
    files integer NOT NULL
);

COMMENT ON COLUMN public.erasure.tables IS 'Rows and digest of each table before it was emptied of the company.';

CREATE TABLE public.exchange_rate (
    tenant_id uuid NOT NULL,
    currency text NOT NULL,
    on_date date NOT NULL,
    rate numeric(20,10) NOT NULL,
    source text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT exchange_rate_currency_shape CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT exchange_rate_positive CHECK ((rate > (0)::numeric))
);

ALTER TABLE ONLY public.exchange_rate FORCE ROW LEVEL SECURITY;

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
    CONSTRAINT file_purpose_known CHECK ((purpose = ANY (ARRAY['logo'::text, 'image'::text, 'product_image'::text, 'video'::text, 'document'::text, 'ticket'::text, 'import'::text]))),
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

CREATE TABLE public.fiscal_year (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    start_date date NOT NULL,
    end_date date NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    method text,
    closed_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT fiscal_year_forward CHECK ((end_date > start_date)),
    CONSTRAINT fiscal_year_method_known CHECK ((method = ANY (ARRAY['virtual'::text, 'entries'::text]))),
    CONSTRAINT fiscal_year_method_said CHECK (((state = 'open'::text) = (method IS NULL))),
    CONSTRAINT fiscal_year_state_known CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text, 'locked'::text])))
);

ALTER TABLE ONLY public.fiscal_year FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.fiscal_year.method IS 'How it was closed: by entries that zero all accounts and open the next year, or by reports that reckon the result on.';

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

CREATE TABLE public.journal (
    tenant_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT journal_code_shape CHECK ((code ~ '^[a-z0-9][a-z0-9_-]{0,19}$'::text)),
    CONSTRAINT journal_kind_known CHECK ((kind = ANY (ARRAY['general'::text, 'sales'::text, 'purchases'::text, 'cash'::text, 'bank'::text, 'pos'::text, 'stock'::text, 'payments'::text, 'exchange'::text, 'opening'::text, 'closing'::text])))
);

ALTER TABLE ONLY public.journal FORCE ROW LEVEL SECURITY;

CREATE TABLE public.journal_line (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    line_no smallint NOT NULL,
    account_id uuid NOT NULL,
    entry_date date NOT NULL,
    debit_minor bigint NOT NULL,
    credit_minor bigint NOT NULL,
    contact_id uuid,
    due_date date,
    currency text,
    currency_minor bigint,
    tax_id uuid,
    tax_base_minor bigint,
    memo text DEFAULT ''::text NOT NULL,
    CONSTRAINT journal_line_currency_shape CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT journal_line_currency_side CHECK (((currency_minor = 0) OR (debit_minor = credit_minor) OR (sign((currency_minor)::double precision) = sign(((debit_minor - credit_minor))::double precision)))),
    CONSTRAINT journal_line_currency_whole CHECK (((currency IS NULL) = (currency_minor IS NULL))),
    CONSTRAINT journal_line_one_side CHECK (((debit_minor >= 0) AND (credit_minor >= 0) AND (((debit_minor = 0) <> (credit_minor = 0)) OR ((debit_minor = 0) AND (credit_minor = 0) AND ((tax_id IS NOT NULL) OR (currency IS NOT NULL)))))),
    CONSTRAINT journal_line_tax_whole CHECK (((tax_id IS NULL) = (tax_base_minor IS NULL)))
);

ALTER TABLE ONLY public.journal_line FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.journal_line.currency_minor IS 'The amount in the document''s currency, a debit positive; 0: a difference of exchange. Null: in the company''s own.';

COMMENT ON COLUMN public.journal_line.tax_base_minor IS 'What the tax of this line was computed of, with the sign of a debit or a credit.';

CREATE TABLE public.journal_lock (
    tenant_id uuid NOT NULL,
    journal text NOT NULL,
    closed_until date NOT NULL
);

ALTER TABLE ONLY public.journal_lock FORCE ROW LEVEL SECURITY;

CREATE TABLE public.kit_component (
    tenant_id uuid NOT NULL,
    kit_id uuid NOT NULL,
    product_id uuid NOT NULL,
    quantity numeric(18,6) NOT NULL,
    "position" smallint NOT NULL,
    CONSTRAINT kit_component_quantity_positive CHECK ((quantity > (0)::numeric))
);

ALTER TABLE ONLY public.kit_component FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.kit_component.quantity IS 'So many of the component''s own unit are in one kit.';

CREATE TABLE public.known_device (
    hash bytea NOT NULL,
    person_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL
);

CREATE TABLE public.landed_cost_line (
    tenant_id uuid NOT NULL,
    landed_cost_id uuid NOT NULL,
    line_no smallint NOT NULL,
    move_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    on_hand_minor bigint NOT NULL,
    CONSTRAINT landed_cost_line_within CHECK (((on_hand_minor >= 0) AND (on_hand_minor <= amount_minor)))
);

ALTER TABLE ONLY public.landed_cost_line FORCE ROW LEVEL SECURITY;

CREATE TABLE public.lease (
    name text NOT NULL,
    holder uuid NOT NULL,
    until timestamp with time zone NOT NULL
);

CREATE TABLE public.lot (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    is_serial boolean NOT NULL,
    expires_on date,
    is_blocked boolean DEFAULT false NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.lot FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.lot.is_blocked IS 'Not to be sold: recalled, or waiting for a decision.';

CREATE TABLE public.lot_level (
    tenant_id uuid NOT NULL,
    warehouse_id uuid NOT NULL,
    lot_id uuid NOT NULL,
    product_id uuid NOT NULL,
    is_serial boolean NOT NULL,
    quantity numeric(18,6) NOT NULL,
    CONSTRAINT lot_level_not_negative CHECK ((quantity >= (0)::numeric)),
    CONSTRAINT lot_level_serial_is_one CHECK (((NOT is_serial) OR (quantity = ANY (ARRAY[(0)::numeric, (1)::numeric]))))
);

ALTER TABLE ONLY public.lot_level FORCE ROW LEVEL SECURITY;

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

CREATE TABLE public.modifier_group (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    min_choices smallint NOT NULL,
    max_choices smallint NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT modifier_group_choices_in_order CHECK ((((min_choices >= 0) AND (min_choices <= max_choices)) AND (max_choices > 0)))
);

ALTER TABLE ONLY public.modifier_group FORCE ROW LEVEL SECURITY;

CREATE TABLE public.modifier_option (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    name text NOT NULL,
    price numeric(18,6) NOT NULL,
    product_id uuid,
    quantity numeric(18,6),
    active boolean NOT NULL,
    "position" smallint NOT NULL,
    CONSTRAINT modifier_option_price_positive CHECK ((price >= (0)::numeric)),
    CONSTRAINT modifier_option_quantity_of_product CHECK (((product_id IS NULL) = (quantity IS NULL))),
    CONSTRAINT modifier_option_quantity_positive CHECK ((quantity > (0)::numeric))
);

ALTER TABLE ONLY public.modifier_option FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.modifier_option.product_id IS 'The goods that choosing it takes out.';

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

CREATE TABLE public.period (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    fiscal_year_id uuid NOT NULL,
    start_date date NOT NULL,
    end_date date NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT period_forward CHECK ((end_date >= start_date)),
    CONSTRAINT period_state_known CHECK ((state = ANY (ARRAY['open'::text, 'soft_closed'::text, 'closed'::text, 'locked'::text])))
);

ALTER TABLE ONLY public.period FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.period.state IS 'Soft closed: open for those who close the books.';

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

CREATE TABLE public.planned_reversal (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    on_date date NOT NULL,
    done_by uuid
);

ALTER TABLE ONLY public.planned_reversal FORCE ROW LEVEL SECURITY;

CREATE TABLE public.platform_operator (
    person_id uuid NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    created_by uuid,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT platform_operator_status_known CHECK ((status = ANY (ARRAY['active'::text, 'disabled'::text])))
);

CREATE TABLE public.pos_sale_component (
    tenant_id uuid NOT NULL,
    sale_id uuid NOT NULL,
    line_no smallint NOT NULL,
    product_id uuid NOT NULL,
    sku text NOT NULL,
    name text NOT NULL,
    quantity numeric(18,6) NOT NULL,
    cost_minor bigint NOT NULL,
    refunded_quantity numeric(18,6) DEFAULT 0 NOT NULL,
    refunded_cost_minor bigint DEFAULT 0 NOT NULL,
    CONSTRAINT pos_sale_component_cost_positive CHECK ((cost_minor >= 0)),
    CONSTRAINT pos_sale_component_not_over_refunded CHECK ((((refunded_quantity >= (0)::numeric) AND (refunded_quantity <= quantity)) AND ((refunded_cost_minor >= 0) AND (refunded_cost_minor <= cost_minor)))),
    CONSTRAINT pos_sale_component_quantity_positive CHECK ((quantity > (0)::numeric))
);

ALTER TABLE ONLY public.pos_sale_component FORCE ROW LEVEL SECURITY;

CREATE TABLE public.pos_sale_modifier (
    tenant_id uuid NOT NULL,
    sale_id uuid NOT NULL,
    line_no smallint NOT NULL,
    option_id uuid NOT NULL,
    "position" smallint NOT NULL,
    group_name text NOT NULL,
    name text NOT NULL,
    quantity numeric(18,6) NOT NULL,
    price numeric(18,6) NOT NULL,
    CONSTRAINT pos_sale_modifier_price_positive CHECK ((price >= (0)::numeric)),
    CONSTRAINT pos_sale_modifier_quantity_positive CHECK ((quantity > (0)::numeric))
);

ALTER TABLE ONLY public.pos_sale_modifier FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.pos_sale_modifier.quantity IS 'Of each of the line''s.';

CREATE TABLE public.pos_sale_tax (
    tenant_id uuid NOT NULL,
    sale_id uuid NOT NULL,
    line_no smallint NOT NULL,
    tax_no smallint NOT NULL,
    tax_id uuid NOT NULL,
    base_minor bigint NOT NULL,
    amount_minor bigint NOT NULL,
    refunded_base_minor bigint DEFAULT 0 NOT NULL,
    refunded_minor bigint DEFAULT 0 NOT NULL,
    CONSTRAINT pos_sale_tax_not_negative CHECK (((base_minor >= 0) AND (amount_minor >= 0))),
    CONSTRAINT pos_sale_tax_not_over_refunded CHECK ((((refunded_base_minor >= 0) AND (refunded_base_minor <= base_minor)) AND ((refunded_minor >= 0) AND (refunded_minor <= amount_minor))))
);

ALTER TABLE ONLY public.pos_sale_tax FORCE ROW LEVEL SECURITY;

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

CREATE TABLE public.product_image (
    tenant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    file_id uuid NOT NULL,
    "position" smallint NOT NULL,
    CONSTRAINT product_image_at_most_12 CHECK ((("position" >= 1) AND ("position" <= 12)))
);

ALTER TABLE ONLY public.product_image FORCE ROW LEVEL SECURITY;

CREATE TABLE public.product_modifier_group (
    tenant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    group_id uuid NOT NULL,
    "position" smallint NOT NULL
);

ALTER TABLE ONLY public.product_modifier_group FORCE ROW LEVEL SECURITY;

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

CREATE TABLE public.recurring_entry (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    journal text NOT NULL,
    memo text DEFAULT ''::text NOT NULL,
    frequency text NOT NULL,
    every smallint DEFAULT 1 NOT NULL,
    start_date date NOT NULL,
    next_date date NOT NULL,
    end_date date,
    runs integer DEFAULT 0 NOT NULL,
    posts boolean NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT recurring_entry_every_range CHECK (((every >= 1) AND (every <= 366))),
    CONSTRAINT recurring_entry_frequency_known CHECK ((frequency = ANY (ARRAY['daily'::text, 'weekly'::text, 'monthly'::text, 'yearly'::text])))
);

ALTER TABLE ONLY public.recurring_entry FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.recurring_entry.posts IS 'Whether it is posted when its day comes; a draft otherwise.';

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

CREATE TABLE public.scale_code (
    tenant_id uuid NOT NULL,
    prefix text NOT NULL COLLATE pg_catalog."C",
    item_digits smallint NOT NULL,
    value_kind text NOT NULL,
    value_decimals smallint NOT NULL,
    CONSTRAINT scale_code_item_digits_range CHECK (((item_digits >= 3) AND (item_digits <= 7))),
    CONSTRAINT scale_code_prefix_in_store CHECK ((prefix ~ '^2[0-9]$'::text)),
    CONSTRAINT scale_code_value_decimals_range CHECK (((value_decimals >= 0) AND (value_decimals <= 6))),
    CONSTRAINT scale_code_value_kind_known CHECK ((value_kind = ANY (ARRAY['weight'::text, 'price'::text])))
);

ALTER TABLE ONLY public.scale_code FORCE ROW LEVEL SECURITY;

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
    CONSTRAINT series_document_known CHECK ((document = ANY (ARRAY['pos_sale'::text, 'pos_refund'::text, 'stock_adjustment'::text, 'stock_transfer'::text, 'stock_count'::text, 'landed_cost'::text, 'journal_entry'::text, 'payment'::text]))),
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

CREATE TABLE public.stock_count_line (
    tenant_id uuid NOT NULL,
    count_id uuid NOT NULL,
    product_id uuid NOT NULL,
    snapshot numeric(18,6) NOT NULL,
    counted numeric(18,6),
    counted_by uuid,
    delta_minor bigint,
    lot_id uuid,
    counts uuid GENERATED ALWAYS AS (COALESCE(lot_id, product_id)) STORED NOT NULL,
    CONSTRAINT stock_count_line_not_negative CHECK (((snapshot >= (0)::numeric) AND (counted >= (0)::numeric)))
);

ALTER TABLE ONLY public.stock_count_line FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.stock_count_line.counts IS 'What it counts: a lot, else a product.';

CREATE TABLE public.stock_layer (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    warehouse_id uuid NOT NULL,
    product_id uuid NOT NULL,
    quantity numeric(18,6) NOT NULL,
    value_minor bigint NOT NULL,
    arrived_on date NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT stock_layer_not_empty CHECK (((quantity > (0)::numeric) AND (value_minor >= 0)))
);

ALTER TABLE ONLY public.stock_layer FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.stock_layer.id IS 'The move''s that brought it.';

CREATE TABLE public.stock_month (
    tenant_id uuid NOT NULL,
    warehouse_id uuid NOT NULL,
    product_id uuid NOT NULL,
    month date NOT NULL,
    quantity numeric(18,6) NOT NULL,
    value_minor bigint NOT NULL
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.stock_month FORCE ROW LEVEL SECURITY;

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

CREATE TABLE public.stock_setting (
    tenant_id uuid NOT NULL,
    valuation text DEFAULT 'average'::text NOT NULL,
    closed_until date,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT stock_setting_valuation_known CHECK ((valuation = ANY (ARRAY['average'::text, 'fifo'::text])))
);

ALTER TABLE ONLY public.stock_setting FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.stock_setting.closed_until IS 'No move is dated that day or before.';

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

CREATE TABLE public.tax_settlement (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    entry_id uuid NOT NULL,
    line_no smallint NOT NULL,
    settling_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    base_minor bigint NOT NULL
);

ALTER TABLE ONLY public.tax_settlement FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.tax_settlement.amount_minor IS 'Of the line, with its sign: a debit positive. What is given back is negative to that.';

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

ALTER TABLE ONLY public.accounting_setting
    ADD CONSTRAINT accounting_setting_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.allocation
    ADD CONSTRAINT allocation_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.allocation
    ADD CONSTRAINT allocation_undone_once UNIQUE (tenant_id, undoes_id);

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

ALTER TABLE ONLY public.bank_account
    ADD CONSTRAINT bank_account_iban_once UNIQUE (tenant_id, iban);

ALTER TABLE ONLY public.bank_account
    ADD CONSTRAINT bank_account_own_ledger_account UNIQUE (tenant_id, account_id);

ALTER TABLE ONLY public.bank_account
    ADD CONSTRAINT bank_account_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.bank_habit
    ADD CONSTRAINT bank_habit_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.bank_line
    ADD CONSTRAINT bank_line_once UNIQUE (tenant_id, bank_account_id, digest, occurrence);

ALTER TABLE ONLY public.bank_line
    ADD CONSTRAINT bank_line_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.bank_line
    ADD CONSTRAINT bank_line_place UNIQUE (tenant_id, statement_id, line_no);

ALTER TABLE ONLY public.bank_reconciliation_part
    ADD CONSTRAINT bank_reconciliation_part_pk PRIMARY KEY (tenant_id, reconciliation_id, part_no);

ALTER TABLE ONLY public.bank_reconciliation
    ADD CONSTRAINT bank_reconciliation_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.bank_rule
    ADD CONSTRAINT bank_rule_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.bank_statement
    ADD CONSTRAINT bank_statement_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.bank_transfer
    ADD CONSTRAINT bank_transfer_pk PRIMARY KEY (tenant_id, id);

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

ALTER TABLE ONLY public.cost_centre
    ADD CONSTRAINT cost_centre_code_unique UNIQUE (tenant_id, code);

ALTER TABLE ONLY public.cost_centre
    ADD CONSTRAINT cost_centre_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.cost_share
    ADD CONSTRAINT cost_share_pk PRIMARY KEY (tenant_id, entry_id, line_no, centre_id);

ALTER TABLE ONLY public.coupon
    ADD CONSTRAINT coupon_code_unique UNIQUE (code);

ALTER TABLE ONLY public.coupon
    ADD CONSTRAINT coupon_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.coupon_plan
    ADD CONSTRAINT coupon_plan_pk PRIMARY KEY (coupon_id, plan_id);

ALTER TABLE ONLY public.coupon_redemption
    ADD CONSTRAINT coupon_redemption_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.deferral_part
    ADD CONSTRAINT deferral_part_pk PRIMARY KEY (tenant_id, deferral_id, part_no);

ALTER TABLE ONLY public.deferral
    ADD CONSTRAINT deferral_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.draft_entry
    ADD CONSTRAINT draft_entry_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.draft_line
    ADD CONSTRAINT draft_line_pk PRIMARY KEY (tenant_id, owner_id, line_no);

ALTER TABLE ONLY public.draft_share
    ADD CONSTRAINT draft_share_pk PRIMARY KEY (tenant_id, owner_id, line_no, centre_id);

ALTER TABLE ONLY public.entitlement
    ADD CONSTRAINT entitlement_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.entry_file
    ADD CONSTRAINT entry_file_pk PRIMARY KEY (tenant_id, entry_id, file_id);

ALTER TABLE ONLY public.entry_number
    ADD CONSTRAINT entry_number_once UNIQUE (tenant_id, entry_id);

ALTER TABLE ONLY public.entry_number
    ADD CONSTRAINT entry_number_pk PRIMARY KEY (tenant_id, fiscal_year_id, number);

ALTER TABLE ONLY public.erasure
    ADD CONSTRAINT erasure_pk PRIMARY KEY (id);

ALTER TABLE ONLY public.exchange_rate
    ADD CONSTRAINT exchange_rate_pk PRIMARY KEY (tenant_id, currency, on_date);

ALTER TABLE ONLY public.field_setting
    ADD CONSTRAINT field_setting_pk PRIMARY KEY (tenant_id, form, field);

ALTER TABLE ONLY public.file
    ADD CONSTRAINT file_key_unique UNIQUE (tenant_id, key);

ALTER TABLE ONLY public.file
    ADD CONSTRAINT file_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.file_usage
    ADD CONSTRAINT file_usage_pk PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.fiscal_year
    ADD CONSTRAINT fiscal_year_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.fiscal_year
    ADD CONSTRAINT fiscal_year_start_unique UNIQUE (tenant_id, start_date);

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
    ADD CONSTRAINT journal_entry_reversed_once UNIQUE (tenant_id, reverses_id);

ALTER TABLE ONLY public.journal_entry
    ADD CONSTRAINT journal_entry_source_once UNIQUE (tenant_id, source_kind, source_id);

ALTER TABLE ONLY public.journal_line
    ADD CONSTRAINT journal_line_pk PRIMARY KEY (tenant_id, entry_id, line_no);

ALTER TABLE ONLY public.journal_lock
    ADD CONSTRAINT journal_lock_pk PRIMARY KEY (tenant_id, journal);

ALTER TABLE ONLY public.journal
    ADD CONSTRAINT journal_pk PRIMARY KEY (tenant_id, code);

ALTER TABLE ONLY public.kit_component
    ADD CONSTRAINT kit_component_pk PRIMARY KEY (tenant_id, kit_id, product_id);

ALTER TABLE ONLY public.known_device
    ADD CONSTRAINT known_device_pk PRIMARY KEY (hash);

ALTER TABLE ONLY public.landed_cost_line
    ADD CONSTRAINT landed_cost_line_pk PRIMARY KEY (tenant_id, landed_cost_id, line_no);

ALTER TABLE ONLY public.landed_cost
    ADD CONSTRAINT landed_cost_number_unique UNIQUE (tenant_id, number);

ALTER TABLE ONLY public.landed_cost
    ADD CONSTRAINT landed_cost_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.lease
    ADD CONSTRAINT lease_pk PRIMARY KEY (name);

ALTER TABLE ONLY public.lot
    ADD CONSTRAINT lot_code_unique UNIQUE (tenant_id, product_id, code);

ALTER TABLE ONLY public.lot_level
    ADD CONSTRAINT lot_level_pk PRIMARY KEY (tenant_id, warehouse_id, lot_id);

ALTER TABLE ONLY public.lot
    ADD CONSTRAINT lot_of_product UNIQUE (tenant_id, id, product_id);

ALTER TABLE ONLY public.lot
    ADD CONSTRAINT lot_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.mail_code
    ADD CONSTRAINT mail_code_pk PRIMARY KEY (person_id);

ALTER TABLE ONLY public.mail_token
    ADD CONSTRAINT mail_token_pk PRIMARY KEY (hash);

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT membership_pk PRIMARY KEY (tenant_id, person_id);

ALTER TABLE ONLY public.modifier_group
    ADD CONSTRAINT modifier_group_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.modifier_option
    ADD CONSTRAINT modifier_option_name_unique UNIQUE (tenant_id, group_id, name);

ALTER TABLE ONLY public.modifier_option
    ADD CONSTRAINT modifier_option_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.open_item
    ADD CONSTRAINT open_item_pk PRIMARY KEY (tenant_id, entry_id, line_no);

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

ALTER TABLE ONLY public.payment
    ADD CONSTRAINT payment_number_unique UNIQUE (tenant_id, number);

ALTER TABLE ONLY public.payment
    ADD CONSTRAINT payment_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.pending_registration
    ADD CONSTRAINT pending_registration_pk PRIMARY KEY (hash);

ALTER TABLE ONLY public.period
    ADD CONSTRAINT period_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.period
    ADD CONSTRAINT period_start_unique UNIQUE (tenant_id, start_date);

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

ALTER TABLE ONLY public.planned_reversal
    ADD CONSTRAINT planned_reversal_pk PRIMARY KEY (tenant_id, entry_id);

ALTER TABLE ONLY public.platform_operator
    ADD CONSTRAINT platform_operator_pk PRIMARY KEY (person_id);

ALTER TABLE ONLY public.pos_sale_component
    ADD CONSTRAINT pos_sale_component_pk PRIMARY KEY (tenant_id, sale_id, line_no, product_id);

ALTER TABLE ONLY public.pos_sale_modifier
    ADD CONSTRAINT pos_sale_modifier_pk PRIMARY KEY (tenant_id, sale_id, line_no, option_id);

ALTER TABLE ONLY public.pos_sale_tax
    ADD CONSTRAINT pos_sale_tax_pk PRIMARY KEY (tenant_id, sale_id, line_no, tax_no);

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

ALTER TABLE ONLY public.product_image
    ADD CONSTRAINT product_image_pk PRIMARY KEY (tenant_id, product_id, file_id);

ALTER TABLE ONLY public.product_image
    ADD CONSTRAINT product_image_position_unique UNIQUE (tenant_id, product_id, "position");

ALTER TABLE ONLY public.product_modifier_group
    ADD CONSTRAINT product_modifier_group_pk PRIMARY KEY (tenant_id, product_id, group_id);

ALTER TABLE ONLY public.product
    ADD CONSTRAINT product_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.product
    ADD CONSTRAINT product_scale_code_unique UNIQUE (tenant_id, scale_code);

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

ALTER TABLE ONLY public.recurring_entry
    ADD CONSTRAINT recurring_entry_pk PRIMARY KEY (tenant_id, id);

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

ALTER TABLE ONLY public.scale_code
    ADD CONSTRAINT scale_code_pk PRIMARY KEY (tenant_id, prefix);

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
    ADD CONSTRAINT stock_count_line_pk PRIMARY KEY (tenant_id, count_id, counts);

ALTER TABLE ONLY public.stock_count
    ADD CONSTRAINT stock_count_number_unique UNIQUE (tenant_id, number);

ALTER TABLE ONLY public.stock_count
    ADD CONSTRAINT stock_count_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.stock_layer
    ADD CONSTRAINT stock_layer_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.stock_level
    ADD CONSTRAINT stock_level_pk PRIMARY KEY (tenant_id, warehouse_id, product_id);

ALTER TABLE ONLY public.stock_month
    ADD CONSTRAINT stock_month_pk PRIMARY KEY (tenant_id, warehouse_id, product_id, month);

ALTER TABLE ONLY public.stock_move
    ADD CONSTRAINT stock_move_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.stock_reservation
    ADD CONSTRAINT stock_reservation_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.stock_rule
    ADD CONSTRAINT stock_rule_once UNIQUE (tenant_id, product_id, warehouse_id);

ALTER TABLE ONLY public.stock_rule
    ADD CONSTRAINT stock_rule_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.stock_setting
    ADD CONSTRAINT stock_setting_pk PRIMARY KEY (tenant_id);

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

ALTER TABLE ONLY public.tax_member
    ADD CONSTRAINT tax_member_once UNIQUE (tenant_id, group_id, member_id);

ALTER TABLE ONLY public.tax_member
    ADD CONSTRAINT tax_member_pk PRIMARY KEY (tenant_id, group_id, "position");

ALTER TABLE ONLY public.tax
    ADD CONSTRAINT tax_pk PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.tax_settlement
    ADD CONSTRAINT tax_settlement_pk PRIMARY KEY (tenant_id, id);

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

CREATE INDEX allocation_credit ON public.allocation USING btree (tenant_id, credit_entry_id, credit_line_no);

CREATE INDEX allocation_day ON public.allocation USING btree (tenant_id, allocated_on, id);

CREATE INDEX allocation_debit ON public.allocation USING btree (tenant_id, debit_entry_id, debit_line_no);

CREATE INDEX allocation_exchange ON public.allocation USING btree (tenant_id, exchange_entry_id) WHERE (exchange_entry_id IS NOT NULL);

CREATE INDEX allocation_made ON public.allocation USING btree (tenant_id, created_at);

CREATE INDEX allocation_rest ON public.allocation USING btree (tenant_id, rest_of_id) WHERE (rest_of_id IS NOT NULL);

CREATE INDEX allocation_source ON public.allocation USING btree (tenant_id, source_kind, source_id);

CREATE UNIQUE INDEX api_key_hash ON public.api_key USING btree (hash);

CREATE INDEX api_key_previous_hash ON public.api_key USING btree (previous_hash) WHERE (previous_hash IS NOT NULL);

CREATE INDEX audit_log_at ON public.audit_log USING btree (tenant_id, at, id);

CREATE INDEX audit_log_entity ON public.audit_log USING btree (tenant_id, entity, entity_id);

CREATE INDEX auth_event_person ON public.auth_event USING btree (person_id, id);

CREATE INDEX bank_habit_account ON public.bank_habit USING btree (tenant_id, account_id) WHERE (account_id IS NOT NULL);

CREATE INDEX bank_habit_contact ON public.bank_habit USING btree (tenant_id, contact_id) WHERE (contact_id IS NOT NULL);

CREATE INDEX bank_habit_key ON public.bank_habit USING btree (tenant_id, key, is_incoming);

CREATE INDEX bank_line_open ON public.bank_line USING btree (tenant_id, bank_account_id, booked_on) WHERE (state = ANY (ARRAY['unmatched'::text, 'ignored'::text]));

CREATE INDEX bank_reconciliation_entry ON public.bank_reconciliation USING btree (tenant_id, entry_id) WHERE (entry_id IS NOT NULL);

CREATE INDEX bank_reconciliation_line ON public.bank_reconciliation USING btree (tenant_id, line_id);

CREATE UNIQUE INDEX bank_reconciliation_once ON public.bank_reconciliation USING btree (tenant_id, line_id) WHERE (undone_at IS NULL);

CREATE INDEX bank_reconciliation_part_account ON public.bank_reconciliation_part USING btree (tenant_id, account_id);

CREATE INDEX bank_reconciliation_part_contact ON public.bank_reconciliation_part USING btree (tenant_id, contact_id) WHERE (contact_id IS NOT NULL);

CREATE INDEX bank_reconciliation_part_entry ON public.bank_reconciliation_part USING btree (tenant_id, entry_id, line_no) WHERE (entry_id IS NOT NULL);

CREATE UNIQUE INDEX bank_reconciliation_part_ledger_once ON public.bank_reconciliation_part USING btree (tenant_id, entry_id, line_no) WHERE ((kind = 'ledger'::text) AND (NOT is_undone));

CREATE INDEX bank_rule_account ON public.bank_rule USING btree (tenant_id, account_id) WHERE (account_id IS NOT NULL);

CREATE INDEX bank_rule_bank_account ON public.bank_rule USING btree (tenant_id, bank_account_id) WHERE (bank_account_id IS NOT NULL);

CREATE INDEX bank_rule_contact ON public.bank_rule USING btree (tenant_id, contact_id) WHERE (contact_id IS NOT NULL);

CREATE INDEX bank_rule_order ON public.bank_rule USING btree (tenant_id, "position", id);

CREATE INDEX bank_statement_account ON public.bank_statement USING btree (tenant_id, bank_account_id, to_date, id);

CREATE INDEX bank_transfer_arrival ON public.bank_transfer USING btree (tenant_id, arrival_id) WHERE (arrival_id IS NOT NULL);

CREATE INDEX bank_transfer_entry ON public.bank_transfer USING btree (tenant_id, entry_id);

CREATE INDEX bank_transfer_from ON public.bank_transfer USING btree (tenant_id, from_id);

CREATE INDEX bank_transfer_to ON public.bank_transfer USING btree (tenant_id, to_id);

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

CREATE INDEX cost_centre_parent ON public.cost_centre USING btree (tenant_id, parent_id) WHERE (parent_id IS NOT NULL);

CREATE INDEX cost_share_centre ON public.cost_share USING btree (tenant_id, centre_id);

CREATE INDEX coupon_plan_plan ON public.coupon_plan USING btree (plan_id);

CREATE INDEX coupon_redemption_coupon ON public.coupon_redemption USING btree (coupon_id, tenant_id);

CREATE UNIQUE INDEX coupon_redemption_one_live ON public.coupon_redemption USING btree (tenant_id, subscription_id) WHERE (bills_left IS DISTINCT FROM 0);

CREATE INDEX coupon_redemption_subscription ON public.coupon_redemption USING btree (tenant_id, subscription_id);

CREATE INDEX deferral_entry ON public.deferral USING btree (tenant_id, entry_id) WHERE (entry_id IS NOT NULL);

CREATE INDEX deferral_from ON public.deferral USING btree (tenant_id, from_id);

CREATE INDEX deferral_into ON public.deferral USING btree (tenant_id, into_id);

CREATE INDEX deferral_part_due ON public.deferral_part USING btree (on_date) WHERE (entry_id IS NULL);

CREATE INDEX deferral_part_entry ON public.deferral_part USING btree (tenant_id, entry_id) WHERE (entry_id IS NOT NULL);

CREATE INDEX draft_entry_journal ON public.draft_entry USING btree (tenant_id, journal);

CREATE INDEX draft_line_account ON public.draft_line USING btree (tenant_id, account_id);

CREATE INDEX draft_line_contact ON public.draft_line USING btree (tenant_id, contact_id) WHERE (contact_id IS NOT NULL);

CREATE INDEX draft_line_tax ON public.draft_line USING btree (tenant_id, tax_id) WHERE (tax_id IS NOT NULL);

CREATE INDEX draft_share_centre ON public.draft_share USING btree (tenant_id, centre_id);

CREATE INDEX entry_file_file ON public.entry_file USING btree (tenant_id, file_id);

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

CREATE INDEX journal_entry_day ON public.journal_entry USING btree (tenant_id, entry_date, id);

CREATE INDEX journal_entry_journal ON public.journal_entry USING btree (tenant_id, journal, entry_date);

CREATE INDEX journal_entry_posted ON public.journal_entry USING btree (tenant_id, posted_at);

CREATE INDEX journal_entry_stage ON public.journal_entry USING btree (tenant_id, entry_date) WHERE (stage <> 'normal'::text);

CREATE INDEX journal_line_account ON public.journal_line USING btree (tenant_id, account_id, entry_date) INCLUDE (debit_minor, credit_minor);

CREATE INDEX journal_line_contact ON public.journal_line USING btree (tenant_id, contact_id, entry_date) WHERE (contact_id IS NOT NULL);

CREATE INDEX journal_line_tax ON public.journal_line USING btree (tenant_id, tax_id, entry_date) WHERE (tax_id IS NOT NULL);

CREATE INDEX journal_line_tax_day ON public.journal_line USING btree (tenant_id, entry_date, entry_id, line_no) WHERE (tax_id IS NOT NULL);

CREATE INDEX kit_component_product ON public.kit_component USING btree (tenant_id, product_id);

CREATE INDEX known_device_person ON public.known_device USING btree (person_id);

CREATE INDEX landed_cost_line_move ON public.landed_cost_line USING btree (tenant_id, move_id);

CREATE INDEX lot_by_expiry ON public.lot USING btree (tenant_id, COALESCE(expires_on, '9999-12-31'::date), id);

CREATE INDEX lot_level_lot ON public.lot_level USING btree (tenant_id, lot_id, product_id);

CREATE INDEX lot_level_product ON public.lot_level USING btree (tenant_id, warehouse_id, product_id) WHERE (quantity > (0)::numeric);

CREATE UNIQUE INDEX lot_level_serial_once ON public.lot_level USING btree (tenant_id, lot_id) WHERE (is_serial AND (quantity > (0)::numeric));

CREATE INDEX mail_token_age ON public.mail_token USING btree (expires_at);

CREATE INDEX mail_token_person ON public.mail_token USING btree (person_id);

CREATE UNIQUE INDEX membership_one_owner ON public.membership USING btree (tenant_id) WHERE (role = 'owner'::text);

CREATE INDEX membership_person ON public.membership USING btree (person_id);

CREATE INDEX membership_role ON public.membership USING btree (tenant_id, role_kind, role_id);

CREATE INDEX modifier_option_product ON public.modifier_option USING btree (tenant_id, product_id) WHERE (product_id IS NOT NULL);

CREATE INDEX open_item_account ON public.open_item USING btree (tenant_id, account_id, entry_date);

CREATE INDEX open_item_contact ON public.open_item USING btree (tenant_id, contact_id);

CREATE INDEX open_item_due ON public.open_item USING btree (tenant_id, due_date, entry_id) WHERE ((residual_minor <> 0) OR (residual_currency_minor <> 0));

CREATE INDEX outgoing_mail_due ON public.outgoing_mail USING btree (run_at) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX outgoing_mail_finished ON public.outgoing_mail USING btree (finished_at);

CREATE INDEX passkey_person ON public.passkey USING btree (person_id);

CREATE INDEX payment_account ON public.payment USING btree (tenant_id, account_id, payment_date);

CREATE INDEX payment_contact ON public.payment USING btree (tenant_id, contact_id, id);

CREATE INDEX payment_day ON public.payment USING btree (tenant_id, payment_date, id);

CREATE INDEX payment_entry ON public.payment USING btree (tenant_id, entry_id) WHERE (entry_id IS NOT NULL);

CREATE INDEX pending_registration_age ON public.pending_registration USING btree (expires_at);

CREATE INDEX period_year ON public.period USING btree (tenant_id, fiscal_year_id, start_date);

CREATE UNIQUE INDEX plan_one_default ON public.plan USING btree (is_default) WHERE is_default;

CREATE INDEX plan_service_service ON public.plan_service USING btree (service_id);

CREATE INDEX planned_reversal_done ON public.planned_reversal USING btree (tenant_id, done_by) WHERE (done_by IS NOT NULL);

CREATE INDEX planned_reversal_due ON public.planned_reversal USING btree (on_date) WHERE (done_by IS NULL);

CREATE INDEX pos_sale_component_product ON public.pos_sale_component USING btree (tenant_id, product_id);

CREATE INDEX pos_sale_modifier_option ON public.pos_sale_modifier USING btree (tenant_id, option_id);

CREATE INDEX pos_sale_tax_tax ON public.pos_sale_tax USING btree (tenant_id, tax_id);

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

CREATE INDEX product_image_file ON public.product_image USING btree (tenant_id, file_id);

CREATE INDEX product_modifier_group_group ON public.product_modifier_group USING btree (tenant_id, group_id);

CREATE INDEX product_parent ON public.product USING btree (tenant_id, parent_id) WHERE (parent_id IS NOT NULL);

CREATE INDEX product_supplier_product ON public.product_supplier USING btree (tenant_id, product_id);

CREATE INDEX product_supplier_supplier ON public.product_supplier USING btree (tenant_id, supplier_id);

CREATE INDEX product_term_product ON public.product_term USING btree (tenant_id, product_id);

CREATE INDEX product_unit_unit ON public.product_unit USING btree (tenant_id, unit_code);

CREATE INDEX purchase_proposal_line_product ON public.purchase_proposal_line USING btree (tenant_id, product_id);

CREATE INDEX purchase_proposal_line_supplier ON public.purchase_proposal_line USING btree (tenant_id, supplier_id);

CREATE INDEX purchase_proposal_line_warehouse ON public.purchase_proposal_line USING btree (tenant_id, warehouse_id);

CREATE INDEX recurring_entry_due ON public.recurring_entry USING btree (next_date) WHERE is_active;

CREATE INDEX recurring_entry_journal ON public.recurring_entry USING btree (tenant_id, journal);

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

CREATE INDEX stock_adjustment_supplier ON public.stock_adjustment USING btree (tenant_id, supplier_id) WHERE (supplier_id IS NOT NULL);

CREATE INDEX stock_adjustment_warehouse ON public.stock_adjustment USING btree (tenant_id, warehouse_id);

CREATE INDEX stock_alert_mailed ON public.stock_alert USING btree (tenant_id, mailed_at) WHERE (mailed_at IS NOT NULL);

CREATE UNIQUE INDEX stock_alert_one_open ON public.stock_alert USING btree (tenant_id, product_id, warehouse_id) WHERE (closed_at IS NULL);

CREATE INDEX stock_alert_product ON public.stock_alert USING btree (tenant_id, product_id);

CREATE INDEX stock_alert_warehouse ON public.stock_alert USING btree (tenant_id, warehouse_id);

CREATE INDEX stock_count_line_lot ON public.stock_count_line USING btree (tenant_id, lot_id, product_id) WHERE (lot_id IS NOT NULL);

CREATE INDEX stock_count_line_product ON public.stock_count_line USING btree (tenant_id, product_id);

CREATE INDEX stock_count_warehouse ON public.stock_count USING btree (tenant_id, warehouse_id);

CREATE INDEX stock_layer_oldest ON public.stock_layer USING btree (tenant_id, warehouse_id, product_id, arrived_on, recorded_at, id);

CREATE INDEX stock_layer_product ON public.stock_layer USING btree (tenant_id, product_id);

CREATE INDEX stock_level_product ON public.stock_level USING btree (tenant_id, product_id);

CREATE INDEX stock_month_product ON public.stock_month USING btree (tenant_id, product_id);

CREATE INDEX stock_move_by_time ON public.stock_move USING btree (tenant_id, moved_on, recorded_at, id);

CREATE INDEX stock_move_from ON public.stock_move USING btree (tenant_id, from_warehouse_id, product_id, moved_on) WHERE (from_warehouse_id IS NOT NULL);

CREATE INDEX stock_move_lot ON public.stock_move USING btree (tenant_id, lot_id, product_id) WHERE (lot_id IS NOT NULL);

CREATE INDEX stock_move_posted_later ON public.stock_move USING btree (tenant_id, posted_on) WHERE (posted_on <> moved_on);

CREATE INDEX stock_move_product ON public.stock_move USING btree (tenant_id, product_id, moved_on);

CREATE INDEX stock_move_source ON public.stock_move USING btree (tenant_id, source_id);

CREATE INDEX stock_move_to ON public.stock_move USING btree (tenant_id, to_warehouse_id, product_id, moved_on) WHERE (to_warehouse_id IS NOT NULL);

CREATE INDEX stock_reservation_level ON public.stock_reservation USING btree (tenant_id, warehouse_id, product_id);

CREATE INDEX stock_reservation_product ON public.stock_reservation USING btree (tenant_id, product_id);

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

CREATE INDEX tax_input_account ON public.tax USING btree (tenant_id, input_account_id) WHERE (input_account_id IS NOT NULL);

CREATE INDEX tax_member_of ON public.tax_member USING btree (tenant_id, member_id);

CREATE UNIQUE INDEX tax_one_default ON public.tax USING btree (tenant_id) WHERE is_default;

CREATE INDEX tax_output_account ON public.tax USING btree (tenant_id, output_account_id) WHERE (output_account_id IS NOT NULL);

CREATE INDEX tax_replaced_by ON public.tax USING btree (tenant_id, replaced_by_id) WHERE (replaced_by_id IS NOT NULL);

CREATE INDEX tax_settlement_line ON public.tax_settlement USING btree (tenant_id, entry_id, line_no);

CREATE INDEX tax_settlement_settling ON public.tax_settlement USING btree (tenant_id, settling_id);

CREATE INDEX unit_conversion_from ON public.unit_conversion USING btree (tenant_id, from_unit);

CREATE UNIQUE INDEX unit_conversion_pair ON public.unit_conversion USING btree (tenant_id, LEAST(from_unit, to_unit), GREATEST(from_unit, to_unit));

CREATE INDEX unit_conversion_to ON public.unit_conversion USING btree (tenant_id, to_unit);

CREATE INDEX variant_value_value ON public.variant_value USING btree (tenant_id, attribute_id, value_id);

CREATE UNIQUE INDEX warehouse_one_transit ON public.warehouse USING btree (tenant_id) WHERE (kind = 'transit'::text);

CREATE TRIGGER account_keep BEFORE UPDATE ON public.account FOR EACH ROW EXECUTE FUNCTION app.keep_account();

CREATE TRIGGER allocation_settle AFTER INSERT ON public.allocation REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION app.settle_items();

CREATE TRIGGER audit_log_sealed_once BEFORE UPDATE ON public.audit_log FOR EACH ROW EXECUTE FUNCTION app.seal_once();

CREATE TRIGGER bank_reconciliation_keep BEFORE DELETE OR UPDATE ON public.bank_reconciliation FOR EACH ROW EXECUTE FUNCTION app.keep_undone();

CREATE TRIGGER bank_reconciliation_part_whole AFTER INSERT ON public.bank_reconciliation_part REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION app.keep_reconciliation();

CREATE TRIGGER category_tree BEFORE INSERT OR UPDATE OF parent_id ON public.category FOR EACH ROW WHEN ((new.parent_id IS NOT NULL)) EXECUTE FUNCTION app.keep_category_tree();

CREATE TRIGGER company_currency BEFORE UPDATE OF currency ON public.company FOR EACH ROW WHEN ((old.currency <> new.currency)) EXECUTE FUNCTION app.keep_currency();

CREATE TRIGGER cost_share_whole AFTER INSERT ON public.cost_share REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION app.keep_shares_whole();

CREATE TRIGGER coupon_redemption_admission BEFORE INSERT ON public.coupon_redemption FOR EACH ROW EXECUTE FUNCTION app.admit_redemption();

CREATE TRIGGER entry_file_keep BEFORE DELETE ON public.entry_file FOR EACH ROW EXECUTE FUNCTION app.keep_papers();

CREATE TRIGGER file_count AFTER INSERT OR DELETE ON public.file FOR EACH ROW EXECUTE FUNCTION app.count_file();

CREATE TRIGGER fiscal_year_keep AFTER INSERT ON public.fiscal_year FOR EACH ROW EXECUTE FUNCTION app.keep_years();

CREATE TRIGGER fiscal_year_keep_before BEFORE DELETE OR UPDATE ON public.fiscal_year FOR EACH ROW EXECUTE FUNCTION app.keep_years();

CREATE TRIGGER journal_entry_open_books BEFORE INSERT ON public.journal_entry FOR EACH ROW EXECUTE FUNCTION app.open_books();

CREATE TRIGGER journal_line_party BEFORE UPDATE ON public.journal_line FOR EACH ROW EXECUTE FUNCTION app.keep_party();

CREATE TRIGGER journal_line_post AFTER INSERT ON public.journal_line REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION app.post_lines();

CREATE CONSTRAINT TRIGGER kit_component_filled AFTER DELETE ON public.kit_component DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.keep_kits_filled();

CREATE TRIGGER kit_component_flat AFTER INSERT OR UPDATE ON public.kit_component FOR EACH ROW EXECUTE FUNCTION app.keep_kits_flat();

CREATE TRIGGER membership_admission BEFORE INSERT ON public.membership FOR EACH ROW EXECUTE FUNCTION app.admit_member();

CREATE TRIGGER membership_keeps_owner_delete AFTER DELETE ON public.membership REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION app.keep_owner();

CREATE TRIGGER membership_keeps_owner_update AFTER UPDATE ON public.membership REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION app.keep_owner();

CREATE TRIGGER modifier_option_takes_goods AFTER INSERT OR UPDATE OF product_id ON public.modifier_option FOR EACH ROW WHEN ((new.product_id IS NOT NULL)) EXECUTE FUNCTION app.keep_modifiers_goods();

CREATE TRIGGER open_item_party BEFORE UPDATE OF contact_id ON public.open_item FOR EACH ROW WHEN ((new.contact_id IS DISTINCT FROM old.contact_id)) EXECUTE FUNCTION app.keep_party();

CREATE TRIGGER payment_keep BEFORE DELETE OR UPDATE ON public.payment FOR EACH ROW EXECUTE FUNCTION app.keep_payment();

CREATE TRIGGER period_keep BEFORE DELETE OR UPDATE ON public.period FOR EACH ROW EXECUTE FUNCTION app.keep_periods();

CREATE TRIGGER platform_operator_admission BEFORE INSERT ON public.platform_operator FOR EACH ROW EXECUTE FUNCTION app.admit_operator();

CREATE TRIGGER price_rule_grounded BEFORE INSERT OR UPDATE OF base_list_id, price_list_id ON public.price_rule FOR EACH ROW WHEN ((new.base_list_id IS NOT NULL)) EXECUTE FUNCTION app.keep_price_lists_grounded();

CREATE TRIGGER product_barcode_indexed AFTER INSERT OR DELETE ON public.product_barcode FOR EACH ROW EXECUTE FUNCTION app.index_barcode();

CREATE TRIGGER product_indexed_change AFTER UPDATE ON public.product REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION app.index_changed_products();

CREATE TRIGGER product_indexed_new AFTER INSERT ON public.product REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION app.index_new_products();

CREATE TRIGGER product_keeps_tracking AFTER UPDATE OF is_lot_tracked, is_serial_tracked ON public.product FOR EACH ROW WHEN (((old.is_lot_tracked <> new.is_lot_tracked) OR (old.is_serial_tracked <> new.is_serial_tracked))) EXECUTE FUNCTION app.keep_tracking();

CREATE TRIGGER product_kind_stays BEFORE UPDATE OF kind ON public.product FOR EACH ROW WHEN ((new.kind <> old.kind)) EXECUTE FUNCTION app.keep_product_kind();

CREATE TRIGGER product_tax_changed BEFORE UPDATE OF tax_id ON public.product FOR EACH ROW WHEN ((new.tax_id IS DISTINCT FROM old.tax_id)) EXECUTE FUNCTION app.give_tax();

CREATE TRIGGER register_admission BEFORE INSERT ON public.register FOR EACH ROW EXECUTE FUNCTION app.admit_register();

CREATE TRIGGER stock_level_not_of_kit AFTER INSERT ON public.stock_level REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION app.keep_kits_off_shelves();

CREATE TRIGGER stock_move_post AFTER INSERT ON public.stock_move REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION app.post_moves();

CREATE TRIGGER stock_reservation_sets_aside AFTER INSERT OR UPDATE OF state ON public.stock_reservation FOR EACH ROW EXECUTE FUNCTION app.set_aside();

CREATE TRIGGER stock_setting_revalues AFTER INSERT OR UPDATE OF valuation ON public.stock_setting FOR EACH ROW EXECUTE FUNCTION app.revalue_stock();

CREATE TRIGGER store_admission BEFORE INSERT ON public.store FOR EACH ROW EXECUTE FUNCTION app.admit_store();

CREATE TRIGGER subscription_state_order BEFORE UPDATE OF state ON public.subscription FOR EACH ROW EXECUTE FUNCTION app.keep_subscription_states();

CREATE TRIGGER tax_keep BEFORE UPDATE ON public.tax FOR EACH ROW EXECUTE FUNCTION app.keep_tax();

CREATE TRIGGER tax_member_keep AFTER INSERT OR DELETE ON public.tax_member FOR EACH ROW EXECUTE FUNCTION app.keep_tax_members();

ALTER TABLE ONLY public.account_balance
    ADD CONSTRAINT account_balance_account_fk FOREIGN KEY (tenant_id, account_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_parent_fk FOREIGN KEY (tenant_id, parent) REFERENCES public.account(tenant_id, code);

ALTER TABLE ONLY public.account_role
    ADD CONSTRAINT account_role_account_fk FOREIGN KEY (tenant_id, account_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.accounting_setting
    ADD CONSTRAINT accounting_setting_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.allocation
    ADD CONSTRAINT allocation_credit_fk FOREIGN KEY (tenant_id, credit_entry_id, credit_line_no) REFERENCES public.open_item(tenant_id, entry_id, line_no);

ALTER TABLE ONLY public.allocation
    ADD CONSTRAINT allocation_debit_fk FOREIGN KEY (tenant_id, debit_entry_id, debit_line_no) REFERENCES public.open_item(tenant_id, entry_id, line_no);

ALTER TABLE ONLY public.allocation
    ADD CONSTRAINT allocation_exchange_fk FOREIGN KEY (tenant_id, exchange_entry_id) REFERENCES public.journal_entry(tenant_id, id);

ALTER TABLE ONLY public.allocation
    ADD CONSTRAINT allocation_rest_fk FOREIGN KEY (tenant_id, rest_of_id) REFERENCES public.allocation(tenant_id, id);

ALTER TABLE ONLY public.allocation
    ADD CONSTRAINT allocation_undoes_fk FOREIGN KEY (tenant_id, undoes_id) REFERENCES public.allocation(tenant_id, id);

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

ALTER TABLE ONLY public.bank_account
    ADD CONSTRAINT bank_account_account_fk FOREIGN KEY (tenant_id, account_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.bank_habit
    ADD CONSTRAINT bank_habit_account_fk FOREIGN KEY (tenant_id, account_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.bank_habit
    ADD CONSTRAINT bank_habit_contact_fk FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contact(tenant_id, id);

ALTER TABLE ONLY public.bank_line
    ADD CONSTRAINT bank_line_account_fk FOREIGN KEY (tenant_id, bank_account_id) REFERENCES public.bank_account(tenant_id, id);

ALTER TABLE ONLY public.bank_line
    ADD CONSTRAINT bank_line_statement_fk FOREIGN KEY (tenant_id, statement_id) REFERENCES public.bank_statement(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.bank_reconciliation
    ADD CONSTRAINT bank_reconciliation_entry_fk FOREIGN KEY (tenant_id, entry_id) REFERENCES public.journal_entry(tenant_id, id);

ALTER TABLE ONLY public.bank_reconciliation
    ADD CONSTRAINT bank_reconciliation_line_fk FOREIGN KEY (tenant_id, line_id) REFERENCES public.bank_line(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.bank_reconciliation_part
    ADD CONSTRAINT bank_reconciliation_part_account_fk FOREIGN KEY (tenant_id, account_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.bank_reconciliation_part
    ADD CONSTRAINT bank_reconciliation_part_contact_fk FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contact(tenant_id, id);

ALTER TABLE ONLY public.bank_reconciliation_part
    ADD CONSTRAINT bank_reconciliation_part_line_fk FOREIGN KEY (tenant_id, entry_id, line_no) REFERENCES public.journal_line(tenant_id, entry_id, line_no);

ALTER TABLE ONLY public.bank_reconciliation_part
    ADD CONSTRAINT bank_reconciliation_part_of_fk FOREIGN KEY (tenant_id, reconciliation_id) REFERENCES public.bank_reconciliation(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.bank_rule
    ADD CONSTRAINT bank_rule_account_fk FOREIGN KEY (tenant_id, account_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.bank_rule
    ADD CONSTRAINT bank_rule_bank_account_fk FOREIGN KEY (tenant_id, bank_account_id) REFERENCES public.bank_account(tenant_id, id);

ALTER TABLE ONLY public.bank_rule
    ADD CONSTRAINT bank_rule_contact_fk FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contact(tenant_id, id);

ALTER TABLE ONLY public.bank_statement
    ADD CONSTRAINT bank_statement_account_fk FOREIGN KEY (tenant_id, bank_account_id) REFERENCES public.bank_account(tenant_id, id);

ALTER TABLE ONLY public.bank_transfer
    ADD CONSTRAINT bank_transfer_arrival_fk FOREIGN KEY (tenant_id, arrival_id) REFERENCES public.journal_entry(tenant_id, id);

ALTER TABLE ONLY public.bank_transfer
    ADD CONSTRAINT bank_transfer_entry_fk FOREIGN KEY (tenant_id, entry_id) REFERENCES public.journal_entry(tenant_id, id);

ALTER TABLE ONLY public.bank_transfer
    ADD CONSTRAINT bank_transfer_from_fk FOREIGN KEY (tenant_id, from_id) REFERENCES public.bank_account(tenant_id, id);

ALTER TABLE ONLY public.bank_transfer
    ADD CONSTRAINT bank_transfer_to_fk FOREIGN KEY (tenant_id, to_id) REFERENCES public.bank_account(tenant_id, id);

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

ALTER TABLE ONLY public.cost_centre
    ADD CONSTRAINT cost_centre_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.cost_centre
    ADD CONSTRAINT cost_centre_parent_fk FOREIGN KEY (tenant_id, parent_id) REFERENCES public.cost_centre(tenant_id, id);

ALTER TABLE ONLY public.cost_share
    ADD CONSTRAINT cost_share_centre_fk FOREIGN KEY (tenant_id, centre_id) REFERENCES public.cost_centre(tenant_id, id);

ALTER TABLE ONLY public.cost_share
    ADD CONSTRAINT cost_share_line_fk FOREIGN KEY (tenant_id, entry_id, line_no) REFERENCES public.journal_line(tenant_id, entry_id, line_no);

ALTER TABLE ONLY public.coupon_plan
    ADD CONSTRAINT coupon_plan_coupon_fk FOREIGN KEY (coupon_id) REFERENCES public.coupon(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coupon_plan
    ADD CONSTRAINT coupon_plan_plan_fk FOREIGN KEY (plan_id) REFERENCES public.plan(id);

ALTER TABLE ONLY public.coupon_redemption
    ADD CONSTRAINT coupon_redemption_coupon_fk FOREIGN KEY (coupon_id) REFERENCES public.coupon(id);

ALTER TABLE ONLY public.coupon_redemption
    ADD CONSTRAINT coupon_redemption_subscription_fk FOREIGN KEY (tenant_id, subscription_id) REFERENCES public.subscription(tenant_id, id);

ALTER TABLE ONLY public.deferral
    ADD CONSTRAINT deferral_entry_fk FOREIGN KEY (tenant_id, entry_id) REFERENCES public.journal_entry(tenant_id, id);

ALTER TABLE ONLY public.deferral
    ADD CONSTRAINT deferral_from_fk FOREIGN KEY (tenant_id, from_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.deferral
    ADD CONSTRAINT deferral_into_fk FOREIGN KEY (tenant_id, into_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.deferral_part
    ADD CONSTRAINT deferral_part_deferral_fk FOREIGN KEY (tenant_id, deferral_id) REFERENCES public.deferral(tenant_id, id);

ALTER TABLE ONLY public.deferral_part
    ADD CONSTRAINT deferral_part_entry_fk FOREIGN KEY (tenant_id, entry_id) REFERENCES public.journal_entry(tenant_id, id);

ALTER TABLE ONLY public.draft_entry
    ADD CONSTRAINT draft_entry_journal_fk FOREIGN KEY (tenant_id, journal) REFERENCES public.journal(tenant_id, code);

ALTER TABLE ONLY public.draft_line
    ADD CONSTRAINT draft_line_account_fk FOREIGN KEY (tenant_id, account_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.draft_line
    ADD CONSTRAINT draft_line_contact_fk FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contact(tenant_id, id);

ALTER TABLE ONLY public.draft_line
    ADD CONSTRAINT draft_line_tax_fk FOREIGN KEY (tenant_id, tax_id) REFERENCES public.tax(tenant_id, id);

ALTER TABLE ONLY public.draft_share
    ADD CONSTRAINT draft_share_centre_fk FOREIGN KEY (tenant_id, centre_id) REFERENCES public.cost_centre(tenant_id, id);

ALTER TABLE ONLY public.draft_share
    ADD CONSTRAINT draft_share_line_fk FOREIGN KEY (tenant_id, owner_id, line_no) REFERENCES public.draft_line(tenant_id, owner_id, line_no) ON DELETE CASCADE;

ALTER TABLE ONLY public.entitlement
    ADD CONSTRAINT entitlement_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.entry_file
    ADD CONSTRAINT entry_file_file_fk FOREIGN KEY (tenant_id, file_id) REFERENCES public.file(tenant_id, id);

ALTER TABLE ONLY public.entry_number
    ADD CONSTRAINT entry_number_entry_fk FOREIGN KEY (tenant_id, entry_id) REFERENCES public.journal_entry(tenant_id, id);

ALTER TABLE ONLY public.entry_number
    ADD CONSTRAINT entry_number_year_fk FOREIGN KEY (tenant_id, fiscal_year_id) REFERENCES public.fiscal_year(tenant_id, id);

ALTER TABLE ONLY public.exchange_rate
    ADD CONSTRAINT exchange_rate_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.field_setting
    ADD CONSTRAINT field_setting_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.file
    ADD CONSTRAINT file_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.file_usage
    ADD CONSTRAINT file_usage_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.fiscal_year
    ADD CONSTRAINT fiscal_year_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

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

ALTER TABLE ONLY public.journal
    ADD CONSTRAINT journal_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.journal_entry
    ADD CONSTRAINT journal_entry_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.journal_entry
    ADD CONSTRAINT journal_entry_journal_fk FOREIGN KEY (tenant_id, journal) REFERENCES public.journal(tenant_id, code);

ALTER TABLE ONLY public.journal_entry
    ADD CONSTRAINT journal_entry_reverses_fk FOREIGN KEY (tenant_id, reverses_id) REFERENCES public.journal_entry(tenant_id, id);

ALTER TABLE ONLY public.journal_line
    ADD CONSTRAINT journal_line_account_fk FOREIGN KEY (tenant_id, account_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.journal_line
    ADD CONSTRAINT journal_line_contact_fk FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contact(tenant_id, id);

ALTER TABLE ONLY public.journal_line
    ADD CONSTRAINT journal_line_entry_fk FOREIGN KEY (tenant_id, entry_id) REFERENCES public.journal_entry(tenant_id, id);

ALTER TABLE ONLY public.journal_line
    ADD CONSTRAINT journal_line_tax_fk FOREIGN KEY (tenant_id, tax_id) REFERENCES public.tax(tenant_id, id);

ALTER TABLE ONLY public.journal_lock
    ADD CONSTRAINT journal_lock_journal_fk FOREIGN KEY (tenant_id, journal) REFERENCES public.journal(tenant_id, code);

ALTER TABLE ONLY public.kit_component
    ADD CONSTRAINT kit_component_kit_fk FOREIGN KEY (tenant_id, kit_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.kit_component
    ADD CONSTRAINT kit_component_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.known_device
    ADD CONSTRAINT known_device_person_fk FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.landed_cost
    ADD CONSTRAINT landed_cost_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.landed_cost_line
    ADD CONSTRAINT landed_cost_line_cost_fk FOREIGN KEY (tenant_id, landed_cost_id) REFERENCES public.landed_cost(tenant_id, id);

ALTER TABLE ONLY public.landed_cost_line
    ADD CONSTRAINT landed_cost_line_move_fk FOREIGN KEY (tenant_id, move_id) REFERENCES public.stock_move(tenant_id, id);

ALTER TABLE ONLY public.lot_level
    ADD CONSTRAINT lot_level_lot_fk FOREIGN KEY (tenant_id, lot_id, product_id) REFERENCES public.lot(tenant_id, id, product_id);

ALTER TABLE ONLY public.lot_level
    ADD CONSTRAINT lot_level_warehouse_fk FOREIGN KEY (tenant_id, warehouse_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.lot
    ADD CONSTRAINT lot_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

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

ALTER TABLE ONLY public.modifier_group
    ADD CONSTRAINT modifier_group_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.modifier_option
    ADD CONSTRAINT modifier_option_group_fk FOREIGN KEY (tenant_id, group_id) REFERENCES public.modifier_group(tenant_id, id);

ALTER TABLE ONLY public.modifier_option
    ADD CONSTRAINT modifier_option_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.open_item
    ADD CONSTRAINT open_item_account_fk FOREIGN KEY (tenant_id, account_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.open_item
    ADD CONSTRAINT open_item_contact_fk FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contact(tenant_id, id);

ALTER TABLE ONLY public.open_item
    ADD CONSTRAINT open_item_line_fk FOREIGN KEY (tenant_id, entry_id, line_no) REFERENCES public.journal_line(tenant_id, entry_id, line_no);

ALTER TABLE ONLY public.passkey
    ADD CONSTRAINT passkey_person_fk FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.payment
    ADD CONSTRAINT payment_account_fk FOREIGN KEY (tenant_id, account_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.payment
    ADD CONSTRAINT payment_contact_fk FOREIGN KEY (tenant_id, contact_id) REFERENCES public.contact(tenant_id, id);

ALTER TABLE ONLY public.payment
    ADD CONSTRAINT payment_entry_fk FOREIGN KEY (tenant_id, entry_id) REFERENCES public.journal_entry(tenant_id, id);

ALTER TABLE ONLY public.payment_method
    ADD CONSTRAINT payment_method_role_fk FOREIGN KEY (tenant_id, account_role) REFERENCES public.account_role(tenant_id, role);

ALTER TABLE ONLY public.period
    ADD CONSTRAINT period_year_fk FOREIGN KEY (tenant_id, fiscal_year_id) REFERENCES public.fiscal_year(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.permission_list
    ADD CONSTRAINT permission_list_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

ALTER TABLE ONLY public.plan_service
    ADD CONSTRAINT plan_service_plan_fk FOREIGN KEY (plan_id) REFERENCES public.plan(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.plan_service
    ADD CONSTRAINT plan_service_service_fk FOREIGN KEY (service_id) REFERENCES public.service(id);

ALTER TABLE ONLY public.planned_reversal
    ADD CONSTRAINT planned_reversal_done_fk FOREIGN KEY (tenant_id, done_by) REFERENCES public.journal_entry(tenant_id, id);

ALTER TABLE ONLY public.planned_reversal
    ADD CONSTRAINT planned_reversal_entry_fk FOREIGN KEY (tenant_id, entry_id) REFERENCES public.journal_entry(tenant_id, id);

ALTER TABLE ONLY public.platform_operator
    ADD CONSTRAINT platform_operator_person_fk FOREIGN KEY (person_id) REFERENCES public.person(id);

ALTER TABLE ONLY public.pos_sale_component
    ADD CONSTRAINT pos_sale_component_line_fk FOREIGN KEY (tenant_id, sale_id, line_no) REFERENCES public.sale_line(tenant_id, sale_id, line_no) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.pos_sale_component
    ADD CONSTRAINT pos_sale_component_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.pos_sale_modifier
    ADD CONSTRAINT pos_sale_modifier_line_fk FOREIGN KEY (tenant_id, sale_id, line_no) REFERENCES public.sale_line(tenant_id, sale_id, line_no) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.pos_sale_modifier
    ADD CONSTRAINT pos_sale_modifier_option_fk FOREIGN KEY (tenant_id, option_id) REFERENCES public.modifier_option(tenant_id, id);

ALTER TABLE ONLY public.pos_sale_tax
    ADD CONSTRAINT pos_sale_tax_line_fk FOREIGN KEY (tenant_id, sale_id, line_no) REFERENCES public.sale_line(tenant_id, sale_id, line_no) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.pos_sale_tax
    ADD CONSTRAINT pos_sale_tax_tax_fk FOREIGN KEY (tenant_id, tax_id) REFERENCES public.tax(tenant_id, id);

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

ALTER TABLE ONLY public.product_image
    ADD CONSTRAINT product_image_file_fk FOREIGN KEY (tenant_id, file_id) REFERENCES public.file(tenant_id, id);

ALTER TABLE ONLY public.product_image
    ADD CONSTRAINT product_image_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.product_modifier_group
    ADD CONSTRAINT product_modifier_group_group_fk FOREIGN KEY (tenant_id, group_id) REFERENCES public.modifier_group(tenant_id, id);

ALTER TABLE ONLY public.product_modifier_group
    ADD CONSTRAINT product_modifier_group_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

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

ALTER TABLE ONLY public.recurring_entry
    ADD CONSTRAINT recurring_entry_journal_fk FOREIGN KEY (tenant_id, journal) REFERENCES public.journal(tenant_id, code);

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

ALTER TABLE ONLY public.scale_code
    ADD CONSTRAINT scale_code_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

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
    ADD CONSTRAINT stock_adjustment_supplier_fk FOREIGN KEY (tenant_id, supplier_id) REFERENCES public.contact(tenant_id, id);

ALTER TABLE ONLY public.stock_adjustment
    ADD CONSTRAINT stock_adjustment_warehouse_fk FOREIGN KEY (tenant_id, warehouse_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.stock_alert
    ADD CONSTRAINT stock_alert_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.stock_alert
    ADD CONSTRAINT stock_alert_warehouse_fk FOREIGN KEY (tenant_id, warehouse_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.stock_count_line
    ADD CONSTRAINT stock_count_line_count_fk FOREIGN KEY (tenant_id, count_id) REFERENCES public.stock_count(tenant_id, id);

ALTER TABLE ONLY public.stock_count_line
    ADD CONSTRAINT stock_count_line_lot_fk FOREIGN KEY (tenant_id, lot_id, product_id) REFERENCES public.lot(tenant_id, id, product_id);

ALTER TABLE ONLY public.stock_count_line
    ADD CONSTRAINT stock_count_line_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.stock_count
    ADD CONSTRAINT stock_count_warehouse_fk FOREIGN KEY (tenant_id, warehouse_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.stock_layer
    ADD CONSTRAINT stock_layer_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.stock_layer
    ADD CONSTRAINT stock_layer_warehouse_fk FOREIGN KEY (tenant_id, warehouse_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.stock_level
    ADD CONSTRAINT stock_level_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.stock_level
    ADD CONSTRAINT stock_level_warehouse_fk FOREIGN KEY (tenant_id, warehouse_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.stock_month
    ADD CONSTRAINT stock_month_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.stock_month
    ADD CONSTRAINT stock_month_warehouse_fk FOREIGN KEY (tenant_id, warehouse_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.stock_move
    ADD CONSTRAINT stock_move_from_fk FOREIGN KEY (tenant_id, from_warehouse_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.stock_move
    ADD CONSTRAINT stock_move_lot_fk FOREIGN KEY (tenant_id, lot_id, product_id) REFERENCES public.lot(tenant_id, id, product_id);

ALTER TABLE ONLY public.stock_move
    ADD CONSTRAINT stock_move_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.stock_move
    ADD CONSTRAINT stock_move_to_fk FOREIGN KEY (tenant_id, to_warehouse_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.stock_reservation
    ADD CONSTRAINT stock_reservation_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.stock_reservation
    ADD CONSTRAINT stock_reservation_warehouse_fk FOREIGN KEY (tenant_id, warehouse_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.stock_rule
    ADD CONSTRAINT stock_rule_product_fk FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);

ALTER TABLE ONLY public.stock_rule
    ADD CONSTRAINT stock_rule_warehouse_fk FOREIGN KEY (tenant_id, warehouse_id) REFERENCES public.warehouse(tenant_id, id);

ALTER TABLE ONLY public.stock_setting
    ADD CONSTRAINT stock_setting_company_fk FOREIGN KEY (tenant_id) REFERENCES public.company(tenant_id);

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

ALTER TABLE ONLY public.tax
    ADD CONSTRAINT tax_input_account_fk FOREIGN KEY (tenant_id, input_account_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.tax_member
    ADD CONSTRAINT tax_member_fk FOREIGN KEY (tenant_id, member_id) REFERENCES public.tax(tenant_id, id);

ALTER TABLE ONLY public.tax_member
    ADD CONSTRAINT tax_member_group_fk FOREIGN KEY (tenant_id, group_id) REFERENCES public.tax(tenant_id, id);

ALTER TABLE ONLY public.tax
    ADD CONSTRAINT tax_output_account_fk FOREIGN KEY (tenant_id, output_account_id) REFERENCES public.account(tenant_id, id);

ALTER TABLE ONLY public.tax
    ADD CONSTRAINT tax_replaced_by_fk FOREIGN KEY (tenant_id, replaced_by_id) REFERENCES public.tax(tenant_id, id);

ALTER TABLE ONLY public.tax_settlement
    ADD CONSTRAINT tax_settlement_line_fk FOREIGN KEY (tenant_id, entry_id, line_no) REFERENCES public.journal_line(tenant_id, entry_id, line_no);

ALTER TABLE ONLY public.tax_settlement
    ADD CONSTRAINT tax_settlement_settling_fk FOREIGN KEY (tenant_id, settling_id) REFERENCES public.journal_entry(tenant_id, id);

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

ALTER TABLE public.accounting_setting ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.allocation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.api_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.attribute ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.attribute_value ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_seal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bank_account ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bank_habit ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bank_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bank_reconciliation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bank_reconciliation_part ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bank_rule ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bank_statement ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bank_transfer ENABLE ROW LEVEL SECURITY;

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

ALTER TABLE public.cost_centre ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cost_share ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.coupon_redemption ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.deferral ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.deferral_part ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.draft_entry ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.draft_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.draft_share ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.entitlement ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.entry_file ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.entry_number ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.exchange_rate ENABLE ROW LEVEL SECURITY;

CREATE POLICY fellow_members ON public.person FOR SELECT TO balanza_app USING ((EXISTS ( SELECT
   FROM public.membership m
  WHERE ((m.tenant_id = ( SELECT app.tenant() AS tenant)) AND (m.person_id = person.id)))));

ALTER TABLE public.field_setting ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_usage ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fiscal_year ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.group_member ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.idempotency_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.import_batch ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.import_row ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.invitation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.job ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.journal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.journal_entry ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.journal_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.journal_lock ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.kit_component ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.landed_cost ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.landed_cost_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.lot ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.lot_level ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.membership ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.modifier_group ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.modifier_option ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.open_item ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.outbox_event ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_method ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.period ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.permission_list ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.person ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.planned_reversal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.pos_sale_component ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.pos_sale_modifier ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.pos_sale_tax ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.price_list ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.price_list_place ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.price_rule ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.product ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.product_barcode ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.product_image ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.product_modifier_group ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.product_supplier ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.product_supplier_price ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.product_term ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.product_unit ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.purchase_proposal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.purchase_proposal_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.recurring_entry ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.register ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sale ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sale_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sale_payment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.scale_code ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.scan_code ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.series ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.shift ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_adjustment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_adjustment_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_alert ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_count ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_count_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_layer ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_level ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_month ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_move ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_reservation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_rule ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock_setting ENABLE ROW LEVEL SECURITY;

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

CREATE POLICY system_watch ON public.deferral_part FOR SELECT TO balanza_system USING (true);

CREATE POLICY system_watch ON public.planned_reversal FOR SELECT TO balanza_system USING (true);

CREATE POLICY system_watch ON public.recurring_entry FOR SELECT TO balanza_system USING (true);

CREATE POLICY system_worker ON public.job TO balanza_system USING (true) WITH CHECK (true);

ALTER TABLE public.tax ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tax_member ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tax_settlement ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.template ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_isolation ON public.account USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.account_balance USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.account_role USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.accounting_setting USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.allocation USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.api_key USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.attribute USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.attribute_value USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.audit_log USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.audit_seal USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.bank_account USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.bank_habit USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.bank_line USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.bank_reconciliation USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.bank_reconciliation_part USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.bank_rule USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.bank_statement USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.bank_transfer USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

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

CREATE POLICY tenant_isolation ON public.cost_centre USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.cost_share USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.coupon_redemption USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.deferral USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.deferral_part USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.draft_entry USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.draft_line USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.draft_share USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.entitlement USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.entry_file USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.entry_number USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.exchange_rate USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.field_setting USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.file USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.file_usage USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.fiscal_year USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.group_member USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.idempotency_key USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.import_batch USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.import_row USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.invitation USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.job USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.journal USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.journal_entry USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.journal_line USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.journal_lock USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.kit_component USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.landed_cost USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.landed_cost_line USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.lot USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.lot_level USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.membership USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.modifier_group USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.modifier_option USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.open_item USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.outbox_event USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.payment USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.payment_method USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.period USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.permission_list USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.planned_reversal USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.pos_sale_component USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.pos_sale_modifier USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.pos_sale_tax USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.price_list USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.price_list_place USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.price_rule USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.product USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.product_barcode USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.product_image USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.product_modifier_group USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.product_supplier USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.product_supplier_price USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.product_term USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.product_unit USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.purchase_proposal USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.purchase_proposal_line USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.recurring_entry USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.register USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.sale USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.sale_line USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.sale_payment USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.scale_code USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.scan_code USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.series USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.shift USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_adjustment USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_adjustment_line USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_alert USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_count USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_count_line USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_layer USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_level USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_month USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_move USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_reservation USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_rule USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_setting USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_transfer USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.stock_transfer_line USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.store USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.subscription USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.subscription_event USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.support_access USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.tax USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.tax_member USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

CREATE POLICY tenant_isolation ON public.tax_settlement USING ((tenant_id = ( SELECT app.tenant() AS tenant))) WITH CHECK ((tenant_id = ( SELECT app.tenant() AS tenant)));

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

GRANT ALL ON FUNCTION app.open_items_at(of_tenant uuid, as_of date, known_at timestamp with time zone) TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.tax TO balanza_app;

GRANT UPDATE(name) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(rate) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(official_code) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(is_default) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(version) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(amount) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(scope) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(family) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(standing) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(exemption_code) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(exemption_reason) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(is_included) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(affects_base) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(withheld_of) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(is_reverse_charge) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(is_cash_basis) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(deductible_percent) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(output_account_id) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(input_account_id) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(output_report_code) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(input_report_code) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(valid_from) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(valid_until) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(replaced_by_id) ON TABLE public.tax TO balanza_app;

GRANT UPDATE(is_active) ON TABLE public.tax TO balanza_app;

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

GRANT SELECT,INSERT ON TABLE public.journal_entry TO balanza_app;

GRANT SELECT ON TABLE public.open_item TO balanza_app;

GRANT UPDATE(contact_id) ON TABLE public.open_item TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.payment TO balanza_app;

GRANT UPDATE(contact_id) ON TABLE public.payment TO balanza_app;

GRANT UPDATE(payment_date) ON TABLE public.payment TO balanza_app;

GRANT UPDATE(account_id) ON TABLE public.payment TO balanza_app;

GRANT UPDATE(currency) ON TABLE public.payment TO balanza_app;

GRANT UPDATE(amount_minor) ON TABLE public.payment TO balanza_app;

GRANT UPDATE(rate) ON TABLE public.payment TO balanza_app;

GRANT UPDATE(reference) ON TABLE public.payment TO balanza_app;

GRANT UPDATE(memo) ON TABLE public.payment TO balanza_app;

GRANT UPDATE(terms) ON TABLE public.payment TO balanza_app;

GRANT UPDATE(state) ON TABLE public.payment TO balanza_app;

GRANT UPDATE(number) ON TABLE public.payment TO balanza_app;

GRANT UPDATE(entry_id) ON TABLE public.payment TO balanza_app;

GRANT UPDATE(settled_minor) ON TABLE public.payment TO balanza_app;

GRANT UPDATE(posted_at) ON TABLE public.payment TO balanza_app;

GRANT UPDATE(ended_on) ON TABLE public.payment TO balanza_app;

GRANT UPDATE(ended_at) ON TABLE public.payment TO balanza_app;

GRANT UPDATE(end_reason) ON TABLE public.payment TO balanza_app;

GRANT UPDATE(version) ON TABLE public.payment TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.sale TO balanza_app;

GRANT UPDATE(customer_id) ON TABLE public.sale TO balanza_app;

GRANT SELECT ON TABLE app.contact_document TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.account TO balanza_app;

GRANT UPDATE(name) ON TABLE public.account TO balanza_app;

GRANT UPDATE(kind) ON TABLE public.account TO balanza_app;

GRANT UPDATE(is_reconcilable) ON TABLE public.account TO balanza_app;

GRANT UPDATE(currency) ON TABLE public.account TO balanza_app;

GRANT UPDATE(is_active) ON TABLE public.account TO balanza_app;

GRANT UPDATE(version) ON TABLE public.account TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.account_role TO balanza_app;

GRANT UPDATE(account_id) ON TABLE public.account_role TO balanza_app;

GRANT SELECT ON TABLE app.control_account TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.landed_cost TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.stock_adjustment TO balanza_app;

GRANT UPDATE(supplier_id) ON TABLE public.stock_adjustment TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.stock_count TO balanza_app;

GRANT UPDATE(state) ON TABLE public.stock_count TO balanza_app;

GRANT UPDATE(value_minor) ON TABLE public.stock_count TO balanza_app;

GRANT UPDATE(posted_by) ON TABLE public.stock_count TO balanza_app;

GRANT UPDATE(posted_at) ON TABLE public.stock_count TO balanza_app;

GRANT UPDATE(version) ON TABLE public.stock_count TO balanza_app;

GRANT SELECT ON TABLE app.source_document TO balanza_app;

GRANT SELECT ON TABLE app.source_party TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.stock_move TO balanza_app;

GRANT SELECT ON TABLE app.stock_change TO balanza_app;

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

GRANT SELECT ON TABLE public.stock_level TO balanza_app;

GRANT UPDATE(tenant_id) ON TABLE public.stock_level TO balanza_app;

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

GRANT SELECT,INSERT,DELETE ON TABLE public.tax_member TO balanza_app;

GRANT SELECT ON TABLE app.tax_rules TO balanza_app;

GRANT SELECT ON TABLE public.account_balance TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.accounting_setting TO balanza_app;

GRANT UPDATE(closed_until) ON TABLE public.accounting_setting TO balanza_app;

GRANT UPDATE(version) ON TABLE public.accounting_setting TO balanza_app;

GRANT UPDATE(tax_closed_until) ON TABLE public.accounting_setting TO balanza_app;

GRANT UPDATE(journals_closed_until) ON TABLE public.accounting_setting TO balanza_app;

GRANT UPDATE(legal_result) ON TABLE public.accounting_setting TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.allocation TO balanza_app;

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

GRANT SELECT,INSERT ON TABLE public.bank_account TO balanza_app;

GRANT UPDATE(name) ON TABLE public.bank_account TO balanza_app;

GRANT UPDATE(bank) ON TABLE public.bank_account TO balanza_app;

GRANT UPDATE(number) ON TABLE public.bank_account TO balanza_app;

GRANT UPDATE(iban) ON TABLE public.bank_account TO balanza_app;

GRANT UPDATE(csv_mapping) ON TABLE public.bank_account TO balanza_app;

GRANT UPDATE(is_active) ON TABLE public.bank_account TO balanza_app;

GRANT UPDATE(version) ON TABLE public.bank_account TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.bank_habit TO balanza_app;

GRANT UPDATE(contact_id) ON TABLE public.bank_habit TO balanza_app;

GRANT UPDATE(uses) ON TABLE public.bank_habit TO balanza_app;

GRANT UPDATE(last_used_at) ON TABLE public.bank_habit TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.bank_line TO balanza_app;

GRANT UPDATE(state) ON TABLE public.bank_line TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.bank_reconciliation TO balanza_app;

GRANT UPDATE(undone_at) ON TABLE public.bank_reconciliation TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.bank_reconciliation_part TO balanza_app;

GRANT UPDATE(contact_id) ON TABLE public.bank_reconciliation_part TO balanza_app;

GRANT UPDATE(is_undone) ON TABLE public.bank_reconciliation_part TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.bank_rule TO balanza_app;

GRANT UPDATE("position") ON TABLE public.bank_rule TO balanza_app;

GRANT UPDATE(name) ON TABLE public.bank_rule TO balanza_app;

GRANT UPDATE(bank_account_id) ON TABLE public.bank_rule TO balanza_app;

GRANT UPDATE(direction) ON TABLE public.bank_rule TO balanza_app;

GRANT UPDATE(contains) ON TABLE public.bank_rule TO balanza_app;

GRANT UPDATE(pattern) ON TABLE public.bank_rule TO balanza_app;

GRANT UPDATE(min_amount) ON TABLE public.bank_rule TO balanza_app;

GRANT UPDATE(max_amount) ON TABLE public.bank_rule TO balanza_app;

GRANT UPDATE(account_id) ON TABLE public.bank_rule TO balanza_app;

GRANT UPDATE(contact_id) ON TABLE public.bank_rule TO balanza_app;

GRANT UPDATE(memo) ON TABLE public.bank_rule TO balanza_app;

GRANT UPDATE(is_automatic) ON TABLE public.bank_rule TO balanza_app;

GRANT UPDATE(is_active) ON TABLE public.bank_rule TO balanza_app;

GRANT UPDATE(version) ON TABLE public.bank_rule TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.bank_statement TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.bank_transfer TO balanza_app;

GRANT UPDATE(reversed_at) ON TABLE public.bank_transfer TO balanza_app;

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

GRANT SELECT,INSERT,DELETE ON TABLE public.cost_centre TO balanza_app;

GRANT UPDATE(code) ON TABLE public.cost_centre TO balanza_app;

GRANT UPDATE(name) ON TABLE public.cost_centre TO balanza_app;

GRANT UPDATE(parent_id) ON TABLE public.cost_centre TO balanza_app;

GRANT UPDATE(is_active) ON TABLE public.cost_centre TO balanza_app;

GRANT UPDATE(version) ON TABLE public.cost_centre TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.cost_share TO balanza_app;

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

GRANT SELECT,INSERT ON TABLE public.deferral TO balanza_app;

GRANT UPDATE(cancelled_on) ON TABLE public.deferral TO balanza_app;

GRANT UPDATE(version) ON TABLE public.deferral TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.deferral_part TO balanza_app;
GRANT SELECT ON TABLE public.deferral_part TO balanza_system;

GRANT UPDATE(entry_id) ON TABLE public.deferral_part TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.draft_entry TO balanza_app;

GRANT UPDATE(journal) ON TABLE public.draft_entry TO balanza_app;

GRANT UPDATE(entry_date) ON TABLE public.draft_entry TO balanza_app;

GRANT UPDATE(memo) ON TABLE public.draft_entry TO balanza_app;

GRANT UPDATE(auto_reverse) ON TABLE public.draft_entry TO balanza_app;

GRANT UPDATE(version) ON TABLE public.draft_entry TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.draft_line TO balanza_app;

GRANT UPDATE(contact_id) ON TABLE public.draft_line TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.draft_share TO balanza_app;

GRANT SELECT ON TABLE public.entitlement TO balanza_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.entitlement TO balanza_system;

GRANT UPDATE(hidden_modules) ON TABLE public.entitlement TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.entry_file TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.entry_number TO balanza_app;

GRANT SELECT ON TABLE public.erasure TO balanza_system;

GRANT SELECT,INSERT,DELETE ON TABLE public.exchange_rate TO balanza_app;

GRANT UPDATE(rate) ON TABLE public.exchange_rate TO balanza_app;

GRANT UPDATE(source) ON TABLE public.exchange_rate TO balanza_app;

GRANT UPDATE(version) ON TABLE public.exchange_rate TO balanza_app;

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

GRANT SELECT,INSERT,DELETE ON TABLE public.fiscal_year TO balanza_app;

GRANT UPDATE(name) ON TABLE public.fiscal_year TO balanza_app;

GRANT UPDATE(state) ON TABLE public.fiscal_year TO balanza_app;

GRANT UPDATE(method) ON TABLE public.fiscal_year TO balanza_app;

GRANT UPDATE(closed_at) ON TABLE public.fiscal_year TO balanza_app;

GRANT UPDATE(version) ON TABLE public.fiscal_year TO balanza_app;

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

GRANT SELECT,INSERT ON TABLE public.journal TO balanza_app;

GRANT UPDATE(name) ON TABLE public.journal TO balanza_app;

GRANT UPDATE(is_active) ON TABLE public.journal TO balanza_app;

GRANT UPDATE(version) ON TABLE public.journal TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.journal_line TO balanza_app;

GRANT UPDATE(contact_id) ON TABLE public.journal_line TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.journal_lock TO balanza_app;

GRANT UPDATE(closed_until) ON TABLE public.journal_lock TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.kit_component TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.known_device TO balanza_system;

GRANT UPDATE(seen_at) ON TABLE public.known_device TO balanza_system;

GRANT SELECT,INSERT ON TABLE public.landed_cost_line TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.lease TO balanza_system;

GRANT UPDATE(holder) ON TABLE public.lease TO balanza_system;

GRANT UPDATE(until) ON TABLE public.lease TO balanza_system;

GRANT SELECT,INSERT ON TABLE public.lot TO balanza_app;

GRANT UPDATE(expires_on) ON TABLE public.lot TO balanza_app;

GRANT UPDATE(is_blocked) ON TABLE public.lot TO balanza_app;

GRANT UPDATE(note) ON TABLE public.lot TO balanza_app;

GRANT UPDATE(version) ON TABLE public.lot TO balanza_app;

GRANT SELECT ON TABLE public.lot_level TO balanza_app;

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

GRANT SELECT,INSERT,DELETE ON TABLE public.modifier_group TO balanza_app;

GRANT UPDATE(name) ON TABLE public.modifier_group TO balanza_app;

GRANT UPDATE(min_choices) ON TABLE public.modifier_group TO balanza_app;

GRANT UPDATE(max_choices) ON TABLE public.modifier_group TO balanza_app;

GRANT UPDATE(version) ON TABLE public.modifier_group TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.modifier_option TO balanza_app;

GRANT UPDATE(price) ON TABLE public.modifier_option TO balanza_app;

GRANT UPDATE(product_id) ON TABLE public.modifier_option TO balanza_app;

GRANT UPDATE(quantity) ON TABLE public.modifier_option TO balanza_app;

GRANT UPDATE(active) ON TABLE public.modifier_option TO balanza_app;

GRANT UPDATE("position") ON TABLE public.modifier_option TO balanza_app;

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

GRANT SELECT,INSERT,DELETE ON TABLE public.period TO balanza_app;

GRANT UPDATE(state) ON TABLE public.period TO balanza_app;

GRANT UPDATE(version) ON TABLE public.period TO balanza_app;

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

GRANT SELECT,INSERT ON TABLE public.planned_reversal TO balanza_app;
GRANT SELECT ON TABLE public.planned_reversal TO balanza_system;

GRANT UPDATE(done_by) ON TABLE public.planned_reversal TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.platform_operator TO balanza_system;

GRANT UPDATE(status) ON TABLE public.platform_operator TO balanza_system;

GRANT SELECT,INSERT ON TABLE public.pos_sale_component TO balanza_app;

GRANT UPDATE(refunded_quantity) ON TABLE public.pos_sale_component TO balanza_app;

GRANT UPDATE(refunded_cost_minor) ON TABLE public.pos_sale_component TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.pos_sale_modifier TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.pos_sale_tax TO balanza_app;

GRANT UPDATE(refunded_base_minor) ON TABLE public.pos_sale_tax TO balanza_app;

GRANT UPDATE(refunded_minor) ON TABLE public.pos_sale_tax TO balanza_app;

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

GRANT SELECT,INSERT,DELETE ON TABLE public.product_image TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.product_modifier_group TO balanza_app;

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

GRANT SELECT,INSERT,DELETE ON TABLE public.recurring_entry TO balanza_app;
GRANT SELECT ON TABLE public.recurring_entry TO balanza_system;

GRANT UPDATE(name) ON TABLE public.recurring_entry TO balanza_app;

GRANT UPDATE(journal) ON TABLE public.recurring_entry TO balanza_app;

GRANT UPDATE(memo) ON TABLE public.recurring_entry TO balanza_app;

GRANT UPDATE(frequency) ON TABLE public.recurring_entry TO balanza_app;

GRANT UPDATE(every) ON TABLE public.recurring_entry TO balanza_app;

GRANT UPDATE(start_date) ON TABLE public.recurring_entry TO balanza_app;

GRANT UPDATE(next_date) ON TABLE public.recurring_entry TO balanza_app;

GRANT UPDATE(end_date) ON TABLE public.recurring_entry TO balanza_app;

GRANT UPDATE(runs) ON TABLE public.recurring_entry TO balanza_app;

GRANT UPDATE(posts) ON TABLE public.recurring_entry TO balanza_app;

GRANT UPDATE(is_active) ON TABLE public.recurring_entry TO balanza_app;

GRANT UPDATE(version) ON TABLE public.recurring_entry TO balanza_app;

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

GRANT SELECT,INSERT,DELETE ON TABLE public.scale_code TO balanza_app;

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

GRANT SELECT,INSERT ON TABLE public.stock_adjustment_line TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.stock_alert TO balanza_app;

GRANT UPDATE(closed_at) ON TABLE public.stock_alert TO balanza_app;

GRANT UPDATE(mailed_at) ON TABLE public.stock_alert TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.stock_count_line TO balanza_app;

GRANT UPDATE(counted) ON TABLE public.stock_count_line TO balanza_app;

GRANT UPDATE(counted_by) ON TABLE public.stock_count_line TO balanza_app;

GRANT UPDATE(delta_minor) ON TABLE public.stock_count_line TO balanza_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.stock_layer TO balanza_app;

GRANT UPDATE(quantity) ON TABLE public.stock_layer TO balanza_app;

GRANT UPDATE(value_minor) ON TABLE public.stock_layer TO balanza_app;

GRANT SELECT ON TABLE public.stock_month TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.stock_reservation TO balanza_app;

GRANT UPDATE(state) ON TABLE public.stock_reservation TO balanza_app;

GRANT UPDATE(ended_at) ON TABLE public.stock_reservation TO balanza_app;

GRANT SELECT,INSERT ON TABLE public.stock_setting TO balanza_app;

GRANT UPDATE(valuation) ON TABLE public.stock_setting TO balanza_app;

GRANT UPDATE(closed_until) ON TABLE public.stock_setting TO balanza_app;

GRANT UPDATE(version) ON TABLE public.stock_setting TO balanza_app;

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

GRANT SELECT,INSERT ON TABLE public.tax_settlement TO balanza_app;

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

