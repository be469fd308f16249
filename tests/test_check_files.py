"""The check of files before a commit finds what it is there to find."""

from pathlib import Path

import check_files
import pytest

HOME = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.md", "text", "does not end with exactly one newline"),
        ("a.md", "text\n\n", "does not end with exactly one newline"),
        ("a.py", "x = 1 \n", "line 1 ends with white space"),
        ("a.yml", "a: [1\n", "cannot be parsed"),
        ("a.toml", "a = ]\n", "cannot be parsed"),
        ("a.json", "{]\n", "cannot be parsed"),
        ("a.png", "0" * (check_files.MAX_KB * 1024 + 1), "Keep large files out"),
    ],
)
def test_a_problem_is_named(tmp_path: Path, name: str, content: str, problem: str):
    path = tmp_path / name
    path.write_text(content)
    (found,) = check_files.problems(path)
    assert problem in found


def test_good_files_pass():
    names = ("pyproject.toml", "CITATION.cff", ".pre-commit-config.yaml", "README.md")
    templates = (HOME / ".github").rglob("*.yml")
    for path in (*(HOME / name for name in names), *templates, HOME / "docs" / "calibration.json"):
        assert not list(check_files.problems(path)), path.name


def test_the_exit_status_tells(tmp_path: Path, monkeypatch, capsys):
    path = tmp_path / "a.md"
    path.write_text("text")
    monkeypatch.setattr("sys.argv", ["check_files.py", str(path), str(HOME / "LICENSE")])
    assert check_files.main() == 1
    assert capsys.readouterr().out == f"{path}: does not end with exactly one newline\n"
