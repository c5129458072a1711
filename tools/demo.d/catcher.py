#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A mail server that keeps what it gets: for the demo, and for tests of absa notify.

    catcher.py FOLDER [PORT]     prints its address; FOLDER/1.eml, 2.eml, ...

It listens on 127.0.0.1 alone and delivers nothing. Ends when standard input does."""
import asyncio
import pathlib
import sys

from aiosmtpd.smtp import SMTP


class Keep:
    def __init__(self, folder):
        self.folder, self.n = folder, 0

    async def handle_DATA(self, server, session, envelope):
        self.n += 1
        part = self.folder / f"{self.n}.part"
        part.write_bytes(envelope.content)
        part.rename(self.folder / f"{self.n}.eml")  # whole or not there
        return "250 kept"


async def main():
    folder = pathlib.Path(sys.argv[1])
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    keep = Keep(folder)
    loop = asyncio.get_running_loop()
    try:
        server = await loop.create_server(lambda: SMTP(keep, hostname="localhost"), "127.0.0.1", port)
    except OSError as e:
        sys.exit(f"catcher: 127.0.0.1:{port}: {e.strerror}")
    print("127.0.0.1:%d" % server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)


asyncio.run(main())
