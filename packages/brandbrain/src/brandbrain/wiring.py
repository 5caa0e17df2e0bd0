"""Where everything meets: the store that the settings name, with time, ids and plan, as the services take them."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from brandbrain.documents import exists, is_folder, is_writable, why_no_file
from brandbrain.plugins import STORES, Plugins, installed
from brandbrain.settings import Settings
from brandbrain_core.errors import InvalidSettings, NotFound, Problem
from brandbrain_core.pipeline.plan import Plan
from brandbrain_core.ports import Clock, Ids, Store
from brandbrain_core.services.deps import Deps
from brandbrain_core.synthesis import RulesSynthesizer
from brandbrain_store.addresses import parse
from brandbrain_store.store import open_store

BUILT_IN_STORES: Final = frozenset({"sqlite", "postgresql", "postgres"})


class NoDatabase(NotFound):
    """There is no database file yet, and a command that only reads does not make one."""

    code = "no_database"

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.file = file

    def __str__(self) -> str:
        return f"There is no database at {self.file}; `brandbrain compile` makes it, --db names another"


class NotADatabase(InvalidSettings):
    """What the settings name as a database cannot be one."""

    code = "not_a_database"

    def __init__(self, file: str, why: str) -> None:
        message = f"DATABASE_URL: {file} cannot be opened: {why}; --db names another"
        super().__init__([Problem(code=self.code, message=message)])
        self.file = file
        self.why = why


@asynccontextmanager
async def opened(
    settings: Settings, *, clock: Clock, ids: Ids, plan: Plan | None = None, create: bool = False
) -> AsyncIterator[Deps]:
    """
    Open the store and give everything the services need; close it afterwards.

    Args:
        settings: Name the database.
        clock: Tells the time.
        ids: Makes ids.
        plan: How brands are compiled; None: nothing is going to be compiled.
        create: Whether an embedded database is made where there is none.

    Raises:
        NoDatabase: There is none, and it is not to be made.
        NotADatabase: The file is none, or cannot be read.
        InvalidSettings: The database URL is not understood.
        Unavailable: The database does not answer.
        SchemaMismatch: Its schema is another version's; an embedded one is brought up to date instead.
    """
    store = await open_settings_store(settings, clock=clock, create=create)
    try:
        yield Deps(store=store, clock=clock, ids=ids, plan=plan or Plan(synthesizers=(RulesSynthesizer(),)))
    finally:
        await store.close()


async def open_settings_store(
    settings: Settings, *, clock: Clock, create: bool = True, plugins: Plugins | None = None
) -> Store:
    """Open the store that the settings name; see `opened`."""
    url = settings.database_url
    scheme = urlsplit(url).scheme.partition("+")[0]
    if scheme and scheme not in BUILT_IN_STORES and scheme in (plugins or installed()).of(STORES):
        make = (plugins or installed()).wanted(STORES, scheme, setting="DATABASE_URL")
        store: Store = await make(url, migrate=False, clock=clock)
        return store
    file = embedded_file(url)
    if file is not None:
        check_file(file, create=create)
    return await open_store(url, migrate=file is not None, clock=clock)


def check_file(file: Path, *, create: bool) -> None:
    """Raise `NoDatabase` if there is none at *file* and it is not to be made, or `NotADatabase` if it can be none."""
    if not exists(file):
        if not create:
            raise NoDatabase(str(file))
        if not is_folder(file.parent):
            raise NotADatabase(str(file), f"there is no folder {file.parent}")
        if not is_writable(file.parent):
            raise NotADatabase(str(file), f"nothing can be written to the folder {file.parent}")
        return
    why = why_no_file(file)
    if why is not None:
        raise NotADatabase(str(file), why)
    if not _is_sqlite(file):
        raise NotADatabase(str(file), "it is no SQLite database")
    if not (is_writable(file) and is_writable(file.parent)):
        raise NotADatabase(str(file), "neither it nor its folder may be read-only")


def _is_sqlite(file: Path) -> bool:
    """
    Tell whether SQLite can read the file, or will be able to.

    Only SQLite itself may open it: when a program closes a file, it loses all locks that it has on it, also those of
    connections that SQLite holds open in the same program; others may then write into what these have in hand.
    """
    try:
        with contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=0)) as opened:
            opened.execute("pragma schema_version").fetchone()
    except sqlite3.OperationalError:
        return True
    except sqlite3.DatabaseError:
        return False
    return True


def embedded_file(url: str) -> Path | None:
    """
    Return the file of an embedded database; None: a server keeps it.

    Raises:
        InvalidSettings: The URL is not understood.

    >>> embedded_file("sqlite:///brands.db")
    PosixPath('brands.db')
    """
    parts = parse(url)
    return Path(parts.database) if parts.drivername == "sqlite" and parts.database else None
