"""What a survey may do: the role, the Roles, the script; and that they are enough and no more."""
