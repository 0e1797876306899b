"""Edits into source: by splicing single statements, or over a whole module with the same result."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import MetadataWrapper

from fixer.call_edits import CALL_EDITS, RenameKey
from fixer.codemods.add_import import AddImports, new_statements
from fixer.codemods.call_arguments import CallArguments
from fixer.codemods.errors import EditError
from fixer.codemods.rename_name import RenameNames
from fixer.codemods.replace_import import ReplaceImports
from fixer.codemods.replace_name import ReplaceNames
from fixer.codemods.statement_lines import enclosing_lines, frame, import_lines, statement_spans
from fixer.codemods.together import Together
from fixer.edits import (
    AddImport,
    Edit,
    JoinImport,
    NewImport,
    RemoveImport,
    RenameName,
    ReplaceImport,
    ReplaceName,
)
from fixer.span import moved

if TYPE_CHECKING:
    from collections.abc import Sequence

_BOM = "\ufeff"


def apply_edits(source: str, edits: Sequence[Edit]) -> str:
    """`source` with the edits made; every byte outside the touched statements is the same.

    `source` is decoded text with its own line ends; lines end at CRLF, LF or CR only. Raises EditError
    where an edit does not fit the source.
    """
    if not edits:
        return source
    bom, text = source[: source.startswith(_BOM)], source.removeprefix(_BOM)
    newline = prevailing_newline(text)
    lines = split_lines(text)
    inserts: dict[int, list[AddImport]] = {}
    within: list[Edit] = []
    gone: list[tuple[int, int]] = []
    for edit in edits:
        if isinstance(edit, AddImport) and isinstance(edit.place, NewImport):
            inserts.setdefault(edit.place.line, []).append(edit)
        elif isinstance(edit, RemoveImport) and edit.lines is not None:
            gone.append(edit.lines)
        else:
            within.append(edit)
    for (first, last), group in _by_statement(text, lines, within).items():
        piece = "".join(lines[first - 1 : last])
        lines[first - 1 : last] = [_changed(piece, group, first, newline), *[""] * (last - first)]
    for first, last in gone:
        lines[first - 1 : last] = [""] * (last - first + 1)
    unended = text != "" and not text.endswith(("\n", "\r"))
    for line in sorted(inserts, reverse=True):
        if not 1 <= line <= len(lines) + 1:
            raise EditError(f"line {line}: the file has only {len(lines)} lines")
        if line == len(lines) + 1 and unended:
            lines[-1] += newline
            lines.append(_new_text(inserts[line], newline).removesuffix(newline))
        else:
            lines.insert(line - 1, _new_text(inserts[line], newline))
    return bom + "".join(lines)


def apply_to_module(source: str, edits: Sequence[Edit]) -> str:
    """The same as `apply_edits`, by LibCST over the whole module: much slower, used to check the other."""
    bom, text = source[: source.startswith(_BOM)], source.removeprefix(_BOM)
    return bom + _transformed(text, edits, prevailing_newline(text))


def prevailing_newline(text: str) -> str:
    """The line end that most lines have; LF where there is none."""
    crlf = text.count("\r\n")
    counts = {"\n": text.count("\n") - crlf, "\r\n": crlf, "\r": text.count("\r") - crlf}
    return max(counts, key=lambda newline: counts[newline])


def split_lines(text: str) -> list[str]:
    """The lines with their ends, as Python counts them: form feeds and the like end no line."""
    if "\r" not in text:
        lines = text.split("\n")
        return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)


def _by_statement(
    text: str, lines: Sequence[str], edits: Sequence[Edit]
) -> dict[tuple[int, int], list[Edit]]:
    """Edits grouped by the first and last line of the statement they are in."""
    groups: dict[tuple[int, int], list[Edit]] = {}
    spans: list[tuple[int, int]] = []
    for edit in edits:
        line = _line(edit)
        if not 1 <= line <= len(lines):
            raise EditError(f"line {line}: the file has only {len(lines)} lines")
        of_import = isinstance(edit, AddImport | ReplaceImport | RemoveImport)
        where = import_lines(lines, line) if of_import else None
        if where is None:
            spans = spans or statement_spans(text, lines)
            where = enclosing_lines(spans, line)
        groups.setdefault(where, []).append(edit)
    return groups


def _line(edit: Edit) -> int:
    if isinstance(edit, (RenameName, ReplaceName, *CALL_EDITS)):
        return edit.span.line
    if isinstance(edit, ReplaceImport | RemoveImport):
        return edit.line
    if edit.place is None:
        raise EditError(f"`{edit.text}` has no place yet")
    return edit.place.line


def _changed(piece: str, edits: Sequence[Edit], first: int, newline: str) -> str:
    """One statement, or the header of one, after its edits."""
    if newline == "\r":  # LibCST does not read it
        return _changed(piece.replace("\r", "\n"), edits, first, "\n").replace("\n", "\r")
    prefix, suffix = "", ""
    if (
        any(isinstance(edit, (RenameName, ReplaceName, *CALL_EDITS)) for edit in edits)
        or piece[:1] in " \t\x0c"
    ):
        prefix, suffix = frame(piece, newline)
    shift = prefix.count("\n") + 1 - first
    result = _transformed(prefix + piece + suffix, [_moved(edit, shift) for edit in edits], newline)
    return result[len(prefix) : len(result) - len(suffix)]


def _new_text(edits: Sequence[AddImport], newline: str) -> str:
    if newline == "\r":
        return _new_text(edits, "\n").replace("\n", "\r")
    empty = cst.Module([], default_newline=newline)
    statements, blank_after = new_statements(edits, empty)
    return empty.with_changes(body=statements).code + newline * blank_after


def _transformed(text: str, edits: Sequence[Edit], newline: str) -> str:
    try:
        module = cst.parse_module(text, cst.PartialParserConfig(default_newline=newline))
    except cst.ParserSyntaxError as error:
        raise EditError(f"LibCST cannot parse the statement: {error.message}") from error
    if module.code != text:
        raise EditError("LibCST does not give this text back unchanged")
    imports = ReplaceImports([edit for edit in edits if isinstance(edit, ReplaceImport | RemoveImport)])
    parts: list[cst.CSTTransformer] = []
    if any(isinstance(edit, RenameName) for edit in edits):
        parts.append(RenameNames([edit for edit in edits if isinstance(edit, RenameName)]))
    if any(isinstance(edit, ReplaceName) for edit in edits):
        parts.append(ReplaceNames([edit for edit in edits if isinstance(edit, ReplaceName)]))
    of_calls = [edit for edit in edits if isinstance(edit, CALL_EDITS)]
    if of_calls:
        parts.append(CallArguments(of_calls))
    parts += [imports, AddImports([edit for edit in edits if isinstance(edit, AddImport)])]
    changed = MetadataWrapper(module, unsafe_skip_copy=True).visit(Together(parts))
    return imports.sweep(changed).code


def _moved(edit: Edit, lines: int) -> Edit:
    if isinstance(edit, RenameName | ReplaceName | RenameKey):
        return replace(edit, span=moved(edit.span, lines))
    if isinstance(edit, CALL_EDITS):
        return replace(edit, call=moved(edit.call, lines))
    if isinstance(edit, ReplaceImport | RemoveImport):
        return replace(edit, line=edit.line + lines)
    if isinstance(edit.place, JoinImport):
        return replace(edit, place=replace(edit.place, line=edit.place.line + lines))
    return edit
