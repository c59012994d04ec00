"""From a tree of conditions to the text of an expression."""

from __future__ import annotations

from decimal import Decimal

from tenon.metamodel.expressions.conditions.tree import Condition, Day, Edge, Group, Mine, Moved, Other, Value, tidy

_SIGNS = {"is": "==", "is_not": "!=", "less": "<", "at_most": "<=", "more": ">", "at_least": ">="}
_CALLS = {"contains": "contains", "lacks": "not contains", "starts_with": "starts_with", "ends_with": "ends_with"}


def write(group: Group) -> str:
    """Return the expression of a group, "" of one without conditions."""
    return _group(tidy(group))


def _group(group: Group) -> str:
    parts = [f"({_group(item)})" if isinstance(item, Group) else _condition(item) for item in group.items]
    return f" {group.joins} ".join(parts)


def _condition(item: Condition) -> str:
    if item.path == "user.roles" and item.operator in ("contains", "lacks"):
        return f"{'not ' if item.operator == 'lacks' else ''}has_role({_value(item.values[0])})"
    subject, operator = _subject(item), item.operator
    if operator in _SIGNS:
        return f"{subject} {_SIGNS[operator]} {_value(item.values[0])}"
    if operator in _CALLS:
        return f"{_CALLS[operator]}({subject}, {_value(item.values[0])})"
    if operator == "between":
        return f"{_value(item.values[0])} <= {subject} <= {_value(item.values[1])}"
    if operator in ("any_of", "none_of"):
        return f"{subject} {'in' if operator == 'any_of' else 'not in'} [{', '.join(_value(v) for v in item.values)}]"
    fixed = {
        "empty": f"{subject} == None", "filled": f"{subject} != None", "yes": subject, "not_yes": f"not {subject}",
        "no": f"{subject} == False", "within": f"in_unit({subject})",
    }  # fmt: skip
    return fixed[operator]


def _subject(item: Condition) -> str:
    if not item.through:
        return item.path
    where = _group(item.where) if item.where is not None else ""
    return f"{item.through}({item.path}, where={where})" if where else f"{item.through}({item.path})"


def _value(value: Value) -> str:
    if isinstance(value, Day):
        return f"date({value.text!r})"
    if isinstance(value, Moved):
        return _moved(value)
    if isinstance(value, Edge):
        return f"{value.side}_of({_moved(Moved(value.by, value.unit))}, '{value.unit}')"
    if isinstance(value, Mine):
        return f"user.{value.part}"
    if isinstance(value, Other):
        return value.path
    return format(value, "f") if isinstance(value, Decimal) else repr(value)


def _moved(value: Moved) -> str:
    base = f"{value.base}()"
    if value.by == 0:
        return base
    if value.base == "today" and value.unit == "day" and value.by < 0:
        return f"days_ago({-value.by})"
    return f"date_add({base}, {value.by}, '{value.unit}')"
