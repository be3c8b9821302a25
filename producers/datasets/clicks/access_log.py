"""A request of an access log as a click.

Every request is an event of type ``view``, whatever its method or status: the log records that it happened, and a
contract has no field for the rest. A session is one browser on one address on one day (UTC); all whose address the log
does not say count as one address.
"""

from producers.recorded.access_log import Request
from producers.sending.ids import name_uuid

Record = dict[str, object]


def from_access_log(request: Request) -> Record:
    """The click of a request, still without its event_id."""
    day = request.time.date().isoformat()
    return {
        "event_time": request.time,
        "user_id": request.user,
        "session_id": name_uuid(request.host or "", request.user_agent or "", day),
        "event_type": "view",
        "page_url": request.target,
        "referrer": request.referrer,
        "ip": request.host,
        "user_agent": request.user_agent,
    }
