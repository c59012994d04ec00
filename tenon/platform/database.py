"""Opens SQLite and PostgreSQL the right way: read, write and schema transactions, and the connection is passed down."""

from __future__ import annotations

import os
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar

from sqlalchemy import URL, Connection, Engine, NullPool, RootTransaction, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, TimeoutError as PoolTimeout

from tenon.engine.sql.sqlite_functions import register
from tenon.metamodel.errors import Invalid, Problem, TenonError, Unavailable
from tenon.metamodel.labels import say
from tenon.platform.fair_lock import FairLock
from tenon.platform.quiet_cursor import QuietCursor

Dialect = Literal["sqlite", "postgresql"]
RawHook = Callable[[Any], None]
Snapshot = Callable[[], AbstractContextManager[Connection]]
T = TypeVar("T")

BUSY_SECONDS = 10
WRITER_WAIT_SECONDS = 30
# Lock not available, deadlock, serialization failure: the same work may well succeed a moment later.
PG_BUSY = {"55P03", "40P01", "40001"}
OTHER_PLAN = "cached plan must not change result type"  # somebody published in the middle of this transaction
PG_LOCK_TIMEOUT = "55P03"
BEGIN = {  # for reading, for writing, for a trial
    "sqlite": ("BEGIN", "BEGIN IMMEDIATE", "BEGIN"),
    "postgresql": (
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "BEGIN ISOLATION LEVEL READ COMMITTED", "BEGIN ISOLATION LEVEL REPEATABLE READ",
    ),
}  # fmt: skip


class Database:
    """One SQLite file or one PostgreSQL database, opened for work.

    ``synchronous`` is SQLite's: NORMAL survives a killed process, FULL also a power loss.
    """

    def __init__(self, url: str, *, synchronous: str = "NORMAL", sqlite_hooks: tuple[RawHook, ...] = ()) -> None:
        self.url = read_url(url)
        self.dialect: Dialect = "sqlite" if self.url.get_backend_name() == "sqlite" else "postgresql"
        self._hooks: list[RawHook] = [register, *sqlite_hooks]
        self._writer_turn = FairLock()
        self._synchronous = synchronous
        self._question: str | None = None
        if self.dialect == "sqlite":
            _make_private_file(Path(self.url.database or ""))
            self._reader = self._open_sqlite(is_reader=True)
            self._writer = self._open_sqlite(is_reader=False)
            self._stager = self._open_sqlite(is_reader=False, is_kept=False)
        else:
            self._reader = self._writer = self._open_postgresql()
            self._stager = self._open_postgresql(is_kept=False)
        self._reading, self._writing, self._trying = BEGIN[self.dialect]
        self._own = threading.local()

    def __repr__(self) -> str:
        return f"Database({self.url.render_as_string(hide_password=True)!r})"

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database, None on PostgreSQL."""
        return Path(self.url.database or "") if self.dialect == "sqlite" else None

    def register_sqlite(self, hook: RawHook) -> None:
        """Call ``hook(raw connection)`` for every new SQLite connection, so that it can add its functions."""
        self._hooks.append(hook)
        if self.dialect == "sqlite":
            self._reader.dispose()
            self._writer.dispose()

    def ask_first(self, question: str) -> None:
        """Let every transaction begin with a question, sent together with its BEGIN; ``connection.info["first"]`` is the row that answers it.

        A connection of PostgreSQL to which the first value is another than before is replaced: its prepared statements know other tables.
        """
        self._question = question

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a read transaction over one snapshot; writing in it is refused by the database."""
        with _translated(), self._begun(self._reader, self._reading) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a write transaction: commit at the end, roll back on an exception; Unavailable when locked too long."""
        own: Connection | None = getattr(self._own, "connection", None)
        if own is not None:
            with _translated(), self._turn(), self._begin(own, self._writing):
                yield own
            return
        with _translated(), self._turn(), self._begun(self._writer, self._writing) as connection:
            yield connection

    @contextmanager
    def staging(self) -> Iterator[Snapshot]:
        """Give what opens a read snapshot; on SQLite temporary tables may be filled in it while others go on writing.

        On SQLite it keeps one connection for this thread until the end: its write transactions go over it and see those tables.
        """
        if self.dialect == "postgresql":
            yield self.read
            return
        with _translated(), self._stager.connect() as connection:
            self._own.connection = connection

            @contextmanager
            def snapshot() -> Iterator[Connection]:
                with _translated(), self._begin(connection, self._reading):
                    yield connection

            try:
                yield snapshot
            finally:
                self._own.connection = None

    @contextmanager
    def trial(self) -> Iterator[Connection]:
        """Open one snapshot of everything in which tables may be made in front of the stored ones (`engine.trial.shadow`); nothing is kept.

        The connection is its own: a pooled one has prepared statements that know the stored tables.
        """
        with _translated(), self._begun(self._stager, self._trying) as connection:
            transaction = connection.get_transaction()
            try:
                yield connection
            finally:
                if transaction is not None:
                    transaction.rollback()

    @contextmanager
    def ddl(self) -> Iterator[Connection]:
        """Open a transaction for changes of tables; what it does besides commits or rolls back with them."""
        if self.dialect == "postgresql":
            with _translated(), self._begun(self._writer, self._writing) as connection:
                connection.exec_driver_sql("SET LOCAL lock_timeout = '500ms'")
                yield connection
            return
        with _translated(), self._turn(), self._writer.connect() as connection:
            # The pragma does nothing inside a transaction, and with keys on a rebuilt parent would delete its children.
            _raw(connection).execute("PRAGMA foreign_keys = OFF")
            try:
                with self._begin(connection, self._writing):
                    yield connection
                    _check_foreign_keys(connection)
            finally:
                _raw(connection).execute("PRAGMA foreign_keys = ON")

    def retry_ddl(self, work: Callable[[Connection], T], *, attempts: int = 12) -> T:
        """Run ``work(connection)`` in a schema transaction; when readers hold a table too long, try again with back-off."""
        for attempt in range(1, attempts + 1):
            try:
                with self.ddl() as connection:
                    return work(connection)
            except Unavailable as error:
                if attempt == attempts or not _is_lock_timeout(error.__cause__):
                    raise
                time.sleep(random.uniform(0.5, 1.0) * min(0.05 * 2**attempt, 2.0))
        raise AssertionError("unreachable")

    def snapshot_copy(self, path: Path) -> None:
        """Write a consistent copy of a SQLite database, whole or not at all, while others go on working."""
        if self.path is None:
            raise ValueError("only a SQLite database is one file; use pg_dump for PostgreSQL")
        part = path.with_name(path.name + ".part")
        part.unlink(missing_ok=True)
        raw = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            for hook in self._hooks:
                hook(raw)
            _make_private_file(part)
            raw.execute("VACUUM INTO ?", (str(part),))
        except sqlite3.OperationalError as error:
            part.unlink(missing_ok=True)
            raise _unavailable(error) from error
        finally:
            raw.close()
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)

    def dispose(self) -> None:
        """Close every pooled connection."""
        self._reader.dispose()
        self._writer.dispose()
        self._stager.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Queue fairly inside this process; SQLite alone would let the luckiest poller in."""
        if self.dialect == "postgresql":
            yield
            return
        if not self._writer_turn.acquire(WRITER_WAIT_SECONDS):
            raise _unavailable(None)
        try:
            yield
        finally:
            self._writer_turn.release()

    @contextmanager
    def _begun(self, engine: Engine, words: str) -> Iterator[Connection]:
        """Open a transaction; a connection that the server closed meanwhile, or that knows older tables, is replaced by a new one."""
        connection = engine.connect()
        try:
            try:
                transaction = self._begin(connection, words)
            except OperationalError as error:
                if self.dialect == "sqlite" or not _is_lost(error):
                    raise
                connection.close()
                engine.dispose()  # what else is in the pool is as old
                connection = engine.connect()
                transaction = self._begin(connection, words)
            if connection.info.pop("is_outdated", False):
                connection.invalidate()
                connection.close()
                connection = engine.connect()
                transaction = self._begin(connection, words)
            with transaction:
                yield connection
        finally:
            connection.close()

    def _begin(self, connection: Connection, words: str) -> RootTransaction:
        """Begin a transaction by our own words and ask the first question in the same way to the server.

        Not by SQLAlchemy's event: an engine with one looks for listeners at every statement.
        """
        transaction, raw = connection.begin(), _raw(connection)
        errors: type[Exception] = connection.dialect.loaded_dbapi.Error
        try:
            if self.dialect == "sqlite":
                raw.execute(words)
                answer = raw.execute(self._question).fetchone() if self._question else None
            else:
                cursor = raw.execute(f"{words}; {self._question}" if self._question else words)
                answer = cursor.fetchone() if cursor.nextset() else None
        except errors as error:
            transaction.close()
            raise DBAPIError.instance(words, None, error, errors, dialect=connection.dialect) from error
        known, connection.info["first"] = connection.info.get("first"), answer
        connection.info["is_outdated"] = self.dialect == "postgresql" and known is not None and (answer is None or known[0] != answer[0])
        return transaction

    def _open_sqlite(self, *, is_reader: bool, is_kept: bool = True) -> Engine:
        sizes = {"pool_size": 8, "max_overflow": 40} if is_reader else {"pool_size": 1, "max_overflow": 1}
        pool: dict[str, Any] = {"pool_timeout": BUSY_SECONDS, **sizes} if is_kept else {"poolclass": NullPool}
        engine = create_engine(self.url, connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS}, **pool)

        def prepare(raw: sqlite3.Connection, _record: Any) -> None:
            raw.isolation_level = None  # transactions are ours: the driver would not open one before SELECT or DDL
            raw.execute("PRAGMA journal_mode = WAL")
            for pragma in (
                f"synchronous = {self._synchronous}", "foreign_keys = ON", "cache_size = -32000", "mmap_size = 268435456",
                f"temp_store = {'MEMORY' if is_reader else 'FILE'}",  # what a writer stages may be larger than memory
                "journal_size_limit = 67108864", "trusted_schema = ON",
            ):
                raw.execute(f"PRAGMA {pragma}")
            for hook in self._hooks:
                hook(raw)
            if is_reader:
                raw.execute("PRAGMA query_only = ON")
            if not is_kept:
                # Chunk after chunk writes the same pages of indexes: copied from the log once for many chunks.
                raw.execute("PRAGMA wal_autocheckpoint = 12000")
                raw.execute("PRAGMA temp.cache_size = -64000")
                raw.execute("PRAGMA cache_size = -128000")  # indexes are written all over; there is one such connection while a run lasts

        event.listen(engine, "connect", prepare)
        return engine

    def _open_postgresql(self, *, is_kept: bool = True) -> Engine:
        words = {"connect_timeout": 10, "cursor_factory": QuietCursor}
        pool: dict[str, Any] = {"pool_size": 8, "max_overflow": 32, "pool_timeout": BUSY_SECONDS} if is_kept else {"poolclass": NullPool}
        engine = create_engine(self.url, connect_args=words, **pool)

        def prepare(raw: Any, _record: Any) -> None:
            raw.autocommit = True  # transactions are ours: the driver would send its BEGIN by itself
            raw.execute("SET TIME ZONE 'UTC'")

        event.listen(engine, "connect", prepare)
        return engine


def read_url(url: str) -> URL:
    """Return the checked address of a database; Invalid with what to write when it is not one."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise _bad_url() from error
    name = parsed.get_backend_name()
    if name in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if name != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise _bad_url()
    return parsed.set(drivername="sqlite")


def _make_private_file(path: Path) -> None:
    """Create an empty file only its owner can read; an existing one stays as it is."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return


def _raw(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5)
    if broken:
        tables = ", ".join(sorted({f"{row[0]} -> {row[2]}" for row in broken}))
        raise RuntimeError(f"the change of tables would leave rows that point nowhere: {tables}")


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what the drivers say about locks, lost servers and full disks into Unavailable."""
    try:
        yield
    except PoolTimeout as error:
        raise _unavailable(error) from error
    except DBAPIError as error:
        if is_busy(error) or error.connection_invalidated or _is_lost(error):
            raise _unavailable(error) from error
        raise


def is_busy(error: DBAPIError) -> bool:
    """True when the database was locked by others: the same work may succeed a moment later."""
    if isinstance(error.orig, sqlite3.OperationalError):
        return "locked" in str(error.orig) or "busy" in str(error.orig)
    return getattr(error.orig, "sqlstate", None) in PG_BUSY or OTHER_PLAN in str(error.orig)


def _is_lost(error: DBAPIError) -> bool:
    if not isinstance(error, OperationalError):
        return False
    if isinstance(error.orig, sqlite3.OperationalError):
        return any(words in str(error.orig) for words in ("disk is full", "disk I/O", "unable to open"))
    # No SQLSTATE: the server was never reached. 53: out of disk, memory or connections. 57P: shutting down.
    state = getattr(error.orig, "sqlstate", None)
    return state is None or state.startswith(("53", "57P", "08"))


def _is_lock_timeout(error: BaseException | None) -> bool:
    return isinstance(error, DBAPIError) and is_busy(error)


def _unavailable(error: Exception | None) -> TenonError:
    original = getattr(error, "orig", None) or error
    if original is None or (isinstance(error, DBAPIError) and is_busy(error)):
        message = say("The database is busy.", "数据库正忙。")
    else:
        why = (str(original).splitlines() or [type(original).__name__])[0][:200]
        message = say("The database cannot be used now: {why}", "数据库暂时无法使用：{why}", why=why)
    hint = say("Try again in a moment; if it stays so, run `tenon doctor`.", "请稍后重试；若一直如此，请运行 `tenon doctor`。")
    return Unavailable(Problem("", "blocked", message, hint), headers={"Retry-After": "1"})


def _bad_url() -> TenonError:
    # The address is not repeated: it may hold a password.
    message = say("The database address cannot be read.", "无法识别数据库地址。")
    hint = say(
        "Write sqlite:////full/path/tenon.db or postgresql://user:password@host/name in TENON_DATABASE_URL.",
        "请在 TENON_DATABASE_URL 中填写 sqlite:////完整路径/tenon.db 或 postgresql://用户:密码@主机/库名。",
    )
    return Invalid(Problem("/TENON_DATABASE_URL", "bad_format", message, hint))
