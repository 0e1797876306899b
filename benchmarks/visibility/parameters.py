"""One parameter of one test, misspelt or lost, while the body goes on using what it was."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from putback.names import undefined_names

from visibility.damage import PARAMETER, SLIP, Damage, Tree, parses
from visibility.source import apply, functions, span

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from visibility.source import Cut, Function, Source


PER_FILE = 3  # tests; a file of thousands of lines would take long and drown the others


def of_parameters(tree: Tree, source: Source, random: random.Random) -> Iterator[Damage]:
    """A few tests of the file: a fixture misspelt with its uses, and one taken out of the signature."""
    candidates: dict[str, list[tuple[Function, ast.arg]]] = {}
    for function, chain in functions(source.tree.body):
        if function.name.startswith("test") and _plain(function):
            node = "::".join((source.path, *chain, function.name))
            candidates[node] = [(function, each) for each in _fixtures(tree, function, bool(chain))]
    for node in random.sample(sorted(candidates), len(candidates))[:PER_FILE]:
        for function, argument in random.sample(candidates[node], len(candidates[node]))[:1]:
            uses = _uses(function, argument.arg)
            if uses:
                yield from _misspelt(tree, source, function, argument, uses, node, random)
                yield from _lost(source, function, argument, node)


def _plain(function: Function) -> bool:
    """Whether every decorator is a mark, so that the parameters are requests."""
    return all(ast.unparse(each).startswith("pytest.mark.") for each in function.decorator_list)


def _fixtures(tree: Tree, function: Function, in_class: bool) -> Iterator[ast.arg]:
    """Parameters that request a fixture. One that a decorator names may be parametrized."""
    named = {
        word
        for decorator in function.decorator_list
        for node in ast.walk(decorator)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for word in node.value.replace(",", " ").split()
    }
    required = function.args.args[: len(function.args.args) - len(function.args.defaults)]
    for argument in required[1:] if in_class else required:
        if argument.arg in tree.requested and argument.arg not in named and len(argument.arg) > 3:
            yield argument


def _uses(function: Function, name: str) -> list[ast.Name]:
    """The places in the body; none where a nested function or an f-string makes them hard to rename."""
    uses: list[ast.Name] = []
    for node in (each for statement in function.body for each in ast.walk(statement)):
        if isinstance(node, ast.arg) and node.arg == name:
            return []
        if isinstance(node, ast.JoinedStr) and any(
            isinstance(each, ast.Name) and each.id == name for each in ast.walk(node)
        ):
            return []
        if isinstance(node, ast.Name) and node.id == name:
            if not isinstance(node.ctx, ast.Load):
                return []
            uses.append(node)
    return uses


def _misspelt(
    tree: Tree,
    source: Source,
    function: Function,
    argument: ast.arg,
    uses: list[ast.Name],
    node: str,
    random: random.Random,
) -> Iterator[Damage]:
    new = slip(argument.arg, random)
    if new in tree.words or not new.isidentifier():
        return
    start, _ = span(source, argument)
    length = len(argument.arg.encode())
    cuts: list[Cut] = [(start, start + length, new.encode())]
    cuts += [(*span(source, use), new.encode()) for use in uses]
    text = apply(source.text, cuts)
    if parses(text):
        files = ((source.path, text),)
        yield Damage(SLIP, new, files, function.lineno, True, node, argument.arg)


def slip(name: str, random: random.Random) -> str:
    """The name with one letter lost, doubled, or exchanged with the next; never the first one."""
    at = random.randrange(1, len(name) - 1)
    before, letter, rest = name[:at], name[at], name[at + 1 :]
    changed = [before + rest, before + letter * 2 + rest, before + rest[0] + letter + rest[1:]]
    return random.choice([each for each in changed if each != name])


def _lost(source: Source, function: Function, argument: ast.arg, node: str) -> Iterator[Damage]:
    """The signature without the parameter, where nothing else binds the name."""
    arguments = [*function.args.posonlyargs, *function.args.args]
    at = arguments.index(argument)
    start, end = span(source, argument)
    if at + 1 < len(arguments):
        end = span(source, arguments[at + 1])[0]
    elif at:
        start = span(source, arguments[at - 1])[1]
    elif source.text[end : end + 1] == b",":
        end += 1
    if b"#" in source.text[start:end] or (at == len(arguments) - 1 and function.args.defaults):
        return
    text = apply(source.text, [(start, end, b"")])
    if not parses(text) or _count(text) != _count(source.text) - 1:
        return
    if undefined_names(text) == undefined_names(source.text) | {argument.arg}:
        yield Damage(
            PARAMETER, argument.arg, ((source.path, text),), function.lineno, True, node, argument.arg
        )


def _count(text: bytes) -> int:
    return sum(isinstance(node, ast.arg) for node in ast.walk(ast.parse(text)))


def parameters(text: bytes, node: str) -> list[str]:
    """The names in the signature of the test with this node id, in order; [] where it is gone."""
    chain = tuple(node.split("::")[1:])
    for function, classes in functions(ast.parse(text).body):
        if (*classes, function.name) == chain:
            return [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    return []
