-- A chain over each company's log: what has been sealed cannot be changed without every later seal telling. Rows are
-- sealed in batches by the background worker, so that no deed waits for another.
alter table audit_log add column seal bigint;
comment on column audit_log.seal is 'The link of the chain that holds it; null until the next one is made.';

create table audit_seal (
    tenant_id uuid        not null,
    number    bigint      not null,
    rows      integer     not null,
    -- Of the rows, in the order of their ids.
    digest    bytea       not null,
    -- Of the digest, the number and the hash before.
    hash      bytea       not null,
    sealed_at timestamptz not null,
    constraint audit_seal_pk primary key (tenant_id, number),
    constraint audit_seal_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint audit_seal_not_empty check (rows > 0 and number > 0)
);
select app.enclose('audit_seal');
grant select on audit_seal to balanza_app;
create policy system_seals on audit_seal to balanza_system using (true) with check (true);
grant select, insert on audit_seal to balanza_system;
grant select, update (seal) on audit_log to balanza_system;

create function app.seal_once() returns trigger
language plpgsql
set search_path = pg_catalog
as $$
begin
    if old.seal is not null then
        raise exception 'what has been sealed stays' using errcode = '23514', constraint = 'audit_log_sealed_once';
    end if;
    return new;
end $$;
create trigger audit_log_sealed_once before update on audit_log for each row execute function app.seal_once();

-- What the rows of a log say, the same on every server.
create function app.log_digest(line audit_log) returns text
language sql stable
set search_path = pg_catalog
as $$
    select concat_ws(' ', line.id, extract(epoch from line.at), line.person_id, line.action, line.entity, line.entity_id, line.request_id, line.data)
$$;

create function app.seal_hash(number bigint, digest bytea, previous bytea) returns bytea
language sql immutable
set search_path = pg_catalog
as $$ select sha256(coalesce(previous, '') || digest || convert_to(number::text, 'UTF8')) $$;
