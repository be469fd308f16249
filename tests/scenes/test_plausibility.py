"""Values that cannot be right are named, with what they look like; right ones are not."""

import json
from collections.abc import Callable
from pathlib import Path

import netCDF4
import numpy as np
import pytest

from seaice.ai4arctic.channels import AMSR2, CHANNEL, ERA5, HH, HV, INCIDENCE_ANGLE, SAR
from seaice.ai4arctic.layout import SCALING, scale, unscale
from seaice.core.cache import Store
from seaice.scenes.catalogue.findings import checked
from seaice.scenes.catalogue.opening import inspect_in_process
from seaice.scenes.plausibility import bounds, implausible, spread_bounds
from seaice.scenes.scene import Scene
from seaice.scenes.units import contradicts
from seaice.simulate import simulate_folder

SceneWriter = Callable[..., Path]
Change = Callable[[np.ndarray], np.ndarray]


def power(db: np.ndarray) -> np.ndarray:
    return 10 ** (db / 10)


def physical(names: tuple[str, ...], change: Change) -> Callable[[dict], None]:
    """Change the physical values of channels, and scale them as any values."""

    def edit(arrays: dict) -> None:
        for name in names:
            values = arrays[name]
            changed = scale(name, change(unscale(name, values)))
            arrays[name] = np.where(values == 0, 0, changed).astype(np.float32)

    return edit


def unscaled(arrays: dict) -> None:
    for name in (*SAR, *AMSR2):
        values = arrays[name]
        arrays[name] = np.where(values == 0, 0, unscale(name, values)).astype(np.float32)


READY = {
    "linear power instead of dB": (physical((HH, HV), power), (HH, HV)),
    "amplitude instead of dB": (physical((HH,), lambda db: 10 ** (db / 20)), (HH,)),
    "degrees Celsius instead of kelvin": (
        physical(AMSR2, lambda tb_k: tb_k - 273.15),
        (*AMSR2[:3], "and 11 more"),
    ),
    "radians instead of degrees": (physical((INCIDENCE_ANGLE,), np.radians), (INCIDENCE_ANGLE,)),
    "as if they were never scaled": (unscaled, (*SAR, "and 14 more")),
    "cannot be right, as real scenes have -28.7 to -0.359 dB": (
        physical((HH,), lambda db: db + 40),
        (HH,),
    ),
    "hardly vary": (physical((HV,), lambda db: np.full_like(db, -25)), (HV,)),
}


def narrow(arrays: dict) -> None:
    """Values as of a scene: brightness temperatures that are all possible."""
    for name in (*AMSR2, INCIDENCE_ANGLE):
        arrays[name] *= 0.3


@pytest.mark.parametrize("words", READY)
def test_a_ready_scene(make_scene: SceneWriter, words: str) -> None:
    edit, names = READY[words]

    def change(arrays: dict) -> None:
        narrow(arrays)
        edit(arrays)

    path = make_scene(change=change)
    (found,) = implausible(Scene.open(path))
    assert found.startswith(f"{path.name}: {names[0]} (median ")
    assert all(name in found for name in names)
    assert found.endswith(".")
    assert f"values {words}" in found or f"values look {words}" in found or f"like {words}" in found


SPREADS = {
    "constant AMSR2": (AMSR2, lambda values: np.full_like(values, 0.3), "hardly vary"),
    "constant angle": ((INCIDENCE_ANGLE,), lambda values: np.full_like(values, 0.3), "hardly vary"),
    "constant weather": (("u10m_rotated", "t2m"), lambda v: np.full_like(v, 0.3), "hardly vary"),
    "wide radar": ((HH, HV), lambda values: values * 3, "vary more than in any real scene"),
    "wide angle": ((INCIDENCE_ANGLE,), lambda values: values * 8, "vary more than in any"),
    "wide AMSR2": (
        AMSR2,
        lambda values: values * 8 / 0.3,
        "vary more than in any real scene, like noise",
    ),
    "negative K": (("btemp_6_9h",), lambda values: values * 5, "vary more than in any real scene"),
    "wide wind": (("v10m_rotated",), lambda values: values * 6, "vary more than in any real scene"),
}


@pytest.mark.parametrize("case", SPREADS)
def test_spreads_that_no_scene_has(make_scene: SceneWriter, case: str) -> None:
    names, edit, words = SPREADS[case]

    def change(arrays: dict) -> None:
        narrow(arrays)
        arrays.update({name: edit(arrays[name]) for name in names})

    (found,) = implausible(Scene.open(make_scene(change=change)))
    assert found.startswith(f"20180325T194759_dmi_prep.nc: {names[0]} (")
    assert f"values {words}" in found
    assert "spread " in found or "95 % of it from -" in found
    assert (f"and {len(names) - 3} more" in found) == (len(names) > 3)


def test_weather_and_coasts_that_may_be_constant(make_scene: SceneWriter) -> None:
    """Melting ice is 273.15 K everywhere, clear sky holds no cloud, and the open sea is far."""

    def change(arrays: dict) -> None:
        narrow(arrays)
        for name in ("skt", "tclw", "distance_map"):
            arrays[name].fill(0.4)

    assert implausible(Scene.open(make_scene(change=change))) == ()


def test_spread_bounds_hold_what_scenes_can_reach() -> None:
    for name, (_, std) in SCALING.items():
        least, most = spread_bounds(name)
        assert 0 <= least < 0.05 * std
        assert 1.5 * std < most < 10 * std
    # The 16th and the 84th percentile of 0 to 41 zones cannot be further apart than these are.
    assert spread_bounds("distance_map")[1] > 41 / 2


def with_units(path: Path, named: dict[str, object]) -> Path:
    with netCDF4.Dataset(path, "a") as file:
        for name, units in named.items():
            file[name].units = units
    return path


def test_units_that_contradict_the_layout(make_scene: SceneWriter) -> None:
    path = with_units(
        make_scene(change=narrow),
        {"t2m": "degC", "skt": "Celsius", "u10m_rotated": "km/h", HH: "1", "tcwv": "kg m**-2"},
    )
    speed, celsius = implausible(Scene.open(path))
    assert celsius == (
        f'{path.name}: t2m (units "degC"), skt (units "Celsius"): '
        "values look like K, unlike what the attribute says."
    )
    assert 'u10m_rotated (units "km/h"): values look like m s-1' in speed


@pytest.mark.parametrize("start", ["deg", "deg_", "degree", "degree_", "degrees", "degrees_"])
def test_degrees_of_a_scale_are_known_by_all_their_spellings(start: str) -> None:
    for end in ("C", "Celsius", "F", "Fahrenheit"):
        assert contradicts(start + end, "K", scaled=False), start + end
    for end in ("K", "Kelvin"):
        assert contradicts(start + end, "degC", scaled=False), start + end
        assert not contradicts(start + end, "K", scaled=False)


def test_units_that_go_with_the_layout(make_scene: SceneWriter) -> None:
    """Ready-to-train files name the unit before scaling; scaled values have none."""
    path = make_scene(change=narrow)
    for named in ({n: CHANNEL[n].unit for n in ERA5}, dict.fromkeys(ERA5, "1")):
        assert implausible(Scene.open(with_units(path, named))) == ()
    odd: dict[str, object] = {"t2m": np.arange(3), "skt": "?" * 1000, "tcwv": "", HV: "decibel"}
    assert implausible(Scene.open(with_units(path, odd))) == ()


def test_a_right_scene(make_scene: SceneWriter) -> None:
    assert implausible(Scene.open(make_scene(change=narrow))) == ()
    # A scene without a radiometer holds the mean in its place, and one without radar nothing.
    empty = make_scene(name="a.nc", change=lambda arrays: [arrays[n].fill(0) for n in AMSR2])
    assert implausible(Scene.open(empty)) == ()
    masked = make_scene(name="b.nc", change=lambda arrays: [arrays[n].fill(0) for n in SAR])
    assert implausible(Scene.open(masked)) == ()
    assert implausible(Scene.open(make_scene(name="c.nc", without=SAR))) == ()


def test_positions_that_do_not_go_with_the_spacing(make_scene: SceneWriter) -> None:
    path = make_scene(spacing_m=400, pixel_spacing=200, without=tuple(set(CHANNEL) - set(SAR)))
    (found,) = implausible(Scene.open(path))
    assert found == f"{path.name}: pixel_spacing is 200 m, but by its positions it is about 400 m."


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    heard: list[Path] = []
    folder = tmp_path_factory.mktemp("raw")
    simulate_folder(folder, 1, 5, lines=60, samples=70, raw=True, on_scene=heard.append)
    return next(path for path in heard if "_icechart_" in path.name)


RAW = {
    "like linear power instead of dB": ((HH, HV), power),
    "like degrees Celsius instead of kelvin": (AMSR2, lambda tb_k: tb_k - 273.15),
    "like hundredths of a kelvin": (AMSR2, lambda tb_k: tb_k * 100),
    "like radians instead of degrees": (("sar_grid_incidenceangle",), np.radians),
    "as if they were scaled already": ((HV,), lambda db: (db + 24.7) / 4.75),
}


@pytest.mark.parametrize("words", [*RAW, ""])
def test_a_raw_scene(raw: Path, tmp_path: Path, words: str) -> None:
    path = tmp_path / raw.name
    path.write_bytes(raw.read_bytes())
    names, change = RAW.get(words, ((), None))
    with netCDF4.Dataset(path, "a") as file:
        for name in names:
            file[name][:] = change(file[name][:])
    found = implausible(inspect_in_process(path))
    assert bool(found) == bool(words)
    if words:
        assert f"values look {words}." in found[0]
        assert found[0].startswith(f"{path.name}: ")


def test_units_of_a_raw_scene(raw: Path, tmp_path: Path) -> None:
    """Its values are not scaled, so they have one."""
    path = tmp_path / raw.name
    path.write_bytes(raw.read_bytes())
    with_units(path, {"btemp_6_9h": "1", "sar_grid_incidenceangle": "radians", HV: "1", "skt": "K"})
    angle, kelvin = implausible(inspect_in_process(path))
    assert 'btemp_6_9h (units "1"): values look like K, unlike what the attribute says' in kelvin
    assert 'sar_incidenceangle (units "radians"): values look like degree' in angle


def test_findings_of_an_earlier_check_are_not_kept(make_scene: SceneWriter) -> None:
    scene = Scene.open(make_scene(change=unscaled))
    Store().put("plausibility-1", json.dumps(scene.key), b"[]")
    assert "never scaled" in checked(scene).notice


def test_it_is_looked_at_once(make_scene: SceneWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_scene(change=unscaled)
    scene = Scene.open(path)
    assert scene.notice == ""
    first = checked(scene)
    assert "never scaled" in first.notice
    assert first == scene
    monkeypatch.setattr(
        "seaice.scenes.catalogue.findings.implausible", lambda scene: pytest.fail("again")
    )
    assert checked(first).notice == checked(scene).notice == first.notice


def test_bounds_hold_what_was_published() -> None:
    for name, (mean, std) in SCALING.items():
        low, high = bounds(name)
        assert low < mean < high
        assert high - low > 3 * std
    assert np.round(bounds(HH), 1).tolist() == [-28.7, -0.4]
