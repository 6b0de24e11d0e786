"""Measures over past visits, by SQL on the steps, and their exports."""
