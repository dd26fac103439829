"""The control plane that other tests rely on."""

from __future__ import annotations

from tests.control_plane.server import ControlPlane


def test_it_serves_the_release_that_was_asked_for(control_plane: ControlPlane, control_plane_134: ControlPlane) -> None:
    for plane, minor in ((control_plane, "36"), (control_plane_134, "34")):
        assert plane.ask("/version")["minor"] == minor
