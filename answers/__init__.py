"""What is said to the outside, the same on every page, in the API and in the feed: tickets, boards, problems, words."""
