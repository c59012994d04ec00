"""The action send_message: a message about the record, to people, to a contact, or to an address in it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from tenon.metamodel.actions.base import Action
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Ref
from tenon.metamodel.whom import AnyAddressee


class SendMessage(Action):
    """A message about the record; to whom says nothing where its channel is a group's robot."""

    type: Literal["send_message"]
    message: Annotated[str, Ref("message")]
    to: AnyAddressee | None = None

    LABEL: ClassVar[Text] = say("Send a message", "发送消息")
