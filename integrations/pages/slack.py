#!/usr/bin/env python3
"""Posts incidents to an incoming webhook of Slack or Mattermost, its address in WEBHOOK_URL:

    WEBHOOK_URL=… coroner watch … --exec integrations/pages/slack.py --exec-on open,update,close,retraction
"""
import json, os, sys, urllib.request

e = json.load(sys.stdin)
sign = {"incident_open": ":red_circle:", "incident_close": ":large_green_circle:", "retraction": ":white_circle:"}
# nothing of a log becomes a link or a mention
text = e["text"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
head = " ".join(filter(None, [sign.get(e["event"], ":large_orange_circle:"), e.get("severity"), e["incident"]]))
message = {"text": f"{head}: {text}"}
urllib.request.urlopen(
    urllib.request.Request(os.environ["WEBHOOK_URL"], json.dumps(message).encode(), {"Content-Type": "application/json"}),
    timeout=20,
)
