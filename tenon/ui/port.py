"""The one door from the pages to everything below: what a backend has to answer.

Every method may raise the errors of `tenon.metamodel.errors`; the pages show them: `Unauthenticated` leads to sign-in,
`Forbidden` and `NotFound` to their pages, `Invalid` and `Conflict` beside the fields (path = JSON Pointer of the field),
`Stale` to the page with both values, `TooMany` as a message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from tenon.engine.context import Context
from tenon.ui.record_shapes import RecordPage, ScoreView
from tenon.ui.shapes import (
    Choice,
    Found,
    Home,
    Invitation,
    ListPage,
    ListQuery,
    MenuGroup,
    PeoplePage,
    Session,
    SignedIn,
    TrashPage,
    Workspace,
)
from tenon.ui.work import AppCard, Clash, Form, ImportOrder, ImportPage, JobList, JobView, Saved


class Entrance(Protocol):
    """Getting in: set-up, sign-in, one-time links."""

    def workspace(self) -> Workspace:
        """Return what is known without signing in."""

    def find_session(self, token: str) -> Session | None:
        """Return the living session of a cookie, or None."""

    def address_of(self, peer: str | None, headers: Mapping[str, str]) -> str | None:
        """Return the network address of a visitor, behind trusted proxies too."""

    def sign_in(self, ctx: Context, email: str, password: str, old_token: str | None = None) -> SignedIn:
        """Begin a session in place of the one with ``old_token``; raises Unauthenticated (the same for unknown people), TooMany."""

    def sign_out(self, token: str) -> None:
        """End a session; a dead one is no error."""

    def is_setup_link(self, token: str) -> bool:
        """True while the one-time set-up link can be used."""

    def set_up(self, ctx: Context, token: str, name: str, email: str, password: str) -> SignedIn:
        """Create the administrator and use up the link; raises Unauthenticated for a dead link, Conflict, Invalid (/name, /email, /password)."""

    def ask_reset(self, ctx: Context, email: str) -> None:
        """Send a link for a new password when the person exists; answers the same in every case."""

    def find_invitation(self, token: str) -> Invitation | None:
        """Return what a one-time link is for, or None when it is dead."""

    def accept_invitation(self, ctx: Context, token: str, name: str | None, password: str) -> SignedIn:
        """Set the password (and name), use up the link, end other sessions; raises NotFound, Invalid (/password)."""

    def change_language(self, ctx: Context, language: str) -> None:
        """Keep the language of this person."""

    def change_password(self, ctx: Context, old: str, new: str, token: str) -> None:
        """Change the password; every session but that of ``token`` ends. Raises Invalid (/old, /new)."""


class RecordSource(Protocol):
    """Menus, lists, pages and forms of records."""

    def menu(self, ctx: Context) -> Sequence[MenuGroup]:
        """Return the groups of all apps this person may see."""

    def home(self, ctx: Context) -> Home:
        """Return figures, first steps and what was seen lately."""

    def search_all(self, ctx: Context, text: str) -> Sequence[Found]:
        """Return pages, records and actions for the command palette, at most 12."""

    def list_page(self, ctx: Context, entity: str, query: ListQuery) -> ListPage:
        """Return one page; a wrong filter gives ``fault`` and no rows, a bad cursor raises Malformed."""

    def move(self, ctx: Context, entity: str, id: str, view: str, value: str, version: int | None) -> None:
        """Put a record into another column of a board view; raises Invalid, Conflict, Stale, Forbidden."""

    def record_page(self, ctx: Context, entity: str, id: str, tab: str) -> RecordPage:
        """Return a record with the blocks of the open tab ("" is the first); one in the trash when it may be restored."""

    def explain(self, ctx: Context, entity: str, id: str, score: str, on: date | None, since: date | None) -> ScoreView:
        """Return the explanation of a score on a day, with what changed since another."""

    def override(
        self, ctx: Context, entity: str, id: str, score: str, *, value: Decimal | None, band: str | None, reason: str, until: date | None
    ) -> None:
        """Set value or band of a score through the end of a day; raises Invalid (/value, /band, /reason, /expires_at), Forbidden."""

    def end_override(self, ctx: Context, entity: str, id: str, score: str) -> None:
        """Show the computed score again; raises NotFound when nothing is overridden, Forbidden."""

    def rate(self, ctx: Context, entity: str, id: str, score: str, measure: str, percent: Decimal | None, note: str) -> None:
        """Rate a measure from 0 to 100 percent of its points, or take the rating away with None; raises Invalid (/share), Forbidden."""

    def form(self, ctx: Context, entity: str, id: str | None, values: Mapping[str, Any] | None) -> Form:
        """Return the form for a new record or a record; ``values`` (raw, by field) are what was typed so far."""

    def save(self, ctx: Context, entity: str, id: str | None, values: Mapping[str, Any], version: int | None) -> Saved:
        """Create or change; checks exactly what the form shows. Raises Invalid, Conflict, Stale, Forbidden."""

    def clash(self, ctx: Context, entity: str, id: str, values: Mapping[str, Any], version: int) -> Clash:
        """Return what a stale save ran into."""

    def delete(self, ctx: Context, entity: str, id: str, version: int | None) -> None:
        """Move to the trash; raises Conflict when other records hold it."""

    def restore(self, ctx: Context, entity: str, id: str) -> Saved:
        """Bring back from the trash; raises Conflict for a taken key."""

    def trash_page(self, ctx: Context, entity: str, cursor: str) -> TrashPage:
        """Return the records of an entity that were deleted themselves, newest first. Raises NotFound, Forbidden."""

    def delete_many(self, ctx: Context, entity: str, ids: Sequence[str]) -> int:
        """Move several records to the trash, all or none; raises Conflict when other records hold one."""

    def export_list(self, ctx: Context, entity: str, query: ListQuery) -> Iterator[bytes]:
        """Return the whole list as CSV in UTF-8; raises Forbidden, Invalid for a filter that cannot be read."""

    def options(self, ctx: Context, entity: str, field: str, text: str) -> Sequence[Choice]:
        """Return what a reference, user, unit or region may point to, best first, at most 20."""


class Workshop(Protocol):
    """Imports, apps and jobs."""

    def upload(self, ctx: Context, entity: str, file_name: str, content: bytes) -> str:
        """Read a file and guess its mapping; return the id of the import. Raises Invalid, TooLarge, Unsupported."""

    def check_import(self, ctx: Context, entity: str) -> str:
        """Return the plural label of an entity this person may import into; raises Forbidden, NotFound."""

    def import_page(self, ctx: Context, id: str) -> ImportPage:
        """Return where an import stands."""

    def run_import(self, ctx: Context, id: str, order: ImportOrder) -> None:
        """Start a dry run or the run as a job; raises Invalid (/mapping, /match_on)."""

    def undo_import(self, ctx: Context, id: str) -> None:
        """Take back what an import wrote."""

    def import_errors(self, ctx: Context, id: str) -> str:
        """Return the refused rows as CSV."""

    def apps(self, ctx: Context) -> Sequence[AppCard]:
        """Return installed and available apps."""

    def install_app(self, ctx: Context, name: str, with_sample: bool) -> None:
        """Install an app with what it requires; raises Conflict."""

    def jobs(self, ctx: Context, cursor: str) -> JobList:
        """Return jobs this person may see, newest first."""

    def job(self, ctx: Context, id: str) -> JobView:
        """Return one job."""

    def cancel_job(self, ctx: Context, id: str) -> None:
        """Ask a job to stop."""


class Directory(Protocol):
    """The people of the workspace, for administrators."""

    def my_roles(self, ctx: Context) -> Sequence[str]:
        """Return the labels of the roles of whoever asks."""

    def people(self, ctx: Context, search: str, cursor: str) -> PeoplePage:
        """Return people newest first, with the roles there are; raises Forbidden."""

    def invite_person(self, ctx: Context, name: str, email: str, roles: Sequence[str]) -> str | None:
        """Make an account and invite its person: by mail, or return the link to hand over. Raises Invalid, Conflict, Forbidden."""

    def invite_again(self, ctx: Context, id: str) -> str | None:
        """Invite somebody anew who has not chosen a password yet."""

    def change_person(self, ctx: Context, id: str, values: Mapping[str, Any]) -> None:
        """Change roles or state of somebody; raises Conflict when no administrator would be left."""


class Backend(Entrance, RecordSource, Workshop, Directory, Protocol):
    """Everything the pages ask for."""
