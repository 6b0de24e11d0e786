"""What citizens are told by e-mail and SMS: the words, the carriers that carry them, and who sends them."""
