"""Attributes that are made when they are first looked at: most transactions look at few tables and repositories."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Generic, Self, TypeVar, overload

T_co = TypeVar("T_co", covariant=True)


class Opened(ABC, Generic[T_co]):
    """
    Makes the attribute once for each object, and is not asked again.

    Attributes:
        name: Of the attribute.
    """

    name: str

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type[Any]) -> T_co: ...

    def __get__(self, instance: object | None, owner: type[Any]) -> Self | T_co:
        if instance is None:
            return self
        made = instance.__dict__[self.name] = self.make(instance)
        return made

    @abstractmethod
    def make(self, instance: Any) -> T_co:
        """Return what the attribute of this object is."""
