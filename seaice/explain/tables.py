"""Explanations as rows of tidy tables: one value a row, with the names of what it belongs to."""

from typing import Any

import numpy as np

from seaice.ai4arctic.charts import CHART
from seaice.explain.branches import BranchShares
from seaice.explain.faithful import Trial
from seaice.explain.pixel import PixelStory
from seaice.explain.targets import target_names

Row = dict[str, Any]


def branch_rows(result: BranchShares) -> list[Row]:
    """What each predicted class loses without each branch."""
    sic = result.chart == "SIC"
    names = ("all ice",) if sic else CHART[result.chart].class_names
    return [
        {
            "chart": result.chart,
            "class": names[row],
            "cells": int(result.cells[row]),
            "unit": "percentage points" if sic else "log-odds",
            "branch": branch,
            "loss": float(loss),
            "share": number(share),
        }
        for row in np.flatnonzero(result.cells)
        for branch, loss, share in zip(
            result.branches, result.loss[row], result.shares[row], strict=True
        )
    ]


def story_rows(story: PixelStory) -> list[Row]:
    """Probabilities of a pixel, its cells, and its gradient by distance."""
    fixed = {"chart": story.chart, "line_km": story.place[0], "sample_km": story.place[1]}

    def row(what: str, of: str, at: float | str, value: float | str) -> Row:
        return {**fixed, "what": what, "of": of, "at_km": at, "value": value}

    names = CHART[story.chart].class_names
    rows = [
        row("probability", names[index], "", float(value))
        for index, value in enumerate(story.probabilities)
    ]
    if story.chart == "SIC":
        rows.append(row("SIC, percent", "", "", story.sic))
    rows += [
        row("cell", tap.branch, f"{tap.place[0]:.3f} {tap.place[1]:.3f}", tap.state)
        for tap in story.taps
    ]
    rows += [
        row("gradient", "", round(distance * story.spacing_m / 1000, 6), float(value))
        for distance, value in enumerate(story.profile)
    ]
    return rows


def trial_rows(trial: Trial) -> list[Row]:
    """The curves of deletion and insertion, and the other figures of a test."""
    config = trial.config
    fixed = {
        "chart": config.chart,
        "target": target_names(config.chart)[config.target],
        "layer": config.layer,
        "method": config.method,
    }
    curves = {
        "deletion": trial.deletion,
        "deletion at random": trial.deletion_random,
        "insertion": trial.insertion,
        "insertion at random": trial.insertion_random,
    }
    rows: list[Row] = [
        {**fixed, "what": name, "share_of_cells": float(share), "value": float(value)}
        for name, values in curves.items()
        for share, value in zip(trial.shares, values, strict=True)
    ]
    figures = {
        "rank correlation with random weights": trial.random_weights,
        "rank correlation with a map without gradients": trial.agreement,
        "share beyond the field": trial.beyond,
        "share on true ice": trial.on_truth,
        "share of true ice in the field": trial.truth_share,
    }
    rows += [
        {**fixed, "what": name, "share_of_cells": "", "value": number(value)}
        for name, value in figures.items()
    ]
    return rows


def number(value: float) -> float | str:
    """A number as a cell of a table; empty where it is not defined."""
    return "" if np.isnan(value) else float(value)
