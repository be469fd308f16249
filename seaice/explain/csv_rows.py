"""Explanations as tidy tables for other programs: a row a value, with where it came from."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from seaice.core.files import atomic_write
from seaice.explain.paths import require_csv
from seaice.network.checkpoint import Checkpoint
from seaice.results.export.provenance import checkpoint_facts

Row = Mapping[str, Any]


def csv_text(rows: Sequence[Row]) -> str:
    """Rows as comma-separated values.

    Args:
        rows: At least one; all with the same names.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write_table(path: Path, rows: Sequence[Row], checkpoint: Checkpoint, command: str) -> None:
    """Write rows, each with its checkpoint and the command. An existing file is replaced.

    Raises:
        ConfigError: The file does not end in .csv.
        OutputError: The folder is not writable, or the disk is full.
    """
    require_csv(path)
    facts = checkpoint_facts(checkpoint.path.name, checkpoint.sha256, checkpoint.info)
    whole = [{**row, **facts, "command": command} for row in rows]
    with atomic_write(path) as temporary:
        temporary.write_text(csv_text(whole), encoding="utf-8")
