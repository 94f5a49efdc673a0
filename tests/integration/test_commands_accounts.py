"""The commands that keep accounts: joiners, movers, leavers, points of contact, tokens. Processes of their own."""

from pathlib import Path

import pytest

from tests.integration.api_house import ApiHouse
from tests.integration.test_commands import Commands


@pytest.fixture
def iom(tmp_path: Path, database_url: str) -> Commands:
    return Commands(tmp_path, database_url)


async def test_joiners_movers_and_leavers_by_command(iom: Commands, api: ApiHouse) -> None:
    email = "probation_practitioner@scheme.example"
    moved = await iom.run("user", "move", "--email", email, "--role", "mentor", "--json")
    assert moved.status == 0, moved.err
    shown = await iom.run("user", "show", "--email", email, "--json")
    assert shown.json["role"] == "mentor"
    assert [each["change"] for each in shown.json["changes"]] == ["moved"]
    for words in (("unlock",), ("reset-factor",), ("set-password",), ("leave",)):
        done = await iom.run("user", *words, "--email", email, "--json")
        assert done.status == 0, done.err
        assert ("password" in done.json) is (words == ("set-password",))
    listed = (await iom.run("user", "list", "--json")).json["accounts"]
    assert {each["state"] for each in listed if each["email"] == email} == {"left"}
    again = await iom.run("user", "leave", "--email", email, "--json")
    assert (again.status, again.json["error"]["code"]) == (2, "account_unknown")


async def test_an_agency_gets_a_point_of_contact_who_works_there(iom: Commands, api: ApiHouse) -> None:
    named = await iom.run(
        "agency", "contact", "--agency", "Probation", "--email", "lead_professional@scheme.example", "--json"
    )
    assert named.status == 0, named.err
    agencies = {each["name"]: each for each in (await iom.run("agency", "list", "--json")).json["agencies"]}
    assert agencies["Probation"]["contact"] == "lead_professional@scheme.example"
    wrong = await iom.run("agency", "contact", "--agency", "Police", "--email", "mentor@x.example", "--json")
    assert wrong.json["error"]["code"] == "account_unknown"
    other = await iom.run(
        "agency", "contact", "--agency", "Police", "--email", "lead_professional@scheme.example", "--json"
    )
    assert other.json["error"]["code"] == "agency_unknown"


async def test_a_token_is_named_by_its_hash_and_taken_out_of_use(iom: Commands, api: ApiHouse) -> None:
    made = await iom.run("token", "create", "--email", "chair@scheme.example", "--json")
    [mine] = [
        each
        for each in (await iom.run("token", "list", "--json")).json["tokens"]
        if each["email"] == "chair@scheme.example" and not each["made_at"].startswith("2026-09-01")
    ]
    assert made.json["token"] not in str(mine)
    revoked = await iom.run("token", "revoke", mine["name"], "--json")
    assert revoked.status == 0, revoked.err
    answer = await api.client.get("/api/v1/me", headers={"Authorization": f"Bearer {made.json['token']}"})
    assert answer.status_code == 401
    assert (await iom.run("token", "revoke", mine["name"], "--json")).json["error"]["code"] == "token_unknown"
