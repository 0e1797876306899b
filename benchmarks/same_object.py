"""Of the repairs that put_back.py calls wrong: which bind the very object that was there before.

    python benchmarks/same_object.py results.json --python ENVIRONMENT/bin/python

A library often offers one object under two modules, and put_back.py compares modules. This asks an
environment in which the libraries are installed; nothing of the repositories is imported, so what a project
says of its own names stays as it is.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

_COMPARE = """
import sys

def bound(statement, name):
    names = {}
    exec(statement, names)
    return names[name]

before, after, name = sys.argv[1:]
try:
    print("the same object" if bound(before, name) is bound(after, name) else "another object")
except Exception:
    print("cannot be imported there")
"""
_LIBRARIES = ("stdlib", "third party", "pytest", "mock")  # kinds of names that no project defines


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("results", type=Path, help="what put_back.py --output wrote")
    parser.add_argument("--python", default=sys.executable, help="an interpreter that has the libraries")
    options = parser.parse_args()
    for tool, trials in _by_tool(json.loads(options.results.read_text("utf-8"))).items():
        wrong = [trial for trial in trials if trial["outcome"] == "wrong"]
        found = Counter(
            _compared(options.python, trial) if trial["kind"] in _LIBRARIES else "of the project"
            for trial in wrong
        )
        left = 100 * (len(wrong) - found["the same object"]) / len(trials)
        print(f"{tool}: {len(wrong)} of {len(trials)} wrong: {dict(found)}; {left:.2f} % left")
    return 0


def _by_tool(data: dict[str, list[dict[str, object]]]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for result in data["results"]:
        found.setdefault(str(result["tool"]), []).extend(result["trials"])  # type: ignore[arg-type]
    return found


def _compared(python: str, trial: dict[str, str]) -> str:
    command = [python, "-c", _COMPARE, trial["before"], trial["got"], trial["name"]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "cannot be imported there"


if __name__ == "__main__":
    sys.exit(main())
