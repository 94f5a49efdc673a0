"""The pages with people who sign in through a browser that checks every page it is shown. Few assertions of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import httpx2

from iom.adapters.passwords import hashed
from iom.adapters.settings import Settings
from iom.adapters.tables import Case
from iom.vocabulary import Role
from tests.builders import START
from tests.integration.api_house import ApiHouse
from tests.integration.page_check import Page, check_page
from web.app import create_app

PASSWORD = "correct horse battery staple"
PASSWORD_HASH = hashed(PASSWORD)
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin", "Origin": "http://iom.test"}


@dataclass
class Shown:
    """An answer as somebody sees it: ``page`` for HTML, ``to`` for a redirection."""

    answer: httpx2.Response
    page: Page
    to: str

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def words(self) -> str:
        """Everything in the page's main part, on one line."""
        return self.page.words_of("main")


@dataclass
class Browser:
    """A browser of one person. It keeps cookies, follows no redirection by itself, and checks every page."""

    client: httpx2.AsyncClient
    house: "PageHouse"

    async def get(self, path: str) -> Shown:
        return await self._shown(await self.client.get(path))

    async def post(self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None) -> Shown:
        headers = SAME_ORIGIN if headers is None else headers
        return await self._shown(await self.client.post(path, data=fields, headers=headers))

    async def fill_in(self, path: str, fields: dict[str, str]) -> Shown:
        """Opens the page, fills in its form and sends it."""
        return await self.post(path, (await self.get(path)).page.fields(path) | fields)

    async def follow(self, shown: Shown) -> Shown:
        """Goes where the answer leads."""
        assert shown.status == 303, shown.words
        return await self.get(shown.to)

    async def sign_in(self, email: str, password: str = PASSWORD, leading_to: str = "/") -> Shown:
        """Signs in with the password, and skips the second factor where the pages let people."""
        shown = await self.send_password(email, password, leading_to)
        if shown.to != "/sign-in/code":
            return shown
        asked = await self.get(shown.to)
        asked = await self.get(asked.to) if asked.to else asked
        return await self.post("/sign-in/skip", asked.page.fields("/sign-in/skip"))

    async def send_password(self, email: str, password: str = PASSWORD, leading_to: str = "/") -> Shown:
        """The first factor, and no more."""
        form = (await self.get("/sign-in")).page.fields("/sign-in") | {"next": leading_to}
        return await self.post("/sign-in", form | {"email": email, "password": password})

    async def _shown(self, answer: httpx2.Response) -> Shown:
        await self._check_names(str(answer.url))
        to = answer.headers.get("location", "")
        await self._check_names(to)
        html = answer.headers.get("content-type", "").startswith("text/html")
        if not html or urlsplit(str(answer.url)).path.endswith("/html"):
            return Shown(answer, Page(), to)
        page = check_page(answer.text)
        await self._check_names(page.words_of("title"))
        assert "'unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        return Shown(answer, page, to)

    async def _check_names(self, where: str) -> None:
        names = await self.house.record.rows(
            "select unnest(array[surname, forenames, pnc_id, crn]) as said from person"
        )
        assert not [each["said"] for each in names if each["said"] and each["said"] in where], where


@dataclass
class PageHouse:
    """Running pages. Everybody of the scheme may sign in with the one password."""

    record: ApiHouse
    browsers: list[httpx2.AsyncClient] = field(default_factory=list)

    def a_browser(self, address: str = "127.0.0.1", scheme: str = "http") -> Browser:
        """A browser on the machine with this address."""
        transport = httpx2.ASGITransport(self.record.app, raise_app_exceptions=False, client=(address, 123))
        client = httpx2.AsyncClient(transport=transport, base_url=f"{scheme}://iom.test")
        self.browsers.append(client)
        return Browser(client, self)

    async def signed_in(self, role: Role) -> Browser:
        """A browser in which this person is signed in."""
        browser = self.a_browser()
        shown = await browser.sign_in(self.record.scheme.actors[role].email)
        assert shown.status == 303, shown.words
        return browser

    def name(self, role: Role) -> str:
        """Who holds this role."""
        return self.record.scheme.actors[role].name

    async def a_case_in_review(self) -> tuple[Case, UUID]:
        """A Red case whose first review has been called, with the review's id. Moves the clock on to that day."""
        case = await self.record.a_case()
        self.record.wall = START + timedelta(days=8)
        await self.record.plan_acts(case.id)
        return case, await self.record.a_step(case, Role.COORDINATOR, form="review")

    def set(self, **settings: object) -> None:
        """Runs the pages on other settings from here on."""
        state = self.record.app.state
        before: Settings = state.settings
        state.settings = before.model_copy(update=settings)

    async def looks(self) -> list[str]:
        """What stands in the record of looks, oldest first."""
        rows = await self.record.rows("select action, object from audit where channel = 'page' order by id")
        return [f"{row['action']} {row['object']}" for row in rows]


@asynccontextmanager
async def a_page_house(record: ApiHouse) -> AsyncIterator[PageHouse]:
    """The pages beside the API, on the same record."""
    await record.do("update account set password_hash = %s", PASSWORD_HASH)
    house = PageHouse(record)
    house.set(second_factor="skippable")
    yield house
    for client in house.browsers:
        await client.aclose()


@asynccontextmanager
async def another_process(pages: PageHouse) -> AsyncIterator[Browser]:
    """A browser at a second web process on the same record."""
    app = create_app(pages.record.app.state.settings)
    app.dependency_overrides = pages.record.app.dependency_overrides
    transport = pages.record.check.transport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://iom.test") as client,
    ):
        yield Browser(client, pages)
