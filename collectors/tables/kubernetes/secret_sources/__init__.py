"""Where Secrets come from: stores outside of the cluster, and what fetches from them."""
