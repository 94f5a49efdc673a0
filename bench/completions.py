"""Completing a step through the API against the same statements by bare psycopg behind a bare route."""

from uuid import UUID

from bench.client import Call, Load, load
from bench.parts import Parts
from bench.record import Answerer, open_steps
from bench.table import Row

ALONE, TOGETHER = 1, 32
CALLS = {ALONE: 200, TOGETHER: 1000}
DONE = b'{"outcome": "done", "note": "Seen at the office"}'


async def measure(parts: Parts, answerer: Answerer, rounds: int) -> list[Row]:
    """Two rows: milliseconds at one client (at most 1.5 of the floor), completions a second at 32 (at least 0.5)."""
    alone, together = [], []
    await _both(parts, answerer, ALONE)
    for _ in range(rounds):
        alone.append(await _both(parts, answerer, ALONE))
        together.append(await _both(parts, answerer, TOGETHER))
    return [
        Row.of(
            "complete a step, one client, p50 ms",
            [(ours.p50, floor.p50) for ours, floor in alone],
            at_most=1.5,
        ),
        Row.of(
            "complete a step, 32 clients, a second",
            [(ours.a_second, floor.a_second) for ours, floor in together],
            at_least=0.5,
        ),
    ]


async def _both(parts: Parts, answerer: Answerer, clients: int) -> tuple[Load, Load]:
    steps = await open_steps(parts.pool, 2 * CALLS[clients])
    ours, floor = steps[: CALLS[clients]], steps[CALLS[clients] :]
    return (
        await load(parts.service_url, answerer.token, _calls("/api/v1/steps/{}/outcome", ours), clients),
        await load(parts.floor_url, answerer.token, _calls("/floor/{}", floor), clients),
    )


def _calls(path: str, steps: list[UUID]) -> list[Call]:
    return [Call(path.format(step), DONE) for step in steps]
