"""Of the uses of undefined names that ruff counts in the test files of a tree: how many a fixture explains.

    python benchmarks/explain_undefined.py TREE [--show N]

Nothing is changed and nothing of TREE is run.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from broken_suite import _ruff
from count_missing import _model
from putback.tool import find, run_testfix, testfix_command
from putback.trial import test_files

if TYPE_CHECKING:
    from collections.abc import Sequence

RULES = "TF101,TF202"
REQUESTED = "TF202: the fixture is visible, and not requested"
ELSEWHERE = "no fixture that is visible, but one of that name is declared elsewhere"
NONE = "no fixture of that name"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tree", type=Path)
    parser.add_argument("--show", type=int, default=0, metavar="N", help="also list that many of each kind")
    options = parser.parse_args(arguments)
    tree = options.tree.resolve()
    files = [file.relative_to(tree).as_posix() for file in test_files(tree)]
    arguments_of_testfix = ("--check", "--select", RULES, "--output-format", "json")
    said = json.loads(run_testfix(testfix_command(None), tree, *arguments_of_testfix))["findings"]
    requested = {(each["path"], each["line"], each["column"]) for each in said if each["code"] == "TF202"}
    model = _model(tree)
    kinds: dict[str, list[str]] = {REQUESTED: [], ELSEWHERE: [], NONE: []}
    for item in _ruff(find("ruff"), tree, files, "--isolated", "--select", "F821"):
        if item["code"] != "F821":
            continue
        path = Path(item["filename"]).relative_to(tree).as_posix()
        name, at = item["message"].split("`")[1], item["location"]
        declared = any(each.kind != "undecorated" for each in model.elsewhere(name))
        place = path, at["row"], at["column"]
        kind = REQUESTED if place in requested else ELSEWHERE if declared else NONE
        kinds[kind].append(f"{path}:{at['row']}:{at['column']} {name}")
    print(f"{tree.name}: {sum(map(len, kinds.values()))} uses of undefined names in {len(files)} test files")
    for kind, places in kinds.items():
        names = Counter(place.rpartition(" ")[2] for place in places)
        print(f"- {kind}: {len(places)} ({', '.join(f'{n} {c}' for n, c in names.most_common(8))})")
        for place in random.Random(1).sample(places, min(options.show, len(places))):
            print(f"    {place}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
