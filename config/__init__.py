"""Typed settings from the environment, catalogues of centres, and the gunicorn configuration."""
