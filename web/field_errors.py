"""What is wrong with a field of a request, in a sentence that says what to do. Never repeats what was sent."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Fault = Mapping[str, Any]
Said = dict[str, str]

_IS_TEXT = "Send text here, in quotation marks."
_IS_OBJECT = "Send one JSON object as the body, with Content-Type: application/json."
_IS_ID = "Write an id as this API gives it: 36 characters, such as 7b0c1f5e-2a64-4a51-9a4e-0d5f8f1f3c22."

_SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda _: "This is missing. Send it.",
    "extra_forbidden": lambda _: "There is no such field. Check its spelling, or leave it out.",
    "string_type": lambda _: _IS_TEXT,
    "string_unicode": lambda _: "Send text of whole characters in UTF-8.",
    "string_too_short": lambda _: "This is empty. Write something, or leave it out if it may be left out.",
    "string_too_long": lambda at: f"This is too long. Send {at['max_length']} characters at most.",
    "enum": lambda at: f"Send one of these: {_listed(at)}.",
    "literal_error": lambda at: f"Send one of these: {_listed(at)}.",
    "bool_parsing": lambda _: "Send true or false.",
    "bool_type": lambda _: "Send true or false.",
    "int_parsing": lambda _: "Send a whole number.",
    "int_parsing_size": lambda _: "This number is too long. Send a smaller one.",
    "int_type": lambda _: "Send a whole number.",
    "int_from_float": lambda _: "Send a whole number.",
    "greater_than_equal": lambda at: f"Send {at['ge']} or more.",
    "less_than_equal": lambda at: f"Send {at['le']} or less.",
    "uuid_parsing": lambda _: _IS_ID,
    "uuid_type": lambda _: _IS_ID,
    "model_attributes_type": lambda _: _IS_OBJECT,
    "model_type": lambda _: _IS_OBJECT,
    "dict_type": lambda _: _IS_OBJECT,
    "json_invalid": lambda at: f"The body is not JSON: {at['error']}{at['where']}. Correct it there.",
}
"""By pydantic's code of what is wrong, from its facts. What our own checks refuse brings its sentence with it."""


def field_errors(faults: Sequence[Fault]) -> tuple[Said, ...]:
    """Every field that is wrong once: its name as it is sent, where it stands, a code and a sentence."""
    said: dict[tuple[str, str], Said] = {}
    for fault in faults:
        place, field = _where(fault)
        said.setdefault((place, field), {"field": field, "in": place} | _what(fault))
    return tuple(said.values())


def _where(fault: Fault) -> tuple[str, str]:
    """The name of a field that exists: not what is deeper in it, nor which of several readings failed."""
    place, *inside = fault["loc"]
    named = inside[0] if inside and isinstance(inside[0], str) else place
    return str(place), str(named)


def _what(fault: Fault) -> Said:
    facts = dict(fault.get("ctx", {}))
    if fault["type"] == "json_invalid":
        facts["where"] = f" at character {fault['loc'][-1]}"
    sentence = _SENTENCES.get(fault["type"])
    return {"code": fault["type"], "message": sentence(facts) if sentence else fault["msg"]}


def _listed(facts: Mapping[str, Any]) -> str:
    """Pydantic's list: 'a', 'b' or 'c'."""
    return str(facts["expected"]).replace("'", "").replace(" or ", ", ")
