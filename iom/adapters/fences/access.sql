-- What access to single cases turns on: who is known on the scheme, who decides on a case, whose health notes were opened.

-- Whether they lead on the case, or coordinate it: they decide on requests for access to it.
create or replace function fence.leads(on_case uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
    return exists (select from public.team_member t
                   where t.case_id = on_case and t.account_id = fence.me() and t.role in ('lead_professional', 'coordinator'))
        or (fence.role() = 'coordinator' and on_case not in (select fence.closed_off()));
end $$;

-- Open cases of the person who has exactly this name and date of birth, or one of these numbers, for somebody who sees
-- that people exist (T0): found on others' cases too, with whom to ask. Of a restricted case the name stays away.
create or replace function fence.known_on_scheme(
    in_surname text, in_forenames text, in_born date, in_pnc_id text, in_crn text, in_noms_number text)
returns table (case_id uuid, ref text, surname text, forenames text, lead_agency text, ask text, is_restricted boolean,
               is_open boolean)
language sql stable security definer set search_path = pg_catalog as $$
    select c.id, c.ref::text,
           case when c.id not in (select fence.closed_off()) or c.id in (select fence.seen('{T0:full}')) then p.surname::text end,
           case when c.id not in (select fence.closed_off()) or c.id in (select fence.seen('{T0:full}')) then p.forenames::text end,
           g.name::text,
           coalesce(
               (select a.name from public.team_member t join public.account a on a.id = t.account_id
                where t.case_id = c.id and t.role = case when c.id in (select fence.closed_off()) then 'coordinator' else 'lead_professional' end),
               (select a.name from public.account a where a.role = 'coordinator' and a.left_at is null
                order by a.joined_at, a.id limit 1))::text,
           c.id in (select fence.closed_off()),
           c.id in (select fence.seen('{T0:full}'))
               or (fence.sees_all('{T0:full:all}') and c.id not in (select fence.closed_off()))
    from public.person p join public.cases c on c.person_id = p.id and c.closed_at is null
    left join public.agency g on g.id = c.lead_agency_id
    where 'T0:full' = any (string_to_array(fence.visit(4), ' '))
      and (p.pnc_id = in_pnc_id or p.crn = in_crn or p.noms_number = in_noms_number
           or (lower(p.surname) = lower(in_surname) and lower(p.forenames) = lower(in_forenames) and p.date_of_birth = in_born))
    order by c.opened_at
$$;

-- The case of this reference, for somebody who may ask to be let into it: and whether it is open to them already.
create or replace function fence.case_to_ask(wanted text)
returns table (id uuid, is_restricted boolean, is_open boolean)
language sql stable security definer set search_path = pg_catalog as $$
    select c.id, c.restricted_at is not null,
           c.id in (select fence.seen('{T0:full}'))
               or (fence.sees_all('{T0:full:all}') and c.id not in (select fence.closed_off()))
    from public.cases c
    where c.ref = wanted and c.closed_at is null and c.id not in (select fence.limited())
      and 'T0:full' = any (string_to_array(fence.visit(4), ' '))
$$;

-- The references of these cases: those of one's own broken glass and requests, and those to review, be they walled off.
create or replace function fence.asked_ref(on_case uuid) returns text
language sql stable security definer set search_path = pg_catalog as $$
    select c.ref::text from public.cases c
    where c.id = on_case
      and (exists (select from public.access_grant g
                   where g.case_id = c.id and (g.account_id = fence.me() or g.kind = 'break_glass' and fence.may('{review_access}')))
           or exists (select from public.access_request r where r.case_id = c.id and r.account_id = fence.me()))
$$;

-- Closes a case to all but its team, or opens it again (``at`` is null): for those who may and who are on its team.
create or replace function fence.restrict(on_case uuid, at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if not fence.may('{restrict_case}')
       or not exists (select from public.team_member t where t.case_id = on_case and t.account_id = fence.me()) then
        raise insufficient_privilege using message = 'not theirs to restrict';
    end if;
    update public.cases set restricted_at = at where id = on_case;
end $$;

-- Whether this service's clinical notes on the case are open to their agency: by consent, or in the public interest.
create or replace function fence.told(on_case uuid, by_agency uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
    return exists (select from public.consent c
                   where c.case_id = on_case and c.agency_id = by_agency and fence.agency() = any (c.agencies)
                     and c.withdrawn_at is null)
        or exists (select from public.public_interest_decision d
                   where d.case_id = on_case and d.agency_id = by_agency and fence.agency() = any (d.agencies)
                     and d.until_on >= current_date);
end $$;

revoke all on all functions in schema fence from public;
