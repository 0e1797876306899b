"""What hooks give to tests: arguments that they parametrize, and plugins that they register."""

from __future__ import annotations

import ast

from fixer.facts.expression import dotted_name

METAFUNC = "metafunc"  # pluggy hands arguments to hooks by their names


def parametrized(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, ...] | None:
    """The names that the function gives to `metafunc.parametrize`; None if not literal."""
    read = [n for n in ast.walk(node) if isinstance(n, ast.Attribute) and n.attr == "parametrize"]
    calls = [n for n in ast.walk(node) if isinstance(n, ast.Call) and n.func in read]
    if len(calls) != len(read):
        return None
    provided: list[str] = []
    for call in calls:
        indirect = next((k.value for k in call.keywords if k.arg == "indirect"), None)
        if isinstance(indirect, ast.Constant) and indirect.value is True:
            continue  # these need a fixture all the same
        listed = isinstance(indirect, (ast.List, ast.Tuple))
        by_fixture = _literal_names(indirect) if indirect is not None and listed else ()
        if by_fixture is None or not (indirect is None or listed or isinstance(indirect, ast.Constant)):
            return None
        named = next((k.value for k in call.keywords if k.arg == "argnames"), None)
        first = call.args[0] if call.args else named
        literal = None if first is None else _literal_names(first)
        if literal is None:
            return None
        provided += [name for name in literal if name not in by_fixture]
    return tuple(provided)


def handed_on(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, ...] | None:
    """The dotted names of the functions that get `metafunc` as their first argument, and may parametrize;
    None where it goes another way."""
    attributes = {id(each.value) for each in ast.walk(node) if isinstance(each, ast.Attribute)}
    uses = {
        id(each)
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and each.id == METAFUNC and id(each) not in attributes
    }
    found: list[str] = []
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and call.args and id(call.args[0]) in uses:
            callee = dotted_name(call.func)
            if not callee:
                return None
            uses.discard(id(call.args[0]))
            found.append(callee)
    return None if uses else tuple(found)


def registered(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, ...] | None:
    """The dotted names of the classes of which the hook registers instances with the plugin manager; None
    where it registers something else."""
    made: dict[str, list[ast.expr]] = {}
    for each in ast.walk(node):
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name):
            made.setdefault(each.targets[0].id, []).append(each.value)
    found: list[str] = []
    for call in ast.walk(node):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        if call.func.attr != "register" or not dotted_name(call.func).endswith("pluginmanager.register"):
            continue
        what = call.args[0] if call.args else None
        if isinstance(what, ast.Name) and len(made.get(what.id, ())) == 1:
            what = made[what.id][0]
        name = dotted_name(what.func) if isinstance(what, ast.Call) else ""
        if not name:
            return None
        found.append(name)
    return tuple(found)


def _literal_names(node: ast.expr) -> list[str] | None:
    """The names in the first argument of `parametrize`; None if they are computed."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [part.strip() for part in node.value.split(",") if part.strip()]
    if isinstance(node, (ast.List, ast.Tuple)):
        names = [each.value for each in node.elts if isinstance(each, ast.Constant)]
        if len(names) == len(node.elts) and all(isinstance(name, str) for name in names):
            return [str(name) for name in names]
    return None
