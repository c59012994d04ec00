"""What the actions of rules do: one file each, named as its shape in ``metamodel/actions``.

``run(work, action)`` does it for a set of records and answers the effect on each; ``before(uow, event, rule, action, row)`` does it to a
row that is not stored yet.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from types import ModuleType

DOING: dict[str, ModuleType] = {info.name: import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)}
