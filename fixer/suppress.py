"""Findings the user does not want to see: comments in the source, and `per-file-ignores`.

A comment speaks for its own line, and on the last line of a statement for the whole statement. On a line of
its own, `# testfix: ignore-file`, `# ruff: noqa` and `# flake8: noqa` speak for the file. What these words
mean is as in ruff: `# noqa` alone means everything, `# noqa: TF101` what it names, and a `# noqa:` that
names nothing readable means nothing.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING, TypeAlias

from fixer import globs, selectors
from fixer.frozen import dataclass
from fixer.span import Span
from fixer.suppression import Suppression, UnusedSuppression

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from fixer.config import Config
    from fixer.finding import Finding

RuleName: TypeAlias = tuple[str, str, bool]  # code, name, whether it is on by default

_OUR_CODE = re.compile(r"TF[0-9]+")
_CHEAP = ("noqa", "testfix:", "ignore[")  # in lower case; without one of them nothing is suppressed
# As ruff reads it: the word in any case, the codes in capitals.
_CODES = r"(?![\w-])(?:\s*(?P<colon>:)\s*(?P<codes>[A-Z]+[0-9]+(?:[\s,]+[A-Z]+[0-9]+)*)?)?"
_NOQA = re.compile(rf"#\s*(?i:noqa){_CODES}")
_NOQA_FILE = re.compile(rf"#\s*(?:ruff|flake8)\s*:\s*(?i:noqa){_CODES}")
_IN_BRACKETS = r"(?:\[(?P<codes>[^\]]*)\])"
_IGNORE = re.compile(rf"#\s*testfix:\s*ignore(?![\w-]){_IN_BRACKETS}?")
_TYPE_IGNORE = re.compile(rf"#\s*type:\s*ignore{_IN_BRACKETS}")
_IGNORE_FILE = re.compile(rf"#\s*testfix:\s*ignore-file(?![\w-]){_IN_BRACKETS}?")


@dataclass(frozen=True, slots=True)
class Suppressions:
    """The suppressing comments of one file. `by_line` also has the other lines of their statements."""

    whole_file: tuple[Suppression, ...] = ()
    by_line: Mapping[int, tuple[Suppression, ...]] = field(default_factory=dict)

    @staticmethod
    def read(source: str) -> Suppressions:
        """Those in `source`; text in strings does not count.

        Of a source that cannot be split into tokens, those above the place where that fails.
        """
        lowered = source.lower()
        if not any(word in lowered for word in _CHEAP):
            return Suppressions()
        whole_file: list[Suppression] = []
        by_line: dict[int, tuple[Suppression, ...]] = {}
        for text, line, column, own_line, first in _comments(source):
            for found in _parse(text, line, column, own_line):
                if found.whole_file:
                    whole_file.append(found)
                    continue
                for each in range(first, line + 1):
                    by_line[each] = (*by_line.get(each, ()), found)
        return Suppressions(tuple(whole_file), by_line)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is suppressed."""
        return not self.whole_file and not self.by_line

    def covering(self, finding: Finding) -> list[Suppression]:
        """The comments that suppress the finding."""
        here = (*self.by_line.get(finding.span.line, ()), *self.by_line.get(finding.span.end_line, ()))
        found = dict.fromkeys((*here, *self.whole_file))
        return [each for each in found if each.speaks_of(finding.code, finding.rule)]

    def unused(
        self, hidden: Iterable[Finding], rules: Sequence[RuleName], others: Sequence[RuleName]
    ) -> Iterator[UnusedSuppression]:
        """What was written for testfix and hides none of the findings `hidden`, in the order of the file.

        `rules` have judged the file, `others` have not: what speaks of those may be needed. The last part of
        a rule's name says whether it is on by default: for the others, a prefix is no sign of a need.
        """
        used: dict[Suppression, set[str]] = {}
        for finding in hidden:
            for each in self.covering(finding):
                used.setdefault(each, set()).update(each.words_for(finding.code, finding.rule))

        def judged(word: str) -> bool:
            silent = [default for code, name, default in others if selectors.matches(word, code, name)]
            heard = any(selectors.matches(word, code, name) for code, name, _ in rules)
            return not silent or (heard and not any(silent))

        everything = dict.fromkeys(
            (*(each for line in self.by_line.values() for each in line), *self.whole_file)
        )
        for each in sorted(everything, key=lambda each: each.span):
            if not each.codes:
                if each.own and each not in used and not any(default for _, _, default in others):
                    yield UnusedSuppression(each, ())
                continue
            ours = [word for word in each.codes if each.own or _OUR_CODE.fullmatch(word)]
            idle = tuple(word for word in ours if word not in used.get(each, ()) and judged(word))
            if idle:
                yield UnusedSuppression(each, () if idle == each.codes else idle)


@dataclass(frozen=True, slots=True)
class FileIgnores:
    """`per-file-ignores`: for each pattern, whether it means the files that do not match, and the rules."""

    entries: tuple[tuple[re.Pattern[str], bool, tuple[str, ...]], ...]
    root: str
    folder: str

    @staticmethod
    def read(config: Config, root: Path) -> FileIgnores:
        """Those of `config` for a project in `root`. Raises ValueError for a pattern that cannot be read."""
        entries = []
        for pattern, words in config.per_file_ignores:
            compiled = globs.compile_globs([pattern.removeprefix("!")])
            if compiled is not None:
                entries.append((compiled, pattern.startswith("!"), words))
        return FileIgnores(tuple(entries), root.as_posix(), (config.folder or root).absolute().as_posix())

    def covers(self, finding: Finding) -> bool:
        """Whether the rule is ignored in the file of the finding."""
        path = globs.rebase(finding.path, self.root, self.folder)
        return any(
            globs.matches(pattern, path) is not negated
            and any(selectors.matches(word, finding.code, finding.rule) for word in words)
            for pattern, negated, words in self.entries
        )


def _parse(text: str, line: int, column: int, own_line: bool) -> Iterator[Suppression]:
    """What the comment `text` suppresses; `column` counts from 1. Words for the file must come first."""
    for pattern, whole_file in ((_IGNORE_FILE, True), (_NOQA_FILE, True), *_ON_A_LINE):
        match = (pattern.match if whole_file else pattern.search)(text)
        if match is None or (whole_file and not own_line):
            continue
        codes = tuple(re.findall(r"[^\s,]+", match["codes"] or ""))
        named = match["colon" if "colon" in pattern.groupindex else "codes"] is not None
        if codes or not named:
            start = column + match.start()
            span = Span(line, start, line, start + len(match[0]))
            own = pattern in (_IGNORE, _IGNORE_FILE)
            yield Suppression(span, codes, whole_file, own, text, column, own_line)


_ON_A_LINE = ((_NOQA, False), (_IGNORE, False), (_TYPE_IGNORE, False))


def _comments(source: str) -> Iterator[tuple[str, int, int, bool, int]]:
    """Each comment: text, line, column from 1, whether it has the line to itself, first line it is for.

    That is the first line of the statement that ends on the comment's line, else the line itself.
    """
    import io
    import tokenize

    first = 0  # line where the statement that is being read began; 0: between statements
    comment: tuple[str, int, int, bool] | None = None
    try:
        for token in tokenize.generate_tokens(io.StringIO(source, newline=None).readline):
            if token.type == tokenize.COMMENT:
                if comment is not None:
                    yield (*comment, comment[1])
                line, column = token.start
                comment = (token.string, line, column + 1, token.line[:column].strip() == "")
            elif token.type == tokenize.NEWLINE:
                if comment is not None:
                    yield (*comment, first if comment[1] == token.start[0] and first else comment[1])
                comment, first = None, 0
            elif not first and token.type not in (tokenize.NL, tokenize.INDENT, tokenize.DEDENT):
                first = token.start[0]
    except (tokenize.TokenError, SyntaxError):
        pass
    if comment is not None:
        yield (*comment, comment[1])
