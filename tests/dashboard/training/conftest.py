"""The page Training without a browser, and runs without a process that trains."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from seaice.training.config import TrainingConfig
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.lock import hold
from seaice.training.runs.metrics import STEP, VALIDATION, append_metrics
from seaice.training.runs.status import read_status, write_status
from seaice.training.start import new_run

HOME = Path(__file__).resolve().parents[3]


class TrainingPage:
    """What the page shows, by the words of a person who looks at it."""

    def __init__(self, app: AppTest) -> None:
        self.app = app

    def run(self) -> "TrainingPage":
        """Draw it; an exception fails the test."""
        self.app.run()
        assert not self.app.exception
        return self

    def click(self, key: str) -> None:
        """Press a button by its key, or that of a selected run by what it does."""
        button = self.buttons.get(key) or self.app.button(key=key)
        button.click()
        self.run()

    @property
    def table(self) -> "object":
        """The table of runs, a data frame."""
        return self.app.dataframe[0].value

    @property
    def listed(self) -> list[str]:
        """Names of the runs in the table."""
        return list(self.table["Run"])

    @property
    def selected(self) -> list[str]:
        """Names of the runs that are shown below the table."""
        return [each.value for each in self.app.text if each.value in self.listed]

    @property
    def buttons(self) -> dict[str, Button]:
        """Buttons of the selected run, by what they do."""
        found = (each for each in self.app.main.button if "__" in each.key)
        return {each.key.split("__")[0].removeprefix("training_"): each for each in found}

    @property
    def text(self) -> str:
        """All texts, without the escapes of Markdown."""
        app = self.app
        kinds = (app.markdown, app.caption, app.text, app.info, app.warning, app.error, app.code)
        return "\n".join(each.value for kind in kinds for each in kind).replace("\\", "")

    @property
    def bar(self) -> str:
        """Text of the progress bar, not of those in the sidebar."""
        return self.app.main.get("progress")[0].proto.text.replace("\\", "")

    @property
    def curves(self) -> list[list[dict]]:
        """Traces of each figure."""
        return [json.loads(each.proto.spec)["data"] for each in self.app.get("plotly_chart")]


@pytest.fixture
def page(make_scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TrainingPage:
    """The page on one scene, without checkpoints and runs."""
    make_scene(folder=tmp_path / "data")
    for name in ("data", "models", "runs"):
        (tmp_path / name).mkdir(exist_ok=True)
        monkeypatch.setenv(f"SEAICE_{name.upper()}", str(tmp_path / name))
    return TrainingPage(AppTest.from_file(str(HOME / "pages" / "training.py"), default_timeout=60))


@pytest.fixture
def make_run(tmp_path: Path) -> Iterator[Callable[..., RunFolder]]:
    """Write a run as its process would have; the lock of a live one is held."""
    locks = ExitStack()

    def write(
        state: str = "finished", *, name: str = "", step: int = 0, steps: int = 40, **settings
    ) -> RunFolder:
        values = {"data": "scenes", "rates": (1, 2), "channel_set": "sar", "steps": steps}
        folder = new_run(TrainingConfig(**{**values, **settings}), tmp_path / "runs")
        if name:
            folder = RunFolder(folder.path.rename(folder.path.with_name(name)))
        for number in range(1, step + 1):
            losses = {"loss": 8 / number, "loss_SIC": 16.0, "loss_SOD": 2.0, "loss_FLOE": 1.5}
            append_metrics(folder, STEP, {"step": number, **losses, "seconds": 1.5})
            if number % 10 == 0:
                scores = {"SIC": number + 1.0, "SOD": 50.0, "FLOE": None, "combined": number + 0.5}
                append_metrics(folder, VALIDATION, {"step": number, **scores, "seconds": 3.0})
        status = read_status(folder)
        # 13 September 2020, 12:26 UTC.
        write_status(folder, replace(status, state=state, step=step, begun=1.6e9, scenes=3))
        if state in ("waiting", "running"):
            locks.callback(hold(folder.lock_file).release)
        return folder

    with locks:
        yield write


@pytest.fixture
def set_status() -> Callable[..., None]:
    """Change some of a run's status."""

    def change(folder: RunFolder, **values: object) -> None:
        write_status(folder, replace(read_status(folder), **values))

    return change
