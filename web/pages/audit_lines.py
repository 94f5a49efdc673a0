"""Looks as reviewers read them: who, when, at what, why and through what, in words. Reads nothing itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import Query

from iom.adapters.store.audit_reads import Logged
from iom.adapters.store.case_looks import CaseLook
from iom.vocabulary import ROLE_LABELS, Role

AT_ONCE = 50
Before = Annotated[int | None, Query(ge=1, le=2**62)]
"""Where the page before ended: the id of its last look."""


class Action(StrEnum):
    """The six of the Data Protection Act 2018 s.62."""

    CONSULT = "consult"
    ALTER = "alter"
    COLLECT = "collect"
    DISCLOSE = "disclose"
    COMBINE = "combine"
    ERASE = "erase"


ACTIONS = {
    Action.CONSULT: "Looked at",
    Action.ALTER: "Changed",
    Action.COLLECT: "Recorded",
    Action.DISCLOSE: "Disclosed",
    Action.COMBINE: "Combined",
    Action.ERASE: "Erased",
}

THINGS = {
    "case": "the case",
    "step": "a step",
    "letter": "a letter",
    "held_rows": "held rows",
    "looks": "looks",
}
CHANNELS = {"page": "Page", "api": "API", "mail": "E-mail", "command": "Command"}


@dataclass(frozen=True)
class LookLine:
    """One look in words. ``account_id`` is None for what the service itself did."""

    id: int
    at: datetime
    account_id: UUID | None
    who: str
    place: str
    what: str
    case_ref: str | None
    why: str
    said: str
    through: str


def of_case(looks: Sequence[CaseLook]) -> tuple[LookLine, ...]:
    """Looks at one person. A list is told as one, without the others in it."""
    return tuple(
        LookLine(
            id=look.id,
            at=look.at,
            account_id=None,
            who=look.name or "The service",
            place=_place(look.role, look.agency),
            what=f"{_action(look.action)} {'a list' if look.object == 'cases' else _thing(look.object)}",
            case_ref=None,
            why=_words(look.purpose),
            said=look.justification or "",
            through=_channel(look.channel),
        )
        for look in looks
    )


def of_log(looks: Sequence[Logged]) -> tuple[LookLine, ...]:
    """Looks of many, as an auditor reads them: with what was searched for, and the address they came from."""
    return tuple(
        LookLine(
            id=look.id,
            at=look.at,
            account_id=look.account_id,
            who=look.name or "The service",
            place=_place(look.role, look.agency),
            what=f"{_action(look.action)} {_object(look.object)}",
            case_ref=look.case_ref,
            why=_words(look.purpose),
            said=_said(look),
            through=", ".join(filter(None, (_channel(look.channel), look.address))),
        )
        for look in looks
    )


def _said(look: Logged) -> str:
    searched = f"Searched for “{look.terms}”" if look.terms else ""
    return ". ".join(filter(None, (searched, look.justification, _recipient(look.recipient))))


def _recipient(recipient: str | None) -> str:
    return f"To {recipient}" if recipient else ""


def _place(role: str | None, agency: str | None) -> str:
    label = ROLE_LABELS[Role(role)] if role in set(Role) else role
    return ", ".join(filter(None, (label, agency)))


def _object(thing: str) -> str:
    kind, _, rest = thing.partition(":")
    if kind == "cases":
        count = len(rest.split(",")) if rest else 0
        return f"a list of {count} case{'' if count == 1 else 's'}"
    return _thing(kind)


def _thing(kind: str) -> str:
    return THINGS.get(kind, kind.replace("_", " "))


def _action(action: str) -> str:
    return ACTIONS[Action(action)]


def _channel(channel: str) -> str:
    return CHANNELS.get(channel, channel)


def _words(code: str) -> str:
    return code.replace("_", " ").capitalize()
