"""The command `seaice app`: starts the dashboard."""

import os
from pathlib import Path
from typing import Annotated

import typer

import seaice
from seaice.commands.options import Data, Models, Runs
from seaice.commands.output import print_message

_PACKAGE = Path(seaice.__file__).resolve().parent
_INSTALLED = _PACKAGE / "dashboard" / "site" / "app.py"
"""Where the wheel puts the entry script and the pages (pyproject.toml)."""
_CLONE = _PACKAGE.parent / "app.py"


def start_app(
    context: typer.Context,
    data: Data = Path("data"),
    models: Models = Path("models"),
    runs: Runs = Path("runs"),
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 8501,
    host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Name by which browsers reach a proxy before the dashboard, such as "
            "maps.example.org. Can be repeated.",
        ),
    ] = None,
    base_path: Annotated[
        str,
        typer.Option(
            metavar="PATH", help="Path under which that proxy shows the dashboard, such as /ice."
        ),
    ] = "",
) -> None:
    """Start the dashboard on 127.0.0.1."""
    # Without folders of your own, you name one in the sidebar.
    if _is_named(context, "data"):
        from seaice.scenes.catalogue import scene_files

        scene_files(data)
    if _is_named(context, "models") and not os.path.isdir(models):
        # Not an error: a training makes it.
        print_message(f"{models} is not a folder yet. It holds no checkpoints.")
    from seaice.dashboard.launch import launch, proxy_settings

    proxy = proxy_settings(host or [], base_path)
    launch(_INSTALLED if os.path.isfile(_INSTALLED) else _CLONE, data, models, runs, port, proxy)


def _is_named(context: typer.Context, option: str) -> bool:
    """Whether the user, on the command line or in the environment, gives an option a value."""
    source = context.get_parameter_source(option)
    return source is not None and source.name != "DEFAULT"
