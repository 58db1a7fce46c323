"""Machine-learning models: features, generators, learners, strategies. Knows no web, no tables."""
