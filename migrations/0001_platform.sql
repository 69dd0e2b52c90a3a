-- The wall between tenants, and what every domain writes in its own transaction:
-- idempotency keys, audit, outgoing events, background jobs.
-- The roles balanza_app and balanza_system exist before this runs (see platform::db::migrate).
create schema app;
grant usage on schema app to balanza_app, balanza_system;
grant usage on schema public to balanza_app, balanza_system;

-- The tenant of this transaction. It raises when none is set: an empty answer would let
-- "not there, so create it" logic double a tenant's data.
create function app.tenant() returns uuid
language plpgsql stable parallel safe
set search_path = pg_catalog
as $$
declare
    tenant text := current_setting('app.tenant_id', true);
begin
    if tenant is null or tenant = '' then
        raise exception 'no tenant is set in this transaction' using errcode = '42501';
    end if;
    return tenant::uuid;
end $$;

-- Puts a table behind the wall. Called once for each tenant table by the migration that makes it.
create function app.enclose(target regclass) returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format(
        'create policy tenant_isolation on %s using (tenant_id = (select app.tenant())) with check (tenant_id = (select app.tenant()))',
        target);
end $$;
revoke all on function app.enclose(regclass) from public;

create table idempotency_key (
    tenant_id   uuid        not null,
    person_id   uuid        not null,
    route       text        not null,
    key         text        not null,
    fingerprint bytea       not null,
    status      smallint,
    location    text,
    body        bytea,
    created_at  timestamptz not null default now(),
    constraint idempotency_key_pk primary key (tenant_id, person_id, route, key)
);
select app.enclose('idempotency_key');
grant select, insert, update (status, location, body) on idempotency_key to balanza_app;
create policy system_sweep on idempotency_key to balanza_system using (true);
grant select, delete on idempotency_key to balanza_system;
create index idempotency_key_age on idempotency_key (created_at);

-- Append-only by grant: nobody but the owner may change or remove a row.
create table audit_log (
    tenant_id   uuid        not null,
    id          uuid        not null,
    at          timestamptz not null,
    person_id   uuid        not null,
    action      text        not null,
    entity      text        not null,
    entity_id   uuid        not null,
    request_id  text        not null,
    data        jsonb       not null,
    constraint audit_log_pk primary key (tenant_id, id)
);
select app.enclose('audit_log');
grant select, insert on audit_log to balanza_app;

create table outbox_event (
    tenant_id   uuid        not null,
    id          uuid        not null,
    topic       text        not null,
    payload     jsonb       not null,
    occurred_at timestamptz not null,
    constraint outbox_event_pk primary key (tenant_id, id)
);
select app.enclose('outbox_event');
grant select, insert on outbox_event to balanza_app;

create table job (
    tenant_id   uuid        not null,
    id          uuid        not null,
    kind        text        not null,
    payload     jsonb       not null,
    status      text        not null default 'queued',
    progress    smallint    not null default 0,
    attempts    smallint    not null default 0,
    run_at      timestamptz not null default now(),
    leased_until timestamptz,
    result      jsonb,
    error       text,
    person_id   uuid        not null,
    created_at  timestamptz not null default now(),
    finished_at timestamptz,
    constraint job_pk primary key (tenant_id, id),
    constraint job_status_known check (status in ('queued', 'running', 'done', 'dead'))
);
select app.enclose('job');
grant select, insert on job to balanza_app;
create policy system_worker on job to balanza_system using (true) with check (true);
grant select, update on job to balanza_system;
create index job_due on job (run_at) where status in ('queued', 'running');
