"""Signing in and out with a local account. Says neither whether an address is known nor why it was refused."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from iom.adapters.store import accounts
from web import sessions
from web.deps import Now, pool_of, settings_of
from web.forms import Form
from web.rendering import Frame, page
from web.sessions import SignedIn, own_path

router = APIRouter()

WRONG = (
    "The e-mail address or the password is wrong. Type both again, or ask your coordinator for an account."
)


@dataclass(frozen=True)
class SignInPage:
    """The form for signing in; ``next`` is where it leads, ``signed_out`` whether somebody just left."""

    form: Form
    next: str
    refusal: str = ""
    signed_out: bool = False


@router.get("/sign-in")
async def ask(request: Request) -> Response:
    """The form."""
    signed_out = "signed_out" in request.query_params
    view = SignInPage(Form(), own_path(request.query_params.get("next", "/")), signed_out=signed_out)
    return page("sign_in.html", view, _frame(request))


@router.post("/sign-in")
async def sign_in(request: Request, now: Now) -> Response:
    """Begins a new session, whatever the browser had before, and goes to where it was asked for."""
    form, settings = Form.of(await request.form()), settings_of(request)
    email = form.text("email", "Enter your e-mail address.", most=254)
    password = form.text("password", "Enter your password.", most=500)
    view = SignInPage(form, own_path(form["next"]))
    if not form.holds:
        return page("sign_in.html", view, _frame(request), 422)
    token = await sessions.sign_in(pool_of(request), email, password, now)
    if token is None:
        refused = SignInPage(form, view.next, WRONG)
        return page("sign_in.html", refused, _frame(request), 422)
    answer = RedirectResponse(view.next, 303)
    sessions.give_cookie(answer, settings, token)
    return answer


@router.post("/sign-out")
async def sign_out(visit: SignedIn) -> Response:
    """Ends the session, here and in the record."""
    settings = settings_of(visit.request)
    token = visit.request.cookies[sessions.cookie_name(settings)]
    await accounts.end_session(visit.conn, token, visit.now)
    answer = RedirectResponse("/sign-in?signed_out=", 303)
    sessions.take_cookie(answer, settings)
    return answer


def _frame(request: Request) -> Frame:
    return Frame(request.url.path, settings_of(request).inbox_dir is not None)
