"""A region goes out as GeoJSON and comes back."""

import json

import pytest

from seaice.core.errors import ConfigError
from seaice.results.export.region_geojson import region_from_geojson, region_to_geojson
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene

REGION = Region((4.0, 20.4), (8.2, 40.0))


def test_a_region_comes_back(make_scene):
    scene = Scene.open(make_scene())
    text = region_to_geojson(scene, REGION)
    assert region_from_geojson(scene, text.encode()) == REGION
    feature = json.loads(text)
    # The scene's lines run south from 70 degrees, its samples east from 60 degrees west.
    (ring,) = feature["geometry"]["coordinates"]
    north = 70 - (4.0 - 0.2) / 111.195
    assert max(y for _, y in ring) == pytest.approx(north, abs=1e-3)
    collection = json.dumps({"type": "FeatureCollection", "features": [feature, feature]})
    assert region_from_geojson(scene, collection.encode()) == REGION


def test_what_overhangs_is_cut(make_scene):
    scene = Scene.open(make_scene())
    feature = json.loads(region_to_geojson(scene, REGION))
    ring = feature["geometry"]["coordinates"][0]
    ring.append([-80, 75])
    found = region_from_geojson(scene, json.dumps(feature["geometry"]).encode())
    assert found.lines_km[0] == 0
    assert found.samples_km[0] == 0
    assert found.lines_km[1] == REGION.lines_km[1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not GeoJSON"),
        (b"[]", "is not GeoJSON"),
        (b'{"type": "Feature", "geometry": null}', "is not GeoJSON"),
        (b'{"type": "Point", "coordinates": ["x", 1]}', "is not GeoJSON"),
        (b'{"type": "FeatureCollection", "features": []}', "no positions in degrees"),
        (b'{"type": "MultiPoint", "coordinates": [[500000, 7e6]]}', "no positions in degrees"),
        (b'{"type": "MultiPoint", "coordinates": [[10, 60], [11, 61]]}', "does not lie on this"),
        (b"[" * 100_000, "is not GeoJSON"),
        (b'{"type": "Polygon", "coordinates": []}', "is not GeoJSON"),
        (b'{"type": "Polygon", "coordinates": [[[]]]}', "is not GeoJSON"),
        (b'{"type": "Polygon", "coordinates": "far away"}', "is not GeoJSON"),
        (b'{"type": "Point", "coordinates": [1]}', "is not GeoJSON"),
        (b'{"type": "Point", "coordinates": [1' + b"0" * 400 + b", 80]}", "is not GeoJSON"),
        (b" " * (1 << 21), "larger"),
    ],
)
def test_what_draws_no_region_is_refused(make_scene, content: bytes, words: str):
    with pytest.raises(ConfigError, match=words):
        region_from_geojson(Scene.open(make_scene()), content)
