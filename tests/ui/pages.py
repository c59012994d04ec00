"""The pages there are, by name: those before signing in and those after."""

from __future__ import annotations

from tests.ui import sample

ONE = sample.make_id(1, 3)
OUTSIDE = {
    "sign in": "/sign-in",
    "set up": "/setup#first-link-of-this-workspace",
    "reset": "/reset",
    "dead link": "/setup",
    "invited": "/invitation#invited-by-somebody-else",
    "forgot": "/invitation#forgot-what-it-was-again",
}
INSIDE = {
    "home": "/",
    "list": "/records/customer",
    "filtered list": "/records/customer?is.stage=growth&q=a&sort=-arr",
    "empty list": "/records/contact",
    "nothing fits": "/records/customer?q=zzzz",
    "fault": "/records/customer?filter=arrr+%3E+3",
    "record": f"/records/customer/{ONE}",
    "details": f"/records/customer/{ONE}?tab=details",
    "history": f"/records/customer/{ONE}?tab=history",
    "score": f"/records/customer/{ONE}/scores/health",
    "edit": f"/records/customer/{ONE}/edit",
    "new": "/records/customer/new",
    "import": "/records/customer/import",
    "apps": "/apps",
    "jobs": "/jobs",
    "job": "/jobs/run",
    "dead job": "/jobs/mail",
    "settings": "/settings",
    "about": "/about",
}
PARTS = {
    "hits": "/search?q=a",
    "no hits": "/search?q=zzzz",
    "options": "/options/customer/owner?q=",
    "list part": "/records/customer?sort=-arr",
}
