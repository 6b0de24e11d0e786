"""Managers and administrators: statistics, settings, people, devices."""
