"""The evaluation table: sums from which any pooling follows, without predicting again.

One Parquet file. A row is one network or baseline on one scene, one chart, one part of its pixels
(a stratum), against the chart or the truth. Rows of one stratum add up.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from seaice.ai4arctic.charts import CHART, CHARTS
from seaice.core.errors import TableError
from seaice.core.files import atomic_write
from seaice.results.scoring import ScoreSums

TABLE_NAME = "scores.parquet"
"""The table's name in the folder of the checkpoints, or of the sweep, that it is about."""

FORMAT_VERSION = 2
"""Version of the table that this software writes; it reads older ones too."""
_VERSION_KEY = b"seaice_format_version"

SETTINGS = ("encoder", "width", "output_stride", "spacing_m")
"""Columns that tell networks of the same channels, rates and seed apart; since version 2."""

SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("kind", pa.string()),
        ("channel_set", pa.string()),
        ("rates", pa.string()),
        ("field_km", pa.float64()),
        ("seed", pa.int64()),
        ("encoder", pa.string()),
        ("width", pa.int64()),
        ("output_stride", pa.int64()),
        ("spacing_m", pa.float64()),
        ("sha256", pa.string()),
        ("scene", pa.string()),
        ("region", pa.string()),
        ("season", pa.string()),
        ("month", pa.int64()),
        ("service", pa.string()),
        ("simulated", pa.bool_()),
        ("reference", pa.string()),
        ("chart", pa.string()),
        ("stratum", pa.string()),
        ("value", pa.string()),
        ("pixels", pa.int64()),
        ("confusion", pa.list_(pa.int64())),
        ("sic_squared_error", pa.float64()),
        ("sic_absolute_error", pa.float64()),
        ("sic_error", pa.float64()),
    ],
    metadata={_VERSION_KEY: str(FORMAT_VERSION).encode()},
)
"""Columns. `source` is the file name of a checkpoint or the label of a baseline; `field_km` the
theoretical receptive field, NaN for baselines; `seed` is null for baselines; `encoder` to
`spacing_m` say how a network is built, and are empty for baselines and where version 1 did not
record them; `month` is null where the time is unknown; `confusion` counts pixels row by row, the
row the reference's class."""

_NULLABLE = ("seed", "width", "output_stride", "month")
_SUMS = ("sic_squared_error", "sic_absolute_error", "sic_error")
_COUNTS = "confusion.list.element"
_COMPACT = {
    "compression": "zstd",
    "use_dictionary": [name for name in SCHEMA.names if name != "confusion"],
    "column_encoding": {_COUNTS: "BYTE_STREAM_SPLIT"},
}
"""Counts are nine tenths of a table. Few repeat, but most of their upper bytes are 0: split into
bytes, they take a sixth less."""
_ORDER = [
    (name, "ascending")
    for name in ("reference", "chart", "scene", "value", "kind", "channel_set", "rates", "seed")
]
"""Of rows beside each other, networks that differ little count the same pixels: a table is a
fifteenth smaller."""
_LEVEL, _PACKED_LEVEL = 6, 19
"""Of the compression. The second takes ten times as long for a file that is a twentieth smaller."""
_READ_AGAIN = "Evaluate again, which writes a new one."
_ANY: Mapping[str, str | bool | int] = MappingProxyType({})


def write_table(path: Path, frame: pd.DataFrame) -> None:
    """Write a table, whole or not at all. An existing one is replaced.

    Args:
        path: The file.
        frame: Rows with the columns of `SCHEMA`. The file has an order of its own.

    Raises:
        OutputError: The folder is not writable, or the disk is full.
    """
    _write(path, _to_arrow(frame))


def append_table(path: Path, frame: pd.DataFrame) -> None:
    """Add rows to a table; a file that does not exist is begun.

    Raises:
        TableError: The file is no table of this version. It stays as it is.
        OutputError: The folder is not writable, or the disk is full. The table stays as it was.
    """
    rows = _to_arrow(frame)
    _write(path, pa.concat_tables([_read(path), rows]) if os.path.exists(path) else rows)


def pack_table(path: Path) -> None:
    """Write a table again with as little room as it needs; appending to it undoes that.

    Raises:
        TableError, OutputError: See `append_table`.
    """
    _write(path, _read(path), _PACKED_LEVEL)


def read_table(path: Path, **equal: str | bool | int) -> pd.DataFrame:
    """Read a table.

    Args:
        path: The file.
        equal: Read only rows whose columns equal these values, such as `stratum="all"`. A table of
            24 networks and 60 scenes has 150,000 rows.

    Returns:
        Rows with the columns of `SCHEMA`; seed and month as Int64, each confusion matrix a flat
        int64 array.

    Raises:
        TableError: The file is missing, damaged, or a table of another version.
    """
    frame: pd.DataFrame = _read(path, equal=equal).to_pandas()
    return frame.astype(dict.fromkeys(_NULLABLE, "Int64"))


def record_settings(path: Path, of_network: Mapping[str, Mapping[str, Any]]) -> None:
    """Fill in how networks are built, where a table of version 1 did not record it.

    Args:
        path: The file; nothing is done if it does not exist.
        of_network: The `SETTINGS` of networks by the hash of their checkpoint.

    Raises:
        TableError, OutputError: See `append_table`.
    """
    if not os.path.exists(path):
        return
    columns = _read(path, ["sha256", "encoder"]).to_pydict()
    pairs = list(zip(columns["sha256"], columns["encoder"], strict=True))
    lacks = [not encoder and sha256 in of_network for sha256, encoder in pairs]
    if not any(lacks):
        return
    table = _read(path)
    for name in SETTINGS:
        found = [
            of_network[sha256][name] if lacking else known
            for (sha256, _), lacking, known in zip(
                pairs, lacks, table[name].to_pylist(), strict=True
            )
        ]
        field = SCHEMA.field(name)
        values = pa.array(found, field.type, from_pandas=True)
        table = table.set_column(SCHEMA.get_field_index(name), field, values)
    _write(path, table)


def known_predictions(path: Path) -> set[tuple[str, str]]:
    """Hash of the checkpoint and id of the scene of all that a table holds; empty if no file.

    Raises:
        TableError: See `read_table`.
    """
    if not os.path.exists(path):
        return set()
    columns = _read(path, ["sha256", "scene"]).to_pydict()
    return set(zip(columns["sha256"], columns["scene"], strict=True))


def pooled_sums(frame: pd.DataFrame) -> ScoreSums:
    """Sums over all rows, which must be of one stratum and one reference: others would count twice.

    >>> pooled_sums(pd.DataFrame(columns=SCHEMA.names)).scores().combined.value is None
    True
    """
    total = ScoreSums()
    for name in CHARTS:
        rows = frame[frame["chart"] == name]
        if len(rows):
            n = CHART[name].n_classes
            counts = np.sum(np.stack(rows["confusion"].to_list()), axis=0)
            total.confusion[name][...] = counts.reshape(n, n)
    for sum_name in _SUMS:
        setattr(total, sum_name, float(frame[sum_name].sum()))
    return total


def frame_of(rows: list[Mapping[str, Any]]) -> pd.DataFrame:
    """A frame with the columns of `SCHEMA`, also of no rows."""
    frame = pd.DataFrame(rows, columns=SCHEMA.names).fillna({"encoder": ""})
    return frame.astype(dict.fromkeys(_NULLABLE, "Int64"))


def _to_arrow(frame: pd.DataFrame) -> Any:  # noqa: ANN401 - pyarrow has no types
    return pa.Table.from_pandas(
        frame[SCHEMA.names], schema=SCHEMA, preserve_index=False
    ).replace_schema_metadata(SCHEMA.metadata)


def _write(path: Path, table: Any, level: int = _LEVEL) -> None:  # noqa: ANN401
    """Write the rows in order, those of each stratum by themselves, so that they are read alone."""
    with (
        atomic_write(path, pa.ArrowException) as temporary,
        pq.ParquetWriter(temporary, table.schema, compression_level=level, **_COMPACT) as writer,
    ):
        for stratum in pc.unique(table["stratum"]):
            rows = table.filter(pc.equal(table["stratum"], stratum))
            writer.write_table(rows.sort_by(_ORDER))


def _read(
    path: Path, columns: list[str] | None = None, equal: Mapping[str, str | bool | int] = _ANY
) -> Any:  # noqa: ANN401
    if not os.path.isfile(path):
        raise TableError(path, "is not there", "Write it with `seaice evaluate-all`.")
    try:
        version = _version(path, pq.read_schema(path).metadata or {})
        wanted_rows = [(name, "==", value) for name, value in equal.items()] or None
        # Parts of the file whose statistics exclude the values are not read at all.
        stored = columns and [name for name in columns if version > 1 or name not in SETTINGS]
        table = pq.read_table(path, columns=stored, filters=wanted_rows, partitioning=None)
        if version == 1:
            table = _with_settings(table, columns or SCHEMA.names)
        # Text in another encoding would only be found where it is used.
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, TableError):
            raise
        raise TableError(path, "is damaged or no evaluation table", _READ_AGAIN) from error
    wanted = columns or SCHEMA.names
    fields = [SCHEMA.field(name) for name in wanted]
    if table.schema.names != wanted or [each.type for each in table.schema] != [
        each.type for each in fields
    ]:
        raise TableError(path, "does not have the columns of an evaluation table", _READ_AGAIN)
    if not all(_is_complete(table, each) for each in fields) or not _has_counts(table):
        raise TableError(path, "holds values that no evaluation table has", _READ_AGAIN)
    return table


def _with_settings(table: Any, wanted: list[str]) -> Any:  # noqa: ANN401
    """A table of version 1 in the form of version 2, which does not know its networks' settings."""
    for name in SETTINGS:
        if name in wanted:
            field = SCHEMA.field(name)
            empty = "" if field.type == pa.string() else None
            table = table.append_column(field, pa.array([empty] * len(table), field.type))
    if sorted(table.schema.names) == sorted(wanted):
        table = table.select(wanted)
    return table.replace_schema_metadata(SCHEMA.metadata)


def _is_complete(table: Any, field: Any) -> bool:  # noqa: ANN401
    """Whether a column has a value in each row; pandas writes NaN as none."""
    may_be_none = field.name in _NULLABLE or pa.types.is_floating(field.type)
    return may_be_none or table[field.name].null_count == 0


def _has_counts(table: Any) -> bool:  # noqa: ANN401
    """Whether each row counts the pixels of all classes of its chart; true without counts."""
    if "confusion" not in table.column_names or not table.num_rows:
        return True
    size = pa.scalar(None, pa.int64())
    for name in CHARTS:
        size = pc.if_else(pc.equal(table["chart"], name), CHART[name].n_classes ** 2, size)
    counts = pc.list_flatten(table["confusion"])
    whole = pc.all(pc.equal(pc.list_value_length(table["confusion"]), size), skip_nulls=False)
    least = pc.min(counts).as_py()
    return whole.as_py() is True and counts.null_count == 0 and (least is None or least >= 0)


def _version(path: Path, metadata: Mapping[bytes, bytes]) -> int:
    version = metadata.get(_VERSION_KEY)
    if version is None:
        raise TableError(path, "is no evaluation table", "Name another file.")
    known = {str(number).encode(): number for number in range(1, FORMAT_VERSION + 1)}
    if version not in known:
        shown = version.decode("utf-8", "replace")[:20]
        raise TableError(
            path,
            f"is an evaluation table of version {shown}, and this version of seaice reads versions "
            f"1 to {FORMAT_VERSION}",
            "Update seaice, or evaluate again into another file.",
        )
    return known[version]
