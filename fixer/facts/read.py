"""One test file -> Facts."""

from __future__ import annotations

import ast
import re
import warnings

from fixer.facts.call_model import NO_CALLS, Calls
from fixer.facts.call_words import is_suspected, may_be_refused, suspected_modules
from fixer.facts.decorated_uses import decorated_uses
from fixer.facts.injection import read_injection
from fixer.facts.mock_backport import may_import_backport, read_backport
from fixer.facts.model import Facts, Parts, Problem
from fixer.facts.read_body import read_body_of
from fixer.facts.symbols import local_names, module_names, read_scopes
from fixer.facts.text import decode
from fixer.facts.uses import find_uses

_ANY_STAR = re.compile(r"import[\s\\(]*\*")  # begins with a literal, and so is found fast
_USUAL_PARTS = Parts()
ALL_PARTS = Parts(calls=True, body=True)  # for the few files of which everything may be asked again
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_facts(path: str, source: bytes, parts: Parts = _USUAL_PARTS) -> Facts:
    """The facts of a file. Never fails: a file that cannot be read has a `problem` and nothing else."""
    if source.startswith(_UTF16):
        return Facts(path, Problem("is UTF-16, which Python does not read; save it as UTF-8"))
    if b"\0" in source:
        line = source.count(b"\n", 0, source.index(b"\0")) + 1
        return Facts(path, Problem("contains a null byte", line))
    try:
        scopes = read_scopes(source)
        backport = read_backport(decode(source)) if may_import_backport(source) else ()
        calls = _suspected_calls(path, source) if parts.calls and may_be_refused(source) else NO_CALLS
        body = read_body_of(path, decode(source), scopes.table) if parts.body else None
        decorated = decorated_uses(source, scopes, body) if body is not None else ()
        if not scopes.unbound:
            return Facts(
                path, imported=scopes.imported, backport=backport, calls=calls, body=body, decorated=decorated
            )
        text = decode(source)
        uses = find_uses(text, scopes)
        injection = read_injection(text, scopes)
    except SyntaxError as error:
        return Facts(path, _problem(error))
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        return Facts(path, Problem(f"cannot be decoded as {error.encoding}: {error.reason}", line))
    except (RecursionError, MemoryError):
        return Facts(path, Problem("is nested too deeply for the compiler"))
    return Facts(
        path,
        undefined=uses,
        imported=scopes.imported,
        bound=module_names(scopes),
        local=local_names(scopes),
        star_imports=_star_imports(text) if _ANY_STAR.search(text) else (),
        injected=injection.here | injection.everywhere,
        injects_unknown=injection.unknown,
        injects_line=injection.line,
        backport=backport,
        calls=calls,
        body=body,
        decorated=decorated,
    )


def compiles(source: bytes) -> bool:
    """Whether the whole compiler takes the file. `read_facts` asks for symbol tables only, which is cheaper
    and lets pass what later stages refuse: a `return` outside of functions, a late `from __future__`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source, "<test>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _suspected_calls(path: str, source: bytes) -> Calls:
    from fixer.facts.calls import read_calls  # few files hold such a call

    stem = path.rpartition("/")[2].removesuffix(".py")
    return read_calls(decode(source), stem, is_suspected, suspected_modules())


def _star_imports(text: str) -> tuple[str, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    return tuple(
        "." * node.level + (node.module or "")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
    )


def _problem(error: SyntaxError) -> Problem:
    """Python raises SyntaxError for a wrong encoding too; only a real one may be newer syntax."""
    message = error.msg or "invalid syntax"
    encoding = "encoding" in message or "codec" in message or "(unicode error)" in message
    return Problem(message, error.lineno or 1, syntax=not encoding)
