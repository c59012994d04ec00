"""The ways out: one file a channel, found by its name.

A channel has ``LABEL`` (a Text) and ``deliver(outside, row)``, called with a `Delivery` while no transaction is open. It returns JSON to keep as
the answer, or None. `Unavailable` and `TooMany` mean that another attempt may help, and so does anything unexpected; every other `TenonError`
makes it a dead letter at once. Besides it may have

- ``ready(uow, row)``: what sending needs and the row may not hold, such as a secret, read in the transaction that claims it; a `TenonError`
  raised there is as if delivering had raised it;
- ``ended(uow, row, state, problem)``: hears in the transaction that notes it that a delivery is now ``sent``, ``failed`` or ``dead``, and why;
- ``KEPT``: the names of what is kept of the payload once it is sent; without it everything.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from types import ModuleType

CHANNELS: dict[str, ModuleType] = {info.name: import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)}
