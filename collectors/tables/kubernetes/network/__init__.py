"""Who may talk to whom, and what is published: policies of plugins, peers, classes, gateways and meshes."""
