"""What was asked, by whom, when, what came back, and its hash."""
