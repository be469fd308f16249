"""Start the dashboard's server."""

import os
import re
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from seaice.core.errors import ConfigError

ADDRESS = "127.0.0.1"
_LOCAL = ("localhost", ADDRESS)
# For glibc: all threads share two heaps. Every run of a page has a thread of its own, whose heap
# would keep most of what it has ever held (benchmarks/many_users.py).
_MEMORY = {"MALLOC_ARENA_MAX": "2"}
_HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)
_PATH = re.compile(r"[\w.~@%/-]*", re.ASCII)


def proxy_settings(hosts: Sequence[str], base_path: str) -> list[str]:
    """Options of the server for a proxy before it; none if it is reached directly.

    The server answers requests for these names alone, so that no other site can reach it through a
    browser on this machine.

    Args:
        hosts: Names by which browsers reach the proxy.
        base_path: Path under which the proxy shows the dashboard; slashes at its ends do not count.

    Raises:
        ConfigError: A name or the path is not one.
    """
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise ConfigError(
                f"{host!r} is not the name of a host. Name it without https://, port and path, as "
                "in --host maps.example.org."
            )
    if not _PATH.fullmatch(base_path) or {".", ".."} & set(base_path.split("/")):
        raise ConfigError(
            f"{base_path!r} is not a path. Name what follows the host's name in the browser's "
            "address, as in --base-path /ice."
        )
    options = []
    for host in (*_LOCAL, *hosts) if hosts else ():
        options += ["--server.allowedHosts", host]
    for host in hosts:
        # A proxy may pass another host's name on, but the page's origin stays.
        options += ["--server.corsAllowedOrigins", f"https://{host}"]
    path = base_path.strip("/")
    return [*options, "--server.baseUrlPath", path] if path else options


def launch(
    script: Path, data: Path, models: Path, runs: Path, port: int, proxy: Sequence[str] = ()
) -> None:
    """Replace this process by the dashboard's server; never returns.

    Args:
        script: The dashboard's entry script; `.streamlit/config.toml` lies beside it.
        data: Folder with scenes.
        models: Folder with checkpoints.
        runs: Folder with runs.
        port: Port on 127.0.0.1.
        proxy: From `proxy_settings`.

    Raises:
        ConfigError: The port is taken, the entry script is missing, or a folder's name is not text.
    """
    if not os.path.isfile(script):
        raise ConfigError(f"{script} is missing. Install seaice again.")
    for folder in (data, models, runs):
        _require_text(folder)
    require_free_port(port)
    home = script.parent
    os.environ["SEAICE_DATA"] = _seen_from(home, data)
    os.environ["SEAICE_MODELS"] = _seen_from(home, models)
    os.environ["SEAICE_RUNS"] = _seen_from(home, runs)
    # Let threads sleep while they wait for each other. Otherwise Compare takes 2.5 times as long
    # beside a training run (benchmarks/responsive.py).
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    for name, value in _MEMORY.items():
        os.environ.setdefault(name, value)
    # Pages send names to the browser as text, so their bytes must mean some whatever the locale.
    os.environ["PYTHONUTF8"] = "1"
    # Streamlit reads .streamlit/config.toml of the working directory.
    os.chdir(home)
    arguments = ["-m", "seaice.dashboard.server", "run", script.name, "--server.port", str(port)]
    arguments += proxy
    os.execv(sys.executable, [sys.executable, *arguments])


def _require_text(folder: Path) -> None:
    """Check that a browser can be told a folder's path.

    Raises:
        ConfigError: Its bytes are not UTF-8, as on disks that were written in Latin-1.
    """
    try:
        os.fsencode(folder.resolve()).decode()
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{folder} is not valid UTF-8, so pages cannot show it. Link to it under another name: "
            "ln -s FOLDER NEW_NAME"
        ) from error


def _seen_from(home: Path, folder: Path) -> str:
    """A folder's path as seen from the server's working directory: relative if it lies inside."""
    folder = folder.resolve()
    return str(folder.relative_to(home) if folder.is_relative_to(home) else folder)


def require_free_port(port: int) -> None:
    """Check that a server can listen on 127.0.0.1.

    Raises:
        ConfigError: The port is taken.
    """
    with socket.socket() as probe:
        # As the server does: a port in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            raise ConfigError(
                f"Port {port} on {ADDRESS} cannot be used ({error.strerror}). Another dashboard "
                f"may be running; choose another port: seaice app --port {min(port + 1, 65535)}"
            ) from error
