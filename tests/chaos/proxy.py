# SPDX-License-Identifier: MIT
"""A network that misbehaves: a TCP proxy before a broker, told by its stdin what to do.

    proxy.py PORT UPSTREAM          (the broker advertises PORT: tools/kafka start --proxy PORT)

    delay SECONDS        for so long every piece arrives 0.05 .. 0.3 s late
    trickle SECONDS      ... pieces of 16 bytes, 10 ms apart
    freeze SECONDS       ... nothing arrives at all, and nobody is told
    drop                 all connections are reset
    half                 all connections: what the client sends no longer arrives
    hold SECONDS         the next EndTxn request is held back for so long; then it reaches the
                         broker by its old connection, however often the client has asked again
                         meanwhile (KIP-890)

A line is printed for each of them, for a held request when it is held and when released."""
import asyncio
import random
import socket
import struct
import sys
import time

END_TXN = 26


class Mood:
    def __init__(self):
        self.until = {"delay": 0.0, "trickle": 0.0, "freeze": 0.0}
        self.hold = 0.0
        self.links = set()

    def now(self, kind):
        return self.until[kind] - time.monotonic()

    async def pass_on(self, data, writer):
        """One piece, as the network is today."""
        while self.now("freeze") > 0:
            await asyncio.sleep(0.05)
        if self.now("delay") > 0:
            await asyncio.sleep(random.uniform(0.05, 0.3))
        while data:
            size = 16 if self.now("trickle") > 0 else len(data)
            writer.write(data[:size])
            await writer.drain()
            data = data[size:]
            if data:
                await asyncio.sleep(0.01)


class Link:
    """A client's connection and ours to the broker."""

    def __init__(self, mood, client, broker):
        self.mood, self.client, self.broker = mood, client, broker
        self.deaf = False

    async def requests(self):
        """Client to broker, request by request."""
        reader, writer = self.client[0], self.broker[1]
        while True:
            size = await reader.readexactly(4)
            body = await reader.readexactly(struct.unpack(">i", size)[0])
            if self.deaf:
                continue
            if self.mood.hold and struct.unpack(">h", body[:2])[0] == END_TXN:
                seconds, self.mood.hold = self.mood.hold, 0.0
                print("held an EndTxn", flush=True)
                await asyncio.sleep(seconds)
                print("released it", flush=True)
            await self.mood.pass_on(size + body, writer)

    async def answers(self):
        reader, writer = self.broker[0], self.client[1]
        while data := await reader.read(65536):
            await self.mood.pass_on(data, writer)

    async def run(self):
        self.mood.links.add(self)
        up, down = asyncio.create_task(self.requests()), asyncio.create_task(self.answers())
        try:
            # the client may leave while a request of its is held: that goes on to the broker
            await asyncio.gather(up, down, return_exceptions=True)
        finally:
            self.mood.links.discard(self)
            for _, writer in (self.client, self.broker):
                writer.close()

    def reset(self):
        for _, writer in (self.client, self.broker):
            s = writer.get_extra_info("socket")
            if s:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()


def obey(mood, line):
    word, _, seconds = line.partition(" ")
    if word in mood.until:
        mood.until[word] = time.monotonic() + float(seconds)
    elif word == "hold":
        mood.hold = float(seconds)
    elif word == "drop":
        for link in list(mood.links):
            link.reset()
    elif word == "half":
        for link in mood.links:
            link.deaf = True
    print(line, flush=True)


async def main(port, upstream):
    mood = Mood()

    async def accept(reader, writer):
        try:
            broker = await asyncio.open_connection("127.0.0.1", upstream)
        except OSError:
            writer.close()
            return
        await Link(mood, (reader, writer), broker).run()

    server = await asyncio.start_server(accept, "127.0.0.1", port)
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    print("ready", flush=True)
    async with server:
        while line := await orders.readline():
            obey(mood, line.decode().strip())


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
