"""Colour, and whether to use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping


def wants_color(choice: str, is_terminal: bool, environ: Mapping[str, str]) -> bool:
    """Whether to colour: `choice` is auto, always or never.

    With auto: NO_COLOR (no-color.org) switches it off, FORCE_COLOR on, else a terminal that is not
    dumb has it. Both variables count only when they are not empty.
    """
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return is_terminal and environ.get("TERM") != "dumb"


@dataclass(frozen=True, slots=True)
class Paint:
    """ANSI colours, or plain text where `color` is false."""

    color: bool = False

    def _in(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text

    def bold(self, text: str) -> str:
        return self._in("1", text)

    def dim(self, text: str) -> str:
        return self._in("2", text)

    def red(self, text: str) -> str:
        return self._in("1;31", text)

    def green(self, text: str) -> str:
        return self._in("32", text)

    def yellow(self, text: str) -> str:
        return self._in("33", text)

    def blue(self, text: str) -> str:
        return self._in("1;34", text)

    def cyan(self, text: str) -> str:
        return self._in("36", text)
