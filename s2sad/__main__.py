"""`python -m s2sad`: the command line of `s2sad.cli`."""

from s2sad.cli import main

if __name__ == "__main__":
    main()
