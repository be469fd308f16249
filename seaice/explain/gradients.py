"""The input gradient of single output pixels, and what is told of its extent."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from seaice.ai4arctic.charts import ChartName
from seaice.core.grids.pixel_grid import Window
from seaice.explain.head import contrast
from seaice.explain.part import around
from seaice.network.checkpoint import Checkpoint
from seaice.results.tiled import MODEL_LOCK, padded_tensor
from seaice.scenes.read import Inputs, read_inputs
from seaice.scenes.scene import Scene

Pixel = tuple[int, int]
"""Line and sample on the grid at the checkpoint's spacing."""


@dataclass(frozen=True, eq=False)
class PixelGradient:
    """The gradient of one output pixel.

    Attributes:
        chart: The chart.
        target: Class whose log-odds were differentiated: the one that the network gives the pixel
            unless another was asked for. 0 for SIC, which is differentiated itself.
        outputs: (outputs,) float32: logits of the pixel, or the number that SIC is.
        window: The part of the grid that the output can depend on.
        at: The pixel in the window.
        size: (channels, lines, samples) float32: absolute gradient with respect to the scaled
            inputs. It is 0 where a pixel is not valid, because it is no input.
    """

    chart: ChartName
    target: int
    outputs: np.ndarray
    window: Window
    at: Pixel
    size: np.ndarray


def pixel_gradients(
    checkpoint: Checkpoint,
    inputs: Inputs,
    at: Pixel,
    charts: Sequence[ChartName],
    target: int | None = None,
) -> list[PixelGradient]:
    """Differentiate one output pixel of each chart, computed on what it can depend on.

    Args:
        checkpoint: The network.
        inputs: The inputs of a whole scene, or of what the pixel can depend on.
        at: The pixel.
        charts: The charts.
        target: Class to differentiate; for each chart the one that is predicted if None.
    """
    window = window_around(at, checkpoint, inputs.valid.shape)
    line, sample = (each - part.start for each, part in zip(at, window, strict=True))
    valid = inputs.valid[window]
    found = []
    with MODEL_LOCK, torch.enable_grad():
        tensor = padded_tensor(checkpoint, np.ascontiguousarray(inputs.values[:, *window]))
        tensor.requires_grad_(True)
        outputs = checkpoint.network(tensor)
        for name in charts:
            pixel = outputs[name][:, :, line : line + 1, sample : sample + 1]
            chosen = 0 if name == "SIC" else int(pixel[0].argmax()) if target is None else target
            (gradient,) = torch.autograd.grad(
                contrast(pixel, name, chosen).sum(), tensor, retain_graph=name != charts[-1]
            )
            size = gradient[0, :, : valid.shape[0], : valid.shape[1]].abs().cpu().numpy()
            values = pixel.detach().flatten().cpu().numpy()
            found.append(PixelGradient(name, chosen, values, window, (line, sample), size * valid))
    return found


def inputs_around(scene: Scene, checkpoint: Checkpoint, at: Pixel) -> tuple[Inputs, Pixel]:
    """What an output pixel can depend on, and where the pixel lies in it.

    It begins at a multiple and ends with the field, so it stands for the scene.

    Args:
        scene: The scene.
        checkpoint: The network.
        at: The pixel, on the grid at the checkpoint's spacing.

    Raises:
        SceneError: The scene cannot be read.
    """
    spacing_m = checkpoint.info.spacing_m
    window = window_around(at, checkpoint, scene.grid.at(spacing_m).shape)
    inputs = read_inputs(scene, checkpoint.info.channels, spacing_m, window)
    return inputs, (at[0] - window[0].start, at[1] - window[1].start)


def window_around(at: Pixel, checkpoint: Checkpoint, shape: tuple[int, ...]) -> Window:
    """What a pixel can depend on; begins at a multiple, as the whole scene's features do.

    Args:
        at: The pixel.
        checkpoint: The network.
        shape: Lines and samples of the scene.
    """
    line, sample = at
    region = slice(line, line + 1), slice(sample, sample + 1)
    return around(region, checkpoint.network, shape)


def radius_px(mass: np.ndarray, share: float) -> float:
    """Radius that holds a share of a mass, pixels; NaN without any mass.

    Args:
        mass: (distances,) mass at each whole distance. It lies between half a pixel before and
            behind the distance.
        share: 0 to 1.
    """
    held = np.cumsum(mass, dtype=np.float64)
    if not held[-1] > 0:
        return float("nan")
    whole = int(np.argmax(held >= share * held[-1]))
    before = held[whole - 1] if whole else 0.0
    part = (share * held[-1] - before) / (held[whole] - before)
    return float(max(0.0, whole - 0.5 + part))
