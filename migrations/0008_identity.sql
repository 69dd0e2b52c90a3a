-- What proves who somebody is, what is remembered of it, and what members of a company may do.
--
-- Changes tables of migrations before it. Nothing has been released yet: they hold a trial's rows at most, and nobody
-- waits for them.
-- squawk-ignore-file ban-drop-not-null, ban-drop-constraint, constraint-missing-not-valid, adding-not-nullable-field
-- squawk-ignore-file require-concurrent-index-creation, adding-field-with-default, adding-foreign-key-constraint

alter table person
    alter column password_hash drop not null,
    add column email_verified_at timestamptz,
    add column language   text    not null default 'es',
    add column phone      text    not null default '',
    add column address    text    not null default '',
    add column city       text    not null default '',
    add column country    text    not null default '',
    add column birth_date date,
    add column status     text    not null default 'active',
    add column version    integer not null default 1,
    add column second_factor boolean not null default false,
    add constraint person_language_known check (language in ('es', 'en', 'pt')),
    add constraint person_status_known check (status in ('active', 'disabled'));
comment on column person.password_hash is 'Null: nobody signs in by password until one is set by a mailed token.';
grant update (email, email_verified_at, language, phone, address, city, country, birth_date, status, version, second_factor)
    on person to balanza_system;

-- A company sees who its members are, and nobody else.
alter table person enable row level security;
alter table person force row level security;
create policy system_login on person to balanza_system using (true) with check (true);
create policy fellow_members on person for select to balanza_app
    using (exists (select from membership m where m.tenant_id = (select app.tenant()) and m.person_id = person.id));
grant select (id, email, name, language, second_factor) on person to balanza_app;

alter table session
    add column auth_time     timestamptz,
    add column last_seen_at  timestamptz,
    add column second_factor boolean not null default false,
    add column ended_reason  text;
update session set auth_time = created_at, last_seen_at = created_at;
alter table session
    alter column auth_time set not null,
    alter column last_seen_at set not null;
grant update (auth_time, last_seen_at, second_factor, ended_reason) on session to balanza_system;

-- The access token that went out with it: once that has been seen, the answer was not lost.
alter table refresh_token
    add column access_jti     uuid,
    add column access_used_at timestamptz;
grant update (access_used_at) on refresh_token to balanza_system;

-- One authenticator app a person; without activated_at it has not proven itself yet.
create table totp (
    person_id    uuid        not null,
    secret       bytea       not null,
    last_step    bigint      not null default 0,
    activated_at timestamptz,
    created_at   timestamptz not null,
    constraint totp_pk primary key (person_id),
    constraint totp_person_fk foreign key (person_id) references person (id)
);
comment on column totp.secret is 'Sealed, bound to the person.';
comment on column totp.last_step is 'The last time step whose code was accepted: none is accepted twice.';
grant select, insert, delete, update (last_step, activated_at) on totp to balanza_system;

create table backup_code (
    person_id  uuid        not null,
    hash       bytea       not null,
    used_at    timestamptz,
    created_at timestamptz not null,
    constraint backup_code_pk primary key (person_id, hash),
    constraint backup_code_person_fk foreign key (person_id) references person (id)
);
grant select, insert, delete, update (used_at) on backup_code to balanza_system;

create table passkey (
    id            uuid        not null,
    person_id     uuid        not null,
    name          text        not null,
    credential_id bytea       not null,
    credential    jsonb       not null,
    created_at    timestamptz not null,
    last_used_at  timestamptz,
    constraint passkey_pk primary key (id),
    constraint passkey_person_fk foreign key (person_id) references person (id),
    constraint passkey_credential_unique unique (credential_id)
);
create index passkey_person on passkey (person_id);
grant select, insert, delete, update (credential, last_used_at) on passkey to balanza_system;

-- A ceremony under way: the second step of signing in, or what a passkey has been asked.
create table challenge (
    id         uuid        not null,
    person_id  uuid,
    purpose    text        not null,
    state      jsonb,
    attempts   smallint    not null default 0,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz,
    constraint challenge_pk primary key (id),
    constraint challenge_person_fk foreign key (person_id) references person (id),
    constraint challenge_purpose_known check (purpose in ('sign_in', 'passkey_sign_in', 'passkey_registration', 'passkey_confirmation')),
    constraint challenge_attempts_bounded check (attempts <= 5)
);
create index challenge_person on challenge (person_id);
create index challenge_age on challenge (expires_at);
grant select, insert, delete, update (person_id, state, attempts, used_at) on challenge to balanza_system;

-- Proof that somebody reads a mailbox: a link, used once. Only its hash is here.
create table mail_token (
    hash       bytea       not null,
    purpose    text        not null,
    person_id  uuid        not null,
    email      text        not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz,
    constraint mail_token_pk primary key (hash),
    constraint mail_token_person_fk foreign key (person_id) references person (id),
    constraint mail_token_purpose_known check (purpose in ('verify_email', 'set_password'))
);
create index mail_token_person on mail_token (person_id);
create index mail_token_age on mail_token (expires_at);
grant select, insert, delete, update (used_at) on mail_token to balanza_system;

-- Somebody who has registered and not yet shown that the mailbox is theirs. Holds no address: several may
-- claim the same one, and only who reads its mail gets it.
create table pending_registration (
    hash          bytea       not null,
    email         text        not null,
    name          text        not null,
    password_hash text        not null,
    language      text        not null,
    company       jsonb,
    created_at    timestamptz not null,
    expires_at    timestamptz not null,
    attempts      smallint    not null default 0,
    constraint pending_registration_pk primary key (hash),
    constraint pending_registration_attempts_bounded check (attempts <= 10)
);
create index pending_registration_age on pending_registration (expires_at);
grant select, insert, delete, update (attempts) on pending_registration to balanza_system;

-- A short code by mail, one at a time, few guesses.
create table mail_code (
    person_id  uuid        not null,
    hash       bytea       not null,
    attempts   smallint    not null default 0,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    constraint mail_code_pk primary key (person_id),
    constraint mail_code_person_fk foreign key (person_id) references person (id),
    constraint mail_code_attempts_bounded check (attempts <= 5)
);
grant select, insert, delete, update (hash, attempts, created_at, expires_at) on mail_code to balanza_system;

-- Browsers in which somebody has signed in before: no stranger's failures keep them out.
create table known_device (
    hash       bytea       not null,
    person_id  uuid        not null,
    created_at timestamptz not null,
    seen_at    timestamptz not null,
    constraint known_device_pk primary key (hash),
    constraint known_device_person_fk foreign key (person_id) references person (id)
);
create index known_device_person on known_device (person_id);
grant select, insert, delete, update (seen_at) on known_device to balanza_system;

-- Everything that happened at the door. Append-only by grant; companies see their members' events in audit_log.
create table auth_event (
    id         uuid        not null,
    at         timestamptz not null,
    person_id  uuid,
    kind       text        not null,
    session_id uuid,
    ip         text        not null,
    user_agent text        not null,
    request_id text        not null,
    data       jsonb       not null,
    constraint auth_event_pk primary key (id)
);
create index auth_event_person on auth_event (person_id, id);
grant select, insert on auth_event to balanza_system;
create policy system_events on audit_log to balanza_system using (true) with check (true);
grant insert on audit_log to balanza_system;
create index audit_log_at on audit_log (tenant_id, at, id);
create index audit_log_entity on audit_log (tenant_id, entity, entity_id);

alter table company
    add column member_limit          integer,
    add column require_second_factor boolean not null default false,
    add constraint company_member_limit_positive check (member_limit > 0);
comment on column company.member_limit is 'Of the plan; null: as many as they like.';
grant update (member_limit, status) on company to balanza_system;
-- What the plan allows is not the company's to say.
revoke update on company from balanza_app;
grant update (legal_name, trade_name, tax_identifier, address, require_second_factor, onboarded_at, version) on company to balanza_app;

-- Roles that a company has made itself, and groups of members: permissions with a name.
create table permission_list (
    tenant_id   uuid        not null,
    kind        text        not null,
    id          uuid        not null,
    name        text        not null,
    permissions text[]      not null,
    version     integer     not null default 1,
    created_at  timestamptz not null,
    constraint permission_list_pk primary key (tenant_id, kind, id),
    constraint permission_list_name_unique unique (tenant_id, kind, name),
    constraint permission_list_kind_known check (kind in ('role', 'group')),
    constraint permission_list_company_fk foreign key (tenant_id) references company (tenant_id)
);
select app.enclose('permission_list');
grant select, insert, delete, update (name, permissions, version) on permission_list to balanza_app;
create policy system_permissions on permission_list to balanza_system using (true) with check (true);
grant select on permission_list to balanza_system;

alter table membership
    add column role_id uuid,
    add column role_kind text not null generated always as ('role') stored,
    add column version integer not null default 1,
    drop constraint membership_role_known,
    add constraint membership_role_known check (role in ('owner', 'admin', 'seller', 'accountant', 'viewer', 'custom')),
    add constraint membership_custom_role check ((role = 'custom') = (role_id is not null)),
    add constraint membership_role_fk foreign key (tenant_id, role_kind, role_id)
        references permission_list (tenant_id, kind, id);
create index membership_role on membership (tenant_id, role_kind, role_id);
create unique index membership_one_owner on membership (tenant_id) where role = 'owner';
grant delete, update (role, role_id, version) on membership to balanza_app;

-- A company has an owner at the end of every statement: ownership is handed over, never dropped.
create function app.keep_owner() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    if exists (
        select from before b
        where b.role = 'owner'
          and not exists (select from membership m where m.tenant_id = b.tenant_id and m.role = 'owner')
    ) then
        raise exception 'a company cannot be without its owner'
            using errcode = '23514', constraint = 'membership_keeps_owner';
    end if;
    return null;
end $$;
create trigger membership_keeps_owner_update after update on membership
    referencing old table as before for each statement execute function app.keep_owner();
create trigger membership_keeps_owner_delete after delete on membership
    referencing old table as before for each statement execute function app.keep_owner();

-- Those who run the platform, apart from those who work in companies.
create table platform_operator (
    person_id  uuid        not null,
    status     text        not null default 'active',
    created_by uuid,
    created_at timestamptz not null,
    constraint platform_operator_pk primary key (person_id),
    constraint platform_operator_person_fk foreign key (person_id) references person (id),
    constraint platform_operator_status_known check (status in ('active', 'disabled'))
);
grant select, insert, update (status) on platform_operator to balanza_system;

create table operator_log (
    id         uuid        not null,
    at         timestamptz not null,
    operator_id uuid,
    action     text        not null,
    entity     text        not null,
    entity_id  uuid        not null,
    ip         text        not null,
    request_id text        not null,
    data       jsonb       not null,
    constraint operator_log_pk primary key (id)
);
comment on column operator_log.operator_id is 'Null: by the command line of the server.';
grant select, insert on operator_log to balanza_system;

-- Who joins a company is no operator, and there is room for them. The company's row is locked, so that two who
-- join at once take turns.
create function app.admit_member() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
declare
    most integer;
begin
    select c.member_limit into most from company c where c.tenant_id = new.tenant_id for no key update;
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
create trigger membership_admission before insert on membership for each row execute function app.admit_member();

create function app.admit_operator() returns trigger
language plpgsql
set search_path = pg_catalog, public
as $$
begin
    -- Waits for a membership of the same person that is being made.
    perform from person p where p.id = new.person_id for update;
    if exists (select from membership m where m.person_id = new.person_id) then
        raise exception 'a member of a company is no operator of the platform'
            using errcode = '23514', constraint = 'platform_operator_not_member';
    end if;
    return new;
end $$;
create trigger platform_operator_admission before insert on platform_operator for each row execute function app.admit_operator();

create table group_member (
    tenant_id  uuid not null,
    group_id   uuid not null,
    group_kind text not null generated always as ('group') stored,
    person_id  uuid not null,
    constraint group_member_pk primary key (tenant_id, group_id, person_id),
    constraint group_member_group_fk foreign key (tenant_id, group_kind, group_id)
        references permission_list (tenant_id, kind, id) on delete cascade,
    constraint group_member_membership_fk foreign key (tenant_id, person_id)
        references membership (tenant_id, person_id) on delete cascade
);
create index group_member_group on group_member (tenant_id, group_kind, group_id);
create index group_member_person on group_member (tenant_id, person_id);
select app.enclose('group_member');
grant select, insert, delete on group_member to balanza_app;
create policy system_permissions on group_member to balanza_system using (true) with check (true);
grant select, insert on group_member to balanza_system;

create table invitation (
    tenant_id   uuid        not null,
    id          uuid        not null,
    email       text        not null,
    role        text        not null,
    role_id     uuid,
    role_kind   text        not null generated always as ('role') stored,
    group_ids   uuid[]      not null,
    token_hash  bytea       not null,
    invited_by  uuid        not null,
    created_at  timestamptz not null,
    sent_at     timestamptz not null,
    expires_at  timestamptz not null,
    accepted_at timestamptz,
    revoked_at  timestamptz,
    constraint invitation_pk primary key (tenant_id, id),
    constraint invitation_role_known check (role in ('admin', 'seller', 'accountant', 'viewer', 'custom')),
    constraint invitation_custom_role check ((role = 'custom') = (role_id is not null)),
    constraint invitation_role_fk foreign key (tenant_id, role_kind, role_id)
        references permission_list (tenant_id, kind, id) on delete cascade,
    constraint invitation_company_fk foreign key (tenant_id) references company (tenant_id)
);
create index invitation_role on invitation (tenant_id, role_kind, role_id);
create unique index invitation_token on invitation (token_hash);
create unique index invitation_one_open on invitation (tenant_id, email) where accepted_at is null and revoked_at is null;
select app.enclose('invitation');
grant select, insert, update (token_hash, sent_at, expires_at, revoked_at) on invitation to balanza_app;
create policy system_acceptance on invitation to balanza_system using (true) with check (true);
grant select, update (accepted_at) on invitation to balanza_system;

-- Keys of programs. Only hashes are here; prefix is what people and secret scanners know a key by.
create table api_key (
    tenant_id      uuid        not null,
    id             uuid        not null,
    name           text        not null,
    prefix         text        not null,
    hash           bytea       not null,
    previous_hash  bytea,
    previous_until timestamptz,
    scopes         text[]      not null,
    networks       text[]      not null,
    created_by     uuid        not null,
    created_at     timestamptz not null,
    expires_at     timestamptz,
    last_used_at   timestamptz,
    revoked_at     timestamptz,
    version        integer     not null default 1,
    constraint api_key_pk primary key (tenant_id, id),
    constraint api_key_company_fk foreign key (tenant_id) references company (tenant_id)
);
create unique index api_key_hash on api_key (hash);
create index api_key_previous_hash on api_key (previous_hash) where previous_hash is not null;
select app.enclose('api_key');
grant select, insert, update (name, prefix, hash, previous_hash, previous_until, scopes, networks, expires_at, revoked_at, version)
    on api_key to balanza_app;
create policy system_keys on api_key to balanza_system using (true) with check (true);
grant select, update (last_used_at) on api_key to balanza_system;

-- Letters that went out long ago are swept.
grant delete on outgoing_mail to balanza_system;
create index outgoing_mail_finished on outgoing_mail (finished_at);
