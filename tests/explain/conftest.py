"""What tests of explanations share."""

import numpy as np
import pytest
from torch import Tensor

from seaice.network.checkpoint import Checkpoint
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
