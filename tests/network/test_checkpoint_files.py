"""Checkpoints as files: their names, where they are placed, and lists of them."""

import errno
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from seaice.ai4arctic.channels import CHANNEL
from seaice.core.errors import ConfigError, OutputError
from seaice.network.checkpoint_files import (
    check_name,
    checkpoint_name,
    list_checkpoints,
    place_checkpoint,
)


def test_names_say_rates_channels_and_seed_and_never_collide(tmp_path: Path):
    name = checkpoint_name((), "sar", 7)
    assert name == "sar_none_seed7"
    assert checkpoint_name((), "t2m,skt", 7) != checkpoint_name((), "t2m,tcwv", 7)
    for each in (name, checkpoint_name((1,), ",".join(CHANNEL), 2**31 - 1)):
        assert check_name(each) == each
    assert check_name("mine.safetensors") == "mine"
    for bad in ("../x", "a/b", "", ".hidden", "x" * 101, "a b", "a,b"):
        with pytest.raises(ConfigError, match="name can hold letters"):
            check_name(bad)


def test_a_checkpoint_is_placed_whole_and_never_over_another(tmp_path: Path):
    sources = [tmp_path / name for name in ("first", "second")]
    for source in sources:
        source.write_text(source.name)
    folder = tmp_path / "models"
    first, second = (place_checkpoint(source, folder, "mine") for source in sources)
    assert (first.name, second.name) == ("mine.safetensors", "mine-2.safetensors")
    assert (first.read_text(), second.read_text()) == ("first", "second")
    # A run that ended between placing it and saying so does it again.
    assert place_checkpoint(sources[1], folder, "mine") == second
    assert sorted(folder.iterdir()) == sorted([first, second])


def test_two_that_place_at_once_do_not_meet(tmp_path: Path):
    sources = [tmp_path / str(number) for number in range(8)]
    for source in sources:
        source.write_text(source.name)
    with ThreadPoolExecutor(8) as pool:
        placed = list(pool.map(lambda each: place_checkpoint(each, tmp_path / "m", "x"), sources))
    assert sorted(path.read_text() for path in placed) == [str(number) for number in range(8)]


def test_a_disk_without_links_is_placed_on_too(tmp_path: Path, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr("os.link", refuse)
    (tmp_path / "a").write_text("a")
    assert place_checkpoint(tmp_path / "a", tmp_path / "m", "x").name == "x.safetensors"
    (tmp_path / "a").write_text("b")
    assert place_checkpoint(tmp_path / "a", tmp_path / "m", "x").name == "x-2.safetensors"
    monkeypatch.setattr("shutil.copyfile", refuse)
    with pytest.raises(OutputError, match="cannot be written"):
        place_checkpoint(tmp_path / "a", tmp_path / "m", "y")


def test_a_folder_lists_the_good_and_names_the_bad(make_checkpoint, tmp_path: Path):
    make_checkpoint((1,))
    bad = make_checkpoint((2,))
    bad.write_bytes(bad.read_bytes()[:-5000])
    found, problems = list_checkpoints(tmp_path)
    assert [file.info.rates for file in found] == [(1,)]
    assert len(problems) == 1
    assert bad.name in problems[0]
    assert list_checkpoints(tmp_path / "gone") == ([], [])
