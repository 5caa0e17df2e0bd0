"""The use cases: each a function that reads, lets the domain decide, writes once, and says what can go wrong."""
