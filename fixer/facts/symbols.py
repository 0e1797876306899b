"""What the compiler's symbol table says of a file: which names nothing binds.

CPython resolves every name of a file before it runs a line of it. That table costs half of what
`ast.parse` costs and needs no walk over syntax, so nearly every file is acquitted by it alone.
`_symtable` is what the standard library's `symtable` wraps; the wrappers would cost more than the table.
"""

from __future__ import annotations

import sys
import warnings
from _symtable import (  # type: ignore[import-not-found]
    CELL,
    DEF_ANNOT,
    DEF_BOUND,
    DEF_GLOBAL,
    DEF_IMPORT,
    GLOBAL_EXPLICIT,
    GLOBAL_IMPLICIT,
    SCOPE_MASK,
    SCOPE_OFF,
    TYPE_CLASS,
    symtable,
)
from typing import TYPE_CHECKING, Any, TypeAlias

from fixer.facts.builtin_names import BUILTIN_NAMES
from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Table: TypeAlias = Any  # _symtable.symtable entry: name, lineno, symbols, children

_SCOPE = SCOPE_MASK << SCOPE_OFF
_FREE_GLOBAL = GLOBAL_IMPLICIT << SCOPE_OFF
_DECLARED_GLOBAL = GLOBAL_EXPLICIT << SCOPE_OFF
# CPython 3.12+ inlines comprehensions (PEP 709) and lists their targets with the enclosing scope, marked
# by DEF_COMP_ITER (2 << 8, not exported). Such a mark on a module's name means: bound by no more than that.
_COMPREHENSION_ONLY = 2 << 8
_INLINES = sys.version_info >= (3, 12)
_CELL = CELL << SCOPE_OFF
_CLASS = (TYPE_CLASS, "class")


@dataclass(frozen=True, slots=True)
class Scopes:
    """`unbound` holds names that some scope reads as a global and that the module does not seem to bind.

    A name in `doubtful` is one of them of which the table alone cannot say it: its only binding is an
    annotation without a value, a comprehension's target, or perhaps `:=` in a comprehension; or it is bound
    in a class body and perhaps read in a comprehension there, which does not see it. The last kind is in
    `hidden`, by the class's (line, name). `read` are names that the module binds and that functions or
    classes in it read. `imported` holds every name that an import statement binds, anywhere. `table` is the
    compiler's own.
    """

    unbound: frozenset[str]
    doubtful: frozenset[str]
    hidden: Mapping[tuple[int, str], frozenset[str]]
    read: frozenset[str]
    imported: frozenset[str]
    table: Table


def read_scopes(source: bytes) -> Scopes:
    """The scopes of a module. Raises what `compile` raises: SyntaxError, ValueError (null bytes),
    RecursionError or MemoryError (nesting too deep for the compiler)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in a test file is none of our business
        top = symtable(source, "<test file>", "exec")
    unbound: set[str] = set()
    imported: set[str] = set()
    tables = [top]
    for table in tables:  # grows while it is walked
        tables += table.children
        for name, flags in table.symbols.items():
            if flags & _SCOPE == _FREE_GLOBAL:
                unbound.add(name)
            elif flags & DEF_IMPORT:
                imported.add(name)
    module = top.symbols
    declared = {name for name, flags in module.items() if flags & DEF_GLOBAL and not flags & DEF_BOUND}
    if declared:  # `global x` in some function (bound if one of those assigns it), or `:=`
        unbound |= declared
        for table in tables:
            for name in declared & table.symbols.keys():
                flags = table.symbols[name]
                if flags & DEF_GLOBAL and flags & DEF_BOUND:
                    unbound.discard(name)
    unbound -= BUILTIN_NAMES
    bound = {name for name in unbound if module.get(name, 0) & DEF_BOUND}
    doubtful = {name for name in bound if module[name] & (DEF_ANNOT | _COMPREHENSION_ONLY)}
    if doubtful:  # `x: int` at the margin, and `global x` in a function that assigns it
        bind = DEF_GLOBAL, DEF_BOUND
        doubtful -= {
            name
            for table in tables[1:]
            for name in doubtful & table.symbols.keys()
            if all(table.symbols[name] & flag for flag in bind)
        }
    unbound -= bound - doubtful
    doubtful |= declared & unbound
    hidden = _hidden_by_classes(tables, module) if _INLINES else {}
    for names in hidden.values():
        unbound |= names
        doubtful |= names
    return Scopes(frozenset(unbound), frozenset(doubtful), hidden, frozenset(bound), frozenset(imported), top)


def _hidden_by_classes(
    tables: Iterable[Table], module: Mapping[str, int]
) -> dict[tuple[int, str], frozenset[str]]:
    """Names of class bodies that an inlined comprehension there may read, but does not see (PEP 709)."""
    found = {}
    parents = {child.id: table for table in tables for child in table.children}
    for table in tables:
        if table.type not in _CLASS or not any(
            flags & _COMPREHENSION_ONLY for flags in table.symbols.values()
        ):
            continue
        names = {
            name
            for name, flags in table.symbols.items()
            if flags & DEF_BOUND and not flags & _COMPREHENSION_ONLY
        }
        names -= BUILTIN_NAMES
        around = parents.get(table.id)
        while around is not None:  # what a function around the class binds, the comprehension does see
            names -= {name for name, flags in around.symbols.items() if flags & _SCOPE == _CELL}
            around = parents.get(around.id)
        names -= {name for name in names if module.get(name, 0) & DEF_BOUND}
        if names:
            found[(table.lineno, table.name)] = frozenset(names)
    return found


def module_names(scopes: Scopes) -> frozenset[str]:
    """The names that the module's own scope binds."""
    return frozenset(
        name
        for name, flags in scopes.table.symbols.items()
        if flags & DEF_BOUND and not flags & _COMPREHENSION_ONLY
    )


def global_names(source: bytes) -> tuple[frozenset[str], frozenset[str]]:
    """For statements of a module by themselves: the names that they, and all scopes in them, take from the
    module or from Python's builtins; and those that functions in them bind there (`global`).

    Raises what `read_scopes` raises.
    """
    top = read_scopes(source).table
    tables = [top]
    read: set[str] = set()
    written: set[str] = set()
    for table in tables:
        tables += table.children
        for name, flags in table.symbols.items():
            scope = flags & _SCOPE
            if scope in (_FREE_GLOBAL, _DECLARED_GLOBAL):
                read.add(name)
            if table is not top and scope == _DECLARED_GLOBAL and flags & DEF_BOUND:
                written.add(name)
    bound = {name for name, flags in top.symbols.items() if flags & DEF_BOUND} - written
    return frozenset(read - bound), frozenset(written)


def local_names(scopes: Scopes) -> frozenset[str]:
    """Those of the unbound names that another scope of the file binds for itself, imports aside."""
    tables = [scopes.table]
    for table in tables:
        tables += table.children
    return frozenset(
        name
        for table in tables
        for name in scopes.unbound & table.symbols.keys()
        if table.symbols[name] & DEF_BOUND and not table.symbols[name] & (DEF_IMPORT | DEF_GLOBAL)
    )


def unbound_by_scope(scopes: Scopes) -> dict[tuple[int, str], frozenset[str]]:
    """For each scope that reads an unbound name: (its 1-based line, its name) -> those names.

    The module is (0, "top"). Scopes that share line and name (two lambdas on one line) are merged.
    """
    found: dict[tuple[int, str], frozenset[str]] = {}
    tables = [scopes.table]
    for table in tables:
        tables += table.children
        names = {
            name
            for name in scopes.unbound & table.symbols.keys()
            if table.symbols[name] & _SCOPE in (_FREE_GLOBAL, _DECLARED_GLOBAL)
        }
        if names:
            key = (table.lineno, table.name)
            found[key] = found.get(key, frozenset()) | names
    return found


def function_lines(scopes: Scopes) -> frozenset[int]:
    """The 1-based lines on which functions (and the other scopes) begin, as the compiler saw them."""
    tables = [scopes.table]
    for table in tables:
        tables += table.children
    return frozenset(table.lineno for table in tables)
