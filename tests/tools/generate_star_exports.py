"""Write fixer/known/star_exports.json: what `from MODULE import *` binds, for the standard library.

    python tests/tools/generate_star_exports.py PYTHON [PYTHON ...]

Each interpreter is asked for its own standard library; the names of all of them are taken together, so that
testfix says the same about a file whatever Python it runs on. A name that only some of them bind is thereby
never called undefined.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

TARGET = Path(__file__).parents[2] / "fixer" / "known" / "star_exports.json"
PROBE = r"""
import importlib, json, pkgutil, sys, warnings
warnings.simplefilter("ignore")
SKIP = {"antigravity", "this", "idlelib", "turtledemo", "test", "lib2to3", "__main__", "ensurepip", "venv"}
found = {}
def ask(name):
    try:
        module = importlib.import_module(name)
    except BaseException:
        return
    names = getattr(module, "__all__", None)
    found[name] = sorted(names if names is not None else [n for n in vars(module) if not n.startswith("_")])
    if hasattr(module, "__path__"):
        for entry in pkgutil.iter_modules(module.__path__):
            if not entry.name.startswith("_") and entry.name not in ("test", "tests", "__main__"):
                ask(name + "." + entry.name)
for name in sorted(sys.stdlib_module_names):
    if not name.startswith("_") and name not in SKIP:
        ask(name)
ask("os.path")
json.dump(found, sys.stdout)
"""


def main(pythons: list[str]) -> None:
    names: dict[str, set[str]] = {}
    for python in pythons:
        output = subprocess.run([python, "-c", PROBE], check=True, capture_output=True, text=True).stdout
        for module, exported in json.loads(output).items():
            names.setdefault(module, set()).update(exported)
    lines = [
        f"{json.dumps(module)}: {json.dumps(' '.join(sorted(exported)))}"
        for module, exported in sorted(names.items())
    ]
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:] or [sys.executable])
