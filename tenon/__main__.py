"""``python -m tenon``: the command line."""

from __future__ import annotations

from tenon.cli import main

if __name__ == "__main__":
    main()
