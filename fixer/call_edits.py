"""Edits inside one call. `call` is the place of the call, from its first character to its last bracket."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from fixer.frozen import dataclass

if TYPE_CHECKING:
    from fixer.span import Span


@dataclass(frozen=True, slots=True)
class RenameArgument:
    """The keyword `old` of the call becomes `new`; in a literal `**{...}` of the call, the key does."""

    path: str
    call: Span
    old: str
    new: str

    kind = "rename-argument"

    @property
    def span(self) -> Span:
        return self.call

    @property
    def text(self) -> str:
        return f"{self.old}= -> {self.new}="


@dataclass(frozen=True, slots=True)
class RemoveArgument:
    """The keyword `old` leaves the call, with its value; a comment on its line stays."""

    path: str
    call: Span
    old: str

    kind = "remove-argument"

    @property
    def span(self) -> Span:
        return self.call

    @property
    def text(self) -> str:
        return f"remove {self.old}="


@dataclass(frozen=True, slots=True)
class ReplaceArgument:
    """The keyword `old` becomes `new`, and its value the expression `value`, the old value for `{value}`.

    With `key`, the old value is what that key has in a literal dictionary.
    """

    path: str
    call: Span
    old: str
    new: str
    value: str
    key: str = ""

    kind = "replace-argument"

    @property
    def span(self) -> Span:
        return self.call

    @property
    def text(self) -> str:
        return f"{self.old}= -> {self.new}={self.value.replace('{value}', '...')}"


@dataclass(frozen=True, slots=True)
class WrapCall:
    """The expression `wrapper` takes the place of the call.

    `{call}` in it is the call without its keyword `old`, `{value}` the value of that.
    """

    path: str
    call: Span
    old: str
    wrapper: str

    kind = "wrap-call"

    @property
    def span(self) -> Span:
        return self.call

    @property
    def text(self) -> str:
        return f"{self.old}= -> {self.wrapper.replace('{call}', '...').replace('{value}', '...')}"


@dataclass(frozen=True, slots=True)
class ReplaceMethod:
    """The call's method `old` becomes `new`, with the expression `first` (if any) as first argument."""

    path: str
    call: Span
    old: str
    new: str
    first: str = ""

    kind = "replace-method"

    @property
    def span(self) -> Span:
        return self.call

    @property
    def text(self) -> str:
        return f".{self.old}(...) -> .{self.new}({self.first and f'{self.first}, '}...)"


@dataclass(frozen=True, slots=True)
class RenameKey:
    """The string at `span`, a key of a literal dictionary, becomes `new` in the same quotation marks."""

    path: str
    span: Span
    old: str
    new: str

    kind = "rename-key"

    @property
    def text(self) -> str:
        return f'"{self.old}": -> "{self.new}":'


CallEdit: TypeAlias = RenameArgument | RemoveArgument | ReplaceArgument | WrapCall | ReplaceMethod | RenameKey
CALL_EDITS = (RenameArgument, RemoveArgument, ReplaceArgument, WrapCall, ReplaceMethod, RenameKey)
