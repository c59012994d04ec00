"""The stage of a record in its process, with the moves that are allowed."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.errors import Problem
from tenon.metamodel.fields._choices import OptionsSpec, read_option
from tenon.metamodel.fields.base import Place
from tenon.metamodel.item import Item
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Expr, Path, Ref
from tenon.metamodel.names import suggest
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type

ANY = "*"


class Move(Item):
    """One allowed move between stages: when, with which fields filled in, and by whom."""

    from_: str | list[str] = Field(alias="from")
    """The stage it starts from, several of them, or ``*`` for any."""
    to: str
    when: Annotated[str, Expr("boolean", of="document")] | None = None
    requires: list[Annotated[str, Path(of="document")]] = Field(default_factory=list)
    roles: list[Annotated[str, Ref("role")]] = Field(default_factory=list)
    """Who may make it; nobody named means everybody who may write the field."""

    def starts_from(self) -> tuple[str, ...]:
        """Return the stages it starts from; ``("*",)`` for any."""
        return (self.from_,) if isinstance(self.from_, str) else tuple(self.from_)


class StageSpec(OptionsSpec):
    """One of several stages; with moves declared, only these are allowed."""

    type: Literal["stage"]
    moves: Annotated[list[Move], Field(max_length=1000)] = Field(default_factory=list)

    input: ClassVar[str] = "stage"
    icon: ClassVar[str] = "signpost"
    type_label: ClassVar[Text] = say("Stage", "阶段")
    type_help: ClassVar[Text] = say("Where a record is in its process, and where it may go next.", "记录所处的流程阶段及允许的流转。")
    example: ClassVar[Text] = say("active", "active")

    def value_type(self) -> Type:
        """Return a choice with its stages in their order."""
        return Type("choice", options=self.option_names(), source=self.id)

    def storage(self) -> Storage:
        """Return a text: the stage's name."""
        return Storage("text")

    def read(self, raw: Any, place: Place) -> str:
        """Return the name of a stage that is not retired; the record writer checks the move."""
        return read_option(raw, self.options)

    def moves_between(self, old: str | None, new: str) -> list[Move] | None:
        """Return the declared moves from one stage to another; None when every move is free (no moves declared, or no stage yet)."""
        if not self.moves or old is None or old == new:
            return None
        return [move for move in self.moves if move.to == new and (old in move.starts_from() or ANY in move.starts_from())]

    def check_spec(self) -> list[Problem]:
        """Return what is wrong with the options, and moves from or to stages that do not exist."""
        names = list(self.option_names())
        problems = super().check_spec()
        for index, move in enumerate(self.moves):
            starts = [(f"/moves/{index}/from", name) for name in move.starts_from() if name != ANY]
            problems += [_unknown(path, name, names) for path, name in (*starts, (f"/moves/{index}/to", move.to)) if name not in names]
        return problems


def _unknown(path: str, name: str, names: list[str]) -> Problem:
    close = suggest(name, names)
    hint = (
        say("Did you mean {name}?", "是否想填 {name}？", name=close) if close else say("Name one of the options.", "请填写某个选项的名称。")
    )
    return Problem(path, "unknown_name", say("There is no stage {name}.", "没有名为 {name} 的阶段。", name=name), hint)
