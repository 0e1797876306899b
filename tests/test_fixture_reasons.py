"""Each thing that the fixture rules may say is said in a case: every repair and every refusal.

The sentences are read from the source. A case says one when its page shows it in what testfix prints.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = (
    *(f"rules/{name}_fixture.py" for name in ("missing", "unrequested", "undecorated", "duplicate")),
    *(f"repairs/{name}.py" for name in ("missing_fixture", "move_fixture", "scaffold_fixture", "decorate")),
    *(f"project/{name}.py" for name in ("luggage", "recipe_edits", "recipe_source")),
    *(f"project/fixtures/{name}.py" for name in ("exposure", "import_chain", "left_behind", "relocation")),
)
PAGES = (
    *sorted((ROOT / "fixer" / "rules").glob("*_fixture.md")),
    *sorted((ROOT / "fixtures_corpus" / "rules").glob("*-fixture/*.md")),
)
WORDS = 3  # a constant with fewer is no sentence
# What no case of a page shows, and why.
NOT_SHOWN = {
    "{} declares it for all of them already": "only where its conftest is not loaded",
    "{} cannot be imported by its name": "only behind a star import that nobody else makes",
    "{} cannot import {} as {} does": "its file declares the fixture, and is imported before it is copied",
    "{} imports more than {} modules": "it would take that many files",
    "the function is no longer there": "what has been judged is planned at once: it is there",
    'pytest_plugins = ["{}"] in {}': "the same edit is shown as the fix",
    "{} and {} more places": "it would take many files",
}


def sentences(module: str) -> list[str]:
    """The strings of a module that make a sentence, without docstrings; `{}` for what is put in."""
    tree = ast.parse((ROOT / "fixer" / module).read_text("utf-8"))
    passed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    passed |= {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
        if part is not node
    }
    texts = [
        "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        if isinstance(node, ast.JoinedStr)
        else str(node.value)
        for node in ast.walk(tree)
        if id(node) not in passed
        and (
            isinstance(node, ast.JoinedStr)
            or (isinstance(node, ast.Constant) and isinstance(node.value, str))
        )
    ]
    return [text for text in texts if " " in text and len(re.findall(r"[a-z]{2,}", text)) >= WORDS]


def is_shown(sentence: str) -> bool:
    """Summaries of rules count where their page has them, in whatever case."""
    pattern = ".+?".join(map(re.escape, sentence.split("{}")))
    return any(re.search(pattern, page.read_text("utf-8"), re.IGNORECASE) for page in PAGES)


@pytest.mark.parametrize("module", MODULES)
def test_each_sentence_is_shown_in_a_case(module: str) -> None:
    missing = [text for text in sentences(module) if text not in NOT_SHOWN and not is_shown(text)]
    assert not missing, f"add a case to fixtures_corpus/rules that shows: {missing}"


def test_what_is_not_shown_is_said_somewhere() -> None:
    said = {text for module in MODULES for text in sentences(module)}
    assert said >= NOT_SHOWN.keys()
