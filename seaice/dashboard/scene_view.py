"""A scene, or a region of it, at the spacing that a panel shows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from seaice.ai4arctic.channels import DISTANCE_MAP, SAR
from seaice.ai4arctic.charts import ChartName
from seaice.ai4arctic.layout import unscale
from seaice.core.errors import SceneError
from seaice.core.grids.orientation import AS_ACQUIRED, Orientation
from seaice.core.grids.pixel_grid import PixelGrid, Window
from seaice.dashboard.cache_keys import cached, scene_key
from seaice.dashboard.polar_map import PolarMap, polar_map
from seaice.figures.extent import Extent, cell_pixels, hover_step
from seaice.figures.palettes import Palette
from seaice.figures.png import map_png
from seaice.scenes.north import scene_orientation
from seaice.scenes.polygons import read_polygons
from seaice.scenes.read import read_channels, read_chart, read_inputs, read_positions_at
from seaice.scenes.region import Region, Span
from seaice.scenes.scene import Scene

PANEL_PX = 1100
"""Pixels along the longer side of a panel: more would only cost transfer."""


@dataclass(frozen=True)
class SceneView:
    """What the maps of a page are drawn from.

    Attributes:
        scene: The scene.
        region: Part of it; the whole scene if None.
        longest_px: Pixels that a panel shows along its longer side, at most.
        north_up: Whether the maps are turned and mirrored so that north lies up, if the scene has
            positions.
        polar: Whether the maps are resampled to a polar map instead, if the scene has usable
            positions.
    """

    scene: Scene
    region: Region | None = None
    longest_px: int = PANEL_PX
    north_up: bool = True
    polar: bool = False

    @cached_property
    def key(self) -> tuple[object, ...]:
        """Identity for caches."""
        lies = self.north_up, self.polar
        return scene_key(self.scene), str(self.region), self.longest_px, *lies

    @cached_property
    def orientation(self) -> Orientation:
        """How the maps lie on the screen."""
        if self.polar_map:
            return AS_ACQUIRED
        return (self.north_up and self._north_up()) or AS_ACQUIRED

    @property
    def orientation_words(self) -> str:
        """The same in words."""
        if self.polar_map:
            return f"polar map {self.polar_map.projection}"
        if not self.north_up:
            return "as acquired"
        return "north up" if self._north_up() else "as acquired, because positions are missing"

    @property
    def ground(self) -> str:
        """What place the maps show, and how it lies on the screen."""
        return f"{self.scene.id}, {self.region}, {self.orientation_words}"

    @cached_property
    def polar_map(self) -> PolarMap | None:
        """Where each pixel of the polar map lies in the scene; None if there is none."""
        return self._polar_map() if self.polar else None

    @cached_property
    def grid(self) -> PixelGrid:
        """The scene's grid, coarsened by whole blocks until the region fits into a panel."""
        own = self.scene.grid
        window = self.region.window(own) if self.region else own.whole
        longest = max(side.stop - side.start for side in window)
        return own.at(own.spacing_m * max(1, -(-longest // self.longest_px)))

    @cached_property
    def window(self) -> Window:
        """The region's pixels on that grid."""
        return self.region.window(self.grid) if self.region else self.grid.whole

    @property
    def shape(self) -> tuple[int, int]:
        """(lines, samples) of every map."""
        lines, samples = self.window
        return lines.stop - lines.start, samples.stop - samples.start

    @property
    def valid(self) -> np.ndarray:
        """Validity, (lines, samples) bool."""
        return self._full_grid()[1]

    @property
    def land(self) -> np.ndarray:
        """Land, (lines, samples) bool; nowhere if the scene has no distance to land."""
        zones = self._full_grid()[0].get(DISTANCE_MAP)
        # Zone 0 is land; the mean of a block of land and coast lies between 0 and 1.
        return np.zeros(self.shape, bool) if zones is None else zones < 0.5

    def channel(self, name: str) -> np.ndarray:
        """A channel in its physical unit, (lines, samples) float32."""
        return self.channels((name,))[name]

    def channels(self, names: Sequence[str]) -> dict[str, np.ndarray]:
        """Channels by name, in their physical units, (lines, samples) float32 each.

        Raises:
            SceneError: The file lacks a channel or cannot be read.
        """
        full_grid, _ = self._full_grid()
        others = tuple(name for name in names if name not in full_grid)
        known = full_grid | (self._other_channels(others) if others else {})
        return {name: known[name] for name in names}

    @cached(max_entries=24)
    def chart(self, chart: ChartName) -> np.ndarray:
        """An ice chart, (lines, samples) uint8, 255 where unlabelled."""
        return read_chart(self.scene, chart, self.grid.spacing_m, self.window)

    @cached(max_entries=12)
    def polygon_texts(self) -> np.ndarray | None:
        """Polygon and egg code at each of the pointer's cells, (cells, cells) object array.

        Empty where there is no polygon; None if the scene's file has none at all.

        Raises:
            SceneError: The raw file is gone or cannot be read.
        """
        step = self.grid.spacing_m / self.scene.grid.spacing_m
        # The last coarse pixel may reach beyond the scene, even with its middle.
        lines, samples = (
            np.minimum(((side.start + pixels + 0.5) * step).astype(int), size - 1)
            for side, pixels, size in zip(
                self.window, cell_pixels(self.shape), self.scene.grid.shape, strict=True
            )
        )
        found = read_polygons(self.scene, lines, samples)
        if found is None:
            return None
        ids, codes = found
        known, place = np.unique(ids, return_inverse=True)
        texts = [f"polygon {i:g}: {codes[int(i)].text}" if i in codes else "" for i in known]
        written: np.ndarray = np.array(texts, object)[place.reshape(ids.shape)]
        return written

    @property
    def extent(self) -> Extent:
        """Ground that every map covers."""
        if self.polar_map:
            return self._polar_extent(self.polar_map)
        km = self.grid.spacing_m / 1000
        lines, samples = self.shape
        return Extent(
            lines_km=lines * km,
            samples_km=samples * km,
            cell_km=hover_step(self.shape) * km,
            top_km=self.window[0].start * km,
            left_km=self.window[1].start * km,
            orientation=self.orientation,
        )

    @property
    def located_extent(self) -> Extent:
        """The same, with latitude and longitude if the scene has positions."""
        if not self.scene.has_positions or self.polar_map:
            return self.extent
        latitude, longitude = self._positions()
        return replace(self.extent, latitude=latitude, longitude=longitude)

    def image(
        self,
        values: np.ndarray,
        palette: Palette,
        labelled: np.ndarray | None = None,
        *,
        step: int = 1,
        alpha: np.ndarray | None = None,
        at_least_px: int = 1,
    ) -> str:
        """Draw values as they lie on the screen, with the scene's land and its masked pixels.

        Args:
            values: (lines, samples) classes or numbers of the palette; what is not finite stays
                transparent.
            palette: Their colours.
            labelled: As for `map_png`.
            step: Draw every so many pixels.
            alpha: As for `map_png`.
            at_least_px: As for `map_png`.

        Returns:
            A PNG as a data URI.
        """
        fewer = slice(None, None, step), slice(None, None, step)
        place = self.polar_map.place if self.polar_map else np.asarray
        shown = place(values)[fewer]
        return map_png(
            shown,
            palette,
            place(self.valid)[fewer] & np.isfinite(shown),
            place(self.land)[fewer],
            None if labelled is None else place(labelled)[fewer],
            alpha,
            at_least_px,
            self.orientation,
        )

    def at_pointer(self, texts: np.ndarray) -> np.ndarray:
        """Texts of the pointer's cells of the scene, on those of the maps."""
        return self.polar_map.place_cells(texts, self.shape) if self.polar_map else texts

    def region_of_box(self, rows_km: Span, columns_km: Span) -> tuple[Span, Span] | None:
        """Lines and samples of a box on the polar map, km in the scene; None off the scene."""
        assert self.polar_map is not None, "other maps have the scene's own axes"
        km = self.grid.spacing_m / 1000
        found = self.polar_map.window_of_box(rows_km, columns_km)
        if not all(side.stop for side in found):
            return None
        lines, samples = (
            ((own.start + side.start) * km, (own.stop + side.start) * km)
            for own, side in zip(found, self.window, strict=True)
        )
        return lines, samples

    def _polar_extent(self, shown: PolarMap) -> Extent:
        """Ground of the polar map, counted from its upper left corner."""
        latitude, longitude = shown.degrees()
        line_km, sample_km = shown.in_scene_km(self.window)
        return Extent(
            lines_km=shown.grid.height_km,
            samples_km=shown.grid.width_km,
            cell_km=hover_step(shown.grid.shape) * shown.grid.spacing_m / 1000,
            latitude=latitude,
            longitude=longitude,
            line_km=line_km,
            sample_km=sample_km,
        )

    @cached(max_entries=6)
    def _polar_map(self) -> PolarMap | None:
        try:
            return polar_map(self.scene, self.grid, self.window)
        except SceneError:
            # Without usable positions there is no map; the caption says how the maps lie.
            return None

    @cached(max_entries=24)
    def _north_up(self) -> Orientation | None:
        return scene_orientation(self.scene)

    @cached(max_entries=6)
    def _full_grid(self) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Radar and distance to land by name, and validity, from one pass over the file."""
        names = [name for name in (*SAR, DISTANCE_MAP) if name in self.scene.channels]
        inputs = read_inputs(self.scene, names, self.grid.spacing_m, self.window)
        return self._in_units(names, inputs.values), inputs.valid

    @cached(max_entries=12)
    def _other_channels(self, names: tuple[str, ...]) -> dict[str, np.ndarray]:
        """Channels of the 2 km grid by name; their validity is that of the radar."""
        values = read_channels(self.scene, names, self.grid.spacing_m, self.window)
        return self._in_units(names, values)

    @cached(max_entries=24)
    def _positions(self) -> tuple[np.ndarray, np.ndarray]:
        """Latitude and longitude of the pointer's cells, (cells, cells) float32 degrees."""
        lines, samples = (
            side.start + pixels
            for side, pixels in zip(self.window, cell_pixels(self.shape), strict=True)
        )
        latitude, longitude = read_positions_at(self.scene, lines, samples, self.grid.spacing_m)
        return latitude.astype(np.float32), longitude.astype(np.float32)

    @staticmethod
    def _in_units(names: Sequence[str], values: np.ndarray) -> dict[str, np.ndarray]:
        return {name: unscale(name, layer) for name, layer in zip(names, values, strict=True)}
