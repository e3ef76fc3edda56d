"""A whole class, as a process of its own, with a lecturer and hundreds of phones. See classroom.

`python -m benchmarks.room PORT STUDENTS SECONDS`: says "joined" once all are in, then asks one query after the other
that it is given, a line each, and prints what was measured when there are no more: seconds from each answer's POST to
its being counted, and from the reveal's POST to its arrival at each phone. Answers come within SECONDS.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.phones import Connection, Phone, keys_of

JOIN_AT_ONCE = 50
CANDIDATES = 10


@dataclass(slots=True)
class Measured:
    """Seconds, one for each phone and question."""

    counted: list[float] = field(default_factory=list)
    revealed: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)


class Room:
    """One class and its lecturer."""

    def __init__(self, port: int, students: int, seconds: float) -> None:
        self._port = port
        self._seconds = seconds
        self._students = students
        self._path = ""
        self._secret = ""
        self._phones: list[Phone] = []
        self._lead: Phone
        self.measured = Measured()

    async def open(self) -> None:
        """Start it, and let all students join."""
        status, body = await self._post("/class", {})
        assert status == 200, body
        made = json.loads(body)
        self._path, self._secret = f"/class/{made['code']}", made["secret"]
        self._lead = Phone(self._port, self._path)
        self._lead.connection = Connection(self._port, f"X-Class-Secret: {self._secret}\r\n")
        await self._lead.connection.open()
        await self._lead.follow("lead")
        self._phones = [Phone(self._port, self._path) for _ in range(self._students)]
        for first in range(0, self._students, JOIN_AT_ONCE):
            await asyncio.gather(*map(self._joined, self._phones[first : first + JOIN_AT_ONCE]))

    async def ask(self, number: int, query: str) -> None:
        """A whole round: ask, answer, close, reveal."""
        began = time.perf_counter()
        sent = {"act": "ask", "corpus": "movies", "q": query, "k": str(CANDIDATES), "picks": "1"}
        await self._act(sent)
        self.measured.asked.append(time.perf_counter() - began)
        self.measured.counted += await asyncio.gather(*(self._answer(phone, number) for phone in self._phones))
        said = f"<b>{self._students}</b> answered"
        await self._lead.until(lambda shown: said in shown["counts"])
        await self._act({"act": "close", "round": number})
        began = time.perf_counter()
        await self._act({"act": "reveal", "round": number})
        for phone in self._phones:
            await phone.until(lambda shown: "cl-places" in shown["screen"])
        self.measured.revealed += [phone.last - began for phone in self._phones]

    async def close(self) -> None:
        """End it."""
        await self._act({"act": "end"})
        for phone in (*self._phones, self._lead):
            phone.leave()

    async def _joined(self, phone: Phone) -> None:
        await phone.join("")
        status, sentence = await phone.follow()
        assert status == 200, sentence

    async def _answer(self, phone: Phone, number: int) -> float:
        keys = keys_of(await phone.until(lambda shown: f'data-round="{number}"' in shown["screen"]))
        await asyncio.sleep(random.uniform(0, self._seconds))
        began = time.perf_counter()
        assert await phone.answer([random.choice(keys)], number=number) == [200]
        return time.perf_counter() - began

    async def _act(self, sent: Mapping[str, object]) -> None:
        status, body = await self._post(f"{self._path}/act", sent)
        assert status == 200, body

    async def _post(self, path: str, sent: Mapping[str, object]) -> tuple[int, bytes]:
        connection = Connection(self._port, f"X-Class-Secret: {self._secret}\r\n")
        await connection.open()
        try:
            return await connection.whole("POST", path, "", sent)
        finally:
            connection.close()


async def main(port: int, students: int, seconds: float) -> None:
    """One class from its beginning to its end."""
    room = Room(port, students, seconds)
    await room.open()
    print("joined", flush=True)
    number = 0
    while query := (await asyncio.to_thread(sys.stdin.readline)).strip():
        number += 1
        await room.ask(number, query)
    await room.close()
    measured = room.measured
    print(json.dumps({"counted": measured.counted, "revealed": measured.revealed, "asked": measured.asked}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
