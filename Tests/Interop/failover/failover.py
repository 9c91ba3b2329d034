#!/usr/bin/env python3
"""Kills the primary of a pair of PostgreSQL servers under sign-ups, promotes its synchronous standby, and checks every promise.

    failover.py LOAD [--rounds 2] [--seconds 4] [--detection 1.0] [--expect-loss]

LOAD is the program `signup-load`. Each round: a primary and a standby that it waits for, sign-ups by two processes, `kill -9` of every process of the
primary, `pg_ctl promote` after the time of detection. The clients know both hosts from the start, and are never restarted or told. Then
every sign-up that was answered must be there, once, with its entry in the log; and the dead server becomes the standby of the next round.
With --expect-loss the primary waits for no standby, and sends it nothing in its last half second: promises must be found broken then.
All on loopback. The last line is `N passed, N failed`.
"""
import argparse
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HOUR = 3600


def programs():
    found = os.environ.get("POSTGRES_BIN")
    if found:
        return pathlib.Path(found)
    places = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: int(place.parent.name))
    if not places:
        sys.exit("PostgreSQL is missing: install postgresql, or set POSTGRES_BIN to the directory of initdb")
    return places[-1]


class Server:
    """One of the two, in a directory of its own."""

    def __init__(self, work, name):
        self.bin, self.directory, self.name = programs(), work / name, name
        self.data, self.log = self.directory / "data", self.directory / "log"
        self.directory.mkdir()
        self.as_owner = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root.
            shutil.chown(self.directory, "postgres")
            self.as_owner = ["runuser", "-u", "postgres", "--"]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def run(self, program, *words, check=True):
        # A server must not keep what its starter has open.
        done = subprocess.run(
            [*self.as_owner, self.bin / program, *map(str, words)], cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, close_fds=True, timeout=120)
        if check and done.returncode != 0:
            raise RuntimeError(f"{self.name}: {program} failed: {done.stdout[-1000:]}")
        return done.stdout

    def control(self, *words):
        # Not through a pipe: the server would hold it open.
        done = subprocess.run(
            [*self.as_owner, self.bin / "pg_ctl", "-s", "-w", "-t", "60", "-D", self.data, "-l", self.log, *words], cwd="/",
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
        if done.returncode != 0:
            raise RuntimeError(f"{self.name}: pg_ctl {words[-1]} failed; its log ends with:\n{self.log.read_text()[-1500:]}")

    def start(self, waits_for_standby):
        names = "*" if waits_for_standby else ""
        options = (
            f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self.directory} -c max_connections=100 "
            f"-c shared_buffers=64MB -c wal_level=replica -c max_wal_senders=5 -c hot_standby=on -c wal_keep_size=1GB")
        self.control("-o", f"{options} -c synchronous_standby_names={names}", "start")

    def make(self):
        self.run("initdb", "-D", self.data, "-U", "owner", "--auth=trust", "--encoding=UTF8", "--locale=C")
        self.start(waits_for_standby=False)

    def follow(self, primary, waits):
        """Becomes its standby, from an empty directory, and makes it wait for every commit, or not."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.run(
            "pg_basebackup", "-D", self.data, "-R", "-X", "stream", "-c", "fast", "-d",
            f"host=127.0.0.1 port={primary.port} user=owner application_name={self.name}")
        self.start(waits_for_standby=False)
        primary.stop()
        primary.start(waits_for_standby=waits)
        for _ in range(300):
            state = primary.ask("SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'")
            if state == ("sync" if waits else "async"):
                return
            time.sleep(0.1)
        raise RuntimeError(f"{self.name} did not become the synchronous standby of {primary.name}")

    def ask(self, statement):
        return self.run("psql", "-XAtq", "-h", "127.0.0.1", "-p", self.port, "-U", "owner", "-d", "postgres", "-c", statement).strip()

    def stop(self):
        self.control("-m", "fast", "stop")

    def fall_silent(self):
        """Sends its standby nothing any more."""
        os.kill(int(self.ask("SELECT pid FROM pg_stat_replication")), signal.SIGSTOP)

    def kill(self):
        """Every process at once, as when the machine is gone."""
        first = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        children = subprocess.run(["pgrep", "-P", str(first)], capture_output=True, text=True).stdout.split()
        for process in [first, *map(int, children)]:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def promote(self):
        self.control("promote")

    def end(self):
        if (self.data / "postmaster.pid").exists():
            try:
                self.control("-m", "immediate", "stop")
            except (RuntimeError, subprocess.TimeoutExpired):
                pass


class Deployment:
    def __init__(self, load, work, servers):
        self.load, self.work, self.ahead = load, work, 0
        self.state, self.keys = work / "state", work / "keys"
        self.state.mkdir()
        hosts = ",".join("127.0.0.1" for _ in servers)
        ports = ",".join(str(server.port) for server in servers)
        self.databases = [
            "--postgres", f"host={hosts} port={ports} user=owner dbname=postgres target_session_attrs=read-write connect_timeout=2",
            "--schema", "failover"]
        self.printed = work / "printed"
        self.printed.write_text("")

    def words(self, command, *words):
        return [self.load, command, self.state, self.keys, *map(str, words), "--ahead", str(self.ahead), *self.databases]

    def run(self, command, *words):
        return subprocess.run(self.words(command, *words), capture_output=True, text=True, timeout=300)

    def start(self, first):
        output = self.work / f"sign-ups-{first}"
        with open(output, "w") as out:
            process = subprocess.Popen(self.words("sign-ups", first, 1_000_000, 8, "--persist"), stdout=out, stderr=subprocess.STDOUT)
        return process, output


def enrolled(lines):
    """When each sign-up was answered, in milliseconds."""
    return sorted(int(line.split()[3]) for line in lines if line.startswith("enrolled "))


def one_round(deployment, number, primary, standby, seconds, detection, is_silent):
    """What is wrong, if anything, and what was seen."""
    deployment.ahead += HOUR
    running = [deployment.start(number * 4_000_000 + 2_000_000 * at) for at in range(2)]
    try:
        time.sleep(seconds)
        if is_silent:
            primary.fall_silent()
            time.sleep(0.5)
        primary.kill()
        killed = time.time() * 1000
        time.sleep(detection)
        standby.promote()
        promoted = time.time() * 1000
        time.sleep(seconds)
    finally:
        ended = [process.poll() for process, _ in running]
        for process, _ in running:
            process.kill()
            process.wait()
    lines = []
    for _, output in running:
        # A line that the kill cut promises nothing.
        lines += output.read_text().rpartition("\n")[0].splitlines()
    strange = [line for line in lines if not line.startswith(("enrolled ", "trying ", "checkpoint "))]
    if not is_silent and (any(code is not None for code in ended) or strange):
        return f"a client did not carry on by itself: {ended} {strange[:3]}", None
    with open(deployment.printed, "a") as file:
        file.writelines(f"{line}\n" for line in lines if line not in strange)
    times = enrolled(lines)
    before, after = [at for at in times if at <= killed], [at for at in times if at > promoted]
    if not before or (not after and not is_silent):
        return f"{len(before)} sign-ups were answered before the kill, {len(after)} after the promotion", None
    gap = max(later - earlier for earlier, later in zip(times, times[1:]))
    deployment.ahead += 3 * HOUR
    done = deployment.run("check", deployment.printed)
    for line in done.stdout.splitlines():
        if line.startswith(("already ", "trying ")):
            with open(deployment.printed, "a") as file:
                file.write(f"{line}\n")
    said = [line for line in done.stdout.splitlines() if not line.startswith(("already ", "trying "))]
    seen = (
        f"{len(before)} sign-ups answered before the kill and {len(after)} after; nobody was answered for {gap / 1000:.1f} s, of which "
        f"{(promoted - killed) / 1000:.1f} s until the standby was promoted; {'; '.join(said)}")
    return (None if done.returncode == 0 else f"{'; '.join(said)} {done.stderr[-500:]}"), seen


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("load")
    arguments.add_argument("--rounds", type=int, default=2)
    arguments.add_argument("--seconds", type=float, default=4, help="of sign-ups before the kill, and after the promotion")
    arguments.add_argument("--detection", type=float, default=1, help="seconds between the kill and the promotion")
    arguments.add_argument("--expect-loss", action="store_true")
    options = arguments.parse_args()
    passed = failed = 0
    work = pathlib.Path(tempfile.mkdtemp(prefix="failover."))
    work.chmod(0o711)
    servers = [Server(work, name) for name in ("first", "second")]
    try:
        primary, standby = servers
        primary.make()
        deployment = Deployment(options.load, work, servers)
        prepared = deployment.run("prepare")
        if prepared.returncode != 0:
            raise RuntimeError(f"prepare failed: {prepared.stdout}{prepared.stderr}")
        for number in range(options.rounds):
            standby.follow(primary, waits=not options.expect_loss)
            problem, seen = one_round(deployment, number, primary, standby, options.seconds, options.detection, options.expect_loss)
            if options.expect_loss:
                # Either an account is gone, or the log, whose signer remembers more than the database has, refuses to go on.
                is_found = problem and any(words in problem for words in ("is lost", "older copy", "No sequencer works"))
                found, problem = problem, None if is_found else f"no loss was found: {problem or seen}"
                print(f"{'ok  ' if not problem else 'FAIL'} a primary that waits for no standby is found to lose promises: {problem or found}")
                passed, failed = passed + (not problem), failed + bool(problem)
                break
            print(f"{'ok  ' if not problem else 'FAIL'} the primary is killed, round {number + 1}: {problem or seen}", flush=True)
            passed, failed = passed + (not problem), failed + bool(problem)
            if problem:
                break
            primary, standby = standby, primary
    except (RuntimeError, subprocess.TimeoutExpired) as error:
        failed += 1
        print(f"FAIL {error}")
    finally:
        for server in servers:
            server.end()
        shutil.rmtree(work, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
