import netCDF4
import pytest

from seaice.core.errors import SceneError
from seaice.core.text import shown
from seaice.scenes.netcdf import open_file
from seaice.scenes.scene import Scene
from seaice.scenes.untrusted import is_word


def test_a_text_of_a_file_fits_into_a_sentence():
    assert shown("wide") == "wide"
    assert shown("a\n\tb\x07\u202ec ") == "a b c"
    assert len(shown("x" * 10_000)) < 100
    assert shown([400, 400]) == "[400, 400]"


@pytest.mark.parametrize("text", ["", "d m i", "<b>", "dmi\n", "d" * 500, "ø"])
def test_what_is_no_word_names_no_ice_service(text):
    assert is_word("dmi")
    assert not is_word(text)


@pytest.fixture
def claim(tmp_path):
    """Write a scene that claims a size and holds nothing but, where wanted, other bytes."""

    def write(lines: int, samples: int, more_bytes: int = 0):
        path = tmp_path / "20200101T000000_dmi_prep.nc"
        with netCDF4.Dataset(path, "w") as file:
            file.createDimension("sar_lines", lines)
            file.createDimension("sar_samples", samples)
            dims = ("sar_lines", "sar_samples")
            file.createVariable("nersc_sar_primary", "f4", dims, chunksizes=(100, 100))
            if more_bytes:
                file.createDimension("x", more_bytes)
                file.createVariable("other", "u1", ("x",))[:] = 1
            file.pixel_spacing = 80
        return path

    return write


def test_a_claim_must_fit_the_size_of_its_file(claim):
    """256 MB are free; more needs a fiftieth of it in the file."""
    assert Scene.open(claim(8_000, 7_900)).grid.shape == (8_000, 7_900)
    with pytest.raises(SceneError, match=r"claims 0\.4 GB of values, too many for a file of .* MB"):
        Scene.open(claim(10_000, 10_000))
    assert Scene.open(claim(10_000, 10_000, 3_000_000)).grid.shape == (10_000, 10_000)


def test_a_scene_is_no_longer_than_the_ground_it_can_show(claim):
    path = claim(2_000, 2_000)
    with netCDF4.Dataset(path, "a") as file:
        file.pixel_spacing = 10_000
    with pytest.raises(SceneError, match="claims to be 20000 km long"):
        Scene.open(path)


def test_many_texts_are_refused_before_they_are_read(tmp_path):
    path = tmp_path / "texts.nc"
    with netCDF4.Dataset(path, "w") as file:
        file.createDimension("code", 10**9)
        file.createVariable("code", str, ("code",), chunksizes=(1000,))
    with pytest.raises(SceneError, match="claims 1000000000 texts in code"), open_file(path):
        pass
    # Closed again: it can be replaced.
    path.unlink()


def test_numbers_named_as_their_dimension_are_not_read_on_opening(tmp_path):
    path = tmp_path / "numbers.nc"
    with netCDF4.Dataset(path, "w") as file:
        file.createDimension("x", 10**12)
        file.createVariable("x", "f8", ("x",), chunksizes=(1000,))
    with open_file(path) as dataset:
        assert dataset.sizes["x"] == 10**12
