"""Describe the spatial context of a run's network."""

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


def describe_padding(config: TrainingConfig, dataset: PatchDataset) -> str:
    """One line of text: the share of each rate's taps without data; empty without rates.

    If all outer taps of a branch have no data, the branch acts as a 1 x 1 convolution. The share is
    measured on the first patches of the run. If none can be read, it is that on padding alone.
    """
    rates = sorted(set(filter(None, config.rates)))
    if not rates:
        return ""
    patches = _cells_with_data(config, dataset)
    cells = config.patch // config.output_stride
    words = f"on padding or masked cells, mean over {len(patches)} patches"
    if not patches:
        words, patches = "on padding, masked cells not counted", [np.ones((cells, cells), bool)]
    shares = (fmean(no_data_share(rate, each) for each in patches) for rate in rates)
    return f"share of taps {words}: " + ", ".join(
        f"{share:.0%} of rate {rate}" for rate, share in zip(rates, shares, strict=True)
    )


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
