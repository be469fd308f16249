"""Mosaics: squares of a scene kept, everything around them taken from another scene.

A mosaic keeps squares that lie so far apart that the predictor, from the middle of one of them,
sees nothing of the others. So one prediction scores as many places as there are squares, and for
each of them everything beyond its own square is foreign.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.channels import INCIDENCE_ANGLE, SIGMA0
from seaice.core.grids.pixel_grid import Window
from seaice.scenes.read import Inputs

_ANGLE_TOLERANCE = 0.05
"""Of the scaled incidence angle, 0.4 degrees: beyond that another scene has no such angle."""


@dataclass(frozen=True)
class Site:
    """A place of a scene that is scored.

    Attributes:
        radius: Index of its radius.
        core: The pixels that are scored.
        kept: The pixels that are kept: the core, and the radius to each side of it.
    """

    radius: int
    core: Window
    kept: Window


def core_px(radius_px: int) -> int:
    """Pixels along the core of a site: a quarter of the radius, so that the radius is sharp.

    >>> core_px(8), core_px(1)
    (2, 1)
    """
    return max(1, round(radius_px / 4))


def place_sites(
    shape: tuple[int, int],
    radii_px: Sequence[int],
    reach_px: float,
    rng: np.random.Generator,
    first: int = 0,
) -> list[Site]:
    """Place sites on a lattice with a random origin, their radii in turn.

    Args:
        shape: Lines and samples of the scene.
        radii_px: Radii, pixels.
        reach_px: Distance to the farthest pixel that an output of the predictor depends on.
        rng: Draws the origin.
        first: Index of the first site's radius.

    Returns:
        Sites. From any pixel of a core, kept pixels of other sites lie beyond the reach.
    """
    step = reach_px + max(radii_px) + core_px(max(radii_px)) + 1
    lines, samples = (_lattice(size, step, rng) for size in shape)
    return [
        _site((line, sample), shape, (first + number) % len(radii_px), radii_px)
        for number, (line, sample) in enumerate((y, x) for y in lines for x in samples)
    ]


def _lattice(size: int, step: float, rng: np.random.Generator) -> list[int]:
    """Places along an axis: every pixel is as likely as any other."""
    whole = size if step >= size else math.ceil(step)
    return list(range(int(rng.integers(whole)), size, whole))


def _site(
    centre: tuple[int, int], shape: tuple[int, int], radius: int, radii_px: Sequence[int]
) -> Site:
    side, around = core_px(radii_px[radius]), radii_px[radius]
    starts = [at - side // 2 for at in centre]
    core, kept = (
        tuple(
            slice(max(0, start - margin), min(size, start + side + margin))
            for start, size in zip(starts, shape, strict=True)
        )
        for margin in (0, around)
    )
    return Site(radius, core, kept)  # type: ignore[arg-type]  # tuples of unknown length


def kept_pixels(shape: tuple[int, int], sites: Iterable[Site]) -> np.ndarray:
    """Pixels that a mosaic keeps, (lines, samples) bool."""
    kept = np.zeros(shape, bool)
    for site in sites:
        kept[site.kept] = True
    return kept


def angle_profile(angle: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """Incidence angle of each sample: the mean over its valid pixels.

    Args:
        angle: (lines, samples) float32, scaled.
        valid: (lines, samples) bool.

    Returns:
        (samples,) float64; NaN for samples without a valid pixel.
    """
    count = valid.sum(axis=0)
    total = np.where(valid, angle, 0).sum(axis=0, dtype=np.float64)
    profile: np.ndarray = np.full(count.shape, np.nan)
    np.divide(total, count, out=profile, where=count > 0)
    return profile


def columns_at(wanted: np.ndarray, donor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Samples of a donor that were seen under the wanted incidence angles.

    >>> columns_at(np.array([2.0, 3.0, 9.0]), np.array([1.0, 2.0, 3.0]))
    (array([1, 2, 2]), array([ True,  True, False]))

    Args:
        wanted: (n,) float64, NaN where no angle is known.
        donor: (m,) float64, angle of each sample of the donor, NaN where not known.

    Returns:
        (n,) indices of the samples with the nearest angle, and (n,) bool: whether the donor has
        that angle.
    """
    known = np.flatnonzero(np.isfinite(donor))
    if not known.size:
        return np.zeros(len(wanted), np.intp), np.zeros(len(wanted), bool)
    order = known[np.argsort(donor[known], kind="stable")]
    place = np.interp(wanted, donor[order], order.astype(np.float64))
    columns = np.rint(np.nan_to_num(place)).astype(np.intp)
    with np.errstate(invalid="ignore"):
        found = np.abs(donor[columns] - wanted) <= _ANGLE_TOLERANCE
    return columns, found


def matched(
    donor: Inputs, shape: tuple[int, int], columns: np.ndarray, found: np.ndarray
) -> Inputs:
    """A donor's pixels on the grid of another scene: the same lines, given samples.

    Where the donor has no such line or sample it is not valid, and its last ones are held.
    """
    lines = np.arange(shape[0])
    held = np.minimum(lines, donor.valid.shape[0] - 1)
    valid = donor.valid[held][:, columns] & found & (lines == held)[:, None]
    return Inputs(donor.values[:, held][:, :, columns], valid)


def foreign_inputs(valid: np.ndarray, donors: Iterator[Inputs]) -> Inputs:
    """What other scenes have where a scene has data.

    Args:
        valid: (lines, samples) bool: where the scene has data.
        donors: Other scenes on its grid, at least one, in order; read only as far as needed.

    Returns:
        The first donor's pixels; where it has no data, those of the next that has. Pixels without
        data in any donor stay invalid.
    """
    first = next(donors)
    values, known = first.values, first.valid
    while (lacking := valid & ~known).any():
        donor = next(donors, None)
        if donor is None:
            break
        new = lacking & donor.valid
        values[:, new] = donor.values[:, new]
        known = known | new
    return Inputs(values, known)


def mosaic(
    scene: Inputs, foreign: Inputs, kept: np.ndarray, channels: Sequence[str], group: Sequence[str]
) -> Inputs:
    """A scene with some channels replaced wherever it is not kept.

    The scene's mask and incidence angle stay. Radar pixels that no other scene has are masked.

    Args:
        scene: The scene.
        foreign: What other scenes have there.
        kept: (lines, samples) bool.
        channels: Names of the channels in order.
        group: Those to replace.

    Returns:
        New inputs.
    """
    values, valid = scene.values.copy(), scene.valid
    if set(group) & set(SIGMA0):
        valid = valid & (kept | foreign.valid)
    for index, name in enumerate(channels):
        if name in group and name != INCIDENCE_ANGLE:
            np.copyto(values[index], foreign.values[index], where=~kept)
        if name in SIGMA0 or name == INCIDENCE_ANGLE:
            values[index][~valid] = 0
    return Inputs(values, valid)
