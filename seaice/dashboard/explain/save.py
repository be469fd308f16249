"""What Explain shows as files: tables and maps."""

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from seaice.ai4arctic.charts import ChartName
from seaice.core.errors import SeaIceError
from seaice.dashboard import cached
from seaice.dashboard.cache_keys import cached as kept
from seaice.dashboard.figure_config import safe
from seaice.dashboard.text import plain
from seaice.explain.csv_rows import csv_text
from seaice.explain.map_files import MapLayer, network_facts, write_maps
from seaice.network.checkpoint_files import CheckpointFile
from seaice.results.export import geotiff_problem
from seaice.results.export.table import inert
from seaice.scenes.scene import Scene

_COMMAND = "seaice app"
Row = Mapping[str, Any]


def facts_of(file: CheckpointFile) -> dict[str, Any]:
    """What a table or a map says about the checkpoint that it tells of."""
    return network_facts(file.path, cached.sha256(file), file.info)


def save_buttons(
    scene: Scene,
    chart: ChartName,
    name: str,
    rows: Callable[[], Iterable[Row]] | None,
    layers: Callable[[], Sequence[MapLayer]] | None = None,
    settings: Mapping[str, Any] | None = None,
    images: Callable[[Path, Mapping[str, Any], str], None] | None = None,
) -> None:
    """Draw the popover with the files of a question.

    Args:
        scene: The scene.
        chart: The task.
        name: The question, as part of the files' names.
        rows: Gives the rows of the table; None for no table.
        layers: Gives the maps; None for no map.
        settings: What they were computed with.
        images: Writes images that have no place on the ground to a NetCDF file, with settings and
            the command; None for none.
    """
    whole = {"chart": chart, "question": name, **(settings or {})}
    stem = f"{safe(scene.id)}_{name}_{chart}"
    with st.popover("Save", icon=":material/download:"):
        if rows is not None:
            _button("Table (CSV)", f"{stem}.csv", "text/csv", partial(_table, scene, rows, whole))
        if images is not None:
            content = partial(_written, ".nc", lambda path: images(path, whole, _COMMAND))
            _button("Images (NetCDF)", f"{stem}.nc", "application/x-netcdf", content)
        if layers is not None:
            mimes = {".nc": "application/x-netcdf", ".tif": "image/tiff"}
            problem = _geotiff_problem(scene)
            for label, suffix in (("Maps (NetCDF)", ".nc"), ("Maps (GeoTIFF)", ".tif")):
                if suffix == ".tif" and problem:
                    st.caption(f"No GeoTIFF: {plain(problem)}")
                    continue
                content = partial(_maps, scene, layers, suffix, whole)
                _button(label, f"{stem}{suffix}", mimes[suffix], content)
        st.caption("The camera above each figure saves it as a PNG.")


def _table(scene: Scene, rows: Callable[[], Iterable[Row]], settings: Mapping[str, Any]) -> str:
    texts = {name: str(value) for name, value in settings.items()}
    return table(({**texts, **row} for row in rows()), scene)


def table(rows: Iterable[Row], scene: Scene) -> str:
    """Rows as a CSV table, each with its scene; texts that a spreadsheet would run are quoted."""
    found = [{"scene": scene.id, **row} for row in rows]
    columns = list(dict.fromkeys(name for row in found for name in row))
    return csv_text(
        [{name: inert(row.get(name, "")) for name in columns} for row in found]
        or [{"scene": inert(scene.id)}]
    )


def map_content(
    scene: Scene, layers: Sequence[MapLayer], suffix: str, settings: Mapping[str, Any]
) -> bytes:
    """The content of a file of maps."""
    return _written(suffix, lambda path: write_maps(path, scene, layers, settings, _COMMAND))


def _written(suffix: str, write: Callable[[Path], None]) -> bytes:
    """The content of a file, which is written for it and removed again."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"maps{suffix}"
        write(path)
        return path.read_bytes()


def _maps(
    scene: Scene,
    layers: Callable[[], Sequence[MapLayer]],
    suffix: str,
    settings: Mapping[str, Any],
) -> bytes:
    return map_content(scene, layers(), suffix, settings)


def _button(label: str, name: str, mime: str, content: Callable[[], str | bytes]) -> None:
    st.download_button(
        label,
        content,
        file_name=name,
        mime=mime,
        key=f"save_{name}",
        on_click="ignore",
        width="stretch",
    )


@kept(max_entries=100)
def _geotiff_problem(scene: Scene) -> str:
    try:
        return geotiff_problem(scene)
    except SeaIceError as error:
        return str(error)
