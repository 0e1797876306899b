"""Signed tokens: `name.signature`."""

import hashlib
import hmac
import os

SECRET = os.environ.get("AUTH_SECRET", "development").encode()


def sign(name: str) -> str:
    return f"{name}.{hmac.new(SECRET, name.encode(), hashlib.sha256).hexdigest()}"


def verified(token: str) -> "str | None":
    """The name in the token, None if the signature is not ours."""
    name, _, _ = token.rpartition(".")
    return name if name and hmac.compare_digest(sign(name), token) else None
