"""Checkpoints that a person may hand over by mistake, at the command line and on the pages.

Either it is refused in one sentence that names the file, or it is used with a word of warning;
never a traceback, never a half-written file, and the good files beside it stay usable.
"""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from seaice.network.checkpoint import load_checkpoint
from seaice.network.checkpoint_format import FORMAT_VERSION
from seaice.network.checkpoint_info import read_info


def damaged(path: Path, good: Path) -> None:
    path.write_bytes(good.read_bytes()[:500])


def foreign(path: Path, good: Path) -> None:
    save_file({"weight": np.zeros(3, np.float32)}, path)


def newer(path: Path, good: Path) -> None:
    checkpoint = load_checkpoint(good)
    text = checkpoint.info.to_json().replace(
        f'"format_version": {FORMAT_VERSION}', f'"format_version": {FORMAT_VERSION + 1}'
    )
    weights = {name: t.numpy() for name, t in checkpoint.network.state_dict().items()}
    save_file(weights, path, metadata={"seaice": text})


def other_weights(path: Path, good: Path) -> None:
    save_file(
        {"weight": np.zeros(3, np.float32)},
        path,
        metadata={"seaice": read_info(good).to_json()},
    )


def not_finite_weights(path: Path, good: Path) -> None:
    checkpoint = load_checkpoint(good)
    weights = {name: t.numpy().copy() for name, t in checkpoint.network.state_dict().items()}
    next(w for w in weights.values() if w.ndim == 4)[0] = np.nan
    save_file(weights, path, metadata={"seaice": checkpoint.info.to_json()})


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (not_finite_weights, "not finite"),
        (damaged, "is damaged"),
        (foreign, "was not written by seaice"),
        (newer, f"format version {FORMAT_VERSION + 1}"),
        (other_weights, "weights that do not fit"),
    ],
)
def test_a_bad_checkpoint_is_named_and_the_good_one_used(
    seaice, folders, tmp_path, spoil, words, page, said
):
    data, models = folders
    bad = models / "sar+amsr2-18-36_1-2-3_seed0.safetensors"
    good = models / "sar+amsr2-18-36_6-12-18_seed0.safetensors"
    content = tmp_path / "bad"
    spoil(content, bad)
    content.replace(bad)
    status, _, lines = seaice("evaluate", bad, "--data", data)
    assert (status, len(lines)) == (2, 1)
    assert bad.name in lines[0]
    assert words in lines[0]
    status, _, _ = seaice("evaluate", good, "--data", data)
    assert status == 0
    app = page()
    assert not app.error
    assert words in said(app)
    assert bad.name in said(app)
    assert list(app.table[0].value.columns) == [
        "Rates 6-12-18 · 19-58 km",
        "All water",
        "Meaning",
    ]
