-- What row-level security asks: who is signed in, what they may see, what they may write.
-- Every function here runs as the owner of the tables and pins its search path. iom_app may call those granted at the
-- end and no other. Applied anew at every `iom migrate`; so it must be safe to run again.

set local check_function_bodies = off; -- they call each other, in whatever order they stand

create schema if not exists fence;

create table if not exists fence.secret (value bytea not null);
insert into fence.secret
select sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))
where not exists (select from fence.secret);

create table if not exists fence.matrix (
    role text, tier text, sight text not null, everywhere boolean not null, primary key (role, tier)
);
create table if not exists fence.deeds (role text, deed text, primary key (role, deed));
create table if not exists fence.entries (kind text, deed text, primary key (kind, deed));

-- The seal: only these functions know the secret, and it holds for one transaction of one connection. So a context that
-- somebody sets by hand, or keeps from an earlier transaction, opens nothing.
create or replace function fence.seal(visit text) returns text
language plpgsql stable security definer set search_path = pg_catalog as $$
declare secret bytea;
begin
    select value into secret from fence.secret;
    return encode(sha256(secret || convert_to(
        visit || '|' || pg_backend_pid() || '|' || extract(epoch from transaction_timestamp()), 'UTF8') || secret), 'hex');
end $$;

create or replace function fence.visit(part int) returns text
language plpgsql stable security definer set search_path = pg_catalog as $$
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
language sql stable security definer set search_path = pg_catalog as $$ select fence.visit(1)::uuid $$;

create or replace function fence.role() returns text
language sql stable security definer set search_path = pg_catalog as $$ select fence.visit(2) $$;

create or replace function fence.agency() returns uuid
language sql stable security definer set search_path = pg_catalog as $$ select fence.visit(3)::uuid $$;

create or replace function fence.enter(account uuid) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare visit text;
begin
    select concat_ws('|', a.id, a.role, a.agency_id) into visit from public.account a where a.id = account;
    perform set_config('iom.visit', visit || '#' || fence.seal(visit), true);
end $$;

-- Whose token this is; from here on the transaction is in their name. No row: nobody's.
create or replace function fence.enter_by_token(token text)
returns table (id uuid, name text, email text, role text, agency_id uuid, agency text, tiers text[], agreed_until date,
               vouched_at timestamptz)
language plpgsql security definer set search_path = pg_catalog as $$
begin
    perform set_config('iom.visit', '', true);
    return query
    select s.* from public.api_token t, lateral fence.signed_in(t.account_id) s
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
    update public.session t set seen_at = at
    where t.token_hash = hash and t.seen_at < at - interval '1 minute'
      and t.seen_at > at - make_interval(mins => t.idle_minutes) and t.until > at and t.ended_at is null;
    return query
    select s.*, t.form_token::text, t.id, t.confirmed_at
    from public.session t, lateral fence.signed_in(t.account_id) s
    where t.token_hash = hash and t.ended_at is null and t.until > at
      and t.seen_at > at - make_interval(mins => t.idle_minutes);
end $$;

create or replace function fence.signed_in(account uuid)
returns table (id uuid, name text, email text, role text, agency_id uuid, agency text, tiers text[], agreed_until date,
               vouched_at timestamptz)
language plpgsql security definer set search_path = pg_catalog as $$
begin
    perform fence.enter(account);
    return query
    select a.id, a.name::text, a.email::text, a.role::text, a.agency_id, g.name::text, n.tiers, n.expires_on,
           coalesce(a.recertified_at, a.joined_at)
    from public.account a join public.agency g on g.id = a.agency_id
    left join lateral (
        select x.tiers, x.expires_on from public.agreement x where x.agency_id = g.id
        order by x.signed_on desc, x.expires_on desc limit 1
    ) n on true
    where a.id = account and a.left_at is null;
end $$;

-- Whether this role sees the tier on every case that is not walled off.
create or replace function fence.sees_all(wanted_tier text, wanted text[]) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
    select fence.agreed(wanted_tier) and exists (
        select from fence.matrix m
        where m.role = fence.role() and m.tier = wanted_tier and m.everywhere and m.sight = any (wanted)
    )
$$;

-- The cases on whose team they are, or into which they were let, where their role sees the tier so.
create or replace function fence.seen(wanted_tier text, wanted text[]) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog rows 100 as $$
declare
    sight text := (select m.sight from fence.matrix m where m.role = fence.role() and m.tier = wanted_tier);
    mine uuid := fence.me();
begin
    if not fence.agreed(wanted_tier) then
        return;
    elsif sight = any (wanted) then
        return query select t.case_id from public.team_member t where t.account_id = mine;
    elsif sight = 'in_custody' and 'full' = any (wanted) then
        return query
        select t.case_id from public.team_member t join public.whereabouts w on w.case_id = t.case_id
        where t.account_id = mine and w.custody_status in ('remand', 'sentenced', 'recalled');
    end if;
end $$;

-- Cases that are closed to all but their team.
create or replace function fence.walled() returns setof uuid
language sql stable security definer set search_path = pg_catalog rows 10 as $$
    select c.id from public.cases c where c.restricted_at is not null
$$;

-- Whether a tier stands in their agency's information sharing agreement. Over or not: reading goes on, writing stops.
create or replace function fence.agreed(wanted_tier text) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
    select wanted_tier = any (n.tiers) from public.agreement n where n.agency_id = fence.agency()
    order by n.signed_on desc, n.expires_on desc limit 1
$$;

-- Whether they may do this at all, today.
create or replace function fence.may(wanted_deed text) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
    select exists (select from fence.deeds d where d.role = fence.role() and d.deed = wanted_deed)
       and coalesce((select current_date <= n.expires_on from public.agreement n where n.agency_id = fence.agency()
                     order by n.signed_on desc, n.expires_on desc limit 1), false)
$$;

-- Whether their role may put this kind of entry into a case's log.
create or replace function fence.may_write(wanted_kind text) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
    select exists (select from fence.entries e where e.kind = wanted_kind and fence.may(e.deed))
$$;

-- Whether a step of this owner is theirs to do.
create or replace function fence.owns(on_case uuid, owner text) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
    select exists (select from public.team_member t
                   where t.case_id = on_case and t.role = owner and t.account_id = fence.me())
        or (owner = fence.role() and exists (select from fence.matrix m where m.role = owner and m.everywhere)
            and on_case not in (select fence.walled()))
$$;

-- Whether the case is being opened in this very transaction: its log is empty until then.
create or replace function fence.opening(on_case uuid) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
    select exists (select from public.cases c where c.id = on_case and c.last_seq = 0)
$$;

-- The person who has one of these identifiers, and the reference of their open case: a nomination must not open a second.
create or replace function fence.known_by(pnc_id text, crn text, noms_number text)
returns table (id uuid, local_ref text, open_case_ref text)
language sql stable security definer set search_path = pg_catalog as $$
    select p.id, c.local_ref::text, case when c.closed_at is null then c.ref::text end
    from public.person p left join public.cases c on c.person_id = p.id
    where (p.pnc_id = known_by.pnc_id or p.crn = known_by.crn or p.noms_number = known_by.noms_number)
      and (session_user <> 'iom_app' or fence.may('nominate'))
    order by c.closed_at nulls first, c.opened_at desc
    limit 1
$$;

-- Whether a reference is taken, be it by a case they cannot see.
create or replace function fence.ref_taken(wanted text) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
    select exists (select from public.cases c where c.ref = wanted)
$$;

revoke all on all functions in schema fence from public;
revoke all on all tables in schema fence from public;
