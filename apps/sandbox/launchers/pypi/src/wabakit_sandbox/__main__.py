"""Runs the sandbox with the given arguments, and ends as it ends."""

import os
import subprocess
import sys

from .binary import find_binary


def main() -> None:
    """Becomes the sandbox's program."""
    try:
        program = find_binary()
        arguments = [program, *sys.argv[1:]]
        if os.name == "nt":
            sys.exit(subprocess.call(arguments))
        os.execv(program, arguments)
    except (OSError, RuntimeError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
