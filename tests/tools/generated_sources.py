"""Repairs sources that were cut, joined and mangled at random, and says what went wrong.

    python tests/tools/generated_sources.py [--count N] [--seed N] [--keep FOLDER]

The material is the repository's own: the corpus, the tests, the examples of the pages. Each batch of
sources is a project that a process of its own repairs twice, so that a crash of the interpreter is one
finding and not the end. Of every source: what compiled before compiles after; what does not compile is left
alone; every line that went is in a statement that was to be edited; the syntax tree without imports is the
same where imports are all that was to be edited; the second run has nothing to do.
`tests/test_generated_sources.py` runs a few.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import multiprocessing
import random
import re
import shutil
import symtable
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fixer.rewriting import Rewritten, Task

ROOT = Path(__file__).parents[2]
BATCH = 250
SLOWEST = 300  # seconds for a batch, after which it hangs
IMPORT = (ast.Import, ast.ImportFrom)
CONFIGURATION = "[tool.testfix]\nunsafe-fixes = true\n"
DEEP = (8, 60, 95, 150, 250, 1200, 8000)

Mangle = Callable[[random.Random, list[str]], list[str]]


@cache
def statements() -> tuple[str, ...]:
    """The top-level statements of all the material, each with its comments and blank lines."""
    texts = [path.read_text("utf-8", "replace") for path in sorted((ROOT / "tests").glob("*.py"))]
    texts += [path.read_text("utf-8", "replace") for path in sorted((ROOT / "fixtures_corpus").rglob("*.py"))]
    for folder in (ROOT / "fixtures_corpus/rules", ROOT / "fixer/rules"):
        for page in sorted(folder.rglob("*.md")):
            texts += re.findall(r"^```python[^\n]*\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)
    found: dict[str, None] = {}
    for text in texts:
        lines = text.splitlines(keepends=True)
        start = 0
        for node in _tree(text.encode()) or ():
            end = node.end_lineno or 0
            found["".join(lines[start:end])] = None
            start = end
    return tuple(piece for piece in found if piece.strip() and len(piece) < 6000)


def _tree(source: bytes, whole: bool = False) -> list[ast.stmt] | None:
    """What the parser and the first pass of the compiler take (`whole`: all of it); None for all else."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if whole:
                compile(source, "<generated>", "exec", dont_inherit=True)
            symtable.symtable(source, "<generated>", "exec")
            return ast.parse(source).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _without_imports(chance: random.Random, lines: list[str]) -> list[str]:
    return [line for line in lines if not re.match(r"(?:from \S+ )?import [^(]*$", line)]


def _cut(chance: random.Random, lines: list[str]) -> list[str]:
    first = chance.randrange(len(lines))
    return lines[:first] + lines[first + chance.randint(1, 3) :]


def _doubled(chance: random.Random, lines: list[str]) -> list[str]:
    at = chance.randrange(len(lines))
    return [*lines[:at], lines[at], *lines[at:]]


def _renamed(chance: random.Random, lines: list[str]) -> list[str]:
    names = re.findall(r"[A-Za-z_]\w+", "".join(lines)) or ["x"]
    new = chance.choice(["patch", "Mock", "ﬁxture", "datetime", "größe", "json", "os", *names])
    old = chance.choice(names)
    return re.sub(rf"\b{old}\b", new, "".join(lines)).splitlines(keepends=True)


def _noise(chance: random.Random, lines: list[str]) -> list[str]:
    at = chance.randrange(len(lines))
    column = chance.randint(0, len(lines[at]))
    noise = chance.choice(
        [*"()[]{}'\"\\:;,#\t\x0c\x0b\0 \x1a\u2028\ufeff@=*", "'''", '"""', "\\\n", "# noqa\n"]
    )
    return [*lines[:at], lines[at][:column] + noise + lines[at][column:], *lines[at + 1 :]]


def _indented(chance: random.Random, lines: list[str]) -> list[str]:
    depth = chance.choice((1, 2, 5, 30, 90))
    unit = chance.choice((" ", "    ", "\t"))
    heads = [f"{unit * level}if True:\n" for level in range(depth)]
    return heads + [unit * depth + line if line.strip() else line for line in lines]


def _tabs(chance: random.Random, lines: list[str]) -> list[str]:
    return [line.replace("    ", "\t") for line in lines]


def _blanks(chance: random.Random, lines: list[str]) -> list[str]:
    tails = (" ", "\t", "  # note", "\x0c")
    return [
        line.replace("\n", chance.choice(tails) + "\n") if chance.random() < 0.2 else line for line in lines
    ]


def _form_feeds(chance: random.Random, lines: list[str]) -> list[str]:
    return [f"\x0c{line}" if line[0] not in " \t" and chance.random() < 0.3 else line for line in lines]


def _joined(chance: random.Random, lines: list[str]) -> list[str]:
    """Statements of one line side by side."""
    text = "".join(lines)
    return re.sub(r"(?<=[)\w])\n(?=[a-z]\w*(?: =|\())", "; ", text).splitlines(keepends=True)


def _continued(chance: random.Random, lines: list[str]) -> list[str]:
    """Backslashes where a blank was."""
    return [line.replace(" import ", " \\\n  import ").replace(" = ", " = \\\n    ", 1) for line in lines]


def _deep(chance: random.Random, lines: list[str]) -> list[str]:
    depth = chance.choice(DEEP)
    before, after = chance.choice(
        [("(", ")"), ("[", "]"), ("f(", ")"), ("not ", ""), ("1 and ", ""), ("-", "")]
    )
    name = chance.choice(["Mock()", "sys", "1"])
    return [*lines, f"{name}, {before * depth}{name}{after * depth}\n"]


def _long(chance: random.Random, lines: list[str]) -> list[str]:
    return [*lines, "words = ['" + "word " * 2000 + "', patch]\n", *["x = 1\n"] * chance.choice((1, 3000))]


MANGLES: tuple[tuple[Mangle, float], ...] = (
    (_without_imports, 0.7),
    (_cut, 0.15),
    (_doubled, 0.1),
    (_renamed, 0.3),
    (_noise, 0.2),
    (_indented, 0.05),
    (_tabs, 0.1),
    (_blanks, 0.15),
    (_form_feeds, 0.1),
    (_joined, 0.1),
    (_continued, 0.1),
    (_deep, 0.08),
    (_long, 0.02),
)


def generate(chance: random.Random) -> bytes:
    """One source. Equal states of `chance` give equal sources."""
    pieces = [chance.choice(statements()) for _ in range(chance.choice((0, 1, 2, 3, 4, 6, 9)))]
    lines = "".join(piece if piece.endswith("\n") else piece + "\n" for piece in pieces).splitlines(
        keepends=True
    )
    for mangle, share in MANGLES:
        if lines and chance.random() < share:
            lines = mangle(chance, lines)
    text = "".join(lines)
    if chance.random() < 0.3:
        ends = chance.choice((("\r\n",), ("\r",), ("\n", "\r\n", "\r")))
        text = re.sub("\n", lambda _: chance.choice(ends), text)
    if chance.random() < 0.1:
        text = text.rstrip("\r\n")
    if chance.random() < 0.1:
        encoding = chance.choice(("latin-1", "cp1252", "iso-8859-15", "ascii", "utf-8", "utf-16", "no-such"))
        cookie = f"# -*- coding: {encoding} -*-\n# ü é\n"
        return (cookie + text).encode("latin-1" if encoding in ("ascii", "no-such") else encoding, "ignore")
    source = text.encode("utf-8", "replace")
    if chance.random() < 0.1:
        source = b"\xef\xbb\xbf" + source
    if source and chance.random() < 0.03:
        at = chance.randrange(len(source))
        source = source[:at] + bytes([chance.randrange(256)]) + source[at + 1 :]
    return source


def write(sources: Sequence[bytes], folder: Path) -> Path:
    """A project with the sources as its tests."""
    tests = folder / "tests"
    tests.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(CONFIGURATION)
    for number, source in enumerate(sources):
        (tests / f"test_{number:03}.py").write_bytes(source)
    return folder


def problems(sources: Sequence[bytes], folder: Path) -> tuple[list[str], Counter[str]]:
    """What is wrong with the repair of the sources, a project of their own in `folder`; and counts."""
    from fixer.api import repair
    from fixer.config import load

    write(sources, folder)
    config = replace(load(folder), jobs=1)
    counts: Counter[str] = Counter(sources=len(sources))
    with _recorded() as tasks:
        first = repair(config=config, cwd=folder)
    found: list[str] = []
    for number, before in enumerate(sources):
        path = f"tests/test_{number:03}.py"
        after = (folder / path).read_bytes()
        counts["compile"] += _tree(before, whole=True) is not None
        counts["changed"] += before != after
        if before != after:
            found += [f"{path}: {problem}" for problem in _wrong(before, after, tasks.get(path, []))]
    again = repair(config=config, cwd=folder)
    found += [f"{change.path}: the second run changes it" for change in again.changes]
    ours = {(f.path, f.name) for f in first.findings}
    new = [f for f in again.findings if (f.path, f.name) not in ours]
    found += [f"{f.path}:{f.span.line}: {f.code} {f.name} is new after the repair" for f in new]
    counts["findings"] += len(first.findings)
    counts["fixed"] += len(first.findings) - len(first.left)
    return found, counts


@contextlib.contextmanager
def _recorded() -> Iterator[dict[str, list[Task]]]:
    """By path: what codemods are asked to do, in all rounds of a run."""
    from fixer import drafts

    tasks: dict[str, list[Task]] = {}
    real = drafts.rewrite_all

    def rewrite_all(wanted: Sequence[Task], jobs: int) -> dict[str, Rewritten]:
        for task in wanted:
            tasks.setdefault(task.path, []).append(task)
        return real(wanted, jobs)

    drafts.rewrite_all = rewrite_all
    try:
        yield tasks
    finally:
        drafts.rewrite_all = real


def _wrong(before: bytes, after: bytes, tasks: Sequence[Task]) -> Iterator[str]:
    old, new = _tree(before), _tree(after)
    if old is None:
        yield "it was no Python and was changed all the same"
        return
    if new is None or (_tree(before, whole=True) is not None and _tree(after, whole=True) is None):
        yield "it compiled, and does not any more"
        return
    free = {line for task in tasks for line in _touched(task)}
    lines, lines_after = _apart(_lines(before), _lines(after))
    matcher = SequenceMatcher(None, lines, lines_after, autojunk=False)
    for tag, start, end, _, new_end in matcher.get_opcodes():
        at_end = new_end == len(lines_after) and not before.endswith((b"\n", b"\r"))
        if tag == "equal" or at_end:
            continue
        lost = [line for line in lines[start:end] if line.strip() and line not in free]
        if lost:
            yield f"a line went that was not to be edited: {lost[0][:60]!r}"
    kinds = {type(edit).__name__ for task in tasks for edit in task.edits}
    if kinds <= {"AddImport", "RemoveImport"} and _rest(old) != _rest(new):
        yield "more than imports has changed"


def _apart(old: list[bytes], new: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    """The lines between those that both have at the beginning and at the end."""
    shorter = min(len(old), len(new))
    head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    tail = next((n for n in range(shorter - head) if old[-1 - n] != new[-1 - n]), shorter - head)
    return old[head : len(old) - tail], new[head : len(new) - tail]


def _rest(body: Sequence[ast.stmt]) -> list[str]:
    """The tree without imports and positions."""
    try:
        return [ast.dump(_NoImports().visit(node)) for node in body if not isinstance(node, IMPORT)]
    except RecursionError:
        return []


class _NoImports(ast.NodeTransformer):
    def visit_Import(self, node: ast.Import) -> ast.AST:
        return ast.Pass()

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        return ast.Pass()


def _lines(source: bytes) -> list[bytes]:
    return re.findall(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", source.removeprefix(b"\xef\xbb\xbf"))


def _touched(task: Task) -> Iterator[bytes]:
    """The lines of the statements, or headers of such, in which an edit is."""
    lines = _lines(task.content)
    edited: set[int] = set()
    whole: set[int] = set()
    for edit in task.edits:
        places = [getattr(edit, name, None) for name in ("span", "call", "place")]
        edited.update(place.line for place in places if hasattr(place, "line"))
        edited.update(getattr(edit, "lines", None) or ())
        if hasattr(edit, "line"):
            edited.add(edit.line)
            if type(edit).__name__ in ("RemoveDefinition", "RenameParameter"):
                whole.add(edit.line)
    yield from (lines[line - 1] for line in edited if line <= len(lines))
    for node in (inner for each in _tree(task.content) or () for inner in ast.walk(each)):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
            last = max(body[0].lineno - 1, node.lineno) if body else node.end_lineno or node.lineno
            if not whole.isdisjoint(range(first, last + 1)):
                last = node.end_lineno or last
                while first > 1 and lines[first - 2].lstrip().startswith(b"#"):  # its comment goes with it
                    first -= 1
            if not edited.isdisjoint(range(first, last + 1)):
                yield from lines[first - 1 : last]


def batch(seed: str, size: int) -> list[bytes]:
    chance = random.Random(seed)
    return [generate(chance) for _ in range(size)]


def _child(seed: str, size: int, answers: multiprocessing.Queue[tuple[list[str], Counter[str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        answers.put(problems(batch(seed, size), Path(folder) / "suite"))


def in_a_process(seed: str, size: int) -> tuple[list[str], Counter[str]]:
    """The same as `problems`; a crash or a hang of the process is a problem, too."""
    cheapest = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(cheapest)
    answers: multiprocessing.Queue[tuple[list[str], Counter[str]]] = context.Queue()
    process = context.Process(target=_child, args=(seed, size, answers))
    process.start()
    deadline = time.monotonic() + SLOWEST
    while answers.empty() and process.is_alive() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.join(2)
    if not answers.empty():
        return answers.get()
    what = f"ended with {process.exitcode}" if process.exitcode is not None else "hangs"
    process.kill()
    process.join()
    return [f"the process {what}"], Counter(sources=size)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="write the batches with problems here")
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    statements()  # before the processes, which inherit it
    for start in range(0, options.count, BATCH):
        seed, size = f"{options.seed}:{start}", min(BATCH, options.count - start)
        found, counted = in_a_process(seed, size)
        counts += counted + Counter(problems=len(found))
        print(f"\r{counts['sources']} of {options.count}", end="", file=sys.stderr, flush=True)
        for problem in found:
            print(f"batch {seed}: {problem}", flush=True)
        if found and options.keep is not None:
            kept = options.keep / seed.replace(":", "-")
            shutil.rmtree(kept, ignore_errors=True)
            write(batch(seed, size), kept)
    print(
        ", ".join(
            f"{key} {counts[key]}"
            for key in ("sources", "compile", "changed", "findings", "fixed", "problems")
        )
    )
    return 1 if counts["problems"] else 0


if __name__ == "__main__":
    sys.exit(main())
