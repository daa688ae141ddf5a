"""How the web server runs, on one machine (`./baton up`) and in the container alike."""

import gc
import os

from engine.collecting import SELDOM

wsgi_app = "portal.wsgi:application"
bind = os.environ.get("BATON_BIND", "127.0.0.1:8000").split(",")
workers = int(os.environ.get("BATON_WEB_WORKERS", "2"))
worker_class = "gthread"
threads = 4
# Whoever works on the code sets BATON_DEBUG=1 and has changes loaded; otherwise the workers share one loaded copy.
reload = os.environ.get("BATON_DEBUG") == "1"
preload_app = not reload
timeout = 60
graceful_timeout = 20
# A worker's sign of life is written to memory: on a slow disk it could come too late.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 -- the kernel's memory file system
# Addresses of pages hold links that open without signing in (calendar feeds, endorsements), so no access log is kept.
accesslog = None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True
gc.set_threshold(*SELDOM)
