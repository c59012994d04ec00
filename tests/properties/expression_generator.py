"""A typed generator of expressions over the customers of `expression_records`."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

TEXT_LITERALS = ("'客户'", "'a'", "'%'", "'_'", '"it\'s"', "'A%b'", "''", "'12.5'", "' '", "'\\\\'", "'ABC'", "'上海'", "'\U0001f600'")
NUMBER_LITERALS = ("0", "1", "-1", "2", "0.1", "0.2", "0.3", "1.005", "100", "999.995", "7", "3", "12345678", "0.00000001", "-2.5", "15")
DATE_LITERALS = ("date('2026-01-31')", "date('2024-02-29')", "date('0001-01-01')", "date('9999-12-31')", "today()", "days_ago(30)")
NEAR = {
    "number": ("arr", "seats", "ratio", "share", "stars", "call_time", "industry.size", "parent.arr", "parent.industry.size", "version"),
    "text": ("name", "notes", "mail", "industry.title", "parent.name", "owner.name", "boss.unit.name", "parent.parent.name"),
    "boolean": ("active", "vip", "parent.active"),
    "date": ("signed", "ends", "parent.signed", "industry.founded"),
    "datetime": ("seen", "created_at", "parent.seen"),
    "choice": ("stage", "level", "parent.stage"),
    "choices": ("regions", "labels", "parent.labels"),
    "reference": ("parent", "industry", "owner", "boss", "team", "unit"),
}
FAR = {
    "number": ("amount", "pieces", "customer.seats", "this.arr", "this.seats", "this.industry.size"),
    "text": ("number", "customer.name", "this.name", "owner.name"),
    "boolean": ("rush", "this.active"),
    "date": ("ordered_at", "this.signed"),
    "datetime": ("paid_at", "this.seen", "created_at"),
    "choice": ("status",),
    "choices": ("this.labels",),
    "reference": ("owner",),
}
OPTIONS = {"stage": ("new", "won", "lost"), "level": ("gold", "silver"), "status": ("open", "paid"), "regions": ("north", "south"), "labels": ("vip", "late")}
UNITS, SPANS = ("day", "week", "month", "quarter", "year", "hour", "minute"), ("day", "week", "month", "quarter", "year")


@dataclass
class Generator:
    """Expressions by type; ``names`` are the fields that may be read."""

    chance: random.Random
    names: dict[str, tuple[str, ...]]
    has_aggregates: bool = True

    def pick(self, *choices: str) -> str:
        return self.chance.choice(choices)

    def any(self, depth: int) -> str:
        """Return an expression of any type."""
        return getattr(self, self.pick("number", "number", "text", "condition", "condition", "date", "datetime", "choice"))(depth)  # type: ignore[no-any-return]

    def _one(self, *makers: Callable[[], str]) -> str:
        return self.chance.choice(makers)()

    def _choose(self, kind: Callable[[int], str], d: int) -> str:
        """Return one of the ways to choose between values of a type."""
        return self._one(
            lambda: f"({kind(d)} if {self.condition(d)} else {kind(d)})", lambda: f"if_else({self.condition(d)}, {kind(d)}, {kind(d)})",
            lambda: f"coalesce({kind(d)}, {kind(d)})",
            lambda: f"case({self.condition(d)}, {kind(d)}, {self.condition(d)}, {kind(d)}, {kind(d)})",
        )

    def number(self, depth: int) -> str:
        if depth <= 0 or self.chance.random() < 0.15:
            return self.pick(*self.names["number"], *self.names["number"], *NUMBER_LITERALS)
        d = depth - 1
        makers: list[Callable[[], str]] = [
            lambda: f"({self.number(d)} {self.pick('+', '-', '*', '+', '-', '*', '/', '//', '%')} {self.number(d)})",
            lambda: f"{self.number(d)} {self.pick('+', '-')} {self.number(d)} {self.pick('+', '-')} {self.number(d)}",
            lambda: f"(-{self.number(d)})", lambda: f"(({self.number(d)}) ** {self.pick('2', '-1', '0', '3')})",
            lambda: f"round({self.number(d)}, {self.pick('0', '2', '-2', '4', '8')})",
            lambda: f"{self.pick('abs', 'floor', 'ceil', 'sqrt', 'ln')}({self.number(d)})",
            lambda: f"{self.pick('min', 'max')}({self.number(d)}, {self.number(d)})",
            lambda: f"clamp({self.number(d)}, {self.number(d)}, {self.number(d)})",
            lambda: f"scale({self.number(d)}, {self.number(0)}, {self.number(0)})",
            lambda: f"number({self.text(d)})", lambda: f"len({self.text(d)})", lambda: f"len({self.pick(*self.names['choices'])})",
            lambda: f"days_between({self.day(d)}, {self.day(d)})", lambda: f"months_between({self.day(d)}, {self.day(d)})",
            lambda: f"days_since({self.day(d)})", lambda: f"{self.pick('year', 'month', 'day', 'quarter', 'weekday')}({self.day(d)})",
            lambda: f"hour({self.datetime(d)})", lambda: self._choose(self.number, d),
        ]
        return self._one(*makers, *([self.aggregate] * 4 if self.has_aggregates else []))

    def aggregate(self) -> str:
        far = Generator(self.chance, FAR, has_aggregates=False)
        where = f", where={far.condition(2)}" if self.chance.random() < 0.7 else ""
        return self._one(
            lambda: f"count({self.pick('orders', 'orders.amount')}{where})",
            lambda: f"{self.pick('sum', 'avg', 'min', 'max')}(orders.{self.pick('amount', 'pieces')}{where})",
            lambda: f"{self.pick('first', 'last')}(orders.{self.pick('amount', 'pieces')}{where})",
            lambda: f"distinct(orders.{self.pick('status', 'ordered_at', 'amount', 'owner.name')}{where})",
            lambda: f"{self.pick('sum', 'max', 'first')}({self.pick('children.arr', 'parent.children.seats', 'industry.customers.ratio')})",
            lambda: f"count(children, where=arr {self.pick('<', '>=', '==')} this.arr)",
            lambda: f"count(industry.customers, where={self.pick('arr', 'seats')} < this.{self.pick('arr', 'seats')})",
            lambda: f"sum(products.price{self.pick('', ', where=price > 1')})", lambda: f"count(remarks{self.pick('', ', where=size > this.seats')})",
        )

    def text(self, depth: int) -> str:
        if depth <= 0 or self.chance.random() < 0.2:
            return self.pick(*self.names["text"], *self.names["text"], *TEXT_LITERALS)
        d = depth - 1
        return self._one(
            lambda: f"{self.pick('lower', 'upper', 'trim')}({self.text(d)})",
            lambda: f"{self.pick('left', 'right')}({self.text(d)}, {self.pick('2', '0', '1.5', 'seats' if 'seats' in self.names['number'] else '3')})",
            lambda: f"replace({self.text(0)}, {self.text(0)}, {self.pick(*TEXT_LITERALS)})",
            lambda: f"concat({self.text(d)}, {self.text(d)}, {self.text(0)})", lambda: f"text({self.date(d)})",
            lambda: f"text(round({self.number(d)}, {self.pick('0', '2')}))", lambda: f"text({self.choice(0)})", lambda: self._choose(self.text, d),
        )

    def condition(self, depth: int) -> str:
        if depth <= 0:
            return self.pick(*self.names["boolean"], "True", "False", "None", f"{self.number(0)} > {self.number(0)}")
        d = depth - 1
        sign, equal = self.pick("==", "!=", "<", "<=", ">", ">="), self.pick("==", "!=")
        makers: list[Callable[[], str]] = [
            lambda: f"({self.number(d)} {sign} {self.number(d)})", lambda: f"({self.number(d)} {sign} {self.pick(*NUMBER_LITERALS)})",
            lambda: f"({self.text(d)} {sign} {self.text(d)})", lambda: f"({self.date(d)} {sign} {self.date(d)})",
            lambda: f"({self.datetime(d)} {sign} {self.datetime(d)})", lambda: f"({self.datetime(d)} {sign} {self.pick(*DATE_LITERALS)})",
            lambda: f"({self.number(0)} < {self.number(d)} <= {self.number(0)})",
            lambda: f"({self.number(d)} {self.pick('in', 'not in')} [1, 2.5, 0.00001, {self.pick('None', '100')}])",
            lambda: f"({self.text(d)} {self.pick('in', 'not in')} ['a', '客户', {self.pick('None', repr('ABC'))}])",
            lambda: f"({self.text(0)} in {self.text(d)})", self._option, self._option,
            lambda: f"({self.pick(*self.names['reference'])} {equal} {self.pick('None', 'user.id' if 'boss' in self.names['reference'] else 'None')})",
            lambda: f"({self.condition(d)} {self.pick('and', 'or')} {self.condition(d)})",
            lambda: f"({self.condition(d)} {self.pick('and', 'or')} {self.condition(d)} {self.pick('and', 'or')} {self.condition(d)})",
            lambda: f"(not {self.condition(d)})", lambda: f"(({self.condition(d)}) {equal} ({self.condition(d)}))",
            lambda: f"is_empty({self.any(d)})", lambda: f"({self.any(d)}) {equal} None", lambda: f"in_unit({self.pick('unit', 'None')})",
            lambda: f"{self.pick('contains', 'starts_with', 'ends_with')}({self.text(d)}, {self.text(0)})", lambda: "has_role('sales')",
            lambda: f"(days_since({self.pick(*self.names['date'], *self.names['datetime'])}) {sign} {self.pick('30', '-5', '0.5', '9999999')})",
            lambda: self._choose(self.condition, d),
        ]
        return self._one(*makers, *([self._exists] * 2 if self.has_aggregates else []))

    def _exists(self) -> str:
        far = Generator(self.chance, FAR, has_aggregates=False)
        return f"exists({self.pick('orders', 'orders.amount')}, where={far.condition(2)})"

    def _option(self) -> str:
        name = self.pick(*(self.names["choice"] + self.names["choices"]))
        options = OPTIONS[name.split(".")[-1]]
        if name.split(".")[-1] in ("regions", "labels"):
            return self.pick(f"('{self.pick(*options)}' in {name})", f"contains({name}, '{self.pick(*options)}')", f"({name} != None)")
        return self.pick(f"({name} {self.pick('==', '!=')} '{self.pick(*options)}')", f"({name} not in ['{self.pick(*options)}', None])", f"({name} in ['{options[0]}'])")

    def date(self, depth: int) -> str:
        if depth <= 0 or self.chance.random() < 0.2:
            return self.pick(*self.names["date"], *self.names["date"], *DATE_LITERALS)
        d = depth - 1
        return self._one(
            lambda: f"date_add({self.date(d)}, {self.number(d)}, '{self.pick(*UNITS[:5])}')",
            lambda: f"date_add({self.date(d)}, {self.pick('1', '-1', '12', '-13', '1.9', '40000')}, '{self.pick(*UNITS[:5])}')",
            lambda: f"{self.pick('start_of', 'end_of')}({self.day(d)}, '{self.pick(*SPANS)}')", lambda: f"date({self.datetime(d)})",
            lambda: f"days_ago({self.number(d)})", lambda: self._choose(self.date, d),
            lambda: f"{self.pick('min', 'max')}({self.date(d)}, {self.date(d)})",
        )

    def datetime(self, depth: int) -> str:
        if depth <= 0 or self.chance.random() < 0.3:
            return self.pick(*self.names["datetime"], *self.names["datetime"], "now()")
        d = depth - 1
        return self._one(
            lambda: f"date_add({self.datetime(d)}, {self.pick('1', '-1', '12', '25', '0.5', '-100000')}, '{self.pick(*UNITS)}')",
            lambda: f"date_add({self.datetime(d)}, {self.number(d)}, '{self.pick(*UNITS)}')", lambda: self._choose(self.datetime, d),
        )

    def day(self, depth: int) -> str:
        return self.date(depth) if self.chance.random() < 0.6 else self.datetime(depth)

    def choice(self, depth: int) -> str:
        name = self.pick(*self.names["choice"])
        return name if depth <= 0 else f"if_else({self.condition(depth - 1)}, {name}, {name})"
