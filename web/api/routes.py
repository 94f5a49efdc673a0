"""All routes of the API in one router. Knows their order and no more."""

from fastapi import APIRouter

router = APIRouter(prefix="/api/v1")
