"""The HTTP layer of brandbrain: a Starlette application over the core services."""
