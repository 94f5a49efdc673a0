"""Every page and every template, seen once by those who may."""

import pytest

from iom.adapters.database import Pool
from iom.vocabulary import Role
from tests.integration.page_house import a_page_house
from web.rendering import ROOM, templates


async def test_every_page_is_sound(pool: Pool, database_url: str) -> None:
    async with a_page_house(pool, database_url) as house:
        case = await house.record.a_case()
        browser = await house.signed_in(Role.COORDINATOR)
        for path in (
            "",
            "/forecast",
            "/timeline",
            "/custody",
            "/interventions",
            "/exit",
            "/team",
            "/panel-decision",
        ):
            shown = await browser.get(f"/cases/{case.ref}{path}")
            assert shown.status == 200, path
        step = await house.record.a_step(case, Role.POLICE_OFFENDER_MANAGER)
        for path in ("/", "/cases", "/nominate", "/imports", f"/steps/{step}", "/nowhere"):
            shown = await browser.get(path)
            print(path, shown.status, shown.words[:300])
