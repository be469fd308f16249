"""What the explanation pickers of Compare offer."""

from collections.abc import Sequence

import numpy as np

from seaice.ai4arctic.charts import ChartName
from seaice.dashboard import cached
from seaice.dashboard.compare.results import Explained, NetworkResult
from seaice.explain.gradcam import layer_names
from seaice.network.reach import reach_text


def common_layers(results: Sequence[Explained]) -> list[str]:
    """Layers that all networks have, in the order of the first network."""
    first, *others = (layer_names(cached.network(each.file)) for each in results)
    return [name for name in first if all(name in names for names in others)]


def layer_label(name: str, results: Sequence[Explained]) -> str:
    """A layer's name; of an atrous branch, with its rate and reach in each network."""
    number = name.removeprefix("atrous branch ")
    if number == name:
        return name
    infos = [each.file.info for each in results]
    rates = [info.rates[int(number) - 1] for info in infos]
    reaches = [reach_text((rate,), info.cell_m) for rate, info in zip(rates, infos, strict=True)]
    written = ", ".join(map(str, rates))
    return f"{name} (rate{'s' if len(rates) > 1 else ''} {written} · {', '.join(reaches)})"


def default_target(result: NetworkResult, chart: ChartName) -> int:
    """The class to explain at first: the ice class that a network predicts most; 0 for SIC."""
    if chart == "SIC":
        return 0
    prediction = result.prediction
    return common_ice_class(np.bincount(prediction.classes(chart)[prediction.valid]))


def common_ice_class(counts: np.ndarray) -> int:
    """The ice class with most pixels; 0, which is no ice, if there is none.

    Args:
        counts: Pixels by class.
    """
    return int(counts[1:].argmax()) + 1 if counts[1:].any() else 0
