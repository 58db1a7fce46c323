"""How fast Cusp is on this machine: one module per measurement, a runner and a page."""
