"""Sign-in, tokens, roles and members."""
