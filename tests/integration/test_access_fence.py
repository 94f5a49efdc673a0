"""Access as raw SQL under iom_app: nobody lets themselves in, judges themselves, or restricts what is not theirs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest
from psycopg.errors import InsufficientPrivilege

from iom.adapters.database import Connection, Pool, open_pool, transaction
from iom.adapters.embedded.postgres import as_role
from iom.adapters.store import access, accounts
from iom.adapters.store.access import Sought
from iom.vocabulary import Role
from tests.integration.access_house import leaves_team, today
from tests.integration.api_house import ApiHouse

OUTSIDER = Role.TREATMENT_WORKER
TABLES = ("access_request", "access_grant", "note", "consent", "public_interest_decision")


@pytest.fixture
async def app_pool(pool: Pool, database_url: str) -> AsyncIterator[Pool]:
    async with open_pool(as_role(database_url, "iom_app"), 2) as opened:
        yield opened


@asynccontextmanager
async def as_(app_pool: Pool, api: ApiHouse, role: Role) -> AsyncIterator[Connection]:
    async with transaction(app_pool) as conn:
        assert await accounts.by_api_token(conn, api.tokens[role])
        yield conn


@asynccontextmanager
async def in_browser(
    app_pool: Pool, api: ApiHouse, role: Role, confirmed: str = "1 minute"
) -> AsyncIterator[Connection]:
    """In a session whose owner showed that it is they so long ago."""
    token = uuid4().hex
    await api.do(
        "insert into session (id, token_hash, account_id, form_token, how, began_at, seen_at, confirmed_at, until,"
        " idle_minutes, address, agent) values (gen_random_uuid(), %s, %s, 'x', 'password', now(), now(),"
        " now() - %s::interval, now() + interval '1 hour', 30, '', '')",
        accounts.digest(token),
        api.scheme.id_of(role),
        confirmed,
    )
    async with transaction(app_pool) as conn:
        found = await conn.execute("select * from fence.enter_by_session(%s, now())", (token,))
        assert await found.fetchall()
        yield conn


async def test_no_glass_breaks_by_token_or_long_after_signing_in(api: ApiHouse, app_pool: Pool) -> None:
    await today(api)
    case = await api.a_case()
    await leaves_team(api, case.id, OUTSIDER)
    me = api.scheme.id_of(OUTSIDER)
    for somebody in (as_(app_pool, api, OUTSIDER), in_browser(app_pool, api, OUTSIDER, "20 minutes")):
        with pytest.raises(InsufficientPrivilege):
            async with somebody as conn:
                await grant(conn, case.id, me, me, "break_glass")


async def grant(conn: Connection, case_id: UUID, account: UUID, by: UUID, kind: str, **more: object) -> None:
    values = {"request": None, "until": "4 hours"} | more
    await conn.execute(
        "insert into access_grant (id, case_id, account_id, from_at, until_at, why, kind, request_id, granted_by_id,"
        " review_words) values (%s, %s, %s, now(), now() + %s::interval, 'why', %s, %s, %s, '')",
        (uuid4(), case_id, account, values["until"], kind, values["request"], by),
    )


async def test_without_a_context_there_is_nothing_to_see(api: ApiHouse, app_pool: Pool) -> None:
    case = await api.a_case()
    async with transaction(app_pool) as conn:
        for table in TABLES:
            found = await conn.execute(f"select 1 from {table}".encode())  # noqa: S608 - names of our own
            assert await found.fetchall() == []
        [person] = await api.rows("select * from person where id = %s", case.person_id)
        assert await access.known(conn, Sought(crn=person["crn"])) == []
        assert await access.to_ask(conn, case.ref) is None
        with pytest.raises(InsufficientPrivilege):
            await access.restrict(conn, case.id, None)


async def test_nobody_lets_themselves_in(api: ApiHouse, app_pool: Pool) -> None:
    await today(api)
    case = await api.a_case()
    await leaves_team(api, case.id, OUTSIDER)
    me, lead = api.scheme.id_of(OUTSIDER), api.scheme.id_of(Role.LEAD_PROFESSIONAL)
    async with as_(app_pool, api, OUTSIDER) as conn:
        assert await access.ask(conn, uuid4(), case.id, me, "I want to", api.wall)
    [request] = await api.rows("select * from access_request")
    tries = [
        {"account": me, "by": me, "kind": "request", "request": request["id"]},
        {"account": me, "by": lead, "kind": "request", "request": request["id"]},
        {"account": me, "by": lead, "kind": "break_glass"},
        {"account": lead, "by": me, "kind": "break_glass"},
        {"account": me, "by": me, "kind": "break_glass", "until": "4 days"},
        {"account": me, "by": me, "kind": "whatever"},
    ]
    for each in tries:
        with pytest.raises(InsufficientPrivilege):
            async with as_(app_pool, api, OUTSIDER) as conn:
                await grant(conn, case.id, **each)
    async with as_(app_pool, api, OUTSIDER) as conn:
        assert not await access.decide(conn, request["id"], me, api.wall, "", api.wall)
    async with as_(app_pool, api, Role.LEAD_PROFESSIONAL) as conn:
        with pytest.raises(InsufficientPrivilege):
            async with conn.transaction():
                await grant(
                    conn,
                    case.id,
                    api.scheme.id_of(Role.HOUSING_OFFICER),
                    lead,
                    "request",
                    request=request["id"],
                )
        await grant(conn, case.id, me, lead, "request", request=request["id"])
    async with as_(app_pool, api, OUTSIDER) as conn:
        assert await (await conn.execute("select 1 from cases")).fetchall()


async def test_a_grant_opens_a_case_now_only_and_not_before_or_after(api: ApiHouse, app_pool: Pool) -> None:
    await today(api)
    case = await api.a_case()
    await leaves_team(api, case.id, OUTSIDER)
    me = api.scheme.id_of(OUTSIDER)
    async with in_browser(app_pool, api, OUTSIDER) as conn:
        await grant(conn, case.id, me, me, "break_glass")
    for change, seen in (
        ("from_at = now() - interval '1 hour'", 1),
        ("from_at = now() + interval '1 hour'", 0),
        ("from_at = now() - interval '2 hours', until_at = now() - interval '1 hour'", 0),
    ):
        await api.do(f"update access_grant set {change}")  # noqa: S608 - ours
        async with as_(app_pool, api, OUTSIDER) as conn:
            assert len(await (await conn.execute("select 1 from cases")).fetchall()) == seen, change
            assert len(await (await conn.execute("select 1 from assessment")).fetchall()) == 0
        answer = await api.get(OUTSIDER, f"/cases/{case.ref}")
        assert answer.status_code == (200 if seen else 404), change


async def test_whoever_broke_the_glass_does_not_judge_it_nor_does_anybody_without_the_right(
    api: ApiHouse, app_pool: Pool
) -> None:
    await today(api)
    case = await api.a_case()
    await api.do("update cases set restricted_at = now() where id = %s", case.id)
    await leaves_team(api, case.id, Role.COORDINATOR)
    me = api.scheme.id_of(Role.COORDINATOR)
    async with in_browser(app_pool, api, Role.COORDINATOR) as conn:
        await grant(conn, case.id, me, me, "break_glass")
    judge = "update access_grant set finding = 'justified', reviewed_at = now(), reviewed_by_id = %s"
    for role in (Role.COORDINATOR, Role.LEAD_PROFESSIONAL, Role.CHAIR):
        async with as_(app_pool, api, role) as conn:
            assert (await conn.execute(judge, (api.scheme.id_of(role),))).rowcount == 0, role
    with pytest.raises(InsufficientPrivilege):
        async with as_(app_pool, api, Role.COORDINATOR) as conn:
            await conn.execute("update access_grant set until_at = now() + interval '1 year'")


async def test_only_who_may_and_is_on_the_team_restricts_a_case(api: ApiHouse, app_pool: Pool) -> None:
    case = await api.a_case()
    await leaves_team(api, case.id, Role.CHAIR)
    for role in (Role.CHAIR, Role.LEAD_PROFESSIONAL, OUTSIDER):
        with pytest.raises(InsufficientPrivilege):
            async with as_(app_pool, api, role) as conn:
                await access.restrict(conn, case.id, api.wall)
        with pytest.raises(InsufficientPrivilege):
            async with as_(app_pool, api, role) as conn:
                await conn.execute("update cases set restricted_at = null")
    body = {"restricted": True, "reason": "A threat"}
    assert (await api.post(Role.LEAD_PROFESSIONAL, f"/cases/{case.ref}/restriction", body)).status_code == 403
    answer = await api.post(Role.COORDINATOR, f"/cases/{case.ref}/restriction", body)
    assert answer.status_code == 200
    assert answer.json()["restricted_at"]
    assert (await api.get(Role.CHAIR, f"/cases/{case.ref}")).status_code == 404
    assert (await api.post(Role.COORDINATOR, f"/cases/{case.ref}/restriction", body)).json()[
        "code"
    ] == "nothing_changed"
    lifted = await api.post(Role.COORDINATOR, f"/cases/{case.ref}/restriction", body | {"restricted": False})
    assert lifted.json()["restricted_at"] is None
    noted = [each["purpose"] for each in await api.looks() if each["action"] == "alter"]
    assert noted == ["restriction", "restriction_lifted"]


async def test_an_answer_of_somebody_whose_agreement_is_over_says_so(api: ApiHouse) -> None:
    case = await api.a_case()
    step = await api.a_step(case, Role.POLICE_OFFENDER_MANAGER)
    await api.do("update agreement set expires_on = '2026-08-30'")
    answer = await api.post(Role.POLICE_OFFENDER_MANAGER, f"/steps/{step}/outcome", {"outcome": "done"})
    assert answer.json()["code"] == "agreement_expired"
    answer = await api.post(Role.COORDINATOR, f"/cases/{case.ref}/custody", {"status": "remand"})
    assert answer.json()["code"] == "agreement_expired"


async def test_an_address_with_two_methods_names_both(api: ApiHouse) -> None:
    case = await api.a_case()
    answer = await api.client.request(
        "DELETE", f"/api/v1/cases/{case.ref}/notes", headers=api.as_(Role.CHAIR)
    )
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
