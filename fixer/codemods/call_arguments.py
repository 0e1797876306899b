"""CallArguments: keywords of single calls are renamed, removed, replaced, or moved into a wrapper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import CodeRange, PositionProvider

from fixer.call_edits import (
    RemoveArgument,
    RenameArgument,
    RenameKey,
    ReplaceArgument,
    ReplaceMethod,
    WrapCall,
)
from fixer.codemods.errors import EditError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixer.call_edits import CallEdit
    from fixer.span import Span

_CALL, _VALUE = "_testfix_call", "_testfix_value"


class CallArguments(cst.CSTTransformer):
    """Applies every edit of calls in one module; raises EditError where one does not fit its place."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, edits: Sequence[CallEdit]) -> None:
        super().__init__()
        self._keys = {_start(edit.span): edit for edit in edits if isinstance(edit, RenameKey)}
        self._calls: dict[tuple[int, int, int, int], list[CallEdit]] = {}
        for edit in edits:
            if not isinstance(edit, RenameKey):
                span = edit.span
                place = (span.line, span.column - 1, span.end_line, span.end_column - 1)
                self._calls.setdefault(place, []).append(edit)

    def leave_SimpleString(  # noqa: N802
        self, original_node: cst.SimpleString, updated_node: cst.SimpleString
    ) -> cst.SimpleString:
        start = self._range(original_node).start
        edit = self._keys.get((start.line, start.column))
        if edit is None or original_node.evaluated_value != edit.old:
            return updated_node
        del self._keys[start.line, start.column]
        return _renamed(updated_node, edit.new)

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:  # noqa: N802
        where = self._range(original_node)
        place = (where.start.line, where.start.column, where.end.line, where.end.column)
        edits = self._calls.pop(place, None)
        if edits is None:
            return updated_node
        result = updated_node
        for edit in edits:
            if not isinstance(edit, WrapCall):
                result = _changed(result, edit)
        wrapped: cst.BaseExpression = result
        for edit in edits:
            if isinstance(edit, WrapCall):
                wrapped = _wrapped(result, edit)
                break
        return wrapped

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:  # noqa: N802
        for edit in self._keys.values():
            raise EditError(f"line {edit.span.line}: the key `{edit.old}` does not stand here")
        for line, column, _, _ in self._calls:
            raise EditError(f"line {line}, column {column + 1}: the call to be changed does not stand here")
        return updated_node

    def _range(self, node: cst.CSTNode) -> CodeRange:
        where = self.get_metadata(PositionProvider, node)
        assert isinstance(where, CodeRange)
        return where


def _start(span: Span) -> tuple[int, int]:
    return span.line, span.column - 1


def _changed(call: cst.Call, edit: CallEdit) -> cst.Call:
    if isinstance(edit, RenameArgument):
        return _with_renamed(call, edit.old, edit.new)
    if isinstance(edit, RemoveArgument):
        return call.with_changes(args=_without(call.args, _index(call, edit.old)))
    if isinstance(edit, ReplaceArgument):
        index = _index(call, edit.old)
        argument = call.args[index]
        value = _from_template(edit.value, {_VALUE: _inner(argument.value, edit.key)})
        changed = argument.with_changes(keyword=cst.Name(edit.new), value=value)
        return call.with_changes(args=[*call.args[:index], changed, *call.args[index + 1 :]])
    assert isinstance(edit, ReplaceMethod)
    if not isinstance(call.func, cst.Attribute) or call.func.attr.value != edit.old:
        raise EditError(f"the call is none of a method `{edit.old}`")
    call = call.with_changes(func=call.func.with_changes(attr=cst.Name(edit.new)))
    if not edit.first:
        return call
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")) if call.args else cst.MaybeSentinel.DEFAULT
    return call.with_changes(args=[cst.Arg(cst.parse_expression(edit.first), comma=comma), *call.args])


def _index(call: cst.Call, name: str) -> int:
    for index, argument in enumerate(call.args):
        if argument.keyword is not None and argument.keyword.value == name:
            return index
    raise EditError(f"the call has no keyword `{name}`")


def _with_renamed(call: cst.Call, old: str, new: str) -> cst.Call:
    arguments = []
    found = False
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value == old:
            argument = argument.with_changes(keyword=argument.keyword.with_changes(value=new))
            found = True
        elif argument.star == "**" and isinstance(argument.value, cst.Dict):
            elements = []
            for element in argument.value.elements:
                key = element.key if isinstance(element, cst.DictElement) else None
                if isinstance(key, cst.SimpleString) and key.evaluated_value == old:
                    element = element.with_changes(key=_renamed(key, new))
                    found = True
                elements.append(element)
            argument = argument.with_changes(value=argument.value.with_changes(elements=elements))
        arguments.append(argument)
    if not found:
        raise EditError(f"the call has no keyword `{old}`")
    return call.with_changes(args=arguments)


def _renamed(node: cst.SimpleString, new: str) -> cst.SimpleString:
    mark = node.prefix + node.quote
    return node.with_changes(value=f"{mark}{new}{node.quote}")


def _without(arguments: Sequence[cst.Arg], index: int) -> list[cst.Arg]:
    """The arguments but one. A comment behind it stays, on a line of its own."""
    left = [*arguments[:index], *arguments[index + 1 :]]
    gone = arguments[index]
    if not left:
        return []
    if index == len(arguments) - 1:
        # The one before becomes the last: it takes over the comma, or its absence, and what follows it.
        before = left[-1]
        after = _joined(before, gone)
        if isinstance(gone.comma, cst.Comma):
            left[-1] = before.with_changes(comma=gone.comma.with_changes(whitespace_after=after))
        else:
            left[-1] = before.with_changes(comma=gone.comma, whitespace_after_arg=_behind(before, gone))
    elif index > 0:
        before = left[index - 1]
        if isinstance(before.comma, cst.Comma):
            after = _joined(before, gone)
            left[index - 1] = before.with_changes(comma=before.comma.with_changes(whitespace_after=after))
    return left


def _behind(before: cst.Arg, gone: cst.Arg) -> cst.BaseParenthesizableWhitespace:
    """What follows the last argument where there is no comma behind it."""
    comment = _comment(gone.whitespace_after_arg)
    kept = before.comma.whitespace_after if isinstance(before.comma, cst.Comma) else None
    if isinstance(kept, cst.ParenthesizedWhitespace) and (comment or kept.first_line.comment):
        after = gone.whitespace_after_arg
        last = after.last_line if isinstance(after, cst.ParenthesizedWhitespace) else kept.last_line
        return kept.with_changes(last_line=last)
    return gone.whitespace_after_arg


def _joined(before: cst.Arg, gone: cst.Arg) -> cst.BaseParenthesizableWhitespace:
    """What stands between two arguments once the one between them, `gone`, has left."""
    first = before.comma.whitespace_after if isinstance(before.comma, cst.Comma) else cst.SimpleWhitespace("")
    second = gone.comma.whitespace_after if isinstance(gone.comma, cst.Comma) else gone.whitespace_after_arg
    if not isinstance(first, cst.ParenthesizedWhitespace):
        return second
    if not isinstance(second, cst.ParenthesizedWhitespace):
        return first
    lines = list(first.empty_lines)
    comment = second.first_line.comment
    if comment is not None:
        lines.append(cst.EmptyLine(first.indent, first.last_line, comment, second.first_line.newline))
    return second.with_changes(first_line=first.first_line, empty_lines=[*lines, *second.empty_lines])


def _comment(space: cst.BaseParenthesizableWhitespace) -> cst.Comment | None:
    return space.first_line.comment if isinstance(space, cst.ParenthesizedWhitespace) else None


def _wrapped(call: cst.Call, edit: WrapCall) -> cst.BaseExpression:
    index = _index(call, edit.old)
    value = call.args[index].value
    bare = call.with_changes(args=_without(call.args, index), lpar=[], rpar=[])
    wrapped = _from_template(edit.wrapper, {_CALL: bare, _VALUE: value})
    return wrapped.with_changes(lpar=call.lpar, rpar=call.rpar)


def _inner(value: cst.BaseExpression, key: str) -> cst.BaseExpression:
    if not key:
        return value
    for element in value.elements if isinstance(value, cst.Dict) else ():
        name = element.key if isinstance(element, cst.DictElement) else None
        if isinstance(name, cst.SimpleString) and name.evaluated_value == key and len(value.elements) == 1:  # type: ignore[attr-defined]
            return element.value
    raise EditError(f'the value is no dictionary with "{key}" alone')


def _from_template(template: str, parts: dict[str, cst.BaseExpression]) -> cst.BaseExpression:
    """The expression in which `{call}` and `{value}` stand for nodes."""
    text = template.replace("{call}", _CALL).replace("{value}", _VALUE)
    made = cst.parse_expression(text).visit(_Fill(parts))
    assert isinstance(made, cst.BaseExpression)
    return made


class _Fill(cst.CSTTransformer):
    def __init__(self, parts: dict[str, cst.BaseExpression]) -> None:
        super().__init__()
        self.parts = parts

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:  # noqa: N802
        return self.parts.get(original_node.value, updated_node)
