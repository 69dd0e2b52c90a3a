-- Catalogues that all companies share: what operators of the platform keep, and everybody reads.

create table reference_entry (
    id         uuid        not null,
    kind       text        not null,
    code       text        not null,
    names      jsonb       not null,
    data       jsonb       not null,
    position   integer     not null,
    is_active  boolean     not null default true,
    is_shipped boolean     not null,
    version    integer     not null default 1,
    created_at timestamptz not null,
    constraint reference_entry_pk primary key (id),
    constraint reference_entry_code_unique unique (kind, code),
    constraint reference_entry_kind_known check (
        kind in ('sector', 'business_type', 'company_type', 'country', 'currency', 'time_zone', 'language', 'unit', 'identification_type')),
    constraint reference_entry_names_whole check (names ?& array['es', 'en', 'pt']),
    constraint reference_entry_data_object check (jsonb_typeof(data) = 'object')
);
comment on column reference_entry.is_shipped is 'Came with the program: it can be switched off, and not removed, else it would come again.';
-- Not a company's: operators, and strangers before they register, act by the system role.
grant select, insert, update (names, data, position, is_active, version), delete on reference_entry to balanza_system;
