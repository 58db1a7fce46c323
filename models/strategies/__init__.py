"""Ways to choose or synthesize the next queries."""
