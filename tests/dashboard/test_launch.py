"""The dashboard's server: who may reach it, directly and through a proxy."""

import http.client
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit import net_util
from streamlit.web.server.server_util import is_url_from_allowed_origins

from seaice.core.errors import ConfigError
from seaice.dashboard import navigation, server
from seaice.dashboard.launch import launch, proxy_settings

HOME = Path(__file__).resolve().parents[2]

HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}


def test_a_process_that_works_for_the_server_draws_no_page(monkeypatch):
    """It imports the server's main file under another name, as `spawn` does."""
    drawn: list[object] = []
    monkeypatch.setattr(navigation, "run", drawn.append)
    runpy.run_path(str(HOME / "app.py"), run_name="__mp_main__")
    assert drawn == []
    runpy.run_path(str(HOME / "app.py"), run_name="__main__")
    assert len(drawn) == 1


def test_without_a_proxy_the_configuration_holds():
    """It lets in what asks for this machine alone."""
    assert proxy_settings([], "") == proxy_settings([], "/") == []


@pytest.mark.parametrize(
    "host", ["https://maps.example.org", "maps.example.org:443", "maps/ice", "*", "", "a b", "-x"]
)
def test_what_is_no_name_of_a_host_is_refused(host: str):
    with pytest.raises(ConfigError, match=r"is not the name of a host\. .* --host maps\.example"):
        proxy_settings([host], "")


@pytest.mark.parametrize("path", ["https://maps.example.org/ice", "../ice", "/ice/./maps"])
def test_what_is_no_path_is_refused(path: str):
    with pytest.raises(ConfigError, match=r"is not a path\. .* --base-path /ice"):
        proxy_settings([], path)


def test_nobody_else_is_asked_who_may_connect(monkeypatch):
    """Streamlit would ask a server on the internet for this machine's address."""
    for name in ("get_external_ip", "get_internal_ip"):
        monkeypatch.setattr(net_util, name, getattr(net_util, name))
    asked: list[object] = []
    monkeypatch.setattr(
        net_util, "_make_blocking_http_get", lambda url, **_: asked.append(url) or "1.2.3.4"
    )
    server._ask_nobody()
    assert not is_url_from_allowed_origins("https://other.example.org")
    assert asked == []


@pytest.mark.parametrize(("given", "expected"), [({}, "2"), ({"MALLOC_ARENA_MAX": "7"}, "7")])
def test_the_server_has_few_heaps_unless_its_user_sets_that(
    given, expected, monkeypatch, tmp_path: Path
):
    environment = dict(given)
    monkeypatch.setattr(os, "environ", environment)
    monkeypatch.setattr(os, "execv", lambda *_: None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.py").touch()
    launch(tmp_path / "app.py", *[tmp_path] * 3, port=free_port())
    assert environment["MALLOC_ARENA_MAX"] == expected
    # Networks take twice as long where each layer asks for fresh pages.
    assert "MALLOC_MMAP_THRESHOLD_" not in environment


def test_the_server_takes_names_for_text_in_any_locale(monkeypatch, tmp_path: Path):
    """A page cannot send bytes without a meaning to a browser."""
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0"}
    monkeypatch.setattr(os, "environ", environment)
    started: list[object] = []
    monkeypatch.setattr(os, "execv", lambda *arguments: started.append(arguments))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.py").touch()
    unclear = tmp_path / os.fsdecode("Grönland".encode("latin-1"))
    for place in range(3):
        folders = [tmp_path / "Grönland Ω"] * 3
        folders[place] = unclear
        with pytest.raises(ConfigError, match=r"is not valid UTF-8, .*: ln -s FOLDER NEW_NAME"):
            launch(tmp_path / "app.py", *folders, port=free_port())
    assert started == []
    launch(tmp_path / "app.py", *[tmp_path / "Grönland Ω"] * 3, port=free_port())
    assert len(started) == 1
    assert (environment["PYTHONUTF8"], environment["SEAICE_DATA"]) == ("1", "Grönland Ω")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Port of a dashboard behind a proxy."""
    port = free_port()
    options = "--port", str(port), "--host", "maps.example.org", "--base-path", "/ice/"
    process = subprocess.Popen(
        [sys.executable, "-m", "seaice", "app", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    deadline = time.monotonic() + 120
    while status(port, "/ice/_stcore/health") != 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    yield port
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def status(port: int, path: str, **headers: str) -> int:
    """The status of the server's answer; 0 where there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    except ConnectionError:
        return 0
    finally:
        connection.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("host", "origin", "expected"),
    [
        # As proxies pass the outside name on, or their own.
        ("maps.example.org", "https://maps.example.org", 101),
        ("127.0.0.1", "https://maps.example.org", 101),
        ("127.0.0.1", "http://127.0.0.1", 101),
        ("other.example.org", "https://other.example.org", 403),
        ("127.0.0.1", "https://other.example.org", 403),
    ],
)
def test_a_page_is_connected_under_the_names_given(port, host, origin, expected):
    headers = HANDSHAKE | {"Host": host, "Origin": origin}
    assert status(port, "/ice/_stcore/stream", **headers) == expected


@pytest.mark.slow
def test_the_dashboard_lies_under_its_path_on_this_machine_alone(port):
    assert status(port, "/ice/", Host="maps.example.org") == 200
    assert status(port, "/_stcore/health") == 404
    with socket.socket() as probe:
        # Another address of this machine.
        assert probe.connect_ex(("127.0.0.2", port)) != 0


ENDING = """
import atexit, sys, threading
from pathlib import Path
from seaice.core.files import atomic_write
from seaice.dashboard import server, warmup

class Library:
    def __del__(self):
        print("taken apart", flush=True)

library = Library()
atexit.register(print, "tidied up")
writing = threading.Event()

def write():
    with atomic_write(Path(sys.argv[1])):
        writing.set()
        threading.Event().wait()

def serve(prog_name):
    threading.Thread(target=write).start()
    writing.wait()
    sys.exit(3)

warmup.begin = lambda: None
server.cli.main = serve
server.main()
"""


def test_the_server_ends_without_taking_libraries_apart(tmp_path: Path):
    """One that is just being imported would complain; a page that writes is not waited for."""
    command = [sys.executable, "-c", ENDING, str(tmp_path / "file")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "tidied up\n", "")
    assert list(tmp_path.iterdir()) == []
