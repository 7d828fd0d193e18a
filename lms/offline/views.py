"""The doors of this floor, for the roof to open."""

from lms.offline import device_views, held_views, intake_views, pack_views, page_views, worker_views

speaks_json = frozenset({"/outbox", "/devices", "/phone/holds"})
"""Where a phone's scripts ask: whatever goes wrong there is said in JSON."""
blueprints = (
    intake_views.bp, page_views.bp, pack_views.bp, worker_views.bp, device_views.bp, held_views.bp,
)  # fmt: skip
