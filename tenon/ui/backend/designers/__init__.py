"""The designers: one module a kind of document, found by its name.

A module has ``LABEL`` and ``ICON`` and the functions ``canvas(design)``, ``palette(design)`` and ``panel(design, item)``; the template of
its canvas is ``designers/<kind>.html``. What can be created beside nothing but a label has ``start(design, label, entity)``.
"""
