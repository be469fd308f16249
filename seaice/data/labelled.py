"""Where scenes hold labels, and which: an index in blocks of pixels, kept between runs."""

import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from seaice.cache import Store
from seaice.data.kept_open import OpenFiles
from seaice.data.read import read_chart
from seaice.data.scene import Scene
from seaice.errors import NoScenesError
from seaice.vocabulary import CHART, CHARTS

BLOCK_PX = 16
"""Labelled area is indexed in blocks of so many pixels: exact enough to find it, small for
archives."""

_KIND = "labelled-area-1"
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

_Choice = Callable[[np.ndarray], np.ndarray]


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
    """Where scenes hold a label in any chart, and which classes.

    The index is kept packed, some 50 kB for a scene of 25 million pixels, so that an archive's
    fits into memory and goes quickly to other processes.

    Attributes:
        classes: (scenes, charts, classes) int64 number of blocks that hold each class, in the order
            of `CHARTS`; zero where a chart has no such class.
        labelled: (scenes,) int64 number of blocks that hold any label.
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
            self.labelled[index] = np.count_nonzero(blocks.any(axis=0))
            self.classes[index] = [_blocks_by_class(chart) for chart in blocks]
        if not self.labelled.any():
            raise NoScenesError("Not one pixel of the training scenes has a label in any chart.")

    @classmethod
    def of(
        cls, scenes: Sequence[Scene], spacing_m: float, store: Store | None = None
    ) -> "LabelledArea":
        """Find the labelled blocks of all scenes, or recall them.

        Args:
            scenes: The scenes.
            spacing_m: Pixel spacing of the patches, metres.
            store: Where what was found is kept between runs; nowhere where None.

        Raises:
            NoScenesError: Not one pixel has a label.
            SceneError: A scene cannot be read.
        """
        return cls([_packed_blocks(scene, spacing_m, store) for scene in scenes])

    def any_block(self, rng: np.random.Generator) -> Block:
        """A block that holds any label, each alike."""
        return self._drawn(self.labelled, lambda blocks: blocks.any(axis=0), rng)

    def block_with(self, chart: int, value: int, rng: np.random.Generator) -> Block:
        """A block that holds a class of a chart, each alike.

        Args:
            chart: Index into `CHARTS`.
            value: The class; some scene must hold it.
            rng: Source of the draw.
        """
        bit = np.uint16(1 << value)
        return self._drawn(self.classes[:, chart, value], lambda blocks: blocks[chart] & bit, rng)

    def _drawn(self, counts: np.ndarray, chosen: _Choice, rng: np.random.Generator) -> Block:
        ends = np.cumsum(counts)
        drawn = int(rng.integers(ends[-1]))
        scene = int(np.searchsorted(ends, drawn, side="right"))
        blocks = chosen(_unpacked(self._packed[scene]))
        at = np.flatnonzero(blocks)[drawn - (ends[scene] - counts[scene])]
        line, sample = divmod(int(at), blocks.shape[1])
        return Block(scene, line * BLOCK_PX, sample * BLOCK_PX)


def _blocks_by_class(bits: np.ndarray) -> np.ndarray:
    """Number of blocks that hold each class, (classes,) int64."""
    alike = np.bincount(bits.ravel(), minlength=1 << _MOST_CLASSES)
    return alike @ _BIT_OF


def _packed_blocks(scene: Scene, spacing_m: float, store: Store | None) -> bytes:
    """A scene's blocks, recalled where they are known and sound."""
    shape = tuple(-(-size // BLOCK_PX) for size in scene.grid.at(spacing_m).shape)
    key = str((scene.key, float(spacing_m), BLOCK_PX))
    kept = store.get(_KIND, key) if store is not None else None
    if kept is not None and _is_sound(kept, shape):
        return kept
    packed = _packed(_blocks(scene, spacing_m))
    if store is not None:
        store.put(_KIND, key, packed)
    return packed


def _blocks(scene: Scene, spacing_m: float) -> np.ndarray:
    """Classes that each block holds, (charts, block lines, block samples) uint16 of bits."""
    grid = scene.grid.at(spacing_m)
    strips = []
    files = OpenFiles(1, chunk_cache_bytes=None)
    for window in grid.strips(_STRIP_BLOCKS * BLOCK_PX):
        charts = [read_chart(scene, name, spacing_m, window, files) for name in CHARTS]
        bits = [_BITS[name][chart] for name, chart in zip(CHARTS, charts, strict=True)]
        strips.append(np.stack([_any_of_block(each) for each in bits]))
    files.close()
    return np.concatenate(strips, axis=1)


def _any_of_block(bits: np.ndarray) -> np.ndarray:
    """Bits that any pixel of a block has, (block lines, block samples)."""
    pad = [(0, -size % BLOCK_PX) for size in bits.shape]
    lines, samples = (size + more for size, (_, more) in zip(bits.shape, pad, strict=True))
    blocks = np.pad(bits, pad).reshape(lines // BLOCK_PX, BLOCK_PX, samples // BLOCK_PX, BLOCK_PX)
    return np.bitwise_or.reduce(np.bitwise_or.reduce(blocks, axis=1), axis=2)


def _packed(blocks: np.ndarray) -> bytes:
    return _HEADER.pack(*blocks.shape[1:]) + zlib.compress(blocks.astype("<u2").tobytes(), 6)


def _unpacked(packed: bytes) -> np.ndarray:
    """(charts, block lines, block samples) uint16 of bits.

    Raises:
        ValueError: It is not what `_packed` makes.
    """
    try:
        shape = len(CHARTS), *_HEADER.unpack_from(packed)
        values = np.frombuffer(zlib.decompress(packed[_HEADER.size :]), "<u2")
    except (struct.error, zlib.error) as error:
        raise ValueError("damaged") from error
    return values.reshape(shape)


def _is_sound(packed: bytes, shape: tuple[int, ...]) -> bool:
    """Whether it is the packed blocks of a scene of that many blocks, with known classes alone."""
    try:
        blocks = _unpacked(packed)
    except ValueError:
        return False
    known = np.array([(1 << CHART[name].n_classes) - 1 for name in CHARTS], np.uint16)
    return blocks.shape[1:] == shape and not (blocks & ~known[:, None, None]).any()
