"""The matrix of iom/access.py holds through the pages, the API and as raw SQL: every role, tier, deed and relation."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row

from iom.access import Deed, Relation, Sight, Tier, may, sees_step, sight
from iom.adapters.embedded.postgres import as_role
from iom.adapters.tables import Case
from iom.vocabulary import Role
from tests.builders import START, STATUTORY_TEAM
from tests.integration.page_house import Browser, PageHouse

WORDS = {
    Tier.CASE: "Talked of the sister",
    Tier.HEALTH: "Scripted on Tuesday",
    Tier.NAVIGATOR: "Afraid of a cousin",
}
OWNERS = {
    Tier.CASE: Role.POLICE_OFFENDER_MANAGER,
    Tier.HEALTH: Role.TREATMENT_WORKER,
    Tier.NAVIGATOR: Role.MENTOR,
}
EVERYBODY = (*STATUTORY_TEAM, Role.HOUSING_OFFICER, Role.PRISON_OFFENDER_MANAGER, Role.MENTOR)


@dataclass(frozen=True)
class Place:
    """A case and how the one who looks stands to it. ``steps`` hold words, by tier; ``open_step`` is nobody's own."""

    case: Case
    relation: Relation
    surname: str
    steps: dict[Tier, UUID]
    open_step: UUID
    review: UUID


def relations() -> list[Relation]:
    return [
        Relation(on_team, is_restricted, in_prison)
        for on_team in (True, False)
        for is_restricted in (True, False)
        for in_prison in (True, False)
    ]


@pytest.mark.parametrize("role", Role)
async def test_what_somebody_sees_is_what_the_matrix_says_in_three_ways(
    pages: PageHouse, database_url: str, role: Role
) -> None:
    browser = await pages.signed_in(role)
    for relation in relations():
        place = await a_place(pages, role, relation)
        expected = seen_by_matrix(pages, role, place)
        assert await seen_by_sql(pages, database_url, role, place) == expected, relation
        assert await seen_by_api(pages, role, place) == expected - set(WORDS.values()), relation
        assert await seen_by_pages(browser, place) == expected, relation


@pytest.mark.parametrize("role", Role)
async def test_what_somebody_may_do_is_what_the_matrix_says_in_three_ways(
    pages: PageHouse, database_url: str, role: Role
) -> None:
    browser = await pages.signed_in(role)
    for relation in relations():
        place = await a_place(pages, role, relation)
        expected = allowed_by_matrix(pages, role, place)
        assert await allowed_by_sql(pages, database_url, role, place) == expected, relation
        assert await offered_by_pages(browser, place) == expected, relation
        assert await allowed_by_api(pages, role, place) == expected, relation


async def a_place(pages: PageHouse, role: Role, relation: Relation) -> Place:
    """A new case with all there is to see; ``role`` is on its team or nobody is in its place."""
    house = pages.record
    team = tuple(each for each in EVERYBODY if each is not role or relation.on_team)
    if (
        relation.on_team and role not in team
    ):  # an administrator or auditor has no role on a case: lend them one
        team = (*team, role)
    house.wall = START + timedelta(hours=1)
    case = await house.a_case(team=team)
    status = "sentenced" if relation.in_prison else "community"
    await house.do("update whereabouts set custody_status = %s where case_id = %s", status, case.id)
    if relation.is_restricted:
        await house.do("update cases set restricted_at = %s where id = %s", START, case.id)
    steps = {tier: await _step_with_words(pages, case, tier) for tier in WORDS}
    open_step = await _step(pages, case, Role.COORDINATOR if role is not Role.COORDINATOR else Role.CHAIR)
    review = await _step(pages, case, Role.CHAIR, form="review")
    [person] = await house.rows("select surname from person where id = %s", case.person_id)
    return Place(case, relation, person["surname"], steps, open_step, review)


async def _step(pages: PageHouse, case: Case, owner: Role, form: str = "step") -> UUID:
    step = uuid4()
    await pages.record.do(
        "insert into step (id, case_id, programme, key, number, title, stage, guidance, form, owner, clock, outcomes,"
        " results, opened_at, due_at, dating) values (%s, %s, 'fixed@1', 'k', 1, 'Something', '', '', %s, %s,"
        " 'service_level', '{done,cannot_yet,not_needed}', '{}', %s, %s, 1)",
        step, case.id, form, owner, START, START + timedelta(days=30),
    )  # fmt: skip
    return step


async def _step_with_words(pages: PageHouse, case: Case, tier: Tier) -> UUID:
    owner = OWNERS[tier]
    step, actor = await _step(pages, case, owner), pages.record.scheme.actors[owner]
    await pages.record.do(
        "insert into remark (id, step_id, case_id, tier, owner, agency_id, by_id, at, note)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        uuid4(), step, case.id, tier, owner, actor.agency_id, actor.account_id, START, WORDS[tier],
    )  # fmt: skip
    await pages.record.do(
        "update step set closed_at = %s, closed_by_id = %s, outcome = 'done' where id = %s",
        START, actor.account_id, step,
    )  # fmt: skip
    return step


def seen_by_matrix(pages: PageHouse, role: Role, place: Place) -> set[str]:
    """What of the case stands before this person: its reference, the name, the grade, and words by tier."""
    actor = pages.record.scheme.actors[role]

    def sees(tier: Tier, *sights: Sight) -> bool:
        return sight(actor, tier, place.relation) in sights

    seen = set()
    if may(role, Deed.SEE_CASE, on_team=place.relation.on_team, is_restricted=place.relation.is_restricted):
        seen.add(place.case.ref)
    if sees(Tier.EXISTENCE, Sight.FULL):
        seen.add(place.surname)
    if sees(Tier.CASE, Sight.FULL, Sight.PSEUDONYM):
        seen.add("Red")
    for tier, owner in OWNERS.items():
        is_mine = owner is role and place.relation.on_team
        if sees_step(actor, owner, place.relation, is_mine=is_mine):
            own = sight(actor, tier, place.relation) is Sight.OWN and actor.agency_id == _agency(pages, owner)
            if sees(tier, Sight.FULL) or own or is_mine:
                seen.add(WORDS[tier])
    return seen


def _agency(pages: PageHouse, role: Role) -> UUID:
    return pages.record.scheme.actors[role].agency_id


@asynccontextmanager
async def as_somebody(
    pages: PageHouse, database_url: str, role: Role
) -> AsyncIterator[AsyncConnection[DictRow]]:
    """Raw SQL under iom_app in this person's context; nothing of it stays."""
    url = as_role(database_url, "iom_app")
    async with await AsyncConnection.connect(url, row_factory=dict_row) as conn:
        await conn.execute("select * from fence.enter_by_token(%s)", (pages.record.tokens[role],))
        yield conn
        await conn.rollback()


async def seen_by_sql(pages: PageHouse, database_url: str, role: Role, place: Place) -> set[str]:
    asked = (
        "select ref as said from cases where id = %(case)s",
        "select surname as said from person where id = %(person)s",
        "select rag as said from assessment where case_id = %(case)s",
        "select note as said from remark join step on step.id = step_id where step.case_id = %(case)s",
    )
    named = {"case": place.case.id, "person": place.case.person_id}
    async with as_somebody(pages, database_url, role) as conn:
        return {row["said"] for query in asked async for row in await conn.execute(query, named)}


async def seen_by_api(pages: PageHouse, role: Role, place: Place) -> set[str]:
    answer = await pages.record.get(role, f"/cases/{place.case.ref}")
    if answer.status_code == 404:
        return set()
    assert answer.status_code == 200, answer.text
    case = answer.json()
    said = {case["ref"], case["rag"], (case["person"] or {}).get("surname")}
    return said - {None}


async def seen_by_pages(browser: Browser, place: Place) -> set[str]:
    case = await browser.get(f"/cases/{place.case.ref}")
    words = case.words
    for step in place.steps.values():
        words += (await browser.get(f"/steps/{step}")).words
    return {said for said in (place.case.ref, place.surname, "Red", *WORDS.values()) if said in words}


DEEDS = (
    Deed.ANSWER_STEP,
    Deed.DECIDE_AT_PANEL,
    Deed.HOLD_REVIEW,
    Deed.RECORD_CUSTODY,
    Deed.CHANGE_TEAM,
)


def allowed_by_matrix(pages: PageHouse, role: Role, place: Place) -> set[Deed]:
    relation, actor = place.relation, pages.record.scheme.actors[role]
    allowed = {
        deed
        for deed in DEEDS
        if may(role, deed, on_team=relation.on_team, is_restricted=relation.is_restricted)
    }
    owner = Role.CHAIR if role is Role.COORDINATOR else Role.COORDINATOR
    return allowed if sees_step(actor, owner, relation, is_mine=False) else allowed - {Deed.ANSWER_STEP}


async def allowed_by_sql(pages: PageHouse, database_url: str, role: Role, place: Place) -> set[Deed]:
    me = pages.record.scheme.actors[role].account_id
    tried = {
        Deed.ANSWER_STEP: "update step set closed_at = now() where id = %(step)s",
        Deed.DECIDE_AT_PANEL: "insert into panel_decision (id, case_id, decided_at, decided_by_id, decision, reason,"
        " dissent) values (gen_random_uuid(), %(case)s, now(), %(me)s, 'defer', 'x', '')",
        Deed.HOLD_REVIEW: "insert into review (step_id, case_id, held_at, held_by_id, rag_after, summary)"
        " values (%(review)s, %(case)s, now(), %(me)s, 'Green', 'x')",
        Deed.RECORD_CUSTODY: "update whereabouts set establishment = 'HMP X' where case_id = %(case)s",
        Deed.CHANGE_TEAM: "update team_member set account_id = %(me)s where case_id = %(case)s and role = 'chair'",
    }
    named = {"step": place.open_step, "case": place.case.id, "review": place.review, "me": me}
    async with as_somebody(pages, database_url, role) as conn:
        return {deed for deed, statement in tried.items() if await _works(conn, statement, named)}


async def _works(conn: AsyncConnection[DictRow], statement: str, named: dict[str, UUID]) -> bool:
    try:
        async with conn.transaction(force_rollback=True):
            return (await conn.execute(statement, named)).rowcount == 1
    except psycopg.errors.InsufficientPrivilege:
        return False


async def offered_by_pages(browser: Browser, place: Place) -> set[Deed]:
    """The forms this person is given. What is not for them is refused as not found, or as not allowed."""
    ref = place.case.ref
    forms = {
        Deed.DECIDE_AT_PANEL: f"/cases/{ref}/panel-decision",
        Deed.HOLD_REVIEW: f"/cases/{ref}/reviews/{place.review}",
        Deed.RECORD_CUSTODY: f"/cases/{ref}/custody",
        Deed.CHANGE_TEAM: f"/cases/{ref}/team",
    }
    offered = {deed for deed, path in forms.items() if _is_open((await browser.get(path)).status)}
    step = await browser.get(f"/steps/{place.open_step}")
    return offered | ({Deed.ANSWER_STEP} if _is_open(step.status) and "Why not yet?" in step.words else set())


async def allowed_by_api(pages: PageHouse, role: Role, place: Place) -> set[Deed]:
    """Tried for real, the least far-reaching first. A refusal for another reason than who asks counts as allowed."""
    ref = place.case.ref
    tried: dict[Deed, Callable[[], Awaitable[int]]] = {
        Deed.ANSWER_STEP: lambda: _post(
            pages, role, f"/steps/{place.open_step}/outcome", {"outcome": "done"}
        ),
        Deed.HOLD_REVIEW: lambda: _post(
            pages, role, f"/cases/{ref}/reviews/{place.review}/hold", {"rag": "Green", "summary": "Agreed"}
        ),
        Deed.RECORD_CUSTODY: lambda: _post(
            pages, role, f"/cases/{ref}/custody", {"status": "sentenced", "establishment": "HMP X"}
        ),
        Deed.DECIDE_AT_PANEL: lambda: _post(
            pages, role, f"/cases/{ref}/panel-decision", {"outcome": "deselect", "reason": "Done well"}
        ),
    }
    allowed = {deed for deed, post in tried.items() if _is_open(await post())}
    offered = may(
        role, Deed.CHANGE_TEAM, on_team=place.relation.on_team, is_restricted=place.relation.is_restricted
    )
    return allowed | ({Deed.CHANGE_TEAM} if offered else set())  # the API has no route for it


async def _post(pages: PageHouse, role: Role, path: str, body: dict[str, str]) -> int:
    status: int = (await pages.record.post(role, path, body)).status_code
    assert status < 500, path
    return status


def _is_open(status: int) -> bool:
    return status not in (403, 404)
