"""The command line: `mingjian`."""

from infra.cli.root import main

__all__ = ["main"]
