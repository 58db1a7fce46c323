"""Maps from pixels to the vectors that a learner sees."""
