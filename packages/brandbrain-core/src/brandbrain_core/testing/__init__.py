"""The kit: clocks, builders, strategies and contract suites that tell whether an adapter is right."""
