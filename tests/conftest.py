"""Fixtures for everybody: fresh databases, and one suite for both kinds of them."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from unittest import mock

import hypothesis
import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from digest.render.renderer import Renderer
from digest.store.engine import Database, open_database
from digest.store.tables import metadata

from .model_server import ModelServer, model_servers

hypothesis.settings.register_profile("untimed", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("untimed")

POSTGRES_URL = os.environ.get("DIGEST_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")

MANY_ROWS = 1_000  # beyond them deleting is no longer the quicker way
RESTART = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)
FROM pg_sequences WHERE last_value IS NOT NULL
"""

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The cache folder of the user who runs the tests is left alone."""
    with mock.patch.dict(os.environ, {"XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache"))}):
        yield


@pytest.fixture(scope="session")
def samples() -> ModuleType:
    """tests/golden/samples.py, which is no package and so is loaded from its file."""
    name = "golden_samples"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / "tests/golden/samples.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def renderer(samples: ModuleType) -> Renderer:
    """Of the samples' publication, over the templates of this checkout."""
    return Renderer([ROOT / "templates"], samples.PUBLICATION)


@pytest.fixture(scope="session")
def renderer_of(samples: ModuleType) -> Callable[[str], Renderer]:
    """The renderer of a golden case, by its name."""
    return lambda case: Renderer([ROOT / "templates"], samples.publication_of(case))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated file: copying it takes a hundredth of the time of migrating."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    open_database(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh SQLite database in a file of its own (``sqlite_database.url`` opens it elsewhere)."""
    path = tmp_path / "subscribers.db"
    shutil.copy(sqlite_template, path)
    with open_database(f"sqlite:///{path}") as database:
        yield database


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The URL of a PostgreSQL where databases may be created; skips where there is none."""
    engine = create_engine(
        make_url(POSTGRES_URL).set(drivername="postgresql+psycopg"), connect_args={"connect_timeout": 3}
    )
    try:
        with engine.connect():
            return POSTGRES_URL
    except DBAPIError as error:
        reason = f"no PostgreSQL at {engine.url}: {' '.join(str(error.orig).split())}"
        pytest.skip(reason)
    finally:
        engine.dispose()


@contextmanager
def _new_postgres_database(server: str) -> Iterator[str]:
    """Make a database of a random name, so that parallel processes never meet; drop it at the end."""
    name = f"digest_test_{secrets.token_hex(6)}"
    engine = create_engine(
        make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()


@pytest.fixture
def empty_postgres(postgres_server: str) -> Iterator[str]:
    """The URL of a new PostgreSQL database without any table; dropped afterwards."""
    with _new_postgres_database(postgres_server) as url:
        yield url


@pytest.fixture
def spare_postgres(postgres_server: str) -> Iterator[str]:
    """The URL of a second such database."""
    with _new_postgres_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def shared_postgres(postgres_server: str) -> Iterator[Database]:
    """One migrated PostgreSQL database per test process."""
    with _new_postgres_database(postgres_server) as url, open_database(url) as database:
        yield database


@pytest.fixture
def postgres_database(shared_postgres: Database) -> Database:
    """An empty PostgreSQL database: shared by the process's tests, emptied before each.

    TRUNCATE makes every table and index anew, which takes half a second for two dozen of them; deleting
    what a test has left takes a hundredth of that, if it is little.
    """
    tables = [table.name for table in reversed(metadata.sorted_tables)]
    rows = " UNION ALL ".join(
        f"SELECT '{name}', (SELECT count(*) FROM (SELECT 1 FROM \"{name}\" LIMIT {MANY_ROWS + 1}) AS few)"
        for name in tables
    )
    with shared_postgres.write() as connection:
        left = {str(name): int(count) for name, count in connection.execute(text(rows)) if count}
        if max(left.values(), default=0) > MANY_ROWS:
            connection.execute(text(f"TRUNCATE {', '.join(tables)} CASCADE"))
            left = {}
        for name in tables:
            if name in left:
                connection.execute(text(f'DELETE FROM "{name}"'))
        connection.execute(text(RESTART))
    return shared_postgres


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """A fresh database of either kind: a test that takes it runs on both."""
    name = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    found: Database = request.getfixturevalue(name)
    return found


@pytest.fixture
def start_model() -> Iterator[Callable[..., ModelServer]]:
    """Start servers of the chat completions protocol that behave as they are told."""
    with model_servers() as start:
        yield start
