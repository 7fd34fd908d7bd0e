"""``python -m exo_nbregistry`` is the command line, also where no script is on the path."""

from __future__ import annotations

from exo_nbregistry.cli import main

if __name__ == "__main__":
    main()
