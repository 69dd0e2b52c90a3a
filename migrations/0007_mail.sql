-- Mail on its way out. It belongs to people, not to companies, and is sent by the system role; whoever serves a
-- request may put mail in, in the request's own transaction, and cannot look at what is there.
create table outgoing_mail (
    id           uuid        not null,
    recipient    text        not null,
    letter       text        not null,
    language     text        not null,
    -- What the letter says, sealed: links and codes in it are as good as passwords while they are valid.
    data         bytea,
    status       text        not null default 'queued',
    attempts     smallint    not null default 0,
    run_at       timestamptz not null default now(),
    leased_until timestamptz,
    error        text,
    created_at   timestamptz not null default now(),
    finished_at  timestamptz,
    constraint outgoing_mail_pk primary key (id),
    constraint outgoing_mail_status_known check (status in ('queued', 'running', 'sent', 'dead', 'dropped')),
    constraint outgoing_mail_data_while_needed check ((data is not null) = (status in ('queued', 'running'))),
    constraint outgoing_mail_finished check ((finished_at is null) = (status in ('queued', 'running')))
);
create index outgoing_mail_due on outgoing_mail (run_at) where status in ('queued', 'running');
grant insert (id, recipient, letter, language, data) on outgoing_mail to balanza_app;
grant select, insert, update (data, status, attempts, run_at, leased_until, error, finished_at) on outgoing_mail to balanza_system;
