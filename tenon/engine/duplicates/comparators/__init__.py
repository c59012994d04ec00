"""How values are compared, a file a comparator, found by its name.

Each has ``read(value)``, which returns what of a value is compared (None: nothing), ``keys(read)``, what two values have in common that are
worth comparing, and ``liken(one, other)``, which returns a `Likeness`.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any

COMPARING: dict[str, Any] = {info.name: import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__) if info.name != "base"}
"""The comparators by name."""
