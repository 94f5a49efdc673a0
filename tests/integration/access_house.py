"""What tests of access share: the real clock, somebody who is on no team, a form filled in. No assertions."""

from datetime import UTC, datetime
from uuid import UUID

from iom.vocabulary import Role
from tests.integration.api_house import ApiHouse
from tests.integration.page_house import Browser, Shown


async def today(house: ApiHouse) -> None:
    """Sets the clock to the real one, since grants are measured by the database's, and vouches for everybody."""
    house.wall = datetime.now(UTC)
    await house.do("update account set recertified_at = %s, unlocked_at = %s", house.wall, house.wall)


async def leaves_team(house: ApiHouse, case_id: UUID, *roles: Role) -> None:
    """Takes these off the case's team."""
    await house.do(
        "delete from team_member where case_id = %s and role = any (%s)",
        case_id,
        [str(role) for role in roles],
    )


async def the_person(house: ApiHouse, person_id: UUID) -> dict[str, str]:
    """The search form's fields for exactly this person."""
    [row] = await house.rows("select * from person where id = %s", person_id)
    born = row["date_of_birth"]
    return {
        "forenames": row["forenames"],
        "surname": row["surname"],
        "date_of_birth-day": str(born.day),
        "date_of_birth-month": str(born.month),
        "date_of_birth-year": str(born.year),
    }


async def broke_glass(browser: Browser, ref: str, why: str) -> Shown:
    """Breaks the glass in a browser that has just confirmed who it is."""
    asked = await browser.post(f"/cases/{ref}/break-glass", await form_of(browser))
    return await browser.post(
        f"/cases/{ref}/break-glass/open", asked.page.fields(f"/cases/{ref}/break-glass/open") | {"why": why}
    )


async def form_of(browser: Browser) -> dict[str, str]:
    """The hidden field that every form of this browser carries."""
    return (await browser.get("/find")).page.fields("/find")
