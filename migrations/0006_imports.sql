create table import_batch (
    tenant_id  uuid        not null,
    id         uuid        not null,
    target     text        not null,
    state      text        not null default 'created',
    rows       integer     not null default 0,
    errors     integer     not null default 0,
    created_n  integer     not null default 0,
    updated_n  integer     not null default 0,
    created_by uuid        not null,
    created_at timestamptz not null,
    constraint import_batch_pk primary key (tenant_id, id),
    constraint import_batch_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint import_batch_target_known check (target in ('products')),
    constraint import_batch_state_known check (state in ('created', 'ingested', 'validated', 'promoting', 'promoted'))
);
select app.enclose('import_batch');
grant select, insert, update on import_batch to balanza_app;

create table import_row (
    tenant_id uuid    not null,
    batch_id  uuid    not null,
    row_no    integer not null,
    data      jsonb   not null,
    errors    jsonb   not null default '[]',
    constraint import_row_pk primary key (tenant_id, batch_id, row_no),
    constraint import_row_batch_fk foreign key (tenant_id, batch_id) references import_batch (tenant_id, id)
);
select app.enclose('import_row');
grant select, insert, update (errors), delete on import_row to balanza_app;
