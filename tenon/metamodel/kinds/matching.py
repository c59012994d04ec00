"""The kind matching: how two records are compared to find out that they mean the same."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from tenon.metamodel.document import Kind
from tenon.metamodel.item import Exact, Item
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Path, Ref

Comparator = Literal["exact", "company_name", "text", "phone", "email", "domain", "uscc"]
COMPARATORS: tuple[Comparator, ...] = get_args(Comparator)
COMPARATOR_LABELS: dict[str, Text] = {
    "exact": say("The same value", "取值相同"), "company_name": say("Company name", "公司名称"), "text": say("Similar text", "相似文本"),
    "phone": say("Telephone number", "电话号码"), "email": say("E-mail address", "邮箱地址"), "domain": say("Web domain", "网站域名"),
    "uscc": say("Unified social credit code", "统一社会信用代码"),
}  # fmt: skip


class ComparedField(Item):
    """One field that is compared: its likeness counts with a weight, or decides alone."""

    field: Annotated[str, Path(fits="compared")]
    by: Comparator
    weight: Exact | None = Field(default=None, gt=0, le=1_000)
    decides: bool = False


class MatchingKind(Kind):
    """When two records of an entity may be the same: the fields compared, and from which likeness (0 to 1) a pair is proposed."""

    kind: Literal["matching"] = "matching"
    entity: Annotated[str, Ref("entity")]
    compare: list[ComparedField] = Field(min_length=1, max_length=20)
    propose_from: Exact = Field(ge=0, le=1)
    merge_from: Exact | None = Field(default=None, ge=0, le=1)
