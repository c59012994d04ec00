"""What the steps of workflows do: one file each, named as its shape in ``metamodel/steps``; every other step is an action (`_action`).

``enter(batch)`` is called when tokens come to the step, ``wake(batch, why)`` when they waited there and something came (see `token.Woken`;
"news": a record changed, which may mean nothing to the step). Both let each token go on, wait, or end.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from types import ModuleType

NODES: dict[str, ModuleType] = {info.name: import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)}


def node_of(type_: str) -> ModuleType:
    """Return what a type of step does."""
    return NODES.get(type_) or NODES["_action"]
