"""`seaice report` writes a page that stands alone, tidy tables, and where they come from."""

import hashlib
import html
import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from seaice.experiment.context_beside import curve_text, radius_text
from seaice.experiment.context_files import write_curve
from seaice.experiment.evaluated import EvaluatedSweep
from seaice.experiment.report_tables import p_text
from seaice.experiment.results import GROUPINGS, SweepResults
from seaice.experiment.sentences import points, task_text, verdict_text
from seaice.experiment.strata import VALUES
from seaice.experiment.table import write_table
from seaice.experiment.tally import TASKS

QUALITIES = {
    ("sar", "none"): 0.5,
    ("sar", "1-2-3"): 0.6,
    ("sar", "12-24-36"): 0.55,
}


_END = {".html": b"</html>\n", ".csv": b"\n", ".png": b"IEND\xaeB`\x82"}


@pytest.fixture
def sweep(make_table, tmp_path: Path) -> Path:
    table = make_table(QUALITIES, scenes=4)
    write_table(tmp_path / "<sweep>" / "evaluation.parquet", table)
    return tmp_path / "<sweep>"


def test_the_report_of_a_sweep(seaice, sweep: Path, tmp_path: Path):
    out = tmp_path / "new" / "report"
    status, printed, _ = seaice("report", sweep, "--out", out, "--json")
    assert status == 0
    files = json.loads(printed)["files"]
    assert {Path(each).name for each in files} == {path.name for path in out.iterdir()}
    sha256 = hashlib.sha256((sweep / "evaluation.parquet").read_bytes()).hexdigest()
    facts = json.loads((out / "report.json").read_text())
    assert facts["origin"]["sha256"] == sha256
    assert facts["origin"]["command"].startswith("seaice report ")
    assert facts["origin"]["data"].startswith("4 scenes, 4 of them simulated, of ")
    assert "3 networks, 0 baselines" in facts["origin"]["data"]
    assert "plotly 7" in facts["origin"]["versions"]
    for task in ("SIC", "SOD", "FLOE", "combined"):
        with Image.open(out / f"{task}-chart.png") as picture:
            assert picture.size == (1800, 690)
            # Black on white, and coloured: something is drawn.
            assert len(picture.convert("RGB").getcolors(1 << 24)) > 100
    scores = pd.read_csv(out / "scores.csv", comment="#")
    assert len(scores) == 4 * 3
    reach = scores.set_index("rates")[["reach_min_km", "reach_max_km"]].drop_duplicates()
    assert reach.loc["12-24-36"].tolist() == [19.2, 57.6]
    assert reach.loc["none"].tolist() == [0, 0]
    # An interval for each difference alone, and one that holds for all fields at once.
    widths = {
        kind: (scores[f"{kind}_high"] - scores[f"{kind}_low"]).dropna()
        for kind in ("from_control", "from_control_at_once")
    }
    assert len(widths["from_control"]) > 0
    assert (widths["from_control_at_once"] > widths["from_control"]).all()
    verdicts = pd.read_csv(out / "verdicts.csv", comment="#")
    # Five statements of four tasks, and one stated contrast for each chart.
    assert len(verdicts) == 4 * 5 + 3
    assert list(verdicts["statement"]).count("tested by default") == 3
    differences = pd.read_csv(out / "differences.csv", comment="#")
    assert set(differences["grouping"]) == {"region", "season", "service", "class"}
    assert set(zip(differences["rates"], differences["reach_max_km"], strict=True)) == {
        ("1-2-3", 4.8),
        ("12-24-36", 57.6),
    }
    assert not list(out.glob("*-context.png"))
    page = (out / "report.html").read_text()
    # More of the toolbar would cover the titles in a narrow window.
    hidden = re.findall(r'"modeBarButtonsToRemove": ?(\[.*?\])', page)
    assert all(
        {"zoomIn2d", "select2d", "sendChartToCloud"} <= {*json.loads(each)} for each in hidden
    )
    assert len(hidden) > 8
    own = re.sub(r"<script>.*?</script>", "", page, count=1, flags=re.S)
    assert not re.search(r"<script[^>]+src=|<link|<img|https?://", own)
    assert "&lt;sweep&gt;" in own
    assert sha256 in own
    # Scores, gains, the matrix, three groupings; and classes, which the combined score lacks.
    assert own.count("Plotly.newPlot") == 4 * 6 + 3
    # All but the first two of each task keep a width at which their cells can be read.
    tables = re.findall(r'<div class="wide"><div[^>]*>.*?Plotly.newPlot', own, flags=re.S)
    assert len(tables) == 4 * 4 + 3
    assert "div.wide { overflow-x: auto; }" in own
    for grouping in ("region", "season", "ice service", "class"):
        assert f"<h3>sar: differences by {grouping}</h3>" in own
    assert "parts of the scenes" not in own
    assert "Context measured directly" not in own
    # The contents lead to every section.
    entries = re.findall(r'<li><a href="#([^"]+)">(.*?)</a></li>', own)
    assert entries == re.findall(r'<h2 id="([^"]+)">(.*?)</h2>', own)
    assert [title for _, title in entries[-2:]] == ["Combined score, against ice charts", "Origin"]


@pytest.mark.parametrize("holds_the_page", [False, True])
def test_a_full_disk_is_a_sentence_and_leaves_whole_files(
    seaice, sweep: Path, small_disk: Path, leave_room, holds_the_page: bool
):
    out, whole = small_disk / "report", sweep / "report"
    room = 0
    if holds_the_page:
        assert seaice("report", sweep, "--out", whole)[0] == 0
        texts = [*whole.glob("*.html"), *whole.glob("*.csv")]
        # And for one of the pictures.
        room = sum(map(_on_disk, texts)) + max(map(_on_disk, whole.glob("*.png")))
    leave_room(room)
    status, text, said = seaice("report", sweep, "--out", out)
    assert (status, text) == (2, "")
    assert re.match(rf"{out}/.* cannot be written \(.*No space left on device", said[-1])
    assert list(out.glob(".*.part")) == []
    written = {path.name: path.read_bytes() for path in out.iterdir()}
    assert ("report.html" in written, "scores.csv" in written) == (holds_the_page,) * 2
    assert "report.json" not in written
    assert all(text.endswith(_END[Path(name).suffix]) for name, text in written.items())


def _on_disk(path: Path) -> int:
    """Bytes of the blocks that a file takes."""
    return -(-path.stat().st_size // 4096) * 4096


def test_parts_of_the_scenes_are_in_the_report_too(seaice, make_table, tmp_path: Path):
    """Each of those that Context offers, in tables that a click opens."""
    whole = make_table(QUALITIES, scenes=4)
    near = make_table(QUALITIES | {("sar", "1-2-3"): 0.8}, scenes=4)
    strata = [
        rows.assign(stratum=stratum, value=value)
        for stratum, values in VALUES.items()
        for value, rows in zip(values, (near, whole), strict=False)
    ]
    write_table(tmp_path / "evaluation.parquet", pd.concat([whole, *strata]))
    out = tmp_path / "report"
    assert seaice("report", tmp_path, "--out", out)[0] == 0
    differences = pd.read_csv(out / "differences.csv", comment="#")
    assert set(differences["grouping"]) == {*GROUPINGS, "class"}
    of_cell = differences[(differences.task == "SOD") & (differences.rates == "1-2-3")]
    border = of_cell[of_cell.grouping == "border"].set_index("group")["difference"]
    assert list(border.index) == ["< 2 km", "2-10 km"]
    assert border["< 2 km"] - border["2-10 km"] > 10
    page = (out / "report.html").read_text()
    # Not as figures, of which the page has enough.
    assert page.count("Plotly.newPlot") == 4 * 6 + 3
    sections = re.findall(r"<details><summary>By distance to a polygon.*?</details>", page, re.S)
    assert len(sections) == 4
    for words in ("a polygon&#x27;s border", "land", "the edge of the data"):
        assert all(f"<h4>sar: differences by distance to {words}</h4>" in s for s in sections)
    assert all("<h4>sar: differences by concentration</h4>" in each for each in sections)
    assert all("<th>12-24-36 · 19-58 km</th>" in each for each in sections)
    shown = f"<td>{points(border['< 2 km'], signed=True)}"
    of_task = sections[TASKS.index("SOD")]
    row = re.search(r"<tr><th>&lt; 2 km · .*?</tr>", of_task, re.S)
    assert row is not None
    assert shown in row.group()


def test_each_verdict_says_what_it_stands_on(seaice, make_table, tmp_path: Path):
    """In the page the sentences of Context, in the table the numbers."""
    qualities = {("sar", "none"): 0.5, ("sar", "1-2-3"): 0.501, ("sar", "12-24-36"): 0.5}
    table = make_table(qualities, scenes=4, pixels=300)
    write_table(tmp_path / "evaluation.parquet", table)
    out = tmp_path / "report"
    assert seaice("report", tmp_path, "--out", out)[0] == 0
    page = html.unescape((out / "report.html").read_text())
    (results,) = SweepResults.read(EvaluatedSweep("x", tmp_path, tmp_path / "evaluation.parquet"))
    rows = pd.read_csv(out / "verdicts.csv", comment="#")
    for task in TASKS:
        _, _, section = page.partition(f">{task_text(task).capitalize()}, against ice charts</h2>")
        own = section.partition("<h2")[0]
        verdicts = results.verdicts(task, "chart")
        for verdict in verdicts:
            said = verdict_text(verdict, simulated=True)
            assert f"<li><strong>{verdict.statement.text}</strong>: {said}</li>" in own
            of_task = rows[(rows.task == task) & (rows.statement == verdict.statement.text)]
            row = of_task.iloc[0]
            assert row["needed"] == pytest.approx(verdict.needed, nan_ok=True)
            known = verdict.estimate is not None
            assert (row["scenes"], row["seeds"]) == ((4, 1) if known else (0, 0))
        assert own.count("simulated scenes") > len(verdicts)
        assert own.count("how much another seed changes is not measured.</p>") == 1
    undecided = rows[rows.needed.notna()]
    assert len(undecided)
    assert (undecided["verdict"] == "undecided").all()
    assert "would decide it, if the effect stays, and more than one seed." in page


def test_a_folder_without_a_table_is_named(seaice, tmp_path: Path):
    status, _, said = seaice("report", tmp_path, "--out", tmp_path / "report")
    assert status == 2
    assert "holds no evaluation table" in said[0]
    assert not (tmp_path / "report").exists()


def test_a_damaged_table_is_named(seaice, tmp_path: Path):
    (tmp_path / "evaluation.parquet").write_text("damaged")
    status, _, said = seaice("report", tmp_path, "--out", tmp_path / "report")
    assert status == 2
    assert "evaluation.parquet is damaged" in said[-1]


def test_networks_of_two_widths_are_reported_apart(seaice, make_table, tmp_path: Path):
    narrow = make_table(QUALITIES, scenes=3)
    wide = narrow.assign(
        width=64, source=narrow["source"].str.replace(".", "_width64.", regex=False)
    )
    write_table(tmp_path / "scores.parquet", pd.concat([narrow, wide]))
    out = tmp_path / "report"
    assert seaice("report", tmp_path, "--out", out)[0] == 0
    scores = pd.read_csv(out / "scores.csv", comment="#")
    assert set(scores["source"]) == {*narrow["source"], *wide["source"]}
    assert set(scores["networks"]) == {"width 32", "width 64"}
    assert (out / "SOD-chart-width32.png").is_file()
    page = (out / "report.html").read_text()
    assert ">Stage of development, against ice charts: networks with width 64</h2>" in page
    assert "6 networks, 0 baselines" in page


def test_networks_that_cannot_be_told_apart_are_named(seaice, make_table, tmp_path: Path):
    table = make_table(QUALITIES, scenes=3)
    other = table.assign(source=table["source"].str.replace(".", "_again.", regex=False))
    write_table(tmp_path / "scores.parquet", pd.concat([table, other]))
    status, _, said = seaice("report", tmp_path, "--out", tmp_path / "report")
    assert status == 2
    # The first ones in the order of a table.
    assert "sar_1-2-3_seed0.safetensors (00000000) and sar_1-2-3_seed0_again.saf" in said[-1]
    assert "seaice evaluate-all FOLDER" in said[-1]


def test_context_curves_beside_the_table_are_in_the_report(
    seaice, sweep: Path, make_curve, tmp_path: Path
):
    first = replace(make_curve("a.safetensors"), gradient_km={"SOD": 12.0})
    write_curve(sweep / "context" / "a.parquet", first)
    write_curve(sweep / "context" / "b.parquet", make_curve("<b>.safetensors", ("all", "radar")))
    (sweep / "context" / "c.parquet").write_text("damaged")
    assert seaice("report", sweep, "--out", tmp_path / "report")[0] == 0
    page = (tmp_path / "report" / "report.html").read_text()
    _, found, own = page.partition(">Context measured directly</h2>")
    assert found
    assert "c.parquet is damaged" in own
    assert "against the ice chart" in own
    assert own.count("90 % of the input gradient is within 12 km.</li>") == 1
    assert own.count('"text":"90 % of the gradient"') == 1
    # Four tasks of all channels, and of the radar.
    assert own.count("Plotly.newPlot") == 4 * 2
    radar = own.partition("<h3>Floe size, where the radar farther away is foreign</h3>")[2]
    used = curve_text(make_curve("<b>.safetensors", ("all", "radar")), "radar", "FLOE")
    sentences = re.findall("<li>(.*?)</li>", radar.partition("<h3>")[0])
    assert sentences == [f"{html.escape(used)}."]
    pictures = {path.name: path for path in (tmp_path / "report").glob("*-context.png")}
    assert set(pictures) == {f"{task}-context.png" for task in TASKS}
    with Image.open(pictures["SOD-context.png"]) as picture:
        # All channels and the radar side by side.
        assert picture.size == (1800, 690)
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 100


def test_points_of_context_curves_and_their_radii_by_region_are_in_the_report(
    seaice, sweep: Path, make_curve, tmp_path: Path
):
    regions = {"scene0": "CapeFarewell", "scene1": "CapeFarewell", "scene2": "CapeFarewell"}
    whole = make_curve("a.safetensors", ("all", "radar"))
    frame = whole.frame.assign(
        region=[regions.get(scene, "<own>") for scene in whole.frame["scene"]], season="DJF"
    )
    # A part that no pixel is of at one radius has no curve to take a radius from.
    other = (frame["scene"] == "scene2") & (frame["r_km"] == 3.0)
    near = frame[other].assign(scene="near", region="near")
    curve = replace(whole, frame=pd.concat([frame, near], ignore_index=True))
    write_curve(sweep / "context" / "a.parquet", curve)
    write_curve(sweep / "context" / "b.parquet", make_curve("b.safetensors"))
    assert seaice("report", sweep, "--out", tmp_path / "report")[0] == 0
    table = pd.read_csv(tmp_path / "report" / "context.csv", comment="#")
    # Four tasks of two radii, of both groups of the first curve and of the second one's only one.
    assert len(table) == 4 * 2 * 3
    of_task = (table.checkpoint == "a.safetensors") & (table.task == "SOD")
    rows = table[of_task & (table.group == "radar")].set_index("r_km")
    for point in curve.points("radar", "SOD"):
        row = rows.loc[point.r_km]
        assert row["score"] == pytest.approx(point.score)
        assert row["score_low"] == pytest.approx(point.low)
        assert (row["pixels"], row["scenes"]) == (point.pixels, 5)
    page = (tmp_path / "report" / "report.html").read_text()
    _, _, own = page.partition("<h3>Stage of development, where the radar farther away is foreign<")
    shown = re.search(r"<details><summary>By region and season.*?</details>", own, re.S)
    assert shown is not None
    # All scenes have one season, which says nothing.
    assert "Season" not in shown.group()
    found = re.findall(r"<tr><th>(Region.*?)</th><td>(.*?)</td></tr>", shown.group())
    used = curve.part(region="CapeFarewell").used("radar", "SOD")
    assert used.km > 3
    assert found == [
        (
            "Region: &lt;own&gt;",
            "none: one scene does not tell the gain of context beyond 3 km; 1 scene",
        ),
        ("Region: Cape Farewell", f"{radius_text(used)}; 3 scenes"),
    ]


def test_a_contrast_is_stated_where_the_sweep_states_it(seaice, sweep: Path, tmp_path: Path):
    minus, plus = ({"channels": ["sar"], "rates": [rates]} for rates in ("none", "1-2-3"))
    settings = {"contrasts": {"SOD": {"plus": plus, "minus": minus}}}
    (sweep / "sweep.json").write_text(json.dumps(settings))
    assert seaice("report", sweep, "--out", tmp_path / "report")[0] == 0
    rows = pd.read_csv(tmp_path / "report" / "verdicts.csv", comment="#")
    assert list(rows["statement"]).count("stated beforehand") == 1
    page = (tmp_path / "report" / "report.html").read_text()
    said = (
        "<p>Stated beforehand: sar with rates 1-2-3 · 1.6-4.8 km scores more than sar with rates "
        "none · encoder alone."
    )
    assert said in page
    assert "Tested by default" not in page


@pytest.mark.parametrize(
    ("p_value", "text"), [(0.0004, "< 0.001"), (0.001, "0.001"), (0.04321, "0.043"), (math.nan, "")]
)
def test_a_small_p_value_is_not_told_as_zero(p_value: float, text: str):
    assert p_text(p_value) == text
