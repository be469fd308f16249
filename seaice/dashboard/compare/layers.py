"""What the Grad-CAM pickers of Compare offer."""

from collections.abc import Sequence

import numpy as np

from seaice.ai4arctic.charts import ChartName
from seaice.dashboard import cached
from seaice.dashboard.sidebar.selection import Selection
from seaice.explain.gradcam import layer_names
from seaice.network.checkpoint_files import CheckpointFile


def common_layers(files: Sequence[CheckpointFile]) -> list[str]:
    """Layers that all the checkpoints have, in the order of the first."""
    each = [layer_names(cached.network(file)) for file in files]
    return [name for name in each[0] if all(name in names for names in each)]


def layer_label(name: str, files: Sequence[CheckpointFile]) -> str:
    """A layer's name with the rates of the branch, where it is one."""
    number = name.removeprefix("atrous branch ")
    if number == name:
        return name
    rates = [str(file.info.rates[int(number) - 1]) for file in files]
    return f"{name} (rate{'s' if len(rates) > 1 else ''} {', '.join(rates)})"


def common_target(selection: Selection, chart: ChartName) -> int:
    """Target to begin with: the ice class that the first checkpoint predicts most; 0 for SIC."""
    if chart == "SIC":
        return 0
    prediction = cached.prediction(selection.scene, selection.checkpoints[0])
    counts = np.bincount(prediction.classes(chart)[prediction.valid], minlength=2)
    return int(counts[1:].argmax()) + 1 if counts[1:].any() else 0
