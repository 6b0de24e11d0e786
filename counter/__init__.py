"""Staff at a counter: call, serve, finish."""
