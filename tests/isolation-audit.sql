-- The wall, read from the catalog: every row that a question answers is a hole. Run by
-- tests/it/isolation.rs; by hand with `psql -At -f tests/isolation-audit.sql`. Allow lists only shrink,
-- and every name in one has its reason beside it.

-- V1 a table with tenant_id has row-level security enabled and forced.
-- session: read before a tenant is known, by the system role only; the app role has no grant on it.
select format('V1 row-level security is not enabled and forced: %s (call app.enclose in its migration)', c.oid::regclass)
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
  and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)
  and not (c.relrowsecurity and c.relforcerowsecurity)
  and c.relname <> all (array['session']);

-- V2 every other table is known to hold nothing of a company's.
-- person: global; the app role reads the members of its company (see V3). What proves who somebody is, and what happened
-- at the door: people's own, only the system role touches it. platform_operator, operator_log: above the companies.
-- coupon, coupon_plan: what operators give away; billing_webhook_event: what others have told the platform, once each.
-- reference_entry: catalogues that all companies share, kept by operators and read by all.
-- erasure: proof that a company is gone. plan, service, plan_service: what the platform sells, the same for all;
-- billing_counter: the platform's own numbers; lease: which replica does what. outgoing_mail: goes to people; the app role may
-- put in and not look, what it says is sealed.
select format('V2 table without tenant_id: %s', c.oid::regclass)
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)
  and c.relname <> all (array['_sqlx_migrations', 'person', 'refresh_token', 'outgoing_mail', 'totp', 'backup_code', 'passkey', 'challenge',
                             'mail_token', 'mail_code', 'pending_registration', 'known_device', 'auth_event', 'platform_operator', 'operator_log', 'erasure',
                             'reference_entry', 'plan', 'service', 'plan_service', 'billing_counter', 'lease', 'coupon',
                             'coupon_plan', 'billing_webhook_event']);

-- V3 the app role meets exactly one policy, the canonical one, evaluated once a statement.
select format('V3 policy is not the canonical one: %s.%s using %s check %s', tablename, policyname, qual, with_check)
from pg_policies
where schemaname = 'public' and roles <> '{balanza_system}'
  -- person has no company of its own: its policy asks whether somebody is a member of the one at hand.
  and not (tablename = 'person' and policyname = 'fellow_members' and cmd = 'SELECT' and qual like
           '%m.tenant_id = ( SELECT app.tenant() AS tenant)) AND (m.person_id = person.id)%')
  and (policyname <> 'tenant_isolation' or permissive <> 'PERMISSIVE' or cmd <> 'ALL' or roles <> '{public}'
       or qual is distinct from with_check
       or qual is distinct from '(tenant_id = ( SELECT app.tenant() AS tenant))');

select format('V3 table has %s policies for the app role: %s', count(p.policyname), c.relname)
from pg_class c
left join pg_policies p on p.schemaname = 'public' and p.tablename = c.relname and p.roles <> '{balanza_system}'
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity
group by c.relname having count(p.policyname) <> 1;

-- idempotency_key: old keys are swept; job: the queue is claimed across companies; company, membership:
-- registration and login come before a tenant is known; person: people are global; permission_list, group_member: what
-- a caller may do is known before the tenant's transaction begins; invitation: by its token; api_key: by its hash;
-- recurring_entry, planned_reversal, deferral_part: which companies have entries that are due;
-- audit_log: what happens at the door is told to each company of the person; entitlement: set with the subscription and by
-- operators, and asked before a tenant is known; company_domain: so is the host; support_access: opened from
-- outside; register: operators count them; audit_seal: made for every company; subscription, billing_*, coupon_redemption: the
-- platform's side of them; company_messaging: set by operators; series: owners are told before their
-- numbers run out.
select format('V3 the system role sees across companies: %s.%s', tablename, policyname)
from pg_policies
where schemaname = 'public' and 'balanza_system' = any (roles)
  and (tablename, policyname) not in (values ('idempotency_key', 'system_sweep'), ('job', 'system_worker'),
                                             ('company', 'system_registration'), ('membership', 'system_login'),
                                             ('person', 'system_login'), ('permission_list', 'system_permissions'),
                                             ('group_member', 'system_permissions'), ('invitation', 'system_acceptance'),
                                             ('api_key', 'system_keys'), ('audit_log', 'system_events'),
                                             ('entitlement', 'system_entitlements'), ('company_domain', 'system_domains'),
                                             ('support_access', 'system_support'), ('recurring_entry', 'system_watch'),
                                             ('planned_reversal', 'system_watch'), ('deferral_part', 'system_watch'), ('register', 'system_counts'),
                                             ('audit_seal', 'system_seals'), ('subscription', 'system_subscriptions'),
                                             ('subscription_event', 'system_subscriptions'), ('billing_invoice', 'system_billing'),
                                             ('billing_invoice_line', 'system_billing'), ('billing_payment', 'system_billing'),
                                             ('billing_credit', 'system_billing'), ('coupon_redemption', 'system_coupons'),
                                             ('company_messaging', 'system_messaging'), ('series', 'system_warnings'));

-- V4 neither serving role can step around the wall.
select format('V4 role may step around the wall: %s', rolname) from pg_roles
where rolname in ('balanza_app', 'balanza_system') and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication);

select format('V4 a serving role owns %s', c.oid::regclass)
from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname in ('balanza_app', 'balanza_system');

select format('V4 %s can become %s', s.rolname, r.rolname)
from pg_roles s cross join pg_roles r
where s.rolname in ('balanza_app', 'balanza_system') and r.rolname <> s.rolname and pg_has_role(s.oid, r.oid, 'member');

-- V5 a foreign key between tables of companies carries the company.
-- refresh_token_session_fk: see V2; a session's own key is its id.
select format('V5 foreign key does not carry tenant_id: %s on %s', k.conname, k.conrelid::regclass)
from pg_constraint k
where k.contype = 'f' and k.connamespace = 'public'::regnamespace
  and exists (select from pg_attribute a where a.attrelid = k.confrelid and a.attname = 'tenant_id' and not a.attisdropped)
  and not exists (
      select from unnest(k.conkey, k.confkey) pair (here, there)
      join pg_attribute x on x.attrelid = k.conrelid and x.attnum = pair.here and x.attname = 'tenant_id'
      join pg_attribute y on y.attrelid = k.confrelid and y.attnum = pair.there and y.attname = 'tenant_id')
  and k.conname <> all (array['refresh_token_session_fk']);

-- V6 what is unique is unique in a company, so that a refusal tells nothing of another's rows.
-- session_pk: random ids, see V1; invitation_token, api_key_hash: hashes of random secrets that we make; company_slug_unique: made by us with part of the id, never chosen; company_domain_unique: public names, set by operators only.
select format('V6 unique index does not begin with tenant_id: %s on %s', i.indexrelid::regclass, i.indrelid::regclass)
from pg_index i
join pg_class c on c.oid = i.indrelid
join pg_class n on n.oid = i.indexrelid
join pg_attribute t on t.attrelid = c.oid and t.attname = 'tenant_id' and not t.attisdropped
where c.relnamespace = 'public'::regnamespace and i.indisunique and i.indkey[0] <> t.attnum
  and n.relname <> all (array['session_pk', 'company_slug_unique', 'company_domain_unique', 'invitation_token', 'api_key_hash']);

-- V7 a view asks with the rights of whoever looks; a materialized one cannot.
select format('V7 view runs as its owner: %s (security_invoker = true)', c.oid::regclass)
from pg_class c
where c.relnamespace in ('public'::regnamespace, 'app'::regnamespace)
  and (c.relkind = 'm'
       or c.relkind = 'v' and not coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on'], false));

-- V8 a function that runs as its owner is known and pins its search path.
-- app.post_lines, app.settle_items: keep account_balance and open_item, on which the app role has no grant to write.
-- app.measure: analyses two tables, which is their owner's to do, and answers nothing.
-- app.post_moves, app.set_aside, app.revalue_stock: keep stock_level, stock_month and lot_level, likewise.
select format('V8 function runs as its owner: %s', p.oid::regprocedure)
from pg_proc p
where p.pronamespace in ('public'::regnamespace, 'app'::regnamespace) and p.prosecdef
  and (p.oid::regprocedure::text <> all (array['app.post_lines()', 'app.settle_items()', 'app.post_moves()', 'app.set_aside()', 'app.revalue_stock()', 'app.measure(regclass)'])
       or not coalesce(exists (select from unnest(p.proconfig) c where c like 'search_path=%'), false));

-- V9 no grant that row-level security does not bind.
select format('V9 %s may %s %s', grantee, privilege_type, table_name)
from information_schema.role_table_grants
where table_schema = 'public' and grantee in ('balanza_app', 'balanza_system', 'PUBLIC')
  and privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER');

-- V10 no row without a company.
-- session: somebody who has signed in and not chosen a company yet.
select format('V10 tenant_id may be null: %s', a.attrelid::regclass)
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname = 'tenant_id'
  and not a.attisdropped and not a.attnotnull and c.relname <> all (array['session']);

-- V11 what is posted stays posted: ledgers, log and events are append-only by grant.
-- audit_log.seal: set once, by the worker that seals; a trigger keeps it. journal_line.contact_id: follows a contact that has
-- been merged; app.keep_party lets nothing else.
select format('V11 %s may %s %s', r.role, p.privilege, t.name)
from unnest(array['journal_entry', 'journal_line', 'allocation', 'cost_share', 'entry_number', 'stock_move', 'audit_log', 'audit_seal', 'outbox_event']) t (name)
cross join unnest(array['balanza_app', 'balanza_system']) r (role)
cross join unnest(array['UPDATE', 'DELETE']) p (privilege)
where has_table_privilege(r.role, format('public.%I', t.name), p.privilege);

select format('V11 %s may change %s.%s', r.role, t.name, a.attname)
from unnest(array['journal_entry', 'journal_line', 'allocation', 'cost_share', 'entry_number', 'stock_move', 'audit_log', 'audit_seal', 'outbox_event']) t (name)
join pg_attribute a on a.attrelid = format('public.%I', t.name)::regclass and a.attnum > 0 and not a.attisdropped
cross join unnest(array['balanza_app', 'balanza_system']) r (role)
where has_column_privilege(r.role, a.attrelid, a.attnum, 'UPDATE')
  and (r.role, t.name, a.attname) not in (values ('balanza_system', 'audit_log', 'seal'), ('balanza_app', 'journal_line', 'contact_id'));

-- V12 no float, no money type, no moment without a time zone.
select format('V12 column of a type that loses something: %s.%s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod))
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
  and a.atttypid in ('float4'::regtype, 'float8'::regtype, 'money'::regtype, 'timestamp'::regtype, 'timetz'::regtype);
