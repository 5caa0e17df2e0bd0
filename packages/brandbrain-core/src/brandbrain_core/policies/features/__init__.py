"""Counting what a brand's items show: each item is read once, then counts are taken overall and by platform."""

from brandbrain_core.policies.features.analysis import ItemAnalysis, analyse
from brandbrain_core.policies.features.reporting import FEATURES_VERSION, report
from brandbrain_core.policies.features.topic_finding import own_names, topics
from brandbrain_core.policies.features.worded import Worded, worded

__all__ = ["FEATURES_VERSION", "ItemAnalysis", "Worded", "analyse", "own_names", "report", "topics", "worded"]
