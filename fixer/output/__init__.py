"""What the user sees. Every function here reads a Report and returns text; none prints."""
