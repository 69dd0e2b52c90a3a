-- What is left of an erased company: that it was, and how much of it went.
create table erasure (
    id         uuid        not null,
    company_id uuid        not null,
    slug       text        not null,
    erased_at  timestamptz not null,
    tables     jsonb       not null,
    files      integer     not null,
    constraint erasure_pk primary key (id)
);
comment on column erasure.tables is 'Rows and digest of each table before it was emptied of the company.';
grant select on erasure to balanza_system;
