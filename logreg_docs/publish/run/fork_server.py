"""Start kernels by forking a server process that has imported the large libraries once.

A forked kernel shares nothing else with other pages: the server runs no page's code.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from typing import TYPE_CHECKING, Any, cast

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_client.connect import KernelConnectionInfo

__all__ = ["LIBRARIES", "ForkProvisioner", "ForkServer", "ForkedKernel", "serve"]

LIBRARIES = (
    "ipykernel.debugger",  # imported by every kernel at its start
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
    "scipy.optimize",
    "scipy.special",
    "scipy.stats",
    "sklearn.datasets",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "statsmodels.api",
    "torch",
    "torch._dynamo",  # imported by the first optimiser of a process, which takes as long as all the rest
)
"""What every kernel and most pages import."""
_BACKEND = "module://matplotlib_inline.backend_inline"  # a kernel sets it before it imports Matplotlib
_READY = 2**64 - 1  # sent by the server when all is imported; no process has this number
_START = "from logreg_docs.publish.run.fork_server import serve; serve({}, {})"


class ForkedKernel:
    """The part of `subprocess.Popen` that `jupyter_client` uses, for a process that is not our child."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        """Return None while the process runs, else 1, since its exit code is unknown."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 1
        return None

    wait = poll

    def send_signal(self, number: int) -> None:
        """Send a signal."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)


class ForkServer:
    """The process that kernels are forked from, between `start` and `close`.

    Args:
        environment: Environment variables of the process.
        libraries: The modules that it imports.
    """

    def __init__(self, environment: dict[str, str], libraries: Sequence[str] = LIBRARIES) -> None:
        self._environment = {**environment, "MPLBACKEND": _BACKEND}
        self._libraries = tuple(libraries)
        self._socket: socket.socket | None = None
        self._ready = False
        self._lock = threading.Lock()

    def ready(self) -> bool:
        """Return whether the process has been started and has imported everything."""
        if self._socket and not self._ready:
            with contextlib.suppress(OSError), self._lock:
                self._ready = bool(select.select([self._socket], [], [], 0)[0]) and self._receive() == _READY
        return self._ready

    def start(self) -> None:
        """Start the process on Linux, where forking it is safe, and let it import the libraries in the background."""
        if self._socket or sys.platform != "linux":
            return
        with contextlib.suppress(OSError):
            here, there = socket.socketpair()
            self._process = subprocess.Popen(  # noqa: S603 - runs this interpreter
                [sys.executable, "-c", _START.format(there.fileno(), self._libraries)],
                env=self._environment,
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C must not reach it
            )
            there.close()
            self._socket = here

    def close(self) -> None:
        """Kill the process; its kernels notice and end."""
        if self._socket:
            self._socket.close()
            self._socket = None
            self._process.kill()  # it may still be importing, and has nothing to save
            self._process.wait()

    def fork(self, arguments: Sequence[str], folder: str, environment: dict[str, str]) -> ForkedKernel | None:
        """Return a new kernel, or None if it must be started from scratch."""
        if self._socket is None:
            return None
        request = json.dumps({"arguments": list(arguments), "folder": folder, "environment": environment}).encode()
        try:
            with self._lock:
                if not self._ready:
                    self._ready = self._receive() == _READY
                self._socket.sendall(len(request).to_bytes(8, "big") + request)
                pid = self._receive()
        except OSError:
            return None
        return ForkedKernel(pid) if pid else None

    def _receive(self) -> int | None:
        """Return the next number from the process, or None if it has ended."""
        data = self._socket.recv(8, socket.MSG_WAITALL) if self._socket else b""
        return int.from_bytes(data, "big") if len(data) == 8 else None  # noqa: PLR2004 - bytes of a number


class ForkProvisioner(LocalProvisioner):
    """Launches a kernel by its fork server, or from scratch without one."""

    server: ForkServer | None = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch the kernel of the command line `cmd`."""
        kernel = None
        if self.server:  # waits for the imports, in a thread
            kernel = await asyncio.to_thread(self.server.fork, cmd[cmd.index("-f") :], kwargs["cwd"], kwargs["env"])
        if not kernel:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = cast("subprocess.Popen[bytes]", kernel)
        self.pid = self.pgid = kernel.pid
        return self.connection_info


def serve(descriptor: int, libraries: Sequence[str]) -> None:
    """Import the libraries, then fork a kernel for each request until the socket is closed.

    Args:
        descriptor: File descriptor of the socket.
        libraries: The modules to import.
    """
    os.environ["JPY_PARENT_PID"] = str(os.getpid())  # a kernel reads it on import, and ends with that process
    gc.disable()  # modules are no garbage, and looking for some took a fifth of the time
    for name in libraries:
        importlib.import_module(name)
    for name in [name for name in sys.modules if name.partition(".")[0] == "logreg_docs"]:
        del sys.modules[name]
    gc.freeze()
    gc.enable()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the kernels
    with socket.socket(fileno=descriptor) as client:
        with contextlib.suppress(OSError):  # the client may have ended
            client.sendall(_READY.to_bytes(8, "big"))
        while len(head := client.recv(8, socket.MSG_WAITALL)) == 8:  # noqa: PLR2004 - bytes of a number
            request = json.loads(client.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL))
            pid = os.fork()
            if pid == 0:
                client.close()
                _become_kernel(**request)
            client.sendall(pid.to_bytes(8, "big"))
    os._exit(0)  # an orderly exit would take longer than many a page


def _become_kernel(*, arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    """Run a kernel in this process as `ipykernel_launcher` would, and exit."""
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        server = os.environ["JPY_PARENT_PID"]
        os.environ.clear()
        os.environ.update({**environment, "JPY_PARENT_PID": server})
        os.chdir(folder)
        sys.argv = ["ipykernel_launcher.py", *arguments]
        sys.path[:] = [place for place in sys.path if place]
        tempfile.tempdir = None  # a library may have computed it from the server's environment
        importlib.import_module("ipykernel.kernelapp").launch_new_instance(arguments)
    except Exception:  # noqa: BLE001 - there is no caller to raise to
        traceback.print_exc()
    finally:
        os._exit(0)
