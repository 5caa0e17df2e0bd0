"""
Layers round the routes, outermost first: conversation, cors, failures, hosts, authentication.

They see requests over HTTP only. An answer does not pass through them: they leave with `brandbrain_http.outgoing` what
they add to it.
"""
