"""Who may do and see what: the one place that answers it, for every use of a path, row or action."""

from tenon.engine.access.resolver import ReaderResolver, environment
from tenon.engine.access.rights import Rights, rights_of

__all__ = ["ReaderResolver", "Rights", "environment", "rights_of"]
