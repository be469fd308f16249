"""The dashboard without a browser, on small scenes and untrained checkpoints."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture
def dashboard(make_scene, make_checkpoint, tmp_path: Path, monkeypatch) -> AppTest:
    """Compare on two scenes and two checkpoints of its default channel set."""
    data, models = tmp_path / "data", tmp_path / "models"
    make_scene(folder=data, simulated=1)
    make_scene(folder=data, name="20200101T000000_cis_prep.nc", seed=1, ice_service="cis")
    models.mkdir()
    for rates in ((1, 2, 3), (6, 12, 18)):
        make_checkpoint(rates, "sar+amsr2-18-36", folder=models)
    monkeypatch.setenv("SEAICE_DATA", str(data))
    monkeypatch.setenv("SEAICE_MODELS", str(models))
    app = AppTest.from_file(str(HOME / "app.py"), default_timeout=120)
    return app.switch_page("pages/compare.py")


@pytest.fixture
def texts() -> Callable[[AppTest], str]:
    """All texts of a page, without the escapes of Markdown."""

    def read(app: AppTest) -> str:
        kinds = (app.markdown, app.caption, app.text, app.error, app.warning, app.info, app.code)
        shown = "\n".join(element.value for kind in kinds for element in kind)
        return shown.replace("\\", "")

    return read
