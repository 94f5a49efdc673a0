"""Who the token belongs to."""

from fastapi import APIRouter

from web.api.described import ALWAYS, SECURED
from web.api.shapes import Me
from web.deps import ApiVisit

router = APIRouter(tags=["me"])


@router.get("/me", responses=ALWAYS, openapi_extra=SECURED)
async def me(visit: ApiVisit) -> Me:
    """You: your name, role and agency."""
    return Me.of(visit.actor)
