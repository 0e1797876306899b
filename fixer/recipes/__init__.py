"""Recipes: fixtures that testfix copies into a suite, with the helpers and imports that
they need.

They are the suite's own from then on, so nothing here depends on testfix. What the
configuration says replaces the value of `SERVICES`, and that of `service` and `file` in
a fixture.
"""
