"""Running clusters: the collector against a real control plane, and against whatever the world does."""
