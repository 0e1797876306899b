"""Runs the cases of unexpected-keyword before and after their repair, under several releases and Pythons.

    python tests/tools/check_behaviour.py [--folder FOLDER] PYTHON [PYTHON ...]

The asyncio cases run on every PYTHON, those of websockets with 13.1, 14.2 and the newest release, installed
side by side with pip (into FOLDER, kept between runs, else a temporary one) by the last PYTHON.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from keyword_behaviour import faults_of_asyncio, faults_of_websockets

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pythons", nargs="+", metavar="PYTHON")
    parser.add_argument("--folder", type=Path, help="where the releases are installed")
    options = parser.parse_args(arguments)
    faults = []
    with tempfile.TemporaryDirectory() as temporary:
        for number, python in enumerate(options.pythons):
            found = list(faults_of_asyncio(Path(temporary) / f"asyncio{number}", python))
            print(f"asyncio, {python}: {'; '.join(found) or 'as it should be'}", flush=True)
            faults += found
        python = options.pythons[-1]
        for wanted in ("==13.1", "==14.2", ""):
            place, release = installed(wanted, python, options.folder or Path(temporary) / "releases")
            found = list(faults_of_websockets(Path(temporary) / release, python, release, place))
            print(f"websockets {release}: {'; '.join(found) or 'as it should be'}", flush=True)
            faults += found
    return 1 if faults else 0


def installed(wanted: str, python: str, folder: Path) -> tuple[Path, str]:
    """The folder of a release of websockets, and which one it is."""
    place = folder / f"websockets{wanted or '-newest'}"
    if not place.is_dir():
        command = [python, "-m", "pip", "install", "--quiet", "--target", str(place), f"websockets{wanted}"]
        subprocess.run(command, check=True)
    (metadata,) = place.glob("websockets-*.dist-info")
    return place, metadata.name.removeprefix("websockets-").removesuffix(".dist-info")


if __name__ == "__main__":
    raise SystemExit(main())
