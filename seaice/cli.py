"""The command line: `seaice COMMAND`. Says what a command does; computes nothing itself.

A user's mistake is one line on standard error and exit status 2. Facts go to standard output, with
`--json` as one document; messages and progress go to standard error. Imports that pull in torch
stand inside the commands that need it: `seaice info` and `seaice --help` start without.
"""
