"""Images of effective fields as CF NetCDF files: the gradient in kilometres around a pixel."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from seaice.explain.field import EffectiveField
from seaice.explain.paths import SETTINGS
from seaice.results.export.cf import add_variable, new_file
from seaice.results.export.provenance import provenance
from seaice.scenes.scene import Scene


def write_fields(
    path: Path,
    scene: Scene,
    fields: Sequence[tuple[EffectiveField, Mapping[str, Any]]],
    settings: Mapping[str, Any],
    command: str,
) -> None:
    """Write images of fields, each on its own axes of distances. An existing file is replaced.

    They have no place on the ground, being means over pixels, so there is no GeoTIFF of them.

    Args:
        path: The file.
        scene: The scene that their pixels lie in.
        fields: The fields, and what to say of the checkpoint of each.
        settings: What they were computed with.
        command: What made them, for the file's history.

    Raises:
        OutputError: The folder is not writable.
    """
    with new_file(path) as file:
        file.setncatts({"Conventions": "CF-1.11", **provenance(scene, command)})
        file.setncatts({SETTINGS: json.dumps(dict(settings), default=str)})
        for number, (field, facts) in enumerate(fields, 1):
            size = field.image.shape[0]
            km = (np.arange(size) - size // 2) * field.spacing_m / 1000
            dims = f"line_offset_{number}", f"sample_offset_{number}"
            for dim, along in zip(dims, ("lines", "samples"), strict=True):
                file.createDimension(dim, size)
                text = f"distance from the output pixel along the {along}"
                add_variable(file, dim, "f8", (dim,), long_name=text, units="km")[:] = km
            image = add_variable(
                file,
                f"field_{number}",
                "f8",
                dims,
                long_name="mean absolute gradient of an output pixel by scaled input",
                units="1",
                **_facts(field),
                **{name: str(value) for name, value in facts.items()},
            )
            image[:] = field.image


def _facts(field: EffectiveField) -> dict[str, Any]:
    radii = field.radii_km(field.profile())
    return {
        "chart": field.chart,
        "output_pixels": int(field.pixels.sum()),
        "theoretical_field_km": field.theoretical_km,
        **{f"radius_of_{100 * share:.0f}_percent_km": km for share, km in radii.items()},
    }
