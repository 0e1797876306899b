"""RenameParameters: a parameter becomes another name, and so does every use of it in its function."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import Assignment, ClassScope, Scope, ScopeProvider

from fixer.codemods.errors import EditError
from fixer.codemods.functions import FunctionEdits
from fixer.edits import RenameParameter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class RenameParameters(FunctionEdits[RenameParameter]):
    """Applies every RenameParameter of one module.

    Raises EditError where one does not fit its function, where the new name means something there
    already, and where the old one is bound in a way that a rename would not follow.
    """

    METADATA_DEPENDENCIES = (ScopeProvider,)

    def __init__(self, edits: Sequence[RenameParameter]) -> None:
        super().__init__(edits)
        self._new: dict[cst.CSTNode, str] = {}
        self._rebound: list[tuple[Scope, set[str]]] | None = None  # the classes, and what each binds

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:  # noqa: N802
        for edit in self.edits_of(node):
            self._new |= dict.fromkeys(self._uses(node, edit), edit.new)
        return True

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:  # noqa: N802
        new = self._new.get(original_node)
        return updated_node if new is None else updated_node.with_changes(value=new)

    def _uses(self, function: cst.FunctionDef, edit: RenameParameter) -> Iterator[cst.Name]:
        """The names to change: those that bind the parameter, and those that refer to it."""
        variables = _Variables(edit.old)
        for part in (function.params, function.returns, function.body):
            if part is not None:
                part.visit(variables)
        if edit.new in variables.names and not edit.meant:
            raise EditError(f"`{edit.function}` has a use for the name `{edit.new}` already")
        if variables.odd:
            raise EditError(f"`{edit.function}` binds `{edit.old}` anew by {variables.odd}")
        own = self._scope(function, edit)
        if any(edit.old in bound and _is_in(scope, own) for scope, bound in self._classes()):
            raise EditError(f"`{edit.function}` has a class in it that binds `{edit.old}` anew")
        for assignment in own[edit.old]:
            node = assignment.node if isinstance(assignment, Assignment) else None
            name = node.name if isinstance(node, cst.Param) else node
            if not isinstance(name, cst.Name):
                raise EditError(f"`{edit.function}` binds `{edit.old}` anew by an import or a definition")
            yield name
            for access in assignment.references:
                if isinstance(access.node, cst.Name):
                    yield access.node

    def _scope(self, function: cst.FunctionDef, edit: RenameParameter) -> Scope:
        params = function.params
        stars = [each for each in (params.star_arg, params.star_kwarg) if isinstance(each, cst.Param)]
        for param in (*params.posonly_params, *params.params, *params.kwonly_params, *stars):
            if param.name.value == edit.old:
                scope = self.get_metadata(ScopeProvider, param.name)
                assert isinstance(scope, Scope)
                return scope
        raise EditError(f"`{edit.function}` has no parameter `{edit.old}`")

    def _classes(self) -> list[tuple[Scope, set[str]]]:
        if self._rebound is None:
            scopes = set(self.metadata[ScopeProvider].values())
            self._rebound = [
                (scope, {each.name for each in scope.assignments})
                for scope in scopes
                if isinstance(scope, ClassScope)
            ]
        return self._rebound


class _Variables(cst.CSTVisitor):
    """Collects every name that is no attribute and no keyword; `odd` is an unusual way `old` is bound."""

    def __init__(self, old: str) -> None:
        self._old = old
        self.names: set[str] = set()
        self.odd = ""

    def visit_Name(self, node: cst.Name) -> None:  # noqa: N802
        self.names.add(node.value)

    def visit_Attribute(self, node: cst.Attribute) -> bool:  # noqa: N802
        node.value.visit(self)
        return False

    def visit_Arg(self, node: cst.Arg) -> bool:  # noqa: N802
        node.value.visit(self)
        return False

    def visit_NameItem(self, node: cst.NameItem) -> None:  # noqa: N802
        self._note(node.name, "`global` or `nonlocal`")

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:  # noqa: N802
        self._note(node.target, "`:=`")

    def visit_MatchAs(self, node: cst.MatchAs) -> None:  # noqa: N802
        self._note(node.name, "a pattern")

    def visit_MatchStar(self, node: cst.MatchStar) -> None:  # noqa: N802
        self._note(node.name, "a pattern")

    def visit_MatchMapping(self, node: cst.MatchMapping) -> None:  # noqa: N802
        self._note(node.rest, "a pattern")

    def visit_MatchKeywordElement(self, node: cst.MatchKeywordElement) -> None:  # noqa: N802
        self._note(node.key, "a pattern")

    def _note(self, name: cst.CSTNode | None, how: str) -> None:
        if isinstance(name, cst.Name) and name.value == self._old:
            self.odd = how


def _is_in(scope: Scope, outer: Scope) -> bool:
    while scope is not scope.parent:
        if scope is outer:
            return True
        scope = scope.parent
    return False
