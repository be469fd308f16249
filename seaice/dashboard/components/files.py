"""The scripts and styles that lie beside the components."""

from pathlib import Path


def joined(*names: str) -> str:
    """The text of files of this folder, one after the other: the parts of one script."""
    folder = Path(__file__).parent
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)
