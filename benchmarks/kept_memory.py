"""What the dashboard's caches hold after some views of Compare, and how much they can hold.

Run: python benchmarks/kept_memory.py            # the nine views of one user in many_users.py
     python benchmarks/kept_memory.py --views 2

Without a browser, in this process. Arrays that several caches share count once.
"""

import argparse
import math
import os
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import torch
from machine import describe
from streamlit.runtime.caching import cache_resource_api
from streamlit.testing.v1 import AppTest

from seaice.dashboard import server
from seaice.explain.kept_features import KEPT_FEATURES
from seaice.scenes.coarsened import COARSENED
from seaice.scenes.decoded import DECODED

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from compared_views import View, all_views, few_views
from dashboard import HOME

_MIB = 2**20
_SHARED = type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType


class Sizes:
    """Bytes of objects and of all that they hold, each of them once."""

    def __init__(self) -> None:
        self._seen: dict[int, object] = {}

    def of(self, value: Any) -> int:  # noqa: ANN401
        """Bytes that were not counted before."""
        while isinstance(value, np.ndarray) and isinstance(value.base, np.ndarray):
            value = value.base
        if value is None or isinstance(value, _SHARED) or id(value) in self._seen:
            return 0
        # Kept alive, so that no other object gets its number.
        self._seen[id(value)] = value
        if isinstance(value, np.ndarray):
            inner = value.ravel() if value.dtype.hasobject else ()
            return int(value.nbytes) + sum(map(self.of, inner))
        if isinstance(value, torch.Tensor):
            return value.element_size() * value.nelement()
        return sys.getsizeof(value, 0) + sum(map(self.of, _parts(value)))


def _parts(value: Any) -> list[Any]:  # noqa: ANN401
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    if isinstance(value, torch.nn.Module):
        return [*value.parameters(), *value.buffers()]
    return [vars(value)] if hasattr(value, "__dict__") else []


def visit(view: View) -> None:
    """Open Compare on a view."""
    app = AppTest.from_file(str(HOME / "app.py"), default_timeout=600)
    app.switch_page("pages/compare.py")
    for name, value in view.query().items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception


def report() -> None:
    """Print the caches, the largest first, and their sums."""
    sizes, rows = Sizes(), []
    for caches in cache_resource_api._resource_caches._function_caches.values():
        for cache in caches.values():
            entries = [each.value for each in cache._mem_cache.values()]
            kept = sum(map(sizes.of, entries)) / _MIB
            most = cache.max_entries
            # Those without a limit keep what is there: folders, by their path.
            full = kept if math.isinf(most) else kept / max(len(entries), 1) * most
            rows.append((kept, full, len(entries), most, cache.display_name))
    for kept, full, entries, most, name in sorted(rows, reverse=True):
        if full >= 1:
            print(f"{name:56} {entries:4} of {most:4} {kept:7.0f} MiB, full {full:5.0f} MiB")
    print(f"all caches of results {sum(each[0] for each in rows):.0f} MiB", end="")
    print(f", full {sum(each[1] for each in rows):.0f} MiB")
    for name, recent in (("decoded", DECODED), ("features", KEPT_FEATURES)):
        used, most = recent.used_bytes / _MIB, recent.most_bytes / _MIB
        print(f"{name} {used:.0f} of {most:.0f} MiB", end=", ")
    print(f"coarsened {COARSENED._bytes() / _MIB:.0f} of {COARSENED.most_bytes / _MIB:.0f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--views", type=int, default=9)
    asked = parser.parse_args()
    print(describe())
    os.environ |= {"SEAICE_DATA": str(HOME / "data"), "SEAICE_MODELS": str(HOME / "models")}
    DECODED.most_bytes = server._DECODED_BYTES
    COARSENED.most_bytes = server._COARSENED_BYTES
    KEPT_FEATURES.most_bytes = server._FEATURES_BYTES
    for view in few_views(all_views(HOME / "data", HOME / "models"))[: asked.views]:
        visit(view)
    report()
    print(f"this process {psutil.Process().memory_info().rss / _MIB:.0f} MiB")


if __name__ == "__main__":
    main()
