"""Whether the server is well: probes and metrics."""
