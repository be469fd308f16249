"""What a file is that does not hold what its name says, told by how it begins.

Broken downloads leave such files: a pointer instead of a large file, a page that asks you to sign
in, an archive under the name of what it holds. Signatures: the formats' own specifications, as in
the database of file(1).
"""

import os
import re
from pathlib import Path

from seaice.core.text import shown

_BEGINNING = 1024
"""Bytes read; a page's title stands within them."""
_AGAIN = "Download it again."
_UNPACK = "Unpack it, or download it again."

_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (
        b"version https://git-lfs.github.com/spec/",
        "is a Git LFS pointer, not the large file that it stands for",
        "Run `git lfs pull` in its repository, or download the file itself.",
    ),
    (b"\x1f\x8b", "is compressed with gzip", "Unpack it: gunzip < FILE > NEW_FILE"),
    (b"PK\x03\x04", "is a zip archive", _UNPACK),
    (b"BZh", "is compressed with bzip2", _UNPACK),
    (b"\xfd7zXZ\x00", "is compressed with xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "is compressed with Zstandard", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "is a 7z archive", _UNPACK),
    (b"Rar!", "is a RAR archive", _UNPACK),
    (b"\x0e\x03\x13\x01", "is an HDF4 file", "Convert it to NetCDF."),
    (b"GRIB", "is a GRIB file", "Convert it to NetCDF."),
    (b"II*\x00", "is a TIFF image", "Use the NetCDF file of the scene."),
    (b"MM\x00*", "is a TIFF image", "Use the NetCDF file of the scene."),
    (b"%PDF", "is a PDF document", _AGAIN),
    (b"\x89HDF\r\n\x1a\n", "is an HDF5 or NetCDF file", ""),
    (b"CDF", "is a NetCDF file", ""),
)
"""How a file begins, what it then is, and what to do."""
_TAR_AT, _TAR = 257, b"ustar"
_HEADER_AT, _MOST_HEADER_BYTES = 8, 100_000_000
"""Where the header of a safetensors file begins, which is JSON, and the most that the format allows
for it. Before it stands its length in bytes, the lowest byte first."""
_TITLE = re.compile(rb"<title[^>]*>([^<]{1,200})", re.IGNORECASE)
_PAGES = (b"<!doctype html", b"<html", b"<head", b"<body")
_ANNEX = re.compile(r"(^|/)annex/objects/")


def disguise(path: Path, *unsurprising: str) -> tuple[str, str]:
    """What a file is that could not be read as what its name says.

    Args:
        path: The file, or a link to one that is gone.
        unsurprising: Kinds that the file should be, such as "NetCDF".

    Returns:
        A clause that completes "<file> ..." and a sentence that says what to do; both empty if the
        file cannot be told apart from a damaged one.
    """
    if _ANNEX.search(_link(path)) and not os.path.exists(path):
        return "is a git-annex link whose content is not here", "Run `git annex get` on it."
    try:
        if not os.path.isfile(path):
            return "", ""
        with path.open("rb") as file:
            start = file.read(_BEGINNING)
    except OSError:
        return "", ""
    problem, remedy = _told_by(start)
    return ("", "") if any(kind in problem for kind in unsurprising) else (problem, remedy)


def _link(path: Path) -> str:
    """Target of a symbolic link; empty if the path is none."""
    try:
        return os.readlink(path)
    except (OSError, ValueError):
        return ""


def _told_by(start: bytes) -> tuple[str, str]:
    """What a file is that begins like this; empty if unknown."""
    if not start:
        return "is empty", _AGAIN
    if not start.strip(b"\x00"):
        return "begins with zeros alone: its download has not ended, or failed", _AGAIN
    for signature, problem, remedy in _SIGNATURES:
        if start.startswith(signature):
            return problem, remedy
    if _is_safetensors(start):
        return "is a safetensors file, such as a checkpoint", ""
    if start[_TAR_AT:].startswith(_TAR):
        return "is a tar archive", _UNPACK
    return _told_by_text(start.removeprefix(b"\xef\xbb\xbf").lstrip())


def _is_safetensors(start: bytes) -> bool:
    """Text, whose bytes are never zero, would be an enormous length."""
    length = int.from_bytes(start[:_HEADER_AT], "little")
    return start[_HEADER_AT:].startswith(b'{"') and length <= _MOST_HEADER_BYTES


def _told_by_text(start: bytes) -> tuple[str, str]:
    lower = start.lower()
    if lower.startswith(_PAGES) or (lower.startswith((b"<!--", b"<?xml")) and b"<html" in lower):
        title = _TITLE.search(start)
        called = f" ({shown(title[1].decode(errors='replace'))})" if title else ""
        return (
            f"is a web page{called}",
            "The server sent it instead of the file: sign in there and download again.",
        )
    if lower.startswith(b"<?xml") and b"<error" in lower:
        return "is a server's error message", "Check the address and download it again."
    if _ANNEX.search(start[:200].decode(errors="replace")):
        return "is a git-annex pointer without its content", "Run `git annex get` on it."
    return "", ""
