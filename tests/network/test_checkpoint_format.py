"""Checkpoints of today's and of other formats."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from seaice.core.errors import CheckpointError
from seaice.network import checkpoint_format
from seaice.network.checkpoint import load_checkpoint
from seaice.network.checkpoint_format import FORMAT_VERSION
from seaice.network.checkpoint_info import CheckpointInfo, read_info

DATA = Path(__file__).parent / "data"


def rewrite(path: Path, **changes: object) -> None:
    """Change metadata of a checkpoint; None removes an entry."""
    values = json.loads(read_info(path).to_json()) | changes
    kept = {name: value for name, value in values.items() if value is not None}
    save_file(load_file(path), path, metadata={"seaice": json.dumps(kept)})


@pytest.mark.parametrize("version", range(1, FORMAT_VERSION + 1))
def test_a_file_of_each_format_gives_the_outputs_it_gave(version: int, tmp_path: Path):
    """`data/README.md` says how the files were made."""
    path = tmp_path / "kept.safetensors"
    path.write_bytes(gzip.decompress((DATA / f"checkpoint-{version}.safetensors.gz").read_bytes()))
    checkpoint = load_checkpoint(path)
    assert checkpoint.info.format_version == FORMAT_VERSION
    assert (checkpoint.info.rates, checkpoint.info.channel_set) == ((1, 2), "sar")
    assert checkpoint.info.scores == {"combined": {"value": 12.5}}
    # Version 1 had no statistics.
    statistics = checkpoint.info.statistics
    assert {name: each.scenes["ice"] for name, each in statistics.items()} == (
        {"nersc_sar_primary": (-18.5, -12.25, 9)} if version > 1 else {}
    )
    assert checkpoint.info.temperature("SOD") == (1.25 if version > 2 else 1)
    lines, samples = np.meshgrid(np.arange(64), np.arange(96), indexing="ij")
    inputs = np.stack([np.sin(lines / 5), np.cos(samples / 7), (lines - samples) / 64])
    with torch.no_grad():
        outputs = checkpoint.network(torch.from_numpy(inputs.astype(np.float32))[None])
    with np.load(DATA / f"checkpoint-{version}-outputs.npz") as expected:
        assert set(expected) == set(outputs)
        for chart, values in expected.items():
            assert values.std() > 1
            np.testing.assert_allclose(outputs[chart][..., ::8, ::8], values, rtol=1e-3, atol=1e-3)


def test_an_older_file_is_upgraded_step_by_step(make_checkpoint, monkeypatch):
    """Two made-up formats: the first called the spacing otherwise, the second in kilometres."""
    path = make_checkpoint(spacing_m=200)
    expected = read_info(path)

    def rename(old: dict) -> dict:
        return {"spacing_km": old["pixel_km"], **without(old, "pixel_km")}

    def in_metres(old: dict) -> dict:
        return {"spacing_m": 1000 * old["spacing_km"], **without(old, "spacing_km")}

    def without(old: dict, name: str) -> dict:
        return {key: value for key, value in old.items() if key != name}

    upgrades = {-1: rename, 0: in_metres, **checkpoint_format.UPGRADES}
    monkeypatch.setattr(checkpoint_format, "UPGRADES", upgrades)
    for version, name in ((-1, "pixel_km"), (0, "spacing_km")):
        rewrite(path, format_version=version, spacing_m=None, **{name: 0.2})
        assert read_info(path) == expected
        # Read, it is one of today's.
        assert CheckpointInfo.from_json(read_info(path).to_json()) == expected
    monkeypatch.undo()
    with pytest.raises(
        CheckpointError, match=r"has an unknown format version 0\. Train it again\."
    ):
        read_info(path)


@pytest.mark.parametrize(
    ("version", "words"),
    [
        (99, "has format version 99, and this version of seaice reads up to 3. Update seaice."),
        (None, "does not say its format version. Train it again."),
        (0, "has an unknown format version 0. Train it again."),
        (True, "has an unknown format version True. Train it again."),
        (1.0, "has an unknown format version 1.0. Train it again."),
        ("new", "has an unknown format version 'new'. Train it again."),
        ([1], "has an unknown format version [1]. Train it again."),
        ("x" * 999, f"has an unknown format version '{'x' * 39}. Train it again."),
    ],
)
def test_another_version_is_refused_in_a_sentence(make_checkpoint, version: object, words: str):
    path = make_checkpoint()
    # A newer format can have anything in it.
    rewrite(path, format_version=version, mood="good")
    for read in (read_info, load_checkpoint):
        with pytest.raises(CheckpointError) as refused:
            read(path)
        assert str(refused.value) == f"{path} {words}"


def test_the_metadata_are_read_without_torch(make_checkpoint, in_fresh_python):
    path = make_checkpoint()
    program = """if True:
        import sys
        from pathlib import Path
        from seaice.network.checkpoint_files import list_checkpoints
        (found,), _ = list_checkpoints(Path(sys.argv[1]))
        print(found.name, "torch" in sys.modules)
    """
    assert in_fresh_python(program, path.parent) == f"{path.stem} False"
