"""The kind connector: another system whose records are pulled, pushed, or kept the same on both sides."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.actions.call_webhook import HeaderName, HeaderValue, MemberName, SecretName
from tenon.metamodel.document import Kind
from tenon.metamodel.item import Part
from tenon.metamodel.marks import Expr, Keyed, Path, Ref

JsonPlace = Annotated[str, Field(pattern=r"^[^.\s]+(\.[^.\s]+)*$", max_length=200, examples=["data.items"])]
"""Where something stands in an answer: members and positions with points between them."""
Address = Annotated[str, Field(pattern=r"^https?://[^\s]+$", max_length=1_000, examples=["https://erp.example.com/api"])]
Route = Annotated[str, Field(pattern=r"^/[^\s]*$", max_length=1_000, examples=["/orders"])]
Parameter = Annotated[str, Field(pattern=r"^[^\s&=?#]{1,100}$", examples=["updated_after"])]
ColumnOrExpression = Annotated[str, Field(min_length=1, max_length=4_000)]


class NoAuth(Part):
    """Nothing is said of who calls."""

    type: Literal["none"]


class BearerAuth(Part):
    """A token in the header ``Authorization``."""

    type: Literal["bearer"]
    secret: SecretName


class BasicAuth(Part):
    """A user and a password in the header ``Authorization``."""

    type: Literal["basic"]
    user: str = Field(min_length=1, max_length=200)
    secret: SecretName


class KeyAuth(Part):
    """A key in a header of its own."""

    type: Literal["api_key"]
    header: HeaderName = "X-Api-Key"
    secret: SecretName


class ClientAuth(Part):
    """OAuth 2 with client credentials: a token is fetched before the first call, and again when it is no longer taken."""

    type: Literal["oauth2"]
    token_url: Address
    client_id: str = Field(min_length=1, max_length=300)
    secret: SecretName
    scope: str | None = Field(default=None, max_length=1_000)


Auth = Annotated[NoAuth | BearerAuth | BasicAuth | KeyAuth | ClientAuth, Field(discriminator="type")]


class Connection(Part):
    """Where the other system is, and how one shows who one is; secrets are named, never written down."""

    base_url: Address
    auth: Auth = NoAuth(type="none")
    headers: Annotated[dict[HeaderName, HeaderValue], Field(max_length=20)] = {}
    timeout_seconds: int = Field(default=30, ge=1, le=300)


class Paging(Part):
    """How the next page is asked for: with the cursor of the answer, the position or the number of the page, or at the link that the answer names."""

    by: Literal["cursor", "offset", "page", "link"]
    param: Parameter | None = None
    at: JsonPlace | None = None
    size: int | None = Field(default=None, ge=1, le=10_000)
    size_param: Parameter | None = None
    first: int = Field(default=1, ge=0, le=1)


class Since(Part):
    """How only what changed is asked for: the newest moment that came is sent with the next run."""

    field: JsonPlace
    param: Parameter | None = None
    first: str | None = Field(default=None, max_length=100, examples=["2020-01-01T00:00:00Z"])
    overlap_seconds: int = Field(default=60, ge=0, le=86_400)


class Source(Part):
    """What is pulled: where it is asked for, where the records stand in the answer, and what each of them is known by."""

    path: Route
    records: JsonPlace | None = None
    id: JsonPlace = "id"
    params: Annotated[dict[Parameter, Annotated[str, Field(max_length=4_000)]], Field(max_length=50)] = {}
    page: Paging | None = None
    since: Since | None = None


class Push(Part):
    """Where records are sent: how new ones are created and known ones changed there, and where the answer says what a new one is known by."""

    path: Route
    create: Literal["POST", "PUT", "PATCH", "none"] = "POST"
    update: Literal["PATCH", "PUT", "POST", "none"] = "PATCH"
    record_path: Route | None = None
    id: JsonPlace = "id"
    where: Annotated[str, Expr("boolean", of="document", use="rule")] | None = None
    body: Annotated[dict[MemberName, Annotated[str, Expr(of="document", use="rule")]], Field(max_length=100)] = {}


class ConnectorKind(Kind):
    """Another system, the entity whose records are kept the same as its own, and which field is what there."""

    kind: Literal["connector"] = "connector"
    type: Literal["rest"]
    connection: Connection
    direction: Literal["pull", "push", "both"] = "pull"
    entity: Annotated[str, Ref("entity")]
    source: Source | None = None
    push: Push | None = None
    mapping: Annotated[dict[str, ColumnOrExpression], Keyed(own=True), Field(max_length=300)] = {}
    match_on: list[Annotated[str, Path()]] = Field(default=[], max_length=10)
    conflict: Literal["source_wins", "ours_wins", "newest"] = "source_wins"
    schedule: Annotated[str, Field(max_length=100, examples=["*/15 * * * *"])] | None = None
    system: str | None = Field(default=None, min_length=1, max_length=60, examples=["ERP"])
    run_as: Literal["system", "role"] = "system"
    role: Annotated[str, Ref("role")] | None = None

    ADMIN_ONLY: ClassVar[tuple[str, ...] | None] = ("connection", "run_as", "role")

    @property
    def pulls(self) -> bool:
        """Return whether records come from there."""
        return self.direction in ("pull", "both")

    @property
    def pushes(self) -> bool:
        """Return whether records go there."""
        return self.direction in ("push", "both")
