"""What stands at the door of a cluster: webhooks, policies of the API server itself, and policy engines."""
