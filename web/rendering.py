"""Turns a template, a page's own view and the frame around it into an answer. Asks the record nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Undefined,
    select_autoescape,
)
from jinja2.utils import missing
from starlette.responses import HTMLResponse

from iom.access import Actor, Deed, may
from web import words
from web.notices import NO_NOTICES, Notices
from web.walls import HEADERS

ROOM = Path(__file__).parent
STATIC = ROOM / "static"
COMPONENTS = "govuk_frontend_jinja"


MORE = (
    ("/find", "Find", Deed.ASK_ACCESS),
    ("/access-review", "Broken glass", Deed.REVIEW_ACCESS),
    ("/agreements", "Agreements", Deed.READ_AGREEMENTS),
)
"""Links at the top for those who may do a deed."""


@dataclass(frozen=True)
class Frame:
    """What stands around every page: who is signed in, where they are, what their forms carry, what was just done.

    ``skippable`` says that people may sign in here without a second factor, which every page then says aloud.
    """

    path: str
    demo: bool
    actor: Actor | None = None
    form_token: str = ""
    done: str = ""
    skippable: bool = False
    notices: Notices = NO_NOTICES

    @property
    def navigation(self) -> list[dict[str, object]]:
        """The links at the top, as the component takes them."""
        assert self.actor is not None
        shown = {"/": "My steps", "/cases": "Cohort", "/nominate": "Nominate"}
        if may(self.actor.role, Deed.MANAGE_ACCOUNTS, on_team=True):
            shown = {"/accounts": "Accounts"}
        if may(self.actor.role, Deed.READ_LOGS, on_team=True):
            shown = {"/audit": "Looks", "/audit/unusual": "Unusual access"}
        shown |= (
            {"/imports": "Held rows"} if may(self.actor.role, Deed.DECIDE_ON_IMPORTS, on_team=True) else {}
        )
        for href, text, deed in MORE:
            shown |= {href: text} if may(self.actor.role, deed, on_team=True) else {}
        shown |= {"/inbox": "Inbox"} if self.demo else {}
        return [{"href": href, "text": text, "current": href == self.path} for href, text in shown.items()]


def page(
    template: str, view: object, frame: Frame, status: int = 200, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    """The finished page. The template sees the view and the frame, and nothing else."""
    html = templates().get_template(template).render(view=view, frame=frame)
    return HTMLResponse(html, status, HEADERS | dict(headers or {}))


class Unknown(StrictUndefined):
    """Refuses what a page forgot, but lets the components leave their options open: those come in dicts."""

    __slots__ = ()

    def __new__(cls, hint: str | None = None, obj: Any = missing, name: str | None = None, *_: Any) -> Any:
        if isinstance(obj, dict) or name in ("undefined", "null", "caller"):
            return Undefined(hint, obj, name)
        return super().__new__(cls)


@cache
def templates() -> Environment:
    """Our templates, and the components of the GOV.UK Design System under their own prefix."""
    environment = Environment(
        loader=ChoiceLoader(
            [FileSystemLoader(ROOM / "templates"), PrefixLoader({COMPONENTS: PackageLoader(COMPONENTS)})]
        ),
        autoescape=select_autoescape(("html",)),
        undefined=Unknown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= words.FILTERS
    environment.globals |= {"static": static, **words.GLOBALS}
    return environment


@cache
def static(name: str) -> str:
    """The address of one of our own files. It changes with the content, so browsers may keep it for ever."""
    return f"/static/{name}?v={sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"
