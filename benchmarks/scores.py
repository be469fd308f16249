"""Scores of checkpoints and of the baselines beside them, pooled over a folder, as Markdown.

Run: python benchmarks/scores.py FOLDER_WITH_SCENES [--models FOLDER] [--channels SET ...] [--quick]

Boosted trees and the truth take seconds a scene: --quick leaves them out.

The last column, SOD, has the F1 of each class of the stage of development, open water first.
"""

import argparse
from pathlib import Path

from seaice.baselines.beside import score_beside, yardsticks
from seaice.core.device import best_device
from seaice.core.folders import models_folder
from seaice.network.checkpoint import load_checkpoint
from seaice.network.checkpoint_files import CheckpointFile, list_checkpoints
from seaice.results.class_metrics import class_f1
from seaice.results.evaluation import pooled, score
from seaice.results.scoring import ScoreSums
from seaice.scenes.catalogue import read_catalogue
from seaice.scenes.scene import Scene

HEADER = """\
| Channel set | Rates | Seed | Combined | SIC R2 | SIC R2, continuous | SOD F1 | FLOE F1 | SOD |
|---|---|---|---|---|---|---|---|---|"""


def row(channel_set: str, name: str, seed: str, sums: ScoreSums) -> str:
    """A line of the table."""
    scores = dict(sums.scores().items())
    cells = [f"{each.value:.1f}" if each.value is not None else "-" for each in scores.values()]
    by_class = ", ".join("-" if f1 != f1 else f"{f1:.0f}" for f1 in class_f1(sums.confusion["SOD"]))
    return f"| {' | '.join([f'`{channel_set}`', name, seed, *cells, by_class])} |"


def print_set(
    models: Path, channel_set: str, files: list[CheckpointFile], scenes: list[Scene], *, quick: bool
) -> None:
    """Print the baselines of a channel set, then its checkpoints."""
    known, _ = yardsticks(models, channel_set)
    chosen = [each for each in known if each.quick or not quick]
    for label, sums in score_beside(chosen, scenes).items():
        print(row(channel_set, label, "", sums), flush=True)
    for file in sorted(files, key=lambda each: (each.info.rates, _seed(each))):
        checkpoint = load_checkpoint(file.path, best_device().torch_name)
        sums = pooled(score(checkpoint, scene) for scene in scenes)
        print(row(channel_set, file.info.rates_label, str(_seed(file)), sums), flush=True)


def _seed(file: CheckpointFile) -> int:
    return int(file.info.training.get("seed", 0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models", type=Path, default=models_folder())
    parser.add_argument("--channels", nargs="*")
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    scenes = list(read_catalogue(asked.folder).scenes)
    files, _ = list_checkpoints(asked.models)
    print(HEADER)
    for channel_set in asked.channels or sorted({each.info.channel_set for each in files}):
        own = [each for each in files if each.info.channel_set == channel_set]
        fed = [each for each in scenes if own and not each.lacking(own[0].info.channels)]
        if fed:
            print_set(asked.models, channel_set, own, fed, quick=asked.quick)


if __name__ == "__main__":
    main()
