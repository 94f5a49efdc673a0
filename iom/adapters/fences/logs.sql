-- What the record of looks needs to know of cases that its readers may not see. Auditors see logs and no case data
-- (domain.md §5.10): of a case they get its reference, which is random, and who shares a name with whom.

-- Whether they read logs; commands and the worker do. Reading goes on when an agency's agreement is over.
create or replace function fence.reads_logs() returns boolean
language sql stable security definer set search_path = pg_catalog as $$
    select session_user <> 'iom_app'
        or exists (select from fence.roles r where r.role = fence.role() and 'read_logs' = any (string_to_array(r.deeds, ' ')))
$$;

create or replace function fence.case_ref(wanted uuid) returns text
language sql stable security definer set search_path = pg_catalog as $$
    select c.ref::text from public.cases c where c.id = wanted and (select fence.reads_logs())
$$;

create or replace function fence.case_named(wanted text) returns uuid
language sql stable security definer set search_path = pg_catalog as $$
    select c.id from public.cases c where c.ref = wanted and (select fence.reads_logs())
$$;

-- Who is on which team, or was let into which case by its lead. Whoever broke the glass was not.
create or replace function fence.teams() returns table (case_id uuid, account_id uuid)
language sql stable security definer set search_path = pg_catalog rows 1000 as $$
    select t.case_id, t.account_id from public.team_member t where (select fence.reads_logs())
    union all
    select g.case_id, g.account_id from public.access_grant g where g.kind = 'request' and (select fence.reads_logs())
$$;

-- Whose surname is also the surname of somebody on the scheme.
create or replace function fence.namesakes() returns table (case_id uuid, account_id uuid)
language sql stable security definer set search_path = pg_catalog rows 10 as $$
    select c.id, a.id from public.account a
    join public.person p on lower(p.surname) = lower(substring(a.name from '[^ ]+$'))
    join public.cases c on c.person_id = p.id
    where (select fence.reads_logs())
$$;

-- The case of this reference, if they may read who has looked at it: they see all of it, or they read logs.
create or replace function fence.looks_readable(wanted text) returns uuid
language sql stable security definer set search_path = pg_catalog as $$
    select c.id from public.cases c
    where c.ref = wanted
      and ((select fence.reads_logs())
           or ((select fence.sees_all('{T2:full:all}')) and c.id not in (select fence.walled()))
           or c.id in (select fence.seen('{T2:full}')))
$$;

-- Looks at the person of this case, alone or in a list, the newest first. Of a list they learn that it was one.
create or replace function fence.looks_at(wanted text, before bigint, most int)
returns table (id bigint, at timestamptz, name text, agency text, role text, action text, object text, purpose text,
               justification text, recipient text, channel text)
language sql stable security definer set search_path = pg_catalog as $$
    with looks as (
        select l.* from public.audit l
        where (l.case_id = fence.looks_readable(wanted)
               or (l.object like 'cases:%' and fence.looks_readable(wanted) is not null
                   and string_to_array(split_part(l.object, ':'::text, 2), ','::text) @> array[wanted]))
          and (before is null or l.id < before)
        order by l.id desc limit most
    )
    select l.id, l.at, a.name::text, g.name::text, l.role::text, l.action::text, split_part(l.object, ':', 1), l.purpose::text,
           l.justification::text, l.recipient::text, l.channel::text
    from looks l left join public.account a on a.id = l.account_id left join public.agency g on g.id = l.agency_id
    order by l.id desc
$$;

revoke all on all functions in schema fence from public;
