"""How the help of a command shows its arguments and options: by placeholders, not types."""

import re

# typer offers these types, which its commands are called with, only here.
from typer._click import Context, HelpFormatter
from typer._click.exceptions import BadOptionUsage
from typer.core import TyperArgument, TyperCommand

_TYPE = re.compile(r"--(?P<option>[\w-]+) <(?P<type>\w+)[^>]*>")
_NUMBERS = {"int": "N", "float": "X"}


class Command(TyperCommand):
    """A command whose help says `SCENE...`, where typer says `{SCENE...}... <list[Path]>`.

    Of an option it says `--steps N` and `--encoder ENCODER`, where typer says `<int>` and `<str>`.
    """

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the command line, as typer does.

        Raises:
            BadOptionUsage: An option lacks a value, or has one too many. The message says how it
                is written.
        """
        try:
            return super().parse_args(ctx, args)
        except BadOptionUsage as error:
            error.ctx = error.ctx or ctx
            for each in self.get_params(ctx):
                if error.option_name in each.opts and (record := each.get_help_record(ctx)):
                    error.message += f" Write {_TYPE.sub(_placeholder, record[0])}."
            raise

    def collect_usage_pieces(self, ctx: Context) -> list[str]:
        """The parts of the usage line after the name of the command."""
        arguments = (each for each in self.get_params(ctx) if isinstance(each, TyperArgument))
        return [
            "[OPTIONS]",
            *(
                each.display_name_raw if each.required else f"[{each.display_name_raw}]"
                for each in arguments
            ),
        ]

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the lists of arguments and options, and those options that have own sections."""
        sections: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for parameter in self.get_params(ctx):
            if record := parameter.get_help_record(ctx):
                if isinstance(parameter, TyperArgument):
                    sections["Arguments"].append((parameter.display_name_raw, record[1]))
                else:
                    own = getattr(parameter, "rich_help_panel", None) or "Options"
                    written = _TYPE.sub(_placeholder, record[0]), record[1]
                    sections.setdefault(own, []).append(written)
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


def _placeholder(named: "re.Match[str]") -> str:
    """What stands for an option's value: N for a whole number, X for another, else its own name."""
    value = _NUMBERS.get(named["type"], named["option"].upper())
    return f"--{named['option']} {value}"
