"""The retention rules that come with the service, read from their file in the package. Decides nothing."""

import tomllib
from functools import cache
from importlib.resources import files

from iom.retention import RetentionRules, read_rules


@cache
def retention_rules() -> RetentionRules:
    """The rules in force."""
    return read_rules(tomllib.loads((files("iom") / "retention.toml").read_text("utf-8")))
