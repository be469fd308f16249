"""Lists of scenes as people write them, and shares that are held back."""

import json
import math
import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seaice.core.errors import ConfigError, NoScenesError
from seaice.core.grids.pixel_grid import PixelGrid
from seaice.scenes.catalogue.splits import Selected, hold_back, named, select
from seaice.scenes.scene import Scene

CIS = (
    "S1A_EW_GRDM_1SDH_20180107T222053_20180107T222153_020054_022346_8B61"
    "_icechart_cis_SGRDIMID_20180107T2222Z_pl_a.nc"
)
DMI = (
    "S1B_EW_GRDM_1SDH_20190607T202733_20190607T202833_016595_01F3C9_25B7"
    "_icechart_dmi_201906072030_CapeFarewell_RIC.nc"
)


def scene(scene_id: str, month: int | None = 1, service: str = "dmi") -> Scene:
    """A scene of which nothing is read."""
    path = Path(f"{scene_id}_prep.nc")
    time = None if month is None else datetime(2020, month, 1, tzinfo=UTC)
    grid = PixelGrid(1, 1, 80)
    return Scene(path, scene_id, time, service, "", grid, ("x",), (), path, False, "")


def named_scenes(*days: int) -> list[Scene]:
    return [scene(f"201803{day:02d}T000000_dmi") for day in days]


def write(path: Path, entries: object) -> Path:
    path.write_text(json.dumps(entries))
    return path


class TestLists:
    def test_listed_scenes_come_in_the_lists_order(self, tmp_path):
        there = [scene("20180107T222053_cis"), *named_scenes(1, 2, 3), scene("mine")]
        listed = ["20180303T000000_dmi", "mine.nc", f"raw/{CIS}", "20180301T000000_dmi_prep.nc"]
        selected = select(there, write(tmp_path / "list.json", listed))
        assert selected.scenes == (there[3], there[4], there[0], there[1])
        assert (selected.missing, selected.notice) == ((), "")

    def test_a_scene_counts_once_in_whatever_form(self, tmp_path):
        listed = [CIS, "20180107T222053_cis", DMI, DMI]
        selected = select([scene("20180107T222053_cis")], write(tmp_path / "list.json", listed))
        assert len(selected.scenes) == 1
        assert selected.missing == ("20190607T202733_dmi",)

    def test_missing_scenes_are_counted_and_the_first_named(self, tmp_path):
        listed = [each.id for each in named_scenes(*range(1, 10))]
        selected = select(named_scenes(2, 20), write(tmp_path / "list.json", listed))
        assert [each.id for each in selected.scenes] == ["20180302T000000_dmi"]
        assert len(selected.missing) == 8
        assert selected.ids == set(listed)
        assert selected.notice.startswith(
            "8 of the 9 listed scenes are missing: 20180301T000000_dmi"
        )
        assert "20180306T000000_dmi and 3 more." in selected.notice
        assert "20180307" not in selected.notice

    def test_all_missing_is_refused(self, tmp_path):
        with pytest.raises(NoScenesError, match=r"None of the 1 .*list\.json.*20190607T202733"):
            select(named_scenes(1), write(tmp_path / "list.json", [DMI]))

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ("", "is an empty list"),
            (" \n# a comment\n", "is an empty list"),
            ("[" * 100_000, "is nested too deeply"),
            (b"\xff\xfe\xff", "is not text"),
            (b"\x93\xfe\xff", "is not text"),
            ("<!DOCTYPE html><html>", "is a web page, not a list of scenes. .* sign in"),
            ("scene\nmine\n", 'Entry 1 of .*"scene", is not the name of a scene'),
            ("a,b\n1,2\n", 'Entry 1 of .*"a", is not the name of a scene'),
            ("name,split\n20180301T000000_dmi,train\n", r'scenes for test, but: "train" \(1\)'),
            ("name,split\n1,test\n", 'Entry 1 of .*"1", is not the name of a scene'),
            ("[1" + "0" * 9999 + "]", "is not JSON"),
            ('{"train": []}', r'lists no scenes for test, but: "train" \(0\)'),
            ('{"test": []}', "is an empty list"),
            ('{"scenes": ["20180301T000000_dmi"]}', "is not a list of scene names but an object"),
            ('{"test": {"a": 1}}', "is not a list of scene names but an object"),
            ("[]", "is an empty list"),
            ('["20180301T000000_dmi", 5]', "Entry 2 of .* is not a name but 5"),
            ('[["20180301T000000_dmi"]]', "Entry 1 of .* is not a name but a list"),
            (
                '["20180301T000000_dmi", "a\\nb"]',
                r'Entry 2 of .*, "a\\nb", is not the name of a scene',
            ),
            (json.dumps(["x" * 5000]), r"x{79}\.\.\., is not the name of a scene"),
        ],
    )
    def test_what_is_no_list_is_refused_in_a_sentence(self, tmp_path, content, words):
        path = tmp_path / "list.json"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(ConfigError, match=words) as caught:
            select(named_scenes(1), path)
        assert "list.json" in str(caught.value)
        assert len(str(caught.value)) < 400
        assert "\n" not in str(caught.value)

    def test_files_that_are_no_lists_are_refused(self, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "big").write_bytes(b"[" + b" " * 10_000_000 + b"]")
        for name, words in (
            ("gone", "No such file"),
            ("pipe", "not a regular file"),
            (".", "not a regular file"),
            ("big", "more than 10 MB"),
            ("n\0", "null"),
            ("n" * 300, "too long"),
        ):
            with pytest.raises(ConfigError, match=words):
                select(named_scenes(1), tmp_path / name)

    def test_an_editors_byte_order_mark_does_not_matter(self, tmp_path):
        path = tmp_path / "list.json"
        path.write_text('["20180301T000000_dmi"]', encoding="utf-8-sig")
        assert select(named_scenes(1), path).scenes == tuple(named_scenes(1))

    @pytest.mark.parametrize(
        "text",
        [
            "20180303T000000_dmi\n20180301T000000_dmi\n",
            "# ours\nscene\n20180303T000000_dmi_prep.nc\n\ntrain/20180301T000000_dmi_prep.nc",
            '"20180303T000000_dmi",3\n"20180301T000000_dmi",4\n',
            "date;path\n2018;test/20180303T000000_dmi_prep.nc\n2018;20180301T000000_dmi.nc\n",
            "split\tname\nTest\t20180303T000000_dmi\ntrain\tmine\ntesting\t20180301T000000_dmi\n",
            '{"train": ["mine"], "test": ["20180303T000000_dmi", "20180301T000000_dmi"]}',
        ],
        ids=range(6),
    )
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_texts_and_tables_are_lists_too(self, tmp_path, text, encoding):
        path = tmp_path / "list"
        path.write_text(text, encoding=encoding)
        there = [*named_scenes(1, 2, 3), scene("mine")]
        assert select(there, path).scenes == (there[2], there[0])

    def test_a_table_of_the_archive_serves_all_parts(self, tmp_path):
        path = tmp_path / "metadata.csv"
        path.write_text(
            "date,split,input_path,reference_path\n"
            "2018,train,train/20180301T000000_dmi_prep.nc,\n"
            "2018,train,train/mine.nc,\n"
            "2018,test,test/20180302T000000_dmi_prep.nc,"
            "test/20180302T000000_dmi_prep_reference.nc\n"
        )
        there = [*named_scenes(1, 2), scene("mine")]
        training, test = select(there, path, "train"), select(there, path)
        assert training.scenes == (there[0], there[2])
        assert test.scenes == (there[1],)
        assert test.notice == "of 3 rows, the 1 whose split is test count."
        with pytest.raises(ConfigError, match="no scenes for validation"):
            select(there, path, "validation")

    def test_a_name_of_ones_own_is_no_heading(self, tmp_path):
        path = tmp_path / "list.txt"
        path.write_text("mine.nc\n20180301T000000_dmi\n")
        there = [*named_scenes(1), scene("mine")]
        assert select(there, path).scenes == (there[1], there[0])

    def test_few_are_named_whole(self):
        assert named(["a", "b"]) == "a, b"
        assert Selected(()).notice == ""


GROUPS = st.tuples(st.sampled_from([None, 1, 2, 7, 12]), st.sampled_from(["dmi", "cis", ""]))
SCENES = st.lists(GROUPS, min_size=1, max_size=60).map(
    lambda groups: [scene(f"s{number}", *group) for number, group in enumerate(groups)]
)
PERCENT = st.integers(0, 90)


def ids(scenes: list[Scene]) -> list[str]:
    return [each.id for each in scenes]


def by_group(scenes: list[Scene]) -> Counter:
    return Counter(each.time and (each.time.month, each.service) for each in scenes)


class TestShares:
    @given(scenes=SCENES, percent=PERCENT, seed=st.integers(0, 9))
    def test_every_group_gives_its_share(self, scenes, percent, seed):
        training, validation = hold_back(scenes, percent / 100, seed)
        count = len(scenes)
        assert len(validation) == min(-(-percent * count // 100), count - 1)
        assert sorted(ids(training) + ids(validation)) == sorted(ids(scenes))
        sizes, given_ = by_group(scenes), by_group(validation)
        exact = {group: len(validation) * size / count for group, size in sizes.items()}
        up, down = [], []
        for group, share in exact.items():
            assert math.floor(share) <= given_[group] <= math.ceil(share)
            if share % 1:
                (up if given_[group] > share else down).append(share % 1)
        # Rounded up are those with the largest remainders.
        assert min(up, default=1) >= max(down, default=0) - 1e-9

    @given(scenes=SCENES, percent=PERCENT, shuffle=st.randoms(use_true_random=False))
    def test_the_order_of_the_scenes_does_not_matter(self, scenes, percent, shuffle):
        parts = hold_back(scenes, percent / 100, 3)
        shuffled = list(scenes)
        shuffle.shuffle(shuffled)
        assert hold_back(shuffled, percent / 100, 3) == parts
        assert all(ids(part) == sorted(ids(part)) for part in parts)

    def test_seeds_differ_in_the_scenes_and_in_ties(self):
        alike = [scene(f"s{number}") for number in range(20)]
        assert len({tuple(ids(hold_back(alike, 0.2, seed)[1])) for seed in range(9)}) > 4
        # One scene a month: which month gives is a tie.
        months = [scene(f"s{month}", month) for month in range(1, 13)]
        assert len({tuple(ids(hold_back(months, 0.2, seed)[1])) for seed in range(9)}) > 4

    def test_every_scene_is_held_back_by_some_seed(self):
        months = [scene(f"s{month}", month) for month in range(1, 13)]
        seen = {each for seed in range(60) for each in ids(hold_back(months, 0.2, seed)[1])}
        assert seen == set(ids(months))

    def test_a_scene_more_reshuffles_nothing(self):
        alike = [scene(f"s{number:02d}") for number in range(19)]
        before = set(ids(hold_back(alike, 0.2, 5)[1]))
        after = set(ids(hold_back([*alike, scene("new")], 0.2, 5)[1]))
        assert len(before) == len(after) == 4
        assert len(before & after) >= 3

    def test_the_share_of_the_official_archive(self):
        # 15 % of 24 groups of 5 to 40.
        scenes = [
            scene(f"{service}{month:02d}-{number}", month, service)
            for month in range(1, 13)
            for service, step in (("dmi", 3), ("cis", 2))
            for number in range(4 + month * step)
        ]
        _, validation = hold_back(scenes, 0.15, 0)
        assert len(validation) == math.ceil(0.15 * len(scenes))
        sizes = by_group(scenes)
        assert all(abs(n - 0.15 * sizes[g]) < 1 for g, n in by_group(validation).items())
        assert set(by_group(validation)) == set(sizes)

    def test_rounding_takes_no_scene_more(self):
        # In floating point 0.07 * 100 is more than 7.
        assert len(hold_back([scene(f"s{number}") for number in range(100)], 0.07, 0)[1]) == 7

    def test_one_scene_alone_trains(self):
        assert hold_back([scene("s")], 0.9, 0) == ([scene("s")], [])
        assert hold_back([], 0.5, 0) == ([], [])

    def test_names_that_are_no_proper_text(self):
        odd = [scene("s\udcff"), scene("t")]
        assert len(hold_back(odd, 0.5, 0)[1]) == 1
