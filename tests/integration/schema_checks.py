"""What schemathesis asks of every answer besides its own checks: that it tells of nobody who is hidden from the asker.

Loaded by schemathesis, not by pytest. ``HIDDEN`` in the environment is a JSON list of what must never stand there.
"""

import json
import os
from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, Response

HIDDEN: list[str] = json.loads(os.environ["HIDDEN"])


@schemathesis.check
def tells_of_nobody_hidden(_: CheckContext, response: Response, __: Case[Any]) -> None:
    """No reference, name or number of a person whose case the asker does not see."""
    told = [mark for mark in HIDDEN if mark.lower() in response.text.lower()]
    assert not told, f"The answer tells of somebody hidden: {told}"
