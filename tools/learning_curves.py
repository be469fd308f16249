"""Draw how shipped checkpoints learned, for docs/training.md.

Run: python tools/learning_curves.py [--runs FOLDER] [--out FILE]

A row for each channel set: the training loss, smoothed, and the combined score on the validation
scenes. A trunk comes first, in black; the runs that start from it follow, by rates.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
from dashboard import HOME, launch_chromium
from playwright.sync_api import sync_playwright
from plotly.colors import sample_colorscale
from plotly.subplots import make_subplots

from seaice.figures.curves import smoothed
from seaice.network.reach import rates_label
from seaice.training.config import TrainingConfig
from seaice.training.runs.config_file import read_config
from seaice.training.runs.folder import RunFolder, list_runs
from seaice.training.runs.metrics import read_metrics

_ROW_PX, _WIDTH_PX = 260, 1100


def main() -> None:
    """Read the runs and write the picture."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=Path, default=HOME / "runs")
    parser.add_argument("--out", type=Path, default=HOME / "docs" / "learning-curves.png")
    asked = parser.parse_args()
    read = {run: read_config(run) for run in list_runs(asked.runs)}
    runs = dict(sorted(read.items(), key=lambda item: item[1].rates))
    sets = sorted({config.channel_set for config in runs.values()}, key=len)
    titles = [f"{name}: {what}" for name in sets for what in ("training loss", "validation score")]
    figure = make_subplots(len(sets), 2, subplot_titles=titles, vertical_spacing=0.3 / len(sets))
    with_trunks = any(config.start_from for config in runs.values())
    branched = [config for config in runs.values() if config.start_from or not with_trunks]
    rates = sorted({config.rates for config in branched})
    trunks = {each.name: each.steps for each in runs.values() if not each.start_from}
    for run, config in runs.items():
        row = sets.index(config.channel_set) + 1
        first = trunks.get(Path(config.start_from).stem, 0) if config.start_from else 0
        is_trunk = with_trunks and not config.start_from
        name = "trunk" if is_trunk else rates_label(config.rates, config.cell_m)
        colour = "black" if is_trunk else _colour(config, rates)
        _add(figure, row, run, config, first, name, colour)
    figure.update_layout(
        template="plotly_white",
        width=_WIDTH_PX,
        height=_ROW_PX * len(sets),
        margin={"l": 50, "r": 20, "t": 40, "b": 40},
        legend={"orientation": "h", "y": 1.07, "x": 0},
    )
    figure.update_yaxes(type="log", col=1)
    figure.update_xaxes(title="step", row=len(sets))
    _save(figure, asked.out)


def _add(
    figure: go.Figure,
    row: int,
    run: RunFolder,
    config: TrainingConfig,
    first: int,
    name: str,
    colour: str,
) -> None:
    """Add a run's two lines, from the step on at which its trunk ended."""
    metrics = read_metrics(run)
    shared = {
        "name": name,
        "legendgroup": name,
        "line": {"color": colour, "width": 1.5, "dash": "solid" if config.seed == 0 else "dot"},
    }
    values = np.array([each["loss"] for each in metrics.steps])
    at = [first + each["step"] for each in metrics.steps]
    shown = row == 1 and config.seed == 0
    losses = go.Scatter(x=at, y=smoothed(values), mode="lines", showlegend=shown, **shared)
    figure.add_trace(losses, row, 1)
    scores = [each["combined"] for each in metrics.validations]
    at = [first + each["step"] for each in metrics.validations]
    points = go.Scatter(x=at, y=scores, mode="lines+markers", showlegend=False, **shared)
    figure.add_trace(points, row, 2)


def _colour(config: TrainingConfig, rates: Sequence[tuple[int, ...]]) -> str:
    share = rates.index(config.rates) / max(1, len(rates) - 1)
    return str(sample_colorscale("Turbo", [0.05 + 0.9 * share])[0])


def _save(figure: go.Figure, out: Path) -> None:
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        page = browser.new_page(viewport={"width": _WIDTH_PX, "height": int(figure.layout.height)})
        page.set_content(figure.to_html(include_plotlyjs=True, config={"staticPlot": True}))
        page.wait_for_selector(".plot-container")
        page.locator(".plot-container").screenshot(path=out)
        browser.close()


if __name__ == "__main__":
    main()
