"""Wrong content in an intact scene file, and the verdict on each kind."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from damage_content import Content
from damage_kinds import ACCEPTED, KINDS, REFUSED, Kind, Rng

from seaice.ai4arctic.channels import AMSR2, DISTANCE_MAP, ERA5, HH, SAR, SIGMA0
from seaice.ai4arctic.charts import CHARTS
from seaice.ai4arctic.layout import LATITUDE, LONGITUDE

MARKUP = "<img src=x onerror=alert(1)> ![x](http://example.org/x.png) <b>b</b> $x$ \u202e\a\n"

_FULL, _CELLS = ("sar_lines", "sar_samples"), ("2km_grid_lines", "2km_grid_samples")
_POINTS = "sar_grid_points"
_INPUTS = (*SIGMA0, *AMSR2, DISTANCE_MAP, *ERA5)
"""Inputs of both layouts."""
_CODES = "polygon_codes"


def _content(ready: str, raw: str, form: str = "NETCDF4") -> Callable:
    """Make a damage of a function that changes what a file holds."""

    def register(change: Callable[[Content, Rng], None]) -> Callable:
        def make(path: Path, good: Path, rng: Rng) -> None:
            content = Content.read(good)
            change(content, rng)
            content.write(path, form)

        KINDS[change.__name__.replace("_", "-")] = Kind(make, (ready, raw))
        return change

    return register


@_content(ACCEPTED, "", form="NETCDF3_64BIT_DATA")
def classic(content: Content, rng: Rng) -> None:
    """Nothing is wrong: the older NetCDF format holds the same."""


def _one(content: Content, rng: Rng, *names: str) -> str:
    return str(rng.choice([name for name in names or _INPUTS if name in content.variables]))


@_content(ACCEPTED, REFUSED)
def missing(content: Content, rng: Rng) -> None:
    del content.variables[_one(content, rng)]


@_content(ACCEPTED, REFUSED)
def renamed(content: Content, rng: Rng) -> None:
    content.variables["Renamed"] = content.variables.pop(_one(content, rng))


@_content(REFUSED, REFUSED)
def nothing_known(content: Content, rng: Rng) -> None:
    content.variables = {f"x{name}": each for name, each in content.variables.items()}


@_content(REFUSED, REFUSED)
def grouped(content: Content, rng: Rng) -> None:
    content.group = "scene"


@_content(REFUSED, REFUSED)
def as_texts(content: Content, rng: Rng) -> None:
    name = _one(content, rng, *_INPUTS, *content.charted, "sar_grid_line")
    content.put(name, content.variables[name][1].astype(str).astype(object))


@_content(ACCEPTED, ACCEPTED)
def as_doubles(content: Content, rng: Rng) -> None:
    for name in content.known(*_INPUTS):
        content.put(name, content.variables[name][1].astype(float))


@_content(REFUSED, REFUSED)
def packed(content: Content, rng: Rng) -> None:
    name = _one(content, rng)
    dims, values, attributes = content.variables[name]
    values = np.nan_to_num(values).astype(np.int16)
    content.variables[name] = dims, values, attributes | {"scale_factor": 0.01}


@_content(REFUSED, REFUSED)
def compound(content: Content, rng: Rng) -> None:
    name = _one(content, rng)
    content.put(name, content.variables[name][1].astype([("value", "f4"), ("error", "f4")]))


@_content(REFUSED, REFUSED)
def transposed(content: Content, rng: Rng) -> None:
    name = _one(content, rng, *_INPUTS, *content.charted)
    dims, values, _ = content.variables[name]
    content.put(name, values.T.copy(), dims[::-1])


@_content(REFUSED, REFUSED)
def of_another_size(content: Content, rng: Rng) -> None:
    _shorten(content, _CELLS[0], slice(None, -4))


def _shorten(content: Content, dim: str, kept: slice) -> None:
    for name, (dims, values, _) in content.variables.items():
        if dims[:1] == (dim,):
            content.put(name, values[kept])


@_content(ACCEPTED, ACCEPTED)
def not_finite(content: Content, rng: Rng) -> None:
    for name in content.known(*_INPUTS):
        values = content.variables[name][1].astype(float)
        values[rng.random(values.shape) < 0.1] = rng.choice([np.nan, np.inf, -np.inf, 1e30])
        content.put(name, values.astype(np.float32))


@_content(ACCEPTED, ACCEPTED)
def without_a_pixel(content: Content, rng: Rng) -> None:
    content.put(HH, np.full_like(content.variables[HH][1], np.nan))


@_content(ACCEPTED, ACCEPTED)
def unknown_classes(content: Content, rng: Rng) -> None:
    for name in content.charted:
        values = np.nan_to_num(content.variables[name][1]).astype(np.int32)
        values[::3] = rng.integers(-(2**31), 2**31, values[::3].shape)
        content.put(name, values)


@_content(REFUSED, "")
def charts_as_numbers(content: Content, rng: Rng) -> None:
    """Classes with fractions."""
    for name in CHARTS:
        content.put(name, content.variables[name][1] + 0.5)


@_content("", REFUSED)
def broken_codes(content: Content, rng: Rng) -> None:
    rows = [MARKUP, "1;2;3", ";" * 14, "\n;" * 14, "x" * 100_000]
    values = np.array([content.variables[_CODES][1][0], str(rng.choice(rows))], object)
    content.put(_CODES, values)


@_content(REFUSED, REFUSED)
def without_attributes(content: Content, rng: Rng) -> None:
    content.each_attribute(lambda name, value: 0)
    del content.attributes["pixel_spacing"]


@_content(REFUSED, REFUSED)
def wrong_spacing(content: Content, rng: Rng) -> None:
    wrong = ["", "wide\n" * 900, MARKUP, np.nan, np.inf, 0, -400, 1e300, [400, 400], ["400", "80"]]
    content.attributes["pixel_spacing"] = wrong[int(rng.integers(len(wrong)))]


@_content(ACCEPTED, ACCEPTED)
def wrong_attributes(content: Content, rng: Rng) -> None:
    wrong = [np.nan, -(10**18), [1, 2, 3], "", "text", ["one", "two"], 1e999]
    content.each_attribute(lambda name, value: wrong[int(rng.integers(len(wrong)))])


@_content(ACCEPTED, ACCEPTED)
def markup(content: Content, rng: Rng) -> None:
    content.each_attribute(lambda name, value: MARKUP)


@_content(ACCEPTED, ACCEPTED)
def long_attributes(content: Content, rng: Rng) -> None:
    long = "SGRDI" + "A" * 60_000
    content.each_attribute(lambda name, value: long)


@_content(ACCEPTED, ACCEPTED)
def many_variables(content: Content, rng: Rng) -> None:
    for number in range(500):
        content.variables[f"{number}"] = ((), np.array(0.0), {})


@_content(REFUSED, REFUSED)
def without_lines(content: Content, rng: Rng) -> None:
    _shorten(content, _FULL[0], slice(0, 0))


@_content(REFUSED, REFUSED)
def without_cells(content: Content, rng: Rng) -> None:
    _shorten(content, _CELLS[0], slice(0, 0))


@_content(REFUSED, REFUSED)
def enormous(content: Content, rng: Rng) -> None:
    """14 GB of HH."""
    content.claim(sar_lines=60_000, sar_samples=60_000)


@_content(REFUSED, REFUSED)
def enormous_within_bounds(content: Content, rng: Rng) -> None:
    """As many pixels as a scene may have, none of them written."""
    sizes = {_FULL[0]: 19_000, _FULL[1]: 20_000}
    m = content.attributes["pixel_spacing"] / 2000
    content.claim(**sizes, **{_CELLS[0]: int(19_000 * m), _CELLS[1]: int(20_000 * m)})


@_content(REFUSED, REFUSED)
def enormous_cells(content: Content, rng: Rng) -> None:
    content.claim(**dict.fromkeys(_CELLS, 60_000))


@_content(REFUSED, REFUSED)
def enormous_positions(content: Content, rng: Rng) -> None:
    dims = content.variables["sar_grid_line" if content.raw else LATITUDE][0]
    content.claim(**dict.fromkeys(dims, 900_000 if content.raw else 60_000))


@_content("", REFUSED)
def many_codes(content: Content, rng: Rng) -> None:
    rows = content.variables[_CODES][1]
    content.put(_CODES, np.resize(rows[1:], 200_000))


@_content("", REFUSED)
def enormous_codes(content: Content, rng: Rng) -> None:
    """Numbers instead of texts as egg codes."""
    content.claim(polygon_codes=900_000)


@_content(ACCEPTED, "")
def foreign_index(content: Content, rng: Rng) -> None:
    """Coordinates that nobody needs: 16 GB."""
    content.variables["x"] = (("x",), None, {})
    content.claim(x=4 * 10**9)


@_content(REFUSED, "")
def enormous_on_the_ground(content: Content, rng: Rng) -> None:
    """Only the pixels are large: each becomes a thousand at 400 m."""
    content.variables = {name: content.variables[name] for name in content.known(*SAR)}
    content.claim(sar_lines=2_000, sar_samples=2_000)
    content.attributes["pixel_spacing"] = 10_000


@_content(ACCEPTED, REFUSED)
def wild_positions(content: Content, rng: Rng) -> None:
    for name in content.known(LATITUDE, LONGITUDE, "sar_grid_latitude", "sar_grid_longitude"):
        content.put(name, content.variables[name][1] * float(rng.choice([np.nan, np.inf, 1e9])))


@_content(ACCEPTED, REFUSED)
def few_positions(content: Content, rng: Rng) -> None:
    if content.raw:
        _shorten(content, _POINTS, slice(None, -1))
        return
    for name in (LATITUDE, LONGITUDE):
        content.put(name, content.variables[name][1][:1, :1])
