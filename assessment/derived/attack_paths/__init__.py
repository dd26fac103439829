"""How an intruder gets from one place to the next: steps, the ways that they make, and where to cut them."""
