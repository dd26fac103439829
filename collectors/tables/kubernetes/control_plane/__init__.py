"""The control plane as its own pods show it: one table for each component, a row for each place it runs."""
