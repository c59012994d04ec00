"""The trigger form_submitted: somebody sent in a form."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Ref
from tenon.metamodel.triggers.base import Trigger


class FormSubmitted(Trigger):
    """Somebody sent in a form."""

    type: Literal["form_submitted"]
    form: Annotated[str, Ref("form")]

    LABEL: ClassVar[Text] = say("A form is sent in", "提交表单时")
