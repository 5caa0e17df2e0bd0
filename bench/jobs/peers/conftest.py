"""Peers are not installed where tests run: their modules are not looked into for examples."""

from __future__ import annotations

collect_ignore_glob = ["with_*.py"]
