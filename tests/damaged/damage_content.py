"""The content of a scene file in memory, to be changed and written again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np

from seaice.ai4arctic.charts import CHARTS

POLYGON = "polygon_icechart"


@dataclass
class Content:
    """What a file holds, to be changed and written again.

    Attributes:
        variables: Dimensions, values and attributes by name; values None where none was written.
        attributes: Global attributes.
        claims: Sizes of dimensions without values, which cost nothing in the file.
        group: Group that everything goes into; empty for none.
    """

    variables: dict[str, tuple[tuple[str, ...], np.ndarray | None, dict[str, Any]]]
    attributes: dict[str, Any]
    claims: dict[str, int] = field(default_factory=dict)
    group: str = ""

    @classmethod
    def read(cls, path: Path) -> "Content":
        with netCDF4.Dataset(path) as file:
            file.set_auto_maskandscale(False)
            variables = {
                name: (each.dimensions, each[...], dict(each.__dict__))
                for name, each in file.variables.items()
            }
            return cls(variables, dict(file.__dict__))

    def write(self, path: Path, form: str = "NETCDF4") -> None:
        with netCDF4.Dataset(path, "w", format=form) as whole:
            file = whole.createGroup(self.group) if self.group else whole
            for name, (dims, values, attributes) in self.variables.items():
                sizes = dict(zip(dims, np.shape(values), strict=False)) | self.claims
                for dim in dims:
                    if dim not in file.dimensions:
                        file.createDimension(dim, sizes[dim])
                kind = _kind(file, values)
                chunks = [min(sizes[dim], 1000) for dim in dims] if values is None else None
                variable = file.createVariable(name, kind, dims, chunksizes=chunks)
                variable.set_auto_maskandscale(False)
                variable.setncatts({key: a for key, a in attributes.items() if key[0] != "_"})
                if values is not None and values.size:
                    variable[...] = values
            file.setncatts(self.attributes)

    @property
    def raw(self) -> bool:
        return POLYGON in self.variables

    @property
    def charted(self) -> tuple[str, ...]:
        """Names of the variables with the ice chart."""
        return (POLYGON,) if self.raw else CHARTS

    def put(self, name: str, values: np.ndarray | None, dims: tuple[str, ...] = ()) -> None:
        """Replace the values of a variable; its dimensions stay where none are given."""
        self.variables[name] = (dims or self.variables[name][0], values, self.variables[name][2])

    def claim(self, **sizes: int) -> None:
        """Resize every variable on the named dimensions, without writing values."""
        self.claims |= sizes
        for name, (dims, _, _) in self.variables.items():
            if set(dims) & set(sizes):
                self.put(name, None)

    def each_attribute(self, change: Callable[[str, Any], Any]) -> None:
        """Change every attribute but the pixel spacing."""
        for attributes in (self.attributes, *(each[2] for each in self.variables.values())):
            for name in set(attributes) - {"pixel_spacing"}:
                attributes[name] = change(name, attributes[name])

    def known(self, *names: str) -> tuple[str, ...]:
        """Those of the names that the file has."""
        return tuple(name for name in names if name in self.variables)


def _kind(file: netCDF4.Dataset, values: np.ndarray | None) -> Any:
    """The netCDF4 type of values."""
    if values is None:
        return "f4"
    if values.dtype.names:
        return file.createCompoundType(values.dtype, "pair")
    return str if values.dtype == object else values.dtype
