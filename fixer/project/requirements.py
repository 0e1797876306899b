"""One requirement, as PEP 508 and pip's requirements files write it."""

from __future__ import annotations

import re

from fixer.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Requirement:
    """A distribution that a file asks for.

    `name` is normalised as PEP 503 says. `specifier` is what stands behind it (">=2,<3", "^1.2"), empty where
    any version will do. `line` counts from 1.
    """

    name: str
    specifier: str
    source_file: str
    line: int


_NAME = re.compile(r"([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(.*)", re.ASCII | re.DOTALL)
_EGG = re.compile(r"#(?:.*&)?egg=([\w.-]+)")
_WHEEL = re.compile(r"/([A-Za-z0-9_.]+)-(\d[^-/]*)-[^/]*\.whl(?:[#?]|$)")
_REPOSITORY = re.compile(r"^\w+\+.*/([A-Za-z0-9][\w.-]*?)(?:\.git)?/?(?:@[^/]*)?(?:[#?].*)?$")
_URL = re.compile(r"(?:git|hg|svn|bzr)\+|[a-z]+://", re.IGNORECASE)


def normalised(name: str) -> str:
    """The name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parse_requirement(text: str, path: str, line: int) -> Requirement | None:
    """The requirement in `text`, None if there is none.

    Reads "name[extra]>=1; marker", "name @ url", "-e git+...#egg=name" and the URL of a wheel or a repository
    (taken to be named like the distribution).
    """
    text = re.split(r"(?:^|\s)#(?!egg=)", text, maxsplit=1)[0].strip()
    editable = re.match(r"(?:-e|--editable)[\s=]+(.*)", text)
    if editable:
        text = editable[1]
    if _URL.match(text):
        return _from_url(text, path, line)
    if editable or not text or text[0] in "-.{/":
        return None
    found = _NAME.fullmatch(text)
    if found is None:
        return None
    rest = re.split(r"\s--", found[2].partition(";")[0], maxsplit=1)[0].strip()
    if rest.startswith("@"):
        rest = ""
    elif rest.startswith("(") and rest.endswith(")"):
        rest = rest[1:-1]
    if rest and rest[0] not in "<>=!~":
        return None
    return Requirement(normalised(found[1]), re.sub(r"\s+", "", rest), path, line)


def _from_url(text: str, path: str, line: int) -> Requirement | None:
    egg = _EGG.search(text)
    if egg:
        return Requirement(normalised(egg[1]), "", path, line)
    wheel = _WHEEL.search(text)
    if wheel:
        return Requirement(normalised(wheel[1]), f"=={wheel[2]}", path, line)
    repository = _REPOSITORY.search(text)
    return Requirement(normalised(repository[1]), "", path, line) if repository else None
