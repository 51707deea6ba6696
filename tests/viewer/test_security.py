"""The content security policy of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viewer.security import (
    base_map_origins,
    content_security_policy,
    embedding_ancestors,
    security_headers,
)

if TYPE_CHECKING:
    from layers.portal import Portal


def directives(policy: str) -> dict[str, list[str]]:
    """The sources of each directive."""
    return {name: sources for name, *sources in (part.split() for part in policy.split("; "))}


def test_policy_allows_ourselves_and_nothing_unsafe() -> None:
    """Everything is closed, then opened one by one; no `unsafe-…`, no foreign origin."""
    policy = content_security_policy(frame_ancestors=["'self'"])
    found = directives(policy)

    assert found["default-src"] == ["'none'"]
    assert found["script-src"] == found["style-src"] == found["connect-src"] == found["font-src"] == ["'self'"]
    assert found["img-src"] == ["'self'", "data:"]
    assert found["base-uri"] == ["'none'"]
    assert "unsafe" not in policy
    assert "http" not in policy


def test_base_maps_open_images_only(portal: Portal) -> None:
    """The origin of a base map is named once, with a star for its numbered hosts."""
    origins = base_map_origins((*portal.base_maps, *portal.base_maps))
    found = directives(content_security_policy(frame_ancestors=(), image_origins=origins))

    assert origins == ("https://*.tiles.example.si",)
    assert found["img-src"][-1] == "https://*.tiles.example.si"
    assert found["connect-src"] == ["'self'"]


def test_embedding_is_for_those_the_portal_names() -> None:
    """Ourselves always; anybody only when the portal says so."""
    assert embedding_ancestors([]) == ("'self'",)
    assert embedding_ancestors(["https://lipovec.example.si"]) == ("'self'", "https://lipovec.example.si")
    assert embedding_ancestors(["https://lipovec.example.si", "*"]) == ("*",)


def test_frames_are_ruled_by_the_policy_alone() -> None:
    """X-Frame-Options cannot name several origins, so it is not sent."""
    headers = security_headers("default-src 'none'")

    assert "X-Frame-Options" not in headers
    assert headers["X-Content-Type-Options"] == "nosniff"
