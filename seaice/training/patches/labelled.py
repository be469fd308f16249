"""Where scenes hold labels, and which: an index in blocks of pixels, kept between runs."""

import logging
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.charts import CHART, CHARTS
from seaice.core.cache import Store
from seaice.core.errors import NoScenesError
from seaice.scenes.file_pool import OpenFiles
from seaice.scenes.read import read_chart
from seaice.scenes.scene import Scene

log = logging.getLogger(__name__)

BLOCK_PX = 16
"""Labelled area is indexed in blocks of so many pixels: exact enough to find it, small for
archives."""

_KIND = "labelled-area-2"
"""The number is that of the packed form."""
_HEADER = struct.Struct("<2I")
_STRIP_BLOCKS = 32
"""Lines of blocks read at a time."""
_MOST_CLASSES = max(chart.n_classes for chart in CHART.values())
_BITS = {
    name: np.array([1 << value if value < chart.n_classes else 0 for value in range(256)], "<u2")
    for name, chart in CHART.items()
}
"""By a pixel of each chart, the bit that stands for its class; none where it is unlabelled."""
_BIT_OF = np.arange(1 << _MOST_CLASSES)[:, None] >> np.arange(_MOST_CLASSES) & 1
"""Whether each number of bits has each bit, (numbers, classes)."""
_MANY_SCENES = 50
"""From more on, which take minutes, it is told how far the search has come."""

_Weights = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Block:
    """A labelled block.

    Attributes:
        scene: Index of its scene.
        line: Its first line, at the patches' spacing.
        sample: Its first sample.
    """

    scene: int
    line: int
    sample: int


class LabelledArea:
    """Where scenes hold a label in any chart, how many, and which classes.

    The index is kept packed, some 50 kB for a scene of 25 million pixels, so that an archive's
    fits into memory and goes quickly to other processes.

    Attributes:
        classes: (scenes, charts, classes) int64 number of labelled pixels, of any class, in the
            blocks that hold each class, in the order of `CHARTS`; zero where a chart has no such
            class.
        labelled: (scenes,) int64 number of pixels with a label in any chart.
    """

    def __init__(self, packed: Sequence[bytes]) -> None:
        """Of scenes' packed blocks, in order.

        Raises:
            NoScenesError: Not one block has a label.
        """
        self._packed = tuple(packed)
        self.classes = np.zeros((len(packed), len(CHARTS), _MOST_CLASSES), np.int64)
        self.labelled = np.zeros(len(packed), np.int64)
        for index, blocks in enumerate(map(_unpacked, packed)):
            *charts, labelled = blocks
            self.labelled[index] = labelled.sum(dtype=np.int64)
            self.classes[index] = [_pixels_by_class(chart, labelled) for chart in charts]
        if not self.labelled.any():
            raise NoScenesError("Not one pixel of the training scenes has a label in any chart.")

    @classmethod
    def of(
        cls, scenes: Sequence[Scene], spacing_m: float, store: Store | None = None
    ) -> "LabelledArea":
        """Find the labelled blocks of all scenes, or recall them; the search is logged.

        Args:
            scenes: The scenes.
            spacing_m: Pixel spacing of the patches, metres.
            store: Where what was found is kept between runs; nowhere where None.

        Raises:
            NoScenesError: Not one pixel has a label.
            SceneError: A scene cannot be read.
        """
        # Asked for once: a scene that changes meanwhile gets another key.
        keys = [str((scene.key, float(spacing_m), BLOCK_PX)) for scene in scenes]
        by_key = dict(zip(keys, scenes, strict=True))
        found = _recalled(by_key, spacing_m, store)
        unknown = {key: scene for key, scene in by_key.items() if key not in found}
        for key, scene in _told(unknown, once=store is not None):
            found[key] = _packed(_blocks(scene, spacing_m))
            if store is not None:
                store.put(_KIND, key, found[key])
        return cls([found[key] for key in keys])

    def any_block(self, rng: np.random.Generator) -> Block:
        """A block that holds any label: that of a labelled pixel, each pixel alike."""
        return self._drawn(self.labelled, lambda blocks: blocks[-1], rng)

    def block_with(self, chart: int, value: int, rng: np.random.Generator) -> Block:
        """A block that holds a class of a chart, by its number of pixels with any label.

        Args:
            chart: Index into `CHARTS`.
            value: The class; some scene must hold it.
            rng: Source of the draw.
        """
        bit = np.uint16(1 << value)
        return self._drawn(
            self.classes[:, chart, value],
            lambda blocks: np.where(blocks[chart] & bit, blocks[-1], 0),
            rng,
        )

    def _drawn(self, sums: np.ndarray, weights: _Weights, rng: np.random.Generator) -> Block:
        """A block by its weight; `sums` are those of all weights of each scene."""
        ends = np.cumsum(sums)
        drawn = int(rng.integers(ends[-1]))
        scene = int(np.searchsorted(ends, drawn, side="right"))
        blocks = weights(_unpacked(self._packed[scene]))
        drawn -= int(ends[scene] - sums[scene])
        at = np.searchsorted(np.cumsum(blocks, dtype=np.int64), drawn, side="right")
        line, sample = divmod(int(at), blocks.shape[1])
        return Block(scene, line * BLOCK_PX, sample * BLOCK_PX)


def _pixels_by_class(bits: np.ndarray, labelled: np.ndarray) -> np.ndarray:
    """Labelled pixels in the blocks that hold each class, (classes,) int64."""
    alike = np.bincount(bits.ravel(), labelled.ravel(), minlength=1 << _MOST_CLASSES)
    pixels: np.ndarray = alike.astype(np.int64) @ _BIT_OF
    return pixels


def _recalled(
    scenes: Mapping[str, Scene], spacing_m: float, store: Store | None
) -> dict[str, bytes]:
    """Packed blocks of the scenes, by key, for which they are known and sound."""
    if store is None:
        return {}
    shapes = {
        key: tuple(-(-size // BLOCK_PX) for size in scene.grid.at(spacing_m).shape)
        for key, scene in scenes.items()
    }
    kept = store.get_many(_KIND, list(shapes))
    return {key: packed for key, packed in kept.items() if _is_sound(packed, shapes[key])}


def _told(scenes: Mapping[str, Scene], *, once: bool) -> Iterator[tuple[str, Scene]]:
    """The scenes by key; that they are looked at is said, of many also how far it has come."""
    count = len(scenes)
    if count:
        many = f"{count} scenes" if count > 1 else "1 scene"
        log.info("looking for the labels of %s%s", many, ", this once" if once else "")
    step = -(-count // 10) if count > _MANY_SCENES else count
    for done, scene in enumerate(scenes.items()):
        if done and done % step == 0:
            log.info("looked for the labels of %d of %d scenes", done, count)
        yield scene


def _blocks(scene: Scene, spacing_m: float) -> np.ndarray:
    """What each block holds, (charts + 1, block lines, block samples) uint16.

    First the classes of each chart as bits, last the number of pixels with a label in any chart.
    """
    grid = scene.grid.at(spacing_m)
    strips = []
    with OpenFiles(1, chunk_cache_bytes=None) as files:
        for window in grid.strips(_STRIP_BLOCKS * BLOCK_PX):
            charts = [read_chart(scene, name, spacing_m, window, files) for name in CHARTS]
            bits = [_BITS[name][chart] for name, chart in zip(CHARTS, charts, strict=True)]
            labelled = _in_blocks(np.bitwise_or.reduce(bits) > 0).sum(axis=(1, 3), dtype="<u2")
            strips.append(np.stack([*(_any_of_block(each) for each in bits), labelled]))
    return np.concatenate(strips, axis=1)


def _any_of_block(bits: np.ndarray) -> np.ndarray:
    """Bits that any pixel of a block has, (block lines, block samples)."""
    combined: np.ndarray = np.bitwise_or.reduce(_in_blocks(bits), axis=(1, 3))
    return combined


def _in_blocks(pixels: np.ndarray) -> np.ndarray:
    """Pixels by blocks, (block lines, 16, block samples, 16); zero beyond the last pixel."""
    pad = [(0, -size % BLOCK_PX) for size in pixels.shape]
    lines, samples = (-(-size // BLOCK_PX) for size in pixels.shape)
    padded: np.ndarray = np.pad(pixels, pad)
    return padded.reshape(lines, BLOCK_PX, samples, BLOCK_PX)


def _packed(blocks: np.ndarray) -> bytes:
    return _HEADER.pack(*blocks.shape[1:]) + zlib.compress(blocks.astype("<u2").tobytes(), 6)


def _unpacked(packed: bytes) -> np.ndarray:
    """What `_blocks` gives, (charts + 1, block lines, block samples) uint16.

    Raises:
        ValueError: It is not what `_packed` makes.
    """
    try:
        shape = len(CHARTS) + 1, *_HEADER.unpack_from(packed)
        values = np.frombuffer(zlib.decompress(packed[_HEADER.size :]), "<u2")
    except (struct.error, zlib.error) as error:
        raise ValueError("damaged") from error
    return values.reshape(shape)


def _is_sound(packed: bytes, shape: tuple[int, ...]) -> bool:
    """Whether it is the packed blocks of a scene of that many blocks, true in itself.

    Of known classes alone, and with a number of labelled pixels wherever there is a class.
    """
    try:
        blocks = _unpacked(packed)
    except ValueError:
        return False
    known = np.array([(1 << CHART[name].n_classes) - 1 for name in CHARTS], np.uint16)
    charts, labelled = blocks[:-1], blocks[-1]
    return (
        blocks.shape[1:] == shape
        and not (charts & ~known[:, None, None]).any()
        and bool((labelled <= BLOCK_PX**2).all())
        and np.array_equal(labelled > 0, charts.any(axis=0))
    )
