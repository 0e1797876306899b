"""The prologue of a file: its module-level statements above the first function or class.

That is where imports go. Only this slice is parsed, because it is read for every file with an
undefined name and the rest of the file says nothing about where an import belongs.
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING

from fixer.facts.model import Prologue, Statement
from fixer.import_statement import Import

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEFINITION = re.compile(r"^(?:def\b|class\b|async\b|@)", re.MULTILINE)
_LICENCE = re.compile(r"copyright|licen[cs]e|spdx", re.IGNORECASE)
_ATTEMPTS = 4  # a docstring may have lines that look like a definition

# Statements that linters allow above imports: measured with ruff 0.17, rule E402.
_ALLOWED_BLOCKS: tuple[type[ast.stmt], ...] = (
    ast.If,
    ast.Try,
    ast.With,
    ast.AsyncWith,
    ast.Match,
    *((ast.TryStar,) if hasattr(ast, "TryStar") else ()),
)
_ALLOWED_CALLS = frozenset(
    {
        "matplotlib.use",
        "os.putenv",
        "os.unsetenv",
        "os.environ.clear",
        "os.environ.pop",
        "os.environ.popitem",
        "os.environ.setdefault",
        "os.environ.update",
        "pytest.importorskip",
    }
)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def read_prologue(source: str) -> Prologue:
    """The statements of `source` down to its first function or class.

    `source` is decoded text with its own line ends; a byte order mark counts for nothing. Raises
    SyntaxError where the file does not parse.
    """
    text = source.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    total = text.count("\n") + (not text.endswith("\n") and text != "")
    body, text = _parse_slice(text)
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    for node in body:
        if isinstance(node, _DEFINITIONS):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            del lines[first - 1 :]
            break
    statements = tuple(_statements(body, lines))
    return Prologue(statements, tuple(lines), _header_end(lines, statements), total)


def _parse_slice(text: str) -> tuple[list[ast.stmt], str]:
    """The statements above the first definition (more where that line is in a string), and their text."""
    for attempt, match in enumerate(_DEFINITION.finditer(text)):
        if attempt == _ATTEMPTS:
            break
        part = text[: match.start()]
        try:
            return _parse(part), part
        except SyntaxError:
            continue
    return _parse(text), text


def _parse(text: str) -> list[ast.stmt]:
    with warnings.catch_warnings():  # invalid escapes in the user's strings are not our concern
        warnings.simplefilter("ignore")
        return ast.parse(text).body


def _header_end(lines: list[str], statements: tuple[Statement, ...]) -> int:
    """The last line of the comments that are the file's own. A comment that touches the first definition
    or other code is about that code, unless it is a licence or one that must stay where it is."""
    first = statements[0].line if statements else len(lines) + (lines[-1:] != [""])
    comments = [number for number in range(1, first) if lines[number - 1].strip().startswith("#")]
    if statements and statements[0].kind != "other":
        return comments[-1] if comments else 0
    attached = first
    while attached - 1 in comments and not _stays(lines[attached - 2], attached - 1):
        attached -= 1
    if _LICENCE.search("\n".join(lines[attached - 1 : first - 1])):
        attached = first
    above = [number for number in comments if number < attached]
    return above[-1] if above else 0


def _stays(comment: str, number: int) -> bool:
    """Whether the comment on line `number` is a shebang or an encoding line (PEP 263)."""
    return (number == 1 and comment.startswith("#!")) or (number <= 2 and "coding" in comment)


def _statements(body: list[ast.stmt], lines: list[str]) -> Iterator[Statement]:
    bound: dict[str, str] = {}  # name -> the dotted name it was imported from
    for index, node in enumerate(body):
        if isinstance(node, _DEFINITIONS) and node.lineno > len(lines):
            return
        line = node.lineno
        end_line = node.end_lineno or line
        while end_line < len(lines) and lines[end_line - 1].rstrip("\x0c \t").endswith("\\"):
            if "#" in lines[end_line - 1]:
                break
            end_line += 1
        column = len(lines[line - 1].encode()[: node.col_offset].decode(errors="replace")) + 1
        if isinstance(node, ast.Import):
            names = _imported(node)
            _bind(names, bound)
            yield Statement("import", line, end_line, column, names[0].module, names)
        elif isinstance(node, ast.ImportFrom):
            names = _imported(node)
            _bind(names, bound)
            module = names[0].module
            kind = "future" if module == "__future__" else "from"
            yield Statement(kind, line, end_line, column, module, names)
        elif index == 0 and _is_string(node):
            yield Statement("docstring", line, end_line, column)
        else:
            kind, module = _other_kind(node, bound)
            yield Statement(kind, line, end_line, column, module, (), not _allowed(node, bound))


def _imported(node: ast.Import | ast.ImportFrom) -> tuple[Import, ...]:
    if isinstance(node, ast.Import):
        return tuple(Import(alias.name, None, alias.asname) for alias in node.names)
    module = "." * node.level + (node.module or "")
    return tuple(Import(module, alias.name, alias.asname) for alias in node.names)


def _bind(names: tuple[Import, ...], bound: dict[str, str]) -> None:
    for what in names:
        whole = what.module if what.asname else what.bound
        bound[what.bound] = whole if what.name is None else f"{what.module}.{what.name}"


def _is_string(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _dotted(node: ast.expr, bound: dict[str, str], *, imported: bool = False) -> str:
    """The dotted name that an expression such as `sys.path` means here, or an empty string.

    `imported`: only where the file has imported it by then, as ruff has it.
    """
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or (imported and node.id not in bound):
        return ""
    return ".".join([bound.get(node.id, node.id), *reversed(parts)])


def _called(node: ast.stmt, bound: dict[str, str], *, imported: bool = False) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return _dotted(node.value.func, bound, imported=imported)
    return ""


def _targets(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.Assign | ast.Delete):
        return node.targets
    if isinstance(node, ast.AugAssign | ast.AnnAssign):
        return [node.target]
    return []


def _allowed(node: ast.stmt, bound: dict[str, str]) -> bool:
    """Whether ruff's E402 lets imports follow this statement."""
    if isinstance(node, _ALLOWED_BLOCKS):
        return True
    called = _called(node, bound, imported=True)
    if called:
        return called in _ALLOWED_CALLS or called == "site.addsitedir" or called.startswith("sys.path.")
    for target in _targets(node):
        if isinstance(target, ast.Subscript):
            return _dotted(target.value, bound, imported=True) == "os.environ"
        if isinstance(node, ast.AugAssign):
            return _dotted(target, bound, imported=True) in {"sys.path", "os.environ"}
        if isinstance(target, ast.Name):
            return (
                target.id.startswith("__")
                and target.id.endswith("__")
                and isinstance(node, ast.Assign | ast.AnnAssign)
                and node.value is not None
            )
    return False


def _other_kind(node: ast.stmt, bound: dict[str, str]) -> tuple[str, str]:
    """The kind of a statement that is neither docstring nor import, and the module it guards."""
    if isinstance(node, _DEFINITIONS):
        return "other", ""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import | ast.ImportFrom):
            _bind(_imported(inner), bound)
        elif isinstance(inner, ast.stmt) and _changes_path(inner, bound):
            return "path-change", ""
    value = node.value if isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign) else None
    if (
        isinstance(value, ast.Call)
        and _dotted(value.func, bound) == "pytest.importorskip"
        and value.args
        and isinstance(value.args[0], ast.Constant)
        and isinstance(value.args[0].value, str)
    ):
        return "import-guard", value.args[0].value
    return "other", ""


def _changes_path(node: ast.stmt, bound: dict[str, str]) -> bool:
    called = _called(node, bound)
    if called == "site.addsitedir" or called.startswith("sys.path."):
        return True
    for target in _targets(node):
        if isinstance(target, ast.Subscript):
            target = target.value
        if _dotted(target, bound) == "sys.path":
            return True
    return False
