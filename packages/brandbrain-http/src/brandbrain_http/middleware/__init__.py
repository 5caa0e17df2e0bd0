"""Layers round the routes, outermost first: conversation, cors, failures, hosts, authentication."""
