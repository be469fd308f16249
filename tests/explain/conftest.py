"""What tests of explanations share."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from seaice.network.checkpoint import Checkpoint, load_checkpoint
from seaice.network.network import SeaIceNet
from seaice.results.tiled import padded_tensor


@pytest.fixture
def in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """Features as the network gives them: an encoder made by hand has no parts to be tiled."""

    def features(
        checkpoint: Checkpoint, inputs: np.ndarray, network: SeaIceNet | None = None
    ) -> Tensor:
        return (network or checkpoint.network).features(padded_tensor(checkpoint, inputs))

    for module in ("gradcam", "faithful", "region_output", "branches", "branch_means"):
        monkeypatch.setattr(f"seaice.explain.{module}.features_in_cells", features)


@pytest.fixture
def load_varied(make_checkpoint) -> Callable[[int], Checkpoint]:
    """Load a checkpoint of an output stride, with outputs that differ from place to place."""

    def load(stride: int) -> Checkpoint:
        loaded = load_checkpoint(make_checkpoint((1, 2), stride=stride))
        torch.manual_seed(1)
        for name, values in loaded.network.named_parameters():
            if name.endswith("weight") and values.ndim == 4:
                torch.nn.init.kaiming_normal_(values)
        return loaded

    return load
