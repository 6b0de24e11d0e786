"""Staff at a counter: call, serve, finish; and at reception."""

from counter import pages, paper, reception
from counter.blueprint import bp

__all__ = ["bp", "pages", "paper", "reception"]
