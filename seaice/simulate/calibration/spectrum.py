"""How HH varies over ice at each wavelength: the radial spectrum of patches of ice."""

from dataclasses import dataclass

import numpy as np

from seaice.simulate.calibration.checks import Table, fixed, percent
from seaice.simulate.calibration.compared import ICE, ComparedScene
from seaice.simulate.calibration.sums import Mergeable, ratio

PATCH = 32
CLIP_DB = (-20.0, -8.0)
"""Range of the rebuilt real scene's HH; all scenes are clipped to it before they are compared."""

LEAST_PATCHES = 5
_ROUNDING_DB = 0.05
_BANDS_KM = ((26.0, 8.0), (8.0, 3.2), (3.2, 1.6))


@dataclass(frozen=True)
class Spectrum(Mergeable):
    """Sums over patches.

    Attributes:
        patches: Number of patches, float64 ().
        clipped: Sum of their shares of pixels at a limit of `CLIP_DB`, float64 ().
        density: Sum of their spectra, dB2 km2, float64 (rings,), from one cycle a patch.
    """

    patches: np.ndarray
    clipped: np.ndarray
    density: np.ndarray

    @classmethod
    def of(cls, scene: ComparedScene) -> "Spectrum":
        """Measure one scene: patches that overlap by half and are ice throughout."""
        hh_db = np.clip(scene.hh_db.astype(float), *CLIP_DB)
        # What was clipped before is written back a little off the limit.
        at_limit = (hh_db <= CLIP_DB[0] + _ROUNDING_DB) | (hh_db >= CLIP_DB[1] - _ROUNDING_DB)
        ice = scene.surfaces()[ICE]
        spacing_km = scene.spacing_m / 1000
        patches, clipped, density = 0, 0.0, np.zeros(PATCH // 2)
        for line in range(0, hh_db.shape[0] - PATCH + 1, PATCH // 2):
            for sample in range(0, hh_db.shape[1] - PATCH + 1, PATCH // 2):
                window = slice(line, line + PATCH), slice(sample, sample + PATCH)
                if ice[window].all():
                    patches += 1
                    clipped += float(at_limit[window].mean())
                    density += radial_spectrum(hh_db[window], spacing_km)
        return cls(np.array(float(patches)), np.array(clipped), density)

    def mean(self) -> np.ndarray:
        """Mean spectrum, dB2 km2; not a number without patches."""
        return ratio(self.density, np.broadcast_to(self.patches, self.density.shape))


def radial_spectrum(values: np.ndarray, spacing_km: float) -> np.ndarray:
    """Power spectral density by spatial frequency, averaged over all directions.

    Args:
        values: A square patch, float64 (n, n).
        spacing_km: Distance of its pixels.

    Returns:
        float64 (n / 2,) at 1, 2, ... cycles a patch: mean density of the frequencies in the ring
        around each, in squared units per (cycle/km)2. Times the number of a ring's frequencies and
        divided by the squared side of the patch it is the ring's variance; white noise is flat.
    """
    n = len(values)
    window = np.outer(np.hanning(n + 1)[:-1], np.hanning(n + 1)[:-1])
    weight = window**2
    anomaly = (values - np.average(values, weights=window)) * window
    power = np.abs(np.fft.fft2(anomaly)) ** 2 / (n**2 * weight.sum())
    variance = np.bincount(_rings(n).ravel(), power.ravel())[1 : n // 2 + 1]
    density: np.ndarray = variance / ring_sizes(n) * (n * spacing_km) ** 2
    return density


def _rings(n: int) -> np.ndarray:
    """Ring of each frequency of a patch of n x n pixels, cycles a patch, int64 (n, n)."""
    cycles = np.fft.fftfreq(n, 1 / n)
    rings: np.ndarray = np.rint(np.hypot(cycles[:, None], cycles)).astype(int)
    return rings


def ring_sizes(n: int) -> np.ndarray:
    """Number of frequencies in each ring, int64 (n / 2,), from one cycle a patch."""
    return np.bincount(_rings(n).ravel())[1 : n // 2 + 1]


def wavelengths_km(spacing_km: float) -> np.ndarray:
    """Wavelength of each ring, km, float64 (rings,)."""
    return PATCH * spacing_km / np.arange(1, PATCH // 2 + 1)


def compare(
    real: Spectrum, simulated: Spectrum, spacing_m: float
) -> tuple[tuple[str, ...], tuple[Table, ...]]:
    """Sentences and a table on how the spectra differ."""
    counts = [int(part.patches) for part in (real, simulated)]
    if min(counts) < LEAST_PATCHES:
        return (
            (
                f"HH over ice: too few patches that are ice throughout ({counts[0]} real, "
                f"{counts[1]} simulated)."
            ),
        ), ()
    spacing_km = spacing_m / 1000
    length_km = wavelengths_km(spacing_km)
    means = [part.mean() for part in (real, simulated)]
    sentences = _bands(means, length_km, spacing_km)
    clipped = [float(part.clipped / part.patches) for part in (real, simulated)]
    sentences.append(
        f"Of the pixels of these patches {percent(clipped[0])} lie at a limit of the clipped range "
        f"in the real scene and {percent(clipped[1])} in the simulated ones: what is clipped does "
        "not vary."
    )
    rows = tuple(
        (fixed(length, 1), fixed(r, 2), fixed(s, 2))
        for length, r, s in zip(length_km, *means, strict=True)
    )
    caption = (
        "Spectrum of HH over ice, mean over directions, dB2 km2 (dB2 per (cycle/km)2), "
        f"{counts[0]} real and {counts[1]} simulated patches"
    )
    return tuple(sentences), (Table(caption, ("wavelength, km", "real", "simulated"), rows),)


def _bands(means: list[np.ndarray], length_km: np.ndarray, spacing_km: float) -> list[str]:
    """How much HH varies at the wavelengths of each band, real and simulated."""
    variances = [mean * ring_sizes(PATCH) / (PATCH * spacing_km) ** 2 for mean in means]
    sentences = []
    for high, low in _BANDS_KM:
        inside = (length_km <= high) & (length_km > low * 0.999)
        if inside.any():
            real, simulated = (variance[inside].sum() for variance in variances)
            sentences.append(
                f"At wavelengths of {low:g} to {high:g} km, HH over ice varies by {real:.2f} dB2 "
                f"in the real scene and by {simulated:.2f} dB2 in the simulated ones."
            )
    return sentences
