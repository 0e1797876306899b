"""What import statements bind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Import:
    """One name that an import statement binds.

    `import pkg.mod` is `Import("pkg.mod", None, None)`; `from pkg import name as other` is
    `Import("pkg", "name", "other")`. A relative module keeps its leading dots.
    """

    module: str
    name: str | None = None
    asname: str | None = None

    @property
    def bound(self) -> str:
        """The name that the file's scope gains."""
        return self.asname or self.name or self.module.partition(".")[0]

    @property
    def place(self) -> tuple[str, str, str]:
        """What imports are sorted by: a whole module comes before the names of it."""
        return self.module, self.name or "", self.asname or ""

    @property
    def submodule(self) -> str | None:
        """The submodule by which `import pkg.mod` and the like go on below the package they bind."""
        parts = self.module.split(".")
        return parts[1] if self.name is None and self.asname is None and len(parts) > 1 else None

    @property
    def statement(self) -> str:
        """The import on a line of its own, without a line break."""
        alias = f" as {self.asname}" if self.asname else ""
        if self.name is None:
            return f"import {self.module}{alias}"
        return f"from {self.module} import {self.name}{alias}"


def statements(names: Iterable[Import]) -> list[str]:
    """The import statements that bind `names`, those from one module together."""
    found: dict[str, str] = {}
    for what in names:
        key = what.module if what.name is not None else what.statement
        if key in found:
            found[key] += what.statement.removeprefix(f"from {what.module} import").join((",", ""))
        else:
            found[key] = what.statement
    return list(found.values())
