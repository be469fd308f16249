"""`seaice import-authors` as a user runs it."""

import json
from collections.abc import Callable
from pathlib import Path

import netCDF4
import pytest
import torch

from seaice.network.checkpoint_files import file_sha256
from seaice.network.import_authors import CONFIG, DEFAULT_NAME
from seaice.network.network import SeaIceNet
from seaice.network.training_range import UNKNOWN_RANGE

Run = Callable[..., tuple[int, str, list[str]]]


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> Path:
    """A file of the authors' names and shapes; of each tensor one value is stored."""
    with torch.device("meta"):
        ours = SeaIceNet(CONFIG).state_dict()
    state = {}
    for name, value in ours.items():
        for chart in ("SIC", "SOD", "FLOE"):
            name = name.replace(f"decoders.{chart}.", f"module.{chart.lower()}_decoder.")
        name = name if name.startswith("module.") else f"module.{name}"
        mask_class = name.startswith(("module.sod_decoder.4.", "module.floe_decoder.4."))
        shape = (value.shape[0] + mask_class, *value.shape[1:]) if value.shape else ()
        state[name] = torch.full((), 1e-3).to(value.dtype).expand(shape)
    path = tmp_path_factory.mktemp("weights") / "authors.ckpt"
    torch.save({"model_state_dict": state}, path)
    return path


def test_an_imported_checkpoint_is_one_as_any_other(
    seaice: Run, weights: Path, make_scene, tmp_path: Path
):
    """Listed, and computed with: on a scene of its own 80 m, and on a coarser one, with a word."""
    models, out = tmp_path / "models", tmp_path / "out"
    status, answer, lines = seaice("import-authors", weights, models, "--json")
    assert (status, lines) == (0, [])
    facts = json.loads(answer)
    path = models / f"{DEFAULT_NAME}.safetensors"
    assert facts["checkpoint"] == str(path)
    assert facts["sha256"] == file_sha256(path)
    assert facts["training"]["file_sha256"] == file_sha256(weights)

    status, answer, _ = seaice("checkpoints", "--models", models)
    assert (status, answer.strip()) == (
        0,
        f"{path}  rates 12-24-36 · 15-46 km  channels autoice18  cells of 1.28 km (16 x 80 m)",
    )

    fine = make_scene(64, 70, 80, name="20180325T194759_dmi_prep.nc")
    coarse = make_scene(16, 20, 400, name="20180326T194759_dmi_prep.nc")
    status, answer, lines = seaice("predict", path, fine, coarse, "--out", out)
    assert status == 0
    # What is to be said of each scene, then once for all.
    line, known = (line for line in lines if not line.startswith("scene "))
    assert known == UNKNOWN_RANGE
    assert line.startswith("20180326T194759_dmi: The scene's pixels of 400 m are coarser than")
    for file, shape in zip(answer.split(), [(64, 70), (16, 20)], strict=True):
        with netCDF4.Dataset(file) as prediction:
            assert prediction["SOD"].shape == shape
            assert prediction.channel_set == "autoice18"


def test_what_cannot_be_imported_is_one_sentence(seaice: Run, weights: Path, tmp_path: Path):
    taken = tmp_path / "x.safetensors"
    taken.write_text("mine")
    bad = tmp_path / "bad.ckpt"
    torch.save({"state_dict": {}}, bad)
    for arguments, words in (
        ((weights, taken), "already exists"),
        ((bad, tmp_path), "has no entry model_state_dict"),
        ((tmp_path / "gone.ckpt", tmp_path), "is not there"),
        ((weights,), "Missing argument 'OUT'"),
    ):
        status, answer, lines = seaice("import-authors", *arguments)
        assert (status, answer, len(lines)) == (2, "", 1)
        assert words in lines[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.ckpt", "x.safetensors"]
