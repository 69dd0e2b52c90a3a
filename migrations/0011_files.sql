-- Files of companies: what each is, where it lies, and how much all of them weigh.
--
-- Changes a table of a migration before it. Nothing has been released yet: it holds a trial's rows at most, and nobody
-- waits for it.
-- squawk-ignore-file adding-foreign-key-constraint, constraint-missing-not-valid, require-concurrent-index-creation

create table file (
    tenant_id     uuid        not null,
    id            uuid        not null,
    purpose       text        not null,
    key           text        not null,
    name          text        not null,
    content_type  text        not null,
    size          bigint      not null,
    state         text        not null,
    sha256        bytea,
    width         integer,
    height        integer,
    has_thumbnail boolean     not null default false,
    created_by    uuid        not null,
    created_at    timestamptz not null,
    ready_at      timestamptz,
    constraint file_pk primary key (tenant_id, id),
    constraint file_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint file_key_unique unique (tenant_id, key),
    constraint file_key_in_company check (starts_with(key, tenant_id::text || '/')),
    constraint file_purpose_known check (purpose in ('logo', 'image', 'video', 'document', 'ticket', 'import')),
    constraint file_state_known check (state in ('pending', 'ready')),
    constraint file_size_bounded check (size between 1 and 67108864),
    constraint file_ready_is_known check ((state = 'ready') = (sha256 is not null and ready_at is not null))
);
comment on column file.state is 'Pending: somebody has a link to bring it, and its size is set aside.';
select app.enclose('file');
create index file_by_purpose on file (tenant_id, purpose, id);
create index file_pending on file (tenant_id, created_at) where state = 'pending';
grant select, insert, delete, update (content_type, state, sha256, width, height, has_thumbnail, ready_at) on file to balanza_app;

-- Kept by the trigger below; one row a company, on which those who add files take turns.
create table file_usage (
    tenant_id uuid    not null,
    bytes     bigint  not null,
    files     integer not null,
    constraint file_usage_pk primary key (tenant_id),
    constraint file_usage_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint file_usage_not_negative check (bytes >= 0 and files >= 0)
);
select app.enclose('file_usage');
grant select, insert, update (bytes, files) on file_usage to balanza_app;

create function app.count_file() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
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
create trigger file_count after insert or delete on file for each row execute function app.count_file();

-- In a table of its own: a company points at no file, files point at their company.
create table company_logo (
    tenant_id uuid not null,
    file_id   uuid not null,
    constraint company_logo_pk primary key (tenant_id),
    constraint company_logo_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint company_logo_file_fk foreign key (tenant_id, file_id) references file (tenant_id, id)
);
select app.enclose('company_logo');
create index company_logo_file on company_logo (tenant_id, file_id);
grant select, insert, delete, update (file_id) on company_logo to balanza_app;

alter table import_batch add column file_id uuid;
alter table import_batch add constraint import_batch_file_fk foreign key (tenant_id, file_id) references file (tenant_id, id);
create index import_batch_file on import_batch (tenant_id, file_id);
