"""The lead's pages: is it working, what does it cost, what should happen next. Read-only."""
