"""The container's own question to GET /health/. Ends with 1 if the portal is not well, by the name it answers to."""

import http.client
import os
import sys
from urllib.parse import urlsplit

connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=8)
try:
    host = urlsplit(os.environ.get("BATON_BASE_URL", "")).hostname or "localhost"
    connection.request("GET", "/health/", headers={"Host": host, "X-Forwarded-Proto": "https"})
    status = connection.getresponse().status
except (OSError, http.client.HTTPException) as error:
    sys.exit(f"no answer: {error}")
finally:
    connection.close()
sys.exit(0 if status == http.client.OK else f"GET /health/ answered {status}")
