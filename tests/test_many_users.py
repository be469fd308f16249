"""What a user without a browser makes of the server's messages, and a few users at once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from compared_views import View, all_views, faults, few_views, fingerprint
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit_user import Drawn

HOME = Path(__file__).resolve().parents[1]
VIEW = View("a_prep", "sar", ("1-2-3", "none"), ("1-2-3, 5 km (01234567)", "none (89abcdef)"))


def text(place: tuple[int, ...], body: str) -> ForwardMsg:
    message = ForwardMsg()
    message.metadata.delta_path.extend(place)
    message.delta.new_element.text.body = body
    return message


def block(place: tuple[int, ...]) -> ForwardMsg:
    message = ForwardMsg()
    message.metadata.delta_path.extend(place)
    message.delta.add_block.allow_empty = True
    return message


def chart(place: tuple[int, ...], view: View, image: str = "") -> ForwardMsg:
    source = (
        f"Simulated scene {view.scene} · {view.channels} ·<br>rates {', '.join(view.files)} · "
        "pixels of 400 m · seaice 1.0"
    )
    message = ForwardMsg()
    message.metadata.delta_path.extend(place)
    drawn = message.delta.new_element.bidi_component
    drawn.component_name = "seaice_figure"
    head = {"alt": f"Maps of SIC, scene {view.scene}: ice chart, channels, Maps"}
    spec = {"layout": {"annotations": [{"text": source}], "title": image}}
    drawn.bytes = b"\n".join(json.dumps(each).encode() for each in (head, spec))
    return message


def page(*messages: ForwardMsg, query: dict[str, str] | None = None) -> Drawn:
    drawn = Drawn(query=VIEW.query() if query is None else query)
    for message in messages:
        assert not drawn.take(message)
    return drawn


def texts(drawn: Drawn) -> list[str]:
    return [element.text.body for element in drawn.of_type("text")]


def test_elements_stand_in_the_order_of_their_places():
    drawn = page(text((0, 10), "third"), text((0, 2), "second"), text((0, 1, 5), "first"))
    assert texts(drawn) == ["first", "second", "third"]


def test_what_comes_to_a_place_replaces_what_was_there():
    drawn = page(text((0, 1, 0), "old"), text((0, 1, 1), "old"), text((0, 11), "stays"))
    drawn.take(block((0, 1)))
    assert texts(drawn) == ["stays"]
    drawn.take(text((0, 11), "new"))
    assert texts(drawn) == ["new"]


def test_a_page_is_complete_when_its_last_run_ends():
    drawn = page(text((0, 0), "of the first run"))
    assert not drawn.take(ForwardMsg(script_finished=ForwardMsg.FINISHED_EARLY_FOR_RERUN))
    begins = ForwardMsg()
    begins.new_session.name = "app.py"
    drawn.take(begins)
    assert drawn.elements == {}
    moved = ForwardMsg()
    moved.page_info_changed.query_string = "scene=b_prep&rates=none+centre"
    drawn.take(moved)
    assert drawn.query == {"scene": "b_prep", "rates": "none centre"}
    assert drawn.take(ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY))


def test_an_answer_about_the_view_has_no_fault():
    assert faults(page(chart((0, 0), VIEW)), VIEW) == []


@pytest.mark.parametrize(
    ("shown", "named"),
    [
        (View("b_prep", VIEW.channels, VIEW.rates, VIEW.files), "scene b_prep"),
        (View(VIEW.scene, "sar+amsr2", VIEW.rates, VIEW.files), "sar+amsr2"),
        (View(VIEW.scene, VIEW.channels, VIEW.rates, VIEW.files[::-1]), "rates none"),
    ],
)
def test_a_figure_of_another_view_is_a_fault(shown: View, named: str):
    assert named in " ".join(faults(page(chart((0, 0), shown)), VIEW))


def test_another_address_no_maps_and_messages_of_errors_are_faults():
    drawn = page(query={**VIEW.query(), "scene": "b_prep"})
    alert = ForwardMsg()
    alert.metadata.delta_path.append(0)
    alert.delta.new_element.alert.body = "The file is gone."
    alert.delta.new_element.alert.format = Alert.ERROR
    drawn.take(alert)
    assert faults(drawn, VIEW) == [
        "The address has 'b_prep' for scene.",
        "There are 0 figures of maps.",
        "The file is gone.",
    ]


def test_a_fingerprint_tells_images_apart():
    looks = [fingerprint(page(chart((0, 0), VIEW, image))) for image in ("one", "one", "other")]
    assert looks[0] == looks[1] != looks[2]


def test_a_switch_changes_the_scene_or_the_networks():
    scene = View("b_prep", VIEW.channels, VIEW.rates, VIEW.files)
    networks = View(VIEW.scene, "sar+amsr2", VIEW.rates, VIEW.files)
    assert scene.is_switch_from(VIEW)
    assert networks.is_switch_from(VIEW)
    assert not networks.is_switch_from(scene)
    assert not VIEW.is_switch_from(VIEW)


def test_a_few_views_take_every_scene_and_network():
    sets, pairs = ("sar", "sar+amsr2", "sar+amsr2-18-36"), (("1", "2"), ("3", "4"), ("5", "6"))
    views = [View(f"{i}", name, pair, pair) for i in range(9) for name in sets for pair in pairs]
    few = few_views(views)
    assert len({view.scene for view in few}) == len(few) == 9
    assert len({(view.channels, view.rates) for view in few}) == 9


def test_views_of_networks_that_are_missing_are_left_out(
    make_scene, make_checkpoint, tmp_path: Path
):
    data, models = tmp_path / "data", tmp_path / "models"
    for day in (1, 2):
        make_scene(40, 48, folder=data, name=f"2018032{day}T000000_dmi_prep.nc")
    models.mkdir()
    for rates in ((1, 2, 3), (12, 24, 36), (3, 6, 9)):
        make_checkpoint(rates, "sar", folder=models)
    views = all_views(data, models)
    assert [(view.channels, view.rates) for view in views] == [("sar", ("1-2-3", "12-24-36"))] * 2
    assert few_views(views) == views


@pytest.mark.slow
def test_three_users_at_once_get_what_they_ask_for():
    asked = ["--users", "3", "--minutes", "0.1", "--rest", "1"]
    done = subprocess.run(
        [sys.executable, HOME / "benchmarks/many_users.py", *asked],
        env={**os.environ, "PYTHONPATH": str(HOME)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "answers of another scene or rates       0" in done.stdout
