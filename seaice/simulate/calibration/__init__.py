"""What the simulator makes, measured against published figures and beside real scenes.

Each module measures one thing: a statistic that one scene gives and that adds up over scenes, the
bounds that it has to keep, and the tables that show it. `calibrate` runs the scenes and makes the
report.
"""

from seaice.simulate.calibration.checks import Check
from seaice.simulate.calibration.collect import REPORT_SEED, calibrate
from seaice.simulate.calibration.report import Report

__all__ = ["REPORT_SEED", "Check", "Report", "calibrate"]
