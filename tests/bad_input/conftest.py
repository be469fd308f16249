"""A good scene and good checkpoints, beside which something bad is put, and what the pages say."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture
def folders(make_scene, make_checkpoint, tmp_path: Path, monkeypatch) -> tuple[Path, Path]:
    """A folder with a good scene and one with a good checkpoint, those of the dashboard."""
    data, models = tmp_path / "data", tmp_path / "models"
    make_scene(folder=data)
    models.mkdir()
    for rates in ((1, 2, 3), (6, 12, 18)):
        make_checkpoint(rates, "sar+amsr2-18-36", folder=models)
    monkeypatch.setenv("SEAICE_DATA", str(data))
    monkeypatch.setenv("SEAICE_MODELS", str(models))
    return data, models


@pytest.fixture
def page() -> Callable[..., AppTest]:
    """Open Compare with a query; it must draw without an exception."""

    def opened(**query: str) -> AppTest:
        app = AppTest.from_file(str(HOME / "app.py"), default_timeout=120)
        for name, value in query.items():
            app.query_params[name] = value
        app.switch_page("pages/compare.py").run()
        assert not app.exception
        return app

    return opened


@pytest.fixture
def said() -> Callable[[AppTest], str]:
    """All words of a page, as a person reads them."""

    def words(app: AppTest) -> str:
        kinds = (app.error, app.warning, app.info, app.caption, app.markdown, app.code)
        return "\n".join(each.value for kind in kinds for each in kind).replace("\\", "")

    return words
