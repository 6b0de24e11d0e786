"""The entrance: the home page, signing in and out, and what operators watch."""
