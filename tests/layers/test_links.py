"""Addresses in answers come from the settings, never from a foreign Host header."""

from __future__ import annotations

import pytest

from gis.settings import Settings
from layers.links import collection_href, find_root, with_query


@pytest.mark.parametrize("host", ["evil.example", "localhost", "", "karta.example.si"])
def test_the_configured_address_wins(host: str) -> None:
    """Behind a proxy the base URL is all that counts, its path included."""
    settings = Settings(base_url="https://karta.example.si/gis/")

    assert find_root(settings, host) == "https://karta.example.si/gis"


@pytest.mark.parametrize(
    ("host", "root"),
    [
        ("localhost:8000", "http://localhost:8000"),
        ("127.0.0.1", "http://127.0.0.1"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("LOCALHOST", "http://localhost"),
        ("10.0.0.5:8000", "http://10.0.0.5:8000"),
    ],
)
def test_this_machine_may_be_named(host: str, root: str) -> None:
    """Without a base URL, a request to this machine's own address is answered with it."""
    assert find_root(Settings(host="10.0.0.5"), host) == root


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "localhost:80@evil",
        "localhost/x",
        "localhost:x",
        "a\nb",
        "",
        "[::1",
    ],
)
def test_a_foreign_host_is_never_repeated(host: str) -> None:
    """Any other host gets addresses without a host in them."""
    assert find_root(Settings(), host) == ""


def test_keys_are_quoted_whole() -> None:
    """A slash in a key stays part of the key."""
    assert (
        collection_href("", "parcels", "items", "9001-*1/2 ž")
        == "/ogc/collections/parcels/items/9001-%2A1%2F2%20%C5%BE"
    )
    assert with_query("/x", []) == "/x"
    assert with_query("/x", [("bbox", "1,2"), ("number", "1/2&a=b")]) == "/x?bbox=1%2C2&number=1%2F2%26a%3Db"
