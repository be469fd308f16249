"""Drive the swipe viewer on a page in headless Chromium, for the tests."""

from dashboard import settle
from playwright.sync_api import Locator, Page, expect

Place = tuple[float, float]
"""Kilometres along samples and lines, from the upper left of what the viewer shows."""


class Viewer:
    """The viewer of a page that tests/browser/swipe_probe.js was put into.

    Attributes:
        page: The page.
        figure: The map.
        readout: What is said of the place below the pointer.
    """

    def __init__(self, page: Page, lines_km: float, samples_km: float) -> None:
        self.page = page
        self.figure = page.get_by_role("figure")
        self.readout = page.locator(".readout")
        self._sides_km = samples_km, lines_km

    def wait(self) -> None:
        """Until all images are there; the first page of a server imports its libraries first."""
        expect(self.figure).to_have_attribute("aria-busy", "false", timeout=60_000)

    def tick(self, label: str) -> None:
        """Press a button or change a check box of the app around it."""
        self.page.get_by_text(label, exact=True).click()
        settle(self.page)

    def box(self, side: str) -> Locator:
        """The box that chooses the map of a side, Left or Right."""
        return self.page.get_by_role("combobox", name=side, exact=True)

    def choose(self, side: str, title: str) -> None:
        """Show a map at a side."""
        self.box(side).select_option(label=title)

    def chosen(self, side: str) -> str:
        """Title of the map at a side."""
        return self.box(side).evaluate("(box) => box.selectedOptions[0].text")

    def button(self, name: str) -> Locator:
        """A button."""
        return self.page.get_by_role("button", name=name, exact=True)

    def slider(self, name: str) -> Locator:
        """A slider."""
        return self.page.get_by_role("slider", name=name)

    def ticks(self) -> list[str]:
        """Numbers along the samples."""
        return self.page.locator(".axis.level span").all_inner_texts()

    def state(self) -> tuple[str, str, list[str], list[str]]:
        """What a user chose: both maps, divider and opacity, and the zoom by its axis."""
        sliders = [self.slider(name).input_value() for name in ("Divider", "Opacity of overlays")]
        return self.chosen("Left"), self.chosen("Right"), sliders, self.ticks()

    def on_screen(self, place: Place) -> tuple[float, float]:
        """Where a place is on the screen, not zoomed."""
        box = self.figure.bounding_box()
        across, down = self._shares(place)
        return box["x"] + box["width"] * across, box["y"] + box["height"] * down

    def point(self, *place: float) -> str:
        """What the viewer says of a place."""
        self.page.mouse.move(*self.on_screen(place))
        expect(self.readout).not_to_contain_text("\u2026")
        return self.readout.inner_text()

    def drag(self, start: Place, end: Place) -> None:
        """Press at a place, move to another one, let go."""
        self.page.mouse.move(*self.on_screen(start))
        self.page.mouse.down()
        self.page.mouse.move(*self.on_screen(end), steps=4)
        self.page.mouse.up()

    def pixel(self, *place: float) -> tuple[int, ...]:
        """RGBA of the map, not zoomed, once drawn."""
        shares = list(self._shares(place))
        return tuple(self.figure.evaluate("(figure, at) => probe.pixel(figure, ...at)", shares))

    def _shares(self, place: Place) -> tuple[float, float]:
        return place[0] / self._sides_km[0], place[1] / self._sides_km[1]
