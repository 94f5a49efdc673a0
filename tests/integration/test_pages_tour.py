"""Every page and every template, seen by those who may; no page without signing in, save those named here."""

from uuid import uuid4

import pytest
from fastapi.routing import iter_route_contexts

from iom.vocabulary import Role
from tests.integration.page_house import Browser, PageHouse
from web.rendering import ROOM, templates

NOT_ABOUT_ANYBODY = {"/static", "/api/v1/openapi.json"}
OPEN_TO_ALL = {
    "GET /sign-in",
    "POST /sign-in",
    "GET /sign-in/link",
    "POST /sign-in/link",
    "GET /sign-in/link/{token}",
    "POST /sign-in/link/{token}",
    "GET /sign-in/directory/{code}",
    "GET /sign-in/directory/{code}/return",
    "GET /session/clock",
    "POST /session/clock",
    "GET /health/live",
    "GET /health/ready",
}
"""Everything that answers without a session or a token. Whoever adds to it says why in the commit."""


def a_path(template: str) -> str:
    """An address that fits a route's pattern."""
    for name, value in {
        "{ref}": "LX-4F7Q",
        "{step_id}": str(uuid4()),
        "{review_id}": str(uuid4()),
        "{letter_id}": "1",
        "{id}": str(uuid4()),
        "{account_id}": str(uuid4()),
        "{session_id}": str(uuid4()),
        "{form_id}": str(uuid4()),
        "{token}": "a" * 43,
    }.items():
        template = template.replace(name, value)
    return template


async def test_every_route_asks_for_sign_in_unless_it_is_listed(pages: PageHouse) -> None:
    browser = pages.a_browser()
    asked, open_to_all = 0, set()
    for route in iter_route_contexts(pages.record.app.routes):
        assert route.path is not None
        if route.path in NOT_ABOUT_ANYBODY:
            continue
        for method in route.methods or ():
            answer = await browser.client.request(method, a_path(route.path), json={"outcome": "done"})
            to_sign_in = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
            if answer.status_code != 401 and not to_sign_in:
                open_to_all.add(f"{method} {route.path}")
            asked += 1
    assert open_to_all == OPEN_TO_ALL
    assert asked > 30


@pytest.fixture
async def coordinator(pages: PageHouse) -> Browser:
    return await pages.signed_in(Role.COORDINATOR)


async def test_every_page_is_sound(pages: PageHouse) -> None:
    case, review = await pages.a_case_in_review()
    coordinator = await pages.signed_in(Role.COORDINATOR)
    step = await pages.record.a_step(case, Role.POLICE_OFFENDER_MANAGER)
    about = ("", "/forecast", "/timeline", "/custody", "/interventions", "/exit", "/team", "/panel-decision")
    paths = [f"/cases/{case.ref}{path}" for path in (*about, f"/reviews/{review}")]
    for path in (*paths, "/", "/cases", "/nominate", "/imports", f"/steps/{step}", f"/steps/{review}"):
        shown = await coordinator.get(path)
        assert shown.status == 200, path
    assert (await pages.a_browser().get("/sign-in")).status == 200
    assert (await coordinator.get("/nowhere")).status == 404


async def test_every_template_can_be_read() -> None:
    for path in sorted((ROOM / "templates").iterdir()):
        templates().get_template(path.name)


async def test_addresses_that_are_none_of_ours_are_answered_with_a_page(coordinator: Browser) -> None:
    for path in (
        "/steps/1",
        "/cases/%00",
        "/cases/' or 1=1",
        f"/steps/{uuid4()}",
        "/cases/LX-4F7Q",
        "/inbox",
        "/?after=x",
    ):
        shown = await coordinator.get(path)
        assert shown.status in (404, 422), path
        assert "Traceback" not in shown.words


async def test_what_a_page_links_to_is_there(pages: PageHouse, coordinator: Browser) -> None:
    case = await pages.record.a_case()
    seen, ahead = set(), ["/"]
    while ahead:
        path = ahead.pop()
        if path in seen or not path.startswith("/"):
            continue
        seen.add(path)
        shown = await coordinator.get(path)
        assert shown.status == 200, path
        ahead += [link.attributes["href"] for link in shown.page.all("a")]
    assert f"/cases/{case.ref}/forecast" in seen


async def test_our_own_files_may_be_kept_and_nothing_else_may(pages: PageHouse, coordinator: Browser) -> None:
    shown = await coordinator.get("/cases")
    [sheet] = shown.page.all("link", rel="stylesheet")
    kept = await coordinator.client.get(sheet.attributes["href"])
    assert kept.status_code == 200
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "GDS Transport" not in kept.text
    assert "@font-face" not in kept.text
    assert "url(" not in kept.text
