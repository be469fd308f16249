"""A baseline in memory: its file, and what it predicts for a scene."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from seaice.ai4arctic.charts import CHART, ChartName
from seaice.baselines.info import BaselineInfo, is_baseline, read_baseline_info
from seaice.baselines.inputs import baseline_inputs, input_names
from seaice.baselines.linear import LinearModel
from seaice.baselines.trees import TreeModel
from seaice.baselines.truth import smoothed_truth, water_everywhere
from seaice.core.errors import BaselineError, ConfigError
from seaice.core.files import atomic_write
from seaice.core.grids.pixel_grid import resampling_notice
from seaice.network.checkpoint_files import file_sha256
from seaice.network.checkpoint_format import BASELINE_KEY
from seaice.results.evaluation import SceneScores, score_prediction
from seaice.results.maps import ChartMaps
from seaice.scenes.scene import Scene

Model = LinearModel | TreeModel

_MODELS: Mapping[str, type[LinearModel] | type[TreeModel]] = {
    "linear": LinearModel,
    "trees": TreeModel,
}
_BLOCK_PX = 1 << 18


@dataclass(frozen=True, eq=False)
class Baseline:
    """A baseline that was read from its file.

    Attributes:
        path: The file.
        info: What it says about itself.
        sha256: Hash of the file, hexadecimal.
        model: What computes its outputs; None for a ceiling.
    """

    path: Path
    info: BaselineInfo
    sha256: str
    model: Model | None

    def predict(self, scene: Scene) -> ChartMaps:
        """Predict the three charts of a scene.

        Raises:
            MissingChannelsError: The scene lacks channels.
            SceneError: The scene cannot be read; for a ceiling, it does not hold the truth.
        """
        if self.model is None:
            return smoothed_truth(scene, self.info.sigma_km)
        return _predict(scene, self.info, self.model)

    def score(self, scene: Scene) -> SceneScores:
        """Predict and score a scene; see `predict` for errors."""
        maps = self.predict(scene)
        return SceneScores(scene, score_prediction(maps), maps.notice)


def load_baseline(path: Path) -> Baseline:
    """Read a baseline.

    Raises:
        BaselineError: See `read_baseline_info`; or its arrays do not fit its description.
    """
    info = read_baseline_info(path)
    try:
        arrays = load_file(path)
        kind = _MODELS.get(info.kind)
        model = kind.from_arrays(arrays, len(input_names(info))) if kind else None
    except (KeyError, ValueError, IndexError, TypeError, SafetensorError, OSError) as error:
        raise BaselineError(
            path, "has arrays that do not fit its description", "Fit it again."
        ) from error
    return Baseline(path, info, file_sha256(path), model)


def save_baseline(path: Path, info: BaselineInfo, model: Model | None) -> None:
    """Write a baseline. An existing baseline of that name is replaced, but no other file.

    Raises:
        ConfigError: The file exists and is not a baseline.
        OutputError: The folder is not writable.
    """
    if os.path.exists(path) and not is_baseline(path):
        raise ConfigError(f"{path} exists and is not a baseline. Choose another name.")
    # A file of safetensors holds at least one array.
    arrays = model.arrays() if model else {"sigma_km": np.array([info.sigma_km])}
    with atomic_write(path, SafetensorError) as temporary:
        contiguous = {name: np.ascontiguousarray(each) for name, each in arrays.items()}
        save_file(contiguous, temporary, metadata={BASELINE_KEY: info.to_json()})


def _predict(scene: Scene, info: BaselineInfo, model: Model) -> ChartMaps:
    scene.require(info.channels, info.channel_set)
    begun = time.perf_counter()
    values, valid = baseline_inputs(scene, info)
    pixels = values.reshape(len(values), -1)
    maps = water_everywhere(scene, scene.grid.at(info.spacing_m), valid)
    sic = np.zeros(valid.size, np.float32)
    probabilities: dict[ChartName, np.ndarray] = {
        name: np.zeros((CHART[name].n_classes, valid.size), np.float16) for name in ("SOD", "FLOE")
    }
    # What is masked is not a prediction.
    known = np.flatnonzero(valid)
    for begin in range(0, len(known), _BLOCK_PX):
        part = known[begin : begin + _BLOCK_PX]
        outputs = model.outputs(pixels[:, part])
        sic[part] = outputs["SIC"][0].clip(0, 10)
        for name, layers in probabilities.items():
            layers[:, part] = _softmax(outputs[name])
    return ChartMaps(
        scene=scene,
        grid=maps.grid,
        valid=valid,
        sic=sic.reshape(valid.shape),
        probabilities={
            name: layers.reshape(-1, *valid.shape) for name, layers in probabilities.items()
        },
        seconds=time.perf_counter() - begun,
        notice=resampling_notice(scene.grid.spacing_m, info.spacing_m),
    )


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=0))
    result: np.ndarray = powers / powers.sum(axis=0)
    return result
