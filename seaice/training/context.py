"""Describe the spatial context of a run's network."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from seaice.core.errors import SceneError
from seaice.core.grids.coarsen import block_any
from seaice.network.network import SeaIceNet
from seaice.network.reach import rates_label, reach_text
from seaice.network.receptive_field import branch_span_cells, no_data_share, receptive_field_px
from seaice.scenes.read import read_valid
from seaice.training.config import TrainingConfig
from seaice.training.patches.dataset import PatchDataset

_SAMPLE = 12
"""Patches that the share of taps without data is measured on."""


def describe_context(config: TrainingConfig) -> str:
    """Lines of text: the receptive field, and the reach and span of each rate."""
    cell_km = config.cell_m / 1000
    field_px = receptive_field_px(SeaIceNet(config.network()))
    lines = [
        f"rates {rates_label(config.rates, config.cell_m)}; "
        f"theoretical receptive field {field_px * config.spacing_m / 1000:.0f} km along one side"
    ]
    # A branch of `CENTRE` has its centre tap alone.
    for rate in filter(None, config.rates):
        lines.append(
            f"rate {rate}: reaches {reach_text((rate,), config.cell_m)} to each side, "
            f"spans {branch_span_cells(rate) * cell_km:.0f} km"
        )
    return "\n".join(lines)


@dataclass(frozen=True)
class TapsWithoutData:
    """Shares of the outer taps of branches that have no data.

    If all outer taps of a branch have none, the branch acts as a 1 x 1 convolution.

    Attributes:
        shares: By rate; empty without rates.
        patches: Patches that they are a mean over; 0 if none could be read, and the shares are
            those on padding alone.
    """

    shares: Mapping[int, float]
    patches: int

    def text(self) -> str:
        """One line of text; empty without rates."""
        if not self.shares:
            return ""
        words = "on padding, masked cells not counted"
        if self.patches:
            words = f"on padding or masked cells, mean over {self.patches} patches"
        return f"share of taps {words}: " + ", ".join(
            f"{share:.0%} of rate {rate}" for rate, share in self.shares.items()
        )


def taps_without_data(config: TrainingConfig, dataset: PatchDataset) -> TapsWithoutData:
    """Measure the share of each rate's taps without data on the first patches of a run."""
    rates = sorted(set(filter(None, config.rates)))
    read = _cells_with_data(config, dataset) if rates else []
    cells = config.patch // config.output_stride
    patches = read or [np.ones((cells, cells), bool)]
    shares = {rate: fmean(no_data_share(rate, each) for each in patches) for rate in rates}
    return TapsWithoutData(shares, len(read))


def _cells_with_data(config: TrainingConfig, dataset: PatchDataset) -> list[np.ndarray]:
    """(cells, cells) bool of a sample of patches: the cells with a pixel that is not masked."""
    sample = []
    for index in range(min(_SAMPLE, len(dataset))):
        scene, window = dataset.draw(index)
        try:
            # Not through the dataset, whose files stay open: workers would inherit them.
            valid = read_valid(scene, config.spacing_m, window)
        except SceneError:
            continue
        cells = np.zeros((config.patch // config.output_stride,) * 2, bool)
        found = block_any(valid, config.output_stride)
        cells[: found.shape[0], : found.shape[1]] = found
        if found.any():
            sample.append(cells)
    return sample
