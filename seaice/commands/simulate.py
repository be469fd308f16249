"""The command `seaice simulate`: writes simulated scenes, or reports what the simulator makes."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seaice.core.errors import ConfigError
from seaice.core.files import atomic_write, require_writable

if TYPE_CHECKING:
    # For its type alone: the command line starts quickly.
    from seaice.simulate.calibration import Report

REPORT_NAME = "calibration"
"""Name of the report's two files, .md and .json."""

_OutDir = Annotated[
    Path | None, typer.Argument(help="Folder that the scenes, or the report's files, go to.")
]
_Scenes = Annotated[int | None, typer.Option(min=1, max=100_000, help="Number of scenes.")]
_Seed = Annotated[int | None, typer.Option(min=0, help="Seed; the same gives the same scenes.")]
_Spacing = Annotated[
    float | None,
    typer.Option(help="Pixel spacing, metres; default 400, with --report 800."),
]
_Raw = Annotated[
    bool, typer.Option("--raw", help="Each scene in the raw layout too, at half the spacing.")
]
_Jobs = Annotated[
    int | None,
    typer.Option(min=1, help="Processes; default 1, with --report one on each core."),
]
_Report = Annotated[
    bool,
    typer.Option(
        "--report",
        help="Write no scenes, but measure 500 and print how they compare with published figures; "
        "OUT_DIR, --scenes and --seed may then be left out. Real scenes of the folder "
        "SEAICE_REAL_SCENES are looked at beside them.",
    ),
]


def simulate(
    out_dir: _OutDir = None,
    scenes: _Scenes = None,
    seed: _Seed = None,
    spacing_m: _Spacing = None,
    lines: Annotated[int | None, typer.Option(help="Lines; default 400 km.")] = None,
    samples: Annotated[int | None, typer.Option(help="Samples; default 416 km.")] = None,
    region: Annotated[str | None, typer.Option(help="A DMI or CIS region.")] = None,
    month: Annotated[int | None, typer.Option(help="1 to 12.")] = None,
    longitude: Annotated[
        float | None, typer.Option(help="Of the scenes' centres, -180 to 180.")
    ] = None,
    raw: _Raw = False,
    jobs: _Jobs = None,
    report: _Report = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="The report as one JSON document.")
    ] = False,
) -> None:
    """Write simulated scenes in the ready-to-train layout, or report on them."""
    common = _given(scenes=scenes, seed=seed, spacing_m=spacing_m, jobs=jobs)
    of_scenes = _given(lines=lines, samples=samples, region=region, month=month)
    of_scenes |= _given(longitude=longitude, raw=raw or None)
    if report:
        if of_scenes:
            raise ConfigError(f"{_options(of_scenes)} cannot be given with --report.")
        _write_report(out_dir, common, as_json)
        return
    if as_json:
        raise ConfigError("--json is given with --report only.")
    if out_dir is None:
        raise ConfigError("Missing argument 'OUT_DIR', the folder that the scenes go to.")
    if missing := {"scenes", "seed"} - set(common):
        raise ConfigError(f"Missing options: {_options(missing)}.")
    from seaice.simulate import simulate_folder

    simulate_folder(out_dir, **common, **of_scenes, on_scene=lambda path: _say(f"wrote {path}"))


def _given(**options: object) -> dict[str, Any]:
    """The options that are given."""
    return {name: value for name, value in options.items() if value is not None}


def _options(names: "dict[str, Any] | set[str]") -> str:
    """Names of parameters as they are typed."""
    return ", ".join(f"--{name.replace('_', '-')}" for name in sorted(names))


def _say(message: str) -> None:
    typer.echo(message, err=True)


def _say_now_and_then(done: int, total: int) -> None:
    """Tell the progress in twenty lines at most."""
    if done == total or done % -(-total // 20) == 0:
        _say(f"scene {done}/{total}")


def _write_report(out_dir: Path | None, settings: dict[str, Any], as_json: bool) -> None:
    """Make the report, print it and, with a folder, write it as Markdown and as JSON."""
    from seaice.simulate.calibration import calibrate

    if out_dir is not None:
        require_writable(out_dir)
    real_scenes = os.environ.get("SEAICE_REAL_SCENES")
    report = calibrate(
        **settings,
        real_scenes=Path(real_scenes) if real_scenes else None,
        on_scene=_say_now_and_then,
    )
    texts = _texts(report)
    typer.echo(texts[".json" if as_json else ".md"], nl=False)
    if out_dir is not None:
        for suffix, text in texts.items():
            path = out_dir / f"{REPORT_NAME}{suffix}"
            with atomic_write(path) as temporary:
                temporary.write_text(text, encoding="utf-8")
            _say(f"wrote {path}")


def _texts(report: "Report") -> dict[str, str]:
    """The report's text by the suffix of its file."""
    return {
        ".md": report.to_markdown(),
        ".json": json.dumps(report.to_dict(), indent=2) + "\n",
    }
