"""What extends the API of a cluster: definitions of new kinds, and servers that answer for whole groups."""
