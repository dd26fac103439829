"""How the components of a control plane are set up: their command lines, read as the components read them."""
