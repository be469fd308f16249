"""Reading a scene while the process does something else, such as importing torch."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from seaice.core.memory import free_bytes
from seaice.scenes.coarsened import COARSENED
from seaice.scenes.layers import STRIP_PIXELS
from seaice.scenes.netcdf import NETCDF_LOCK
from seaice.scenes.read import read_inputs
from seaice.scenes.resampler import Resampler
from seaice.scenes.scene import Scene

_KEPT_BYTES = 128 * 2**20
"""Memory of two scenes of 26 million pixels at 400 m, with the validity of each."""
_STRIP_PIXEL_BYTES = 24
"""What reading takes for each pixel of a strip: HH, HV, a mask of each, and their means."""
_MOST_SHARE = 0.25
"""Of the free memory that this may take: the rest is for the network."""


@contextmanager
def remembering() -> Iterator[None]:
    """Remember coarsened layers in a block, which predicts scenes one after the other."""
    before = COARSENED.most_bytes
    COARSENED.most_bytes = max(before, _KEPT_BYTES)
    try:
        yield
    finally:
        COARSENED.most_bytes = before
        # Somebody who still reads is not waited for.
        if NETCDF_LOCK.acquire(blocking=False):
            try:
                COARSENED.shrink(before)
            finally:
                NETCDF_LOCK.release()


def read_ahead(scene: Scene, channels: Sequence[str], spacing_m: float) -> threading.Thread | None:
    """Begin to read a scene's inputs in a thread; whoever asks for them next usually finds them.

    Call it in a block of `remembering`, where what is read is kept. Only a scene that a network
    takes coarsened is read, of which little is kept. If something is wrong with the scene, whoever
    reads it next says so.

    Args:
        scene: The scene.
        channels: The channels that will be asked for.
        spacing_m: The spacing that they will be asked for at, metres.

    Returns:
        The thread; None if nothing is read.
    """
    if not _pays(scene, spacing_m):
        return None
    thread = threading.Thread(target=_read, args=(scene, channels, spacing_m), daemon=True)
    thread.start()
    return thread


def _pays(scene: Scene, spacing_m: float) -> bool:
    if scene.raw or not Resampler.of(scene.grid, spacing_m, None).is_coarsening:
        return False
    pixels = scene.grid.lines * scene.grid.samples
    needed = pixels + min(pixels, STRIP_PIXELS) * _STRIP_PIXEL_BYTES
    return needed < _MOST_SHARE * free_bytes()


def _read(scene: Scene, channels: Sequence[str], spacing_m: float) -> None:
    # Whatever it is, the next reader meets it too.
    with suppress(Exception):
        read_inputs(scene, channels, spacing_m)
