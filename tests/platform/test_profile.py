from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from tenon.engine import jobs
from tenon.engine.outside import KeptMail, fake_outside
from tenon.metamodel.errors import Forbidden, Invalid
from tenon.platform import audit, files, invitations, profile
from tenon.platform.backup import write_backup
from tenon.platform.clock import real_now
from tenon.platform.database import Database
from tenon.platform.files import DiskFiles
from tenon.platform.profile import HeldProfile, Profile
from tenon.platform.restore import restore_backup
from tenon.platform.worker import Worker
from tests.platform.backup_workspace import open_workspace
from tests.platform.people import SYSTEM, add, as_user

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f0005000180a4a6b8ad0000000049454e44ae426082"
)


def found(database: Database) -> Profile:
    with database.read() as connection:
        return profile.find(connection)


def test_a_name_and_a_language_are_kept_and_taken_back(database: Database) -> None:
    ann = as_user(database, add(database, "ann@x.test", ["admin"]))
    assert found(database) == Profile("Tenon", None, None)
    with database.write() as connection:
        assert profile.change(connection, ann, {"name": "  Acme 榫  ", "language": "zh"}) == Profile("Acme 榫", "zh", None)
    with database.write() as connection:
        profile.change(connection, ann, {"language": "zh"})  # nothing new: nothing noted
        entries = [(e["action"], e["detail"]) for e in audit.page(connection) if e["kind"] == "workspace"]
    assert entries == [("workspace.change", {"name": [None, "Acme 榫"], "language": [None, "zh"]})]
    with database.write() as connection:
        assert profile.change(connection, ann, {"name": None, "language": None}) == Profile("Tenon", None, None)
    assert found(database) == Profile("Tenon", None, None)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"name": "   "}, ("/name", "required")), ({"name": "x" * 61}, ("/name", "too_long")), ({"name": "a\nBcc: b"}, ("/name", "bad_format")),
        ({"name": 7}, ("/name", "wrong_type")), ({"language": "fr"}, ("/language", "bad_choice")), ({"language": ["en"]}, ("/language", "wrong_type")),
        ({"logo": "x\0"}, ("/logo", "no_such_record")), ({"logo": "01890000-0000-7000-8000-000000000000"}, ("/logo", "no_such_record")),
        ({"logo": 1}, ("/logo", "wrong_type")), ({"timezone": "UTC"}, ("/timezone", "read_only")), ({"colour": "red"}, ("/colour", "unknown_field")),
    ],
)
def test_wrong_values_are_refused(database: Database, values: dict[str, object], problem: tuple[str, str]) -> None:
    with pytest.raises(Invalid) as refused, database.write() as connection:
        profile.change(connection, SYSTEM, values)
    assert [(p.path, p.code) for p in refused.value.problems] == [problem]
    assert all(p.hint and p.message.show("zh") != p.message.show("en") for p in refused.value.problems)
    assert found(database) == Profile()


def test_only_administrators_change_it(database: Database) -> None:
    bo = as_user(database, add(database, "bo@x.test", ["builder"]))
    with pytest.raises(Forbidden), database.write() as connection:
        profile.change(connection, bo, {"name": "Mine"})


def test_a_process_remembers_it_for_a_second_at_most(database: Database) -> None:
    here, there = HeldProfile(database), HeldProfile(database, seconds=0)
    assert (here.read().name, there.read().name) == ("Tenon", "Tenon")
    with database.write() as connection:
        profile.change(connection, SYSTEM, {"name": "Acme"})
    here.forget()
    assert here.read().name == "Acme"
    assert there.read().name == "Acme"  # as soon as its time is over, without being told
    assert profile.SECONDS <= 1


def test_mails_name_the_workspace(database: Database) -> None:
    outside = fake_outside(real_now())
    user = add(database, "new@x.test", password=None)
    with database.write() as connection:
        profile.change(connection, SYSTEM, {"name": "Acme {co}"})
        invitations.invite(connection, SYSTEM, user, by_mail=True)
    Worker(database, jobs.job_kinds(invitations.account_jobs("https://crm.x.test/")), outside).run_until_idle()
    assert isinstance(outside.mail, KeptMail)
    mail = outside.mail.sent[0]
    assert mail.subject == "You are invited to Acme {co}"
    assert "you have an account in Acme {co}." in mail.text


def test_a_backup_brings_name_and_logo_along(new_database: Callable[..., Database], tmp_path: Path) -> None:
    platform = open_workspace(tmp_path / "one", new_database())
    ann = as_user(platform.database, add(platform.database, "ann@x.test", ["admin"]))
    kept = files.store(platform.outside.files, BytesIO(PNG), "logo.png", most_bytes=profile.LOGO_BYTES)
    with platform.write() as uow:
        logo = files.add(uow.connection, ann, kept, "logo.png")["id"]
        profile.change(uow.connection, ann, {"name": "Acme", "language": "zh", "logo": logo})
    write_backup(platform, tmp_path / "b.zip")
    again = new_database(bare=True)
    restore_backup(again, DiskFiles(tmp_path / "two" / "files"), tmp_path / "b.zip")
    assert found(again) == Profile("Acme", "zh", logo)
    with DiskFiles(tmp_path / "two" / "files").open(kept.key) as file:
        assert file.read() == PNG
