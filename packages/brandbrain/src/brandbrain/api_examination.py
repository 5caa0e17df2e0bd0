"""What `brandbrain doctor` says of the API: who could reach it, under which names, and from which pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from brandbrain.api_options import api_problems
from brandbrain.examination import Finding, Health, Patient
from brandbrain.listening import in_url
from brandbrain.wiring import NoDatabase, opened
from brandbrain_core.clock import SystemIds
from brandbrain_core.errors import BrandBrainError
from brandbrain_http.binding import is_loopback, why_not_listen

ANY_HOST: Final = "ALLOWED_HOSTS lets any Host header through, so pages can reach the API under names of their own"


async def examine_api(patient: Patient) -> Sequence[Finding]:
    """Return a finding for the address, the hosts and the origins of the API."""
    return [await _address(patient), _hosts(patient), _origins(patient), *_others(patient)]


async def _address(patient: Patient) -> Finding:
    settings = patient.settings
    where = f"{in_url(settings.host)}:{settings.port}"
    name = "api address"
    if is_loopback(settings.host):
        return Finding(name=name, health=Health.OK, detail=f"{where}, for this machine alone")
    try:
        has_keys = await _has_keys(patient)
    except (BrandBrainError, OSError, sqlite3.Error) as error:
        return Finding(name=name, health=Health.NOTE, detail=f"{where}; whether there are keys is not known: {error}")
    why = why_not_listen(settings.host, has_keys=has_keys, insecure=False)
    if why is not None:
        return Finding(name=name, health=Health.BROKEN, detail=f"{where}: {' '.join(why.splitlines())}")
    return Finding(name=name, health=Health.OK, detail=f"{where}, for whoever has a key")


async def _has_keys(patient: Patient) -> bool:
    try:
        async with opened(patient.settings, clock=patient.clock, ids=SystemIds()) as deps, deps.store.reading() as work:
            return await work.keys.any()
    except NoDatabase:
        return False


def _hosts(patient: Patient) -> Finding:
    settings, name = patient.settings, "api hosts"
    wrong = _wrong(patient, "allowed_hosts")
    if wrong:
        return Finding(name=name, health=Health.BROKEN, detail=wrong)
    if "*" in settings.allowed_hosts:
        return Finding(name=name, health=Health.NOTE, detail=ANY_HOST)
    listed = ", ".join(settings.allowed_hosts)
    if not is_loopback(settings.host) and all(is_loopback(host) for host in settings.allowed_hosts):
        detail = f"others can connect, but only {listed} is answered; name the API's host in ALLOWED_HOSTS"
        return Finding(name=name, health=Health.NOTE, detail=detail)
    return Finding(name=name, health=Health.OK, detail=listed)


def _origins(patient: Patient) -> Finding:
    name, origins = "api origins", patient.settings.cors_allowed_origins
    wrong = _wrong(patient, "cors_allowed_origins")
    if wrong:
        return Finding(name=name, health=Health.BROKEN, detail=wrong)
    return Finding(name=name, health=Health.OK, detail=", ".join(origins) or "none: no page of another origin may call")


def _others(patient: Patient) -> Sequence[Finding]:
    proxies = patient.settings.trusted_proxies
    wrong = _wrong(patient, "trusted_proxies")
    if wrong:
        return [Finding(name="api proxies", health=Health.BROKEN, detail=wrong)]
    return [Finding(name="api proxies", health=Health.OK, detail=", ".join(proxies))] if proxies else []


def _wrong(patient: Patient, setting: str) -> str:
    return "; ".join(problem.message for problem in api_problems(patient.settings) if problem.pointer == setting)
