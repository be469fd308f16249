"""The command `seaice train`: trains one run in the foreground, or resumes one."""

import logging
import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from seaice.commands.options import AsJson, Runs, with_options_of
from seaice.commands.output import print_result, training_progress
from seaice.commands.runs_beside import beside_finished
from seaice.commands.score_text import scores_text
from seaice.core.errors import ConfigError, SeaIceError
from seaice.network.rates import parse_rates
from seaice.training.cluster import is_first_process
from seaice.training.config import TrainingConfig
from seaice.training.runs.config_file import read_config
from seaice.training.runs.folder import RunFolder, find_run, open_run
from seaice.training.runs.status import read_status
from seaice.training.settings import ESSENTIAL, settings_of

log = logging.getLogger(__name__)

_STOPPED = 130
_DEFAULTS = {"data": "data"}
"""Of settings that have none of their own."""


@with_options_of(TrainingConfig, ESSENTIAL, _DEFAULTS)
def train(
    resume: Annotated[
        str | None, typer.Option(metavar="RUN", help="Resume a run, given by its name or folder.")
    ] = None,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Estimate time and memory, and train nothing.")
    ] = False,
    models: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            envvar="SEAICE_MODELS",
            help="Folder for the checkpoint. [default: models, or that of the resumed run]",
            show_default=False,
        ),
    ] = None,
    runs: Runs = Path("runs"),
    as_json: AsJson = False,
    **settings: Any,  # noqa: ANN401 - one for each field of the configuration
) -> None:
    """Train one checkpoint in the foreground.

    A new run needs --rates and --channels; all other options have defaults. Ctrl-C stops the run
    so that you can resume it.
    """
    given = {name: value for name, value in settings.items() if value is not None}
    if resume is not None:
        folder = _run(resume, runs)
        own_models = Path(read_status(folder).models or "models")
        _resume(folder, given, models or own_models, as_json)
        return
    config, models = _config(given), models or Path("models")
    if estimate:
        _estimate(config, as_json)
    elif is_first_process():
        _start(config, runs, models, as_json)
    else:
        from seaice.training.process import follow

        follow(config, None, models)


def _start(config: TrainingConfig, runs: Path, models: Path, as_json: bool) -> None:
    from seaice.scenes.catalogue import scene_files
    from seaice.training.start import new_run, remove_unbegun

    # A wrong path is reported at once: importing what trains takes seconds.
    for path in filter(None, (config.data, config.validation)):
        scene_files(Path(path))
    folder = new_run(config, runs)
    try:
        _work(folder, models, as_json)
    except SeaIceError:
        # The run failed before its first step, for example because a folder is missing.
        if not os.path.exists(folder.metrics_file):
            remove_unbegun(folder)
        raise


def _config(given: dict[str, Any]) -> TrainingConfig:
    for name in ("rates", "channel_set"):
        if name not in given:
            words = settings_of(TrainingConfig)[name].words
            raise ConfigError(f"Missing option '--{words.option or name}'.")
    return TrainingConfig(**{**_DEFAULTS, **given, "rates": parse_rates(given["rates"])})


def _resume(folder: RunFolder, given: dict[str, Any], models: Path, as_json: bool) -> None:
    # SEAICE_DATA sets this one too, and then the user did not type it.
    typed = sorted(set(given) - {"data"})
    if typed:
        raise ConfigError(f"A resumed run keeps its own settings. Leave out {', '.join(typed)}.")
    if is_first_process():
        _work(folder, models, as_json)
        return
    from seaice.training.process import follow

    follow(read_config(folder), folder, models)


def _run(resume: str, runs: Path) -> RunFolder:
    if not resume:
        raise ConfigError("--resume needs the name of a run. `seaice runs` lists the runs.")
    return open_run(Path(resume)) if "/" in resume else find_run(runs, resume)


def _work(folder: RunFolder, models: Path, as_json: bool) -> None:
    from seaice.training.process import run_here

    result = run_here(folder, models, training_progress(log.info))
    if result.path is None:
        command = shlex.join(["seaice", "train", "--resume", str(folder.path.resolve())])
        log.info("%s", read_status(folder).message)
        log.info("resume with: %s", command)
        raise typer.Exit(_STOPPED)
    facts = {
        "checkpoint": str(result.path),
        "run": str(folder.path),
        "scores": result.scores or None,
        "seconds": result.seconds,
    }
    scores = f"{scores_text(result.scores)}{_of_simulated(result.scores)}"
    if not as_json:
        # Printed first: whoever interrupts what follows has read it.
        print_result(facts, as_json, f"{result.path}\n{scores}")
    if result.scores:
        score = result.scores["combined"]["value"]
        beside, line = beside_finished(folder, score, models, log.info)
        print_result(facts | beside, as_json, line)
    elif as_json:
        print_result(facts, as_json, "")


def _of_simulated(scores: Mapping[str, Any]) -> str:
    words = "\n  measured on simulated scenes: the scores say nothing about real ice"
    return words if scores.get("simulated") else ""


def _estimate(config: TrainingConfig, as_json: bool) -> None:
    from seaice.scenes.catalogue import require_scene_files

    # A typing mistake would cost the run that follows, not only the estimate.
    for folder in filter(None, (config.data, config.validation)):
        require_scene_files(Path(folder))
    from seaice.training.context import taps_without_data
    from seaice.training.cost import cost_of, free_gib
    from seaice.training.loader import patches
    from seaice.training.run_time import run_time
    from seaice.training.split import split_scenes, warn_of_implausible

    training, validation = split_scenes(config)
    warn_of_implausible([*training, *validation])
    cost = cost_of(config)
    # The labels that the patches are drawn by are found once, for the run that follows, too.
    taps = taps_without_data(config, patches(config, training))
    facts: dict[str, Any] = {**cost.to_dict(), "step_seconds": None, "seconds": None}
    facts["taps_without_data"] = dict(taps.shares)
    text = "\n".join(filter(None, [cost.text(), taps.text()]))
    if cost.memory_gib < free_gib():
        log.info("timing a few steps, patches and a validation scene ...")
        timed = run_time(config, training, validation)
        facts, text = facts | timed.to_dict(), f"{text}\n{timed.text()}"
    else:
        log.warning("nothing was timed: the run needs more memory than is free now")
    print_result(facts, as_json, text)
