"""Forms that came too late or unconfirmed, kept for whoever wrote them. No password, no stranger's form."""

import hmac
from datetime import timedelta

from starlette.requests import Request

from iom.adapters.database import transaction
from iom.adapters.store import kept_forms, sessions
from web.cookies import cookie_name
from web.deps import door_of, settings_of
from web.doorway import FORM_TOKEN
from web.forms import Form
from web.sessions import KEPT

LASTS = timedelta(hours=12)
LONGEST = 64 * 1024
"""Characters of a form that is kept."""
SECRET_PAGES = ("/account", "/accounts", "/confirm", "/kept", "/session", "/sign-in", "/sign-out")


async def keep_sent(request: Request) -> str:
    """Keeps the form that this request sent, if its browser was signed in when the form was opened; "" if not.

    Else the address at which its writer finds it again.
    """
    form: Form | None = getattr(request.state, "sent", None)
    if request.method != "POST" or form is None or request.url.path.startswith(SECRET_PAGES):
        return ""
    typed = {name: value for name, value in form.typed.items() if name not in (FORM_TOKEN, KEPT)}
    token = request.cookies.get(cookie_name(settings_of(request)), "")
    async with transaction(door_of(request)) as conn:
        clock = await sessions.clock(conn, token)
        is_theirs = clock is not None and hmac.compare_digest(
            form[FORM_TOKEN].encode(), clock.form_token.encode()
        )
        if clock is None or not is_theirs or sum(map(len, typed.values())) > LONGEST:
            return ""
        path, at = request.url.path, request.state.at
        return f"/kept/{await kept_forms.keep(conn, clock.account_id, path, typed, at)}"
