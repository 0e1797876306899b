"""Recipes: fixtures that testfix copies into a suite, and modules with their helpers.

They are the suite's own from then on, so nothing here depends on testfix. A conftest
gets the fixture and `SERVICES`, the table of what the configuration declares. It takes
its helpers from a copy of their module beside it; where it cannot import one, it gets
them as well. What the configuration says replaces the values in the fixture.
"""
