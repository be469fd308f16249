"""The process that opens files which were never opened before; see `catalogue.sandbox`.

Run: python -m seaice.scenes.catalogue.sandbox_process
It reads one JSON request a line from standard input and prints one JSON reply a line.
"""

import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

_MOST_BYTES = 1_000_000_000
"""Memory beyond what the libraries take; names and attributes of a good file need some MB."""
_MOST_CPU_S = 20
"""Processor time for one request; the parent process kills this one earlier."""
_IDLE_S = 60
"""Without a request for so long, the process ends. The next request starts another one."""


def main() -> None:
    """Reply to requests until there are no more."""
    # Keeps what a library prints out of the replies.
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    # A terminal sends Ctrl-C to this process, too. The parent process ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The imports take longest: the first reply says that they are done.
    import xarray

    import seaice.scenes.catalogue.index  # noqa: F401

    # Or the first file would take the time in which xarray imports its engines.
    xarray.backends.list_engines()
    _limit_memory()
    print("{}", file=replies, flush=True)
    signal.alarm(_IDLE_S)
    for line in sys.stdin:
        signal.alarm(0)
        _limit_cpu()
        print(json.dumps(_reply(json.loads(line))), file=replies, flush=True)
        signal.alarm(_IDLE_S)


def _reply(request: dict[str, Any]) -> dict[str, Any]:
    """What a file holds, or what is wrong with it."""
    from seaice.ai4arctic.names import is_reference
    from seaice.core.errors import ResultFileError, SceneError
    from seaice.scenes.catalogue.index import to_json
    from seaice.scenes.catalogue.opening import inspect_in_process, reference_charts

    os.environ["SEAICE_CACHE"] = request["cache"]
    path = Path(request["path"])
    try:
        # A relative path stays as it is: messages name the file as the user does.
        os.chdir(request["folder"])
        if is_reference(path.name):
            return {"reference": reference_charts(path)}
        return {"scene": to_json(inspect_in_process(path, reference=request["reference"]))}
    except ResultFileError as error:
        return {"result": str(error.path)}
    except SceneError as error:
        return {"path": str(error.path), "problem": error.problem, "remedy": error.remedy}
    except OSError as error:
        return {"path": str(path), "problem": f"cannot be reached ({error.strerror})"}
    except MemoryError:
        return {"path": str(path), "problem": "claims more than any scene holds"}


def _limit_cpu() -> None:
    """End an endless loop even where the parent process has been killed."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + _MOST_CPU_S
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def _limit_memory() -> None:
    """Make a hostile file's claims fail here, before the machine runs out of memory."""
    statm = Path("/proc/self/statm")
    if not os.path.exists(statm):
        # Not Linux.
        return
    used = int(statm.read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + _MOST_BYTES, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
