-- An operator of the platform in a company that is not theirs: for a reason, for a while, in the company's sight.
create table support_access (
    tenant_id     uuid        not null,
    id            uuid        not null,
    session_id    uuid        not null,
    operator_id   uuid        not null,
    operator_name text        not null,
    reason        text        not null,
    can_write     boolean     not null,
    created_at    timestamptz not null,
    expires_at    timestamptz not null,
    ended_at      timestamptz,
    constraint support_access_pk primary key (tenant_id, id),
    constraint support_access_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint support_access_reasoned check (length(reason) >= 10),
    constraint support_access_an_hour_at_most check (expires_at <= created_at + interval '1 hour')
);
create index support_access_session on support_access (session_id);
select app.enclose('support_access');
grant select, update (ended_at) on support_access to balanza_app;
create policy system_support on support_access to balanza_system using (true) with check (true);
grant select, insert, update (ended_at) on support_access to balanza_system;

-- Operators count what companies have.
create policy system_counts on register to balanza_system using (true);
grant select on register to balanza_system;
