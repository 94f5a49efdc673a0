"""Our cookies: kept to this host and to https, where there is https; no script and no other site can use them."""

from starlette.responses import Response

from iom.adapters.settings import Settings

SESSION, HALF, WAITING = "", "-half", "-door"
"""Of somebody signed in; of somebody between two factors; of a browser in which nobody is signed in."""


def is_secure(settings: Settings) -> bool:
    """Whether people reach the pages by https."""
    return settings.public_url.startswith("https://")


def cookie_name(settings: Settings, kind: str = SESSION) -> str:
    """A cookie's name; by https one that browsers keep to this host and to https."""
    return f"__Host-iom{kind}" if is_secure(settings) else f"iom{kind}"


def give_cookie(response: Response, settings: Settings, token: str, kind: str = SESSION) -> None:
    """Lets the browser keep a token until it is closed."""
    response.set_cookie(
        cookie_name(settings, kind),
        token,
        path="/",
        secure=is_secure(settings),
        httponly=True,
        samesite="lax",
    )


def take_cookie(response: Response, settings: Settings, kind: str = SESSION) -> None:
    """Lets the browser forget it."""
    response.delete_cookie(
        cookie_name(settings, kind), path="/", secure=is_secure(settings), httponly=True, samesite="lax"
    )
