"""The annotator's page and API: claims, answers, outcomes."""
