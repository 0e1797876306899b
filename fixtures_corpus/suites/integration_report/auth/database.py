"""The table of users."""

import hashlib
import os

import psycopg

DEFAULT_URL = "postgresql://platform@localhost:5433/platform"


def connect(url: "str | None" = None) -> psycopg.Connection:
    return psycopg.connect(url or os.environ.get("AUTH_DATABASE_URL", DEFAULT_URL), connect_timeout=5)


def create_tables(connection: psycopg.Connection) -> None:
    connection.execute("CREATE TABLE IF NOT EXISTS users (name text PRIMARY KEY, password text NOT NULL)")


def add_user(connection: psycopg.Connection, name: str, password: str) -> bool:
    """False if there is one of that name."""
    added = connection.execute(
        "INSERT INTO users VALUES (%s, %s) ON CONFLICT DO NOTHING", (name, hashed(name, password))
    )
    return added.rowcount == 1


def is_password(connection: psycopg.Connection, name: str, password: str) -> bool:
    row = connection.execute("SELECT password FROM users WHERE name = %s", (name,)).fetchone()
    return row is not None and row[0] == hashed(name, password)


def hashed(name: str, password: str) -> str:
    return hashlib.scrypt(password.encode(), salt=name.encode(), n=2**10, r=8, p=1).hex()
