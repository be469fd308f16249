"""Addresses and names that a person may hand over by mistake, at the command line and on the pages.

Either it is refused in one sentence that names the file, or it is used with a word of warning;
never a traceback, never a half-written file, and the good files beside it stay usable.
"""

import netCDF4
import pytest

GOOD = "20180325T194759_dmi"


@pytest.mark.parametrize(
    "query",
    [
        {"scene": "../../etc/passwd"},
        {"scene": "<img src=x onerror=alert(1)>"},
        {"scene": "![x](http://example.org/x.png)", "layer": "![x](http://example.org/x.png)"},
        {"rates": "1-2-3 " * 200_000},
        {"region": "1e999-2_3-4", "channels": "\0", "task": "SIC; DROP TABLE"},
        {"target": "9" * 5000, "task": "SOD"},
        {"unknown": "x" * 1_000_000},
    ],
)
def test_an_address_with_anything_in_it_shows_a_page(folders, query, page, said):
    app = page(**query)
    assert not app.error
    assert "example.org" not in said(app)
    assert app.selectbox(key="scene").value == GOOD
    assert len(app.table) == 3
    # What is written back is short and known.
    assert len(str(dict(app.query_params))) < 600


def test_names_and_attributes_with_markup_are_shown_as_text(
    folders, make_scene, make_checkpoint, page, figures
):
    data, models = folders
    markup = "![x](http:__example.org) <b>bold</b>"
    path = make_scene(
        folder=data,
        name=f"0{markup}.nc".replace("/", ""),
        ice_service="<img src=x>",
        original_id=markup,
    )
    with netCDF4.Dataset(path, "a") as file:
        file["btemp_18_7h"].AMSR2_S1_delays = markup
    make_checkpoint((1, 2, 3), "sar+amsr2-18-36", folder=models, name="zz![x](y)")
    app = page()
    assert not app.error
    for kind in (app.markdown, app.warning, app.info, app.caption):
        for element in kind:
            assert "![x](" not in element.value
    words = [each["text"] for each in figures(app)[0]["layout"]["annotations"]]
    assert any("&lt;b>bold" in each for each in words)
    assert not any("<b>bold" in each for each in words)
