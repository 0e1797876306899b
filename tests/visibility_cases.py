"""The cases below `fixtures_corpus/visibility/`, and how verdicts are held against pytest's own.

A case is a heading, a sentence, and the files. Lines of this form may follow the sentence:

    Fails: test_a: db, cache; b/test_b.py::test_c: db     what pytest cannot find; `nothing`, if it is so
    Error: test_a.py: function uses no argument 'x'       pytest cannot collect that file, and says this
    Stops: Defining 'pytest_plugins'                      pytest ends before it collects, and says this
    Withheld: test_a: db (U1)                             testfix may say nothing of it, by that rule
    Declared: test_a: mocker (B4)                         comes with a plugin that is declared, not installed
    Pytest: >=8.4                                         another pytest says something else
    Run in: ., sub                                        pytest is started in each of these folders

A title begins with the rule that the case is for; the rules in brackets are of the same kind. A test is named
by its node id without parameters, or the end of it. `Withheld` and `Declared` excuse testfix; the others are
checked against pytest alone. Of several folders to run in, a name counts as missing only if it is missing in
each that collects the test.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.specifiers import SpecifierSet
from pages import Case, PageError, parse_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LINE = re.compile(r"(Fails|Error|Stops|Withheld|Declared|Pytest|Run in): (.+)")
NAMED = re.compile(r"(?P<node>[^\s:]\S*): (?P<names>[\w\[\], ]+?)(?: \((?P<rule>[A-Z]\d+)\))?")
NOT_FOUND = "not found: "
EXCUSES = {"E4", "E6", "B3", "B4", "B5", *(f"U{number}" for number in range(1, 6))}

Names = tuple[tuple[str, frozenset[str]], ...]


@dataclass(frozen=True)
class VisibilityCase:
    """`fails` is None where the page does not say; names go with the end of a test's node id."""

    case: Case
    fails: Names | None
    errors: tuple[tuple[str, str], ...]
    stops: str
    withheld: Names
    declared: Names
    pytest: SpecifierSet
    folders: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.case.id


@dataclass(frozen=True)
class TestTruth:
    """What pytest says of one test: all `missing` names, and whether it `fails` for the lack of one.

    `setup` holds the outcomes of all its parameter sets, in the words of `pytest_truth_plugin`.
    """

    __test__ = False
    missing: frozenset[str]
    fails: bool
    setup: frozenset[str]


@dataclass(frozen=True)
class Truth:
    """What pytest says, by node id, of tests and of what it cannot collect; `stopped` if it ended before."""

    tests: Mapping[str, TestTruth]
    errors: Mapping[str, str]
    stopped: str


@dataclass(frozen=True)
class Verdict:
    """What testfix says of one test; `withheld` are the names it does not judge."""

    missing: frozenset[str]
    withheld: frozenset[str]


def read_cases(page: Path) -> list[VisibilityCase]:
    """The cases of a page, whichever pytest they are for. Raises PageError."""
    return [_read(case) for case in parse_page(page)]


def _read(case: Case) -> VisibilityCase:
    lines: dict[str, str] = {}
    where = f"{case.page}:{case.line}"
    for line in case.prose:
        if match := LINE.fullmatch(line.strip()):
            if match[1] in lines:
                raise PageError(f"{where}: a second line {match[1]}")
            lines[match[1]] = match[2]
    errors = [part.split(": ", 1) for part in lines.get("Error", "").split("; ") if part]
    if any(len(error) != 2 for error in errors):
        raise PageError(f"{where}: an error is a file, a colon and what pytest says")
    return VisibilityCase(
        case=case,
        fails=_names(where, lines["Fails"]) if "Fails" in lines else None,
        errors=tuple((node, text) for node, text in errors),
        stops=lines.get("Stops", ""),
        withheld=_names(where, lines.get("Withheld", "nothing"), excuse=True),
        declared=_names(where, lines.get("Declared", "nothing"), excuse=True),
        pytest=SpecifierSet(lines.get("Pytest", "")),
        folders=tuple(folder.strip() for folder in lines.get("Run in", ".").split(",")),
    )


def _names(where: str, text: str, *, excuse: bool = False) -> Names:
    if text == "nothing":
        return ()
    found = []
    for part in text.split("; "):
        match = NAMED.fullmatch(part)
        if match is None or (match["rule"] in EXCUSES) != excuse:
            rule = ", and in brackets the rule that excuses" if excuse else ""
            raise PageError(f"{where}: {part!r} is not a test, a colon and names{rule}")
        found.append((match["node"], frozenset(name.strip() for name in match["names"].split(","))))
    return tuple(found)


def expand(
    where: str, names: Names, nodes: Iterable[str], *, may_lack: bool = False
) -> dict[str, frozenset[str]]:
    """The names by whole node id. Raises PageError where an end fits more than one test or, usually, none."""
    nodes = sorted(nodes)
    expanded: dict[str, frozenset[str]] = {}
    for end, wanted in names:
        fitting = [node for node in nodes if node == end or node.endswith(("/" + end, "::" + end))]
        if may_lack and not fitting:
            continue
        if len(fitting) != 1:
            raise PageError(f"{where}: {end!r} fits {fitting or 'none'} of {nodes}")
        expanded[fitting[0]] = expanded.get(fitting[0], frozenset()) | wanted
    return expanded


def read_truth(root: Path, answers: Iterable[dict[str, Any]]) -> Truth:
    """One truth from the answers of `pytest_truth`, one for each folder that pytest was started in."""
    tests: dict[str, list[TestTruth]] = {}
    errors: dict[str, str] = {}
    stopped = ""
    for answer in answers:
        if "stopped" in answer:
            stopped = answer["stopped"]
            continue
        parts = Path(answer["rootdir"]).resolve().relative_to(root.resolve()).parts
        above = "".join(part + "/" for part in parts)
        errors.update((above + node, text) for node, text in answer["collection_errors"].items())
        for node, test in answer["tests"].items():
            fails = bool(named_first(test["setup"]))
            truth = TestTruth(frozenset(test["missing"]), fails, frozenset(test["setup"]))
            tests.setdefault(above + node, []).append(truth)
    return Truth({node: _in_every_view(views) for node, views in tests.items()}, errors, stopped)


def unknown_argument(case: VisibilityCase) -> set[tuple[str, str]]:
    """The file and the name of each argument that parametrize gives and nothing takes."""
    return {
        (node.split("::")[0], match[1])
        for node, text in case.errors
        if (match := re.search(r"(?:uses no \w+|indirect fixture) '(\w+)'", text))
    }


def named_first(setup: Iterable[str]) -> set[str]:
    """The names that pytest shows as not found, one at most for each parameter set of a test."""
    return {line.removeprefix(NOT_FOUND) for line in setup if line.startswith(NOT_FOUND)}


def _in_every_view(views: list[TestTruth]) -> TestTruth:
    return TestTruth(
        frozenset.intersection(*(view.missing for view in views)),
        all(view.fails for view in views),
        frozenset.union(*(view.setup for view in views)),
    )


def failing(truth: Truth) -> dict[str, frozenset[str]]:
    """All names that pytest cannot find for a test, for each whose setup ends with "not found"."""
    return {node: test.missing for node, test in truth.tests.items() if test.fails and test.missing}


def disagreements(case: VisibilityCase, truth: Truth, verdicts: Mapping[str, Verdict]) -> list[str]:
    """A sentence for each place where testfix says something else than pytest, and no rule excuses it."""
    found: list[str] = []
    nodes = truth.tests.keys() | verdicts.keys()
    where = f"{case.case.page.name}:{case.case.line}"
    withheld = expand(where, case.withheld, nodes, may_lack=True)
    declared = expand(where, case.declared, nodes)
    must = failing(truth)
    for node in sorted(nodes):
        test = truth.tests.get(node)
        if test is None and _lost(node, truth):
            continue
        verdict = verdicts.get(node, Verdict(frozenset(), frozenset()))
        elsewhere = declared.get(node, frozenset())
        # What is computed cannot even be named as withheld, so silence will do where the case allows it.
        excused = withheld.get(node, frozenset())
        unreported = must.get(node, frozenset()) - verdict.missing - excused - elsewhere
        wrong = verdict.missing - (_may_be_missing(test) - elsewhere)
        pytest = "pytest does not complain" if test else "pytest does not collect the test"
        found += [
            f"{node}: pytest does not find {name!r}, testfix does not say so" for name in sorted(unreported)
        ]
        found += [f"{node}: {name!r} reported as missing, {pytest}" for name in sorted(wrong)]
        found += [
            f"{node}: {name!r} withheld, and no rule asks for it"
            for name in sorted(verdict.withheld - excused if test else ())
        ]
    return found


def _lost(node: str, truth: Truth) -> bool:
    """Whether the test is not there because pytest could not collect its class, its file or its folder."""
    return any(node.startswith((broken + "::", broken + "/")) for broken in truth.errors)


def _may_be_missing(test: TestTruth | None) -> frozenset[str]:
    """None if it is set up, skipped or expected to fail; all if it fails, whatever fails first."""
    if test is None or test.setup <= {"passed", "skipped", "xfailed"}:
        return frozenset()
    return test.missing
