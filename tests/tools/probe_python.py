"""Describe the standard library of the Python that runs this, as JSON on standard output.

Standard input: {"omit": [modules], "submodules": [dotted], "from": {module: {"all": bool, "names": [...]}}}.
Run it with `python -I -S`, so no site package adds a module, only the standard library is imported.
"""

from __future__ import annotations

import importlib
import inspect
import json
import subprocess
import sys
import types
import typing
import warnings

BASE_TYPE = 1 << 10  # Py_TPFLAGS_BASETYPE
LOADED = "import sys, {0}; print(*(name for name in sys.modules if name.startswith('{0}.')))"


def is_enumeration(cls: type) -> bool:
    return bool(getattr(cls, "__members__", None))


def class_level(cls: type, name: str) -> bool:
    """Whether `cls.name` makes sense on the class itself: a class method, a static method or a constant."""
    value = inspect.getattr_static(cls, name)
    if isinstance(
        value, (classmethod, staticmethod, types.ClassMethodDescriptorType, types.BuiltinFunctionType)
    ):
        return True
    return not hasattr(type(value), "__get__")


def attributes_of(value: object) -> list[str]:
    """The public attributes that can follow the name; for a lower-case class, those on the class itself."""
    if isinstance(value, types.ModuleType):
        return module_attributes(value)
    if isinstance(value, types.FunctionType):
        return sorted(name for name in vars(value) if not name.startswith("_"))
    if isinstance(value, type):
        names = {name for name in dir(value) if not name.startswith("_")}
        if value.__name__.islower() and not is_enumeration(value):
            return sorted(name for name in names if class_level(value, name))
        if hasattr(type(value), "register"):
            names.add("register")
        return sorted(names)
    return sorted(name for name in dir(type(value)) if not name.startswith("_"))


def module_attributes(module: types.ModuleType) -> list[str]:
    """What the module offers. Modules that it merely imports for itself are left out."""
    exported = getattr(module, "__all__", ())
    names = []
    for name, value in vars(module).items():
        if name.startswith("__"):
            continue
        foreign = isinstance(value, types.ModuleType) and not value.__name__.startswith(module.__name__ + ".")
        if not foreign or name in exported or (module.__name__, name) == ("os", "path"):
            names.append(name)
    return sorted(names)


def kind_of(value: object) -> str:
    if isinstance(value, types.ModuleType):
        return "module"
    if isinstance(value, type) and issubclass(value, BaseException):
        return "exception"
    if value in FORMS or (type(value).__module__ == "typing" and not isinstance(value, typing.TypeVar)):
        return "form"
    if isinstance(value, type):
        return "class"
    return "function" if inspect.isroutine(value) else "constant"


FORMS = [typing.Any, typing.Generic, typing.NamedTuple, typing.Protocol, typing.TypedDict]
BASE_FORMS = [typing.Any, typing.Generic, typing.NamedTuple, typing.Protocol, typing.TypedDict]
CALLED_FORMS = [typing.NamedTuple, typing.TypedDict]


def flags_of(value: object, kind: str) -> str:
    """c: a call makes sense; b: can be a base class."""
    flags = ""
    if kind == "form":
        called = value in CALLED_FORMS
        alias = type(value).__name__ in ("_SpecialGenericAlias", "_DequeAlias", "_TupleType", "_CallableType")
        based = value in BASE_FORMS or alias
    elif isinstance(value, type):
        called = not inspect.isabstract(value) and value.__name__ != "ABC"
        based = bool(value.__flags__ & BASE_TYPE) and not is_enumeration(value)
    else:
        called = callable(value)
        based = False
    if called:
        flags += "c"
    if based:
        flags += "b"
    return flags


def describe(value: object) -> dict[str, object]:
    kind = kind_of(value)
    attributes = [] if kind == "form" else attributes_of(value)
    return {"kind": kind, "flags": flags_of(value, kind), "attributes": attributes}


def import_or_none(name: str) -> types.ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def loaded_with(package: str) -> set[str]:
    """The submodules that a bare `import package` leaves loaded, in a fresh process."""
    command = [sys.executable, "-I", "-S", "-W", "ignore", "-c", LOADED.format(package)]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def probe(request: dict[str, typing.Any]) -> dict[str, object]:
    modules: dict[str, list[str] | None] = {}
    for name in sorted(sys.stdlib_module_names - set(request["omit"])):
        if name.startswith("_"):
            continue
        module = import_or_none(name)
        modules[name] = None if module is None else module_attributes(module)
        if module is not None and hasattr(module, "__path__"):
            loaded = loaded_with(name)
            modules[name] = [
                attribute
                for attribute in modules[name] or ()
                if not isinstance(getattr(module, attribute), types.ModuleType)
                or f"{name}.{attribute}" in loaded
                or not getattr(module, attribute).__name__.startswith(f"{name}.")
            ]
    submodules = [name for name in request["submodules"] if import_or_none(name)]
    members: dict[str, dict[str, object]] = {}
    for name, wanted in request["from"].items():
        module = import_or_none(name)
        if module is None:
            continue
        listed = set(wanted["names"])
        if wanted["all"]:
            listed |= set(module.__all__)
        members[name] = {}
        for member in sorted(listed):
            import_or_none(f"{name}.{member}")  # a submodule is an attribute once it is imported
            if hasattr(module, member):
                members[name][member] = describe(getattr(module, member))
    return {
        "version": list(sys.version_info[:2]),
        "modules": modules,
        "submodules": submodules,
        "members": members,
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    json.dump(probe(json.load(sys.stdin)), sys.stdout)
