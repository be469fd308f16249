"""Small scenes in the ready-to-train layout, made by hand: what they hold is known."""

import functools
import hashlib
import json
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import netCDF4
import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import settings
from made_tables import table_of
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from seaice.ai4arctic.channels import AMSR2, CHANNEL_SETS, ERA5, SAR, Grid
from seaice.ai4arctic.charts import CHART, CHARTS, FILL
from seaice.ai4arctic.layout import DIMS
from seaice.commands.main import main
from seaice.core.device import Device
from seaice.core.endings import POLITE
from seaice.experiment.context_summary import COLUMNS, ContextCurve
from seaice.network.checkpoint import save_checkpoint
from seaice.network.checkpoint_files import SUFFIX, checkpoint_name
from seaice.network.checkpoint_info import describe
from seaice.network.config import NetworkConfig
from seaice.network.network import SeaIceNet
from seaice.results import tiled
from seaice.training.config import TrainingConfig
from seaice.training.run_format import SETTINGS_OF_1

# A busy machine may take long over an example; `make test` asks for fewer of them.
settings.register_profile("all", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=30)
settings.load_profile("all")

_SLOW_S = 1800
_FIGURE = "seaice_figure"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A slow test hangs after half an hour, any other after what pyproject.toml says."""
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(_SLOW_S))


SceneWriter = Callable[..., Path]
CopyOf = Callable[[Path, object, Callable[[Path], object]], Path]


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Small networks are slower on several threads, and far slower beside other test processes."""
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        yield


@pytest.fixture(scope="session", autouse=True)
def components_found_once() -> Iterator[None]:
    """Each AppTest searches all installed packages for components, which takes half a second."""
    with pytest.MonkeyPatch.context() as patch:
        scan = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """A command that a test runs in this process sets handlers for the rest of it.

    A later test's forked process would inherit them, and could outlive the signal that ends it.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *POLITE)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own, and runs: nothing of the user's is used or changed."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("SEAICE_CACHE", str(folder))
    monkeypatch.setenv("SEAICE_RUNS", str(folder / "runs"))
    # A process cannot take its own priority back, and beside other tests a run would wait long.
    monkeypatch.setenv("SEAICE_NICE", "0")
    return folder


def scene_arrays(lines: int, samples: int, spacing_m: float, seed: int = 0) -> dict:
    """Random arrays of every variable, the left eighth of the swath masked."""
    rng = np.random.default_rng(seed)
    cells = tuple(int(np.ceil(size * spacing_m / 2000)) for size in (lines, samples))
    masked = np.zeros((lines, samples), bool)
    masked[:, : samples // 8] = True
    arrays = {
        name: np.where(masked, 0, rng.normal(size=(lines, samples))).astype(np.float32)
        for name in SAR
    }
    arrays["distance_map"] = rng.uniform(-1.5, 1.2, (lines, samples)).astype(np.float32)
    for name in (*AMSR2, *ERA5):
        arrays[name] = rng.normal(size=cells).astype(np.float32)
    for name in CHARTS:
        # Zones of a class, some pixels unlabelled.
        classes = (np.arange(samples) * CHART[name].n_classes // samples)[None].repeat(lines, 0)
        unlabelled = masked | (rng.random((lines, samples)) < 0.1)
        arrays[name] = np.where(unlabelled, FILL, classes).astype(np.uint8)
    degree_m = 111_195
    south, east = ((size - 1) * spacing_m / degree_m for size in (lines, samples))
    east /= np.cos(np.radians(70 - south / 2))
    latitude, longitude = np.meshgrid(
        np.linspace(70, 70 - south, 21), np.linspace(-60, -60 + east, 21)
    )
    arrays["sar_grid2d_latitude"] = latitude.T.copy()
    arrays["sar_grid2d_longitude"] = longitude.T.copy()
    return arrays


def _grid_of(name: str) -> Grid:
    if name.startswith("sar_grid2d"):
        return "positions"
    return "2km" if name in (*AMSR2, *ERA5) else "full"


def write_arrays(path: Path, arrays: dict, spacing_m: float, **attributes: object) -> Path:
    """Write arrays as a scene file."""
    with netCDF4.Dataset(path, "w") as file:
        for name, values in arrays.items():
            dims = DIMS[_grid_of(name)]
            for dim, size in zip(dims, values.shape, strict=True):
                if dim not in file.dimensions:
                    file.createDimension(dim, size)
            variable = file.createVariable(name, values.dtype, dims)
            variable[:] = values
            if name in SAR:
                variable.variable_fill_value = 0
            if name in CHARTS:
                variable.chart_fill_value = FILL
        file.setncatts(
            {
                "scene_id": path.name,
                "original_id": "S1A_EW_GRDM_1SDH_x_icechart_dmi_201803251945_SouthEast_RIC.nc",
                "ice_service": "dmi",
                "pixel_spacing": spacing_m,
                **attributes,
            }
        )
    return path


def _digest(arrays: dict, *more: object) -> str:
    """A key for the content of arrays and whatever else a file is made of."""
    digest = hashlib.sha256(repr(more).encode())
    for name, values in arrays.items():
        digest.update(f"{name} {values.dtype} {values.shape}".encode())
        digest.update(
            repr(values.tolist()).encode() if values.dtype.hasobject else values.tobytes()
        )
    return digest.hexdigest()


@pytest.fixture(scope="session")
def copy_of(tmp_path_factory: pytest.TempPathFactory) -> CopyOf:
    """Copy a file to a path. It is made once in a session; the key says what it is made of."""
    folder = tmp_path_factory.mktemp("made")

    def copy(to: Path, key: object, make: Callable[[Path], object]) -> Path:
        original = folder / hashlib.sha256(repr(key).encode()).hexdigest()
        if not original.exists():
            unfinished = original.with_suffix(".tmp")
            make(unfinished)
            unfinished.rename(original)
        to.parent.mkdir(parents=True, exist_ok=True)
        # A file that is replaced stays whole for whoever has it open.
        copied = shutil.copyfile(original, to.with_name(f".{to.name}.copy"))
        return copied.replace(to)

    return copy


@pytest.fixture
def seaice(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, list[str]]]:
    """Run a command; its status, its standard output and the lines of its standard error."""

    def run(*arguments: object) -> tuple[int, str, list[str]]:
        monkeypatch.setattr("sys.argv", ["seaice", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return int(ended.value.code or 0), said.out, said.err.splitlines()

    return run


@pytest.fixture(scope="session")
def make_table() -> Callable[..., pd.DataFrame]:
    """Make an evaluation table of networks whose quality is known."""
    return table_of


@pytest.fixture(scope="session")
def make_curve() -> Callable[..., ContextCurve]:
    """Make a context curve of radii 3 and 30 km; each further group of channels loses less."""

    def make(checkpoint: str, groups: Sequence[str] = ("all",)) -> ContextCurve:
        rights = [("whole", 0.0, "all", 0.9)]
        for number, group in enumerate(groups):
            rights += [("untouched", r_km, group, 0.9) for r_km in (3.0, 30.0)]
            rights += [("replaced", 3.0, group, 0.5 + number / 10), ("replaced", 30.0, group, 0.8)]
        parts = [
            table_of({("sar", "1-2-3"): right}, scenes=4).assign(kind=kind, r_km=r_km, group=group)
            for kind, r_km, group, right in rights
        ]
        frame = pd.concat(parts).assign(checkpoint=checkpoint, shuffle=0)
        return ContextCurve(
            frame[list(COLUMNS)].reset_index(drop=True),
            checkpoint=checkpoint,
            sha256=checkpoint.ljust(64, "0"),
            description="a network",
            radii_km=(3.0, 30.0),
            groups=tuple(groups),
            reach_km=60.0,
            spacing_m=400.0,
            shuffles=1,
            seed=0,
        )

    return make


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk that holds a checkpoint, and no state."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def leave_room(small_disk: Path) -> Callable[[int], None]:
    """Let a file take all of the small disk but so many bytes."""

    def leave(free: int) -> None:
        other = small_disk / "other"
        other.unlink(missing_ok=True)
        other.write_bytes(bytes(shutil.disk_usage(small_disk).free - free))

    return leave


@pytest.fixture
def make_scene(tmp_path: Path, copy_of: CopyOf) -> SceneWriter:
    """Write a scene of random arrays; `without` leaves variables out, `change` edits arrays."""

    def write(
        lines: int = 96,
        samples: int = 128,
        spacing_m: float = 400,
        *,
        name: str = "20180325T194759_dmi_prep.nc",
        folder: Path = tmp_path,
        seed: int = 0,
        without: tuple[str, ...] = (),
        change: Callable[[dict], None] = lambda arrays: None,
        **attributes: object,
    ) -> Path:
        arrays = scene_arrays(lines, samples, spacing_m, seed)
        change(arrays)
        kept = {key: values for key, values in arrays.items() if key not in without}
        attributes = {"scene_id": name, **attributes}
        key = _digest(kept, spacing_m, sorted(attributes.items()))
        return copy_of(
            folder / name, key, lambda path: write_arrays(path, kept, spacing_m, **attributes)
        )

    return write


@pytest.fixture
def make_checkpoint(tmp_path: Path, copy_of: CopyOf) -> Callable[..., Path]:
    """Write an untrained checkpoint: random weights of a fixed seed."""

    def write(
        rates: tuple[int, ...] = (1, 2),
        channel_set: str = "sar",
        spacing_m: float = 400,
        *,
        folder: Path = tmp_path,
        name: str = "",
        seed: int = 0,
        stride: Literal[4, 8, 16] = 8,
        score: float | None = None,
    ) -> Path:
        def make(path: Path) -> None:
            channels = CHANNEL_SETS[channel_set]
            with torch.random.fork_rng():
                torch.manual_seed(seed)
                config = NetworkConfig(
                    len(channels), rates, output_stride=stride, decoder_channels=8
                )
                network = SeaIceNet(config)
            info = describe(config, channel_set, channels, spacing_m, {"seed": seed}, {})
            scores = {} if score is None else {"combined": {"value": score}}
            save_checkpoint(path, network, replace(info, scores=scores))

        path = folder / f"{name or checkpoint_name(rates, channel_set, seed)}{SUFFIX}"
        return copy_of(path, (rates, channel_set, spacing_m, seed, stride, score), make)

    return write


@pytest.fixture
def in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compute on the CPU in float32, whatever the machine has."""
    device = Device("cpu", "CPU", bfloat16=False)
    monkeypatch.setattr(tiled, "best_device", lambda: device)


@pytest.fixture
def tiny_config() -> Callable[..., TrainingConfig]:
    """Make a configuration of a folder's scenes that trains in a second."""

    def make(folder: Path, **changes: object) -> TrainingConfig:
        settings = {
            # A plain network and plain steps; what the recipe adds has tests of its own.
            **SETTINGS_OF_1,
            "data": str(folder),
            "rates": (1, 2),
            "channel_set": "sar",
            "patch": 64,
            "batch": 2,
            "steps": 3,
            "workers": 0,
            "precision": "float32",
        }
        return TrainingConfig(**{**settings, **changes})

    return make


@pytest.fixture
def figures() -> Callable[[AppTest], list[dict]]:
    """What the figures are made of that a page changes in place, from top to bottom.

    With the opacity that the browser gives to maps over the radar image, and whether points can be
    chosen.
    """

    def read(app: AppTest) -> list[dict]:
        sent = [each.proto for each in app.get("bidi_component")]
        parts = [each.bytes.partition(b"\n") for each in sent if each.component_name == _FIGURE]
        return [
            {**json.loads(text), **{name: json.loads(head)[name] for name in ("opacity", "picks")}}
            for head, _, text in parts
        ]

    return read
