"""The command `seaice baseline`: fits what networks are compared with."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from seaice.commands.options import AsJson, Data, Models
from seaice.commands.output import print_message, print_result, print_scene_count
from seaice.core.errors import ConfigError
from seaice.core.files import unlistable
from seaice.core.text import counted

_NOTHING_TO_FIT = ("water", "truth")


def baseline(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="linear, trees, ceiling, or list.")],
    channels: Annotated[
        str, typer.Option("--channels", metavar="SET", help="Channel set, or channels.")
    ] = "sar+amsr2",
    data: Data = Path("data"),
    models: Models = Path("models"),
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="The file. [default: MODELS/baselines/...]"),
    ] = None,
    windows: Annotated[
        bool,
        typer.Option("--windows", help="Trees: also means and spreads of HH and HV up to 12 km."),
    ] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the sampled pixels.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Fit or list what networks are compared with.

    linear: per-pixel linear model. trees: boosted trees of the pixel. ceiling: the truth of
    simulated scenes, smoothed at the width that scores best. list: what MODELS/baselines holds.
    """
    if kind == "list":
        _list(models, as_json)
        return
    from seaice.baselines.files import baseline_label, baseline_path
    from seaice.baselines.info import KINDS
    from seaice.baselines.make import make_baseline

    known = {name: name for name in KINDS}
    if kind in _NOTHING_TO_FIT:
        raise ConfigError(
            f"There is nothing to fit for {kind!r}: `seaice evaluate` shows it without a file."
        )
    if kind not in known:
        raise ConfigError(f"No kind of baseline {kind[:40]!r}. There are: {', '.join(KINDS)}.")
    chosen = known[kind]
    path = out or baseline_path(
        models, chosen, "" if chosen == "ceiling" else channels, windows=windows
    )
    info, left_out = make_baseline(
        chosen, channels, data, path, windows=windows, seed=seed, on_scene=print_scene_count
    )
    for problem in left_out:
        print_message(f"left out: {problem}")
    facts = {"file": str(path), **asdict(info), "left_out": left_out}
    scenes = len(info.fit["scene_ids"])
    print_result(
        facts, as_json, f"{path}  {baseline_label(info)}, fitted on {counted(scenes, 'scene')}"
    )


def _list(models: Path, as_json: bool) -> None:
    from seaice.baselines.files import FOLDER, baseline_label, list_baselines

    if unlisted := unlistable(models / FOLDER):
        raise ConfigError(unlisted[0])
    files, problems = list_baselines(models)
    facts = [{"file": str(each.path), **asdict(each.info)} for each in files]
    lines = [
        f"{each.path}  {baseline_label(each.info)}"
        f"{'  channels ' * bool(each.info.channel_set)}{each.info.channel_set}"
        for each in files
    ]
    print_result(facts, as_json, "\n".join(lines) or f"There are no baselines in {models}.")
    for problem in problems:
        print_message(problem)
