"""Scenarios: behaviour written once for all languages, played here by both Python clients."""
