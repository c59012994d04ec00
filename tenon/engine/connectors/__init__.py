"""How the types of connectors speak with another system: one file each, named as the type.

``open(outside, body)`` answers a line: ``read(since, cursor)`` gives a `base.Batch` of records, ``send(…)`` creates or changes one there.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from types import ModuleType

TYPES: dict[str, ModuleType] = {info.name: import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__) if info.name != "base"}
