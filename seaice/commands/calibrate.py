"""The command `seaice calibrate`: are networks right as often as they are sure?"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seaice.commands.explained import check_table
from seaice.commands.options import AnyPolarisation, AsJson, Data, TableOut
from seaice.commands.output import command_line, print_message, print_result, print_scene_count
from seaice.core.text import counted

if TYPE_CHECKING:
    # For their types alone: the command line starts without torch.
    from seaice.network.checkpoint import Checkpoint
    from seaice.results.confidence.calibration import Calibration
    from seaice.results.confidence.reliability import Reliability
    from seaice.scenes.catalogue import Catalogue
    from seaice.scenes.scene import Scene

_ENSEMBLE = "mean of the seeds"


def calibrate(
    checkpoints: Annotated[
        list[Path], typer.Argument(metavar="CHECKPOINT...", help="Checkpoints.")
    ],
    data: Data = Path("data"),
    ensemble: Annotated[
        bool,
        typer.Option("--ensemble", help="Also the mean of the checkpoints, seeds of one network."),
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the temperatures that help in the checkpoints.")
    ] = False,
    most: Annotated[
        int | None,
        typer.Option("--scenes", min=1, metavar="N", help="Use the first N scenes only."),
    ] = None,
    out: TableOut = None,
    any_polarisation: AnyPolarisation = False,
    as_json: AsJson = False,
) -> None:
    """Say whether networks are right as often as sure.

    It also fits temperatures. Logits divided by a temperature give other probabilities and the
    same maps of classes. Use scenes that the networks were not trained on.
    """
    from seaice.core.memory import named_budget
    from seaice.network.checkpoint_info import read_info

    # A mistake is reported at once: importing torch takes seconds.
    named_budget()
    paths = list(dict.fromkeys(checkpoints))
    infos = [read_info(path) for path in paths]
    check_table(out)
    from seaice.scenes.catalogue import read_catalogue

    catalogue = read_catalogue(data)
    from seaice.results.confidence.ensemble import require_ensemble

    if ensemble:
        require_ensemble(infos)
    from seaice.core.device import best_device
    from seaice.network.checkpoint import load_checkpoint

    networks = [load_checkpoint(path, best_device().torch_name) for path in paths]
    scenes = _scenes(catalogue, networks[0], any_polarisation, most)
    found = _measure(networks, scenes, ensemble)
    # The mean of the seeds has their rates.
    infos_of = dict(zip(_names(networks), infos, strict=True))
    facts = [
        infos_of.get(name, infos[0]).rates_facts | _facts(name, each)
        for name, results in found.items()
        for each in results
    ]
    labels = [f"{name}: rates {info.rates_label}" for name, info in infos_of.items()]
    if out is not None:
        _write(out, found, networks)
        print_message(f"wrote {out}")
    if keep:
        _keep(networks, found, scenes, data)
    print_result(facts, as_json, "\n\n".join(["\n".join(labels), *map(_table, facts)]))


def _scenes(
    catalogue: "Catalogue", network: "Checkpoint", any_polarisation: bool, most: int | None
) -> list["Scene"]:
    from seaice.commands.context import usable_scenes
    from seaice.core.errors import NoScenesError
    from seaice.experiment.context_predictors import network_predictor
    from seaice.results.confidence.labelled import CLASSIFIED

    usable, _ = usable_scenes(catalogue, network_predictor(network), any_polarisation, most)
    scenes = [scene for scene in usable if set(CLASSIFIED) & set(scene.charts)]
    if not scenes:
        raise NoScenesError(
            f"No scene in {catalogue.folder} has a chart of SOD or FLOE. SIC has no probabilities."
        )
    return scenes


def _measure(
    networks: "Sequence[Checkpoint]", scenes: "Sequence[Scene]", ensemble: bool
) -> "dict[str, list[Calibration]]":
    """By name of the network: the calibration of each chart."""
    from seaice.results.confidence.calibration import calibrate as measured
    from seaice.results.confidence.labelled import CLASSIFIED, labelled_logits

    sampled: list[list[Any]] = [[] for _ in networks]
    for number, scene in enumerate(scenes, 1):
        for network, samples in zip(networks, sampled, strict=True):
            samples.append(labelled_logits(network, scene))
        print_scene_count(number, len(scenes))
    found: dict[str, list[Calibration]] = {}
    groups = {name: [own] for name, own in zip(_names(networks), sampled, strict=True)}
    if ensemble:
        groups[_ENSEMBLE] = sampled
    for name, members in groups.items():
        for chart in CLASSIFIED:
            of_chart = [[each[chart] for each in own if chart in each] for own in members]
            if any(each.labels.size for each in of_chart[0]):
                found.setdefault(name, []).append(measured(chart, of_chart))
    return found


def _names(networks: "Sequence[Checkpoint]") -> list[str]:
    """What to call networks: their files' names, with the folder where two have one name."""
    names = [network.path.stem for network in networks]
    if len(set(names)) == len(names):
        return names
    return [str(network.path) for network in networks]


def _keep(
    networks: "Sequence[Checkpoint]",
    found: "dict[str, list[Calibration]]",
    scenes: "Sequence[Scene]",
    data: Path,
) -> None:
    """Write the temperatures that help into the checkpoints, with what they were fitted to."""
    from seaice.network.checkpoint import write_calibration

    for name, network in zip(_names(networks), networks, strict=True):
        temperatures = {each.chart: each.temperature for each in found[name] if each.helps}
        calibration = {
            "temperatures": temperatures,
            "scenes": [scene.id for scene in scenes],
            "data": str(data),
            "simulated": all(scene.simulated for scene in scenes),
        }
        write_calibration(network.path, calibration)
        texts = [
            f"{each.chart} {each.temperature:.2f}"
            if each.helps
            else f"{each.chart} none, as its error grows on other scenes"
            for each in found[name]
        ]
        print_message(f"kept in {network.path}: {', '.join(texts)}")


def _facts(name: str, result: "Calibration") -> dict[str, Any]:
    """A chart's calibration as JSON values, which know no NaN."""
    from seaice.ai4arctic.charts import CHART

    names: list[tuple[int | None, str]] = [(None, "all")]
    names += enumerate(CHART[result.chart].class_names)
    return {
        "checkpoint": name,
        "chart": result.chart,
        "scenes": result.scenes,
        "temperature": None if result.temperature != result.temperature else result.temperature,
        "classes": [
            {
                "class": label,
                "pixels": result.without.count(index),
                "without": _measured(result.without, index),
                "tempered": result.tempered and _measured(result.tempered, index),
            }
            for index, label in names
        ],
    }


def _measured(result: "Reliability", index: int | None) -> dict[str, float] | None:
    if not result.count(index):
        return None
    return {
        "confidence": result.mean_confidence(index),
        "accuracy": result.accuracy(index),
        "calibration_error": result.error(index),
    }


def _table(facts: dict[str, Any]) -> str:
    temperature = facts["temperature"]
    fitted = "" if temperature is None else f", temperature {temperature:.2f}"
    scenes = counted(facts["scenes"], "scene")
    width = max(len(row["class"]) for row in facts["classes"])
    lines = [
        f"{facts['checkpoint']}: {facts['chart']}, {scenes}{fitted}",
        f"{'%':{width}}  {'pixels':>8}{'sure':>8}{'right':>8}{'error':>8}{'tempered':>10}",
    ]
    for row in facts["classes"]:
        if row["without"] is None:
            lines.append(f"{row['class']:{width}}  never predicted")
            continue
        numbers = "".join(f"{100 * value:8.1f}" for value in row["without"].values())
        error = row["tempered"] and row["tempered"]["calibration_error"]
        after = "-" if error is None else f"{100 * error:.1f}"
        lines.append(f"{row['class']:{width}}  {row['pixels']:8}{numbers}{after:>10}")
    if facts["classes"][0]["tempered"] is None:
        lines.append("A temperature is measured on other scenes than it is fitted to: name more.")
    return "\n".join(lines)


def _write(
    out: Path, found: "dict[str, list[Calibration]]", networks: "Sequence[Checkpoint]"
) -> None:
    from seaice.core.files import atomic_write
    from seaice.explain.csv_rows import csv_text
    from seaice.results.confidence.calibration import calibration_rows

    hashes = {
        name: network.sha256 for name, network in zip(_names(networks), networks, strict=True)
    }
    rows = [
        {
            "checkpoint": name,
            "checkpoint_sha256": hashes.get(name, ""),
            "temperature": "" if each.temperature != each.temperature else each.temperature,
            "scenes": each.scenes,
            **row,
            "command": command_line(),
        }
        for name, results in found.items()
        for each in results
        for row in calibration_rows(each)
    ]
    with atomic_write(out) as temporary:
        temporary.write_text(csv_text(rows), encoding="utf-8")
