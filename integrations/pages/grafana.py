#!/usr/bin/env python3
"""Draws an incident that is over as a region in Grafana's dashboards, with a token that may write annotations:

    GRAFANA_TOKEN=… coroner watch … --exec 'integrations/pages/grafana.py http://127.0.0.1:3000' --exec-on open,close
"""
import datetime, json, os, sys, urllib.request

e = json.load(sys.stdin)
ms = lambda t: int(datetime.datetime.fromisoformat(t).timestamp() * 1000)
note = {"time": ms(e["onset"]), "tags": ["coroner", e["incident"]], "text": e["text"]}
if e.get("recovery"):
    note["timeEnd"] = ms(e["recovery"])
head = {"Content-Type": "application/json", "Authorization": "Bearer " + os.environ["GRAFANA_TOKEN"]}
url = sys.argv[1].rstrip("/") + "/api/annotations"
urllib.request.urlopen(urllib.request.Request(url, json.dumps(note).encode(), head), timeout=20)
