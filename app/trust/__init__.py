"""How far annotators can be trusted: evidence, reliability, adjudication."""
