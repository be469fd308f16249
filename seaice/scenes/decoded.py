"""Windows of variables that were decoded lately, for all who read the same scene.

A page predicts a scene with several networks, explains each, draws it and scores baselines on it.
Each of them reads the radar, and decompressing it takes longer than the rest of reading.
"""

from typing import TYPE_CHECKING

from seaice.core.recent import Recent

if TYPE_CHECKING:
    # For its type alone: a server that remembers nothing yet needs no numpy.
    import numpy as np

DECODED: "Recent[np.ndarray]" = Recent()
"""Of this process. Commands and trainings remember nothing: they read each window once. Only used
under `NETCDF_LOCK`."""
