"""Manifest: what a browser needs to put Cusp on a home screen."""
