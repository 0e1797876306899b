"""Print what testfix finds in every case of the corpus and of the rule pages, as JSON on standard output.

    python tests/tools/corpus_findings.py

The output must be the same on every Python. Files are in a temporary folder; the corpus stays as it is.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent))

from cli_runner import run_testfix, write_files
from pages import parse_page

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent


def main() -> None:
    found: dict[str, list[object]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        for name, folder in _folders(Path(temporary)):
            for options in ((), ("--select", "ALL")):
                check = run_testfix(("--check", "--output-format", "json", *options), folder)
                diff = run_testfix(("--diff", "--unsafe-fixes", *options), folder)
                if check.status == 2 or diff.status == 2:
                    raise SystemExit(f"{name}: {check.err}{diff.err}")
                found[" ".join((name, *options))] = [json.loads(check.out), diff.text]
    json.dump(found, sys.stdout, indent=1, sort_keys=True)
    print()


def _folders(temporary: Path) -> Iterator[tuple[str, Path]]:
    """Each case and each suite, written to a folder of its own."""
    pages = [*(ROOT / "fixer/rules").glob("*.md"), *(ROOT / "fixtures_corpus/rules").glob("*/*.md")]
    cases = [case for page in sorted(pages) for case in parse_page(page)]
    for number, case in enumerate(cases):
        name = f"{case.page.relative_to(ROOT).as_posix()}: {case.title}"
        yield name, write_files(temporary / f"case{number}", case.files)
    for suite in sorted((ROOT / "fixtures_corpus/suites").iterdir()):
        yield suite.name, shutil.copytree(suite, temporary / suite.name)


if __name__ == "__main__":
    main()
