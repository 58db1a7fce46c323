"""The application: web, database, worker."""
