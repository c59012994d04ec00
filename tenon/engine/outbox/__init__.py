"""The outbox: what goes out of the workspace, put in the transaction of what causes it and delivered by a job, at least once under one id.

The job (``sending.py``) is not named here: the channels it knows stand on what puts things in the outbox.
"""

from tenon.engine.outbox.queue import (
    DELIVER,
    NewDelivery,
    call_all,
    counts,
    find,
    forget_old,
    get,
    list_page,
    put,
    put_all,
    replay,
    replay_all,
    suspend,
)
from tenon.engine.outbox.table import STATES, Delivery, deliveries, delivery_json

__all__ = [
    "DELIVER", "STATES", "Delivery", "NewDelivery", "call_all", "counts", "deliveries", "delivery_json", "find", "forget_old", "get", "list_page",
    "put", "put_all", "replay", "replay_all", "suspend",
]
