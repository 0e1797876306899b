"""Pages with cases in them: rule pages and the pages of the corpus.

A case is a heading, a sentence or two, and fenced blocks. The info string of a block says what it is:

    ```python tests/test_a.py       a file of that path; flags may follow: crlf, latin-1, no-newline
    ```diff                         the literal output of `testfix --diff` in the folder of the files
    ```console                      first line `$ testfix <arguments>`, then its literal standard output

Without a `diff` block, or a `console` block with `--diff`, testfix must leave the files of the case alone.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

FLAGS = ("crlf", "latin-1", "no-newline")


class PageError(ValueError):
    """A page that cannot be read as cases; the message names page and line."""


@dataclass(frozen=True)
class Block:
    """`first` and `last` are the indices (from 0) of the page's lines between the fences, `last` excluded."""

    info: tuple[str, ...]
    lines: tuple[str, ...]
    first: int
    last: int

    @property
    def text(self) -> str:
        return "".join(line + "\n" for line in self.lines)


@dataclass(frozen=True)
class Console:
    """One command with its output."""

    arguments: tuple[str, ...]
    output: str
    block: Block


@dataclass(frozen=True)
class Case:
    """`files` maps a path to its bytes; `line` is the heading's, from 1; `prose` surrounds the blocks."""

    page: Path
    title: str
    line: int
    prose: tuple[str, ...]
    files: dict[str, bytes]
    diff: Block | None
    consoles: tuple[Console, ...]

    @property
    def id(self) -> str:
        words = re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")
        return f"{self.page.stem}-{words}"

    @property
    def diff_arguments(self) -> tuple[str, ...]:
        """The arguments of the run that shows the diff."""
        for console in self.consoles:
            if "--diff" in console.arguments:
                return console.arguments
        return ("--diff",)

    @property
    def expected_diff(self) -> str:
        for console in self.consoles:
            if "--diff" in console.arguments:
                return console.output
        return self.diff.text if self.diff else ""


def parse_page(page: Path) -> list[Case]:
    """The cases of a page, in order: below `## Examples` if there is such a heading, else below any.

    Raises PageError.
    """
    lines = page.read_bytes().decode("utf-8").split("\n")
    cases: list[Case] = []
    title, heading = "", 0
    prose: list[str] = []
    blocks: list[Block] = []
    only_examples = "## Examples" in lines
    in_cases = not only_examples
    fence, opened = "", 0
    for index, line in enumerate(lines):
        if fence:
            if line.rstrip() == fence:
                info = _info(page, opened, lines[opened])
                blocks.append(Block(info, tuple(lines[opened + 1 : index]), opened + 1, index))
                fence = ""
        elif line.startswith("```"):
            fence, opened = line[: len(line) - len(line.lstrip("`"))], index
        elif match := re.match(r"(#{2,3}) (.+)", line):
            if in_cases and blocks and title:
                cases.append(_case(page, title, heading, prose, blocks))
            prose, blocks = [], []
            if only_examples and match[1] == "##":
                in_cases = match[2].strip() == "Examples"
                title = ""
            else:
                title, heading = match[2].strip(), index + 1
        else:
            prose.append(line)
    if fence:
        raise PageError(f"{page}:{opened + 1}: the block is never closed")
    if in_cases and blocks and title:
        cases.append(_case(page, title, heading, prose, blocks))
    for number, case in enumerate(cases):
        if case.id in {other.id for other in cases[:number]}:
            raise PageError(f"{page}:{case.line}: a second case called {case.title!r}")
    return cases


def _info(page: Path, index: int, line: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(line.strip("`").strip()))
    except ValueError as error:
        raise PageError(f"{page}:{index + 1}: cannot read the info string: {error}") from None


def _case(page: Path, title: str, heading: int, prose: list[str], blocks: list[Block]) -> Case:
    files: dict[str, bytes] = {}
    diff: Block | None = None
    consoles: list[Console] = []
    for block in blocks:
        where = f"{page}:{block.first}"
        if block.info == ("diff",):
            if diff is not None:
                raise PageError(f"{where}: a second diff block in {title!r}")
            diff = block
        elif block.info == ("console",):
            consoles.append(_console(where, block))
        elif len(block.info) < 2:
            raise PageError(f"{where}: unknown block {' '.join(block.info)!r}; a file needs its path")
        else:
            path = block.info[1]
            if path in files:
                raise PageError(f"{where}: a second file {path}")
            if Path(path).is_absolute() or ".." in Path(path).parts:
                raise PageError(f"{where}: {path} lies outside the folder of the case")
            files[path] = _content(where, block)
    if not files:
        raise PageError(f"{page}:{heading}: {title!r} has no file")
    if diff is not None and any("--diff" in console.arguments for console in consoles):
        raise PageError(f"{page}:{heading}: {title!r} has both a diff block and a console block with --diff")
    return Case(page, title, heading, tuple(prose), files, diff, tuple(consoles))


def _console(where: str, block: Block) -> Console:
    if not block.lines or not block.lines[0].startswith("$ testfix"):
        raise PageError(f"{where}: a console block starts with `$ testfix ...`")
    output = "".join(line + "\n" for line in block.lines[1:])
    return Console(tuple(shlex.split(block.lines[0])[2:]), output, block)


def _content(where: str, block: Block) -> bytes:
    flags = block.info[2:]
    unknown = [flag for flag in flags if flag not in FLAGS]
    if unknown:
        raise PageError(f"{where}: unknown flag {unknown[0]!r}; there are {', '.join(FLAGS)}")
    text = block.text
    if "no-newline" in flags:
        text = text.removesuffix("\n")
    if "crlf" in flags:
        text = text.replace("\n", "\r\n")
    return text.encode("latin-1" if "latin-1" in flags else "utf-8")


def shown(output: bytes) -> str:
    """Output as a page holds it: no carriage returns, and no blank behind the sign of an empty line."""
    text = output.decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    return re.sub(r"^ $", "", text, flags=re.MULTILINE)


def rewrite(page: Path, title: str, diff: str | None, outputs: list[str]) -> None:
    """Put new outputs into the diff block and the console blocks of the case called `title`."""
    case = next(case for case in parse_page(page) if case.title == title)
    new: list[tuple[int, int, str]] = []
    if case.diff is not None and diff is not None:
        new.append((case.diff.first, case.diff.last, diff))
    for console, output in zip(case.consoles, outputs, strict=True):
        new.append((console.block.first + 1, console.block.last, output))
    lines = page.read_bytes().decode("utf-8").split("\n")
    for first, last, text in sorted(new, reverse=True):
        lines[first:last] = text.split("\n")[:-1]
    page.write_bytes("\n".join(lines).encode("utf-8"))
