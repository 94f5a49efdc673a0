"""The retention clock: which rule a closed case is kept by, when it is reviewed, when it goes. Pure; erases nothing."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

ADULT_AT = 18


class RetentionDecision(StrEnum):
    """What a retention review comes to: kept for longer, handed to the master record, or disposed of."""

    KEEP = "keep"
    TRANSFER = "transfer"
    DISPOSE = "dispose"


class GroupRule(BaseModel):
    """How long a group of cases is kept: years after the exit, or up to an age. ``mark`` is where the rule is from."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    number: int = Field(ge=1)
    title: str
    review_every_years: int = Field(ge=1)
    mark: str
    years: int | None = Field(default=None, ge=1)
    until_age: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _ends_one_way(self) -> Self:
        if (self.years is None) == (self.until_age is None):
            raise ValueError(f"group {self.number} needs either years or until_age")
        return self


class ItemRule(BaseModel):
    """How long one kind of item is kept; of somebody who left as a child, up to an age, if one is given."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: str
    title: str
    years: int = Field(ge=1)
    mark: str
    child_until_age: int | None = Field(default=None, ge=ADULT_AT)


class RetentionRules(BaseModel):
    """The whole table, as its file has it (domain.md §5.6)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    first_review_years: int = Field(ge=1)
    usual_group: int
    groups: tuple[GroupRule, ...]
    items: tuple[ItemRule, ...]

    @model_validator(mode="after")
    def _has_the_usual_group(self) -> Self:
        self.group(self.usual_group)
        return self

    def group(self, number: int) -> GroupRule:
        """The rule of this group; ValueError if there is none."""
        for rule in self.groups:
            if rule.number == number:
                return rule
        raise ValueError(f"there is no retention group {number}")


@dataclass(frozen=True)
class Signed:
    """What the latest signed review said, and on which day it was signed."""

    on: date
    decision: RetentionDecision
    group: int
    next_review_on: date | None = None


@dataclass(frozen=True)
class Kept:
    """What the clock of one case turns on. ``left_on`` is the day of deselection or rejection, None before it."""

    left_on: date | None
    born_on: date
    on_hold: bool = False
    review: Signed | None = None


@dataclass(frozen=True)
class RetentionClock:
    """How one case stands: its rule, and what falls due when. Items never outlast the case."""

    rule: GroupRule
    is_assumed: bool
    left_on: date
    review_on: date
    dispose_on: date
    items: Mapping[str, date]
    on_hold: bool

    def is_review_due(self, today: date) -> bool:
        """Whether somebody has to look whether it is still necessary. A hold does not stop looking."""
        return today >= self.review_on

    def is_disposal_due(self, today: date) -> bool:
        """Whether it should be disposed of, or handed over, by now. Under a hold nothing is."""
        return not self.on_hold and today >= self.dispose_on


def clock(rules: RetentionRules, kept: Kept) -> RetentionClock | None:
    """How the case stands; None while the person is on the scheme: the clock starts when they leave it."""
    if kept.left_on is None:
        return None
    rule = rules.group(kept.review.group if kept.review else rules.usual_group)
    dispose_on = _disposal(rule, kept, kept.left_on)
    return RetentionClock(
        rule,
        kept.review is None,
        kept.left_on,
        min(_review(rules, rule, kept, kept.left_on), dispose_on),
        dispose_on,
        {item.key: min(_item(item, kept, kept.left_on), dispose_on) for item in rules.items},
        kept.on_hold,
    )


def years_after(day: date, years: int) -> date:
    """The same day so many years on; of 29 February, the 28th where there is none."""
    year = day.year + years
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def _review(rules: RetentionRules, rule: GroupRule, kept: Kept, left_on: date) -> date:
    if kept.review is None:
        return years_after(left_on, rules.first_review_years)
    return kept.review.next_review_on or years_after(kept.review.on, rule.review_every_years)


def _disposal(rule: GroupRule, kept: Kept, left_on: date) -> date:
    """By the rule; a signed review brings it forward, or puts it off to the next review where it says keep."""
    by_rule = (
        years_after(left_on, rule.years)
        if rule.years is not None
        else max(years_after(kept.born_on, rule.until_age or 0), left_on)
    )
    if kept.review is None:
        return by_rule
    if kept.review.decision is RetentionDecision.KEEP:
        next_on = kept.review.next_review_on or years_after(kept.review.on, rule.review_every_years)
        return max(by_rule, next_on)
    return min(by_rule, kept.review.on)


def _item(item: ItemRule, kept: Kept, left_on: date) -> date:
    was_child = left_on < years_after(kept.born_on, ADULT_AT)
    if was_child and item.child_until_age is not None:
        return years_after(kept.born_on, item.child_until_age)
    return years_after(left_on, item.years)


def read_rules(table: Mapping[str, Any]) -> RetentionRules:
    """The rules from their file's table. Raises pydantic's ValidationError that names what is wrong."""
    return RetentionRules.model_validate(table)
