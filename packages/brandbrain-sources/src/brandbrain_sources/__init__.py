"""Evidence collectors of brandbrain and the normalisers of what they bring home."""
