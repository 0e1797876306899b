"""Users and tokens, on the database that the auth service uses."""

import pytest

from auth import database, tokens
from test_framework.addresses import address_of


@pytest.fixture
def auth_database(request):
    connection = database.connect(address_of(request, "database"))
    database.create_tables(connection)
    yield connection
    connection.rollback()
    connection.close()


class TestAuthDatabase:
    def test_a_user_is_stored_once(self, auth_database):
        assert database.add_user(auth_database, "ada", "countess")
        assert not database.add_user(auth_database, "ada", "other")

    def test_passwords_are_not_stored(self, auth_database):
        database.add_user(auth_database, "ada", "countess")
        assert auth_database.execute("SELECT password FROM users WHERE name = 'ada'").fetchone() != ("countess",)

    def test_a_token_for_the_right_password(self, auth_database):
        database.add_user(auth_database, "ada", "countess")
        assert database.is_password(auth_database, "ada", "countess")
        assert not database.is_password(auth_database, "ada", "wrong")
        assert tokens.verified(tokens.sign("ada")) == "ada"
