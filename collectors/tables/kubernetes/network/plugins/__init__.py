"""How each product writes its network policies."""
