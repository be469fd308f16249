"""A network in the grid of evidence, whose maps need no prediction of the scene."""

from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.charts import ChartName
from seaice.dashboard import cached
from seaice.dashboard.cache_keys import file_key, scene_key
from seaice.dashboard.compare.network_layers import common_ice_class
from seaice.dashboard.compare.results import field_km
from seaice.dashboard.explain.results import class_counts
from seaice.explain.gradcam import Heatmap
from seaice.network.checkpoint_files import CheckpointFile
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene


@dataclass(frozen=True, eq=False)
class EvidenceColumn:
    """What one network looks at in one scene.

    Attributes:
        scene: The scene.
        file: The checkpoint.
        heatmap: Its map; None until it is computed.
    """

    scene: Scene
    file: CheckpointFile
    heatmap: Heatmap | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """Identity for caches, with that of the map."""
        explained = (self.heatmap.config, str(self.heatmap.region)) if self.heatmap else ()
        return scene_key(self.scene), file_key(self.file.path), explained

    @property
    def receptive_field_km(self) -> float:
        """Theoretical receptive field of the network, km along one side."""
        return field_km(self.file)

    def first_target(self, chart: ChartName, region: Region | None) -> int:
        """The class to explain at first: the ice class that the network predicts most; 0 for SIC.

        Args:
            chart: The chart.
            region: Where; the whole scene if None.

        Raises:
            SceneError, CheckpointError: A file cannot be read.
        """
        if chart == "SIC":
            return 0
        if region is not None:
            return common_ice_class(class_counts(self.scene, self.file, chart, region))
        prediction = cached.prediction(self.scene, self.file)
        return common_ice_class(np.bincount(prediction.classes(chart)[prediction.valid]))
