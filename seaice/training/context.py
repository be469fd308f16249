"""Describe the spatial context of a run's network."""

from seaice.network.network import SeaIceNet
from seaice.network.reach import rates_label, reach_text
from seaice.network.receptive_field import branch_span_cells, padding_share, receptive_field_px
from seaice.training.config import TrainingConfig


def describe_context(config: TrainingConfig) -> str:
    """Lines of text: the receptive field, and the span and padding share of each rate in a patch.

    A tap on padding sees only zeros. If all outer taps of a branch fall on padding, the branch acts
    as a 1 x 1 convolution.
    """
    cell_km = config.cell_m / 1000
    cells = config.patch // config.output_stride
    field_px = receptive_field_px(SeaIceNet(config.network()))
    lines = [
        f"rates {rates_label(config.rates, config.cell_m)}; "
        f"theoretical receptive field {field_px * config.spacing_m / 1000:.0f} km along one side"
    ]
    # A branch of `CENTRE` has its centre tap alone.
    for rate in filter(None, config.rates):
        share = padding_share(rate, (cells, cells))
        lines.append(
            f"rate {rate}: reaches {reach_text((rate,), config.cell_m)} to each side, "
            f"spans {branch_span_cells(rate) * cell_km:.0f} km, "
            f"{share:.0%} of its taps on padding"
        )
    return "\n".join(lines)
