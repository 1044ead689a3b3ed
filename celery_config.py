"""Names and limits that the producer and the workers share. Constants only.

A Celery message is only a hint that a job may be claimable: Postgres is the queue of record.
Hence early acknowledgement, no prefetch, no result backend, no ETA, no priorities in the broker.
"""

TASK_SOLVE = "svend.solve"

QUEUE_INTERACTIVE = "solve.interactive"
QUEUE_BATCH = "solve.batch"
QUEUES = (QUEUE_INTERACTIVE, QUEUE_BATCH)

ROUTES = {TASK_SOLVE: {"queue": QUEUE_INTERACTIVE}}

# A random key in Redis: when it is gone, so are the messages, and every queued job is published
# again at once.
SENTINEL_KEY = "svend:sentinel"

SETTINGS = {
    "accept_content": ["json"],
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
    },
    "enable_utc": True,
    "result_serializer": "json",
    "task_acks_late": False,
    "task_create_missing_queues": True,
    "task_default_queue": QUEUE_INTERACTIVE,
    "task_ignore_result": True,
    "task_routes": ROUTES,
    "task_serializer": "json",
    "task_store_errors_even_if_ignored": False,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "worker_disable_prefetch": True,
    "worker_enable_remote_control": False,
    "worker_hijack_root_logger": False,
    "worker_prefetch_multiplier": 1,
}
