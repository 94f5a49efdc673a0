"""The pages beside a real directory: who is sent there and comes back. Few assertions of its own."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from iom.adapters.directory_settings import Directory
from tests.integration.page_house import Browser, PageHouse, Shown
from tests.integration.provider import CLIENT, SECRET, RunningProvider

EMAIL = "coordinator@scheme.example"
WAY_IN = "/sign-in/directory/police"


@dataclass
class DirectoryHouse:
    """Pages that offer one directory, the running provider, to the agency Police."""

    pages: PageHouse
    provider: RunningProvider

    def set(self, **more: Any) -> Directory:
        """The directory as the settings have it from here on."""
        directory = self.a_directory(**more)
        self.pages.set(directories=[directory], public_url="http://iom.test")
        return directory

    def a_directory(self, **more: Any) -> Directory:
        described = {
            "code": "police",
            "agency": "police",
            "name": "Police account",
            "issuer": self.provider.issuer,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "second_factor": {"claim": "amr", "any_of": ["mfa"]},
        }
        return Directory.model_validate(described | more)

    def tell(self, **how: Any) -> None:
        """The provider does this wrong, and nothing else; its clock is the house's."""
        claims = {"amr": ["pwd", "mfa"], **how.pop("claims", {})}
        self.provider.tell(now=self.pages.record.wall.timestamp(), claims=claims, **how)

    async def leave(self, browser: Browser, way: str = WAY_IN) -> str:
        """Presses the button; the address at the directory that it leads to."""
        shown = await browser.get(way)
        assert shown.status == 303, shown.words
        return shown.to

    async def come_back(self, browser: Browser, way: str = WAY_IN) -> Shown:
        """There and back again."""
        return await browser.get(own_part(self.provider.visit(await self.leave(browser, way))))

    async def sessions(self) -> int:
        """How many sessions were ever begun."""
        return len(await self.pages.record.rows("select from session"))


def own_part(address: str) -> str:
    """The path and the query of an address of ours."""
    assert address.startswith("http://iom.test/"), address
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def asked_in(address: str) -> dict[str, str]:
    """What stands in the query of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
