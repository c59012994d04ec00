"""How the triggers of rules are heard: one file each, named as its shape in ``metamodel/triggers``.

``hear(uow, rule, event)`` answers which records an event wakes a rule for; triggers of the clock have ``look`` instead.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from types import ModuleType

HEARING: dict[str, ModuleType] = {info.name: import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)}
