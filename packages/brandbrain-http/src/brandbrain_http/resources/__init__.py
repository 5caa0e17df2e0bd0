"""The endpoints: one module per resource, each with the table of its ``ENDPOINTS``."""
