"""The action call_webhook: another system is called with values of the record."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.actions.base import Action
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Expr

HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,59}$")]
HeaderValue = Annotated[str, Field(max_length=1_000, pattern=r"^[^\x00-\x08\x0a-\x1f\x7f]*$", examples=["Bearer"])]
SecretName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,59}$")]
MemberName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,99}$")]


class CallWebhook(Action):
    """Another system is called with values of the record: an address, or a webhook of the workspace by its name."""

    type: Literal["call_webhook"]
    url: Annotated[str, Field(max_length=2_000)] | None = None
    webhook: Annotated[str, Field(max_length=100)] | None = None
    method: Literal["POST", "PUT", "PATCH", "DELETE", "GET"] = "POST"
    headers: Annotated[dict[HeaderName, HeaderValue], Field(max_length=20)] = {}
    secrets: Annotated[dict[HeaderName, SecretName], Field(max_length=10)] = {}
    body: Annotated[dict[MemberName, Annotated[str, Expr(of="document", use="rule")]], Field(max_length=100)] = {}
    signed_with: SecretName | None = None

    LABEL: ClassVar[Text] = say("Call a webhook", "调用 Webhook")
