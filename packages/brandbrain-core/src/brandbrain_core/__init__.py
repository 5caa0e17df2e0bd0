"""The domain of brandbrain: model, pure policies, the compile pipeline, ports and services."""
