"""Which traffic policies let through, who may talk to whom, and what is published."""
