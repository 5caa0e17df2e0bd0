"""JSON as it travels inside values that are opaque by nature: raw items, answers, overridden values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

JsonValue: TypeAlias = Any
"""None, bool, int, float, str, or lists and objects of these; never NaN or infinity."""

JsonObject: TypeAlias = Mapping[str, Any]
"""A JSON object; never changed once it is part of a value."""
