"""Time of reading, predicting, explaining and scoring a shipped scene.

Run: python benchmarks/prediction.py
"""

import numpy as np
import torch
from machine import describe, median_s
from precisions import settled

from seaice.core.device import best_device
from seaice.core.folders import data_folder, models_folder
from seaice.explain.gradcam import CamConfig, explain
from seaice.network.checkpoint import Checkpoint, load_checkpoint
from seaice.results.evaluation import score_prediction
from seaice.results.inference import predict
from seaice.results.tiled import padded_tensor
from seaice.scenes.catalogue import read_catalogue
from seaice.scenes.read import read_inputs


@torch.inference_mode()
def run(checkpoint: Checkpoint, inputs: np.ndarray) -> None:
    """Run the network on inputs in one piece, in float32."""
    checkpoint.network(padded_tensor(checkpoint, inputs))


def main() -> None:
    scenes = read_catalogue(data_folder()).scenes
    scene = scenes[0]
    path = models_folder() / "sar+amsr2-18-36_6-12-18_seed0.safetensors"
    checkpoint = load_checkpoint(path, best_device().torch_name)
    inputs = read_inputs(scene, checkpoint.info.channels).values
    config = CamConfig("SIC", 0)
    print(describe())
    print(f"predicts in {settled(checkpoint, scenes)}, and the network alone in float32")
    prediction = predict(scene, checkpoint)
    print(
        f"scene of {scene.grid.lines} x {scene.grid.samples}, {len(inputs)} channels, medians of 5"
    )
    for name, work in (
        ("read the channels", lambda: read_inputs(scene, checkpoint.info.channels)),
        ("network alone", lambda: run(checkpoint, inputs)),
        ("predict, reading included", lambda: predict(scene, checkpoint)),
        ("Grad-CAM, reading included", lambda: explain(scene, checkpoint, config)),
        ("score", lambda: score_prediction(prediction)),
    ):
        print(f"{name:28} {median_s(work):6.2f} s")


if __name__ == "__main__":
    main()
