"""Pure decisions: no clock, no chance, no I/O; everything they need is an argument."""
