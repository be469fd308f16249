"""What the page calls networks that stand side by side: by what tells them apart."""

from collections import Counter
from collections.abc import Sequence

from seaice.dashboard.sidebar.labels import channel_set_label
from seaice.network.checkpoint_files import CheckpointFile


def headings(files: Sequence[CheckpointFile]) -> list[tuple[str, ...]]:
    """A heading of one or two lines for each checkpoint, none like another.

    Rates and reach come first. In a second line follows what else differs: the channel set, the
    seed if two are otherwise alike, and the file's name if nothing else tells them apart.
    """
    sets = {file.info.channel_set for file in files}
    more = [[channel_set_label(file.info.channel_set)] if len(sets) > 1 else [] for file in files]
    for distinction in (_seed, lambda file: file.name):
        alike = Counter(_heading(*pair) for pair in zip(files, more, strict=True))
        for file, parts in zip(files, more, strict=True):
            if alike[_heading(file, parts)] > 1 and (words := distinction(file)):
                parts.append(words)
    return [_heading(*pair) for pair in zip(files, more, strict=True)]


def _heading(file: CheckpointFile, more: Sequence[str]) -> tuple[str, ...]:
    return file.info.rates_label, *([" · ".join(more)] if more else [])


def _seed(file: CheckpointFile) -> str:
    seed = file.info.training.get("seed")
    return "" if seed is None else f"seed {str(seed)[:10]}"
