"""The domain: frozen values, one noun per module."""
