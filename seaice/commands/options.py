"""Arguments and options: those that commands share, and those made from a configuration."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args

import typer

from seaice.explain.methods import METHODS
from seaice.training.settings import Group, SettingField, settings_of

if TYPE_CHECKING:
    # For its type alone: the command line starts quickly.
    from seaice.core.grids.pixel_grid import Window
    from seaice.scenes.scene import Scene

Data = Annotated[
    Path, typer.Option(metavar="DIR", envvar="SEAICE_DATA", help="Folder with scenes.")
]
Models = Annotated[
    Path, typer.Option(metavar="DIR", envvar="SEAICE_MODELS", help="Folder with checkpoints.")
]
Runs = Annotated[Path, typer.Option(metavar="DIR", envvar="SEAICE_RUNS", help="Folder with runs.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document to standard output.")]
CheckpointPath = Annotated[
    Path, typer.Argument(metavar="CHECKPOINT", help="Checkpoint, a .safetensors file.")
]
ScenePath = Annotated[Path, typer.Argument(metavar="SCENE", help="Scene file.")]
ScenePaths = Annotated[list[Path], typer.Argument(metavar="SCENE...", help="Scene files.")]
ScenesOrFolders = Annotated[
    list[Path], typer.Argument(metavar="SCENE...", help="Scene files, or folders of them.")
]
Again = Annotated[bool, typer.Option("--again", help="Do once more what is done already.")]
Scheduler = Annotated[
    str,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="Scheduler of a Dask cluster, over which the scenes spread; without it, this machine.",
    ),
]

AnyPolarisation = Annotated[
    bool,
    typer.Option(
        "--any-polarisation", help="Take VV and VH, if a scene holds them, for HH and HV."
    ),
]

SceneWindow = Annotated[
    tuple[int, int, int, int] | None,
    typer.Option(
        "--window",
        metavar="L0 L1 S0 S1",
        help="Explain the network's output for lines L0 to L1 and samples S0 to S1, counted at "
        "the checkpoint's spacing.",
    ),
]

ChartOption = Annotated[str, typer.Option("--chart", metavar="CHART", help="SIC, SOD or FLOE.")]
TableOut = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Also write the table as .csv.")
]
_PLACE = typer.Option(
    "--at",
    metavar="LINE_KM SAMPLE_KM",
    help="Pixel: its distances from the first line and the first sample, km.",
)
PlaceOption = Annotated[tuple[float, float], _PLACE]
MaybePlace = Annotated[tuple[float, float] | None, _PLACE]
TargetOption = Annotated[
    str,
    typer.Option(
        "--class",
        metavar="CLASS",
        help="Name of the class, its beginning, or its number: young, vast, 4. For SIC, more or "
        "less.",
    ),
]
LayerOption = Annotated[str, typer.Option(help="Network layer, for example 'atrous branch 1'.")]
MethodOption = Annotated[
    str,
    typer.Option(
        help=f"{', '.join(METHODS)}. GradCAM's heat also lies where the network cannot look, so it "
        "does not suit a part of a scene."
    ),
]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def as_asked(scene: "Scene", any_polarisation: bool) -> "Scene":
    """A scene whose radar channels are taken as they are if the user asked for that."""
    return replace(scene, polarisations=()) if any_polarisation else scene


def region_of(window: tuple[int, int, int, int] | None) -> "Window | None":
    """The part of a scene that `--window` names."""
    return (slice(*window[:2]), slice(*window[2:])) if window else None


def with_options_of(
    configuration: type, first: Sequence[str], defaults: Mapping[str, str]
) -> Callable[[_Command], _Command]:
    """Give a command one option for each field of a configuration, with the field's own help.

    The command receives them as keywords, None for each option that the user leaves out. Its help
    begins with the first fields; then come the command's own options, and the other fields by
    group.

    Args:
        configuration: A dataclass whose fields are settings.
        first: Names of the fields that a newcomer needs.
        defaults: What the command takes for fields without a default, for the help.
    """
    fields = {
        name: replace(field, default=defaults.get(name, field.default))
        for name, field in settings_of(configuration).items()
    }

    def decorate(command: _Command) -> _Command:
        """The command, with a signature that typer reads the options from."""
        own = [
            parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for parameter in inspect.signature(command).parameters.values()
            if parameter.kind is not inspect.Parameter.VAR_KEYWORD
        ]
        leading = [_option(fields[name]) for name in first]
        others = [
            _option(field, group)
            for group in get_args(Group)
            for name, field in fields.items()
            if field.words.group == group and name not in first
        ]
        signature = inspect.Signature([*leading, *own, *others])
        command.__signature__ = signature  # type: ignore[attr-defined]  # typer reads it
        command.__annotations__ = {
            name: parameter.annotation for name, parameter in signature.parameters.items()
        }
        return command

    return decorate


def _option(field: SettingField, section: str | None = None) -> inspect.Parameter:
    """An option for a field, in a section of the help of its own."""
    words = field.words
    flag = f"--{(words.option or field.name).replace('_', '-')}"
    kind: Any = field.kind if field.kind in (int, float, bool) else str
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[
            kind | None,
            typer.Option(
                f"{flag}/--no-{flag[2:]}" if kind is bool else flag,
                help=_help(field),
                envvar=words.variable or None,
                show_default=False,
                rich_help_panel=section,
            ),
        ],
    )


def _help(field: SettingField) -> str:
    words = field.words
    parts = [words.help]
    if words.choices:
        parts.append(f"One of {', '.join(map(str, words.choices))}.")
    if words.low is not None:
        parts.append(" to ".join(map(_bound, (words.low, words.high or 0))) + ".")
    if field.default not in (None, ""):
        parts.append(f"[default: {field.default}]")
    return " ".join(parts)


def _bound(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"
