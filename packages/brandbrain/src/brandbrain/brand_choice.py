"""Which brand a command is about: the one named, or the only one there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from brandbrain_core.errors import BrandNotFound, InvalidInput
from brandbrain_core.ids import BrandId
from brandbrain_core.model.brand import Brand
from brandbrain_core.ports import UnitOfWork

_LISTED: Final = 20
_PAGE: Final = 200


class NoBrand(BrandNotFound):
    """There is no brand of this name or id; *others* are there."""

    def __init__(self, brand: str | None, others: tuple[str, ...]) -> None:
        super().__init__(brand or "")
        self.args = (brand, others)
        self.others = others

    def __str__(self) -> str:
        if not self.others:
            return "This database has no brand yet; `brandbrain compile` makes one"
        return f"There is no brand {self.brand!r}; there are {_names(self.others)}"


class SeveralBrands(InvalidInput):
    """Nobody said which brand is meant."""

    code = "several_brands"

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(names)
        self.names = names

    def __str__(self) -> str:
        return f"Say which brand with --brand; there are {_names(self.names)}"


async def choose_brand(work: UnitOfWork, wanted: str | None) -> Brand:
    """
    Return the brand of this id or name (in any case of letters, if only one fits), or the only one.

    Raises:
        NoBrand: There is none.
        SeveralBrands: *wanted* is None, or fits several, and there are several.
    """
    if wanted is not None and (brand_id := _as_id(wanted)) is not None:
        return await work.brands.get(brand_id)
    if wanted is not None and (exact := await work.brands.find_by_name(wanted.strip())) is not None:
        return exact
    brands = await all_brands(work)
    fitting = brands if wanted is None else [b for b in brands if b.name.casefold() == wanted.strip().casefold()]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise NoBrand(wanted, tuple(brand.name for brand in brands))
    raise SeveralBrands(tuple(brand.name for brand in fitting))


async def all_brands(work: UnitOfWork) -> Sequence[Brand]:
    """Return every brand, oldest first."""
    found: list[Brand] = []
    while page := await work.brands.page(after=found[-1].id if found else None, limit=_PAGE):
        found.extend(page)
    return found[::-1]


def _as_id(text: str) -> BrandId | None:
    try:
        return BrandId(UUID(text.strip()))
    except ValueError:
        return None


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:_LISTED])
    return f"{shown} and {len(names) - _LISTED} more" if len(names) > _LISTED else shown
