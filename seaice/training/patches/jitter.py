"""Change the calibration of HH and HV in a patch at random, as satellites and processors do."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.layout import scale_masked, unscale

_HH, _HV = "nersc_sar_primary", "nersc_sar_secondary"
HV_NOISE_DB = -30.0
"""Noise-equivalent HV backscatter of Sentinel-1 EW after subtraction of the noise, dB. Measured
5th percentiles by sub-swath lie between -28 and -36.5; the specification is -22 before it."""


@dataclass(frozen=True)
class Jitter:
    """What the calibration of one patch is changed by.

    Attributes:
        hh_db: Added to HH, dB.
        hv_db: Added to HV, dB.
        noise_db: What the noise in HV is raised by, dB; negative to lower it.
    """

    hh_db: float = 0.0
    hv_db: float = 0.0
    noise_db: float = 0.0

    @classmethod
    def draw(cls, gain_db: float, noise_db: float, rng: np.random.Generator) -> "Jitter":
        """Draw three independent normal deviates.

        Args:
            gain_db: Standard deviation of the gain of HH and of HV, dB.
            noise_db: Standard deviation of the noise, dB.
            rng: Random generator.
        """
        hh, hv, noise = rng.standard_normal(3)
        return cls(float(gain_db * hh), float(gain_db * hv), float(noise_db * noise))

    def of_inputs(
        self, values: np.ndarray, valid: np.ndarray, channels: Sequence[str]
    ) -> np.ndarray:
        """Change the HH and HV of a patch.

        HV is the sum of what the surface scatters and of the noise. Of the noise we know only its
        usual power, so each pixel holds `HV_NOISE_DB` of it, or is all noise if it is darker. The
        noise is multiplied, not the surface: bright ice hardly changes and calm water does.

        Args:
            values: (channels, lines, samples) float32, standard-scaled.
            valid: (lines, samples) bool. Other pixels keep their fill value.
            channels: Names of the channels.

        Returns:
            Inputs like `values`; `values` itself if nothing changes.
        """
        changes = {
            name: db for name, db in ((_HH, self.hh_db), (_HV, self.hv_db)) if name in channels
        }
        noise_db = self.noise_db if _HV in channels else 0.0
        if not (any(changes.values()) or noise_db):
            return values
        changed = values.copy()
        for name, gain_db in changes.items():
            layer = changed[channels.index(name)]
            sigma0_db = unscale(name, layer)
            if name == _HV and noise_db:
                sigma0_db = with_noise(sigma0_db, noise_db)
            layer[:] = scale_masked(name, sigma0_db + np.float32(gain_db), valid)
        return changed


def with_noise(sigma0_db: np.ndarray, noise_db: float) -> np.ndarray:
    """HV whose noise is raised or lowered.

    Args:
        sigma0_db: Backscatter with its noise, dB, any shape, float32.
        noise_db: What the noise is raised by, dB.

    Returns:
        dB, float32. With power p, noise n and factor f: p + (f - 1) min(p, n).
    """
    ratio = np.minimum(0, HV_NOISE_DB - sigma0_db)
    share = np.power(np.float32(10), ratio / np.float32(10))
    factor = np.float32(10 ** (noise_db / 10) - 1)
    raised: np.ndarray = sigma0_db + np.float32(10) * np.log10(1 + factor * share)
    return raised
