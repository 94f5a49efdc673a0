"""A load of HTTP requests from this process: one connection a worker, kept open. Knows no service."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlsplit
from uuid import uuid4


@dataclass(frozen=True)
class Call:
    """One POST: its path and its JSON body."""

    path: str
    body: bytes


@dataclass(frozen=True)
class Load:
    """What a load came to: milliseconds of each call, and calls a second over all."""

    milliseconds: tuple[float, ...]
    a_second: float

    @property
    def p50(self) -> float:
        return median(self.milliseconds)


async def load(url: str, token: str, calls: list[Call], clients: int) -> Load:
    """Sends the calls, shared out over so many clients, each waiting for its answer. An answer but 200 is an error."""
    waiting = iter(calls)
    began = time.perf_counter()
    taken = await asyncio.gather(*(_client(url, token, waiting) for _ in range(clients)))
    elapsed = time.perf_counter() - began
    return Load(tuple(one for each in taken for one in each), len(calls) / elapsed)


async def _client(url: str, token: str, waiting: Iterator[Call]) -> list[float]:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    taken = []
    for call in waiting:
        began = time.perf_counter()
        writer.write(_request(call, token, str(uuid4())))
        await _answer(reader, call)
        taken.append((time.perf_counter() - began) * 1000)
    writer.close()
    await writer.wait_closed()
    return taken


def _request(call: Call, token: str, key: str) -> bytes:
    head = (
        f"POST {call.path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(call.body)}\r\n\r\n"
    )
    return head.encode() + call.body


async def _answer(reader: asyncio.StreamReader, call: Call) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
    body = await reader.readexactly(length)
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise RuntimeError(f"{call.path}: {head.decode()}{body.decode()}")
