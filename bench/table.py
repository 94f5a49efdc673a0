"""How a bench says what it measured: this service, the floor, their ratio, and what was aimed at."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """One measurement: medians over the rounds, the ratio's spread, and its aim (one of the two)."""

    what: str
    service: float
    floor: float
    ratio: float
    lowest: float
    highest: float
    at_most: float | None = None
    at_least: float | None = None

    @classmethod
    def of(
        cls,
        what: str,
        pairs: Sequence[tuple[float, float]],
        *,
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> "Row":
        """From (service, floor) of each round."""
        ratios = sorted(service / floor for service, floor in pairs)
        service, floor = (median(each) for each in zip(*pairs, strict=True))
        return cls(what, service, floor, median(ratios), ratios[0], ratios[-1], at_most, at_least)

    @property
    def met(self) -> bool:
        """Whether the median ratio is as was aimed at."""
        return self.ratio <= (self.at_most or self.ratio) and self.ratio >= (self.at_least or 0)

    @property
    def aim(self) -> str:
        """What was aimed at, in words."""
        return f"at most {self.at_most}" if self.at_most else f"at least {self.at_least}"


def as_text(rows: Sequence[Row]) -> str:
    """A table for people, as Markdown."""
    lines = ["| what | service | floor | ratio (rounds) | aim | met |", "|---|---|---|---|---|---|"]
    for row in rows:
        spread = f"{row.ratio:.2f} ({row.lowest:.2f} to {row.highest:.2f})"
        met = "yes" if row.met else "no"
        lines.append(f"| {row.what} | {row.service:.2f} | {row.floor:.2f} | {spread} | {row.aim} | {met} |")
    return "\n".join(lines)


def as_objects(rows: Sequence[Row]) -> list[dict[str, object]]:
    """The same for programs."""
    return [{**asdict(row), "aim": row.aim, "met": row.met} for row in rows]
