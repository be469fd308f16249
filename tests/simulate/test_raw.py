"""The raw file: its layout, and that it makes the ready-to-train file of the same scene."""

import netCDF4
import numpy as np
import pytest
import xarray as xr

from seaice.ai4arctic import layout
from seaice.ai4arctic.cells import cells_to_pixels
from seaice.ai4arctic.channels import AMSR2, DISTANCE_MAP, ERA5, HH, INCIDENCE_ANGLE, SIGMA0
from seaice.ai4arctic.charts import CHARTS, FILL
from seaice.ai4arctic.egg_code import charts_from_polygons, parse_codes
from seaice.simulate import SimulationConfig, halved, sar, simulate_folder
from seaice.simulate.config import resolve
from seaice.simulate.parts import simulate

LINES, SAMPLES, SPACING_M = 320, 336, 400


@pytest.fixture(scope="module", params=[("SGRDIEA", 7), ("CentralEast", 4)], ids=lambda p: p[0])
def paths(request, tmp_path_factory):
    """The two files of one scene: ready-to-train, raw."""
    region, month = request.param
    heard = []
    (prep,) = simulate_folder(
        *(tmp_path_factory.mktemp("raw"), 1, 4),
        lines=LINES,
        samples=SAMPLES,
        region=region,
        month=month,
        raw=True,
        on_scene=heard.append,
    )
    raw, last = heard
    assert last == prep
    return prep, raw


@pytest.fixture
def prep(paths):
    with xr.open_dataset(paths[0], decode_cf=False) as dataset:
        yield dataset.load()


@pytest.fixture
def raw(paths):
    with xr.open_dataset(paths[1]) as dataset:
        yield dataset.load()


def blocks(values: np.ndarray) -> np.ndarray:
    """The 2 x 2 pixels of each block, (lines, samples, 4)."""
    lines, samples = values.shape
    parts = values.reshape(lines // 2, 2, samples // 2, 2)
    return parts.swapaxes(1, 2).reshape(lines // 2, samples // 2, 4)


def power(decibels: np.ndarray) -> np.ndarray:
    return 10 ** (decibels.astype(float) / 10)


def test_layout(paths, prep) -> None:
    """Dimensions, variables and types of the raw layout; no chart, no truth; the official name."""
    full, cells, points = (
        ("sar_lines", "sar_samples"),
        ("2km_grid_lines", "2km_grid_samples"),
        ("sar_grid_points",),
    )
    expected = {name: (np.float32, full) for name in (*SIGMA0, "polygon_icechart")}
    expected |= {DISTANCE_MAP: (np.uint8, full), "polygon_codes": (str, ("polygon_codes",))}
    expected |= {name: (np.float64, cells) for name in (*AMSR2, *ERA5)}
    expected |= {name: (np.uint8, cells) for name in ("amsr2_swath_map", "swath_segmentation")}
    for name in ("line", "sample", "latitude", "longitude", "incidenceangle", "height"):
        expected[f"sar_grid_{name}"] = (np.float64, points)
    with netCDF4.Dataset(paths[1]) as file:
        assert {n: (v.dtype, v.dimensions) for n, v in file.variables.items()} == expected
        sizes = {name: len(dimension) for name, dimension in file.dimensions.items()}
        n_codes = sizes.pop("polygon_codes")
        assert sizes == {
            "sar_lines": 640,
            "sar_samples": 672,
            "2km_grid_lines": 64,
            "2km_grid_samples": 68,
            "sar_grid_points": 441,
        }
        header = "poly_id;CT;CA;SA;FA;CB;SB;FB;CC;SC;FC;CN;CD;CF;POLY_TYPE"
        assert file["polygon_codes"][0] == header
        ids = np.unique(file["polygon_icechart"][:].compressed())
        assert set(ids[~np.isnan(ids)]) <= set(parse_codes(file["polygon_codes"][:]))
        assert n_codes > 2
        assert paths[1].name == file.original_id == prep.attrs["original_id"]
        assert (file.simulated, file.pixel_spacing) == (1, 200)
        assert file.seed == prep.attrs["seed"]
        assert "raw" in file.title
        for name in AMSR2:
            assert file[name].AMSR2_swaths == prep[name].attrs["AMSR2_swaths"]
            assert file[name].AMSR2_S1_delays == str(prep[name].attrs["AMSR2_S1_delays"])


def test_masks(raw) -> None:
    """HH, HV and polygons are NaN together, on all land; land is zone 0."""
    masked = np.isnan(raw["polygon_icechart"].values)
    assert 0 < masked.mean() < 1
    for name in SIGMA0:
        np.testing.assert_array_equal(np.isnan(raw[name].values), masked)
    zones = raw[DISTANCE_MAP].values
    assert zones.max() <= 41
    assert masked[zones == 0].all()


def test_radar_image_has_the_means(raw, prep) -> None:
    """The mean power of 2 x 2 pixels is the ready-to-train pixel's, but for the rounding."""
    for name in SIGMA0:
        fine = power(blocks(raw[name].values))
        both = np.isfinite(fine).all(-1) & (prep[name].values != 0)
        made = 10 * np.log10(fine.mean(-1)[both])
        stored = layout.unscale(name, prep[name].values)[both]
        assert np.corrcoef(made, stored)[0, 1] > 0.999
        assert abs((made - stored).mean()) < 0.02
        # Six bits of a standardised value, ten of decibels.
        assert np.abs(made - stored).max() < 0.3
        assert (fine.std(-1)[both] > 0).mean() > 0.999


def test_charts_agree(raw, prep) -> None:
    """The 2 x 2 maximum of the charts from polygons is the chart."""
    codes = parse_codes(raw["polygon_codes"].values)
    charts = charts_from_polygons(raw["polygon_icechart"].values, codes)
    for name in CHARTS:
        made, stored = blocks(charts[name]).max(-1), prep[name].values
        assert (made == stored).mean() > 0.98
        assert len(np.unique(stored)) > 2
    lines = blocks(raw["polygon_icechart"].values)
    cut = np.isfinite(lines).all(-1) & (lines.min(-1) < lines.max(-1))
    assert cut.sum() > 20, "no line runs through a block: the charts are the coarse ones"


def test_masks_agree(raw, prep) -> None:
    """The coast is a finer one of the same shape."""
    masked = blocks(np.isnan(raw[HH].values))
    assert (masked.any(-1) == (prep["SIC"].values == FILL)).mean() > 0.98
    assert (masked.any(-1) & ~masked.all(-1)).any()


def test_angle_of_the_points(raw, prep) -> None:
    """Interpolated from 441 points and averaged, the angle is the ready-to-train one."""
    angle = raw["sar_grid_incidenceangle"].values.reshape(21, 21)
    sample = raw["sar_grid_sample"].values.reshape(21, 21)
    line = raw["sar_grid_line"].values.reshape(21, 21)
    assert (line[0].max(), line[-1].min()) == (0, 639)
    assert (sample[:, 0].max(), sample[:, -1].min()) == (0, 671)
    assert (np.ptp(angle, axis=0) == 0).all()
    full = np.interp(np.arange(672), sample[0], angle[0]).reshape(-1, 2).mean(-1)
    stored = layout.unscale(INCIDENCE_ANGLE, prep[INCIDENCE_ANGLE].values)
    valid = prep[INCIDENCE_ANGLE].values != 0
    assert np.abs(np.broadcast_to(full, valid.shape) - stored)[valid].max() < 0.05
    for name in ("latitude", "longitude"):
        # From pixel centre to pixel centre: the first of the finer pixels lies 100 m further out.
        fine = raw[f"sar_grid_{name}"].values.reshape(21, 21)
        np.testing.assert_allclose(fine, prep[f"sar_grid2d_{name}"].values, atol=0.01)
        assert fine[0, 0] != prep[f"sar_grid2d_{name}"].values[0, 0]


def test_cells_agree(raw, prep) -> None:
    """AMSR2 and ERA5, once scaled, are the ready-to-train ones, rounded to nine bits."""
    for name in (*AMSR2, *ERA5):
        scaled, stored = layout.scale(name, raw[name].values), prep[name].values
        np.testing.assert_allclose(stored, scaled, rtol=2**-9, atol=1e-5)
    # One cell is as many pixels of half the spacing on either grid.
    pixels = cells_to_pixels(raw["t2m"].values, (slice(0, 640), slice(0, 672)), 200.0)
    assert pixels.shape == (640, 672)


def test_zones_agree(raw, prep) -> None:
    """The mean distance zone of 2 x 2 pixels is near the ready-to-train one."""
    made = blocks(raw[DISTANCE_MAP].values).mean(-1)
    stored = layout.unscale(DISTANCE_MAP, prep[DISTANCE_MAP].values)
    # Finer pixels hold skerries that coarser ones leave out.
    assert np.abs(made - stored).mean() < 0.4
    assert np.corrcoef(made.ravel(), stored.ravel())[0, 1] > 0.99


@pytest.mark.parametrize("looks", [15.0, 240.0, 1500.0])
def test_speckle_is_split(looks) -> None:
    """On an even surface 2 x 2 values keep their mean and have a quarter of the looks each.

    15 looks are gamma-distributed before and after, 240 only after, 1500 neither.
    """
    size = 400
    rough = sar._speckle(np.random.default_rng(1), (size, size), looks)
    fine = sar._speckle(np.random.default_rng(2), (2 * size, 2 * size), looks / 4)
    rough_db, fine_db = 10 * np.log10(rough), 10 * np.log10(fine)
    halved._keep_means(fine_db, rough_db)
    values = blocks(power(fine_db))
    np.testing.assert_allclose(values.mean(-1), rough, rtol=1e-5)
    assert values.mean() == pytest.approx(1, abs=2e-3)
    np.testing.assert_allclose(values.var((0, 1)), 4 / looks, rtol=0.03)
    correlation = np.corrcoef(values.reshape(-1, 4).T)
    assert np.abs(correlation - np.eye(4)).max() < 0.012
    neighbours = power(fine_db)[:, 1:-1].reshape(-1, 2)
    assert abs(np.corrcoef(neighbours.T)[0, 1]) < 0.012


def test_weather_and_radiometer_are_taken_over() -> None:
    """They are not simulated anew; the settings stay those of the ready-to-train scene."""
    scene = simulate(resolve(SimulationConfig(3, 1000, 41, 33)))
    fine = halved.halved(scene)
    assert fine.weather is scene.weather
    assert fine.tb_k is scene.tb_k
    assert fine.config == scene.config
    assert (fine.grid.lines, fine.grid.spacing_m) == (82, 500)


def test_finer_polygons() -> None:
    """Numbers stay, what the finer coast lays bare is filled, and lines lose their steps."""
    polygon = np.full((40, 60), 5, np.int32)
    polygon[:, 30:] = 2
    polygon[:4] = 0
    valid = np.ones((80, 120), bool)
    valid[:2] = False
    finer = halved.finer_polygons(polygon, valid)
    assert finer.dtype == np.int32
    assert (finer[:2] == 0).all()
    assert (finer[2:, :60] == 5).all()
    assert (finer[2:, 60:] == 2).all()
    np.testing.assert_array_equal(
        halved.finer_polygons(np.zeros((2, 2), np.int32), np.eye(4, dtype=bool)), np.eye(4)
    )
    lines, samples = np.indices((60, 60))
    slanted = np.where(3 * samples + 8 * lines < 300, 1, 2).astype(np.int32)
    finer = halved.finer_polygons(slanted, np.ones((120, 120), bool))
    stairs = slanted.repeat(2, 0).repeat(2, 1)
    assert 0.001 < (finer != stairs).mean() < 0.01
