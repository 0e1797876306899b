"""The baseline: findings that are known and not to be reported, so that a suite can only get better.

A known finding is known by its file, its rule and the name at stake, as often as the baseline says. Where a
file has more of a kind than that, the text of their lines tells which are new. Line numbers do not matter.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from typing import TYPE_CHECKING, TypeAlias

from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from fixer.finding import Finding

VERSION = 1
_LONGEST = 200  # characters of a line that tell it from others

Kind: TypeAlias = tuple[str, str]  # the rule's code, the name at stake


class BaselineError(ValueError):
    """A text that is no baseline; the message is a clause."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """By path and kind: the lines of the known findings."""

    known: Mapping[str, Mapping[Kind, tuple[str, ...]]] = field(default_factory=dict)

    def without_known(
        self, path: str, findings: Sequence[Finding], lines: Sequence[str]
    ) -> tuple[list[Finding], Counter[Kind]]:
        """The findings of one file that are not known; and how many known ones of each kind are not there.

        `lines` are those of the file.
        """
        new: list[Finding] = []
        stale: Counter[Kind] = Counter()
        known = self.known.get(path, {})
        for kind in dict.fromkeys([*map(_kind, findings), *known]):
            of_kind = [finding for finding in findings if _kind(finding) == kind]
            expected = Counter(known.get(kind, ()))
            unlike = []
            for finding in of_kind:
                line = _line(finding, lines)
                if expected[line]:
                    expected[line] -= 1
                else:
                    unlike.append(finding)
            left = expected.total()
            new += unlike[left:]
            stale[kind] = max(left - len(unlike), 0)
        return [finding for finding in findings if finding in new], +stale


def read(text: str) -> Baseline:
    """The baseline in the content of its file. Raises BaselineError."""
    import json

    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"is no JSON: {error}") from None
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise BaselineError(f"is no baseline of version {VERSION}")
    known: dict[str, dict[Kind, tuple[str, ...]]] = {}
    try:
        for path, entries in document["findings"].items():
            for entry in entries:
                lines = [entry["lines"]] if isinstance(entry["lines"], str) else entry["lines"]
                known.setdefault(path, {})[str(entry["code"]), str(entry["name"])] = tuple(map(str, lines))
    except (KeyError, TypeError, AttributeError) as error:
        raise BaselineError(f"is damaged ({type(error).__name__}: {error})") from None
    return Baseline(known)


def render(
    old: Baseline,
    findings: Iterable[Finding],
    lines: Callable[[str], Sequence[str]],
    judged: Collection[str],
    codes: Collection[str],
) -> str:
    """The content of a baseline with the findings of a run.

    The run judged the files `judged` by the rules `codes`; what is known of others stays.
    """
    import json

    known: dict[str, dict[Kind, list[str]]] = {}
    for path, kinds in old.known.items():
        for kind, texts in kinds.items():
            if path not in judged or kind[0] not in codes:
                known.setdefault(path, {})[kind] = list(texts)
    for finding in findings:
        of_file = known.setdefault(finding.path, {})
        of_file.setdefault(_kind(finding), []).append(_line(finding, lines(finding.path)))
    document = {
        path: [
            {"code": code, "name": name, "lines": sorted(texts)}
            for (code, name), texts in sorted(kinds.items())
        ]
        for path, kinds in sorted(known.items())
    }
    return json.dumps({"version": VERSION, "findings": document}, indent=1, ensure_ascii=True) + "\n"


def _kind(finding: Finding) -> Kind:
    return finding.code, finding.name


def _line(finding: Finding, lines: Sequence[str]) -> str:
    """The text of the finding's line, however it is indented."""
    number = finding.span.line
    return lines[number - 1].strip()[:_LONGEST] if 0 < number <= len(lines) else ""
