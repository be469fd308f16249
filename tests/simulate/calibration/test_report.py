"""The report: the same for any number of jobs, and what fails comes first."""

import json
from functools import partial

import numpy as np
import pytest

from seaice.core.errors import ConfigError
from seaice.simulate.calibration import calibrate, collect, real
from seaice.simulate.calibration.checks import Check, Section, Table
from seaice.simulate.calibration.collect import Measured, measure_scene, scene_config
from seaice.simulate.calibration.report import Report
from seaice.simulate.config import SimulationConfig
from seaice.simulate.folder import scene_seed


def report(*sections: Section) -> Report:
    return Report(4, 7, 800.0, 500, 520, "9", sections)


CHECKS = tuple(
    Check("Group", name, f"{name} measured", f"{name} bound", holds)
    for name, holds in (("good", True), ("bad", False), ("open", None))
)


class TestMarkdown:
    def test_what_fails_is_said_first(self):
        text = report(Section("Group", ("How.",), CHECKS, limits="Chance.")).to_markdown()
        assert "1 of 2 bounds hold. 1 more are not judged" in text
        summary, rest = text.split("## Group")
        assert (
            "| bad | bad measured | bad bound | FAILS |\n\nWhy, as far as is known: Chance.\n"
            in summary
        )
        assert "Group, bounds that do not hold:" in summary
        assert "What can keep a bound from being met: Chance.\n" in rest
        assert "good" not in summary
        for check in CHECKS:
            assert f"| {check.name} | {check.measured} | {check.bound} | {check.verdict} |" in rest
        assert "simulator version 9" in summary
        assert "--scenes 4 --seed 7 --spacing-m 800`: scenes of 500 x 520 pixels" in summary

    def test_nothing_fails(self):
        text = report(Section("Group", ("How.",), CHECKS[:1], limits="Chance.")).to_markdown()
        assert "1 of 1 bounds hold.\n" in text
        assert "do not hold" not in text
        assert "Why," not in text

    def test_tables_are_whole(self):
        table = Table("Caption", ("a", "b"), (("1", "2"), ("3", "4")))
        text = report(Section("Group", ("How.",), (), (table,))).to_markdown()
        assert "Caption:\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |\n" in text

    def test_json_holds_the_same(self):
        made = report(Section("Group", ("How.",), CHECKS, limits="Chance."))
        values = json.loads(json.dumps(made.to_dict()))
        assert values["bounds"] == {"hold": 1, "fail": 1, "not_judged": 1}
        assert [check["holds"] for check in values["sections"][0]["checks"]] == [True, False, None]
        assert values["sections"][0]["limits"] == "Chance."
        assert [(each["name"], each["why"]) for each in values["failures"]] == [("bad", "Chance.")]


SPACING_M = 1000.0


def tiny(index: int, region: str | None = None, month: int | None = None) -> SimulationConfig:
    return SimulationConfig(scene_seed(5, index), SPACING_M, 60, 64, region, month)


def arrays(value) -> list[np.ndarray]:
    """All arrays and values of statistics, in order."""
    if hasattr(value, "__dataclass_fields__"):
        value = tuple(getattr(value, name) for name in value.__dataclass_fields__)
    if isinstance(value, tuple):
        return [found for part in value for found in arrays(part)]
    return [np.asarray(value)]


class TestScenes:
    def test_jobs_change_no_bit(self):
        configs = [tiny(index) for index in range(4)]
        one, two = (collect._added(measure_scene, configs, jobs) for jobs in (1, 2))
        assert isinstance(one, Measured)
        pairs = list(zip(arrays(one), arrays(two), strict=True))
        assert len(pairs) > 20
        for first, second in pairs:
            assert first.tobytes() == second.tobytes()

    def test_a_report_of_tiny_scenes(self, monkeypatch, make_scene, tmp_path):
        monkeypatch.setattr(collect, "scene_config", lambda seed, spacing_m, *place: tiny(*place))
        monkeypatch.setattr(real, "SIMULATED_BESIDE", 2)
        make_scene(60, 60, SPACING_M)
        done = []
        made = calibrate(
            3, 5, SPACING_M, 1, tmp_path, on_scene=lambda *numbers: done.append(numbers)
        )
        assert done == [(1, 3), (2, 3), (3, 3)]
        assert len({section.title for section in made.sections}) == len(made.sections) == 9
        assert made.sections[-1].title == "Beside a real scene: 20180325T194759_dmi"
        assert "region SouthEast, month 3" in made.sections[-1].text[0]
        for section in made.sections:
            assert bool(section.limits) is bool(section.checks), section.title
        failures = made.to_dict()["failures"]
        assert len(failures) == len(made.failures) > 0
        assert all(each["why"] for each in failures)
        names = [(check.group, check.name) for check in made.checks]
        assert len(set(names)) == len(names)
        text = made.to_markdown()
        assert "nan" not in text
        assert json.loads(json.dumps(made.to_dict()))["scenes"] == 3
        for line in text.splitlines():
            assert chr(0x2014) not in line

    def test_the_truth_is_measured(self):
        """Counts of whole scenes agree with the dataset that they were made from."""
        measured = measure_scene(tiny(0))
        assert measured.classes.total().sum(1).tolist() == [60 * 64] * 3
        assert measured.inputs.count[3] == 30 * 32

    def test_scenes_of_a_report_are_whole_frames(self):
        config = scene_config(5, 800.0, 2, "North", 3)
        assert (config.lines, config.samples, config.spacing_m) == (500, 520, 800.0)
        assert config.seed == scene_seed(5, 2)
        assert (config.region, config.month) == ("North", 3)

    @pytest.mark.parametrize("settings", [{"scenes": 0}, {"scenes": 1, "jobs": 0}])
    def test_no_scenes_and_no_jobs_are_refused(self, settings):
        with pytest.raises(ConfigError, match="is 0"):
            calibrate(**settings)

    @pytest.mark.parametrize("spacing_m", [0.0, -5.0, float("nan"), float("inf"), 1200.0])
    def test_a_spacing_that_no_scene_can_have_is_refused(self, spacing_m):
        with pytest.raises(ConfigError, match=f"spacing_m is {spacing_m}, but must be between"):
            calibrate(1, spacing_m=spacing_m)

    def test_a_folder_without_real_scenes_is_said_before_the_work(self, monkeypatch, tmp_path):
        monkeypatch.setattr(collect, "in_order", partial(pytest.fail, "worked first"))
        with pytest.raises(ConfigError, match="does not contain a real scene"):
            calibrate(1, real_scenes=tmp_path)
