"""The report as a whole: what was run, what does not hold and why, and each section."""

from dataclasses import asdict, dataclass
from typing import Any

from seaice.simulate.calibration.checks import Check, Section, check_table

COMMAND = "seaice simulate --report"

ENOUGH_SCENES = 500
"""Number of scenes for which the bounds are meant."""


@dataclass(frozen=True)
class Report:
    """What the simulator makes, measured.

    Attributes:
        scenes: Number of scenes.
        seed: Seed of the report; scene k is the same for any number of scenes.
        spacing_m: Pixel spacing, metres.
        lines: Lines of a scene.
        samples: Samples of a scene.
        version: Version of the simulator.
        sections: The parts of the report.
    """

    scenes: int
    seed: int
    spacing_m: float
    lines: int
    samples: int
    version: str
    sections: tuple[Section, ...]

    @property
    def checks(self) -> tuple[Check, ...]:
        """All bounds, section by section."""
        return tuple(check for section in self.sections for check in section.checks)

    @property
    def failures(self) -> tuple[Check, ...]:
        """The bounds that do not hold."""
        return tuple(check for section in self.sections for check in section.failures)

    def to_markdown(self) -> str:
        """The report as Markdown; the same code and settings give the same bytes."""
        parts = ["# What the simulator makes", *self._about(), "## Summary", self._summary()]
        parts.append(self._by_section())
        parts += [_failed(section) for section in self.sections if section.failures]
        parts += [section.to_markdown() for section in self.sections]
        return "\n\n".join(parts) + "\n"

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            "seed": self.seed,
            "scenes": self.scenes,
            "spacing_m": self.spacing_m,
            "lines": self.lines,
            "samples": self.samples,
            "simulator_version": self.version,
            "bounds": {
                "hold": sum(check.holds is True for check in self.checks),
                "fail": len(self.failures),
                "not_judged": sum(check.holds is None for check in self.checks),
            },
            "failures": [
                {**asdict(check), "why": section.limits}
                for section in self.sections
                for check in section.failures
            ],
            "sections": [section.to_dict() for section in self.sections],
        }

    def _about(self) -> tuple[str, str]:
        what = (
            "Statistics of simulated scenes, held against what is published of real ones: class "
            "statistics of the charts, tables and lines of the sensors. The simulator was fitted "
            "to some of these figures; what is found here is said of simulated scenes."
        )
        how = (
            f"Made by `{COMMAND} --scenes {self.scenes} --seed {self.seed} "
            f"--spacing-m {self.spacing_m:g}`: scenes of {self.lines} x {self.samples} pixels, "
            f"simulator version {self.version}."
        )
        if self.scenes < ENOUGH_SCENES:
            how += (
                f" The bounds are meant for {ENOUGH_SCENES} scenes: of fewer, chance alone "
                "breaks some."
            )
        return what, how

    def _summary(self) -> str:
        judged = sum(check.holds is not None for check in self.checks)
        open_ = len(self.checks) - judged
        text = f"{judged - len(self.failures)} of {judged} bounds hold."
        if open_:
            text += f" {open_} more are not judged, for the reasons that stand beside them."
        return text

    def _by_section(self) -> str:
        """How many bounds of each section hold."""
        lines = []
        for section in self.sections:
            judged = [check.holds for check in section.checks if check.holds is not None]
            if judged:
                lines.append(f"- {section.title}: {sum(judged)} of {len(judged)}")
        return "\n".join(lines)


def _failed(section: Section) -> str:
    """The bounds of a section that do not hold, and what can be the reason."""
    table = check_table(f"{section.title}, bounds that do not hold", section.failures)
    return f"{table.to_markdown()}\n\nWhy, as far as is known: {section.limits}"
