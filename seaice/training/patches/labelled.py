"""Index the labelled pixels of scenes in blocks, and cache the index between runs."""

import logging
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.charts import CHART, CHARTS
from seaice.core.cache import Store
from seaice.core.errors import NoScenesError
from seaice.core.text import counted
from seaice.scenes.file_pool import OpenFiles
from seaice.scenes.read import read_chart
from seaice.scenes.scene import Scene

log = logging.getLogger(__name__)

BLOCK_PX = 16
"""Side of the blocks of the index: precise enough to find labels, small enough for archives."""

_KIND = "labelled-area-3"
"""The number is the version of the packed form."""
_HEADER = struct.Struct("<2I")
"""Lines and samples of blocks."""
_STRIP_BLOCKS = 32
"""Lines of blocks to read at a time."""
_MOST_CLASSES = max(chart.n_classes for chart in CHART.values())
_COUNTS_BYTES = 8 * len(CHARTS) * _MOST_CLASSES
_BITS = {
    name: np.array([1 << value if value < chart.n_classes else 0 for value in range(256)], "<u2")
    for name, chart in CHART.items()
}
"""By chart: the bit of each pixel value's class, (256,) uint16; 0 for values without a class."""
_BIT_OF = np.arange(1 << _MOST_CLASSES)[:, None] >> np.arange(_MOST_CLASSES) & 1
"""Bits of each number, (numbers, classes) of 0 and 1."""
_MANY_SCENES = 50
"""Indexing more scenes than this takes minutes, so its progress is logged."""

_Weights = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Block:
    """A labelled block.

    Attributes:
        scene: Index of its scene.
        line: Its first line, at the spacing of the patches.
        sample: Its first sample.
    """

    scene: int
    line: int
    sample: int


class LabelledArea:
    """Index of the blocks that have labels in any chart, with their classes.

    The index stays compressed, about 50 kB for a scene of 25 million pixels. The index of a whole
    archive thus fits into memory and is quickly copied to other processes.

    Attributes:
        classes: (scenes, charts, classes) int64. Number of labelled pixels, of any class, in the
            blocks that hold each class. Charts in the order of `CHARTS`; zero if a chart has no
            such class.
        labelled: (scenes,) int64. Number of pixels with a label in any chart.
        pixels: (charts, classes) int64. Number of pixels of each class in all scenes.
    """

    def __init__(self, packed: Sequence[bytes]) -> None:
        """Build the index from the packed blocks of each scene.

        Args:
            packed: Packed blocks, in the order of the scenes.

        Raises:
            NoScenesError: The scenes have no labelled pixels.
        """
        self._packed = tuple(packed)
        self.classes = np.zeros((len(packed), len(CHARTS), _MOST_CLASSES), np.int64)
        self.labelled = np.zeros(len(packed), np.int64)
        self.pixels = np.zeros((len(CHARTS), _MOST_CLASSES), np.int64)
        for index, each in enumerate(packed):
            *charts, labelled = _unpacked(each)
            self.pixels += _unpacked_counts(each)
            self.labelled[index] = labelled.sum(dtype=np.int64)
            self.classes[index] = [_pixels_by_class(chart, labelled) for chart in charts]
        if not self.labelled.any():
            raise NoScenesError(
                "The training scenes have no labelled pixels. Use scenes with labelled ice charts."
            )

    @classmethod
    def of(
        cls, scenes: Sequence[Scene], spacing_m: float, store: Store | None = None
    ) -> "LabelledArea":
        """Index the scenes, using cached blocks where possible. Logs how many it indexes.

        Args:
            scenes: The scenes.
            spacing_m: Pixel spacing of the patches, metres.
            store: Cache of the packed blocks. If None, nothing is cached.

        Raises:
            NoScenesError: The scenes have no labelled pixels.
            SceneError: A scene cannot be read.
        """
        # Read only once, because the key of a scene changes with its file.
        keys = [str((scene.key, float(spacing_m), BLOCK_PX)) for scene in scenes]
        by_key = dict(zip(keys, scenes, strict=True))
        packed = _from_cache(by_key, spacing_m, store)
        uncached = {key: scene for key, scene in by_key.items() if key not in packed}
        for key, scene in _logged(uncached, cached=store is not None):
            packed[key] = _packed(*_blocks(scene, spacing_m))
            if store is not None:
                store.put(_KIND, key, packed[key])
        return cls([packed[key] for key in keys])

    def any_block(self, rng: np.random.Generator) -> Block:
        """Draw the block of a labelled pixel, all such pixels with the same probability."""
        return self._drawn(self.labelled, lambda blocks: blocks[-1], rng)

    def block_at(self, share: float) -> Block:
        """The block of a labelled pixel, counted from the first one of the first scene.

        Args:
            share: How many of the labelled pixels precede it, 0 to less than 1.
        """
        drawn = int(share * int(self.labelled.sum()))
        return self._found(self.labelled, lambda blocks: blocks[-1], drawn)

    def block_with(self, chart: int, value: int, rng: np.random.Generator) -> Block:
        """Draw a block that holds a class, weighted by its number of pixels with any label.

        Args:
            chart: Index into `CHARTS`.
            value: The class. At least one scene must hold it.
            rng: Random generator.
        """
        bit = np.uint16(1 << value)
        return self._drawn(
            self.classes[:, chart, value],
            lambda blocks: np.where(blocks[chart] & bit, blocks[-1], 0),
            rng,
        )

    def _drawn(self, sums: np.ndarray, weights: _Weights, rng: np.random.Generator) -> Block:
        """Draw a block by its weight. `sums` are the sums of the weights of each scene."""
        return self._found(sums, weights, int(rng.integers(sums.sum())))

    def _found(self, sums: np.ndarray, weights: _Weights, drawn: int) -> Block:
        """The block that reaches beyond a sum of weights, from the first block on."""
        ends = np.cumsum(sums)
        scene = int(np.searchsorted(ends, drawn, side="right"))
        blocks = weights(_unpacked(self._packed[scene]))
        drawn -= int(ends[scene] - sums[scene])
        at = np.searchsorted(np.cumsum(blocks, dtype=np.int64), drawn, side="right")
        line, sample = divmod(int(at), blocks.shape[1])
        return Block(scene, line * BLOCK_PX, sample * BLOCK_PX)


def _pixels_by_class(bits: np.ndarray, labelled: np.ndarray) -> np.ndarray:
    """Number of labelled pixels in the blocks that hold each class, (classes,) int64."""
    alike = np.bincount(bits.ravel(), labelled.ravel(), minlength=1 << _MOST_CLASSES)
    pixels: np.ndarray = alike.astype(np.int64) @ _BIT_OF
    return pixels


def _from_cache(
    scenes: Mapping[str, Scene], spacing_m: float, store: Store | None
) -> dict[str, bytes]:
    """Cached packed blocks by key, without damaged ones."""
    if store is None:
        return {}
    shapes = {
        key: tuple(-(-size // BLOCK_PX) for size in scene.grid.at(spacing_m).shape)
        for key, scene in scenes.items()
    }
    cached = store.get_many(_KIND, list(shapes))
    return {key: packed for key, packed in cached.items() if _is_valid(packed, shapes[key])}


def _logged(scenes: Mapping[str, Scene], *, cached: bool) -> Iterator[tuple[str, Scene]]:
    """Yield keys and scenes to index. Logs the start and, for many scenes, the progress."""
    count = len(scenes)
    if count:
        number = counted(count, "scene")
        log.info("indexing the labels of %s%s", number, " (first use only)" if cached else "")
    step = -(-count // 10) if count > _MANY_SCENES else count
    for done, scene in enumerate(scenes.items()):
        if done and done % step == 0:
            log.info("indexed %d of %d scenes", done, count)
        yield scene


def _blocks(scene: Scene, spacing_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Content of each block, and what the scene holds.

    Returns:
        (charts + 1, block lines, block samples) uint16: the classes of each chart as bits, then the
        number of pixels with a label in any chart. And (charts, classes) int64: the number of
        pixels of each class.
    """
    counts = np.zeros((len(CHARTS), _MOST_CLASSES), np.int64)
    grid = scene.grid.at(spacing_m)
    strips = []
    with OpenFiles(1, chunk_cache_bytes=None) as files:
        for window in grid.strips(_STRIP_BLOCKS * BLOCK_PX):
            charts = [read_chart(scene, name, spacing_m, window, files) for name in CHARTS]
            counts += [
                np.bincount(chart.ravel(), minlength=256)[:_MOST_CLASSES] for chart in charts
            ]
            bits = [_BITS[name][chart] for name, chart in zip(CHARTS, charts, strict=True)]
            labelled = _in_blocks(np.bitwise_or.reduce(bits) > 0).sum(axis=(1, 3), dtype="<u2")
            strips.append(np.stack([*(_any_of_block(each) for each in bits), labelled]))
    return np.concatenate(strips, axis=1), counts


def _any_of_block(bits: np.ndarray) -> np.ndarray:
    """Bits that any pixel of a block has, (block lines, block samples) uint16."""
    combined: np.ndarray = np.bitwise_or.reduce(_in_blocks(bits), axis=(1, 3))
    return combined


def _in_blocks(pixels: np.ndarray) -> np.ndarray:
    """Split pixels into blocks, (block lines, 16, block samples, 16); 0 beyond the last pixel."""
    pad = [(0, -size % BLOCK_PX) for size in pixels.shape]
    lines, samples = (-(-size // BLOCK_PX) for size in pixels.shape)
    padded: np.ndarray = np.pad(pixels, pad)
    return padded.reshape(lines, BLOCK_PX, samples, BLOCK_PX)


def _packed(blocks: np.ndarray, counts: np.ndarray) -> bytes:
    content = counts.astype("<i8").tobytes() + blocks.astype("<u2").tobytes()
    return _HEADER.pack(*blocks.shape[1:]) + zlib.compress(content, 6)


def _unpacked(packed: bytes) -> np.ndarray:
    """The blocks of `_packed`, (charts + 1, block lines, block samples) uint16.

    Raises:
        ValueError: The bytes are damaged.
    """
    content = _content(packed)[_COUNTS_BYTES:]
    return np.frombuffer(content, "<u2").reshape(len(CHARTS) + 1, *_HEADER.unpack_from(packed))


def _unpacked_counts(packed: bytes) -> np.ndarray:
    """The counts of `_packed`, (charts, classes) int64; raises as `_unpacked` does."""
    content = _content(packed)[:_COUNTS_BYTES]
    return np.frombuffer(content, "<i8").reshape(len(CHARTS), _MOST_CLASSES)


def _content(packed: bytes) -> bytes:
    try:
        _HEADER.unpack_from(packed)
        return zlib.decompress(packed[_HEADER.size :])
    except (struct.error, zlib.error) as error:
        raise ValueError("damaged") from error


def _is_valid(packed: bytes, shape: tuple[int, ...]) -> bool:
    """Whether these are packed blocks of the given shape that are consistent.

    All classes must be known, and a block must have labelled pixels if and only if it has a class.
    """
    try:
        blocks, counts = _unpacked(packed), _unpacked_counts(packed)
    except ValueError:
        return False
    known = np.array([(1 << CHART[name].n_classes) - 1 for name in CHARTS], np.uint16)
    charts, labelled = blocks[:-1], blocks[-1]
    return (
        blocks.shape[1:] == shape
        and not (charts & ~known[:, None, None]).any()
        and bool((labelled <= BLOCK_PX**2).all())
        and bool((counts >= 0).all())
        and np.array_equal(counts > 0, _BIT_OF[np.bitwise_or.reduce(charts, axis=(1, 2))] > 0)
        and np.array_equal(labelled > 0, charts.any(axis=0))
    )
