"""What choice types share: options with names of their own, and reading a name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from pydantic import Field

from tenon.metamodel.errors import Problem
from tenon.metamodel.fields._texts import quote
from tenon.metamodel.fields.base import BadValue, FieldSpec, wrong_type
from tenon.metamodel.item import Option
from tenon.metamodel.labels import Text, say
from tenon.metamodel.names import suggest

MAX_OPTIONS = 1000
Options = Annotated[list[Option], Field(min_length=1, max_length=MAX_OPTIONS)]


class OptionsSpec(FieldSpec):
    """A field whose values are names of declared options."""

    options: Options

    @property
    def named(self) -> Sequence[Option]:
        """Return the options."""
        return self.options

    def option_names(self) -> tuple[str, ...]:
        """Return the names in their order, retired ones included."""
        return tuple(option.name for option in self.options)

    def find_option(self, name: str) -> Option | None:
        """Return the option of that name, or None."""
        return next((option for option in self.options if option.name == name), None)

    def check_spec(self) -> list[Problem]:
        """Return what is wrong with the options of this field."""
        return [*super().check_spec(), *check_options(self.options)]


def check_options(options: Iterable[Option]) -> list[Problem]:
    """Return a problem for every option whose name is taken by one before it."""
    problems, seen = [], set()
    for index, option in enumerate(options):
        if option.name in seen:
            message = say("There are two options named {name}.", "有两个名为 {name} 的选项。", name=option.name)
            problems.append(
                Problem(f"/options/{index}/name", "not_unique", message, say("Rename or remove one.", "请重命名或删除其中一个。"))
            )
        seen.add(option.name)
    return problems


def read_option(raw: Any, options: list[Option]) -> str:
    """Return the name of an option that may be chosen. Raises `BadValue`."""
    if not isinstance(raw, str):
        raise wrong_type("the name of an option", "选项的名称")
    option = next((o for o in options if o.name == raw), None)
    if option is None:
        raise BadValue(
            "bad_choice", say("{value} is not one of the options.", "{value} 不是可选项。", value=quote(raw)), _propose(raw, options)
        )
    if option.retired:
        message = say(
            "The option {option} is retired and can no longer be chosen.", "选项“{option}”已停用，不能再选择。", option=option.title()
        )
        raise BadValue("bad_choice", message, _propose("", options))
    return option.name


def _propose(raw: str, options: list[Option]) -> Text:
    names = [option.name for option in options if not option.retired]
    by_label = {text: o.name for o in options if not o.retired and o.label for text in (o.label.en, o.label.zh) if text}
    close = by_label.get(raw) or suggest(raw[:60], names)
    if close:
        return say("Did you mean {name}?", "是否想填 {name}？", name=close)
    listed = ", ".join(names[:10]) + (" …" if len(names) > 10 else "")
    return say("Choose one of: {names}.", "请选择：{names}。", names=listed)


def read_list(raw: Any, most: int) -> list[Any]:
    """Return the entries of a JSON list; refuses other types and more than ``most``."""
    if not isinstance(raw, list | tuple):
        raise wrong_type("a list", "列表")
    if len(raw) > most:
        message = say(
            "This list has {count} entries; at most {most} are allowed.",
            "列表有 {count} 项，最多允许 {most} 项。",
            count=len(raw),
            most=most,
        )
        raise BadValue("over_limit", message, say("Remove some.", "请减少数量。"))
    return list(raw)
