"""Encoders' features of scenes that were explained lately.

A region, another class or another layer needs the same features of the scene again. To explain a
region takes several times as long with the encoder as without.
"""

from typing import TYPE_CHECKING

from seaice.core.recent import Recent

if TYPE_CHECKING:
    # For its type alone: a server that remembers nothing yet needs no torch.
    from torch import Tensor

KEPT_FEATURES: "Recent[Tensor]" = Recent()
"""Of this process. Commands remember nothing: they explain each scene once. Only used under
`MODEL_LOCK`."""
