"""`python -m seaice` is the command `seaice`."""

from seaice.cli import main

main()
