"""The sample of a scene's pixels as bytes, for the cache."""

import json
import zlib
from collections.abc import Sequence

import numpy as np

from seaice.network.training_range import SceneSample

_NOTHING = b"null"


def packed_sample(sample: SceneSample | None) -> bytes:
    """A sample as bytes, without the month; None for a scene without valid pixels."""
    if sample is None:
        return _NOTHING
    values = {
        "medians": {kind: dict(medians) for kind, medians in sample.medians.items()},
        # A float32 survives the way through JSON.
        "pixels": {name: pixels.tolist() for name, pixels in sample.pixels.items()},
    }
    return zlib.compress(json.dumps(values).encode())


def unpacked_sample(
    packed: bytes, channels: Sequence[str], month: int | None
) -> SceneSample | None:
    """The inverse of `packed_sample`.

    Args:
        packed: The bytes.
        channels: Names of the channels that the sample was drawn for.
        month: Month of the scene.

    Raises:
        ValueError: The bytes are damaged.
    """
    if packed == _NOTHING:
        return None
    try:
        values = json.loads(zlib.decompress(packed))
        medians = {
            str(kind): {str(name): float(each) for name, each in found.items()}
            for kind, found in values["medians"].items()
        }
        pixels = {str(name): np.array(each, np.float32) for name, each in values["pixels"].items()}
    except (zlib.error, KeyError, TypeError, AttributeError) as error:
        raise ValueError("damaged") from error
    known = {*pixels, *(name for found in medians.values() for name in found)}
    if not known <= set(channels) or any(each.ndim != 1 for each in pixels.values()):
        raise ValueError("damaged")
    return SceneSample(month, medians, pixels)
