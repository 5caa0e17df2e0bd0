"""Hypothesis strategies for the values of the domain; needs the extra `testing`."""
