"""`python -m iom` is the `iom` command. Nothing else."""

from iom.cli import main

if __name__ == "__main__":
    main()
