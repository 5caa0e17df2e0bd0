"""The builders, by what they build; tests use them through `brandbrain_core.testing.build`."""
