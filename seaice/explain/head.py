"""The output that is explained, as a module of its own, and the layers where it is explained."""

from typing import cast

import torch
from torch import Tensor, nn

from seaice.ai4arctic.charts import ChartName
from seaice.core.errors import ConfigError
from seaice.core.grids.pixel_grid import Window
from seaice.explain.methods import DEFAULT_LAYER, LAST_LAYER
from seaice.network.network import SeaIceNet


def contrast(outputs: Tensor, chart: ChartName, target: int) -> Tensor:
    """How far the outputs speak for a target rather than for anything else.

    For SOD and FLOE it is the class's logit minus the log-sum-exp of the other logits, which
    equals the log-odds log(p / (1 - p)) of its softmax probability p. A logit alone means nothing:
    a function added to the logits of all classes changes no probability. The log-sum-exp needs no
    p, so the log-odds stay finite where p rounds to 0 or 1.

    Args:
        outputs: (batch, outputs, lines, samples) float: logits, or the number that SIC is.
        chart: The chart.
        target: Class index; for SIC 0 is more ice and 1 less ice.

    Returns:
        (batch, lines, samples): log-odds; for SIC the output, or its negative for less ice.
    """
    if chart == "SIC":
        return outputs[:, 0] if target == 0 else -outputs[:, 0]
    others = torch.cat([outputs[:, :target], outputs[:, target + 1 :]], dim=1)
    return outputs[:, target] - others.logsumexp(dim=1)


class Head(nn.Module):
    """The contrast of one target, on the pixel grid, from the encoder's features.

    Args:
        network: The network.
        chart: The chart.
        size: Lines and samples of what it gives.
        target: As that of `contrast`.
        cells: The feature cells whose outputs are brought to the pixel grid; all where None.
    """

    def __init__(
        self,
        network: SeaIceNet,
        chart: ChartName,
        size: tuple[int, int],
        target: int,
        cells: Window | None = None,
    ) -> None:
        super().__init__()
        # A layer of its own for the features, so that hooks find the encoder's output too.
        self.entry = nn.Identity()
        # A ModuleDict only knows that it holds modules; the network fills it with these.
        self.decoder = cast("nn.Sequential", network.decoders[chart])
        self.chart = chart
        self.size = size
        self.target = target
        self.cells: Window = cells or (slice(None), slice(None))

    def forward(self, features: Tensor) -> Tensor:
        """(1, features, cells, cells) -> (1, lines, samples)."""
        return contrast(self.outputs(features), self.chart, self.target)

    def outputs(self, features: Tensor) -> Tensor:
        """(1, features, cells, cells) -> (1, outputs, lines, samples)."""
        outputs = self.decoder(self.entry(features))[..., *self.cells]
        return SeaIceNet.upsample(outputs, self.size)

    def layers(self) -> dict[str, nn.Module]:
        """Layers that can be explained, from the encoder to the output."""
        aspp, _, _, last, _ = self.decoder
        # torchvision has no types. Its ASPP holds the branches and their projection.
        convs, project = cast("nn.ModuleList", aspp.convs), cast("nn.Module", aspp.project)
        atrous = {f"atrous branch {number}": conv for number, conv in enumerate(convs[1:-1], 1)}
        return {
            DEFAULT_LAYER: self.entry,
            "1 x 1 branch": convs[0],
            **atrous,
            "pooling branch": convs[-1],
            "projection": project,
            LAST_LAYER: last,
        }

    def layer(self, name: str) -> nn.Module:
        """A layer by its name.

        Raises:
            ConfigError: No such layer.
        """
        if name == DEFAULT_LAYER:
            return self.entry
        layers = self.layers()
        if name not in layers:
            raise ConfigError(f"No layer {name!r}. There are: {', '.join(layers)}.")
        return layers[name]
