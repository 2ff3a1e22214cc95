"""One phone that listens: what it may hear of, and what it was not told yet."""

import asyncio
from collections.abc import Iterable, Mapping

from msgspec import json

from server.people.sessions import Who

Heads = Mapping[str, int]


class Stream:
    """Holds back no more than one head a bucket, however slowly its phone reads: a newer one takes its place."""

    def __init__(self, who: Who) -> None:
        self.who = who
        self.names: frozenset[str] = frozenset()
        # Somebody's levels, their store or the chain has changed since the names were made.
        self.is_stale = False
        self.has_ended = False
        self._untold: dict[str, int] = {}
        self._bell = asyncio.Event()

    def offer(self, heads: Heads) -> None:
        self._untold.update({name: head for name, head in heads.items() if name in self.names})
        if self._untold:
            self._bell.set()

    def told(self) -> None:
        """It is about to hear of everything."""
        self._untold.clear()
        if not self.has_ended:
            self._bell.clear()

    def end(self) -> None:
        """Its phone connects anew, and is told there if it may not."""
        self.has_ended = True
        self._bell.set()

    async def news(self, patience_s: float) -> Heads | None:
        """What the phone was not told yet; nothing of it after so long, None at the end."""
        try:
            async with asyncio.timeout(patience_s):
                await self._bell.wait()
        except TimeoutError:
            return {}
        if self.has_ended:
            return None
        self._bell.clear()
        untold, self._untold = self._untold, {}
        return untold


class Audience:
    """All streams, by the buckets they hear of."""

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self._by_name: dict[str, set[Stream]] = {}

    @property
    def names(self) -> Iterable[str]:
        return self._by_name

    def of(self, name: str) -> Iterable[Stream]:
        return self._by_name.get(name, ())

    def seat(self, stream: Stream, names: Iterable[str]) -> set[str]:
        """Lets a stream hear of these buckets alone; gives back which of them are new to it."""
        wanted = frozenset(names)
        gained = set(wanted - stream.names)
        for name in stream.names - wanted:
            self._by_name[name].discard(stream)
            if not self._by_name[name]:
                del self._by_name[name]
        for name in gained:
            self._by_name.setdefault(name, set()).add(stream)
        stream.names = wanted
        self.streams.add(stream)
        return gained

    def leave(self, stream: Stream) -> None:
        self.seat(stream, ())
        self.streams.discard(stream)


def event(heads: Heads) -> bytes:
    return b"data: " + json.encode({"heads": heads}) + b"\n\n"
