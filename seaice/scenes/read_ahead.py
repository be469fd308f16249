"""Reading a scene while the process does something else, such as importing torch."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from seaice.core.errors import SeaIceError
from seaice.core.memory import free_bytes
from seaice.scenes.coarsened import COARSENED
from seaice.scenes.netcdf import NETCDF_LOCK
from seaice.scenes.read import read_inputs
from seaice.scenes.resampler import Resampler
from seaice.scenes.scene import Scene

_KEPT_BYTES = 128 * 2**20
"""Memory for coarsened layers: of two scenes of 26 million pixels at 400 m, with their validity."""
_PIXEL_BYTES = 20
"""What reading takes for each of the scene's own pixels, with its validity."""
_MOST_SHARE = 0.25
"""Of the free memory that this may take: the rest is for the network."""


@contextmanager
def reading_ahead(scene: Scene, channels: Sequence[str], spacing_m: float) -> Iterator[None]:
    """Read a scene's inputs in a thread; whoever asks for them in the block finds them read.

    Only a scene that a network takes coarsened is read, since little is kept of it. If something is
    wrong with the scene, whoever reads it next says so.

    Args:
        scene: The scene.
        channels: The channels that will be asked for.
        spacing_m: The spacing that they will be asked for at, metres.
    """
    if not _pays(scene, spacing_m):
        yield
        return
    before = COARSENED.most_bytes
    COARSENED.most_bytes = max(before, _KEPT_BYTES)
    threading.Thread(target=_read, args=(scene, channels, spacing_m), name="ahead").start()
    try:
        yield
    finally:
        with NETCDF_LOCK:
            COARSENED.shrink(before)


def _pays(scene: Scene, spacing_m: float) -> bool:
    if scene.raw or not Resampler.of(scene.grid, spacing_m, None).is_coarsening:
        return False
    needed = scene.grid.lines * scene.grid.samples * _PIXEL_BYTES
    return needed < _MOST_SHARE * free_bytes()


def _read(scene: Scene, channels: Sequence[str], spacing_m: float) -> None:
    with suppress(SeaIceError):
        read_inputs(scene, channels, spacing_m)
