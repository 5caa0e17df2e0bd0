"""
The bodies of the contract, in and out, one class each.

A member without a default is always there, null where it may be None. A member whose default is None is absent then.
Requests are read member by member, since each wrong one has a text of its own; members that are not known are ignored.
"""
