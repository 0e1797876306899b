"""The command line: options -> Config -> run -> output. Decides nothing about the user's code.

Only click is imported here at the top; the pipeline is imported once the command line is understood.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fixer import __version__
from fixer.cli_config import FORMATS, configured
from fixer.cli_fixtures import fixtures
from fixer.cli_options import SETTINGS, color_option, config_option, isolated_option, python_option
from fixer.cli_undo import undo
from fixer.collection import never_collect_again, seldom_collecting
from fixer.signals import TerminatedError, raised

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fixer.config import Config
    from fixer.report import Report
    from fixer.run import Mode

F = TypeVar("F", bound="Callable[..., Any]")
WITH_TEXTS = ("rdjson", "sarif")  # formats that show what a fix does as text
FILE_WIDTH = 120  # columns of a source line shown where the output is no terminal


def split_list(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Commas separate, and the option may be repeated."""
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def list_option(name: str, metavar: str, text: str) -> Callable[[F], F]:
    """An option that takes a list."""
    return click.option(name, multiple=True, metavar=metavar, callback=split_list, help=text)


EPILOG = """\b
Other commands:
  testfix explain RULE            the page of a rule, by name or code
  testfix fixtures [PATH[::TEST]] which fixtures a file or test sees, and where each comes from
  testfix rules                   all rules, one line each
  testfix undo [--list]           take the last writing run back

Exit status: 0 nothing left to report, 1 findings left (with --diff: or a change would be made),
2 the run itself failed, or a file could not be written."""


@click.command(context_settings=SETTINGS, epilog=EPILOG)
@click.argument("paths", nargs=-1)
@click.option("--diff", is_flag=True, help="Print a diff for `git apply`; write nothing.")
@click.option("--check", is_flag=True, help="Report findings; write nothing.")
@click.option(
    "--unsafe-fixes/--no-unsafe-fixes",
    default=None,
    help="Apply fixes with a clear favourite, not only safe ones.",
)
@list_option("--select", "RULES", "Run these rules alone: codes, starts of codes, names, or ALL.")
@list_option("--extend-select", "RULES", "Run these rules too.")
@list_option("--ignore", "RULES", "Do not run these rules.")
@click.option(
    "--all-files", is_flag=True, help="Take every Python file below test folders, not only test files."
)
@python_option
@list_option("--exclude", "PATTERNS", "Leave these out, in place of the usual exclusions.")
@list_option("--extend-exclude", "PATTERNS", "Leave these out too.")
@click.option("--force-exclude", is_flag=True, help="Exclude files even where they are named as PATHS.")
@click.option(
    "--respect-gitignore/--no-respect-gitignore",
    default=None,
    help="Leave out what git ignores (the default).",
)
@config_option
@isolated_option
@click.option(
    "--output-format",
    type=click.Choice(FORMATS),
    help="How to print findings.  [default: text]",
)
@click.option(
    "--write-baseline", is_flag=True, help="Take what is found now as known: it is not reported any more."
)
@click.option(
    "--report",
    "report_file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what changed and what is left, and why, to a file that ends in .md, .html or .json.",
)
@click.option("--statistics", is_flag=True, help="Print counts per rule and name in place of findings.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Worker processes.")
@click.option(
    "--stdin-filename",
    metavar="PATH",
    help="Read the source of PATH from standard input, and write the repaired source to standard output.",
)
@click.option("--no-cache", is_flag=True, help="Read every file anew, and keep nothing of it.")
@click.option(
    "--cache-dir",
    metavar="FOLDER",
    type=click.Path(file_okay=False),
    help="Keep what was read of files there.  [default: .testfix/cache]",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even where findings are left.")
@click.option("--exit-non-zero-on-fix", is_flag=True, help="Exit with 1 where something was fixed.")
@click.option("--no-undo", is_flag=True, help="Keep no journal for `testfix undo`.")
@click.option("-q", "--quiet", is_flag=True, help="Print findings and nothing else.")
@click.option("-v", "--verbose", is_flag=True, help="Print fixed findings in full as well.")
@color_option
@click.version_option(__version__, "-V", "--version", prog_name="testfix", message="%(prog)s %(version)s")
@click.pass_context
def fix(context: click.Context, /, paths: tuple[str, ...], **options: Any) -> int:
    """Find what keeps tests from running, and repair it.

    PATHS are files and folders, the current folder if there are none. Only fixes that are safe are
    applied; everything else is reported with a reason.
    """
    _refuse_contradictions(context, options)
    paths = _asked(paths, options["stdin_filename"])
    report_file: Path | None = options["report_file"]
    if report_file is not None:
        from fixer.report_file import reason_against

        reason = reason_against(report_file)
        if reason is not None:
            raise click.UsageError(reason)
    cwd = Path.cwd()
    config = configured(cwd, paths, options)
    from fixer.run import Mode, run

    chosen = [mode for mode in Mode if options.get(mode.value) or options.get(f"write_{mode.value}")]
    mode = chosen[0] if chosen else Mode.REPAIR
    source = None if options["stdin_filename"] is None else _handed_over()
    with contextlib.ExitStack() as stack:
        progress = None
        if source is None and sys.stderr.isatty() and not options["quiet"]:
            from fixer.output.progress import Progress

            progress = stack.enter_context(Progress(sys.stderr))
        report = run(
            config,
            paths or (".",),
            Mode.DIFF if source is not None and mode is Mode.REPAIR else mode,
            cwd,
            progress,
            keep_undo=not options["no_undo"],
            with_texts=config.output_format in WITH_TEXTS,
            use_cache=not options["no_cache"],
            source=source,
        )
    with contextlib.ExitStack() as stack:
        if source is not None and mode is Mode.REPAIR:
            _hand_back(source, report)
            stack.enter_context(contextlib.redirect_stdout(sys.stderr))  # the source has the other to itself
        return _tell(report, mode, config, cwd, options)


def _tell(report: Report, mode: Mode, config: Config, cwd: Path, options: dict[str, Any]) -> int:
    """Print what the run says, and return the exit status."""
    from fixer.output.deliver import deliver
    from fixer.output.paint import wants_color
    from fixer.output.view import View
    from fixer.run import Mode

    terminal = sys.stdout.isatty()
    view = View(
        cwd=cwd,
        written=mode is Mode.REPAIR,
        color=wants_color(options["color"], terminal, os.environ),
        width=_terminal_width() if terminal else FILE_WIDTH,
        verbose=options["verbose"],
        quiet=options["quiet"],
    )
    if mode is Mode.BASELINE:
        from fixer.output.summary import baseline_summary

        click.echo(baseline_summary(report, config.baseline is not None))
        return 2 if report.errors else 0
    form = "diff" if options["diff"] else config.output_format or "text"
    deliver(report, view, form, statistics=options["statistics"], color=options["color"])
    if options["report_file"] is not None:
        from fixer.report_file import write_report

        problem = write_report(report, view, options["report_file"])
        if problem is not None:
            return _fail(problem)
    if any(error.unwritten or error.internal for error in report.errors):
        return 2
    if options["exit_zero"]:
        return 0
    changed = report.changes and (options["diff"] or options["exit_non_zero_on_fix"])
    remaining = report.findings if mode is Mode.CHECK else report.left
    return 1 if changed or remaining or report.errors else 0


@click.command(context_settings=SETTINGS)
@click.argument("rule")
@color_option
def explain(rule: str, color: str) -> int:
    """Print the page of RULE, a name or a code: what it finds, how it repairs, what it cannot see."""
    from fixer.output.page import render_page
    from fixer.output.paint import wants_color
    from fixer.rules import find_rule, load_rules

    colored = wants_color(color, sys.stdout.isatty(), os.environ)
    click.echo(render_page(find_rule(load_rules(), rule).page(), colored), nl=False, color=colored)
    return 0


@click.command(context_settings=SETTINGS)
@color_option
def rules(color: str) -> int:
    """Print all rules, one line each."""
    from fixer.output.page import render_rules
    from fixer.output.paint import wants_color
    from fixer.rules import load_rules

    colored = wants_color(color, sys.stdout.isatty(), os.environ)
    lines = [(rule.code, rule.name, rule.summary, rule.default) for rule in load_rules()]
    click.echo(render_rules(lines, colored), nl=False, color=colored)
    return 0


COMMANDS = {"explain": explain, "fixtures": fixtures, "rules": rules, "undo": undo}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status. Prints; does not raise."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a stream with a narrow encoding shows an escape, never fails
            stream.reconfigure(errors="backslashreplace")
    command: click.Command = fix
    program = "testfix"
    if words and words[0] in COMMANDS:
        command = COMMANDS[words[0]]
        program = f"testfix {words.pop(0)}"
    try:
        with raised(), seldom_collecting():
            status = command.main(words, prog_name=program, standalone_mode=False)
        never_collect_again()
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except click.ClickException as error:
        return _fail(error.format_message(), f"`{program} --help` shows what it takes.")
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return 130
    except TerminatedError as error:
        click.echo("Terminated.", err=True)
        return 128 + error.number
    except BrokenPipeError:  # the reader of a pipe has seen enough; keep Python from complaining at its exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        return _failed(error, words)


def _asked(paths: tuple[str, ...], of_source: str | None) -> tuple[str, ...]:
    """The paths of the run: those of the command line or the one of standard input, for which `-` may stand.
    Raises click.UsageError."""
    if of_source is None:
        if "-" in paths:
            raise click.UsageError(
                "- needs --stdin-filename PATH: what a source means depends on where it is."
            )
        return paths
    if paths not in ((), ("-",)):
        raise click.UsageError(
            "--stdin-filename takes no other path: the source on standard input is the one."
        )
    return (of_source,)


def _handed_over() -> bytes:
    """All of standard input. Raises click.UsageError where it is closed."""
    if sys.stdin is None:
        raise click.UsageError("--stdin-filename reads standard input, which is closed.")
    return sys.stdin.buffer.read()


def _hand_back(source: bytes, report: Report) -> None:
    """The repaired source to standard output, byte for byte."""
    sys.stdout.flush()
    sys.stdout.buffer.write(report.changes[0].after if report.changes else source)
    sys.stdout.buffer.flush()


def _refuse_contradictions(context: click.Context, options: dict[str, Any]) -> None:
    """Raises click.UsageError for options that exclude each other."""
    pairs = (
        ("diff", "check"),
        ("diff", "statistics"),
        ("diff", "write_baseline"),
        ("check", "write_baseline"),
        ("diff", "output_format"),
        ("stdin_filename", "write_baseline"),
        ("report_file", "write_baseline"),
        ("isolated", "config_file"),
        ("quiet", "verbose"),
        ("no_cache", "cache_dir"),
    )
    for one, other in pairs:
        if options[one] and options[other]:
            flags = {parameter.name: parameter.opts[-1] for parameter in context.command.params}
            raise click.UsageError(f"{flags[one]} and {flags[other]} exclude each other; give one of them.")


def _late_command(message: str, words: list[str]) -> str:
    """Advice for `testfix --color never rules`, where `rules` was taken for a path."""
    late = next((word for word in words if word in COMMANDS and word in message), None)
    return f"The command `{late}` must be the first word: `testfix {late}`." if late else ""


def _failed(error: Exception, words: list[str]) -> int:
    """Known failures as their own sentence, anything else as a defect of testfix."""
    from fixer.config import ConfigError
    from fixer.rules import UnknownRuleError
    from fixer.undo import UndoError

    if isinstance(error, (ConfigError, UndoError, UnknownRuleError)):
        return _fail(str(error), _late_command(str(error), words))
    if isinstance(error, OSError) and error.filename is not None:
        return _fail(f"{error.filename}: {error.strerror}.")
    verbose = "--verbose" in words or "-v" in words
    if verbose:
        import traceback

        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    return _fail(
        f"testfix itself failed ({type(error).__name__}: {error}). Nothing is wrong with your command: please"
        f" open an issue with {'the lines above' if verbose else 'what --verbose prints'}."
    )


def _fail(message: str, advice: str = "") -> int:
    from fixer.output.printable import printable

    click.echo(f"testfix: {' '.join(filter(None, (printable(message), advice)))}", err=True)
    return 2


def _terminal_width() -> int:
    import shutil

    return shutil.get_terminal_size().columns
