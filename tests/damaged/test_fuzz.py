"""What reads foreign bytes says one sentence or reads them, whatever is in them.

Files of scenes have tests of their own beside this one: their library needs a process that can be
killed.
"""

import json
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from seaice.baselines.baseline import load_baseline
from seaice.baselines.files import list_baselines
from seaice.network.checkpoint import load_checkpoint
from seaice.network.checkpoint_files import list_checkpoints
from seaice.network.checkpoint_info import read_info
from seaice.network.import_authors import network_of, read_state
from seaice.training.run_format import STATE_KEY, stamped
from seaice.training.runs.config_file import read_config
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.listing import facts, inspect_run
from seaice.training.state import load_state

sys.path.insert(0, str(Path(__file__).resolve().parent))
from damage_bytes import bounded, mutated, require_read_or_said

pytestmark = pytest.mark.slow

HOME = Path(__file__).resolve().parents[2]

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["sar", "none", "1e999", "\ud800", "../x", "HH", "-1"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def leaves(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all values in a JSON document, containers included."""
    inner = document.items() if isinstance(document, dict) else ()
    inner = enumerate(document) if isinstance(document, list) else inner
    return [path] + [each for key, value in inner for each in leaves(value, (*path, key))]


def with_value(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A JSON document with one value replaced; left out where the value is `...`."""
    if not path:
        return {} if value is ... else value
    copy = dict(document) if isinstance(document, dict) else list(document)
    if len(path) == 1 and value is ...:
        del copy[path[0]]
    else:
        copy[path[0]] = with_value(document[path[0]], path[1:], value)
    return copy


@st.composite
def changed(draw: st.DrawFn, document: Any) -> Any:
    """A JSON document with up to three values replaced or left out."""
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(leaves(document)))
        document = with_value(document, path, draw(json_values | st.just(...)))
    return document


def header_of(content: bytes) -> tuple[dict[str, Any], bytes]:
    """The header and the tensors of a safetensors file."""
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + length]), content[8 + length :]


def with_header(header: Any, tensors: bytes) -> bytes:
    text = json.dumps(header).encode("utf-8", "surrogatepass")
    return struct.pack("<Q", len(text)) + text + tensors


def described(content: bytes) -> tuple[str, Any]:
    """The key and the document by which a file of ours describes itself."""
    ((key, text),) = header_of(content)[0]["__metadata__"].items()
    return key, json.loads(text)


def redescribed(content: bytes, document: Any) -> bytes:
    header, tensors = header_of(content)
    (key,) = header["__metadata__"]
    header["__metadata__"] = {key: json.dumps(document)}
    return with_header(header, tensors)


def read_checkpoint(path: Path) -> None:
    require_read_or_said(lambda: read_info(path))
    require_read_or_said(lambda: load_checkpoint(path))
    list_checkpoints(path.parent)


def read_baseline(path: Path) -> None:
    require_read_or_said(lambda: load_baseline(path))
    list_baselines(path.parent)


def hurt(content: bytes, data: st.DataObject) -> bytes:
    """A safetensors file with another description, or with other bytes."""
    if data.draw(st.booleans()):
        return redescribed(content, data.draw(changed(described(content)[1])))
    return data.draw(mutated(content))


@bounded
@given(data=st.data())
def test_a_checkpoint(make_checkpoint, tmp_path: Path, data: st.DataObject):
    content = (tmp_path / "whole").read_bytes() if (tmp_path / "whole").exists() else None
    if content is None:
        content = make_checkpoint().read_bytes()
        (tmp_path / "whole").write_bytes(content)
    path = tmp_path / "fuzz" / "x.safetensors"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(hurt(content, data))
    read_checkpoint(path)


@bounded
@given(data=st.data())
@pytest.mark.parametrize("kind", ["linear", "trees"])
def test_a_baseline(tmp_path: Path, kind: str, data: st.DataObject):
    content = (HOME / "models" / "baselines" / f"all_{kind}.safetensors").read_bytes()
    path = tmp_path / "baselines" / "x.safetensors"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(hurt(content, data))
    read_baseline(path)


@bounded
@given(data=st.data())
def test_weights_of_the_authors(tmp_path: Path, data: st.DataObject):
    whole = tmp_path / "whole"
    if not whole.exists():
        weights = {"model_state_dict": {"encoder.conv1.weight": torch.zeros(2, 3)}, "epoch": 3}
        torch.save(weights, whole)
    path = tmp_path / "weights"
    path.write_bytes(data.draw(mutated(whole.read_bytes())))
    require_read_or_said(lambda: network_of(path, read_state(path)))


@bounded
@given(data=st.data())
@example(data=None)
def test_a_run(tmp_path: Path, tiny_config, data: st.DataObject | None):
    run = RunFolder(tmp_path / "20260101T000000_x")
    run.path.mkdir(exist_ok=True)
    config = json.loads(tiny_config(tmp_path).to_json())
    step = {"kind": "step", "step": 1, "loss": 1.0, "seconds": 0.5}
    status = {"state": "running", "step": 1, "steps": 3, "pid": 1, "heartbeat": 0.0}
    if data is not None:
        config, step, status = (data.draw(changed(each)) for each in (config, step, status))
        run.metrics_file.write_bytes(data.draw(mutated(json.dumps(step).encode() + b"\n")))
    run.config_file.write_text(json.dumps(config))
    run.status_file.write_text(json.dumps(status))
    require_read_or_said(lambda: read_config(run))
    json.dumps(facts(inspect_run(run)))


@bounded
@given(data=st.data())
def test_a_saved_state(tmp_path: Path, tiny_config, data: st.DataObject):
    tensors = np.zeros(4, "f4").tobytes()
    config = json.loads(tiny_config(tmp_path).to_json())
    document = stamped({"standing": {"step": 1}, "config": config, "groups": [], "schedule": {}})
    described = json.dumps(data.draw(changed(document)))
    header = {
        "weight.x": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]},
        "__metadata__": {STATE_KEY: described},
    }
    path = tmp_path / "state"
    path.write_bytes(with_header(data.draw(changed(header) | st.just(header)), tensors))
    # Never gets as far as the module.
    require_read_or_said(lambda: load_state(path, torch.nn.Linear(1, 1)))
