"""`python -m seaice` is the command `seaice`."""

from seaice.commands.main import main

main()
