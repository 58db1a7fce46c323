"""The machine side of a project: features, generator, fit, pose."""
