"""Torments a gateway and shows that nothing it acknowledged is lost.

Notifications come at random, signed, some twice, some late, some forged or cut off. Meanwhile the gateway is killed and
frozen, and receivers refuse, hang, break off, drip and limit. At the end what the provider was told 200 is compared
with what receivers got. Every ledger is written before the answer that it is about.

    python3 Tests/torture/torture.py PROGRAM [--seconds 60] [--kills 20] [--rate 400] [--sellers 12] [--seed 1]

At least 170 notifications a second are acknowledged, if need be in up to twice the time. It prints one line of counts and ends with 0 only if nothing was lost, doubled, forged or out of order.
"""

import argparse
import asyncio
import collections
import hashlib
import hmac
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import zlib

SETTINGS = {
    "delivery.allow_loopback": "true",
    "delivery.retry_waits_seconds": "[" + ", ".join(["1"] * 50) + "]",
    "log.level": "warning",
}
# An answer that was under way when the gateway died may be given again, and one that was broken off; nothing else may.
# It is under way for as long as an attempt may take: on a busy machine it is read and recorded late.
LONGEST_RECORDING = 5.0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def request(method, url, body=None, key=None):
    """One call that must succeed; what it answers, read as JSON where it is."""
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {key}"} if key else {})
    data = None if body is None else json.dumps(body).encode()
    call = urllib.request.Request(url, data=data, method=method, headers=headers)
    with urllib.request.urlopen(call, timeout=30) as answer:
        text = answer.read().decode()
    return json.loads(text) if text.startswith(("{", "[")) else text


class Ledger:
    """Lines that are on file before anybody is answered."""

    def __init__(self, path):
        self.path = path
        self.file = open(path, "a", encoding="utf-8")
        self.lock = threading.Lock()

    def write(self, **line):
        with self.lock:
            self.file.write(json.dumps(line) + "\n")
            self.file.flush()

    @staticmethod
    def read(path):
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class Stack:
    """A sandbox and a gateway, set up as a user sets them up."""

    def __init__(self, program, folder):
        self.program = program
        self.folder = folder
        self.port, self.internal = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.sandbox = self.gateway = None
        self.kills = []

    def spawn(self, *arguments):
        log = open(self.folder / f"{arguments[0]}.log", "ab")
        return subprocess.Popen(
            [self.program, *arguments], cwd=self.folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def start(self):
        self.sandbox = self.spawn(
            "sandbox", "--folder", "sandbox", "--api-port", "0", "--pages-port", "0", "--login-port", "0")
        self.addresses = json.loads(wait_for("the sandbox", lambda: self.read("sandbox/sandbox.json")))
        settings = SETTINGS | {
            "public_url": f'"{self.url}"', "listen.port": self.port, "internal.port": self.internal,
            "upstream.api_url": f'"{self.addresses["api"]}"',
            "upstream.authorization_url": f'"{self.addresses["authorization"]}"',
            "upstream.ca_file": f'"{self.addresses["ca_file"]}"',
        }
        self.write_yaml(settings)
        if self.spawn("init", "--sandbox", "sandbox", "--brand", "Torture").wait() != 0:
            raise SystemExit("enlace init failed: " + (self.folder / "init.log").read_text())
        self.serve()
        client = dict(line.split(": ", 1) for line in self.read("enlace.client.yaml").splitlines() if ": " in line)
        self.key = client["key"].strip('"')

    def write_yaml(self, settings):
        groups = collections.defaultdict(list)
        lines = []
        for name, value in settings.items():
            group, _, rest = name.rpartition(".")
            groups[group].append(f"{rest}: {value}")
        for group, members in groups.items():
            lines += [f"{group}:"] + [f"  {member}" for member in members] if group else members
        path = self.folder / "enlace.yaml"
        path.write_text("\n".join(lines) + "\n")
        path.chmod(0o600)

    def read(self, name):
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else None

    def serve(self):
        self.gateway = self.spawn("serve")
        wait_for("the gateway (see serve.log)", self.is_ready)

    def is_ready(self):
        try:
            return request("GET", f"http://127.0.0.1:{self.internal}/readyz")
        except OSError:
            return None

    def kill(self):
        self.kills.append(time.time())
        self.gateway.send_signal(signal.SIGKILL)
        self.gateway.wait()
        self.kills.append(time.time())

    def freeze(self, seconds):
        self.gateway.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.gateway.send_signal(signal.SIGCONT)

    def api(self, method, path, body=None):
        return request(method, self.url + path, body, self.key)

    def sim(self, method, path, body=None):
        return request(method, self.addresses["sim"] + path, body)

    def depth(self):
        """How many deliveries are in each state, by the gateway's own metrics."""
        text = request("GET", f"http://127.0.0.1:{self.internal}/metrics")
        name = "enlace_delivery_queue_depth{state="
        lines = [line[len(name):] for line in text.splitlines() if line.startswith(name)]
        return {line.split('"')[1]: int(float(line.split()[-1])) for line in lines}

    def stop(self):
        for child in (self.gateway, self.sandbox):
            if child and child.poll() is None:
                child.terminate()
                child.wait()


def wait_for(what, look, at_most=60):
    end = time.time() + at_most
    while time.time() < end:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise SystemExit(f"waited in vain for {what}")


class Receivers:
    """One server with a path for each seller; what it does to posts changes as it is told."""

    MODES = ["ok", "error", "hang", "reset", "cut", "drip", "limit"]

    def __init__(self, ledger):
        self.ledger = ledger
        self.modes = {}
        self.used = collections.Counter()
        self.port = free_port()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.up = threading.Event()

    def start(self):
        self.thread.start()
        self.up.wait()

    def run(self):
        async def listen():
            self.server = await asyncio.start_server(self.serve, "127.0.0.1", self.port, backlog=1024)
            self.up.set()

        self.loop.run_until_complete(listen())
        self.loop.run_forever()

    async def serve(self, reader, writer):
        try:
            await self.answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def answer(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
        body = await reader.readexactly(int(fields["content-length"]))
        seller = head[0].split()[1].rsplit("/", 1)[-1]
        event = json.loads(body)
        is_test = event["type"].startswith(("endpoint.", "seller."))
        mode = "ok" if is_test else self.modes.get(seller, "ok")
        self.used[mode] += 1
        status = {"ok": 200, "cut": 200, "drip": 200, "error": 500, "limit": 429}.get(mode, 0)
        if not is_test:
            self.ledger.write(
                at=time.time(), seller=seller, event=fields["webhook-id"], status=status, mode=mode,
                notification=(event.get("upstream") or {}).get("notification_id"), resource=event["data"].get("id"),
                place=int(fields["enlace-resource-sequence"]), attempt=int(fields["enlace-attempt"]),
                overtook="enlace-overtook" in fields)
        await self.misbehave(mode, status, reader, writer)

    async def misbehave(self, mode, status, reader, writer):
        if mode == "hang":
            await reader.read()
            return
        if mode == "reset":
            writer.transport.abort()
            return
        more = "Retry-After: 1\r\n" if mode == "limit" else ""
        length = 100 if mode in ("cut", "drip") else 2
        writer.write(f"HTTP/1.1 {status} X\r\n{more}Content-Length: {length}\r\n\r\n".encode())
        if mode == "drip":
            for _ in range(3):
                writer.write(b".")
                await writer.drain()
                await asyncio.sleep(0.1)
        elif mode != "cut":
            writer.write(b"ok")
        await writer.drain()


class Provider(threading.Thread):
    """Sends notifications as the provider does: again until 200 comes, and again after that now and then."""

    def __init__(self, number, torture):
        super().__init__(daemon=True)
        self.random = random.Random(torture.seed * 1000 + number)
        self.torture = torture
        self.number = number
        self.count = 0
        self.late = []

    def run(self):
        torture = self.torture
        pause = torture.providers / torture.rate
        while torture.goes_on():
            began = time.time()
            if self.late and self.random.random() < 0.2:
                notification = self.late.pop(self.random.randrange(len(self.late)))
            else:
                notification = self.new()
            kind = self.random.random()
            if kind < 0.02:
                self.forge(notification)
            elif kind < 0.05:
                # It comes later than what comes after it.
                self.late.append(notification)
            else:
                self.send(notification)
                if kind < 0.10:
                    torture.faults["duplicate"] += 1
                    self.late.append(notification)
            time.sleep(max(0, pause - (time.time() - began)))
        for notification in self.late:
            self.send(notification)

    def new(self):
        self.count += 1
        seller = self.random.choice(self.torture.sellers)
        return {
            "id": self.number * 10_000_000 + self.count, "seller": seller["id"], "user": seller["user"],
            "resource": f"{seller['user']}{self.random.randrange(60):04d}{self.count // 600:03d}",
        }

    def send(self, notification):
        """Until it is acknowledged; the acknowledgement is on file before anything else happens."""
        while True:
            if self.post(notification) == 200:
                self.torture.told.write(**notification)
                self.torture.acknowledged.add(notification["id"])
                return
            if time.time() > self.torture.end + self.torture.seconds + 60:
                raise SystemExit("the gateway acknowledges nothing any more")
            time.sleep(0.1)

    def forge(self, notification):
        forged = notification | {"id": notification["id"] + 5_000_000_000}
        kind = self.random.choice(["secret", "body"])
        self.torture.faults["forged"] += 1
        status = self.post(forged, kind)
        if status == 200:
            self.torture.accepted_forgeries.append(forged["id"])

    def post(self, notification, forged=None):
        resource = notification["resource"]
        # One in ten is about a payment, which the gateway asks the provider about first.
        topic = "payment" if zlib.crc32(resource.encode()) % 10 == 0 else "topic_merchant_order_wh"
        body = json.dumps({
            "id": notification["id"], "type": topic, "action": "payment.updated", "api_version": "v1",
            "user_id": notification["user"], "live_mode": True, "date_created": "2026-01-01T00:00:00Z",
            "data": {"id": resource}})
        stamp, request_id = str(int(time.time())), f"torture-{notification['id']}"
        manifest = f"id:{resource};request-id:{request_id};ts:{stamp};"
        secret = self.torture.webhook_secret if forged != "secret" else "another"
        code = hmac.new(secret.encode(), manifest.encode(), hashlib.sha256).hexdigest()
        if forged == "body":
            body = body[: len(body) // 2]
        call = urllib.request.Request(
            f"{self.torture.webhook_url}?data.id={resource}&type={topic}", data=body.encode(), method="POST",
            headers={
                "content-type": "application/json", "x-request-id": request_id,
                "x-signature": f"ts={stamp},v1={code}"})
        try:
            with urllib.request.urlopen(call, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0


class Torture:
    """The whole ordeal."""

    providers = 32

    def __init__(self, options, folder):
        self.folder = folder
        self.seed, self.rate, self.seconds = options.seed, options.rate, options.seconds
        self.wanted_kills, self.shops = options.kills, options.sellers
        self.random = random.Random(options.seed)
        self.stack = Stack(options.program, folder)
        self.told = Ledger(folder / "told.ndjson")
        self.got = Ledger(folder / "got.ndjson")
        self.receivers = Receivers(self.got)
        self.faults = collections.Counter()
        self.accepted_forgeries = []
        self.acknowledged = set()
        self.minimum = options.seconds * 170
        self.sellers = []

    def goes_on(self):
        """For the time that was asked for, and until enough was acknowledged."""
        now = time.time()
        return now < self.end or len(self.acknowledged) < self.minimum and now < self.end + self.seconds

    def run(self):
        self.stack.start()
        try:
            self.receivers.start()
            self.link()
            self.load()
            self.drain()
            depth = self.stack.depth()
        finally:
            self.stack.stop()
        return depth

    def link(self):
        """Shops by import, each with an endpoint that has answered its test."""
        application = self.stack.sim("GET", "/applications")["applications"][0]
        self.webhook_secret = application["webhook_secret"]
        own = self.stack.api("GET", "/v1/applications")["data"][0]
        self.webhook_url = own["webhook_url"]
        lines = []
        for number in range(self.shops):
            user = self.stack.sim("POST", "/users", {"nickname": f"SHOP{number}", "site_id": "MLA"})
            pair = self.stack.sim("POST", "/tokens", {"user_id": user["id"], "client_id": application["client_id"]})
            lines.append({
                "external_ref": f"shop-{number}", "name": f"Kiosco {number}", "access_token": pair["access_token"],
                "refresh_token": pair["refresh_token"], "user_id": pair["user_id"],
                "expires_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 150 * 86_400))})
            self.sellers.append({"user": user["id"]})
        grants = "\n".join(json.dumps(line) for line in lines)
        imported = subprocess.run(
            [self.stack.program, "sellers", "import", "--json", "--application", own["id"]], cwd=self.folder,
            input=grants, text=True, capture_output=True, check=False)
        if imported.returncode != 0:
            raise SystemExit("import failed: " + imported.stdout + imported.stderr)
        for number, seller in enumerate(self.sellers):
            seller["id"] = self.stack.api("GET", f"/v1/sellers/ref:shop-{number}")["id"]
            endpoint = self.stack.api("POST", f"/v1/sellers/{seller['id']}/endpoints", {
                "url": f"http://127.0.0.1:{self.receivers.port}/{seller['id']}", "topics": ["payment.*", "merchant_order.*"],
                "timeout_seconds": 5, "concurrency": 16})
            seller["endpoint"] = endpoint["id"]
        for seller in self.sellers:
            path = f"/v1/endpoints/{seller['endpoint']}"
            wait_for("an endpoint", lambda path=path: self.stack.api("GET", path)["state"] == "active")

    def load(self):
        self.began = time.time()
        self.end = self.began + self.seconds
        threads = [Provider(number + 1, self) for number in range(self.providers)]
        for thread in threads:
            thread.start()
        pause = self.seconds / (self.wanted_kills + 1)
        kills = 0
        while self.goes_on() or kills < self.wanted_kills:
            time.sleep(pause * self.random.uniform(0.2, 1.0))
            self.turn_receivers()
            if self.random.random() < 0.15:
                self.faults["freeze"] += 1
                self.stack.freeze(self.random.uniform(0.2, 1.0))
                continue
            if kills < self.wanted_kills:
                kills += 1
                self.faults["kill"] += 1
                self.stack.kill()
                self.stack.serve()
        for thread in threads:
            thread.join()

    def turn_receivers(self):
        for seller in self.sellers:
            mode = "ok" if self.random.random() < 0.6 else self.random.choice(self.receivers.MODES)
            self.receivers.modes[seller["id"]] = mode

    def drain(self):
        """All receivers behave; whoever was suspended is resumed, as an operator would."""
        self.receivers.modes = {}
        for seller in self.sellers:
            for action in ("pause", "resume"):
                self.stack.api("POST", f"/v1/endpoints/{seller['endpoint']}/{action}")
        wait_for(
            "the deliveries to end",
            lambda: not any(self.stack.depth()[state] for state in ("pending", "sending")), at_most=300)

    def report(self, depth):
        told, got = Ledger.read(self.told.path), Ledger.read(self.got.path)
        found = judge(told, got, self.stack.kills, set(self.accepted_forgeries))
        ended = depth.get("exhausted", 0) + depth.get("canceled", 0)
        for mode in self.receivers.MODES[1:]:
            self.faults[mode] += self.receivers.used[mode]
        kinds = sum(1 for count in self.faults.values() if count)
        print("faults: " + ", ".join(f"{name} {count}" for name, count in sorted(self.faults.items())))
        # A judge that can't find a missing line would prove nothing.
        spare = next(line for line in got if line["status"] == 200)
        maimed = [line for line in got if line["event"] != spare["event"]]
        sees = judge(told, maimed, self.stack.kills, set())["lost"] == found["lost"] + 1
        print(
            f"notifications={len({line['id'] for line in told})} kills={self.faults['kill']} faults={kinds}"
            f" lost={found['lost']} extra={found['extra']} unexplained={found['unexplained']}"
            f" doubled={found['doubled']} disordered={found['disordered']} forged={found['forged']}"
            f" given_up={ended} judge_sees={'yes' if sees else 'no'}", flush=True)
        bad = ("lost", "unexplained", "doubled", "disordered", "forged")
        return sees and not ended and not any(found[name] for name in bad)


def judge(told, got, kills, forgeries):
    """Compares both ledgers.

    lost: acknowledged, and no receiver has it. doubled: one notification became two events. unexplained: received again
    though it was answered whole and no kill was near. disordered: of one resource a later one first. forged: what nobody signed.
    """
    received = collections.OrderedDict()
    extra = unexplained = 0
    for line in got:
        if line["status"] != 200:
            continue
        if line["event"] in received:
            extra += 1
            first = received[line["event"]]
            near = any(first["at"] - 0.5 <= kill <= first["at"] + LONGEST_RECORDING for kill in kills)
            unexplained += not near and first["mode"] == "ok"
        else:
            received[line["event"]] = line
    events = collections.defaultdict(set)
    places = collections.defaultdict(list)
    for line in received.values():
        events[line["notification"]].add(line["event"])
        places[(line["seller"], line["resource"])].append((line["place"], line["overtook"]))
    wanted = {str(line["id"]) for line in told}
    disordered = 0
    for line in places.values():
        in_order = [place for place, overtook in line if not overtook]
        disordered += in_order != sorted(in_order) or sorted(place for place, _ in line) != list(
            range(1, len(line) + 1))
    return {
        "lost": len(wanted - set(events)), "extra": extra, "unexplained": unexplained,
        "doubled": sum(len(ids) - 1 for ids in events.values()), "disordered": disordered,
        "forged": len(forgeries) + sum(int(name) > 5_000_000_000 for name in events),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--rate", type=int, default=400)
    parser.add_argument("--sellers", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="enlace-torture-"))
    torture = Torture(options, folder)
    passed = torture.report(torture.run())
    if passed:
        shutil.rmtree(folder)
    else:
        print(f"kept: {folder}", flush=True)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
