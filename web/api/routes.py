"""All routes of the API in one router. Knows their order and no more."""

from fastapi import APIRouter

from web.api import access, cases, decisions, me, rights, steps

router = APIRouter(prefix="/api/v1")
for each in (access, steps, cases, decisions, me, rights):
    router.include_router(each.router)
