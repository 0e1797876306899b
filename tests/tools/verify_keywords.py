"""Holds the tables of keywords against real releases; writes what it sees to tests/verified_keywords.json.

    python tests/tools/verify_keywords.py [--folder FOLDER] PYTHON [PYTHON ...]

Installs the releases below side by side with pip (into FOLDER, kept between runs, else a temporary one) and
asks each of them, by calling, about every keyword that the tables know: websockets and httpx with the newest
of the interpreters that a release runs on, asyncio with every interpreter. Run by hand; exit status 1 where
the tables say something else. `tests/test_keyword_tables.py` holds them against the file.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fixer.known.keywords import rewrites, signatures
from fixer.version_range import ANY, at, parse_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fixer.keyword_tables import Signature
    from fixer.version_range import Version

PROBE = Path(__file__).with_name("probe_keywords.py")
TARGET = Path(__file__).parents[1] / "verified_keywords.json"
# release -> the newest Python it runs on, where that is not the newest of all
RELEASES: dict[str, dict[str, str | None]] = {
    "websockets": {
        **{"9.1": "3.9", "10.4": None, "11.0.3": None, "12.0": None, "13.1": None},
        **{"14.0": None, "14.2": None, "15.0.1": None, "16.1.1": None, "17.4": None},
    },
    "httpx": {
        "0.18.2": "3.9",
        "0.19.0": "3.9",
        "0.20.0": "3.9",
        "0.25.2": None,
        "0.27.2": None,
        "0.28.1": None,
    },
}
CONNECTIONS = ("websockets.connect().", "websockets.asyncio.client.connect().")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pythons", nargs="+", metavar="PYTHON")
    parser.add_argument("--folder", type=Path, help="where the releases are installed")
    options = parser.parse_args(arguments)
    pythons = {version_of(python): python for python in options.pythons}
    seen: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        for package, releases in RELEASES.items():
            for release, newest in releases.items():
                python = pythons[newest] if newest else pythons[max(pythons, key=number)]
                place = installed(package, release, python, folder)
                print(f"{package} {release} on {version_of(python)}", file=sys.stderr)
                seen.setdefault(package, {})[release] = probe(python, place, asked(package))
        for version in sorted(pythons, key=number):
            print(f"Python {version}", file=sys.stderr)
            seen.setdefault("python", {})[version] = probe(pythons[version], None, asked("python"))
    TARGET.write_text(json.dumps(seen, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    differences = list(disagreements(seen))
    print("\n".join(differences) or "The tables say what the releases do.")
    return 1 if differences else 0


def disagreements(seen: dict[str, dict[str, Any]]) -> Iterable[str]:
    """Every place where the tables do not say what was seen, as a sentence."""
    for package, releases in seen.items():
        for release, callees in releases.items():
            version = parse_version(release)
            assert version is not None
            for callee, refused in callees.items():
                for keyword in asked(package)[callee]:
                    said = is_refused(package, callee, keyword, version)
                    if said is not None and said != (keyword in refused):
                        does = "refuses" if keyword in refused else "takes"
                        yield f"{package} {release}: {callee} {does} {keyword}"


def asked(package: str) -> dict[str, list[str]]:
    """Every callee of the package that can be probed, and every keyword that the tables know of its kind."""
    found: dict[str, set[str]] = {}
    known: dict[str, set[str]] = {}
    for signature in signatures():
        if signature.package == package:
            for callee, _ in signature.callees:
                words = set(signature.accepts)
                if callee.rpartition(".")[2] in ("connect", "unix_connect", "serve", "unix_serve"):
                    for other in signatures():
                        same = other.package == package and "()" not in other.callees[0][0]
                        words |= set(other.accepts) if same else set()
                found.setdefault(callee, set()).update(words)
    for rewrite in rewrites():
        for callee in rewrite.callees:
            known.setdefault(callee, set()).add(rewrite.keyword)
            httpx_function = callee.startswith("httpx.") and "()" not in callee
            if package == "httpx" and httpx_function and rewrite.action.kind != "method":
                found.setdefault(callee, set()).update((rewrite.keyword, *rewrite.action.names))
    for callee, words in found.items():
        words |= known.get(callee, set())
    left_out = ("typing.", "unittest.", "json.", "random.", "http.", "smtplib.", "urllib.")
    return {
        callee: sorted(words) for callee, words in sorted(found.items()) if not callee.startswith(left_out)
    }


def is_refused(package: str, callee: str, keyword: str, version: Version) -> bool | None:
    """What the tables say; None where they say nothing, or where it depends on Python too."""
    here = [
        each for each in signatures() for name, when in each.callees if name == callee and when & at(version)
    ]
    if here:
        answers = [accepts(signature, keyword, version) for signature in here]
        return None if None in answers else not any(answers)
    if any(name == callee for each in signatures() for name, _ in each.callees):
        return None
    for rewrite in rewrites():
        if callee in rewrite.callees and rewrite.keyword == keyword:
            return bool(rewrite.broken & at(version))
        if callee in rewrite.callees and keyword in rewrite.action.names and rewrite.valid & at(version):
            return False
    return None


def accepts(signature: Signature, keyword: str, version: Version) -> bool | None:
    if keyword in signature.accepts:
        return bool(signature.accepts[keyword] & at(version))
    if signature.unknown == "ignore":
        return True
    target = signature.unknown.removeprefix("forward:")
    for other in signatures():
        if target in dict(other.callees):
            if signature.package == other.package:
                return accepts(other, keyword, version)
            if keyword in other.accepts:  # which Python was it that this release ran on?
                return True if other.accepts[keyword] == ANY else None
    return False


def installed(package: str, release: str, python: str, folder: Path) -> Path:
    place = folder / f"{package}-{release}"
    if not place.is_dir():
        command = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--quiet",
            "--target",
            str(place),
            f"{package}=={release}",
        ]
        subprocess.run(command, check=True)
    return place


def probe(python: str, place: Path | None, questions: dict[str, list[str]]) -> dict[str, list[str]]:
    """What each callee refuses, asked in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(place) if place else ""}
    done = subprocess.run(
        [python, str(PROBE)],
        input=json.dumps(questions),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def version_of(python: str) -> str:
    script = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run([python, "-c", script], capture_output=True, text=True, check=True).stdout.strip()


def number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


if __name__ == "__main__":
    raise SystemExit(main())
