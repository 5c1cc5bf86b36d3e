"""What a run costs: seconds, memory and CPU of processes (Linux, from /proc), and the client's own delay."""

import asyncio
import math
import os
import platform
import time
from importlib import metadata
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
PROC = Path("/proc")


# ---- numbers -----------------------------------------------------------------------------------------------


def percentile(values, share):
    """The smallest of the values that at least this share of them do not exceed (nearest rank)."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def summary(values, digits=1):
    """{"n", "p50", "p95", "max"} of the values; None where there are none."""
    shown = {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95), "max": max(values, default=None)}
    return {"n": len(values)} | {name: None if v is None else round(v, digits) for name, v in shown.items()}


# ---- processes ---------------------------------------------------------------------------------------------


def stat(pid):
    """(parent, CPU seconds with those of ended children, start time) of a process, or None if it is gone."""
    try:
        words = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(words[1]), sum(map(int, words[11:15])) / TICKS, int(words[19])


def children():
    """pid -> pids of its children, of all processes."""
    found = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (known := stat(entry.name)):
            found.setdefault(known[0], []).append(int(entry.name))
    return found


def tree(pid, known=None):
    """A process and all that come from it."""
    known = children() if known is None else known
    return [pid, *(below for child in known.get(pid, []) for below in tree(child, known))]


def cpu_seconds(pids):
    """CPU seconds that processes and their ended children have used."""
    return sum(known[1] for pid in pids if (known := stat(pid)))


def memory(pid):
    """{"pss", "rss", "peak"} of a process in MB; PSS counts a page shared by n processes as 1/n for each."""
    fields = {}
    for name in ("smaps_rollup", "status"):
        try:
            lines = (PROC / str(pid) / name).read_text().splitlines()
        except OSError:
            return {"pss": 0.0, "rss": 0.0, "peak": 0.0}
        fields |= {line.split(":")[0]: line.split()[1] for line in lines if line.endswith(" kB")}
    names = {"pss": "Pss", "rss": "Rss", "peak": "VmHWM"}
    return {name: int(fields.get(field, 0)) / 1024 for name, field in names.items()}


def owner(pid):
    """The student whose server this process is, or None."""
    try:
        entries = (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return None
    return next((entry.partition(b"=")[2].decode() for entry in entries if entry.startswith(b"JUPYTERHUB_USER=")), None)


def census(hub):
    """The hub's processes: {"hub": pids, "proxy": pids, "servers": {student: pid}, "kernels": {student: pids}}."""
    known = children()
    servers = {name: pid for pid in known.get(hub, []) if (name := owner(pid))}
    others = [below for pid in known.get(hub, []) if pid not in servers.values() for below in tree(pid, known)]
    kernels = {name: tree(pid, known)[1:] for name, pid in servers.items()}
    return {"hub": [hub], "proxy": others, "servers": servers, "kernels": kernels}


def cpu_by_part(found):
    """CPU seconds so far: of the hub, the proxy, the students' servers with their kernels, and this client."""
    servers = [pid for name, pid in found["servers"].items() for pid in (pid, *found["kernels"][name])]
    return {"hub": cpu_seconds(found["hub"]), "proxy": cpu_seconds(found["proxy"]),
            "servers and kernels": cpu_seconds(servers), "client": time.process_time()}


def memory_per_student(found):
    """Student -> MB of the server and of its kernels."""
    used = {}
    for name, pid in found["servers"].items():
        server, kernels = memory(pid), [memory(kernel) for kernel in found["kernels"][name]]
        used[name] = {"server_pss": server["pss"], "kernel_pss": sum(each["pss"] for each in kernels),
                      "rss": server["rss"] + sum(each["rss"] for each in kernels),
                      "peak_rss": server["peak"] + sum(each["peak"] for each in kernels)}
        used[name]["pss"] = used[name]["server_pss"] + used[name]["kernel_pss"]
    return used


# ---- the machine -------------------------------------------------------------------------------------------


def machine_seconds():
    """(busy, all) CPU seconds of the whole machine since it started."""
    fields = [int(word) / TICKS for word in (PROC / "stat").read_text().splitlines()[0].split()[1:9]]
    return sum(fields) - fields[3] - fields[4], sum(fields)


def available_mb():
    """MB of memory that programs could still take."""
    lines = (PROC / "meminfo").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("MemAvailable"))


def machine():
    """What a reader has to know of the machine."""
    cpus = [line.partition(":")[2].strip() for line in (PROC / "cpuinfo").read_text().splitlines()
            if line.startswith("model name")]
    total = next(int(line.split()[1]) for line in (PROC / "meminfo").read_text().splitlines()
                 if line.startswith("MemTotal"))
    return {"cores": len(os.sched_getaffinity(0)), "memory_gib": round(total / 1024**2, 1),
            "cpu": cpus[0] if cpus else platform.machine(), "system": platform.system(),
            "python": platform.python_version(), "jupyterhub": metadata.version("jupyterhub")}


class Lag:
    """How late the client's own event loop is: what it adds, at most, to a latency that it measures."""

    def __init__(self, every=0.02):
        self.every, self.late = every, []

    async def watch(self):
        """Sleep and note by how many milliseconds each sleep was too long; until cancelled."""
        while True:
            start = time.perf_counter()
            await asyncio.sleep(self.every)
            self.late.append(1000 * (time.perf_counter() - start - self.every))
