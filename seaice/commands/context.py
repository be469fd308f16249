"""The command `seaice context`: how far a network or baseline has to look, measured directly."""

from dataclasses import asdict, replace
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seaice.commands.options import AnyPolarisation, AsJson, CheckpointPath, Data, as_asked
from seaice.commands.output import print_message, print_result, print_scene_count
from seaice.core.errors import ConfigError, MissingChannelsError, NoScenesError, SceneError
from seaice.core.text import counted

if TYPE_CHECKING:
    # For their types alone: the command line starts quickly.
    from seaice.experiment.context_predictors import Predictor
    from seaice.experiment.context_radius import UsedContext
    from seaice.experiment.context_settings import ContextSettings
    from seaice.experiment.context_summary import ContextCurve
    from seaice.experiment.tally import TaskName
    from seaice.network.checkpoint import Checkpoint
    from seaice.scenes.catalogue import Catalogue
    from seaice.scenes.scene import Scene

_TASKS: tuple["TaskName", ...] = ("combined", "SIC", "SOD", "FLOE")


def context(
    checkpoint: CheckpointPath,
    data: Data = Path("data"),
    radii: Annotated[
        str | None,
        typer.Option(metavar="KM,...", help="Radii in km. [default: 12 of them, 3 to 200]"),
    ] = None,
    groups: Annotated[
        str | None,
        typer.Option(
            metavar="GROUP,...",
            help="What is replaced far away: all, radar, radiometer. [default: all that apply]",
        ),
    ] = None,
    shuffles: Annotated[
        int, typer.Option(min=1, help="How often each scene gets other surroundings.")
    ] = 2,
    seed: Annotated[int, typer.Option(min=0, help="Seed of places and surroundings.")] = 0,
    most: Annotated[
        int | None,
        typer.Option("--scenes", min=2, metavar="N", help="Use the first N scenes only."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write the sums, as .csv or .parquet."),
    ] = None,
    gradient: Annotated[
        bool, typer.Option(help="For networks, also how far the input gradient spreads.")
    ] = True,
    any_polarisation: AnyPolarisation = False,
    as_json: AsJson = False,
) -> None:
    """Measure how far a network or baseline has to look.

    Everything farther than r km from where is scored is replaced by what other scenes have there.
    """
    settings = _settings(radii, groups, shuffles, seed)
    if out is not None:
        from seaice.core.files import require_output
        from seaice.experiment.context_files import check_table_path

        require_output(check_table_path(out))
    from seaice.commands.scorers import require_described
    from seaice.experiment.context_settings import require_two
    from seaice.scenes.catalogue import read_catalogue

    # A mistake is reported at once: importing torch takes seconds, and converting a raw scene more.
    require_described(checkpoint)
    catalogue = read_catalogue(data)
    require_two(catalogue.scenes)
    from seaice.experiment.context_predictors import read_predictor

    predictor, network = read_predictor(checkpoint)
    scenes, problems = usable_scenes(catalogue, predictor, any_polarisation, most)
    require_two(scenes)
    curve = _measured(predictor, network if gradient else None, scenes, settings)
    rates = network.info.rates_facts if network else {}
    facts = {**rates, **_facts(curve), "left_out": problems}
    try:
        _write(out, curve)
    finally:
        # It took long to measure: a disk that is full by now does not take it all.
        print_result(facts, as_json, "\n".join(_text(curve)))


def _write(out: Path | None, curve: "ContextCurve") -> None:
    if out is None:
        return
    from seaice.experiment.context_files import write_curve

    write_curve(out, curve)
    print_message(f"wrote {out}")


def _measured(
    predictor: "Predictor",
    network: "Checkpoint | None",
    scenes: list["Scene"],
    settings: "ContextSettings",
) -> "ContextCurve":
    """The curve, which for a network also says how far its input gradient spreads."""
    from seaice.experiment.context_curve import context_curve

    print_message(f"measuring the context curve on {counted(len(scenes), 'scene')} ...")
    curve = context_curve(predictor, scenes, settings, print_scene_count)
    if network is None:
        return curve
    from seaice.experiment.context_gradient import gradient_spread

    print_message("measuring the input gradient ...")
    spread = gradient_spread(network, scenes, seed=settings.seed)
    return replace(curve, gradient_km=spread.radii_km())


def _settings(radii: str | None, groups: str | None, shuffles: int, seed: int) -> "ContextSettings":
    from seaice.experiment.context_settings import RADII_KM, ContextSettings

    radii_km = RADII_KM
    if radii is not None:
        try:
            radii_km = tuple(float(each) for each in radii.split(","))
        except ValueError as error:
            raise ConfigError(
                f"--radii is a list of km such as 3,10,30, not {radii[:40]!r}."
            ) from error
    wanted = tuple(groups.split(",")) if groups is not None else None
    return ContextSettings(radii_km, wanted, shuffles, seed)


def usable_scenes(
    catalogue: "Catalogue",
    predictor: "Predictor",
    any_polarisation: bool,
    most: int | None,
    *,
    charted: bool = True,
) -> tuple[list["Scene"], list[str]]:
    """Scenes of a folder that can be measured on, and a sentence for each that is left out.

    Args:
        catalogue: What the folder holds.
        predictor: Whose channels the scenes have to hold.
        any_polarisation: Take VV and VH for HH and HV.
        most: Stop at so many; None takes all.
        charted: Whether the scenes have to hold charts.

    Raises:
        NoScenesError: No scene is left.
    """
    from seaice.scenes.catalogue import checked, make_ready

    usable: list[Scene] = []
    problems = list(catalogue.left_out)
    for found in catalogue.scenes:
        if most is not None and len(usable) == most:
            break
        scene = as_asked(found, any_polarisation)
        try:
            make_ready(scene)
            scene.require(predictor.channels, predictor.channel_set)
            if charted and not scene.charts:
                raise SceneError(scene.path, "has no charts to score against")
            notice = checked(scene).notice
        except (SceneError, MissingChannelsError) as error:
            problems.append(str(error))
            continue
        if notice:
            print_message(f"{scene.id} {notice}")
        usable.append(scene)
    for problem in problems:
        print_message(f"left out: {problem}")
    if not usable:
        wanted = "charts and the channels" if charted else "the channels"
        raise NoScenesError(f"No scene in {catalogue.folder} has {wanted} that are needed.")
    return usable, problems


def _facts(curve: "ContextCurve") -> dict[str, Any]:
    """The curves and what follows from them, as JSON values."""
    from seaice.experiment.context_parts import measured_parts

    whole = curve.part()
    strata: dict[str, Any] = {}
    for (name, value), part in measured_parts(curve).items():
        strata.setdefault(name, {})[value] = _curves(part)
    return {
        "checkpoint": curve.checkpoint,
        "sha256": curve.sha256,
        "description": curve.description,
        "scenes": list(curve.scenes),
        "reach_km": _finite(curve.reach_km),
        "shuffles": curve.shuffles,
        "seed": curve.seed,
        "curves": _curves(whole),
        "strata": strata,
        "gradient": dict(curve.gradient_km) or None,
    }


def _curves(curve: "ContextCurve") -> dict[str, Any]:
    return {
        group: {
            task: {
                "used_to_benefit": _plain(asdict(curve.used(group, task))),
                "points": [_plain(asdict(point)) for point in curve.points(group, task)],
            }
            for task in _TASKS
        }
        for group in curve.groups
    }


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """JSON values: null where a number is infinite or not defined."""
    return {
        name: _finite(each) if isinstance(each, float) else each for name, each in values.items()
    }


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def _text(curve: "ContextCurve") -> list[str]:
    """The curves as tables, and the context that is used."""
    from seaice.experiment.context_settings import group_words

    whole = curve.part()
    lines = [
        f"{curve.checkpoint}: {curve.description}",
        f"{counted(len(whole.scenes), 'scene')}, {counted(curve.shuffles, 'shuffle')}; "
        f"it looks at most {curve.reach_km:g} km to each side",
    ]
    for group in whole.groups:
        lines += ["", f"score where {group_words(group)} farther than r km is foreign"]
        lines += _table(whole, group)
    lines += ["", "context used to benefit: r at which 95 % of the gain is reached"]
    for group in whole.groups:
        for task in _TASKS:
            used = whole.used(group, task)
            lines.append(f"  {group:11}{task:9} {_used_text(used)}")
    if curve.gradient_km:
        radii = (f"{name} {km:.1f} km" for name, km in curve.gradient_km.items())
        lines += ["", f"context used at all: 90 % of the gradient within {', '.join(radii)}"]
    return lines


def _table(curve: "ContextCurve", group: str) -> list[str]:
    columns = [curve.points(group, task) for task in _TASKS]
    lines = [f"  {'r km':>6}" + "".join(f"{task:>24}" for task in _TASKS)]
    for points in zip(*columns, strict=True):
        cells = (f"{_number(p.score)} [{_number(p.low)}, {_number(p.high)}]" for p in points)
        lines.append(f"  {points[0].r_km:>6g}" + "".join(f"{cell:>24}" for cell in cells))
    return lines


def _number(value: float) -> str:
    return f"{value:.1f}" if isfinite(value) else "-"


def _used_text(used: "UsedContext") -> str:
    if used.reason:
        return f"none: {used.reason}"
    return f"{_km(used.km)} [{_km(used.low)}, {_km(used.high)}], gain {used.gain:.1f}"


def _km(value: float) -> str:
    return f"{value:.1f} km" if isfinite(value) else "more than measured"
