"""The second factor: a code of the app, setting the app up, recovery codes shown once. Only after a first factor."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from iom.adapters import second_factor
from iom.adapters.database import transaction
from iom.adapters.second_factor import Enrolment, counter_of, is_right
from iom.adapters.sign_in_rules import patience
from iom.adapters.store import halves, second_factors, tries
from iom.adapters.store.tries import Trying, TryKind
from iom.refusals import Refused
from web.deps import address_of, door_of, settings_of
from web.doorway import HalfSignedIn, HalfWay, is_demo
from web.forms import Form
from web.problems import status_of

router = APIRouter(prefix="/sign-in")

SERVICE = "Partner Actions"
"""The name people see in their app. Like that of the letters it says nothing about the work."""
WRONG = "This code is wrong, or was used before. Wait for the next one in your app and type that."
WRONG_NEW = "This code is not the one the app should show. Check the phone's clock, and type the next one."


@dataclass(frozen=True)
class CodePage:
    """Asks for a code; ``can_skip`` in a demo only."""

    form: Form
    can_skip: bool
    refusal: str = ""


@dataclass(frozen=True)
class SetUpPage:
    """Shows a new app's secret and asks for the first code."""

    form: Form
    enrolment: Enrolment
    can_skip: bool
    refusal: str = ""


@dataclass(frozen=True)
class RecoveryPage:
    """Recovery codes, this once; ``next`` is where to go on."""

    codes: tuple[str, ...]
    next: str


@router.get("/code")
async def ask(way: HalfSignedIn) -> Response:
    """The form; or on to setting an app up, for whoever has none."""
    if not way.half.has_factor:
        return RedirectResponse("/sign-in/set-up", 303)
    return _ask(way, Form())


@router.post("/code")
async def check(way: HalfSignedIn) -> Response:
    """A code of the app, or a recovery code: the session begins."""
    form = Form.of(await way.request.form())
    typed = form.text("code", "Enter the code.", most=40)
    if not form.holds:
        return _ask(way, form)
    try:
        number = await _begin_try(way)
    except Refused as refused:
        return _ask(way, form, refused.sentence, status_of(refused.code))
    async with transaction(door_of(way.request)) as conn:
        how = await is_right(conn, way.half.account_id, typed, way.at)
        if how is not None:
            await tries.succeeded(conn, number, way.at)
            return await way.finish(conn, how)
    return _ask(way, form, WRONG)


@router.get("/set-up")
async def offer(way: HalfSignedIn) -> Response:
    """A new secret to put into an app. The same one while this half sign-in lasts."""
    if way.half.has_factor:
        return RedirectResponse("/sign-in/code", 303)
    return _offer(way, Form(), await _secret(way))


@router.post("/set-up")
async def set_up(way: HalfSignedIn) -> Response:
    """The app's first code: the secret is kept, the session begins, and recovery codes are shown."""
    form, secret = Form.of(await way.request.form()), await _secret(way)
    typed = form.text("code", "Enter the code that the app shows.", most=40)
    if way.half.has_factor:
        raise Refused("unauthenticated", "Sign in first.")
    if not form.holds:
        return _offer(way, form, secret)
    try:
        number = await _begin_try(way)
    except Refused as refused:
        return _offer(way, form, secret, refused.sentence, status_of(refused.code))
    counter = counter_of(secret, typed.replace(" ", ""), way.at)
    if counter is None:
        return _offer(way, form, secret, WRONG_NEW)
    return await _keep(way, secret, counter, number)


async def _keep(way: HalfWay, secret: str, counter: int, number: int) -> Response:
    async with transaction(door_of(way.request)) as conn:
        if not await second_factors.set_up(conn, way.half.account_id, secret, counter, way.at):
            raise Refused("unauthenticated", "Sign in first.")
        await tries.succeeded(conn, number, way.at)
        codes = await second_factor.renew_recovery_codes(conn, way.half.account_id, way.at)
        led = await way.finish(conn, "new app")
    shown = way.show("recovery_codes.html", RecoveryPage(codes, way.half.next))
    shown.raw_headers += [each for each in led.raw_headers if each[0] == b"set-cookie"]
    return shown


@router.post("/skip")
async def skip(way: HalfSignedIn) -> Response:
    """In a demo only: a session without a second factor."""
    if not is_demo(settings_of(way.request)):
        raise Refused("page_not_found", "There is nothing at this address. Check it.")
    async with transaction(door_of(way.request)) as conn:
        return await way.finish(conn, "skipped")


async def _begin_try(way: HalfWay) -> int:
    """Raises Refused(too_many_tries)."""
    trying = Trying(TryKind.CODE, way.half.email, address_of(way.request))
    async with transaction(door_of(way.request)) as conn:
        await halves.count_try(conn, way.token)
        return await tries.begin(conn, trying, patience(settings_of(way.request)), way.at)


async def _secret(way: HalfWay) -> str:
    if way.half.secret:
        return way.half.secret
    async with transaction(door_of(way.request)) as conn:
        return await halves.keep_secret(conn, way.token, second_factor.new_secret())


def _ask(way: HalfWay, form: Form, refusal: str = "", status: int = 422) -> Response:
    bad = bool(refusal or form.errors)
    page = CodePage(form, is_demo(settings_of(way.request)), refusal)
    return way.show("sign_in_code.html", page, status if bad else 200)


def _offer(way: HalfWay, form: Form, secret: str, refusal: str = "", status: int = 422) -> Response:
    bad = bool(refusal or form.errors)
    shown = second_factor.enrolment(secret, SERVICE, way.half.email)
    page = SetUpPage(form, shown, is_demo(settings_of(way.request)), refusal)
    return way.show("sign_in_set_up.html", page, status if bad else 200)
