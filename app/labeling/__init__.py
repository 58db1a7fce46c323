"""The annotator's side: queries are lent, answered and settled."""
