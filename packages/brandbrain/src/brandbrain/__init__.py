"""The brandbrain command: settings, wiring, server, worker and tools in one."""
