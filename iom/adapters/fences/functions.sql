-- What row-level security asks: who is signed in, what they may see, what they may write.
-- What iom_app may call runs as the owner of the tables and pins its search path; seal and visit are called by those only,
-- and so need neither. Applied anew at every `iom migrate`; so it must be safe to run again.

set local check_function_bodies = off; -- they call each other, in whatever order they stand

create schema if not exists fence;

create table if not exists fence.secret (value bytea not null);
insert into fence.secret
select sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))
where not exists (select from fence.secret);

-- One row here, which only the owner writes, lets a web tell another time than the database: tests skip years.
create table if not exists fence.free_clock (since timestamptz not null default now());
create table if not exists fence.roles (role text primary key, sights text not null, deeds text not null);
create table if not exists fence.entries (kind text, deed text, primary key (kind, deed));

-- The seal: only these functions know the secret, and it holds for one transaction of one connection. So a context that
-- somebody sets by hand, or keeps from an earlier transaction, opens nothing.
create or replace function fence.seal(visit text) returns text
language plpgsql stable as $$
declare secret bytea;
begin
    select value into secret from fence.secret;
    return encode(sha256(secret || convert_to(
        visit || '|' || pg_backend_pid() || '|' || extract(epoch from transaction_timestamp()), 'UTF8') || secret), 'hex');
end $$;

-- One part of the context, if its seal holds: 1 the account, 2 its role, 3 its agency, 4 what it sees, 5 what it may do,
-- 6 its browser session, if it has one.
create or replace function fence.visit(part int) returns text
language plpgsql stable as $$
declare
    said text := current_setting('iom.visit', true);
    visit text := split_part(said, '#', 1);
begin
    if said is null or said = '' or split_part(said, '#', 2) is distinct from fence.seal(visit) then
        return null;
    end if;
    return split_part(visit, '|', part);
end $$;

create or replace function fence.me() returns uuid
language plpgsql stable security definer set search_path = pg_catalog as $$ begin return fence.visit(1)::uuid; end $$;

create or replace function fence.role() returns text
language plpgsql stable security definer set search_path = pg_catalog as $$ begin return fence.visit(2); end $$;

create or replace function fence.agency() returns uuid
language plpgsql stable security definer set search_path = pg_catalog as $$ begin return fence.visit(3)::uuid; end $$;

-- The transaction is in this account's name from here on, unless it has left. The context says what its role sees of the
-- tiers its agency agreed to, as in "T1:full T2:own", with "T1:full:all" where that is so on every case; and what it may
-- do, which is nothing once the agreement is over. Both are worked out once for each transaction.
create or replace function fence.enter(account uuid, in_session uuid default null)
returns table (id uuid, name text, email text, role text, agency_id uuid, agency text, tiers text[], agreed_until date,
               vouched_at timestamptz)
language plpgsql security definer set search_path = pg_catalog as $$
declare
    visit text;
    sights text;
begin
    select a.id, a.name, a.email, a.role, a.agency_id, g.name, n.tiers, n.expires_on,
           coalesce(a.recertified_at, a.joined_at), r.sights,
           concat_ws('|', a.id, a.role, a.agency_id, '%', case when current_date <= n.expires_on then r.deeds else '' end,
               coalesce(in_session::text, ''))
    into id, name, email, role, agency_id, agency, tiers, agreed_until, vouched_at, sights, visit
    from public.account a join public.agency g on g.id = a.agency_id
    left join fence.roles r on r.role = a.role
    left join lateral (
        select x.tiers, x.expires_on from public.agreement x where x.agency_id = g.id and x.signed_on <= current_date
        order by x.signed_on desc, x.expires_on desc limit 1
    ) n on true
    where a.id = account and a.left_at is null;
    if not found then
        return;
    end if;
    if cardinality(tiers) < 6 or tiers is null then
        sights := (select coalesce(string_agg(s, ' '), '') from unnest(string_to_array(sights, ' ')) s
                   where left(s, 2) = any (tiers));
    end if;
    visit := replace(visit, '%', coalesce(sights, ''));
    perform set_config('iom.visit', visit || '#' || fence.seal(visit), true);
    return next;
end $$;

-- Whether they have just shown anew that it is they, in the browser that asks. What has only a token cannot.
create or replace function fence.confirmed() returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
    return exists (select from public.session s where s.id = nullif(fence.visit(6), '')::uuid
                   and s.ended_at is null and s.confirmed_at > s.seen_at - interval '15 minutes');
end $$;

-- Whose token this is; from here on the transaction is in their name. No row: nobody's.
create or replace function fence.enter_by_token(token text)
returns table (id uuid, name text, email text, role text, agency_id uuid, agency text, tiers text[], agreed_until date,
               vouched_at timestamptz)
language plpgsql security definer set search_path = pg_catalog as $$
begin
    perform set_config('iom.visit', '', true);
    return query
    select s.* from public.api_token t, lateral fence.enter(t.account_id) s
    where t.token_hash = sha256(convert_to(token, 'UTF8')) and t.revoked_at is null;
end $$;

-- Whose browser session this is, unless it is over at this moment: idle for too long, too old, or ended. Being here keeps
-- it alive, and is written down once a minute at the most.
create or replace function fence.enter_by_session(token text, at timestamptz)
returns table (id uuid, name text, email text, role text, agency_id uuid, agency text, tiers text[], agreed_until date,
               vouched_at timestamptz, form_token text, session_id uuid, confirmed_at timestamptz)
language plpgsql security definer set search_path = pg_catalog as $$
declare hash bytea := sha256(convert_to(token, 'UTF8'));
begin
    perform set_config('iom.visit', '', true);
    if at < now() - interval '5 minutes' and not exists (select from fence.free_clock) then
        return; -- a session that is over does not come back by turning back the clock
    end if;
    update public.session t set seen_at = at
    where t.token_hash = hash and t.seen_at < at - interval '1 minute'
      and t.seen_at > at - make_interval(mins => t.idle_minutes) and t.until > at and t.ended_at is null;
    return query
    select s.*, t.form_token::text, t.id, t.confirmed_at
    from public.session t, lateral fence.enter(t.account_id, t.id) s
    where t.token_hash = hash and t.ended_at is null and t.until > at
      and t.seen_at > at - make_interval(mins => t.idle_minutes);
end $$;

-- Whether they see one of these ("T1:full:all") on every case that is not walled off.
create or replace function fence.sees_all(wanted text[]) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
    return coalesce(string_to_array(fence.visit(4), ' ') && wanted, false);
end $$;

-- The cases on whose team they are, or into which they were let, where they see one of these.
create or replace function fence.seen(wanted text[]) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog rows 100 as $$
declare
    who uuid := fence.me(); -- once: the functions check the seal whenever they are asked, be it for each row
    sights text[] := string_to_array(fence.visit(4), ' ');
    in_custody boolean := 'T2:in_custody' = any (sights) and 'T2:full' = any (wanted);
    sees_limited boolean := fence.visit(2) in ('coordinator', 'chair');
begin
    if not (in_custody or sights && wanted) then
        return;
    end if;
    return query
    select t.case_id from (
        select m.case_id from public.team_member m where m.account_id = who
        union all
        select g.case_id from public.access_grant g
        where g.account_id = who and g.from_at <= now() and now() < g.until_at
    ) t
    where (not in_custody or sights && wanted or exists (
        select from public.whereabouts w
        where w.case_id = t.case_id and w.custody_status in ('remand', 'sentenced', 'recalled')))
      and (sees_limited or t.case_id not in (select fence.limited()));
end $$;

-- Cases that are closed to all but their team. They are few and have an index of their own, which PostgreSQL does not
-- think of while a table is new to it: it would read every case, for every statement.
create or replace function fence.closed_off() returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog set enable_seqscan = off rows 10 as $$
begin
    return query select c.id from public.cases c where c.restricted_at is not null
                 union all select r.case_id from public.processing_restriction r where r.lifted_at is null;
end $$;

-- The same, for those who would see them otherwise: it is no news to anybody else which they are.
create or replace function fence.walled() returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog rows 10 as $$
begin
    if fence.visit(4) like '%:all%' then
        return query select fence.closed_off();
    end if;
end $$;

-- Cases whose processing is restricted while their accuracy is contested: of their team, only coordinator and chair see
-- them. The plan goes on.
create or replace function fence.limited() returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog rows 10 as $$
begin
    return query select r.case_id from public.processing_restriction r where r.lifted_at is null;
end $$;

-- Whom the record of looks says this case was disclosed to: they hear of a correction. Letters disclose nothing.
create or replace function fence.told_of(wanted uuid) returns setof text
language sql stable security definer set search_path = pg_catalog rows 10 as $$
    select distinct l.recipient::text from public.audit l
    where l.case_id = wanted and l.action = 'disclose' and l.recipient is not null and l.channel <> 'mail'
      and (session_user <> 'iom_app'
           or (fence.may('{correct_record}') and (wanted in (select fence.seen('{T2:full}'))
               or (fence.sees_all('{T2:full:all}') and wanted not in (select fence.walled())))))
$$;

-- Whether they may do one of these at all, today.
create or replace function fence.may(wanted text[]) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
    return coalesce(string_to_array(fence.visit(5), ' ') && wanted, false);
end $$;

-- Whether they may put this kind of entry into a case's log.
create or replace function fence.may_write(wanted_kind text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
    return exists (select from fence.entries e
                   where e.kind = wanted_kind and e.deed = any (string_to_array(fence.visit(5), ' ')));
end $$;

-- Whether a step of this owner is theirs to do.
create or replace function fence.owns(on_case uuid, owner text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
    return exists (select from public.team_member t
                   where t.case_id = on_case and t.role = owner and t.account_id = fence.me()
                     and (fence.visit(2) in ('coordinator', 'chair') or t.case_id not in (select fence.limited())))
        or (owner = fence.role() and fence.visit(4) like '%:all%' and on_case not in (select fence.walled()));
end $$;

-- Whether the case is being opened in this very transaction: its log is empty until then.
create or replace function fence.opening(on_case uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
    return not exists (select from public.event e where e.case_id = on_case);
end $$;

-- The log has no gaps and no end but its last entry, whoever writes it and by whatever statement.
create or replace function fence.follows() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if tg_table_name = 'event' then
        if new.seq > 1
           and not exists (select from public.event e where e.case_id = new.case_id and e.seq = new.seq - 1) then
            raise check_violation using message = 'an entry of a log follows the one before it';
        end if;
    elsif not exists (select from public.event e where e.case_id = new.id and e.seq = new.last_seq) then
        raise check_violation using message = 'the last number of a log is that of its last entry';
    end if;
    return null;
end $$;
create or replace trigger event_follows after insert on public.event
    for each row execute function fence.follows();
create or replace trigger last_seq_follows after update of last_seq on public.cases
    for each row when (new.last_seq is distinct from old.last_seq) execute function fence.follows();

-- The person who has one of these identifiers, or the reference of their open case: a nomination must not open a second.
-- Whoever has an open case stays unknown otherwise, so that nobody sees a person by opening a case of their own on them.
create or replace function fence.known_by(pnc_id text, crn text, noms_number text)
returns table (id uuid, local_ref text, open_case_ref text)
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
    return query
    select case when c.closed_at is not null or c.id is null then p.id end, c.local_ref::text,
           case when c.closed_at is null then c.ref::text end
    from public.person p left join public.cases c on c.person_id = p.id
    where (p.pnc_id = known_by.pnc_id or p.crn = known_by.crn or p.noms_number = known_by.noms_number)
      and (session_user <> 'iom_app' or fence.may('{nominate}'))
    order by c.closed_at nulls first, c.opened_at desc
    limit 1;
end $$;

-- Whether this person has an open case.
create or replace function fence.is_on_scheme(person uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
    return exists (select from public.cases c where c.person_id = person and c.closed_at is null);
end $$;

-- Whether a reference is taken, be it by a case they cannot see.
create or replace function fence.ref_taken(wanted text) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
    select exists (select from public.cases c where c.ref = wanted)
$$;

revoke all on all functions in schema fence from public;
revoke all on all tables in schema fence from public;
