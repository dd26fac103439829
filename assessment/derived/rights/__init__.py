"""What subjects of RBAC may do, and what they may become by it."""
