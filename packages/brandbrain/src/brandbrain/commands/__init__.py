"""The commands, one a module; `brandbrain.cli` lists them."""
