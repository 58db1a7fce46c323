"""The lead's pages, read-only."""
