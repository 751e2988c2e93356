"""Runs the `pssh` beside this Python. It is from 2012: two of its lines are for Python before 3.5."""

import os
import runpy
import signal
import sys

import psshlib

set_wakeup_fd = signal.set_wakeup_fd


def set_nonblocking_wakeup_fd(fd):
    if fd != -1:
        os.set_blocking(fd, False)
    return set_wakeup_fd(fd)


signal.set_wakeup_fd = set_nonblocking_wakeup_fd
sys.path.append(os.path.dirname(psshlib.__file__))  # its modules import each other without the name of the package
runpy.run_path(os.path.join(os.path.dirname(sys.executable), "pssh"), run_name="__main__")
