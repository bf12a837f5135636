"""Where `digest`, and `python -m digest`, begin."""

import sys


def main() -> None:
    """Run the command line. Ctrl-C while it loads ends it as it does later."""
    try:
        from digest.cli import main as command  # noqa: PLC0415 - what takes long to load must be inside
    except KeyboardInterrupt:
        sys.exit("Aborted!")
    command()


if __name__ == "__main__":
    main()
