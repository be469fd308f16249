"""The network: one encoder and, for each chart, one ASPP decoder."""

from seaice.model.network import NetworkConfig, SeaIceNet
from seaice.model.receptive_field import (
    branch_span_cells,
    padding_share,
    receptive_field_px,
)

__all__ = [
    "NetworkConfig",
    "SeaIceNet",
    "branch_span_cells",
    "padding_share",
    "receptive_field_px",
]
