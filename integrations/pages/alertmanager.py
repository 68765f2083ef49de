#!/usr/bin/env python3
"""Posts incidents to Alertmanager (API v2):

    coroner watch … --exec 'integrations/pages/alertmanager.py http://127.0.0.1:9093' --exec-on open,update,close,retraction

An alert ends at `endsAt` unless it is sent again: an incident that goes on has an update each half hour at least, so an hour
holds, and an alert whose sender died resolves by itself. `--exec-service` and `--maintenance` choose what is sent.
"""
import datetime, json, sys, urllib.request

e = json.load(sys.stdin)
over = e["event"] in ("incident_close", "retraction")
now = datetime.datetime.now(datetime.timezone.utc)
alert = {
    # the labels are its identity: only what never changes
    "labels": {"alertname": "Incident", "incident": e["incident"], "source": "coroner"},
    "annotations": {"summary": e["text"], "service": e.get("service", ""), "severity": e.get("severity", "")},
    "endsAt": (now if over else now + datetime.timedelta(hours=1)).isoformat(),
}
if "onset" in e:
    alert["startsAt"] = e["onset"]
url = sys.argv[1].rstrip("/") + "/api/v2/alerts"
urllib.request.urlopen(
    urllib.request.Request(url, json.dumps([alert]).encode(), {"Content-Type": "application/json"}), timeout=20
)
