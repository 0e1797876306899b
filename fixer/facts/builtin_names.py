"""Names that are bound in every module without the file binding them. Data, plain Python: read on every run.

`tests/test_known.py` holds this against `dir(builtins)` of the Python that runs the tests.
"""

from __future__ import annotations

# dir(builtins) of CPython 3.10 to 3.13, taken together; 3.14 adds none.
_BUILTINS = """
    ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError
    BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError
    ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning
    EnvironmentError Exception ExceptionGroup False FileExistsError FileNotFoundError FloatingPointError
    FutureWarning GeneratorExit IOError ImportError ImportWarning IndentationError IndexError
    InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError
    ModuleNotFoundError NameError None NotADirectoryError NotImplemented NotImplementedError OSError
    OverflowError PendingDeprecationWarning PermissionError ProcessLookupError PythonFinalizationError
    RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration
    StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError True TypeError
    UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError
    UnicodeWarning UserWarning ValueError Warning ZeroDivisionError _IncompleteInputError abs aiter all
    anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex delattr
    dict dir divmod enumerate eval exec filter float format frozenset getattr globals hasattr hash hex
    id input int isinstance issubclass iter len list locals map max memoryview min next object oct open
    ord pow print property range repr reversed round set setattr slice sorted staticmethod str sum super
    tuple type vars zip
"""

# Put into `builtins` by `site`, which every usual start of Python imports.
_SITE = "copyright credits exit help license quit"

# Windows only.
_WINDOWS = "WindowsError"

# Attributes of every module, which are plain names inside it (language reference 3.2.10, "Modules").
# `__warningregistry__` appears once the module has issued a warning; `__annotate__` and
# `__conditional_annotations__` are new in 3.14 (PEP 649).
_MODULE = """
    __annotate__ __annotations__ __build_class__ __builtins__ __cached__ __conditional_annotations__
    __debug__ __doc__ __file__ __import__ __loader__ __name__ __package__ __spec__ __warningregistry__
"""

# Bound in some places only: `__path__` in a package, the others in a class body (`__firstlineno__` from
# 3.13). Where they are not bound, that is not what keeps a test from running.
_IN_PLACES = "__firstlineno__ __module__ __path__ __qualname__"

# Type checkers know these without an import, and tests of typing lean on that.
_CHECKERS = "reveal_locals reveal_type"

BUILTIN_NAMES = frozenset(f"{_BUILTINS} {_SITE} {_WINDOWS} {_MODULE} {_IN_PLACES} {_CHECKERS}".split())

# The first Python that has the name, where 3.10 lacks it.
BUILTIN_SINCE = {
    "BaseExceptionGroup": (3, 11),
    "ExceptionGroup": (3, 11),
    "PythonFinalizationError": (3, 13),
    "_IncompleteInputError": (3, 13),
    "__annotate__": (3, 14),
    "__conditional_annotations__": (3, 14),
}
