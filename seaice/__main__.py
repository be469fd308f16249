"""The command `seaice`, also as `python -m seaice`."""

import signal


def main() -> None:
    """Run the command line and exit."""
    # Until it has begun, Ctrl-C ends it as the system does: without telling what it was importing.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from seaice.commands.main import main as run
    from seaice.core.endings import end_at_once, status_of

    try:
        run()
    except SystemExit as ended:
        end_at_once(status_of(ended))
    except KeyboardInterrupt:
        # Pressed once more, while the first one was told.
        end_at_once(128 + signal.SIGINT)


if __name__ == "__main__":
    main()
