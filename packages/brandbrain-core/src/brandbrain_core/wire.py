"""
The one converter between values and JSON, and the canonical form of JSON text.

On the wire, members that are ``None`` are absent unless the contract says null; times are ISO 8601 with microseconds and ``+00:00``; the user's own
fields stand at their path inside the snapshot.
"""
