"""The API does what its description says, served by uvicorn as in real use: schemathesis tries to break it.

It does so as four people. Each has cases to see, and cases that are hidden from them.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from iom.adapters.embedded.child import free_port
from iom.adapters.embedded.postgres import as_role
from iom.adapters.tables import Case
from iom.vocabulary import Role
from tests.integration.api_house import ApiHouse

HOUSE = Path(__file__).parents[2]
CHECKS_LEFT_OUT = "positive_data_acceptance"
"""A schema cannot say that a check letter fits or that a date lies ahead, so some requests that fit it are refused."""


@asynccontextmanager
async def a_server(database_url: str) -> AsyncIterator[str]:
    """`iom web` as a process; gives its address."""
    port = free_port()
    ours = {
        "IOM_DATABASE_URL": as_role(database_url, "iom_app"),
        "IOM_DOOR_DATABASE_URL": as_role(database_url, "iom_door"),
        "IOM_SMTP_URL": "smtp://127.0.0.1:9",
    }
    command = (sys.executable, "-m", "iom", "web", "--port", str(port))
    server = await asyncio.create_subprocess_exec(
        *command, env=os.environ | ours, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        await _until_live(address)
        yield address
    finally:
        server.terminate()
        await server.wait()


async def _until_live(address: str) -> None:
    async with asyncio.timeout(60), httpx2.AsyncClient() as client:
        while True:
            try:
                if (await client.get(f"{address}/health/live")).status_code == 200:
                    return
            except httpx2.TransportError:
                await asyncio.sleep(0.1)


@pytest.fixture
async def description(api: ApiHouse) -> dict[str, Any]:
    described: dict[str, Any] = (await api.client.get("/api/v1/openapi.json")).json()
    return described


ON_THE_CASE = (Role.COORDINATOR, Role.PROBATION_PRACTITIONER, Role.TREATMENT_WORKER)
ELSEWHERE = (Role.CHAIR, Role.POLICE_OFFENDER_MANAGER)

BODIES: dict[str, dict[str, Any]] = {
    "outcome": {"outcome": "not_needed", "reason": "Moved"},
    "panel-decision": {"outcome": "deselect", "reason": "Moved"},
    "hold": {"rag": "Red", "summary": "Fine"},
    "custody": {"status": "remand"},
    "interventions": {"programme": "treatment_keywork"},
    "corrections": {"field": "person.surname", "value": "Nance", "reason": "Misspelt"},
    "processing-restriction": {"restricted": True, "why": "Contested"},
    "notes": {"kind": "contact", "source": "fact", "words": "Seen"},
    "restriction": {"restricted": True, "reason": "At risk"},
    "acknowledge": {},
}
"""What each address that writes on a case takes, by its last word."""


@dataclass(frozen=True)
class Cases:
    """Three cases. Whoever is ``ON_THE_CASE`` sees ``shared``, the coordinator also ``others``, none ``restricted``."""

    shared: Case
    others: Case
    restricted: Case

    def hidden_from(self, role: Role) -> tuple[Case, ...]:
        if role is Role.COORDINATOR:
            return (self.restricted,)
        return (self.others, self.restricted) if role in ON_THE_CASE else tuple(vars(self).values())


async def three_cases(api: ApiHouse) -> Cases:
    cases = Cases(
        await api.a_case(),
        await api.a_case(team=ELSEWHERE),
        await api.a_case(team=(Role.POLICE_OFFENDER_MANAGER,)),
    )
    await api.do("update cases set restricted_at = %s where id = %s", api.wall, cases.restricted.id)
    return cases


async def test_the_api_answers_as_its_description_says_and_tells_nobody_of_cases_hidden_from_them(
    api: ApiHouse, database_url: str, tmp_path: Path
) -> None:
    cases = await three_cases(api)
    async with a_server(database_url) as address:
        said = await asyncio.gather(
            *(_tried_as(api, role, cases, address, tmp_path) for role in (*ON_THE_CASE, Role.HOUSING_OFFICER))
        )
    assert said == [""] * 4, "\n".join(said)


async def _tried_as(api: ApiHouse, role: Role, cases: Cases, address: str, folder: Path) -> str:
    """What schemathesis complains of; empty if of nothing."""
    known = folder / f"{role}.toml"
    step = await api.a_step(cases.shared, Role.POLICE_OFFENDER_MANAGER)
    await asyncio.to_thread(
        known.write_text, f'[parameters]\n"path.ref" = "{cases.shared.ref}"\n"path.id" = "{step}"\n'
    )
    environment = {
        "HIDDEN": json.dumps(await _marks(api, cases.hidden_from(role))),
        "PYTHONPATH": str(HOUSE),
        "SCHEMATHESIS_HOOKS": "tests.integration.schema_checks",
    }
    process = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(known)),
        *("run", f"{address}/api/v1/openapi.json"),
        *("--header", f"Authorization: Bearer {api.tokens[role]}"),
        *("--exclude-checks", CHECKS_LEFT_OUT, "--max-examples", "2", "--seed", "1", "--no-color"),
        *(() if role is Role.COORDINATOR else ("--phases", "fuzzing")),
        cwd=folder,
        env=os.environ | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return f"As {role}:\n{said.decode()}" if process.returncode else ""


async def _marks(api: ApiHouse, cases: Iterable[Case]) -> list[str]:
    """What gives the people of these cases away."""
    people = await api.rows(
        "select ref, surname, pnc_id, crn from cases join person on person.id = person_id where cases.id = any(%s)",
        [case.id for case in cases],
    )
    return [str(mark) for person in people for mark in person.values()]


@pytest.mark.parametrize("role", [*ON_THE_CASE, Role.HOUSING_OFFICER])
async def test_a_hidden_case_is_at_no_address_and_in_no_list(
    api: ApiHouse, description: dict[str, Any], role: Role
) -> None:
    cases = await three_cases(api)
    marks = await _marks(api, cases.hidden_from(role))
    for case in cases.hidden_from(role):
        step = await api.a_step(case, Role.POLICE_OFFENDER_MANAGER)
        for path, methods in description["paths"].items():
            address = path.removeprefix("/api/v1").format(ref=case.ref, id=step)
            for reply in [
                *([await api.get(role, address)] if "get" in methods else []),
                *(
                    [await api.post(role, address, BODIES[address.rpartition("/")[2]])]
                    if "{" in path and "post" in methods
                    else []
                ),
            ]:
                assert reply.status_code == 404 or "{" not in path, (path, reply.text)
                assert not [mark for mark in marks if mark in reply.text], (path, reply.text)


async def test_every_route_of_the_api_says_its_token_and_its_problems(
    description: dict[str, dict[str, Any]],
) -> None:
    for path, methods in description["paths"].items():
        assert isinstance(methods, dict)
        for method, route in methods.items():
            if not path.startswith("/api/v1/"):
                continue
            assert route["security"] == [{"token": []}], (method, path)
            problems = {status: answer for status, answer in route["responses"].items() if int(status) >= 400}
            assert {"401", "422"} <= set(problems), (method, path)
            assert all(list(each["content"]) == ["application/problem+json"] for each in problems.values())
            assert route["description"], (method, path)


async def test_the_description_holds_no_page(description: dict[str, Any]) -> None:
    assert all(path.startswith(("/api/v1/", "/health/")) for path in description["paths"])
