"""Asks a gRPC server whether one of its services serves, over a plain socket: the pages know no Temporal.

One request of HTTP/2 as RFC 9113 and 7541 say, for grpc.health.v1.Health. Speaks no TLS.
"""

import asyncio
import struct

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _RESET, _SETTINGS, _GOAWAY = 0, 1, 3, 4, 7
_END_STREAM, _END_HEADERS, _ACKNOWLEDGED = 0x1, 0x4, 0x1
_SERVING = bytes((0x08, 1))
"""HealthCheckResponse: field 1, status SERVING."""


async def serves(host: str, port: int, service: str) -> bool:
    """Whether the server at this address says that ``service`` serves. Raises OSError; waits as long as it must."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(_PREFACE + _frame(_SETTINGS, 0, 0, b"") + _question(f"{host}:{port}", service))
        await writer.drain()
        return await _answer(reader, writer) == _SERVING
    except asyncio.IncompleteReadError:
        return False
    finally:
        writer.close()


def _question(authority: str, service: str) -> bytes:
    fields = {
        ":method": "POST",
        ":scheme": "http",
        ":path": "/grpc.health.v1.Health/Check",
        ":authority": authority,
        "content-type": "application/grpc",
        "te": "trailers",
    }
    header = b"".join(b"\x00" + _short(name) + _short(value) for name, value in fields.items())
    message = b"\x0a" + _short(service)
    body = struct.pack(">BI", 0, len(message)) + message
    return _frame(_HEADERS, _END_HEADERS, 1, header) + _frame(_DATA, _END_STREAM, 1, body)


def _short(text: str) -> bytes:
    """A text with its length before it, as header fields and messages have it; good below 127 bytes."""
    return bytes((len(text.encode()),)) + text.encode()


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """The message in the answer; empty if the server ends without one."""
    while True:
        head = await reader.readexactly(9)
        length, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
        payload = await reader.readexactly(length)
        if kind == _SETTINGS and not flags & _ACKNOWLEDGED:
            writer.write(_frame(_SETTINGS, _ACKNOWLEDGED, 0, b""))
        if kind == _DATA:
            return payload[5:]
        if kind in (_RESET, _GOAWAY) or (kind == _HEADERS and flags & _END_STREAM):
            return b""
