"""Machine-learning models: features, generators, learners, strategies. Knows no web and no database."""
