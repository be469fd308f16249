"""Where radar backscatter stands clear of the noise floor."""

import numpy as np

from seaice.simulate.sar import HH_NOISE_DB, noise_floor_db

CLEAR_DB = 6.0
"""From here on the noise adds 1 dB or less to the mean power."""


def noise_db(polarisation: int, angle_deg: np.ndarray) -> np.ndarray:
    """Typical noise floor at incidence angles.

    Args:
        polarisation: 0 for HH, 1 for HV.
        angle_deg: Degrees, any shape.

    Returns:
        dB, float64, that shape.
    """
    if polarisation == 0:
        return np.full(np.shape(angle_deg), float(HH_NOISE_DB))
    return noise_floor_db(np.asarray(angle_deg), np.zeros(5))
