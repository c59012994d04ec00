"""The kind message: what is said to somebody about a record, over one channel, in both languages."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tenon.metamodel.document import Kind
from tenon.metamodel.item import Item, Name, Part
from tenon.metamodel.marks import Expr, Path, Ref, Template

Channel = Literal["email", "in_app", "sms", "wecom", "dingtalk", "feishu"]
ROBOTS = ("wecom", "dingtalk", "feishu")
SecretName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


Written = Annotated[str, Template(), Field(json_schema_extra={"maxLength": 10_000})]
"""A template as long as people may type one; kept with ids in the place of names it may be longer."""


class Wording(Part):
    """A template in each language; one that is left out is said in the other."""

    en: Written | None = None
    zh: Written | None = None

    def show(self, language: str) -> str:
        """Return the template of a language, or that of the other one."""
        first, second = (self.zh, self.en) if language.startswith("zh") else (self.en, self.zh)
        return first or second or ""


class Sender(Part):
    """Whom mail seems to come from: a name beside the address of the workspace, and where answers go."""

    name: str | None = Field(default=None, max_length=100)
    reply_to: str | None = Field(default=None, max_length=200)


class MessageList(Item):
    """Records of a relation that the texts go over: which of them, in which order, and how many at most."""

    name: Name
    relation: Annotated[str, Path(many=True)]
    where: Annotated[str, Expr("boolean", of="relation")] | None = None
    sort: list[Annotated[str, Path(of="relation", sort=True, fits="sort")]] = Field(default=[], max_length=3)
    limit: int = Field(default=20, ge=1, le=50)


class MessageKind(Kind):
    """A channel, and the templates of what is said; ``robot`` names the kept secret with the address of a group's robot."""

    kind: Literal["message"] = "message"
    channel: Channel
    entity: Annotated[str, Ref("entity")]
    subject: Wording | None = None
    body: Wording
    lists: list[MessageList] = Field(default=[], max_length=5)
    style: Literal["text", "html"] = "text"
    category: Literal["transactional", "marketing"] = "transactional"
    sender: Sender = Sender()
    connector: Annotated[str, Ref("connector", soft=True)] | None = None
    robot: SecretName | None = None

    @property
    def is_newsletter(self) -> bool:
        """Return whether whoever gets it outside has to be able to unsubscribe in it."""
        return self.category == "marketing" and self.channel == "email"
