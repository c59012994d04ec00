"""A backend in memory that answers everything the pages ask, for their tests and for looking at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from tenon.engine.context import Context, User
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, Problem, TooMany, Unauthenticated, not_found
from tenon.metamodel.labels import say
from tenon.ui.shapes import Choice, Field, Figure, Found, Home, Invitation, MenuGroup, MenuItem, Session, SignedIn, Step, Workspace
from tenon.ui.work import AppCard, ImportColumn, ImportOrder, ImportPage, ImportProblem, ImportResult, JobList, JobView
from tests.ui import sample
from tests.ui.fake_records import FakeRecords

PASSWORD = "correct horse battery"


class FakeBackend(FakeRecords):
    """Customers in memory; ``count`` of them, 0 for an empty workspace."""

    def __init__(self, count: int = 2400, *, is_set_up: bool = True) -> None:
        super().__init__(count)
        self.is_set_up = is_set_up
        self.tokens: set[str] = set()
        self.setup_token: str | None = "first-link-of-this-workspace"
        self.installed = {"chm"}
        self.imports: dict[str, ImportPage] = {}
        self.language = "en"
        self.fails = False

    # Getting in -----------------------------------------------------------------------------------------------

    def workspace(self) -> Workspace:
        return Workspace("Tenon", "Asia/Shanghai", "0.1.0", 12, self.is_set_up, sends_mail=True)

    def find_session(self, token: str) -> Session | None:
        if token not in self.tokens:
            return None
        roles = ("admin",) if token.startswith("admin") else ()
        user = User(sample.make_id(9, 0), "lin.yue@example.com", "Lin Yue", roles)
        return Session(Context(user, self.language), f"csrf-{token}", "East China")

    def _begin(self, name: str) -> SignedIn:
        self.tokens.add(name)
        return SignedIn(name, sample.NOW + timedelta(days=14), self.language)

    def address_of(self, peer: str | None, headers: Mapping[str, str]) -> str | None:
        return peer

    def sign_in(self, ctx: Context, email: str, password: str, old_token: str | None = None) -> SignedIn:
        if email == "busy@example.com":
            raise TooMany(Problem("", "over_limit", say("Too many attempts. Wait a minute.", "尝试次数过多，请稍等一分钟。")))
        if password != PASSWORD:
            raise Unauthenticated(Problem("", "forbidden", say("E-mail or password is not right.", "邮箱或密码不正确。")))
        return self._begin("admin-1" if email.startswith("admin") else "member-1")

    def sign_out(self, token: str) -> None:
        self.tokens.discard(token)

    def is_setup_link(self, token: str) -> bool:
        return token == self.setup_token

    def set_up(self, ctx: Context, token: str, name: str, email: str, password: str) -> SignedIn:
        if not self.is_setup_link(token):
            raise not_found()
        if len(password) < 12:
            raise Invalid(Problem("/password", "out_of_range", say("Use at least 12 characters.", "请至少使用 12 个字符。")))
        self.setup_token, self.is_set_up = None, True
        return self._begin("admin-1")

    def ask_reset(self, ctx: Context, email: str) -> None: ...

    def find_invitation(self, token: str) -> Invitation | None:
        return {
            "invited-by-somebody-else": Invitation("invite", "maya@example.com", "Maya Patel"),
            "forgot-what-it-was-again": Invitation("reset", "tom@example.com"),
        }.get(token)

    def accept_invitation(self, ctx: Context, token: str, name: str | None, password: str) -> SignedIn:
        if len(password) < 12:
            raise Invalid(Problem("/password", "out_of_range", say("Use at least 12 characters.", "请至少使用 12 个字符。")))
        return self._begin("member-1")

    def change_language(self, ctx: Context, language: str) -> None:
        self.language = language

    def change_password(self, ctx: Context, old: str, new: str, token: str) -> None:
        if old != PASSWORD:
            raise Invalid(Problem("/old", "refused", say("This is not your password.", "密码不正确。")))

    # Menus ----------------------------------------------------------------------------------------------------

    def menu(self, ctx: Context) -> Sequence[MenuGroup]:
        zh = ctx.language == "zh"
        live = len([r for r in self.records.values() if not r["deleted"]])
        return (
            MenuGroup(
                "客户健康" if zh else "Customer health",
                (
                    MenuItem("客户" if zh else "Customers", "building-2", "/records/customer", live),
                    MenuItem("订单" if zh else "Orders", "receipt", "/records/order"),
                    MenuItem("联系人" if zh else "Contacts", "contact", "/records/contact", 0),
                ),
            ),
        )

    def home(self, ctx: Context) -> Home:
        if self.fails:
            raise RuntimeError("broken on purpose")
        zh = ctx.language == "zh"
        live = [r for r in self.records.values() if not r["deleted"]]
        poor = [r for r in live if r["health"] is not None and r["health"] < 55]
        steps = [
            ("Install an app", "安装应用", "/apps"),
            ("Import your customers", "导入客户", "/records/customer/import"),
            ("Invite colleagues", "邀请同事", "/settings"),
        ]
        return Home(
            (
                Figure("客户" if zh else "Customers", Field("n", "", "integer"), len(live), "/records/customer"),
                Figure(
                    "年合同额" if zh else "Contract value",
                    Field("n", "", "money", currency="CNY"),
                    sum(r["arr"] for r in live),
                    None,
                    "较上季度 +3.2%" if zh else "+3.2% against Q3",
                    "green",
                ),
                Figure(
                    "有风险的客户" if zh else "Customers at risk",
                    Field("n", "", "integer"),
                    len(poor),
                    "/records/customer?view=at_risk",
                    "本周新增 14" if zh else "14 new this week",
                    "red",
                ),
                Figure("平均健康度" if zh else "Average health", Field("n", "", "decimal", scale=1), 65.8, None, "+0.9"),
            )
            if live
            else (),
            tuple(Step(z if zh else e, "大约两分钟" if zh else "About two minutes", url, n == 0) for n, (e, z, url) in enumerate(steps)),
            tuple(
                Found(
                    r["name"],
                    f"/records/customer/{r['id']}",
                    "building-2",
                    "客户" if zh else "Customer",
                    sample.NOW - timedelta(hours=3 * n + 1),
                )
                for n, r in enumerate(live[:6])
            ),
            tuple(self.menu(ctx)),
        )

    def search_all(self, ctx: Context, text: str) -> Sequence[Found]:
        zh = ctx.language == "zh"
        pages = [
            Found("客户" if zh else "Customers", "/records/customer", "building-2"),
            Found("新建客户" if zh else "New customer", "/records/customer/new", "plus"),
            Found("应用" if zh else "Apps", "/apps", "blocks"),
        ]
        hits = [p for p in pages if text.lower() in p.label.lower()]
        if text:
            hits += [
                Found(r["name"], f"/records/customer/{r['id']}", "building-2", "客户" if zh else "Customer")
                for r in self._rows("", text)[:6]
            ]
        return hits

    # Imports, apps, jobs --------------------------------------------------------------------------------------

    def check_import(self, ctx: Context, entity: str) -> str:
        return "客户" if ctx.language == "zh" else "Customers"

    def upload(self, ctx: Context, entity: str, file_name: str, content: bytes) -> str:
        if not content.strip():
            raise Invalid(Problem("/file", "bad_format", say("The file is empty.", "文件是空的。")))
        head, *rows = [line.split(",") for line in content.decode("utf-8-sig").strip().splitlines()]
        fields = tuple(Choice(f.name, f.label) for f in self.fields("customer", ctx.language))
        guessed = {f.name for f in fields}
        columns = tuple(ImportColumn(n, tuple(r[i] for r in rows[:3]), n if n in guessed else None) for i, n in enumerate(head))
        id = sample.make_id(5, len(self.imports))
        self.imports[id] = ImportPage(
            id, entity, self.check_import(ctx, entity), file_name, len(rows), "utf-8", columns, fields, (Choice("code", "Code"),), "mapping"
        )
        return id

    def import_page(self, ctx: Context, id: str) -> ImportPage:
        if id not in self.imports:
            raise not_found()
        return self.imports[id]

    def run_import(self, ctx: Context, id: str, order: ImportOrder) -> None:
        if not order.mapping:
            raise Invalid(Problem("/mapping", "required", say("Map at least one column.", "请至少对应一列。")))
        page = self.import_page(ctx, id)
        rows = page.rows or 0
        problems = (ImportProblem(3, "arr", "n/a", "n/a is not a number."),)
        columns = tuple(replace(c, field=order.mapping.get(c.name)) for c in page.columns)
        result = ImportResult(rows, created=rows - 1, refused=1)
        self.imports[id] = replace(
            page,
            columns=columns,
            state="checked" if order.dry_run else "done",
            result=result,
            problems=problems,
            may_undo=not order.dry_run,
        )

    def undo_import(self, ctx: Context, id: str) -> None:
        self.imports[id] = replace(self.import_page(ctx, id), may_undo=False)

    def import_errors(self, ctx: Context, id: str) -> str:
        return "line,column,value,message\r\n3,arr,n/a,n/a is not a number.\r\n"

    def my_roles(self, ctx: Context) -> list[str]:
        return list(ctx.user.roles) if ctx.user else []

    def apps(self, ctx: Context) -> Sequence[AppCard]:
        zh = ctx.language == "zh"
        table = [
            (
                "chm",
                "Customer health",
                "客户健康管理",
                "heart-pulse",
                "Scores, alerts and playbooks that keep customers.",
                "评分、预警与行动手册，留住客户。",
            ),
            (
                "grading",
                "Customer grading",
                "客户分级",
                "layers",
                "Grades customers by value and potential, each quarter.",
                "按价值与潜力每季度为客户分级。",
            ),
            (
                "lifecycle",
                "Lifecycle",
                "客户生命周期",
                "route",
                "From first contact to renewal, stage by stage.",
                "从初次接触到续约，逐阶段管理。",
            ),
        ]
        return [
            AppCard(
                n,
                z if zh else e,
                dz if zh else d,
                "1.0.0",
                i,
                "1.0.0" if n in self.installed else None,
                True,
                ("core",),
                "/records/customer",
            )
            for n, e, z, i, d, dz in table
        ]

    def install_app(self, ctx: Context, name: str, with_sample: bool) -> None:
        if ctx.user is None or not ctx.user.is_admin:
            raise Forbidden(
                Problem(
                    "",
                    "forbidden",
                    say("Only administrators install apps.", "只有管理员可以安装应用。"),
                    say("Ask an administrator.", "请联系管理员。"),
                )
            )
        if name in self.installed:
            raise Conflict(Problem("", "conflict", say("This app is installed already.", "该应用已经安装。")))
        self.installed.add(name)

    def jobs(self, ctx: Context, cursor: str) -> JobList:
        return JobList(tuple(self.job(ctx, id) for id in ("run", "import", "mail")))

    def job(self, ctx: Context, id: str) -> JobView:
        at = sample.NOW - timedelta(minutes=4)
        found = {
            "run": JobView("run", "Health: all customers", "running", at, 4200, 10000, at, None, "Lin Yue", may_cancel=True),
            "import": JobView(
                "import",
                "Import customers.csv",
                "done",
                at,
                3,
                3,
                at,
                at + timedelta(seconds=9),
                "Lin Yue",
                ("1 row was refused.",),
                "/records/customer",
            ),
            "mail": JobView("mail", "Mail to maya@example.com", "dead", at, errors=("The mail server did not answer.",)),
        }.get(id)
        if found is None:
            raise not_found()
        return found

    def cancel_job(self, ctx: Context, id: str) -> None: ...
