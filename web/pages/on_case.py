"""What every form on a case has in common: who may fill it in, the deed done once, everything typed kept on refusal."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import RedirectResponse, Response

from iom.access import Deed
from iom.adapters.deeds import looks
from iom.adapters.store.case_file import CaseFile
from iom.refusals import Refused
from web.forms import Form
from web.problems import status_of
from web.sessions import PageVisit

Doing = Callable[[], Coroutine[Any, Any, object]]


@dataclass(frozen=True)
class CaseForm:
    """A form about one case. ``refusal`` is what no field can cure; ``more`` is what this form shows besides."""

    case: CaseFile
    form: Form
    key: str
    refusal: str = ""
    more: Any = None


@dataclass(frozen=True)
class OnCase:
    """One form about a case: what it is for, its template, and where on it each refusal belongs."""

    deed: Deed
    template: str
    done: str
    field_of_code: Mapping[str, str]
    more: Callable[[PageVisit, CaseFile], Coroutine[Any, Any, object]] | None = None

    async def ask(self, visit: PageVisit, ref: str, refused: Refused | None = None) -> Response:
        """The form, empty or with what is wrong in it."""
        case = await looks.at_case(visit.conn, visit.by, ref, purpose=self.done)
        visit.by.check(self.deed, on_team=case.cover.on_team)
        refusal = self._say(visit.form, refused) if refused else ""
        more = await self.more(visit, case) if self.more else None
        status = status_of(refused.code) if refused else 200 if visit.form.holds else 422
        return visit.show(self.template, CaseForm(case, visit.form, visit.key, refusal, more), status)

    async def record(self, visit: PageVisit, ref: str, doing: Doing) -> Response:
        """Does what the form says if it can be read, and goes to the case."""
        refused = await visit.attempt(doing) if visit.form.holds else None
        if refused is None and visit.form.holds:
            return RedirectResponse(f"/cases/{ref}?done={self.done}", 303)
        return await self.ask(visit, ref, refused)

    def _say(self, form: Form, refused: Refused) -> str:
        """The refusal at its field; what has none is returned, for the top of the page."""
        if refused.code not in self.field_of_code:
            return refused.sentence
        form.refuse(self.field_of_code[refused.code], refused.sentence)
        return ""
