"""Several transformers in one walk, so that all of them see the places of the original source."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Together(cst.CSTTransformer):
    """Hands each node to all `parts` in turn; each gets what the one before has made of it."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, parts: Sequence[cst.CSTTransformer]) -> None:
        super().__init__()
        self.parts = parts

    @contextmanager
    def resolve(self, wrapper: MetadataWrapper) -> Iterator[None]:
        with ExitStack() as stack:
            for part in self.parts:
                stack.enter_context(part.resolve(wrapper))
            yield

    def on_visit(self, node: cst.CSTNode) -> bool:
        for part in self.parts:
            part.on_visit(node)
        return True

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode:
        for part in self.parts:
            made = part.on_leave(original_node, updated_node)
            assert isinstance(made, cst.CSTNode)
            updated_node = made
        return updated_node
