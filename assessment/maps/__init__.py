"""Maps of the estate as data: where we are, where the plan leads, and every difference with its package."""
