"""Access: what has to be allowed, printed as roles and policies, and what a preflight says of the access there is."""
