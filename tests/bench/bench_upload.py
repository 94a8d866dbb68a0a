"""vhtui's uploads beside curl's: the same file, server and machine, in turns, plain and TLS.

    python tests/bench/bench_upload.py [--size 2147483648] [--rounds 5]

The server takes files and throws them away, in a process of its own. vhtui sends through its whole
engine: queue, looks, journal, library. Reported are the medians of the throughput and their ratio,
how much the memory grew over what it was after one small upload (one big file, then four at once),
and how long the event loop, which is what answers keys, kept others waiting meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import resource
import shutil
import socket
import ssl
import statistics
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from vhtui.config import AccountConfig, Settings, Tuning, UploadSettings
from vhtui.core.engine import Engine
from vhtui.models import UploadState
from vhtui.providers import by_name, connect
from vhtui.providers.base import Provider
from vhtui.text import Secret

PATIENCE = 600.0
EMPTY = {"current_page": 1, "last_page": 1, "per_page": 250, "total": 0, "data": []}
ANSWERS: dict[str, object] = {
    "account/info": {"email": "bench"},
    "file/list": EMPTY,
    "folder/list": {"folders": [], "files": EMPTY},
}


# -- the server -----------------------------------------------------------------------------------


def serve(pipe: Connection, certificate: str | None) -> None:
    """Take files until killed; tell the port through the pipe."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    port = listener.getsockname()[1]
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    origin = f"{'https' if context else 'http'}://127.0.0.1:{port}"
    pipe.send(origin)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=attend, args=(connection, context, origin), daemon=True).start()


def attend(plain: socket.socket, context: ssl.SSLContext | None, origin: str) -> None:
    """Answer the requests of one connection."""
    with context.wrap_socket(plain, server_side=True) if context else plain as line:
        buffer = bytearray(1024 * 1024)
        while True:
            head = b""
            while b"\r\n\r\n" not in head:
                piece = line.recv(65536)
                if not piece:
                    return
                head += piece
            head, _, rest = head.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            headers = {k.lower(): v.strip() for k, _, v in (each.partition(":") for each in lines)}
            if "expect" in headers:
                line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            left = int(headers.get("content-length", 0)) - len(rest)
            while left > 0:
                if not (count := line.recv_into(buffer, min(left, len(buffer)))):
                    return
                left -= count
            body = json.dumps(answer(first.split(" ")[1], origin)).encode()
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


def answer(target: str, origin: str) -> dict[str, object]:
    """Say what VOE would, as far as an upload asks."""
    path = target.partition("?")[0].removeprefix("/api/")
    if path == "node":
        code = f"{time.monotonic_ns():x}"[-12:]
        file = {"file_code": code, "file_title": None, "encoding_necessary": False}
        return {"success": True, "file": file}
    result = f"{origin}/api/node" if path == "upload/server" else ANSWERS.get(path, [])
    return {"status": 200, "success": True, "result": result, "list": EMPTY, "data": []}


# -- vhtui ----------------------------------------------------------------------------------------


@dataclass
class Lag:
    """How late the event loop was with what was due, in milliseconds."""

    late: list[float] = field(default_factory=list)

    async def watch(self) -> None:
        while True:
            due = time.perf_counter() + 0.005
            await asyncio.sleep(0.005)
            self.late.append((time.perf_counter() - due) * 1000)

    def words(self) -> str:
        ordered = sorted(self.late)
        return f"max {ordered[-1]:.1f} ms, p99 {ordered[int(len(ordered) * 0.99)]:.1f} ms"


def peak() -> float:
    """Return the most memory this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def send(engine: Engine, paths: list[Path]) -> float:
    """Upload files through the engine; return the seconds."""
    started = time.perf_counter()
    receipt = await engine.queue_uploads("bench", paths, again=True)
    ids = set(receipt.ids)
    while True:
        await asyncio.sleep(0.005)
        uploads = [upload for upload in engine.uploads() if upload.id in ids]
        states = {upload.state for upload in uploads}
        seconds = time.perf_counter() - started
        if states == {UploadState.PLAYABLE}:
            return seconds
        if UploadState.FAILED in states or seconds > PATIENCE:
            raise SystemExit(f"after {seconds:.0f} s: {uploads} {engine.store.accounts()}")


def curl(path: Path, origin: str) -> float:
    """Upload a file with curl; return the seconds."""
    started = time.perf_counter()
    command = ["curl", "-skf", "-o", "/dev/null", "-F", f"file=@{path}", f"{origin}/api/node"]
    subprocess.run(command, check=True)
    return time.perf_counter() - started


async def measure(
    origin: str, ca_file: Path | None, directory: Path, size: int, rounds: int
) -> None:
    account = AccountConfig(
        "bench", "voe", f"{origin}/api", requests_per_second=1000.0, ca_file=ca_file
    )

    async def key() -> Secret:
        return Secret("bench")

    def link(config: AccountConfig) -> Provider:
        return connect(
            "voe",
            key=key,
            base_url=config.base_url,
            requests_per_second=1000.0,
            ca_file=config.ca_file,
        )

    big = sparse(directory / "big.mp4", size)
    small = sparse(directory / "small.mp4", 4 * 1024 * 1024)
    data = Path(tempfile.mkdtemp(dir=directory))
    engine = Engine(
        Settings(accounts=(account,), uploads=UploadSettings(parallel=4), tuning=Tuning()),
        data,
        connect=link,
        hosts={"voe": by_name("voe")},
    )
    await engine.open()
    async with engine.running():
        await send(engine, [small])
        before = peak()
        lag = Lag()
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(rounds):
            theirs.append(await asyncio.to_thread(curl, big, origin))
            watching = asyncio.create_task(lag.watch())
            ours.append(await send(engine, [big]))
            watching.cancel()
        # Of neighbours, so that what else the machine does touches both.
        ratio = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
        speed, of_curl = (size / statistics.median(times) / 1e6 for times in (ours, theirs))
        print(f"  one upload   vhtui {speed:7.0f} MB/s   curl {of_curl:7.0f} MB/s", end="   ")
        print(f"ratio {ratio:.2f}   memory +{peak() - before:.1f} MiB   lag {lag.words()}")
        lag = Lag()
        watching = asyncio.create_task(lag.watch())
        four = [sparse(directory / f"four-{n}.mp4", size // 4 + n) for n in range(4)]
        seconds = await send(engine, four)
        watching.cancel()
        print(f"  four at once vhtui {size / seconds / 1e6:7.0f} MB/s", end="   ")
        print(f"memory +{peak() - before:.1f} MiB   lag {lag.words()}")
    engine.close()


def sparse(path: Path, size: int) -> Path:
    """Make a file of zeros that takes no room."""
    with path.open("wb") as file:
        file.truncate(size)
    return path


def certify(directory: Path) -> tuple[Path, Path]:
    """Make a certificate for this machine; return it alone, and with its key in one file."""
    both = directory / "bench.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    key, certificate = directory / "key.pem", directory / "certificate.pem"
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    both.write_text(key.read_text() + certificate.read_text())
    return certificate, both


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=2 * 1024**3, help="bytes of the file")
    parser.add_argument("--rounds", type=int, default=5, help="uploads with each")
    options = parser.parse_args()
    if shutil.which("curl") is None:
        raise SystemExit("curl is not installed")
    processes = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        authority, both = certify(directory)
        for title, ca_file, certificate in (("plain", None, None), ("TLS", authority, str(both))):
            here, there = processes.Pipe()
            server = processes.Process(target=serve, args=(there, certificate), daemon=True)
            server.start()
            print(f"{title}, {options.size / 1e6:.0f} MB, {options.rounds} rounds")
            asyncio.run(measure(here.recv(), ca_file, directory, options.size, options.rounds))
            server.terminate()
            server.join()


if __name__ == "__main__":
    main()
