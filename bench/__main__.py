"""`./run bench [--rounds N] [--json]`: measures, interleaved in one run, and prints a table. Takes a few minutes."""

import asyncio
import json
import os
import sys
from argparse import ArgumentParser

from bench import completions, engine, looks
from bench.parts import running
from bench.record import an_answerer
from bench.table import Row, as_objects, as_text


async def measure(rounds: int) -> list[Row]:
    """Every measurement, medians of so many rounds. Plans first: the later cases have none and busy a worker."""
    async with running() as parts:
        answerer = await an_answerer(parts.pool)
        in_plans = await engine.measure(parts, answerer, rounds)
        requests = await completions.measure(parts, answerer, rounds)
        return [*requests, *await looks.measure(parts, answerer, rounds), *in_plans]


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each measurement (default 7)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    asked = parser.parse_args()
    rows = asyncio.run(measure(asked.rounds))
    print(json.dumps(as_objects(rows), indent=2) if asked.json else as_text(rows))
    sys.stdout.flush()
    os._exit(0)  # the Temporal client's threads may abort a tidy interpreter exit


if __name__ == "__main__":
    main()
