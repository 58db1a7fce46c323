"""The API's description: for programs as OpenAPI, for people as a page."""
