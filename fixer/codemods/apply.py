"""Edits into source: by splicing single statements, or over a whole module with the same result."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import libcst as cst
from libcst.metadata import MetadataWrapper

from fixer.call_edits import CALL_EDITS, RenameKey
from fixer.codemods.add_decorator import AddDecorators
from fixer.codemods.add_fixture import AddFixtures, with_fixture
from fixer.codemods.add_import import AddImports, new_statements
from fixer.codemods.add_module import new_module
from fixer.codemods.add_parameter import AddParameters
from fixer.codemods.add_plugin_module import AddPluginModules, new_plugins, plugins_place
from fixer.codemods.call_arguments import CallArguments
from fixer.codemods.definition_lines import lines_to_remove
from fixer.codemods.depth import is_too_deep
from fixer.codemods.errors import TOO_DEEP, EditError
from fixer.codemods.remove_definition import RemoveDefinitions
from fixer.codemods.rename_name import RenameNames
from fixer.codemods.rename_parameter import RenameParameters
from fixer.codemods.replace_comment import ReplaceComments, without_comments
from fixer.codemods.replace_import import ReplaceImports
from fixer.codemods.replace_in_string import ReplaceInStrings
from fixer.codemods.replace_name import ReplaceNames
from fixer.codemods.statement_lines import Statements, frame, import_lines
from fixer.codemods.together import Together
from fixer.edits import (
    AddDecorator,
    AddImport,
    AddParameter,
    AddPluginModule,
    Edit,
    JoinImport,
    NewImport,
    RemoveDefinition,
    RemoveImport,
    RenameName,
    RenameParameter,
    ReplaceComment,
    ReplaceImport,
    ReplaceInString,
    ReplaceName,
)
from fixer.fixture_edits import AddFixture, AddModule
from fixer.span import moved

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_BOM = "\ufeff"
_BLANK_START = re.compile(r"(?:[ \t\f]*(?:\r\n|\r|\n))+")
_CODEMODS: dict[type[Edit], Callable[[list[Any]], cst.CSTTransformer]] = {
    RenameName: RenameNames,
    ReplaceName: ReplaceNames,
    ReplaceInString: ReplaceInStrings,
    RenameParameter: RenameParameters,
    AddParameter: AddParameters,
    AddDecorator: AddDecorators,
    ReplaceComment: ReplaceComments,
}


def apply_edits(source: str, edits: Sequence[Edit], newline: str | None = None) -> str:
    """`source` with the edits made; every byte outside the touched statements is the same.

    `source` is decoded text with its own line ends; lines end at CRLF, LF or CR only. New lines end as most
    of it do or, in an empty file, in `newline`. Raises EditError where an edit does not fit the source.
    """
    if not edits:
        return source
    bom, text = source[: source.startswith(_BOM)], source.removeprefix(_BOM)
    newline = prevailing_newline(text, newline)
    if any(isinstance(edit, AddModule) for edit in edits):
        return new_module(source, edits, newline)
    lines = split_lines(text)
    sorted_out = _Sorted(edits)
    blank = without_comments(lines, sorted_out.comments)
    text = "".join(lines) if sorted_out.comments else text
    removed = lines_to_remove(text, lines, sorted_out.definitions) if sorted_out.definitions else ()
    for (first, last), group in _by_statement(text, lines, sorted_out.within).items():
        piece = "".join(lines[first - 1 : last])
        lines[first - 1 : last] = [_changed(piece, group, first, newline), *[""] * (last - first)]
    for first, last in sorted_out.gone:
        lines[first - 1 : last] = [""] * (last - first + 1)
    for line in (*removed, *(line for line in blank if not lines[line - 1].strip())):
        lines[line - 1] = ""
    new = {line: _new_text(group, newline) for line, group in sorted_out.inserts.items()}
    text = _with_lines(lines, new, newline)
    if removed and not source.endswith(("\n", "\r")):
        text = text.removesuffix(newline)
    text = _without_blank_start(text, source)
    if sorted_out.plugins:
        text = _with_plugins(text, sorted_out.plugins, newline)
    for edit in sorted_out.fixtures:
        text = with_fixture(text, edit, newline)
    return bom + text


def apply_to_module(source: str, edits: Sequence[Edit], newline: str | None = None) -> str:
    """The same as `apply_edits`, by LibCST over the whole module: much slower, used to check the other."""
    bom, text = source[: source.startswith(_BOM)], source.removeprefix(_BOM)
    newline = prevailing_newline(text, newline)
    if any(isinstance(edit, AddModule) for edit in edits):
        return new_module(source, edits, newline)
    text = _without_blank_start(_transformed(text, edits, newline), source)
    plugins = [edit for edit in edits if isinstance(edit, AddPluginModule)]
    if plugins:
        place = plugins_place(text, split_lines(text))
        text = _visited(text, [AddPluginModules(plugins, place)], newline).code
    fixtures = [edit for edit in edits if isinstance(edit, AddFixture)]
    return bom + _visited(text, [AddFixtures(fixtures)], newline).code


def _without_blank_start(text: str, source: str) -> str:
    """The text without blank lines at its start, which appear where all that stood above them went."""
    blank = _BLANK_START.match(text)
    if blank is None or _BLANK_START.match(source.removeprefix(_BOM)):
        return text
    return text[blank.end() :]


class _Sorted:
    """The edits of one file by how they are spliced in."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self.inserts: dict[int, list[AddImport]] = {}  # by the line above which a statement goes
        self.within: list[Edit] = []  # in a statement that is there
        self.gone: list[tuple[int, int]] = []  # lines
        self.definitions: list[RemoveDefinition] = []
        self.plugins: list[AddPluginModule] = []
        self.fixtures: list[AddFixture] = []
        self.comments: list[ReplaceComment] = []
        for edit in edits:
            if isinstance(edit, AddImport) and isinstance(edit.place, NewImport):
                self.inserts.setdefault(edit.place.line, []).append(edit)
            elif isinstance(edit, RemoveImport) and edit.lines is not None:
                self.gone.append(edit.lines)
            elif isinstance(edit, RemoveDefinition):
                self.definitions.append(edit)
            elif isinstance(edit, AddPluginModule):
                self.plugins.append(edit)
            elif isinstance(edit, AddFixture):
                self.fixtures.append(edit)
            elif isinstance(edit, ReplaceComment):
                self.comments.append(edit)
            else:
                self.within.append(edit)


def prevailing_newline(text: str, otherwise: str | None = None) -> str:
    """The line end that most lines have; `otherwise`, or LF, where there is none."""
    if otherwise is not None and "\n" not in text and "\r" not in text:
        return otherwise
    crlf = text.count("\r\n")
    counts = {"\n": text.count("\n") - crlf, "\r\n": crlf, "\r": text.count("\r") - crlf}
    return max(counts, key=lambda newline: counts[newline])


def split_lines(text: str) -> list[str]:
    """The lines with their ends, as Python counts them: form feeds and the like end no line."""
    if "\r" not in text:
        lines = text.split("\n")
        return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)


def _with_lines(lines: list[str], new: Mapping[int, str], newline: str) -> str:
    """The text with new lines, each just above the line that is its key; an end that is missing stays so."""
    text = "".join(lines)
    unended = text != "" and not text.endswith(("\n", "\r"))
    for line in sorted(new, reverse=True):
        if not 1 <= line <= len(lines) + 1:
            raise EditError(f"line {line}: the file has only {len(lines)} lines")
        if line == len(lines) + 1 and unended:
            lines[-1] += newline
            lines.append(new[line].removesuffix(newline))
        else:
            lines.insert(line - 1, _kept_apart(new[line], lines[line - 2 : line - 1], lines[line - 1 : line]))
    return "".join(lines)


def _kept_apart(text: str, above: Sequence[str], below: Sequence[str]) -> str:
    """The text with line ends that do not become one CRLF with those of its neighbours."""
    if text.startswith("\n") and above and above[0].endswith("\r"):
        text = "\r" + text[1:]
    if text.endswith("\r") and below and below[0].startswith("\n"):
        text = text[:-1] + "\n"
    return text


def _with_plugins(text: str, edits: Sequence[AddPluginModule], newline: str) -> str:
    """The text with `pytest_plugins` in it, or with more modules in that."""
    if newline == "\r":  # LibCST does not read it
        return _with_plugins(text.replace("\r", "\n"), edits, "\n").replace("\n", "\r")
    lines = split_lines(text)
    place = plugins_place(text, lines)
    if place.new:
        code = cst.Module([new_plugins(edits, place)]).code + "\n" * place.blank_after
        return _with_lines(lines, {place.line: code.replace("\n", newline)}, newline)
    first, last = Statements(text, lines).around(place.line)
    piece = "".join(lines[first - 1 : last])
    moved = replace(place, line=place.line - first + 1)
    made = _visited(piece, [AddPluginModules(edits, moved)], newline).code
    return "".join([*lines[: first - 1], made, *lines[last:]])


def _by_statement(
    text: str, lines: Sequence[str], edits: Sequence[Edit]
) -> dict[tuple[int, int], list[Edit]]:
    """Edits grouped by the first and last line of the statement, header or function they are in."""
    groups: dict[tuple[int, int], list[Edit]] = {}
    statements = Statements(text, lines)
    for edit in edits:
        line = _line(edit)
        if not 1 <= line <= len(lines):
            raise EditError(f"line {line}: the file has only {len(lines)} lines")
        where = None
        if isinstance(edit, AddImport | ReplaceImport | RemoveImport):
            where = import_lines(lines, line)
        elif isinstance(edit, RenameParameter):
            where = statements.function_at(line)
        groups.setdefault(where or statements.around(line), []).append(edit)
    return _merged(groups)


def _merged(groups: dict[tuple[int, int], list[Edit]]) -> dict[tuple[int, int], list[Edit]]:
    """Groups that share lines (a header, and its function as a whole) become one."""
    merged: dict[tuple[int, int], list[Edit]] = {}
    for (first, last), edits in sorted(groups.items(), key=lambda item: item[0]):
        start, end = next(reversed(merged), (0, 0))
        if first <= end:
            merged[start, max(end, last)] = [*merged.pop((start, end)), *edits]
        else:
            merged[first, last] = edits
    return merged


def _line(edit: Edit) -> int:
    if isinstance(edit, (RenameName, ReplaceName, ReplaceInString, *CALL_EDITS)):
        return edit.span.line
    if isinstance(edit, AddImport):
        if edit.place is None:
            raise EditError(f"`{edit.text}` has no place yet")
        return edit.place.line
    assert not isinstance(edit, AddPluginModule | AddFixture | AddModule)  # they have no line yet
    return edit.line


def _changed(piece: str, edits: Sequence[Edit], first: int, newline: str) -> str:
    """One statement, or the header of one, after its edits."""
    if newline == "\r":  # LibCST does not read it
        return _changed(piece.replace("\r", "\n"), edits, first, "\n").replace("\n", "\r")
    prefix, suffix = "", ""
    of_import = all(isinstance(edit, AddImport | ReplaceImport | RemoveImport) for edit in edits)
    if not of_import or piece[:1] in " \t\x0c":
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
    """The text by LibCST, every edit at its place in the text as it was."""
    parts: list[cst.CSTTransformer] = []
    for kind, codemod in _CODEMODS.items():
        own = [edit for edit in edits if isinstance(edit, kind)]
        if own:
            parts.append(codemod(own))
    of_calls = [edit for edit in edits if isinstance(edit, CALL_EDITS)]
    if of_calls:
        parts.append(CallArguments(of_calls))
    imports = ReplaceImports([edit for edit in edits if isinstance(edit, ReplaceImport | RemoveImport)])
    definitions = RemoveDefinitions([edit for edit in edits if isinstance(edit, RemoveDefinition)])
    parts += [imports, definitions, AddImports([edit for edit in edits if isinstance(edit, AddImport)])]
    return definitions.sweep(imports.sweep(_visited(text, parts, newline))).code


def _visited(text: str, parts: Sequence[cst.CSTTransformer], newline: str) -> cst.Module:
    if is_too_deep(text):
        raise EditError(TOO_DEEP)
    try:
        module = cst.parse_module(text, cst.PartialParserConfig(default_newline=newline))
    except cst.ParserSyntaxError as error:
        raise EditError(f"LibCST cannot parse the statement: {error.message}") from error
    if module.code != text:
        raise EditError("LibCST does not give this text back unchanged")
    module = module.with_changes(default_newline=newline)  # LibCST forgets it for an empty file
    return MetadataWrapper(module, unsafe_skip_copy=True).visit(Together(parts))


def _moved(edit: Edit, lines: int) -> Edit:
    if isinstance(edit, RenameName | ReplaceName | ReplaceInString | RenameKey):
        return replace(edit, span=moved(edit.span, lines))
    if isinstance(edit, CALL_EDITS):
        return replace(edit, call=moved(edit.call, lines))
    if isinstance(edit, AddImport):
        if isinstance(edit.place, JoinImport):
            return replace(edit, place=replace(edit.place, line=edit.place.line + lines))
        return edit
    if isinstance(edit, AddPluginModule | AddFixture | AddModule):
        return edit
    return replace(edit, line=edit.line + lines)
