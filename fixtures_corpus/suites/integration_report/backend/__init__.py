"""Streams what the agents do, and the API around it."""
