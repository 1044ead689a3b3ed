"""There is no network, and nobody on this machine to talk to."""

from tests.contract.sandbox.cases.case import Case

CASES = (
    Case(
        number=84,
        name="no socket of any family can be made",
        source="""
families = {"inet": 2, "inet6": 10, "unix": 1, "netlink": 16, "packet": 17, "vsock": 40, "alg": 38}
answer = sorted(
    f"{name} {kind}"
    for name, family in families.items()
    for kind in (1, 2, 3, 5)
    if attempt(lambda: socket.socket(family, kind)) != "denied"
)
""",
        answer=[],
    ),
    Case(
        number=83,
        name="nothing can be connected, bound or listened to",
        source="""
ours, theirs = socket.socketpair()
loopback = socket.htons(9).to_bytes(2, sys.byteorder)
inet = (2).to_bytes(2, sys.byteorder) + loopback + bytes([127, 0, 0, 1]) + bytes(8)
unix = (1).to_bytes(2, sys.byteorder) + b"/run/dbus/socket"
abstract = (1).to_bytes(2, sys.byteorder) + b"\\0canary"
answer = open_ways(
    connect=lambda: raw(42, ours.fileno(), inet, len(inet)),
    unix=lambda: raw(42, ours.fileno(), unix, len(unix)),
    abstract=lambda: raw(42, ours.fileno(), abstract, len(abstract)),
    bind=lambda: raw(49, ours.fileno(), abstract, len(abstract)),
    listen=lambda: raw(50, ours.fileno(), 1),
    accept=lambda: raw(43, ours.fileno(), None, None),
)
""",
        answer=[],
    ),
    Case(
        number=85,
        name="no datagram can be sent",
        source="""
def send(family, address):
    with socket.socket(family, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", address)
answer = open_ways(
    loopback=lambda: send(socket.AF_INET, ("127.0.0.1", 9)),
    six=lambda: send(socket.AF_INET6, ("::1", 9)),
    name_server=lambda: send(socket.AF_INET, ("127.0.0.53", 53)),
)
""",
        answer=[],
    ),
    Case(
        number=86,
        name="no socket with a name can be reached",
        source="""
def reach(path, kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_UNIX, kind) as client:
        client.connect(path)
answer = open_ways(
    journal=lambda: reach("/run/systemd/journal/socket", socket.SOCK_DGRAM),
    docker=lambda: reach("/var/run/docker.sock"),
    names=lambda: reach("/var/run/nscd/socket"),
    own=lambda: socket.socket(socket.AF_UNIX).bind("/tmp/own"),
)
""",
        answer=[],
    ),
    Case(
        number=87,
        name="no abstract socket can be reached",
        source="""
def reach(name, step):
    with socket.socket(socket.AF_UNIX) as client:
        getattr(client, step)(name)
answer = open_ways(
    bus=lambda: reach("\\0/tmp/.X11-unix/X0", "connect"),
    bind=lambda: reach("\\0canary", "bind"),
    unnamed=lambda: reach("", "bind"),
)
""",
        answer=[],
    ),
    Case(
        number=88,
        name="no name can be resolved",
        source="socket.getaddrinfo('example.com', 80)",
        outcomes=("error",),
        error="gaierror",
    ),
    Case(
        number=89,
        name="no page can be fetched",
        source="""
import urllib.error, urllib.request
try:
    urllib.request.urlopen("http://169.254.169.254/latest/", timeout=1)
    answer = "fetched"
except urllib.error.URLError:
    answer = "refused"
""",
        answer="refused",
    ),
    Case(
        number=90,
        name="the kernel's own families are shut, in pairs too",
        source="""
families = {"netlink": 16, "packet": 17, "key": 15, "alg": 38, "vsock": 40, "xdp": 44}
RAW, DATAGRAM, SEQPACKET = 3, 2, 5
answer = open_ways(**{
    f"{name}_{kind}_{call}": lambda family=family, kind=kind, call=call: (
        raw(41, family, kind, 0) if call == "socket" else raw(53, family, kind, 0, bytes(8))
    )
    for name, family in families.items()
    for kind in (RAW, DATAGRAM, SEQPACKET)
    for call in ("socket", "socketpair")
})
""",
        answer=[],
    ),
    Case(
        number=91,
        name="a pair of streams works and a pair of datagrams does not",
        source="""
a, b = socket.socketpair()
a.sendall(b"through")
datagrams = lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
answer = [b.recv(7).decode(), attempt(datagrams)]
""",
        answer=["through", "denied"],
    ),
    Case(
        number=92,
        name="addressed messages and passed descriptors are denied",
        source="""
import array
a, b = socket.socketpair()
address = (1).to_bytes(2, sys.byteorder) + b"\\0x"
rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0]))]
answer = open_ways(
    sendto=lambda: raw(44, a.fileno(), b"x", 1, 0, address, len(address)),
    rights=lambda: a.sendmsg([b"x"], rights),
    sendmmsg=lambda: raw(307, a.fileno(), None, 0, 0),
)
""",
        answer=[],
    ),
    Case(
        number=93,
        name="no descriptor is inherited but the result's",
        source="""
import fcntl
answer = [fd for fd in range(1024) if attempt(lambda: fcntl.fcntl(fd, 1)) == "done"]
""",
        answer=[0, 1, 2, 3],
    ),
    Case(
        number=94,
        name="writing to every descriptor reaches nobody",
        source="for fd in range(1024): attempt(lambda: os.write(fd, b'spray'))\nos._exit(0)",
        outcomes=("bad_result",),
        stdout="spray",
        stderr="spray",
    ),
    Case(
        number=95,
        name="what programs need works",
        needs_namespaces=True,
        source="""
import asyncio, concurrent.futures, datetime, decimal, fractions
import hashlib, sqlite3, tempfile, zoneinfo
async def soon():
    await asyncio.sleep(0.001)
    return await asyncio.to_thread(lambda: 7)
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    squares = list(pool.map(lambda n: n * n, range(4)))
with sqlite3.connect("/tmp/data.db") as database:
    database.execute("create table t (n)")
    database.execute("insert into t values (5)")
    number = database.execute("select n from t").fetchone()[0]
with tempfile.NamedTemporaryFile() as file:
    file.write(b"x")
zone = str(zoneinfo.ZoneInfo("Europe/Paris"))
answer = [asyncio.run(soon()), squares, number, zone, hashlib.sha256(b"").hexdigest()[:8]]
""",
        answer=[7, [0, 1, 4, 9], 5, "Europe/Paris", "e3b0c442"],
    ),
    Case(
        number=95,
        name="copying files works in the scratch",
        needs_namespaces=True,
        source="""
import shutil
open("/tmp/a", "w").write("x")
shutil.copy2("/tmp/a", "/tmp/b")
os.makedirs("/tmp/d/e")
shutil.move("/tmp/b", "/tmp/d/e/c")
answer = open("/tmp/d/e/c").read()
""",
        answer="x",
    ),
)
