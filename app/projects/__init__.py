"""Projects, classes, settings and budgets."""
