"""The command `seaice field`: how far a network does look, its effective receptive field."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seaice.ai4arctic.charts import chart_named
from seaice.commands.explained import read_explained, write_rows
from seaice.commands.options import (
    AnyPolarisation,
    AsJson,
    ChartOption,
    CheckpointPath,
    ScenePaths,
    SceneWindow,
    region_of,
)
from seaice.commands.output import print_message, print_result
from seaice.core.text import counted
from seaice.explain.targets import target_of

if TYPE_CHECKING:
    # For their types alone: the command line starts without torch.
    import numpy as np

    from seaice.explain.field import EffectiveField

_LINES_OF_PROGRESS = 8


def field(
    checkpoint: CheckpointPath,
    scenes: ScenePaths,
    chart: ChartOption = "SOD",
    target: Annotated[
        str | None,
        typer.Option(
            "--class",
            metavar="CLASS",
            help="Take pixels that the network gives this class: its name, its beginning or its "
            "number.",
        ),
    ] = None,
    pixels: Annotated[int, typer.Option(min=1, help="Pixels of each scene.")] = 16,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the pixels.")] = 0,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write the profiles as .csv.")
    ] = None,
    window: SceneWindow = None,
    any_polarisation: AnyPolarisation = False,
    as_json: AsJson = False,
) -> None:
    """Say how far a network does look around a pixel.

    The effective receptive field is the gradient of single output pixels with respect to the
    inputs, as a mean over many pixels.
    """
    task = chart_named(chart)
    named = None if target is None else target_of(task, target)
    region = region_of(window)
    loaded, opened = read_explained(checkpoint, scenes, out, any_polarisation, region)
    from seaice.explain.field import effective_field, profile_rows

    result = effective_field(
        loaded,
        opened,
        task,
        named,
        pixels=pixels,
        seed=seed,
        region=region,
        on_pixel=_print_pixels,
    )
    for scene in opened:
        if scene.notice:
            print_message(scene.notice)
    write_rows(out, profile_rows(result), loaded)
    rows = _rows(result)
    text = f"rates {loaded.info.rates_label}\n{_table(result, rows)}"
    print_result(loaded.info.rates_facts | _facts(result, rows), as_json, text)


def _print_pixels(done: int, total: int) -> None:
    if done == total or done % -(-total // _LINES_OF_PROGRESS) == 0:
        print_message(f"pixel {done}/{total}")


def _rows(result: "EffectiveField") -> list[dict[str, Any]]:
    """All pixels, then each class, group of channels and scene, as JSON values."""
    rows = [_row(result, "all", "", int(result.pixels.sum()), result.profile())]
    for index, name in enumerate(result.classes):
        if (count := int(result.pixels[:, index].sum())) and len(result.classes) > 1:
            rows.append(_row(result, "class", name, count, result.profile(of=index)))
    for index, name in enumerate(result.groups):
        profile = result.profile(group=index)
        rows.append(_row(result, "channels", name, int(result.pixels.sum()), profile))
    for index, name in enumerate(result.scenes if len(result.scenes) > 1 else ()):
        if count := int(result.pixels[index].sum()):
            rows.append(_row(result, "scene", name, count, result.profile(scene=index)))
    return rows


def _row(
    result: "EffectiveField", of: str, name: str, pixels: int, profile: "np.ndarray"
) -> dict[str, Any]:
    from seaice.explain.field import SHARES

    total = float(result.mass.sum())
    radii = result.radii_km(profile)
    return {
        "of": of,
        "name": name,
        "pixels": pixels,
        "share": float(profile.sum()) / total if total > 0 else None,
        # JSON knows no NaN.
        "radii_km": {f"{s:.0%}": radii[s] if radii[s] == radii[s] else None for s in SHARES},
    }


def _facts(result: "EffectiveField", rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "chart": result.chart,
        "scenes": list(result.scenes),
        "theoretical_km": result.theoretical_km,
        "fields": rows,
    }


def _table(result: "EffectiveField", rows: list[dict[str, Any]]) -> str:
    scenes = counted(len(result.scenes), "scene")
    width = max(len(row["name"] or row["of"]) for row in rows)
    shares = list(rows[0]["radii_km"])
    lines = [
        f"{result.chart}, {rows[0]['pixels']} pixels of {scenes}: km around a pixel that hold a "
        "share of its gradient",
        f"in theory the field is {result.theoretical_km:.1f} km wide, "
        f"{result.theoretical_km / 2:.1f} km to each side",
        f"{'':{width}}  {'pixels':>6}" + "".join(f"{s:>7}" for s in shares) + "  of all gradient",
    ]
    for row in rows:
        cells = "".join(
            "      -" if km is None else f"{km:7.1f}" for km in row["radii_km"].values()
        )
        share = "-" if row["share"] is None else f"{row['share']:.0%}"
        lines.append(f"{row['name'] or row['of']:{width}}  {row['pixels']:6}{cells}  {share:>15}")
    return "\n".join(lines)
