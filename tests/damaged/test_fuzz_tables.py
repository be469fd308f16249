"""Tables, curves, lists, plans and references from elsewhere: read, or refused in one sentence."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seaice.ai4arctic.charts import CHART, CHARTS
from seaice.experiment.context_files import read_curve, write_curve
from seaice.experiment.context_summary import COLUMNS, ContextCurve
from seaice.experiment.evaluated import EvaluatedSweep
from seaice.experiment.results import SweepResults
from seaice.experiment.sweep.folder import list_sweeps, planned, sweep_folder, write_sweep
from seaice.experiment.sweep.plan_values import plan_of
from seaice.experiment.sweep.progress import standings
from seaice.experiment.table import SCHEMA, frame_of, write_table
from seaice.scenes.catalogue import read_catalogue
from seaice.scenes.catalogue.splits import select

sys.path.insert(0, str(Path(__file__).resolve().parent))
from damage_bytes import bounded, mutated, require_read_or_said
from test_fuzz import changed

pytestmark = pytest.mark.slow

NUMBERS = dict.fromkeys(("sic_squared_error", "sic_absolute_error", "sic_error"), 0.0)


def counts(chart: str) -> dict[str, object]:
    size = CHART[chart].n_classes ** 2
    return {"chart": chart, "pixels": size, "confusion": np.ones(size, int)}


@st.composite
def mutated_parquet(draw: st.DrawFn, content: bytes) -> bytes:
    """Such a file describes itself at its end."""
    if draw(st.booleans()):
        return draw(mutated(content))
    return draw(mutated(content[::-1]))[::-1]


@bounded
@given(data=st.data())
def test_an_evaluation_table(tmp_path: Path, data: st.DataObject):
    path = tmp_path / "scores.parquet"
    texts = dict.fromkeys(SCHEMA.names, "a") | {"stratum": "all", "reference": "chart"}
    own = {"kind": "network", "seed": 0, "month": 3, "field_km": 9.0, "simulated": False}
    own |= {"width": 32, "output_stride": 4, "spacing_m": 400.0}
    rows = [texts | own | NUMBERS | counts(chart) | {"rates": r} for chart in CHARTS for r in "ab"]
    write_table(path, frame_of(rows))
    path.write_bytes(data.draw(mutated_parquet(path.read_bytes())))
    folder = EvaluatedSweep("x", tmp_path, path)
    require_read_or_said(lambda: SweepResults.read(folder)[0].finding("combined", "chart"))


@bounded
@given(data=st.data())
def test_a_context_curve(tmp_path: Path, data: st.DataObject):
    path = tmp_path / "curve.parquet"
    texts = dict.fromkeys(COLUMNS, "a") | {"group": "all", "stratum": "all", "shuffle": 0}
    frame = pd.DataFrame(
        [
            texts | NUMBERS | counts("SOD") | {"kind": kind, "r_km": 0.0 if kind == "whole" else 2}
            for kind in ("whole", "untouched", "replaced")
        ]
    )
    write_curve(path, ContextCurve(frame, "a", "ab", "x", (2.0,), ("all",), 9.0, 400.0, 1, 0))
    path.write_bytes(data.draw(mutated_parquet(path.read_bytes())))
    require_read_or_said(lambda: read_curve(path).points(task="SOD"))


@bounded
@given(data=st.data())
def test_a_list_of_scenes(make_scene, tmp_path: Path, data: st.DataObject):
    folder, path = tmp_path / "scenes", tmp_path / "list"
    if not folder.exists():
        make_scene(40, 48, folder=folder)
    scenes = read_catalogue(folder).scenes
    name = scenes[0].path.name
    table = f"split;name\ntrain;{name}\ntest;other\n"
    texts = [json.dumps([name]), json.dumps({"train": [name], "test": []}), name, table]
    content = data.draw(st.sampled_from(texts))
    encoded = content.encode(data.draw(st.sampled_from(["utf-8", "utf-16", "utf-8-sig"])))
    path.write_bytes(data.draw(mutated(encoded)))
    require_read_or_said(
        lambda: select(scenes, path, data.draw(st.sampled_from(["train", "test"])))
    )


@bounded
@given(data=st.data())
def test_a_sweep(tmp_path: Path, data: st.DataObject):
    folder = sweep_folder(tmp_path, "mine")
    folder.file.unlink(missing_ok=True)
    values = {"rates": ["none", "1-2-3"], "channels": ["sar"], "settings": {"data": "data"}}
    write_sweep(planned(folder, plan_of(values, "a test")))
    document = data.draw(changed(json.loads(folder.file.read_text())))
    folder.file.write_bytes(json.dumps(document).encode("utf-8", "surrogatepass"))
    if data.draw(st.booleans()):
        folder.file.write_bytes(data.draw(mutated(folder.file.read_bytes())))
    for sweep in list_sweeps(tmp_path)[0]:
        standings(sweep)


@bounded
@given(data=st.data())
def test_a_reference(make_scene, tmp_path: Path, data: st.DataObject):
    """Whatever it is, its scene stays."""
    folder = tmp_path / "scenes"
    whole = tmp_path / "whole"
    if not whole.exists():
        make_scene(40, 48, folder=folder).rename(whole)
        make_scene(40, 48, folder=folder, without=CHARTS)
    reference = folder / "20180325T194759_dmi_prep_reference.nc"
    reference.write_bytes(data.draw(mutated(whole.read_bytes())))
    assert len(read_catalogue(folder).scenes) == 1
