"""Sends prepared messages as fast as answers come, one connection a phone; in a process of its own, so that what it
costs is not the hub's time. Reads its plan from standard input and writes what it saw to standard output.
"""

import asyncio
import sys
from collections import Counter
from functools import partial
from typing import cast

import msgspec
import uvloop


class Caller(msgspec.Struct):
    """A phone's cookies, and the bodies it pushes one after another."""

    cookie: str
    bodies: list[str]


class Plan(msgspec.Struct):
    """`seconds` ends the sending (what is on its way is waited for); 0 sends every body. With `pace_ms` a phone lets
    so long pass from one message to the next, as people do.
    """

    port: int
    seconds: float
    callers: list[Caller]
    pace_ms: float = 0.0


class Seen(msgspec.Struct):
    """`messages` are the answers to each caller, in the order of the plan; `statuses` count their operations."""

    seconds: float
    messages: list[int]
    statuses: dict[str, int]
    median_ms: float
    slowest_ms: float
    # Of every message, ascending, where they were sent at a pace.
    took_ms: list[float] = []


class Result(msgspec.Struct):
    status: str


class Answer(msgspec.Struct):
    results: list[Result]


_answer = msgspec.json.Decoder(Answer)


class Connection(asyncio.Protocol):
    """One message under way at a time, as a phone does it."""

    def __init__(self, caller: Caller, seconds: float, pace_s: float, late_s: float) -> None:
        loop = asyncio.get_running_loop()
        self.loop, self.seconds = loop, seconds
        self.pace_s, self.late_s = pace_s, late_s
        self.messages = [_request(caller.cookie, body) for body in caller.bodies]
        self.ended: asyncio.Future[None] = loop.create_future()
        self.statuses: Counter[str] = Counter()
        self.took_s: list[float] = []
        self.buffer = b""
        self.until = self.sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.WriteTransport, transport)

    def start(self) -> None:
        self.until = self.loop.time() + self.seconds if self.seconds else float("inf")
        if self.late_s:
            self.loop.call_later(self.late_s, self.send)
        else:
            self.send()

    def send(self) -> None:
        self.sent_at = self.loop.time()
        if len(self.took_s) == len(self.messages) or self.sent_at >= self.until:
            self.ended.set_result(None)
        else:
            self.transport.write(self.messages[len(self.took_s)])

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, gap, body = self.buffer.partition(b"\r\n\r\n")
        if not gap or len(body) < _length(head):
            return
        self.buffer = b""
        self.took_s.append(self.loop.time() - self.sent_at)
        if head.startswith(b"HTTP/1.1 200"):
            self.statuses.update(result.status for result in _answer.decode(body).results)
            self.go_on()
        else:
            self.ended.set_exception(AssertionError(f"{head.decode()} {body.decode()}"))

    def go_on(self) -> None:
        if self.pace_s:
            self.loop.call_at(self.sent_at + self.pace_s, self.send)
        else:
            self.send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(error or ConnectionResetError("the hub hung up"))


def _request(cookie: str, body: str) -> bytes:
    content = body.encode()
    return (
        f"POST /sync/push HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    ).encode() + content


def _length(head: bytes) -> int:
    [length] = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return int(length.partition(b":")[2])


async def send(plan: Plan) -> Seen:
    loop = asyncio.get_running_loop()
    connections = []
    pace_s = plan.pace_ms / 1000
    for place, caller in enumerate(plan.callers):
        # They do not all push at once.
        made = partial(Connection, caller, plan.seconds, pace_s, pace_s * place / len(plan.callers))
        _, connection = await loop.create_connection(made, "127.0.0.1", plan.port)
        connections.append(connection)
    began = loop.time()
    for connection in connections:
        connection.start()
    await asyncio.gather(*(connection.ended for connection in connections))
    seconds = loop.time() - began
    statuses: Counter[str] = Counter()
    for connection in connections:
        statuses.update(connection.statuses)
    took_ms = sorted(took_s * 1000 for connection in connections for took_s in connection.took_s)
    messages = [len(connection.took_s) for connection in connections]
    paced = took_ms if plan.pace_ms else []
    return Seen(seconds, messages, dict(statuses), took_ms[len(took_ms) // 2], took_ms[-1], paced)


if __name__ == "__main__":
    seen = uvloop.run(send(msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)))
    sys.stdout.buffer.write(msgspec.json.encode(seen))
