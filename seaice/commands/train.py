"""The command `seaice train`: one run in the foreground, or one that goes on."""

import logging
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from seaice.commands.answers import progress_lines, scores_text
from seaice.commands.options import with_options_of
from seaice.commands.terminal import AsJson, Runs, answer
from seaice.core.errors import ConfigError, SeaIceError
from seaice.network.rates import parse_rates
from seaice.training.config import TrainingConfig
from seaice.training.runs.cluster import is_first_process
from seaice.training.runs.config_file import read_config
from seaice.training.runs.folder import RunFolder, find_run, open_run
from seaice.training.runs.listing import delete_run
from seaice.training.runs.status import read_status
from seaice.training.settings import settings_of

log = logging.getLogger(__name__)

_STOPPED = 130


@with_options_of(TrainingConfig)
def train(
    models: Annotated[
        Path | None,
        typer.Option(
            envvar="SEAICE_MODELS",
            help="Folder of checkpoints. [default: models; of a resumed run, its own]",
            show_default=False,
        ),
    ] = None,
    runs: Runs = Path("runs"),
    resume: Annotated[
        str | None, typer.Option(metavar="RUN", help="Go on with a run: its name or its folder.")
    ] = None,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Tell what it costs, and train nothing.")
    ] = False,
    as_json: AsJson = False,
    **settings: Any,  # noqa: ANN401 - one for each field of the configuration
) -> None:
    """Train one checkpoint in the foreground; Ctrl-C stops it so that it can be resumed."""
    said = {name: value for name, value in settings.items() if value is not None}
    if resume is not None:
        folder = _run(resume, runs)
        its_own = Path(read_status(folder).models or "models")
        _resume(folder, said, models or its_own, as_json)
        return
    config, models = _config(said), models or Path("models")
    if estimate:
        _estimate(config, as_json)
    elif is_first_process():
        _start(config, runs, models, as_json)
    else:
        from seaice.training.process import follow

        follow(config, None, models)


def _start(config: TrainingConfig, runs: Path, models: Path, as_json: bool) -> None:
    from seaice.training.start import new_run

    folder = new_run(config, runs)
    try:
        _work(folder, models, as_json)
    except SeaIceError:
        # A mistake that is seen before the first step is no run.
        if not folder.metrics_file.exists():
            delete_run(folder)
        raise


def _config(said: dict[str, Any]) -> TrainingConfig:
    for name in ("rates", "channel_set"):
        if name not in said:
            words = settings_of(TrainingConfig)[name].words
            raise ConfigError(f"Missing option '--{words.option or name}'.")
    return TrainingConfig(**{"data": "data", **said, "rates": parse_rates(said["rates"])})


def _resume(folder: RunFolder, said: dict[str, Any], models: Path, as_json: bool) -> None:
    # The folders of the environment are said without having been typed.
    typed = sorted(set(said) - {"data"})
    if typed:
        raise ConfigError(f"A run is resumed with its own settings: leave out {', '.join(typed)}.")
    if is_first_process():
        _work(folder, models, as_json)
        return
    from seaice.training.process import follow

    follow(read_config(folder), folder, models)


def _run(resume: str, runs: Path) -> RunFolder:
    if not resume:
        raise ConfigError("--resume names no run. `seaice runs` lists what there is.")
    return open_run(Path(resume)) if "/" in resume else find_run(runs, resume)


def _work(folder: RunFolder, models: Path, as_json: bool) -> None:
    from seaice.training.process import run_here

    result = run_here(folder, models, progress_lines(log.info))
    if result.path is None:
        command = shlex.join(["seaice", "train", "--resume", str(folder.path.resolve())])
        log.info("resume with: %s", command)
        raise typer.Exit(_STOPPED)
    answer(
        {
            "checkpoint": str(result.path),
            "run": str(folder.path),
            "scores": result.scores or None,
            "seconds": result.seconds,
        },
        as_json,
        f"{result.path}\n{scores_text(result.scores)}{_of_simulated(result.scores)}",
    )


def _of_simulated(scores: Mapping[str, Any]) -> str:
    words = "\n  measured on simulated scenes: they say nothing about real ice"
    return words if scores.get("simulated") else ""


def _estimate(config: TrainingConfig, as_json: bool) -> None:
    from seaice.training.cost import cost_of

    log.info("timing a few steps ...")
    cost = cost_of(config, timed=True)
    if cost.seconds is None:
        log.warning("that is more memory than is free now: no step was timed")
    answer(cost.to_dict(), as_json, cost.text())
