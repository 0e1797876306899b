"""Choose what is broken, and what is broken together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visibility.damage import (
    KINDS,
    PARAMETER,
    SLIP,
    Damage,
    Tree,
    of_declarations,
    of_imports,
    of_plugins,
)
from visibility.moves import of_moves
from visibility.parameters import of_parameters
from visibility.source import Source

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from visibility.truth import Truth


def read_tree(folder: Path, truth: Truth) -> Tree:
    """The files of the tree that pytest imported: what it did not import cannot break anything."""
    sources = {
        path: source
        for path in sorted(truth.loaded)
        if path.endswith(".py") and (source := Source.read(path, (folder / path).read_bytes()))
    }
    requested = frozenset(name for test in truth.tests.values() for name in test.requests)
    return Tree.of(sources, requested)


def breakable(tree: Tree, truth: Truth) -> list[str]:
    """The suite's own files: test modules, conftests and what lies in the same top-level folders.

    The project's other sources are left alone, though some of them may be plugins.
    """
    modules = {node.partition("::")[0] for node in truth.tests}
    tops = {path.partition("/")[0] for path in modules if "/" in path}
    return [
        path
        for path, source in tree.sources.items()
        if path in modules or source.file_name == "conftest.py" or path.partition("/")[0] in tops
    ]


def all_damages(
    tree: Tree, paths: Sequence[str], random: random.Random, enough: int
) -> dict[str, list[Damage]]:
    """What could be broken in these files, by kind, in random order.

    Of slips and lost parameters there are thousands, and finding them is slow: `enough` of each will do.
    """
    found: dict[str, list[Damage]] = {kind: [] for kind in KINDS}
    for path in random.sample(sorted(paths), len(paths)):
        source = tree.sources[path]
        damages = [
            *of_declarations(tree, source, random),
            *of_imports(tree, source),
            *of_plugins(tree, source),
            *of_moves(tree, source),
        ]
        if min(len(found[SLIP]), len(found[PARAMETER])) < enough:
            damages += of_parameters(tree, source, random)
        for damage in damages:
            found[damage.kind].append(damage)
    for each in found.values():
        random.shuffle(each)
    return found


def choose(tree: Tree, paths: Sequence[str], count: int, random: random.Random) -> list[Damage]:
    """`count` damages, as many of each kind as there are, in random order; each fixture once for a kind."""
    queues = [list(_distinct(each)) for each in all_damages(tree, paths, random, count).values()]
    chosen: list[Damage] = []
    while len(chosen) < count and any(queues):
        for queue in queues:
            if queue and len(chosen) < count:
                chosen.append(queue.pop())
    random.shuffle(chosen)
    return chosen


def _distinct(damages: Iterable[Damage]) -> Iterable[Damage]:
    seen: set[tuple[str, str, str]] = set()
    for damage in damages:
        what = damage.path, damage.name, damage.test
        if what not in seen:
            seen.add(what)
            yield damage


def rounds(damages: Sequence[Damage], truth: Truth, together: int) -> list[list[Damage]]:
    """Groups of at most that many damages in different files that no test suffers two of.

    A damage that cannot be told by the fixture's name is alone.
    """
    suffering = {damage: _sufferers(damage, truth) for damage in damages}
    groups: list[list[Damage]] = []
    for damage in damages:
        for group in groups:
            if len(group) < together and all(
                _apart(damage, other) and not suffering[damage] & suffering[other] for other in group
            ):
                group.append(damage)
                break
        else:
            groups.append([damage])
    return groups


def _sufferers(damage: Damage, truth: Truth) -> frozenset[str]:
    if damage.test:
        return frozenset({damage.test})
    return frozenset(node for node, test in truth.tests.items() if damage.name in test.requests)


def _apart(one: Damage, other: Damage) -> bool:
    names = {one.name, one.wanted} & {other.name, other.wanted} - {""}
    files = {path for path, _ in one.files} & {path for path, _ in other.files}
    return bool(one.name and other.name) and not names and not files
