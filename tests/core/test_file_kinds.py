"""What a broken download leaves is named as what it is."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from seaice.core.errors import CheckpointError, SceneError
from seaice.core.file_kinds import disguise
from seaice.core.safetensors_header import read_header
from seaice.network.checkpoint_info import read_info
from seaice.scenes.catalogue import inspect_scene, read_catalogue
from seaice.scenes.netcdf import open_file

SceneWriter = Callable[..., Path]

POINTER = (
    b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"ab" * 32 + b"\nsize 116031513\n"
)
PAGE = b"\n<!DOCTYPE html><html><head><title>Sign\nin</title></head></html>"
DENIED = b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>'
XHTML = b'<?xml version="1.0"?><html><body>Not found</body></html>'

SAFETENSORS = (8).to_bytes(8, "little") + b'{"a": 1}'


def zipped(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.nc", content)
    return file.getvalue()


def tarred(content: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        entry = tarfile.TarInfo("a.nc")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()


KINDS = {
    "pointer": (POINTER, "is a Git LFS pointer", "git lfs pull"),
    "page": (PAGE, "is a web page (Sign in)", "sign in"),
    "xhtml": (XHTML, "is a web page.", "sign in"),
    "denied": (DENIED, "is a server's error message", "download it again"),
    "gzip": (gzip.compress(b"CDF"), "is compressed with gzip", "gunzip"),
    "bzip2": (bz2.compress(b"CDF"), "is compressed with bzip2", "Unpack"),
    "xz": (lzma.compress(b"CDF"), "is compressed with xz", "Unpack"),
    "zip": (zipped(b"CDF"), "is a zip archive", "Unpack"),
    "tar": (tarred(b"CDF"), "is a tar archive", "Unpack"),
    "annex": (b"/annex/objects/SHA256E-s12--ab.nc\n", "is a git-annex pointer", "git annex get"),
    "checkpoint": (SAFETENSORS, "is a safetensors file, such as a checkpoint", "are NetCDF"),
    "empty": (b"", "is empty", "Download it again"),
    "zeros": (bytes(5000), "begins with zeros alone", "Download it again"),
    "text": (b"not a scene", "is not a NetCDF file or is damaged", "Copy or download"),
    "cut": (b"\x89HDF\r\n\x1a\n\x02\x08\x08", "is not a NetCDF file or is damaged", "Copy"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_scene_says_what_it_is_instead(tmp_path: Path, kind: str) -> None:
    content, problem, remedy = KINDS[kind]
    path = tmp_path / "20180325T194759_dmi_prep.nc"
    path.write_bytes(content)
    with pytest.raises(SceneError) as raised, open_file(path):
        pass
    assert str(raised.value).startswith(f"{path} {problem}")
    assert remedy in str(raised.value)


def test_a_checkpoint_does_too(tmp_path: Path) -> None:
    path = tmp_path / "sar_1-2_seed0.safetensors"
    for content, problem in ((POINTER, "is a Git LFS pointer"), (zipped(b""), "is damaged or not")):
        path.write_bytes(content)
        with pytest.raises(OSError, match=problem):
            read_info(path)


def test_a_link_into_an_annex(tmp_path: Path) -> None:
    path = tmp_path / "a.nc"
    path.symlink_to(".git/annex/objects/x1/2f/SHA256E-s12--ab.nc")
    with pytest.raises(SceneError, match="is a git-annex link whose content is not here"):
        inspect_scene(path)
    path.unlink()
    path.symlink_to("elsewhere.nc")
    with pytest.raises(SceneError, match="is not there"):
        inspect_scene(path)


def test_a_folder_lists_it_beside_good_scenes(make_scene: SceneWriter, tmp_path: Path) -> None:
    make_scene()
    (tmp_path / "20190101T000000_cis_prep.nc").write_bytes(POINTER)
    catalogue = read_catalogue(tmp_path)
    assert len(catalogue.scenes) == 1
    assert "is a Git LFS pointer" in catalogue.problems[0]


def test_what_a_file_should_be_is_no_disguise(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    path.write_bytes(zipped(b""))
    assert disguise(path)[0] == "is a zip archive"
    assert disguise(path, "zip") == ("", "")
    assert disguise(tmp_path) == disguise(tmp_path / "missing") == ("", "")


def test_a_list_of_names_is_no_checkpoint(tmp_path: Path) -> None:
    """Its second key may stand where the header of a safetensors file begins."""
    path = tmp_path / "split.json"
    path.write_bytes(b'{"test":{"2018": ["a.nc"]}}')
    assert disguise(path) == ("", "")


def test_what_takes_the_place_of_a_checkpoint_is_named(tmp_path: Path) -> None:
    """Arguments in the wrong order, or a folder."""
    scene = tmp_path / "scene.nc"
    scene.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    with pytest.raises(CheckpointError, match=r"is an HDF5 or NetCDF file\. Name a checkpoint"):
        read_header(scene)
    with pytest.raises(
        CheckpointError, match=r"is a folder\. Name the checkpoint or baseline in it\."
    ):
        read_header(tmp_path)
