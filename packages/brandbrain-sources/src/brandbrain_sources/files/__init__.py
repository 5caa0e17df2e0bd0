"""Items from files that a user brings."""

from brandbrain_sources.files.collector import FileCollector
from brandbrain_sources.files.scan import FileGroup, FileScan, scan
from brandbrain_sources.files.shapes import detect

__all__ = ["FileCollector", "FileGroup", "FileScan", "detect", "scan"]
