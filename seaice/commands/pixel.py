"""The command `seaice pixel`: what a network makes of one pixel, and what it looks at."""

import math
from typing import TYPE_CHECKING, Any

from seaice.ai4arctic.charts import CHART, chart_named
from seaice.commands.explained import read_explained, write_rows
from seaice.commands.options import (
    AnyPolarisation,
    AsJson,
    ChartOption,
    CheckpointPath,
    PlaceOption,
    ScenePath,
    TableOut,
)
from seaice.commands.output import print_message, print_result

if TYPE_CHECKING:
    # For their types alone: the command line starts without torch.
    from seaice.explain.pixel import PixelStory


def pixel(
    checkpoint: CheckpointPath,
    scene: ScenePath,
    at: PlaceOption,
    chart: ChartOption = "SOD",
    out: TableOut = None,
    any_polarisation: AnyPolarisation = False,
    as_json: AsJson = False,
) -> None:
    """Say what a network makes of one pixel.

    It also says how far the network looks for it. The table that --out writes holds the cells that
    each branch reads, and the gradient at each distance, too.
    """
    task = chart_named(chart)
    loaded, (opened,) = read_explained(checkpoint, [scene], out, any_polarisation)
    from seaice.experiment.reference import charted_class, class_at, true_classes
    from seaice.explain.pixel import pixel_story
    from seaice.explain.tables import story_rows

    story = pixel_story(opened, loaded, task, at)
    write_rows(out, story_rows(story), loaded, opened)
    names = CHART[task].class_names
    charted, true = (
        charted_class(opened, task, at),
        class_at(opened, true_classes(opened, task), at),
    )
    facts = (
        loaded.info.rates_facts
        | _facts(story)
        | {
            "chart_says": None if charted is None else names[charted],
            "truth": None if true is None else names[true],
        }
    )
    print_result(facts, as_json, f"rates {loaded.info.rates_label}\n{_text(story, facts)}")
    if opened.notice:
        print_message(opened.notice)


def _facts(story: "PixelStory") -> dict[str, Any]:
    """A story as JSON values, which know no NaN."""
    radius = story.radius_km()
    names = CHART[story.chart].class_names
    return {
        "chart": story.chart,
        "at_km": list(story.place),
        "says": story.says,
        "probabilities": dict(zip(names, story.probabilities.tolist(), strict=False)),
        "gradient_90_km": None if math.isnan(radius) else radius,
        "field_km": story.field_km,
        "branches": {
            name: {
                "cells": sum(tap.branch == name for tap in story.taps),
                "without_data": sum(
                    tap.branch == name and tap.state != "data" for tap in story.taps
                ),
            }
            for name in dict.fromkeys(tap.branch for tap in story.taps)
        },
    }


def _text(story: "PixelStory", facts: dict[str, Any]) -> str:
    line, sample = story.place
    sure = f", sure by {story.probabilities[story.target]:.0%}" if story.chart != "SIC" else ""
    lines = [f"{story.chart} at {line:.1f} km, {sample:.1f} km: {story.says}{sure}"]
    known = (("ice chart", facts["chart_says"]), ("truth", facts["truth"]))
    lines += [f"{name}: {value}" for name, value in known if value is not None]
    lines += [f"  {value:6.1%}  {name}" for name, value in facts["probabilities"].items()]
    radius = facts["gradient_90_km"]
    lines.append(
        "its output has no gradient here"
        if radius is None
        else f"90 % of the gradient within {radius:.1f} km; in theory the field reaches "
        f"{story.field_km / 2:.1f} km"
    )
    lines += [
        f"  {name}: {each['cells'] - each['without_data']} of {each['cells']} cells hold data"
        for name, each in facts["branches"].items()
    ]
    return "\n".join(lines)
