-- Contacts that come from files, and pairs of contacts that somebody has told apart.
--
-- Changes the tables of imports. Nothing has been released yet: they hold a trial's rows at most, and nobody waits for them.
-- squawk-ignore-file constraint-missing-not-valid, ban-drop-constraint

alter table import_batch
    drop constraint import_batch_target_known,
    add constraint import_batch_target_known check (target in ('products', 'contacts'));

alter table import_row add column ready jsonb;
comment on column import_row.ready is 'What a right row comes to, as it was checked: where the program checks rows, not a statement.';
grant update (ready) on import_row to balanza_app;

-- Belongs to both contacts and goes with either; a merge takes it along.
create table contact_dismissal (
    tenant_id    uuid        not null,
    id           uuid        not null,
    low_id       uuid        not null,
    high_id      uuid        not null,
    dismissed_by uuid        not null,
    dismissed_at timestamptz not null,
    constraint contact_dismissal_pk primary key (tenant_id, id),
    constraint contact_dismissal_low_fk foreign key (tenant_id, low_id) references contact (tenant_id, id) on delete cascade,
    constraint contact_dismissal_high_fk foreign key (tenant_id, high_id) references contact (tenant_id, id) on delete cascade,
    constraint contact_dismissal_once unique (tenant_id, low_id, high_id),
    constraint contact_dismissal_in_order check (low_id < high_id)
);
select app.enclose('contact_dismissal');
create index contact_dismissal_high on contact_dismissal (tenant_id, high_id);
grant select, insert, delete, update (low_id, high_id) on contact_dismissal to balanza_app;
