"""Time of the explanations, each also as a multiple of a plain forward in the same run.

Run: python benchmarks/explanations.py [scene | beside | authors]

scene    everything that is asked of one network, for the smallest and the largest rates
beside   evidence of four sets of rates side by side, in a process that has computed nothing
authors  evidence by a ResNet-152 in the authors' layout on 768 x 768 pixels, and its memory
"""

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from machine import describe, median_s, medians_s, peak_gib
from precisions import settled, taken

from seaice.core.device import best_device
from seaice.core.folders import data_folder, models_folder
from seaice.experiment.channel_loss import channel_losses
from seaice.experiment.context_predictors import network_predictor
from seaice.explain.branch_means import SCENES, BranchMeans, branch_means
from seaice.explain.branches import branch_shares
from seaice.explain.faithful import try_map
from seaice.explain.field import effective_field
from seaice.explain.gradcam import CamConfig, explain
from seaice.explain.pixel import pixel_story
from seaice.network.checkpoint import Checkpoint, load_checkpoint
from seaice.results.inference import predict
from seaice.scenes.catalogue import open_scene, read_catalogue
from seaice.scenes.read import read_valid
from seaice.scenes.scene import Scene

_RATES = ("1-2-3", "12-24-36")
_BESIDE = ("1-2-3", "3-6-9", "6-12-18", "12-24-36")
_SIDE = 768
_EVIDENCE = CamConfig("SIC", 0)


def measure(checkpoint: Checkpoint, scenes: Sequence[Scene]) -> None:
    """Print the times of a checkpoint on the first scene, and the processor time of each."""
    print(f"\n{checkpoint.path.stem}\ncomputes in {settled(checkpoint, scenes)}")
    forward, worked = medians_s(lambda: predict(scenes[0], checkpoint), 5)
    print(f"{'forward, reading included':34} {forward:6.2f} s", end=" ")
    print(f"{'':15} {worked:6.2f} s of the processor")
    for name, runs, work in works(checkpoint, scenes):
        seconds, own = medians_s(work, runs)
        print(f"{name:34} {seconds:6.2f} s {seconds / forward:6.1f} forwards", end=" ")
        print(f"{own:6.2f} s of the processor, {own / worked:.1f} forwards", flush=True)


def works(
    checkpoint: Checkpoint, scenes: Sequence[Scene]
) -> list[tuple[str, int, Callable[[], object]]]:
    """What is measured on the first scene: its name, how often, and what to do."""
    scene, line, sample = scenes[0], *_middle(scenes[0])
    place = tuple((index + 0.5) * scene.grid.spacing_m / 1000 for index in (line, sample))
    square = slice(line - 20, line + 20), slice(sample - 20, sample + 20)
    predictor = network_predictor(checkpoint)

    def means() -> BranchMeans:
        return branch_means(scenes[:SCENES], checkpoint, "SOD")

    return [
        ("heatmap of the scene", 5, lambda: explain(scene, checkpoint, _EVIDENCE)),
        ("one pixel's story", 5, lambda: pixel_story(scene, checkpoint, "SOD", place)),
        ("branch shares", 3, lambda: branch_shares(scene, checkpoint, "SOD")),
        (
            f"branch shares, means of {SCENES} scenes",
            3,
            lambda: branch_shares(scene, checkpoint, "SOD", means=means()),
        ),
        ("effective field, 16 pixels", 1, lambda: effective_field(checkpoint, [scene], "SOD")),
        (
            "effective field, 64 pixels",
            1,
            lambda: effective_field(checkpoint, [scene], "SOD", pixels=64),
        ),
        ("channels of the scene", 1, lambda: channel_losses(predictor, [scene], scenes)),
        ("tests of a map", 1, lambda: try_map(scene, checkpoint, _EVIDENCE, square)),
    ]


def _middle(scene: Scene) -> tuple[int, int]:
    """The valid pixel nearest to the middle."""
    places = np.argwhere(read_valid(scene))
    offsets = places - np.array(scene.grid.shape) / 2
    line, sample = places[(offsets**2).sum(axis=1).argmin()].tolist()
    return line, sample


def of_a_scene() -> None:
    """The smallest and the largest rates."""
    scenes = read_catalogue(data_folder()).scenes
    print(f"scene of {scenes[0].grid.lines} x {scenes[0].grid.samples}, after one to warm up")
    for rates in _RATES:
        measure(_shipped(rates), scenes)


def _shipped(rates: str) -> Checkpoint:
    path = models_folder() / f"sar+amsr2-18-36_{rates}_seed0.safetensors"
    return load_checkpoint(path, best_device().torch_name)


def side_by_side() -> None:
    """Four networks, loading included, as the first view of a page asks for them."""
    scene = read_catalogue(data_folder()).scenes[0]
    for seen in ("nothing computed before", "again"):
        begun = time.perf_counter()
        for rates in _BESIDE:
            checkpoint = _shipped(rates)
            predict(scene, checkpoint)
            explain(scene, checkpoint, _EVIDENCE)
        seconds = time.perf_counter() - begun
        print(f"\n{len(_BESIDE)} sets of rates predicted and explained, {seen:24} {seconds:6.2f} s")
    for rates in _BESIDE:
        print(f"{rates:12} computes in {taken(_shipped(rates))}")


def of_the_authors() -> None:
    """Their layout with random weights; forward and evidence in a process each."""
    from seaice.simulate import simulate_folder

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        simulate_folder(folder, 1, 1, spacing_m=80, lines=_SIDE, samples=_SIDE)
        network, scene = _authors_layout(folder), next(folder.glob("*_prep.nc"))
        print(f"\nResNet-152, the authors' layout, {_SIDE} x {_SIDE} pixels, 18 channels, float32")
        with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            for label, work in (("forward, reading included", predict), ("evidence", _evidence)):
                seconds, gib = pool.apply(_timed, (work, network, scene))
                print(f"{label:34} {seconds:6.2f} s {gib:6.2f} GiB")


def _authors_layout(folder: Path) -> Path:
    from seaice.ai4arctic.channels import channel_set
    from seaice.network.checkpoint import save_checkpoint
    from seaice.network.checkpoint_info import describe as describe_network
    from seaice.network.import_authors import CHANNEL_SET, CONFIG, SPACING_M
    from seaice.network.network import SeaIceNet

    path = folder / "authors.safetensors"
    info = describe_network(
        network=CONFIG,
        channel_set=CHANNEL_SET,
        channels=channel_set(CHANNEL_SET),
        spacing_m=SPACING_M,
        training={},
        versions={},
    )
    save_checkpoint(path, SeaIceNet(CONFIG), info)
    return path


def _evidence(scene: Scene, checkpoint: Checkpoint) -> object:
    return explain(scene, checkpoint, _EVIDENCE)


def _timed(
    work: Callable[[Scene, Checkpoint], object], network: Path, scene: Path
) -> tuple[float, float]:
    """Median time of some work, and the peak memory of the process."""
    checkpoint, opened = load_checkpoint(network, best_device().torch_name), open_scene(scene)
    return median_s(lambda: work(opened, checkpoint), 5), peak_gib()


_PARTS = {"scene": of_a_scene, "beside": side_by_side, "authors": of_the_authors}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("part", nargs="?", choices=_PARTS)
    asked = parser.parse_args().part
    print(describe())
    for name, part in _PARTS.items():
        if asked in (None, name):
            part()


if __name__ == "__main__":
    main()
