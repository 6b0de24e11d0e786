"""What citizens are told by e-mail and SMS: the words, the channels that carry them, and who sends them."""
