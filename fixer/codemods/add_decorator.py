"""AddDecorators: a function gains an outermost decorator."""

from __future__ import annotations

import libcst as cst

from fixer.codemods.errors import EditError
from fixer.codemods.functions import FunctionEdits
from fixer.edits import AddDecorator


class AddDecorators(FunctionEdits[AddDecorator]):
    """Applies every AddDecorator of one module; raises EditError where one does not fit its function."""

    def leave_FunctionDef(  # noqa: N802
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        for edit in self.edits_of(original_node):
            new = cst.Decorator(cst.parse_expression(edit.decorator))
            if any(new.decorator.deep_equals(old.decorator) for old in updated_node.decorators):
                raise EditError(f"`{edit.function}` is decorated with `@{edit.decorator}` already")
            updated_node = updated_node.with_changes(decorators=[new, *updated_node.decorators])
        return updated_node
