"""The end of workers that nobody needs any more."""

import signal
from contextlib import AbstractContextManager, ExitStack, nullcontext
from types import SimpleNamespace

import pytest

from seaice.core import cluster
from seaice.core.cluster import cluster_workers


def test_another_ctrl_c_does_not_leave_them_half_closed(monkeypatch):
    """Dask would take ten seconds to end them."""
    closed = []

    def close() -> None:
        signal.raise_signal(signal.SIGINT)
        closed.append(True)

    def client(stack: ExitStack, scheduler: str, workers: int) -> AbstractContextManager:
        stack.callback(close)
        return nullcontext(SimpleNamespace(get_executor=lambda **_: None))

    monkeypatch.setattr(cluster, "_client", client)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), cluster_workers():
            pass
    finally:
        signal.signal(signal.SIGINT, before)
    assert closed == [True]
