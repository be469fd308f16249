"""Start the dashboard's server."""

import os
import socket
import sys
from pathlib import Path

from seaice.core.errors import ConfigError

ADDRESS = "127.0.0.1"


def launch(script: Path, data: Path, models: Path, runs: Path, port: int) -> None:
    """Replace this process by the dashboard's server; never returns.

    Args:
        script: The dashboard's entry script; `.streamlit/config.toml` lies beside it.
        data: Folder with scenes.
        models: Folder with checkpoints.
        runs: Folder with runs.
        port: Port on 127.0.0.1.

    Raises:
        ConfigError: The port is taken, or the entry script is missing.
    """
    if not script.is_file():
        raise ConfigError(f"{script} is missing. Install seaice again.")
    require_free_port(port)
    home = script.parent
    os.environ["SEAICE_DATA"] = _seen_from(home, data)
    os.environ["SEAICE_MODELS"] = _seen_from(home, models)
    os.environ["SEAICE_RUNS"] = _seen_from(home, runs)
    # Let threads sleep while they wait for each other. Otherwise Compare takes 2.5 times as long
    # beside a training run (benchmarks/responsive.py).
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Streamlit reads .streamlit/config.toml of the working directory.
    os.chdir(home)
    arguments = ["-m", "seaice.dashboard.server", "run", script.name, "--server.port", str(port)]
    os.execv(sys.executable, [sys.executable, *arguments])


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
