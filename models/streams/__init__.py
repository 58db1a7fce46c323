"""Stream-based selective sampling: images arrive one by one and are asked or let go."""
