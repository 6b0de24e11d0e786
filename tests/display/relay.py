"""A line between receivers and a server that a test can cut, and on which it can withhold events; it notes what passes.

It reads the websocket frames that the server sends, so what it noted is what was sent, whatever a client makes of it.
"""

import asyncio
import json
import random
import threading
from collections.abc import Callable
from typing import Any, Self

Payload = dict[str, Any]


class Passed:
    """What one connection was sent: (event or pulse, payload), in order."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.said: list[tuple[str, Payload]] = []


class Relay:
    """Listens on a port of its own for the server on `port`; a `with` block starts and ends it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connections: list[Passed] = []
        self.withheld: list[Payload] = []
        self.withhold: Callable[[Payload], bool] = lambda _event: False
        self._open: set[Passed] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._relay, "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    async def _end(self) -> None:
        self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()
        await asyncio.sleep(0.05)  # a socket is closed by the loop, a moment after it was told to

    def cut(self, share: float, chance: random.Random) -> int:
        """Cuts a share of the open connections, as when a cable is pulled; how many."""
        return int(self._do(self._cut(share, chance)))

    async def _cut(self, share: float, chance: random.Random) -> int:
        chosen = [connection for connection in list(self._open) if chance.random() < share]
        for connection in chosen:
            connection.writer.transport.abort()
        return len(chosen)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Passed(writer)
        self.connections.append(connection)
        self._open.add(connection)
        try:
            await self._carry(reader, connection)
        except OSError:
            pass  # nobody listens there just now
        finally:
            self._open.discard(connection)
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, connection: Passed) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self.port)
        ways = [
            asyncio.create_task(_pump(reader, to_server)),
            asyncio.create_task(self._frames(from_server, connection)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            to_server.transport.abort()
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _frames(self, reader: asyncio.StreamReader, connection: Passed) -> None:
        """From the server: the answer to the upgrade, then one frame after the other."""
        connection.writer.write(await reader.readuntil(b"\r\n\r\n"))
        while not connection.writer.is_closing():
            head = await reader.readexactly(2)
            size, more = head[1], b""
            if size >= 126:
                more = await reader.readexactly(2 if size == 126 else 8)
                size = int.from_bytes(more, "big")
            payload = await reader.readexactly(size)
            if self._lets_pass(connection, payload) and not connection.writer.is_closing():
                connection.writer.write(head + more + payload)

    def _lets_pass(self, connection: Passed, payload: bytes) -> bool:
        if not payload.startswith(b'42["'):
            return True
        name, said = json.loads(payload[2:])
        if name == "event" and self.withhold(said):
            self.withheld.append(said)
            return False
        connection.said.append((name, said))
        return True


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while (data := await reader.read(65536)) and not writer.is_closing():
        writer.write(data)
