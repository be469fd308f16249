"""The process that opens files which nobody has opened before; see `seaice.scenes.catalogue.guard`.

Run: python -m seaice.scenes.catalogue.reader
One JSON line a question on standard input, one JSON line an answer on standard output.
"""

import json
import os
import resource
import signal
import sys
from pathlib import Path

_MOST_BYTES = 1_000_000_000
"""Of memory beyond what the libraries take; names and attributes of a good file need some MB."""
_MOST_CPU_S = 20
"""For one question; whoever asks ends this process earlier."""
_IDLE_S = 60
"""Without a question for so long it ends; the next question starts another one."""


def main() -> None:
    """Answer questions until there are no more."""
    # What a library prints must not stand among the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    # A terminal sends Ctrl-C to this process, too; it ends with the one that asks.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from seaice.ai4arctic.names import is_reference
    from seaice.core.errors import SceneError
    from seaice.scenes.catalogue.entries import to_json
    from seaice.scenes.catalogue.opening import look_at, reference_charts

    _limit_memory()
    print("{}", file=answers, flush=True)
    signal.alarm(_IDLE_S)
    for line in sys.stdin:
        signal.alarm(0)
        _limit_cpu()
        question = json.loads(line)
        os.environ["SEAICE_CACHE"] = question["cache"]
        path = Path(question["path"])
        try:
            # As whoever asks names the file, so it is called in the answer.
            os.chdir(question["folder"])
            if is_reference(path.name):
                answer = {"reference": reference_charts(path)}
            else:
                answer = {"scene": to_json(look_at(path, reference=question["reference"]))}
        except SceneError as error:
            answer = {"path": str(error.path), "problem": error.problem, "remedy": error.remedy}
        except OSError as error:
            answer = {"path": str(path), "problem": f"cannot be reached ({error.strerror})"}
        except MemoryError:
            answer = {"path": str(path), "problem": "claims more than any scene holds"}
        print(json.dumps(answer), file=answers, flush=True)
        signal.alarm(_IDLE_S)


def _limit_cpu() -> None:
    """Have a loop without end come to one, also where whoever asked has been killed."""
    taken = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(taken.ru_utime + taken.ru_stime) + _MOST_CPU_S
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def _limit_memory() -> None:
    """Have what a hostile file claims fail here, before the machine runs out."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        # Not Linux.
        return
    taken = int(statm.read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + _MOST_BYTES, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
