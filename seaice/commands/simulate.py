"""The command `seaice simulate`: writes simulated scenes, or a report on the simulator."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seaice.commands.output import print_message, print_scene_count
from seaice.core.errors import ConfigError
from seaice.core.files import atomic_write, require_writable

if TYPE_CHECKING:
    # For its type alone: the command line starts quickly.
    from seaice.simulate.calibration import Report

REPORT_NAME = "calibration"
"""Name of the report's two files, which end in .md and .json."""

_OutDir = Annotated[
    Path | None,
    typer.Argument(metavar="OUT_DIR", help="Folder for the scenes, or for the report."),
]
_Scenes = Annotated[int | None, typer.Option(min=1, max=100_000, help="Number of scenes.")]
_Seed = Annotated[
    int | None, typer.Option(min=0, help="Seed. The same seed gives the same scenes.")
]
_Spacing = Annotated[
    float | None,
    typer.Option(help="Pixel spacing in metres. [default: 400, or 800 with --report]"),
]
_Lines = Annotated[int | None, typer.Option(help="Number of lines. [default: 400 km]")]
_Samples = Annotated[int | None, typer.Option(help="Number of samples. [default: 416 km]")]
_Region = Annotated[str | None, typer.Option(help="Region of the DMI or CIS ice charts.")]
_Month = Annotated[int | None, typer.Option(help="Month, 1 to 12.")]
_Longitude = Annotated[
    float | None, typer.Option(help="Longitude of the scenes' centres, -180 to 180 degrees.")
]
_FarCue = Annotated[
    float | None,
    typer.Option(
        "--far-cue-km",
        metavar="KM",
        help="Let only a mark KM away tell the stage of some of the ice: proof that context is "
        "found where it is.",
    ),
]
_Raw = Annotated[
    bool,
    typer.Option("--raw", help="Also write each scene in the raw format, at half the spacing."),
]
_Compress = Annotated[
    bool,
    typer.Option(
        "--compress/--no-compress",
        help="Round floats and compress the files: 2 to 4 MB for a scene of 400 m, in place of 26. "
        "Training reads files that are not compressed in less time.",
    ),
]
_Jobs = Annotated[
    int | None,
    typer.Option(min=1, help="Number of processes. [default: 1, or all cores with --report]"),
]
_Report = Annotated[
    bool,
    typer.Option(
        "--report",
        help="Instead of writing scenes, measure 500 scenes and compare them with published "
        "figures. OUT_DIR, --scenes and --seed are optional then. Real scenes in the folder "
        "SEAICE_REAL_SCENES are measured too.",
    ),
]
_AsJson = Annotated[bool, typer.Option("--json", help="Print the report as one JSON document.")]


def simulate(
    out_dir: _OutDir = None,
    scenes: _Scenes = None,
    seed: _Seed = None,
    spacing_m: _Spacing = None,
    lines: _Lines = None,
    samples: _Samples = None,
    region: _Region = None,
    month: _Month = None,
    longitude: _Longitude = None,
    far_cue_km: _FarCue = None,
    raw: _Raw = False,
    compress: _Compress = True,
    jobs: _Jobs = None,
    report: _Report = False,
    as_json: _AsJson = False,
) -> None:
    """Write simulated scenes, or a report on the simulator."""
    common = _given(scenes=scenes, seed=seed, spacing_m=spacing_m, jobs=jobs)
    of_scenes = _given(lines=lines, samples=samples, region=region, month=month)
    of_scenes |= _given(longitude=longitude, far_cue_km=far_cue_km, raw=raw or None)
    if report:
        if refused := {**of_scenes, **_given(no_compress=None if compress else True)}:
            raise ConfigError(f"{_options(refused)} cannot be combined with --report.")
        _write_report(out_dir, common, as_json)
        return
    if as_json:
        raise ConfigError("--json needs --report.")
    if out_dir is None:
        raise ConfigError("Missing argument 'OUT_DIR', the folder for the scenes.")
    if missing := {"scenes", "seed"} - set(common):
        raise ConfigError(f"Missing options: {_options(missing)}.")
    from seaice.simulate import simulate_folder

    simulate_folder(
        out_dir,
        **common,
        **of_scenes,
        compress=compress,
        on_scene=lambda path: print_message(f"wrote {path}"),
    )


def _given(**options: object) -> dict[str, Any]:
    """The options that the user gave."""
    return {name: value for name, value in options.items() if value is not None}


def _options(names: Iterable[str]) -> str:
    """Names of options as the user types them."""
    return ", ".join(f"--{name.replace('_', '-')}" for name in sorted(names))


def _write_report(out_dir: Path | None, settings: dict[str, Any], as_json: bool) -> None:
    """Print the report and, if there is a folder, write it there as Markdown and JSON."""
    from seaice.simulate.calibration import calibrate

    if out_dir is not None:
        require_writable(out_dir)
    real_scenes = os.environ.get("SEAICE_REAL_SCENES")
    report = calibrate(
        **settings,
        real_scenes=Path(real_scenes) if real_scenes else None,
        on_scene=print_scene_count,
    )
    texts = _texts(report)
    typer.echo(texts[".json" if as_json else ".md"], nl=False)
    if out_dir is not None:
        for suffix, text in texts.items():
            path = out_dir / f"{REPORT_NAME}{suffix}"
            with atomic_write(path) as temporary:
                temporary.write_text(text, encoding="utf-8")
            print_message(f"wrote {path}")


def _texts(report: "Report") -> dict[str, str]:
    """The report's text by file suffix."""
    return {
        ".md": report.to_markdown(),
        ".json": json.dumps(report.to_dict(), indent=2) + "\n",
    }
