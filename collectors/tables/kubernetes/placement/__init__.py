"""Where objects are placed, how they are labelled, and what hinders them from going away."""
