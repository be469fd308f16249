"""From the command to the complete first page: the shipped scenes, or a full-size one.

Run: python benchmarks/first_page.py
     python benchmarks/first_page.py FOLDER    5000 x 5200 pixels at 80 m; simulated into the folder
                                               where it is empty (about a minute and 4 GiB)
"""

import sys
from pathlib import Path

from machine import describe

from pages import HOME, first_visits
from seaice.simulate import simulate_folder


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HOME / "data"
    if not list(folder.glob("*_prep.nc")):
        simulate_folder(folder, 1, 1, spacing_m=80)
    visit = first_visits(folder)
    print(describe())
    print(f"server answers after        {visit.start_s:6.1f} s")
    print(f"page complete after another {visit.page_s:6.1f} s")
    print(f"the same loaded again       {visit.reload_s:6.1f} s")
    print(f"sent to the browser         {visit.megabytes:6.1f} MB")
    print(f"server's peak memory        {visit.peak_gib:6.2f} GiB")


if __name__ == "__main__":
    main()
