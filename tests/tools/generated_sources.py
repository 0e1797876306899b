"""Repairs sources that were cut, joined and mangled at random, and says what went wrong.

    python tests/tools/generated_sources.py [--count N] [--seed N] [--keep FOLDER]

The material is the repository's own: the corpus, the tests, the pages' examples. Each batch of sources is a project
that a process of its own repairs twice, so that a crash of the interpreter is one finding and not the end. Of
every source: what compiled before compiles after; what does not compile is left alone; every line that went is
part of a statement that a repair was to edit; the syntax tree without imports is the same where the repairs are
imports; the second run has nothing to do. `tests/test_generated_sources.py` runs a few.
"""

from __future__ import annotations

import argparse
import ast
import multiprocessing
import random
import re
import shutil
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
BATCH = 200
SLOWEST = 300  # seconds for a batch, after which it hangs
IMPORTS = ("TF101", "TF102")
CONFIGURATION = '[tool.testfix]\nextend-select = ["TF103"]\nunsafe-fixes = true\n'
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


def _tree(source: bytes) -> list[ast.stmt] | None:
    """What the compiler takes, None for what it does not take."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source, "<generated>", "exec", dont_inherit=True)
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
    from fixer.finding import Finding

    write(sources, folder)
    config = load(folder)
    counts: Counter[str] = Counter(sources=len(sources))
    first = repair(config=config, cwd=folder)
    by_path: dict[str, list[Finding]] = {}
    for finding in first.findings:
        if first.is_fixed(finding):
            for path in {edit.path for edit in finding.fix.edits} if finding.fix else ():
                by_path.setdefault(path, []).append(finding)
    found: list[str] = []
    for number, before in enumerate(sources):
        path = f"tests/test_{number:03}.py"
        after = (folder / path).read_bytes()
        counts["compile"] += _tree(before) is not None
        counts["changed"] += before != after
        if before != after:
            found += [f"{path}: {problem}" for problem in _wrong(before, after, by_path.get(path, []))]
    again = repair(config=config, cwd=folder)
    found += [f"{change.path}: the second run changes it" for change in again.changes]
    ours = {(f.path, f.code, f.name) for f in first.left}
    new = [f for f in again.findings if (f.path, f.code, f.name) not in ours]
    found += [f"{f.path}:{f.span.line}: {f.code} {f.name} is new after the repair" for f in new]
    counts["findings"] += len(first.findings)
    counts["fixed"] += len(first.findings) - len(first.left)
    return found, counts


def _wrong(before: bytes, after: bytes, fixed: Sequence[object]) -> Iterator[str]:
    old, new = _tree(before), _tree(after)
    if old is None:
        yield "it did not compile and was changed all the same"
        return
    if new is None:
        yield "it compiled, and does not any more"
        return
    yield from _lost_lines(before, after, old, fixed)
    if all(getattr(finding, "code", "") in IMPORTS for finding in fixed) and _rest(old) != _rest(new):
        yield "more than imports has changed"


def _rest(body: Sequence[ast.stmt]) -> list[str]:
    """The tree without imports and positions."""
    try:
        return [ast.dump(_NoImports().visit(node)) for node in body if not isinstance(node, IMPORT)]
    except RecursionError:
        return []


IMPORT = (ast.Import, ast.ImportFrom)


class _NoImports(ast.NodeTransformer):
    def visit_Import(self, node: ast.Import) -> ast.AST:
        return ast.Pass()

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        return ast.Pass()


def _lines(source: bytes) -> list[bytes]:
    return re.findall(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", source.removeprefix(b"\xef\xbb\xbf"))


def _lost_lines(
    before: bytes, after: bytes, tree: Sequence[ast.stmt], fixed: Sequence[object]
) -> Iterator[str]:
    """Lines that went and are in no statement that was to be edited."""
    old, new = _lines(before), _lines(after)
    named = {line for finding in fixed for line in _edited(finding)}
    free: set[int] = set()
    for node in (inner for each in tree for inner in ast.walk(each)):
        if isinstance(node, ast.stmt):
            last = node.end_lineno or node.lineno
            body = getattr(node, "body", None)
            header = max(body[0].lineno - 1, node.lineno) if body else last
            first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
            if isinstance(node, IMPORT) or not named.isdisjoint(range(first, header + 1)):
                free.update(range(first, header + 1))
    for tag, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal" or new_end == len(new) and not old[-1].endswith((b"\n", b"\r")):
            continue
        lost = [line for line in range(start + 1, end + 1) if line not in free and old[line - 1].strip()]
        if lost:
            yield f"line {lost[0]} went and was not to be edited: {old[lost[0] - 1][:60]!r}"


def _edited(finding: object) -> Iterator[int]:
    yield finding.span.line  # type: ignore[attr-defined]
    for edit in finding.fix.edits:  # type: ignore[attr-defined]
        for name in ("span", "call"):
            if hasattr(edit, name):
                yield getattr(edit, name).line
        if hasattr(edit, "line"):
            yield edit.line


def batch(seed: str, size: int) -> list[bytes]:
    chance = random.Random(seed)
    return [generate(chance) for _ in range(size)]


def _child(seed: str, size: int, answers: multiprocessing.Queue[tuple[list[str], Counter[str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        answers.put(problems(batch(seed, size), Path(folder) / "suite"))


def in_a_process(seed: str, size: int) -> tuple[list[str], Counter[str]]:
    """The same as `problems`; a crash or a hang of the process is a problem, too."""
    context = multiprocessing.get_context("spawn")
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
    for start in range(0, options.count, BATCH):
        seed, size = f"{options.seed}:{start}", min(BATCH, options.count - start)
        found, counted = in_a_process(seed, size)
        counts += counted + Counter(problems=len(found))
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
