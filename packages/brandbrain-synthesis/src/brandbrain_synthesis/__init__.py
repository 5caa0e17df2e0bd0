"""The place of synthesizers beyond the rule-based one in core; this version brings none yet."""
