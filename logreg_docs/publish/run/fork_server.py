"""Start kernels by forking a process that has imported the large libraries once.

A kernel gets the libraries' modules and nothing else: no page's code has run in the process it is forked from.
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
from typing import TYPE_CHECKING, Any, Self, cast

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from jupyter_client.connect import KernelConnectionInfo

__all__ = ["ForkProvisioner", "ForkServer", "ForkedKernel", "serve"]

_LIBRARIES = (
    "ipykernel.debugger",  # which every kernel imports as it starts
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
    "torch._dynamo",  # which the first optimiser of a process would import, as long as all else together
)
_INLINE = "module://matplotlib_inline.backend_inline"  # what a kernel tells matplotlib before it is imported
_READY = 2**64 - 1  # what the process says once it has imported everything, and no number of a process
_START = "from logreg_docs.publish.run.fork_server import serve; serve({})"


class ForkedKernel:
    """What `jupyter_client` wants to know of a kernel's process, which is no child of this one."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        """Return None while the process lives; how it ended is not known."""
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
    """The process that kernels are forked from, from `start` to `close`, or for as long as a `with` block lasts.

    Args:
        environment: Environment variables of the process.
        wanted: Whether a `with` block starts it at all.
    """

    def __init__(self, environment: dict[str, str], *, wanted: bool = True) -> None:
        self._environment = {**environment, "MPLBACKEND": _INLINE}
        self._wanted = wanted
        self._socket: socket.socket | None = None
        self._imported = False
        self._one_at_a_time = threading.Lock()

    def ready(self) -> bool:
        """Whether it has been started and has imported everything."""
        if self._socket and not self._imported:
            with contextlib.suppress(OSError), self._one_at_a_time:
                self._imported = bool(select.select([self._socket], [], [], 0)[0]) and self._hear() == _READY
        return self._imported

    def start(self) -> None:
        """Start it, where that can be done and has not been; it goes on importing after this has returned."""
        if self._socket or sys.platform != "linux":  # elsewhere a fork of such a process is not safe
            return
        with contextlib.suppress(OSError):
            here, there = socket.socketpair()
            self._process = subprocess.Popen(  # noqa: S603 - this very Python
                [sys.executable, "-c", _START.format(there.fileno())],
                env=self._environment,
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # an interrupt from the keyboard is not for it
            )
            there.close()
            self._socket = here

    def close(self) -> None:
        """End it; kernels that were forked from it end themselves."""
        if self._socket:
            self._socket.close()
            self._socket = None
            self._process.kill()  # it may still be importing, and has nothing to put away
            self._process.wait()

    def __enter__(self) -> Self:
        if self._wanted:
            self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def fork(self, arguments: Sequence[str], folder: str, environment: dict[str, str]) -> ForkedKernel | None:
        """Return a new kernel, or None where this cannot be done and one has to be started from nothing."""
        if self._socket is None:
            return None
        asked = json.dumps({"arguments": list(arguments), "folder": folder, "environment": environment}).encode()
        try:
            with self._one_at_a_time:
                if not self._imported:
                    self._imported = self._hear() == _READY
                self._socket.sendall(len(asked).to_bytes(8, "big") + asked)
                pid = self._hear()
        except OSError:
            return None
        return ForkedKernel(pid) if pid else None

    def _hear(self) -> int | None:
        """Return the next number that it says, or None where it has ended."""
        said = self._socket.recv(8, socket.MSG_WAITALL) if self._socket else b""
        return int.from_bytes(said, "big") if len(said) == 8 else None  # noqa: PLR2004 - as sent


class ForkProvisioner(LocalProvisioner):
    """Get a kernel's process from a fork server, or start one where there is none."""

    server: ForkServer | None = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch the kernel that `cmd` describes."""
        kernel = None
        if self.server:  # it may still be importing, while another page runs
            kernel = await asyncio.to_thread(self.server.fork, cmd[cmd.index("-f") :], kwargs["cwd"], kwargs["env"])
        if not kernel:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = cast("subprocess.Popen[bytes]", kernel)
        self.pid = self.pgid = kernel.pid
        return self.connection_info


def serve(descriptor: int) -> None:
    """Import the libraries, then fork a kernel for each request until nobody is left to ask.

    Args:
        descriptor: The socket on which requests come.
    """
    os.environ["JPY_PARENT_PID"] = str(os.getpid())  # a kernel reads it as it is imported
    for name in _LIBRARIES:
        importlib.import_module(name)
    for name in [name for name in sys.modules if name.partition(".")[0] == "logreg_docs"]:
        del sys.modules[name]
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the kernels
    with socket.socket(fileno=descriptor) as asking:
        with contextlib.suppress(OSError):  # whoever wanted it may be gone
            asking.sendall(_READY.to_bytes(8, "big"))
        while len(head := asking.recv(8, socket.MSG_WAITALL)) == 8:  # noqa: PLR2004 - as sent
            request = json.loads(asking.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL))
            pid = os.fork()
            if pid == 0:
                asking.close()
                _become_kernel(**request)
            asking.sendall(pid.to_bytes(8, "big"))
    os._exit(0)  # taking the libraries apart again would take longer than a page to run


def _become_kernel(*, arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    """Run a kernel in this process, as its launcher would, and end with it."""
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        server = os.environ["JPY_PARENT_PID"]  # which it must not outlive
        os.environ.clear()
        os.environ.update({**environment, "JPY_PARENT_PID": server})
        os.chdir(folder)
        sys.argv = ["ipykernel_launcher.py", *arguments]
        sys.path[:] = [place for place in sys.path if place]
        tempfile.tempdir = None  # which a library may have asked for in the server's environment
        importlib.import_module("ipykernel.kernelapp").launch_new_instance(arguments)
    except Exception:  # noqa: BLE001 - nobody is left to hand it to
        traceback.print_exc()
    finally:
        os._exit(0)
