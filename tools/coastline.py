"""Make the coastline that the locator map is shipped with.

Run: python tools/coastline.py land-50m.json

Source: land of Natural Earth 4.1, 1:50m, public domain (naturalearthdata.com), as TopoJSON; the
shipped file was made from `land-50m.json` as redistributed in the npm package world-atlas 2.0.2.

Rings are projected to EPSG:3413, clipped to the map's limb, simplified, and written as whole
kilometres, each point after a ring's first as its step from the one before.
"""

import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import Transformer

from seaice.figures.polar import LIMB_LATITUDE, simplified

OUT = Path(__file__).resolve().parents[1] / "seaice" / "figures" / "coastline.json"

# A chord of so many lies at most 0.5 km inside the limb.
_LIMB_CORNERS = 240
_TOLERANCE_KM, _SMALLEST_KM2 = 3.0, 120.0


def decode_rings(topology: dict[str, Any]) -> Iterator[np.ndarray]:
    """Closed rings of a TopoJSON's land, each (points, 2) float64 degrees east and north."""
    scale, offset = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    # Quantized arcs hold steps; an arc given as ~i is arc i backwards.
    arcs = [np.cumsum(arc, axis=0) * scale + offset for arc in topology["arcs"]]
    for shape in topology["objects"]["land"]["geometries"]:
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        for polygon in polygons:
            for ring in polygon:
                parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in ring]
                # Each arc begins where the one before ended.
                yield np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def clip(ring: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Cut a ring to a convex polygon (Sutherland and Hodgman 1974).

    Args:
        ring: (points, 2), closed.
        corners: (corners, 2), anticlockwise, closed.

    Returns:
        (points, 2), closed; empty where nothing is left. Parts that the cut separates stay joined
        along the polygon's side.
    """
    points = ring[:-1]
    for start, end in itertools.pairwise(corners):
        if not len(points):
            break
        side = end - start
        inside = side[0] * (points[:, 1] - start[1]) - side[1] * (points[:, 0] - start[0])
        after, inside_after = np.roll(points, -1, axis=0), np.roll(inside, -1)
        crosses = (inside >= 0) != (inside_after >= 0)
        share = inside / np.where(crosses, inside - inside_after, 1)
        cuts = points + share[:, None] * (after - points)
        # Each point that is kept, followed by where the side behind it is cut.
        both = np.stack([points, cuts], axis=1).reshape(-1, 2)
        points = both[np.stack([inside >= 0, crosses], axis=1).ravel()]
    return np.concatenate([points, points[:1]])


def area(ring: np.ndarray) -> float:
    """Area of a closed ring, positive where anticlockwise."""
    x, y = ring.T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)


def coastline(topology: dict[str, Any]) -> list[np.ndarray]:
    """Rings of land inside the limb, largest first, each (points, 2) int64 kilometres, closed."""
    project = Transformer.from_crs("EPSG:4326", "EPSG:3413", always_xy=True)
    _, south = project.transform(-45, LIMB_LATITUDE)
    turn = np.linspace(0, 2 * np.pi, _LIMB_CORNERS + 1)
    limb = -south / 1000 * np.column_stack([np.cos(turn), np.sin(turn)])
    rings = []
    for ring in decode_rings(topology):
        if ring[:, 1].max() < LIMB_LATITUDE:
            continue
        clipped = clip(np.column_stack(project.transform(*ring.T)) / 1000, limb)
        if len(clipped) < 4 or abs(area(clipped)) < _SMALLEST_KM2:
            continue
        whole = np.rint(simplified(clipped, _TOLERANCE_KM)).astype(int)
        if len(whole) >= 4:
            rings.append(whole)
    return sorted(rings, key=lambda ring: -abs(area(ring)))


def main(source: Path) -> None:
    """Write the coastline."""
    rings = coastline(json.loads(source.read_text()))
    steps = [np.diff(ring, axis=0, prepend=[[0, 0]]).ravel().tolist() for ring in rings]
    document = {
        "source": "Natural Earth 4.1, land 1:50m, public domain, naturalearthdata.com",
        "crs": "EPSG:3413",
        "unit": "km",
        "rings": steps,
    }
    OUT.write_text(json.dumps(document, separators=(",", ":")) + "\n")
    points = sum(len(ring) for ring in rings)
    print(f"{len(rings)} rings, {points} points, {OUT.stat().st_size / 1000:.0f} kB: {OUT}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: coastline.py LAND_TOPOJSON")
    main(Path(sys.argv[1]))
