-- People are global; only the system role touches them. What belongs to a company is behind the wall.
create table person (
    id            uuid        not null,
    email         text        not null,
    name          text        not null,
    password_hash text        not null,
    created_at    timestamptz not null,
    constraint person_pk primary key (id),
    constraint person_email_unique unique (email),
    constraint person_email_lower check (email = lower(email))
);
grant select, insert, update (password_hash, name) on person to balanza_system;

create table session (
    id          uuid        not null,
    person_id   uuid        not null,
    tenant_id   uuid,
    created_at  timestamptz not null,
    expires_at  timestamptz not null,
    ended_at    timestamptz,
    user_agent  text        not null default '',
    ip          text        not null default '',
    constraint session_pk primary key (id),
    constraint session_person_fk foreign key (person_id) references person (id)
);
create index session_person on session (person_id);
grant select, insert, update (ended_at, tenant_id) on session to balanza_system;

-- One use each. A token presented again after its successor was used ends the session.
create table refresh_token (
    hash       bytea       not null,
    session_id uuid        not null,
    parent     bytea,
    used_at    timestamptz,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    constraint refresh_token_pk primary key (hash),
    constraint refresh_token_session_fk foreign key (session_id) references session (id)
);
create index refresh_token_session on refresh_token (session_id);
create index refresh_token_parent on refresh_token (parent);
grant select, insert, delete, update (used_at) on refresh_token to balanza_system;

create table company (
    tenant_id          uuid        not null,
    slug               text        not null,
    legal_name         text        not null,
    trade_name         text        not null,
    tax_identifier     text        not null default '',
    address            text        not null default '',
    country            text        not null,
    currency           text        not null,
    time_zone          text        not null,
    language           text        not null,
    prices_include_tax boolean     not null,
    rounding           text        not null,
    status             text        not null default 'active',
    onboarded_at       timestamptz,
    version            integer     not null default 1,
    created_at         timestamptz not null,
    constraint company_pk primary key (tenant_id),
    constraint company_slug_unique unique (slug),
    constraint company_rounding_known check (rounding in ('line', 'document')),
    constraint company_status_known check (status in ('active', 'suspended', 'closed'))
);
select app.enclose('company');
grant select, update on company to balanza_app;
create policy system_registration on company to balanza_system using (true) with check (true);
grant select, insert on company to balanza_system;

create table membership (
    tenant_id  uuid        not null,
    person_id  uuid        not null,
    role       text        not null,
    created_at timestamptz not null,
    constraint membership_pk primary key (tenant_id, person_id),
    constraint membership_company_fk foreign key (tenant_id) references company (tenant_id),
    constraint membership_person_fk foreign key (person_id) references person (id),
    constraint membership_role_known check (role in ('owner', 'admin', 'seller', 'accountant', 'viewer'))
);
select app.enclose('membership');
create index membership_person on membership (person_id);
grant select on membership to balanza_app;
create policy system_login on membership to balanza_system using (true) with check (true);
grant select, insert on membership to balanza_system;
