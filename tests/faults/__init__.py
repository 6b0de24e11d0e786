"""What breaks: the server killed in the middle of its work."""
