"""Count what the tests of one suite of a tree lack, by name and by where the name is declared.

    python benchmarks/count_missing.py TREE [--suite FOLDER] [--sample N] [--output results.json]

A request is one name in one test, however often it stands there. `--suite` is the folder whose configuration
pytest would use, the root by default; beside it stands what is missing in every suite that collects the test.
Nothing is changed and nothing of TREE is run.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fixer.project.fixtures.model import FixtureModel, Result


@dataclass(frozen=True, slots=True, order=True)
class Request:
    """A name that the test `node` asks for; `line` of `path` is where it stands, `declared` where the project
    declares a fixture of that name. `cause`: why it is not judged, else ""."""

    node: str
    name: str
    path: str
    line: int
    declared: str
    cause: str


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    model = _model(options.tree)
    suites = [suite for suite in model.suites if suite.rootdir == options.suite]
    if not suites:
        raise SystemExit(
            f"{options.tree} has no suite in {options.suite!r}: {[s.rootdir for s in model.suites]}"
        )
    [suite] = suites
    paths = sorted(suite.modules)
    alone = _requests((r for path in paths for r in model.in_suite(path, suite)), model)
    everywhere = _requests((result for path in paths for result in model.results(path)), model)
    _print(f"Suite {options.suite or '.'} alone, {len(paths)} files:", alone)
    _print("\nMissing in every suite that collects the test:", everywhere)
    certain = sorted(each for each in alone if not each.cause)
    if options.sample:
        print(f"\n{options.sample} of them, drawn with seed {options.seed}:")
        for each in random.Random(options.seed).sample(certain, min(options.sample, len(certain))):
            print(f"- {each.node} asks for `{each.name}` ({each.path}:{each.line}); {each.declared}")
    if options.output:
        options.output.write_text(json.dumps([_described(each) for each in sorted(alone)], indent=1))
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tree", type=Path)
    parser.add_argument("--suite", default="", metavar="FOLDER", help="where its configuration is (the root)")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="also list that many at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, metavar="FILE", help="every request as JSON")
    return parser.parse_args(arguments)


def _model(tree: Path) -> FixtureModel:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from fixer.config import load
    from fixer.files import Files
    from fixer.loader import DiskLoader
    from fixer.project.project import Project, Settings

    return Project({}, DiskLoader(Files(tree), load(tree)), Settings()).fixtures


def _requests(results: Iterable[Result], model: FixtureModel) -> set[Request]:
    found: dict[tuple[str, str], Request] = {}
    for result in results:
        for each in (*result.missing, *result.withheld):
            name, at = each.request.name, each.request
            declared = _declared(name, model)
            request = Request(result.test.node, name, at.path, at.span.line, declared, each.doubt or "")
            found.setdefault((result.test.node, name), request)
    return set(found.values())


def _declared(name: str, model: FixtureModel) -> str:
    """The kind of place that declares it: a helper module before conftests, test modules and classes."""
    kinds = {each.kind for each in model.elsewhere(name)}
    words = {
        "module": "declared in a non-test module",
        "conftest": "declared in a conftest",
        "test": "declared in a test module",
        "class": "declared in a class",
    }
    return next((word for kind, word in words.items() if kind in kinds), "declared nowhere")


def _print(title: str, requests: Iterable[Request]) -> None:
    certain = [each for each in requests if not each.cause]
    names = Counter(each.name for each in certain)
    tests = {each.node for each in certain}
    files = {each.node.partition("::")[0] for each in certain}
    print(title)
    print(f"{len(certain)} requests of {len(names)} names in {len(tests)} tests of {len(files)} files")
    for declared, count in Counter(each.declared for each in certain).most_common():
        each_name = Counter(each.name for each in certain if each.declared == declared)
        print(f"- {declared}: {count} ({', '.join(f'{n} {c}' for n, c in each_name.most_common(12))})")
    causes = Counter(each.cause for each in requests if each.cause)
    print(f"withheld: {causes.total()}")
    for cause, count in causes.most_common():
        print(f"- {cause}: {count}")


def _described(each: Request) -> dict[str, Any]:
    return {key: getattr(each, key) for key in Request.__slots__}


if __name__ == "__main__":
    sys.exit(main())
