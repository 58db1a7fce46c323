"""Images that arrive one by one: received, judged, asked or let go."""
