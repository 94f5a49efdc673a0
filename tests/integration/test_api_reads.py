"""What the API shows, to whom, and that every look at a person's data leaves one line in the record of looks."""

from datetime import timedelta

import pytest

from iom.adapters.database import transaction
from iom.adapters.deeds.plans import start_intervention
from iom.adapters.deeds.steps import answer_step
from iom.step import Answer
from iom.vocabulary import Outcome, Role
from tests.integration.api_house import ApiHouse

COORDINATOR, PRACTITIONER = Role.COORDINATOR, Role.PROBATION_PRACTITIONER


async def test_a_token_says_whose_it_is(api: ApiHouse) -> None:
    me = (await api.get(PRACTITIONER, "/me")).json()

    assert me["email"] == "probation_practitioner@scheme.example"
    assert me["role_label"] == "Probation practitioner"
    assert not me["sees_every_case"]


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic eDp5", "Bearer iom_nobody-was-ever-given-this", "Bearer \xff"]
)
async def test_nobody_gets_in_without_a_known_token(api: ApiHouse, header: str) -> None:
    headers = {b"Authorization": header.encode("latin-1")} if header else {}
    reply = await api.client.get("/api/v1/cases", headers=headers)

    assert reply.status_code == 401
    assert reply.headers["www-authenticate"] == "Bearer"
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["code"] == "unauthenticated"


async def test_a_revoked_token_and_one_of_somebody_who_left_open_nothing(api: ApiHouse) -> None:
    await api.do(
        "update api_token set revoked_at = now() where account_id = %s", api.scheme.id_of(PRACTITIONER)
    )
    await api.do("update account set left_at = now() where id = %s", api.scheme.id_of(COORDINATOR))

    assert (await api.get(PRACTITIONER, "/me")).status_code == 401
    assert (await api.get(COORDINATOR, "/me")).status_code == 401


async def test_a_case_shows_person_team_steps_reviews_and_interventions(api: ApiHouse) -> None:
    case = await api.a_case()
    await api.do("insert into case_need (case_id, need) values (%s, 'health')", case.id)
    async with transaction(api.scheme.pool) as conn:
        begun = await start_intervention(
            conn, api.scheme.by(COORDINATOR, api.wall), case.ref, "treatment_keywork"
        )
    await api.plan_acts(case.id)

    shown = (await api.get(COORDINATOR, f"/cases/{case.ref}")).json()

    assert shown["person"]["date_of_birth"] == "1991-04-17"
    assert shown["needs"] == ["health"]
    assert {member["role"] for member in shown["team"]} >= {"coordinator", "probation_practitioner"}
    assert [intervention["id"] for intervention in shown["interventions"]] == [str(begun)]
    assert [step["due_at"] for step in shown["steps"]] == sorted(step["due_at"] for step in shown["steps"])
    assert all(step["due_at"].endswith("Z") for step in shown["steps"])


async def test_the_timeline_names_steps_people_and_letters_newest_first(api: ApiHouse) -> None:
    case = await api.a_case()
    step = await api.a_step(case, PRACTITIONER)
    api.wall += timedelta(minutes=5)
    async with transaction(api.scheme.pool) as conn:
        said = Answer(Outcome.NOT_NEEDED, reason="Moved away")
        await answer_step(conn, api.scheme.by(PRACTITIONER, api.wall), step, said)

    happenings = (await api.get(COORDINATOR, f"/cases/{case.ref}/timeline", limit=200)).json()["happenings"]

    latest = happenings[0]
    assert latest["kind"] == "step_not_needed"
    assert latest["step_title"] == "Probation supervision"
    assert (latest["by_name"], latest["by_role"]) == (api.scheme.actors[PRACTITIONER].name, PRACTITIONER)
    assert latest["words"] == "Moved away"
    letters = [happening for happening in happenings if happening["letter"]]
    assert {letter["letter"]["fate"] for letter in letters} == {"in_digest"}
    assert letters[0]["letter"]["reader_name"] in {actor.name for actor in api.scheme.actors.values()}
    numbers = [happening["seq"] for happening in happenings if happening["seq"]]
    assert numbers == sorted(numbers, reverse=True) == list(range(len(numbers), 0, -1))


async def test_the_timeline_comes_in_pages_that_neither_miss_nor_repeat(api: ApiHouse) -> None:
    case = await api.a_case()
    whole = (await api.get(COORDINATOR, f"/cases/{case.ref}/timeline", limit=200)).json()["happenings"]

    seen: list[object] = []
    page = (await api.get(COORDINATOR, f"/cases/{case.ref}/timeline", limit=7)).json()
    while True:
        seen += page["happenings"]
        if page["next_cursor"] is None:
            break
        page = (
            await api.get(COORDINATOR, f"/cases/{case.ref}/timeline", limit=7, cursor=page["next_cursor"])
        ).json()

    assert seen == whole


async def test_the_forecast_tells_steps_reviews_and_letters_to_come(api: ApiHouse) -> None:
    case = await api.a_case()

    months = (await api.get(COORDINATOR, f"/cases/{case.ref}/forecast", months=2)).json()
    until = (
        await api.get(COORDINATOR, f"/cases/{case.ref}/forecast", until="2026-09-08T12:00:00+01:00")
    ).json()

    assert months["until"] == "2026-11-01T17:00:00Z"
    assert {"step_opened", "step_reminded"} <= {item["kind"] for item in months["foreseen"]}
    assert any(item["key"] == "review" for item in months["foreseen"])
    assert until["foreseen"] == [item for item in months["foreseen"] if item["at"] <= "2026-09-08T11:00:00Z"]


@pytest.mark.parametrize(
    ("until", "answered"),
    [
        ("2026-09-10", "2026-09-10T22:59:59.999999Z"),
        ("2026-12-10", "2026-12-10T23:59:59.999999Z"),
        ("2029-01-01T00:00:00Z", "2028-09-01T16:00:00Z"),
        ("9999-12-31T23:59:59-12:00", "2028-09-01T16:00:00Z"),
        ("0001-01-01T00:00:00+12:00", "2026-09-01T10:00:00Z"),
    ],
)
async def test_a_forecast_ends_with_the_day_asked_for_and_within_two_years(
    api: ApiHouse, until: str, answered: str
) -> None:
    case = await api.a_case()

    assert (await api.get(COORDINATOR, f"/cases/{case.ref}/forecast", until=until)).json()[
        "until"
    ] == answered


async def test_steps_come_soonest_first_in_pages_and_mine_are_mine(api: ApiHouse) -> None:
    await api.a_case()
    await api.a_case()

    everything = await _steps(api, limit=200)
    first = (await api.get(COORDINATOR, "/steps", limit=3)).json()
    second = (await api.get(COORDINATOR, "/steps", limit=200, cursor=first["next_cursor"])).json()
    mine = await _steps(api, PRACTITIONER, mine="true")

    assert first["steps"] + second["steps"] == everything
    assert {step["owner"] for step in mine} == {"probation_practitioner"}
    assert all(step["mine"] for step in mine)
    assert len(await _steps(api, PRACTITIONER)) == len(everything)


async def test_every_look_leaves_one_line_in_the_record_of_looks(api: ApiHouse) -> None:
    case = await api.a_case()
    looks = {
        f"/cases/{case.ref}": (f"case:{case.ref}", "case"),
        f"/cases/{case.ref}/timeline": (f"case:{case.ref}", "timeline"),
        f"/cases/{case.ref}/forecast": (f"case:{case.ref}", "forecast"),
        "/cases": (f"cases:{case.ref}", "cohort"),
        "/steps": (f"cases:{case.ref}", "steps"),
    }
    for path, (what, purpose) in looks.items():
        before = await api.looks()
        assert (await api.get(PRACTITIONER, path)).status_code == 200
        [line] = (await api.looks())[len(before) :]
        assert (line["action"], line["object"], line["purpose"]) == ("consult", what, purpose)
        assert (line["account_id"], line["channel"], line["at"]) == (
            api.scheme.id_of(PRACTITIONER),
            "api",
            api.wall,
        )


async def test_a_look_that_was_refused_or_showed_nobody_leaves_no_line(api: ApiHouse) -> None:
    case = await api.a_case(team=(COORDINATOR,))
    before = await api.looks()

    await api.get(PRACTITIONER, f"/cases/{case.ref}")
    await api.get(PRACTITIONER, "/cases")
    await api.get(PRACTITIONER, "/me")

    assert await api.looks() == before


async def test_a_case_before_its_first_step_can_be_read_and_foreseen(api: ApiHouse) -> None:
    reply = await api.post(PRACTITIONER, "/nominations", _somebody())
    ref = reply.json()["ref"]

    assert (await api.get(PRACTITIONER, f"/cases/{ref}")).json()["nomination"]["why"] == "Three burglaries"
    assert (await api.get(PRACTITIONER, f"/cases/{ref}/forecast")).json()["foreseen"] != []
    assert (await api.get(PRACTITIONER, f"/cases/{ref}/timeline")).json()["happenings"] != []


def _somebody() -> dict[str, str]:
    return {
        "surname": "Penhaligon",
        "forenames": "Tristan",
        "date_of_birth": "1990-05-17",
        "why": "Three burglaries",
        "basis": "statutory",
    }


async def _steps(api: ApiHouse, role: Role = COORDINATOR, **filters: object) -> list[dict[str, object]]:
    steps: list[dict[str, object]] = (await api.get(role, "/steps", **filters)).json()["steps"]
    return steps
