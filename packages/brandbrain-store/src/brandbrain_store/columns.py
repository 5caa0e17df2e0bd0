"""Column types that mean the same on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, DateTime, LargeBinary, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """
    An aware moment, exact to the microsecond, read back as UTC.

    PostgreSQL keeps a ``timestamptz``. SQLite has no such type; it keeps the microseconds since 1970 as an integer,
    so that moments compare as they should and differences can be taken in a statement.
    """

    impl = DateTime(timezone=True)
    cache_ok = True
    """Whether statements with this type may be cached: it has no state."""

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that *dialect* keeps."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Return what the database is given; raise `ValueError` for a moment without a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return microseconds(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return the moment that the database kept."""
        if value is None:
            return None
        return from_microseconds(value) if dialect.name == "sqlite" else value.astimezone(UTC)


def microseconds(moment: datetime) -> int:
    """
    Return the whole microseconds from 1970 to an aware *moment*; negative before.

    >>> microseconds(datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC))
    1000005
    """
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """
    Return the moment *count* microseconds after 1970 began.

    >>> from_microseconds(1000005)
    datetime.datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=datetime.timezone.utc)
    """
    return _EPOCH + count * _MICROSECOND


Ordered: Final = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that sorts by code point on every database, whatever the locale it was made with."""


class Utf8(FunctionElement[bytes]):
    """
    A text as its bytes in UTF-8: what is only handed through need not be decoded, and encoded again.

    The database keeps UTF-8 anyway, on PostgreSQL too unless somebody chose otherwise; then it converts.
    """

    type = LargeBinary()
    """What it is a value of."""

    inherit_cache = True
    """Whether statements with it may be cached: all that it is stands in its arguments."""


@compiles(Utf8, "sqlite")
def _cast(element: Utf8, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS BLOB)"


@compiles(Utf8, "postgresql")
def _converted(element: Utf8, compiler: SQLCompiler, **options: Any) -> str:
    return f"convert_to({compiler.process(element.clauses, **options)}, 'UTF8')"
