"""Kinds of columns that many tables have."""

from typing import Any

from sqlalchemy import Column, DateTime, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field

MOMENT = DateTime(timezone=True)


def moment_column(**more: Any) -> Any:
    """A moment, aware."""
    return Field(sa_type=MOMENT, **more)


def texts_column() -> Any:
    """A list of texts, empty unless said."""
    return Field(sa_column=Column(ARRAY(TEXT), nullable=False, server_default=text("'{}'")))
