"""What a sweep's settings tell of its networks."""

from pathlib import Path

import pytest

from seaice.core.errors import ConfigError
from seaice.experiment.sweep_settings import read_settings, shares_encoder


@pytest.mark.parametrize(
    ("content", "shared"),
    [
        ('{"settings": {"freeze_encoder": true}}', True),
        ('{"settings": {"freeze_encoder": false}}', False),
        ('{"settings": {}}', False),
        ('{"settings": []}', False),
        ("[]", False),
    ],
)
def test_a_frozen_encoder_is_told(tmp_path: Path, content: str, shared: bool):
    path = tmp_path / "sweep.json"
    path.write_text(content)
    assert shares_encoder(read_settings(path)) is shared


def test_without_a_file_nothing_is_told_and_a_damaged_one_is_named(tmp_path: Path):
    path = tmp_path / "sweep.json"
    assert read_settings(path) == {}
    path.write_text("{")
    with pytest.raises(ConfigError, match=r"sweep\.json is not readable JSON"):
        read_settings(path)
