"""Brands as one tenant sees them: those of others are not there."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import cast

from brandbrain_core.ids import DEFAULT_TENANT, BrandId, TenantId
from brandbrain_core.model.brand import Brand


class OfTenant(MutableMapping[BrandId, Brand]):
    """The brands of one tenant, or of all; a brand that is added becomes the tenant's."""

    def __init__(
        self,
        brands: MutableMapping[BrandId, Brand],
        owners: MutableMapping[BrandId, TenantId],
        tenant: TenantId | None,
    ) -> None:
        self._brands = brands
        self._owners = owners
        self._tenant = tenant

    def __getitem__(self, brand: BrandId) -> Brand:
        if self._tenant is not None and self._owners.get(brand) != self._tenant:
            raise KeyError(brand)
        return self._brands[brand]

    def __setitem__(self, brand: BrandId, value: Brand) -> None:
        if brand not in self._brands:
            self._owners[brand] = self._tenant or DEFAULT_TENANT
        self._brands[brand] = value

    def __delitem__(self, brand: BrandId) -> None:
        self[brand]
        del self._brands[brand]

    def __contains__(self, brand: object) -> bool:
        return brand in self._brands and (self._tenant is None or self._owners[cast(BrandId, brand)] == self._tenant)

    def __iter__(self) -> Iterator[BrandId]:
        return (brand for brand in self._brands if self._tenant in (None, self._owners[brand]))

    def __len__(self) -> int:
        return sum(1 for _ in self)
