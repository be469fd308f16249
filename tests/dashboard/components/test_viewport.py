"""What is drawn before the browser has reported how wide its window is."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest


def _page() -> None:
    import streamlit as st

    from seaice.dashboard.components.viewport import is_narrow

    st.text("narrow" if is_narrow() else "wide")


def _drawn(monkeypatch: pytest.MonkeyPatch, cookies: dict[str, str], agent: str | None) -> str:
    """The first drawing for a browser that sends these cookies and this name."""
    context = type(st.context)
    headers = {} if agent is None else {"User-Agent": agent}
    monkeypatch.setattr(context, "cookies", property(lambda self: cookies))
    monkeypatch.setattr(context, "headers", property(lambda self: headers))
    app = AppTest.from_function(_page).run()
    assert not app.exception
    return app.text[0].value


PHONE = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36"
)
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("cookies", "agent", "expected"),
    [
        ({}, None, "wide"),
        ({}, DESKTOP, "wide"),
        ({}, PHONE, "narrow"),
        ({"seaice_narrow": "1"}, DESKTOP, "narrow"),
        ({"seaice_narrow": "0"}, PHONE, "wide"),
        ({"seaice_narrow": "odd"}, DESKTOP, "wide"),
    ],
)
def test_the_first_drawing_is_for_the_width_of_the_last_visit(
    monkeypatch, cookies, agent, expected
):
    assert _drawn(monkeypatch, cookies, agent) == expected
