"""What nodes, zones and clusters can carry, what they carry, and what is left when one of them goes."""
