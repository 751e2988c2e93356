"""usage.py RESULT PROGRAM ARGUMENT...: runs the program and writes what it took as JSON.

The CPU time is that of all processes that it started. Those that it leaves behind, as ssh's shared connections, are ended.
"""

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36

if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
    sys.exit("prctl failed: this needs Linux")
signal.signal(signal.SIGTERM, lambda *_: None)  # the whole group has it; what leaves the group is ended below
begin = time.monotonic()
exit_code = subprocess.run(sys.argv[2:]).returncode
seconds = time.monotonic() - begin
while True:
    with open(f"/proc/self/task/{os.getpid()}/children") as children:
        for pid in children.read().split():
            os.kill(int(pid), signal.SIGTERM)
    try:
        os.wait()
    except ChildProcessError:
        break
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as result:
    json.dump({"exitCode": exit_code, "seconds": seconds, "cpuSeconds": usage.ru_utime + usage.ru_stime}, result)
