-- What a company may use, and the names it is reached by.
--
-- Changes tables of migrations before it. Nothing has been released yet: they hold a trial's rows at most, and nobody
-- waits for them.
-- squawk-ignore-file ban-drop-column, require-concurrent-index-creation

-- Written where the subscription, the operators or the company itself decide; read with every request. Limits: null means
-- as many as they like.
create table entitlement (
    tenant_id           uuid    not null,
    subscription_status text    not null,
    plan_modules        text[]  not null,
    -- By operators, on top of the plan or in spite of it.
    granted_modules     text[]  not null default '{}',
    withheld_modules    text[]  not null default '{}',
    -- By the company, which does not want to see them.
    hidden_modules      text[]  not null default '{}',
    plan_members        integer,
    plan_stores         integer,
    plan_registers      integer,
    plan_documents      integer,
    plan_storage_mib    integer,
    own_members         integer,
    own_stores          integer,
    own_registers       integer,
    own_documents       integer,
    own_storage_mib     integer,
    member_limit        integer generated always as (coalesce(own_members, plan_members)) stored,
    store_limit         integer generated always as (coalesce(own_stores, plan_stores)) stored,
    register_limit      integer generated always as (coalesce(own_registers, plan_registers)) stored,
    document_limit      integer generated always as (coalesce(own_documents, plan_documents)) stored,
    storage_limit_mib   integer generated always as (coalesce(own_storage_mib, plan_storage_mib)) stored,
    constraint entitlement_pk primary key (tenant_id),
    constraint entitlement_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint entitlement_status_known check (
        subscription_status in ('none', 'trialing', 'active', 'past_due', 'suspended', 'cancelled', 'expired')),
    constraint entitlement_not_negative check (
        least(plan_members, plan_stores, plan_registers, plan_documents, plan_storage_mib,
              own_members, own_stores, own_registers, own_documents, own_storage_mib) >= 0)
);
comment on column entitlement.plan_modules is 'A star stands for all of them.';
comment on column entitlement.own_members is 'By operators; null: as the plan has it. Likewise its neighbours.';
select app.enclose('entitlement');
create policy system_entitlements on entitlement to balanza_system using (true) with check (true);
grant select, update (hidden_modules) on entitlement to balanza_app;
grant select, insert, update on entitlement to balanza_system;

insert into entitlement (tenant_id, subscription_status, plan_modules, own_members)
select tenant_id, 'active', '{*}', member_limit from company;

-- Companies that are more than the limit of a plan allows stay as they are; what is new is refused. The row is locked, so
-- that two who come at once take turns.
create or replace function app.admit_member() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
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

create function app.admit_register() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
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
create trigger register_admission before insert on register for each row execute function app.admit_register();

alter table company drop column member_limit;

-- Host names that lead to a company, set by operators of the platform.
create table company_domain (
    tenant_id  uuid        not null,
    domain     text        not null,
    created_at timestamptz not null,
    constraint company_domain_pk primary key (tenant_id, domain),
    constraint company_domain_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint company_domain_lower check (domain = lower(domain))
);
create unique index company_domain_unique on company_domain (domain);
select app.enclose('company_domain');
create policy system_domains on company_domain to balanza_system using (true) with check (true);
grant select on company_domain to balanza_app;
grant select, insert, delete on company_domain to balanza_system;
