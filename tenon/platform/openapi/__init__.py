"""The description of the API in OpenAPI 3.1, in one person's language and with their rights."""

from __future__ import annotations

from tenon.platform.openapi.document import describe

__all__ = ["describe"]
