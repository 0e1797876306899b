"""The members of a list with commas and the white space between them: one more, the layout kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from fixer.codemods.spacing import ONE_SPACE, Space, fillings, has_break, indented, new_line, plain, shared
from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

_Member = TypeVar("_Member")


@dataclass(frozen=True, slots=True)
class CommaList(Generic[_Member]):
    """`spaces[0]` opens the list, `spaces[n]` follows the n-th member and its comma; `trailing`: the last
    member has a comma, too."""

    members: tuple[_Member, ...]
    spaces: tuple[Space, ...]
    trailing: bool

    def with_member(
        self, index: int, member: _Member, limit: int, width: Callable[[CommaList[_Member]], int]
    ) -> CommaList[_Member]:
        """The list with `member` at `index`, laid out as it was: one member a line, several a line filled
        up to `limit` characters, or on one line. `width` measures the longest line of a list."""
        if not self.members:
            return self._first(member)
        last = len(self.members)
        between = self.spaces[1:last] or self.spaces[:1]
        breaks = [space for space in between if has_break(space)]
        opening, closing = self.spaces[0], plain(self.spaces[last])
        if not breaks:
            left, right = opening if index == 0 else ONE_SPACE, closing if index == last else ONE_SPACE
            return self._inserted(index, member, left, right)
        line_break = plain(breaks[-1])
        if len(breaks) == len(between):
            left, right = opening if index == 0 else line_break, closing if index == last else line_break
            return self._inserted(index, member, left, right)
        widest = max(limit, width(self))
        old = ONE_SPACE if index == last else self.spaces[index]
        made = self
        for before, after in fillings(old, line_break):
            left, right = opening if index == 0 else before, closing if index == last else after
            made = self._inserted(index, member, left, right)
            if width(made) <= widest:
                break
        return made

    def wrapped(self, limit: int, width: Callable[[CommaList[_Member]], int]) -> CommaList[_Member]:
        """A list that has become too long as black lays it out: the members on a line of their own or, where
        they have no room there, one member a line with a trailing comma."""
        indented, closing = new_line("    "), new_line("")
        spaces = (indented, *self.spaces[1:-1], closing)
        hugged = CommaList(self.members, spaces, trailing=False)
        if not self.trailing and len(self.members) > 1 and width(hugged) <= limit:
            return hugged
        return self.one_a_line()

    def one_a_line(self) -> CommaList[_Member]:
        """One member a line with a trailing comma, comments kept."""
        last = len(self.members)
        spaces = [indented(space, "    " if index < last else "") for index, space in enumerate(self.spaces)]
        return CommaList(self.members, tuple(spaces), trailing=True)

    def _first(self, member: _Member) -> CommaList[_Member]:
        old = self.spaces[0]
        if not has_break(old):
            return CommaList((member,), (old, plain(old)), trailing=False)
        return CommaList((member,), (indented(old, "    "), new_line("")), trailing=True)

    def _inserted(self, index: int, member: _Member, left: Space, right: Space) -> CommaList[_Member]:
        above, below = shared(self.spaces[index], left, right)
        members = (*self.members[:index], member, *self.members[index:])
        spaces = (*self.spaces[:index], above, below, *self.spaces[index + 1 :])
        return CommaList(members, spaces, self.trailing)
