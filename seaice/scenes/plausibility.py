"""Whether the values of a file can be what they should be: units, scaling, spacing.

Medians and spreads of each channel are held against the published statistics of the dataset
(`SCALING`). Other units are far outside of them: the bounds are wide, so that rare weather and rare
ice are not. Units that a file names are held against those of the layout.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.channels import CHANNEL, DISTANCE_MAP, INCIDENCE_ANGLE, SAR, SIGMA0
from seaice.ai4arctic.layout import (
    FULL_DIMS,
    INPUT_FILL,
    LATITUDE,
    LONGITUDE,
    SCALING,
    unscale,
)
from seaice.core.grids.pixel_grid import Window
from seaice.scenes.file_pool import opened
from seaice.scenes.points import read_points
from seaice.scenes.scene import Scene
from seaice.scenes.spacing import CLOSE, spacing_between
from seaice.scenes.undecoded import OpenFile
from seaice.scenes.units import contradicts

_WINDOWS, _WINDOW_PX = 3, 256
"""Windows of the full grid, along its diagonal, and their most pixels along a side."""
_LEAST_VALUES = 100
_STDS = {"dB": (2.5, 2.5), "K": (5.0, 5.0), "degree": (2.3, 2.6)}
"""How many published standard deviations the median of a scene may lie below and above the mean,
by unit: no scene has a median HH below -28.7 or above -0.4 dB, nor angles beyond 15 and 55."""
_K = 50.0, 330.0
"""Nothing on Earth is colder or warmer in microwaves, and no air over ice is."""
_WIDE_STDS = 8.0
"""The same bounds for other units, and the most that these spread: clouds come in patches."""
_LEAST_SPREAD_DB = 0.2
"""Speckle alone spreads more."""
_LEAST_SPREAD_STDS = 0.002
"""So little, in published standard deviations, that a radiometer's noise and the smoothest weather
over 20 km spread more: 0.12 K at 6.9 GHz."""
_MAY_BE_CONSTANT = (DISTANCE_MAP, "skt", "tclw")
"""Far from land, where ice melts, under a clear sky."""
_MOST_SPREAD_STDS = {"dB": 2.5, "K": 3.0, "degree": 1.6, "zone": 1.6, "m s-1": 5.0}
"""The most that a scene spreads, in published standard deviations, by unit: scenes of ice and water
reach 1.9, a front 1.7. Angles and zones cannot spread more."""
_MOST_STDS = 4.0
"""Medians of scaled values lie within so many standard deviations."""
_MOST_NAMED = 3
_RAW_ANGLE = "sar_grid_incidenceangle"
_FREEZING_K = 273.15


@dataclass(frozen=True)
class _Sample:
    """Some values of a channel.

    Attributes:
        median: Their median, physical units if they are stored as they should be.
        low: Their 16th percentile.
        spread: Half the distance between the 16th and the 84th percentile.
        ends: Between these lie 95 % of them.
        stored: Median as stored.
        count: How many they are.
        units: What the file says that their unit is, if it does.
    """

    median: float
    low: float
    spread: float
    ends: tuple[float, float]
    stored: float
    count: int
    units: object


def implausible(scene: Scene) -> tuple[str, ...]:
    """What is implausible about a scene's file: a sentence for each thing, which names the file.

    It reads some windows of the full grid, and the 2 km grid. Of a raw scene it reads the raw file,
    which need not have been converted.

    Raises:
        SceneError: The file cannot be read.
    """
    path = scene.raw or scene.path
    with opened(path) as file:
        samples = dict(_samples(file, scene))
        findings = [*_of_values(samples, raw=scene.raw is not None), *_of_spacing(file, scene)]
    return tuple(f"{path.name}: {finding}." for finding in findings)


def _samples(file: OpenFile, scene: Scene) -> Iterator[tuple[str, _Sample]]:
    raw = scene.raw is not None
    for name in CHANNEL:
        stored = _RAW_ANGLE if raw and name == INCIDENCE_ANGLE else name
        if name not in SCALING or stored not in file:
            continue
        values = np.concatenate([part.ravel() for part in _parts(file, stored)]).astype(float)
        values = values[np.isfinite(values) & (np.abs(values) < 1e20)]
        if not raw:
            # Masked pixels, and cells without a value, hold the mean.
            values = values[values != INPUT_FILL]
        if len(values) >= (_LEAST_VALUES if name in SAR and not raw else 1):
            yield name, _sample(name, values, file.attributes_of(stored).get("units"), raw=raw)


def _sample(name: str, values: np.ndarray, units: object, *, raw: bool) -> _Sample:
    quantiles = np.quantile(values, (0.025, 0.16, 0.5, 0.84, 0.975))
    least, low, median, high, most = map(float, quantiles if raw else unscale(name, quantiles))
    return _Sample(
        median=median,
        low=low,
        spread=(high - low) / 2,
        ends=(least, most),
        stored=float(quantiles[2]),
        count=len(values),
        units=units,
    )


def _parts(file: OpenFile, name: str) -> Iterator[np.ndarray]:
    """Windows of a variable of the full grid; other variables whole."""
    sizes = file.sizes(name)
    if tuple(sizes) != FULL_DIMS:
        yield file.whole(name)
        return
    for window in _diagonal(tuple(sizes.values())):
        yield file.pixels(name, window)


def _diagonal(shape: tuple[int, ...]) -> Iterator[Window]:
    for number in range(_WINDOWS):
        lines, samples = (
            slice(middle - half, middle + half)
            for middle, half in (
                ((2 * number + 1) * size // (2 * _WINDOWS), max(1, min(size // 6, _WINDOW_PX // 2)))
                for size in shape
            )
        )
        yield lines, samples


def bounds(name: str) -> tuple[float, float]:
    """Lowest and highest plausible median of a channel over a scene, physical units."""
    mean, std = SCALING[name]
    unit = CHANNEL[name].unit
    below, above = _STDS.get(unit, (_WIDE_STDS, _WIDE_STDS))
    low, high = mean - below * std, mean + above * std
    return (max(low, _K[0]), min(high, _K[1])) if unit == "K" else (low, high)


def spread_bounds(name: str) -> tuple[float, float]:
    """Least and most plausible spread of a channel over a scene, physical units."""
    _, std = SCALING[name]
    most = _MOST_SPREAD_STDS.get(CHANNEL[name].unit, _WIDE_STDS) * std
    if name in _MAY_BE_CONSTANT:
        return 0.0, most
    return (_LEAST_SPREAD_DB if name in SIGMA0 else _LEAST_SPREAD_STDS * std), most


def _of_values(samples: Mapping[str, _Sample], *, raw: bool) -> Iterator[str]:
    """Clauses about channels whose values or units cannot be what they should be."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, sample in samples.items():
        low, high = bounds(name)
        unit = CHANNEL[name].unit
        if not low <= sample.median <= high:
            named = f"{name} (median {sample.median:.3g} {unit})"
            found[_looks_like(name, sample)].append(named)
        elif what := _of_spread(name, sample):
            fact, looks = what
            found[looks].append(f"{name} ({fact})")
        elif contradicts(sample.units, unit, scaled=not raw):
            looks = f"values look like {unit}, unlike what the attribute says"
            found[looks].append(f'{name} (units "{sample.units}")')
    for looks, names in found.items():
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        yield f"{', '.join(names[:_MOST_NAMED])}{more}: {looks}"


def _of_spread(name: str, sample: _Sample) -> tuple[str, str] | None:
    """What of a spread is implausible, and what the values look like; None for nothing."""
    least, most = spread_bounds(name)
    unit = CHANNEL[name].unit
    if sample.count < _LEAST_VALUES:
        return None
    if sample.spread < least:
        fact = f"median {sample.median:.3g} {unit}, spread {sample.spread:.2g} {unit}"
        return fact, "values hardly vary, like one value put in place of a measurement"
    if sample.spread > most:
        fact = f"spread {sample.spread:.3g} {unit} instead of at most {most:.3g} {unit}"
        return fact, "values vary more than in any real scene, like noise or another scaling"
    start, end = sample.ends
    if unit == "K" and (start < 0 or end > _K[1]):
        fact = f"95 % of it from {start:.3g} to {end:.3g} {unit}"
        return fact, "values vary more than in any real scene, like noise or another scaling"
    return None


def _looks_like(name: str, sample: _Sample) -> str:
    """What values outside the bounds look like."""
    low, high = bounds(name)
    unit = CHANNEL[name].unit
    mean, _ = SCALING[name]
    # Of one kind the likeliest: power and amplitude can both be possible.
    kinds = (_never_scaled(sample), _other_units(unit, sample), _scaled_twice(name, sample))
    for guesses in kinds:
        possible = [(abs(guess - mean), words) for guess, words in guesses if low <= guess <= high]
        if possible:
            return f"values look {min(possible)[1]}"
    return f"values cannot be right, as real scenes have {low:.3g} to {high:.3g} {unit}"


def _other_units(unit: str, sample: _Sample) -> Iterator[tuple[float, str]]:
    """The median if the values are in another unit, and which one that is."""
    value = sample.median
    if unit == "dB" and sample.low > 0:
        yield 10 * np.log10(value), "like linear power instead of dB"
        yield 20 * np.log10(value), "like amplitude instead of dB"
    if unit == "K":
        yield value + _FREEZING_K, "like degrees Celsius instead of kelvin"
        yield value / 10, "like tenths of a kelvin"
        yield value / 100, "like hundredths of a kelvin"
    if unit == "degree" and sample.low > 0:
        yield float(np.degrees(value)), "like radians instead of degrees"


def _never_scaled(sample: _Sample) -> Iterator[tuple[float, str]]:
    """The median if the values of a ready-to-train file were never scaled."""
    if sample.stored != sample.median:
        yield sample.stored, "as if they were never scaled"


def _scaled_twice(name: str, sample: _Sample) -> Iterator[tuple[float, str]]:
    """The median if the values of a raw file are scaled, which they should not be."""
    if sample.stored == sample.median and abs(sample.stored) < _MOST_STDS:
        yield float(unscale(name, np.array(sample.stored))), "as if they were scaled already"


def _of_spacing(file: OpenFile, scene: Scene) -> Iterator[str]:
    """A clause about a pixel spacing that does not go with the positions."""
    if scene.raw is not None or not (LATITUDE in file and LONGITUDE in file):
        return
    points = read_points(file, scene.grid)
    found = spacing_between(points.latitude, points.longitude, points.span.shape)
    own = points.span.spacing_m
    if found and abs(found / own - 1) > CLOSE:
        yield f"pixel_spacing is {own:g} m, but by its positions it is about {found:.3g} m"
