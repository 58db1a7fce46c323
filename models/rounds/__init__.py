"""One round on plain arrays: fit, share the slots out, let strategies pose."""
