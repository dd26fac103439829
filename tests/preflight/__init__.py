"""What a preflight says before anything is read, and that the survey then bears it out."""
