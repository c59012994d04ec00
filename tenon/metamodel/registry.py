"""Finding the kinds in a package: one file each, so that adding one touches nothing else."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TypeVar

T = TypeVar("T")


def discover(package: str, path: list[str], base: type[T]) -> list[type[T]]:
    """Import every module of a package and return the subclasses of ``base`` they define, by module name."""
    found: list[type[T]] = []
    for info in sorted(pkgutil.iter_modules(path), key=lambda m: m.name):
        if info.name.startswith("_") or info.name == "base":
            continue
        module = import_module(f"{package}.{info.name}")
        found += [
            value
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, base) and value is not base and value.__module__ == module.__name__
        ]
    return found
