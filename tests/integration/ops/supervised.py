"""A stack of PostgreSQL and Redis alone, in a process of its own: `supervised.py FOLDER`.

It holds its folder as `svend up` does, and writes `ready` when all parts are.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ops.layout import make_layout
from ops.lock import hold_data_folder
from ops.part import Part
from ops.postgres import PostgresServer
from ops.record import ProcessRecord
from ops.redis import RedisServer
from ops.secret_files import SecretName, prepare_secrets
from ops.sockets import prepare_socket_folder, private_folder
from ops.supervisor import Supervisor


def main(folder: Path) -> None:
    """Runs the two servers until a signal."""
    layout = make_layout(folder)
    with hold_data_folder(layout.root):
        layout.make()
        record = ProcessRecord(layout.processes)
        print("ended", *record.end_orphans(), flush=True)
        secrets = prepare_secrets(layout.secrets)
        sockets = prepare_socket_folder(layout.run, {})
        postgres = PostgresServer(
            data_folder=layout.postgres,
            socket_folder=private_folder(sockets, "postgres"),
            log=layout.log("postgres"),
            admin_password=secrets[SecretName.POSTGRES_ADMIN_PASSWORD],
            password=secrets[SecretName.POSTGRES_PASSWORD],
            settings={},
        )
        redis = RedisServer(
            data_folder=layout.redis,
            socket_folder=private_folder(sockets, "redis"),
            log=layout.log("redis"),
        )
        parts = (
            Part(
                name="postgres",
                prepare=postgres.prepare,
                spec=postgres.spec,
                is_ready=postgres.is_ready,
                settle=postgres.provision,
            ),
            Part(name="redis", prepare=redis.prepare, spec=redis.spec, is_ready=redis.is_ready),
        )
        supervisor = Supervisor(parts, record)
        supervisor.run(lambda: print("ready", postgres.url(), redis.url(), flush=True))
        print("stopped", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
