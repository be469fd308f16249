"""Check files before a commit: size, white space, and whether YAML, TOML and JSON can be parsed.

Run: python tools/check_files.py FILE...

Prints one line for each problem and ends with 1 if there is one. The caller leaves out what may be
large: the shipped scenes and checkpoints.
"""

import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import yaml

MAX_KB = 800
"""Above the largest screenshot, below a scene."""
_TEXT = {".cff", ".css", ".js", ".json", ".md", ".py", ".toml", ".txt", ".yaml", ".yml"}


def problems(path: Path) -> Iterator[str]:
    """What is wrong with a file, one sentence each."""
    size_kb = path.stat().st_size / 1024
    if size_kb > MAX_KB:
        yield f"has {size_kb:.0f} kB, more than {MAX_KB}. Keep large files out of the repository"
        return
    if path.suffix not in _TEXT:
        return
    text = path.read_text(encoding="utf-8")
    if text and (not text.endswith("\n") or text.endswith("\n\n")):
        yield "does not end with exactly one newline"
    for number, line in enumerate(text.splitlines(), 1):
        if line != line.rstrip():
            yield f"line {number} ends with white space"
    yield from _unparsed(path, text)


def _unparsed(path: Path, text: str) -> Iterator[str]:
    """Why a file of data cannot be parsed."""
    try:
        if path.suffix in {".yaml", ".yml", ".cff"}:
            yaml.safe_load(text)
        elif path.suffix == ".toml":
            tomllib.loads(text)
        elif path.suffix == ".json":
            json.loads(text)
    except (yaml.YAMLError, ValueError) as error:
        yield f"cannot be parsed: {' '.join(str(error).split())}"


def main() -> int:
    """Check the files of the command line; 1 if there is a problem."""
    count = 0
    for name in sys.argv[1:]:
        for problem in problems(Path(name)):
            print(f"{name}: {problem}")
            count += 1
    return int(count > 0)


if __name__ == "__main__":
    sys.exit(main())
