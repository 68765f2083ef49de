#!/usr/bin/env python3
"""Triggers and resolves incidents in PagerDuty (Events API v2), the routing key of the integration in ROUTING_KEY:

    ROUTING_KEY=… coroner watch … --exec integrations/pages/pagerduty.py --exec-on open,close,retraction
"""
import json, os, sys, urllib.request

e = json.load(sys.stdin)
event = {
    "routing_key": os.environ["ROUTING_KEY"],
    "dedup_key": e["incident"],
    "event_action": "trigger" if e["event"] == "incident_open" else "resolve",
}
if event["event_action"] == "trigger":
    level = {"SEV-1": "critical", "SEV-2": "error", "SEV-3": "warning", "SEV-4": "info"}
    event["payload"] = {
        "summary": e["text"][:1024],
        "source": e.get("service", "coroner"),
        "severity": level.get(e.get("severity"), "error"),
        "timestamp": e["onset"],
        "custom_details": {k: e[k] for k in ("suspects", "changes", "requests", "failed") if k in e},
    }
url = os.environ.get("PAGERDUTY_URL", "https://events.pagerduty.com/v2/enqueue")
urllib.request.urlopen(
    urllib.request.Request(url, json.dumps(event).encode(), {"Content-Type": "application/json"}), timeout=20
)
