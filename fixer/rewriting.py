"""Edits -> new bytes, verified. In this process or in several."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from fixer.facts.read import ALL_PARTS, compiles, read_facts
from fixer.facts.text import decode, encode, line_end_of, lines_of
from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fixer.edits import Edit
    from fixer.facts.model import Facts
    from fixer.files import Files

_WORTH_A_PROCESS = 60  # files to rewrite: below, starting processes costs more than they save
_CHUNK = 8


@dataclass(frozen=True, slots=True)
class Task:
    """One file to rewrite: its content (none of a new one), what was known of it, and the edits.

    `newline` ends the lines of a file that has none yet.
    """

    path: str
    content: bytes
    facts: Facts
    edits: tuple[Edit, ...]
    newline: str = "\n"


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The new content and its facts, or the reason (a clause) why there is none."""

    path: str
    content: bytes
    facts: Facts
    refused: str | None = None


def newline_for(path: str, files: Files, python_files: Iterable[str]) -> str:
    """How the lines of a new file end: as those of another one in its folder or below."""
    if files.read_any(path):
        return "\n"  # the file itself says
    folder = path.rpartition("/")[0]
    below = (each for each in python_files if not folder or each.startswith(f"{folder}/"))
    first = next((each for each in below if each != path), None)
    try:
        return "\n" if first is None else line_end_of(files.read(first))
    except OSError:
        return "\n"


def rewrite_all(tasks: Sequence[Task], jobs: int) -> dict[str, Rewritten]:
    """The outcome for each file, by path. A file that fails does not stop the others."""
    if jobs < 2 or len(tasks) < _WORTH_A_PROCESS:
        return {task.path: rewrite(task) for task in tasks}
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(jobs) as pool:
        return {done.path: done for done in pool.map(rewrite, tasks, chunksize=_CHUNK)}


def rewrite(task: Task) -> Rewritten:
    """Apply the edits of one file and read the result again: it must compile and bind no less."""
    from fixer.codemods.apply import apply_edits  # LibCST, only where there is an edit
    from fixer.codemods.errors import TOO_DEEP, EditError

    def refuse(reason: str) -> Rewritten:
        return Rewritten(task.path, task.content, task.facts, reason)

    try:
        text = decode(task.content)
        if not _was_read(task.facts, text):
            return refuse("the file was changed by something else during the run")
        text = apply_edits(text, task.edits, task.newline)
        content = encode(text, task.content)
    except EditError as error:
        return refuse(str(error))
    except RecursionError:
        return refuse(TOO_DEEP)
    except Exception as error:  # one file never stops a run, whatever LibCST makes of it
        return refuse(f"the edit could not be made ({type(error).__name__}: {error})")
    facts = read_facts(task.path, content, ALL_PARTS)
    if facts.problem is not None:
        return refuse(f"the result would not compile: {facts.problem.message}")
    if compiles(task.content) and not compiles(content):  # symbol tables let a late `__future__` pass
        return refuse("the result would not compile")
    unbound = _uses(facts) - _uses(task.facts)
    if unbound:
        return refuse(f"the result would leave `{min(unbound)}` unbound")
    return Rewritten(task.path, content, facts)


def _was_read(facts: Facts, text: str) -> bool:
    """Whether each use stands where it stood when the file was read."""
    lines = [*lines_of(text), *[""] * max((use.span.line for use in facts.undefined), default=0)]
    spans = ((use.name, use.span) for use in facts.undefined)
    return all(_is(lines[at.line - 1][at.column - 1 : at.end_column - 1], name) for name, at in spans)


def _is(word: str, name: str) -> bool:
    """Whether the compiler reads the word as this name (PEP 3131)."""
    return word == name or unicodedata.normalize("NFKC", word) == name


def _uses(facts: Facts) -> Counter[str]:
    return Counter(use.name for use in facts.undefined)
