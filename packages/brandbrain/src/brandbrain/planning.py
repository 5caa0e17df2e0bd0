"""The plan by which this installation compiles, made of its settings."""

from __future__ import annotations

from collections.abc import Mapping

from brandbrain.collectors import Given, collecting
from brandbrain.plugins import Plugins, installed
from brandbrain.settings import Settings
from brandbrain.synthesizers import synthesizers
from brandbrain_core.pipeline.plan import Plan
from brandbrain_core.policies.capabilities import allowed_capabilities
from brandbrain_core.ports import Clock


def plan_of(
    settings: Settings,
    *,
    clock: Clock,
    env: Mapping[str, str],
    given: Given | None = None,
    plugins: Plugins | None = None,
) -> Plan:
    """
    Return the plan.

    Args:
        settings: Of this installation.
        clock: Tells the time.
        env: The environment, for plug-ins.
        given: What a person named on the command line; a server or worker has nothing of the kind.
        plugins: None: those that are installed.

    Raises:
        InvalidSettings: A collector or synthesizer that was asked for by name cannot be had.
    """
    plugged = plugins or installed()
    means = collecting(settings, given=given or Given(), plugins=plugged, env=env, clock=clock)
    return Plan(
        collectors=means.collectors,
        preferred=means.preferred,
        normalisers=means.normalisers,
        synthesizers=synthesizers(settings, plugins=plugged, env=env),
        caps=settings.caps,
        allowed=allowed_capabilities(linkedin_profile_posts=settings.enable_linkedin_profile_posts),
        ttl_hours=settings.apify_run_ttl_hours,
        require_evidence=settings.require_evidence,
        terms=settings.lease_terms,
    )
