"""`python -m inferplane.sandbox.plugin <module> [arguments]`: runs a module that ends when the engine does.

The engine ends its plugins itself, unless it is killed: then they would stay for ever.
"""

import os
import runpy
import sys
import threading
import time

WATCH_SECONDS = 1.0  # how soon a plugin notices that the engine is gone


def leave_with(parent: int) -> None:
    """End this process at once when its parent process is no longer `parent`."""
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=leave_with, args=(os.getppid(),), daemon=True).start()
    module = sys.argv[1]
    del sys.argv[1]  # runpy puts the module's file in the place of ours
    runpy.run_module(module, run_name="__main__", alter_sys=True)
