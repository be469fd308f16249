"""Take the README's pictures of the dashboard again: light, dark and narrow.

Run: make screenshots
"""

from pathlib import Path

from dashboard import HOME, launch_chromium, running_dashboard, settle
from playwright.sync_api import Browser, sync_playwright

OUT = HOME / "docs" / "screenshots"

# Name, width, height, colour scheme, page.
SHOTS = (
    ("compare-light", 1440, 1560, "light", "Compare"),
    ("compare-dark", 1440, 1560, "dark", "Compare"),
    ("compare-narrow", 480, 1400, "light", "Compare"),
    ("scenes-light", 1440, 1200, "light", "Scenes"),
)


def take(browser: Browser, url: str, name: str, width: int, height: int, *look: str) -> Path:
    """Take one picture."""
    scheme, title = look
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto(url)
    settle(page)
    if title != "Compare":
        page.get_by_role("link", name=title).click()
        settle(page)
    path = OUT / f"{name}.png"
    page.screenshot(path=path)
    context.close()
    return path


def main() -> None:
    """Take all pictures."""
    OUT.mkdir(parents=True, exist_ok=True)
    with running_dashboard(HOME / "data", HOME / "models") as url, sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        for shot in SHOTS:
            print(take(browser, url, *shot))


if __name__ == "__main__":
    main()
