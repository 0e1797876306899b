"""Compare what testfix says of the fixtures of a suite with what pytest says, test by test.

    python benchmarks/agreement.py TREE --python ENVIRONMENT/bin/python --output results.json

Nothing is changed in TREE. README.md beside this file says what is counted.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visibility import testfix
from visibility.score import Agreement, agreement
from visibility.truth import PytestError, Suite, Truth, ask

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = (
    "suite",
    "environment",
    "tests of both",
    "requests",
    "agree",
    "found",
    "missed",
    "false",
    "skipped",
    "withheld",
    "only pytest",
    "only testfix",
    "pytest s",
    "testfix s",
)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    tree = options.tree.resolve()
    python = options.python.absolute()
    try:
        truth = ask(Suite(tree, python, tree, options.pytest_option, options.timeout))
    except PytestError as error:
        raise SystemExit(f"pytest did not plan {tree}:\n{error}") from None
    results: dict[str, Any] = {
        "tree": tree.name,
        "pytest": truth.version,
        "collection_errors": truth.collection_errors,
    }
    rows = ["| " + " | ".join(HEAD) + " |", "|---" * len(HEAD) + "|"]
    details: list[str] = []
    wrong = 0
    for word, known in (("known", python), ("unknown", None)):
        said = testfix.verdicts(tree, known)
        compared = agreement(truth, said.tests)
        wrong += len(compared.false)
        rows.append(_row(tree.name, word, compared, truth.seconds, said.seconds))
        details += ["", f"With the environment {word}:", *_details(compared, truth)]
        results[word] = _as_json(compared, truth)
    print("\n".join([*rows, *details]))
    if options.output:
        options.output.write_text(json.dumps(results, indent=1))
    return 1 if wrong else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tree", type=Path)
    parser.add_argument("--python", type=Path, required=True, help="the interpreter the suite runs with")
    parser.add_argument("--timeout", type=float, default=600, help="seconds for pytest")
    parser.add_argument("--pytest-option", action="append", default=[], metavar="OPTION")
    parser.add_argument("--output", type=Path, metavar="FILE", help="every difference as JSON")
    options = parser.parse_args(arguments)
    if not options.tree.is_dir():
        parser.error(f"{options.tree} is not a folder")
    return options


def _row(name: str, word: str, compared: Agreement, pytest_seconds: float, seconds: float) -> str:
    share = 100 * len(compared.withheld) / (compared.requests or 1)
    cells = [name, word, compared.both, compared.requests, compared.agreeing]
    cells += map(len, (compared.found, compared.missed, compared.false, compared.skipped))
    cells += [f"{len(compared.withheld)} ({share:.1f} %)"]
    cells += [len(compared.only_pytest), len(compared.only_testfix)]
    cells += [f"{pytest_seconds:.1f}", f"{seconds:.1f}"]
    return "| " + " | ".join(map(str, cells)) + " |"


def _details(compared: Agreement, truth: Truth) -> list[str]:
    lines = [f"false: {node} {name}" for node, name in sorted(compared.false)]
    lines += [f"missed: {node} {name}" for node, name in sorted(compared.missed)]
    for cause, count in _causes(compared).most_common():
        lines.append(f"withheld, {cause}: {count} ({100 * count / (compared.requests or 1):.2f} %)")
    lines.append(f"withheld and missing for pytest: {len(compared.withheld_missing)}")
    for word, nodes in (("pytest", compared.only_pytest), ("testfix", compared.only_testfix)):
        modules = Counter(node.partition("::")[0] for node in nodes)
        for module, count in modules.most_common(8):
            failed = " (not collected)" if any(module in error for error in truth.collection_errors) else ""
            lines.append(f"only {word}: {count} in {module}{failed}")
    return lines


def _causes(compared: Agreement) -> Counter[str]:
    return Counter(compared.withheld.values())


def _as_json(compared: Agreement, truth: Truth) -> dict[str, Any]:
    return {
        "both": compared.both,
        "agreeing": compared.agreeing,
        "requests": compared.requests,
        "withheld": dict(_causes(compared)),
        "found": sorted(compared.found),
        "missed": sorted(compared.missed),
        "false": sorted(compared.false),
        "skipped": sorted(compared.skipped),
        "withheld_missing": sorted(compared.withheld_missing),
        "withheld_requests": sorted([*key, cause] for key, cause in compared.withheld.items()),
        "only_pytest": compared.only_pytest,
        "only_testfix": compared.only_testfix,
        "setup": {node: sorted(truth.tests[node].setup) for node, _ in compared.false | compared.missed},
    }


if __name__ == "__main__":
    sys.exit(main())
