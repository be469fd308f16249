"""Whole pages through a proxy that a browser reaches by another name, with and without its path."""

import asyncio
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from streamlit_user import Drawn, User

OUTSIDE = "maps.example.org"
JUPYTER, NGINX = "/user/you/proxy/8501", "/ice"


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass bytes on until there are no more."""
    with contextlib.suppress(ConnectionError):
        while content := await reader.read(65536):
            writer.write(content)
            await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def proxy(server: int, taken_away: str) -> AsyncIterator[int]:
    """A proxy before the server at a port, which passes the browser's headers on as they are.

    Args:
        server: The server's port.
        taken_away: The part of the path that the server is not told.

    Yields:
        The proxy's port.
    """

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, before = await asyncio.open_connection("127.0.0.1", server)
        head = await reader.readuntil(b"\r\n")
        before.write(re.sub(rb"^(\w+) " + taken_away.encode(), rb"\1 ", head))
        await asyncio.gather(carry(reader, before), carry(behind, writer))

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as serving:
        yield serving.sockets[0].getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


@contextlib.contextmanager
def dashboard(*options: str):
    """A dashboard on no scenes; yields its port."""
    port = free_port()
    command = [sys.executable, "-m", "seaice", "app", "--port", str(port), *options]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=os.environ | {"OMP_NUM_THREADS": "1"}, **quiet)
    deadline = time.monotonic() + 300
    try:
        while socket.socket().connect_ex(("127.0.0.1", port)):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.2)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


async def visit(server: int, path: str, taken_away: str) -> Drawn:
    """What a browser at https://maps.example.org + path is shown of the page Training."""
    headers = {"Host": OUTSIDE, "Origin": f"https://{OUTSIDE}"}
    async with (
        proxy(server, taken_away) as port,
        await User.connect(f"http://127.0.0.1:{port}{path}", headers) as user,
    ):
        return await user.visit("training", {})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "taken_away", "options"),
    [(JUPYTER, JUPYTER, ()), (NGINX, "", ("--base-path", NGINX))],
    ids=["jupyter", "nginx"],
)
def test_a_page_is_complete_behind_a_proxy(
    tmp_path: Path, path: str, taken_away: str, options: tuple[str, ...]
):
    folders = [each for name in ("data", "models", "runs") for each in (f"--{name}", tmp_path)]
    with dashboard("--host", OUTSIDE, *options, *map(str, folders)) as port:
        drawn = asyncio.run(visit(port, path, taken_away))
    assert not drawn.of_type("exception")
    assert any("Training" in element.heading.body for element in drawn.of_type("heading"))
