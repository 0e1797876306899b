"""Calls of network clients that are given one of a set of addresses, by the function they stand in."""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING

from fixer.facts.expression import dotted_name
from fixer.frozen import dataclass
from fixer.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "request", "stream"})
# What connects, or makes a client that will, by the module that has it.
_CALLABLES: dict[str, frozenset[str]] = {
    "websockets": frozenset({"connect"}),
    "httpx": _VERBS | {"Client", "AsyncClient"},
    "requests": _VERBS,
    "aiohttp": _VERBS | {"ClientSession", "ws_connect"},
    "urllib": frozenset({"urlopen", "urlretrieve"}),
    "asyncpg": frozenset({"connect", "create_pool"}),
    "psycopg": frozenset({"connect"}),
    "psycopg2": frozenset({"connect"}),
    "sqlalchemy": frozenset({"create_engine", "create_async_engine"}),
    "redis": frozenset({"Redis", "StrictRedis", "from_url"}),
    "socket": frozenset({"create_connection", "connect"}),
}
_CLIENTS = frozenset({"Client", "AsyncClient", "ClientSession", "Session", "socket", "Redis"})
# Words of a function that say it copes with a service that is down, or never gets there.
_GUARDS = re.compile(
    r"skip|raises|assertRaises|xfail|patch|mock|Mock|respx|responses|transport|suppress|vcr|cassette"
)
_SETTING = re.compile(r"\b(host|port)\s*=\s*([\w.-]+)")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Reach:
    """A call at `span` that is given the address `place`, in the function of the module or class whose `def`
    or `async` is at `line` (from 1)."""

    function: str
    line: int
    place: str
    span: Span


def read_reaches(text: str, places: frozenset[str]) -> tuple[Reach, ...]:
    """The calls outside of `try`, in functions that nothing guards. A place is `host:port`, or a host alone.

    Raises what `ast.parse` raises: SyntaxError, ValueError, RecursionError or MemoryError.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in a test file is none of our business
        tree = ast.parse(text.replace("\r\n", "\n").replace("\r", "\n"))
    reader = _Reader(text, places, dict(_imported(tree)))
    if _is_guarded(tree.body):
        return ()
    return tuple(reader.block(tree.body, {}))


class _Reader:
    def __init__(self, text: str, places: frozenset[str], imported: Mapping[str, str]) -> None:
        self.lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self.places = places
        self.imported = imported
        words = "|".join(map(re.escape, sorted(places, key=len, reverse=True)))
        self.pattern = re.compile(rf"(?<![\w.-])(?:{words})(?![\w:.-])")

    def block(self, nodes: list[ast.stmt], known: Mapping[str, str]) -> Iterator[Reach]:
        """`known` are the names that hold an address."""
        names = {**known, **self.constants(nodes, known)}
        for node in nodes:
            if isinstance(node, ast.ClassDef):
                if not _is_decorated_by_guard(node) and not _is_guarded(node.body):
                    own = self.constants(node.body, names)
                    own = {
                        f"{owner}.{name}": place for name, place in own.items() for owner in ("self", "cls")
                    }
                    yield from self.block(node.body, {**names, **own})
            elif isinstance(node, _FUNCTIONS) and not _GUARDS.search(self.source(node)):
                yield from self.function(node, names)

    def source(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
        first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
        return "\n".join(self.lines[first - 1 : node.end_lineno])

    def function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, known: Mapping[str, str]
    ) -> Iterator[Reach]:
        names = dict(known)
        clients = set()
        for each in _walk(node):
            if isinstance(each, ast.Assign) and len(each.targets) == 1:
                names |= self.constants([each], names)
                if self.is_client(each.value):
                    clients.add(dotted_name(each.targets[0]))
            elif isinstance(each, ast.withitem) and self.is_client(each.context_expr):
                clients.add(dotted_name(each.optional_vars) if each.optional_vars else "")
        clients.discard("")
        for each in _walk(node):
            if isinstance(each, ast.Call) and self.connects(each, clients):
                place = self.address(each, names)
                if place is not None:
                    yield Reach(node.name, node.lineno, place, self.span(each.func))

    def connects(self, call: ast.Call, clients: set[str]) -> bool:
        name = dotted_name(call.func)
        owner, _, last = name.rpartition(".")
        if owner in clients:
            return last in _VERBS | {"ws_connect", "connect"}
        origin = self.imported.get(name.partition(".")[0], "")
        return last_of(origin, name) in _CALLABLES.get(origin.partition(".")[0], ())

    def is_client(self, node: ast.expr) -> bool:
        if not isinstance(node, ast.Call):
            return False
        name = dotted_name(node.func)
        origin = self.imported.get(name.partition(".")[0], "")
        return origin.partition(".")[0] in _CALLABLES and last_of(origin, name) in _CLIENTS

    def address(self, call: ast.Call, names: Mapping[str, str]) -> str | None:
        said = {each.arg: each.value for each in call.keywords if each.arg is not None}
        given = [*call.args, *said.values()]
        found = next((place for each in given if (place := self.place(each, names)) is not None), None)
        if found is None and {"host", "port"} <= said.keys():
            return self.pair([said["host"], said["port"]])
        return found

    def place(self, node: ast.expr, names: Mapping[str, str]) -> str | None:
        """The address that an expression holds, as far as it is literal."""
        if isinstance(node, ast.Constant):
            return self.written(node.value) if isinstance(node.value, str) else None
        if isinstance(node, ast.Name | ast.Attribute):
            return names.get(dotted_name(node))
        if isinstance(node, ast.Tuple):
            return self.pair(node.elts)
        parts: list[ast.expr] = []
        if isinstance(node, ast.Call) and dotted_name(node.func).endswith("Request"):
            parts = [*node.args, *(each.value for each in node.keywords)]  # urllib.request.Request(url)
        elif isinstance(node, ast.JoinedStr):
            parts = [each.value if isinstance(each, ast.FormattedValue) else each for each in node.values]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            parts = [node.left, node.right]
        return next((place for each in parts if (place := self.place(each, names)) is not None), None)

    def written(self, text: str) -> str | None:
        """The address in a text: a URL, or PostgreSQL's `host=... port=...` (libpq, 34.1.1.1)."""
        match = self.pattern.search(text)
        if match:
            return match[0]
        said = dict(_SETTING.findall(text))
        place = f"{said.get('host', '')}:{said.get('port', 5432)}"
        return place if place in self.places else None

    def pair(self, nodes: list[ast.expr]) -> str | None:
        values = [each.value for each in nodes if isinstance(each, ast.Constant)]
        text = ":".join(map(str, values)) if len(values) == 2 == len(nodes) else ""
        return text if text in self.places else None

    def constants(self, nodes: list[ast.stmt], known: Mapping[str, str]) -> dict[str, str]:
        """The names that assignments give an address."""
        found: dict[str, str] = {}
        for node in nodes:
            if isinstance(node, ast.Assign):
                place = self.place(node.value, {**known, **found})
                if place is not None:
                    found |= {name: place for target in node.targets if (name := dotted_name(target))}
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                place = self.place(node.value, {**known, **found})
                if place is not None:
                    found[dotted_name(node.target)] = place
        return found

    def span(self, node: ast.expr) -> Span:
        line, end_line = node.lineno, node.end_lineno or node.lineno
        return Span(
            line,
            self.column(line, node.col_offset),
            end_line,
            self.column(end_line, node.end_col_offset or 0),
        )

    def column(self, line: int, offset: int) -> int:
        return len(self.lines[line - 1].encode()[:offset].decode(errors="replace")) + 1


def last_of(origin: str, name: str) -> str:
    """The last word of what `name` means, when its first word is imported as `origin`."""
    return f"{origin}.{name.partition('.')[2]}".strip(".").rpartition(".")[2]


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes below, in order, but none below `try`, which copes with what fails in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.Try) and type(child).__name__ != "TryStar":
            yield child
            yield from _walk(child)


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """The names that imports of clients bind anywhere in the file, and what they mean."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                top = each.name.partition(".")[0]
                yield each.asname or top, each.name if each.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for each in node.names:
                yield each.asname or each.name, f"{node.module}.{each.name}"


def _is_guarded(nodes: list[ast.stmt]) -> bool:
    """Whether marks of a module or class, or a call at its level, skip what stands in it."""
    for node in nodes:
        if isinstance(node, ast.Assign) and any(
            dotted_name(target) == "pytestmark" for target in node.targets
        ):
            return _GUARDS.search(ast.unparse(node.value)) is not None
        if isinstance(node, ast.Expr) and "skip" in ast.unparse(node.value):
            return True
    return False


def _is_decorated_by_guard(node: ast.ClassDef) -> bool:
    return any(_GUARDS.search(ast.unparse(each)) for each in node.decorator_list)
