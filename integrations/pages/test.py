#!/usr/bin/env python3
"""Runs each recipe beside this file on events of an incident, against a server that checks what the real one documents.

    integrations/pages/test.py [PROGRAM]      # with a program: on the events that it tells of an outage
"""
import datetime, http.server, json, os, pathlib, subprocess, sys, threading

HERE = pathlib.Path(__file__).parent
got = []


def time(text):
    assert datetime.datetime.fromisoformat(text).tzinfo, text


def alertmanager(path, head, body):
    assert path == "/api/v2/alerts" and isinstance(body, list)
    for a in body:
        assert all(isinstance(v, str) for v in [*a["labels"].values(), *a["annotations"].values()])
        assert a["labels"]["alertname"] and set(a) <= {"labels", "annotations", "startsAt", "endsAt", "generatorURL"}
        [time(a[k]) for k in ("startsAt", "endsAt") if k in a]


def pagerduty(path, head, body):
    assert path == "/v2/enqueue" and body["routing_key"] == "key" and body["dedup_key"]
    assert body["event_action"] in ("trigger", "acknowledge", "resolve")
    if body["event_action"] == "trigger":
        p = body["payload"]
        assert 0 < len(p["summary"]) <= 1024 and p["source"] and p["severity"] in ("critical", "error", "warning", "info")
        time(p["timestamp"])


def slack(path, head, body):
    assert body["text"] and "<!" not in body["text"]


def grafana(path, head, body):
    assert path == "/api/annotations" and head["Authorization"] == "Bearer token"
    assert isinstance(body["time"], int) and isinstance(body.get("timeEnd", 0), int) and body["text"]
    assert all(isinstance(t, str) for t in body["tags"])


RECIPES = {"alertmanager": alertmanager, "pagerduty": pagerduty, "slack": slack, "grafana": grafana}


class Server(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            name, path = self.path[1:].split("/", 1)
            assert self.headers["Content-Type"] == "application/json"
            RECIPES[name]("/" + path, self.headers, body)
            got.append((name, body))
            self.send_response(202)
        except (AssertionError, KeyError, ValueError) as e:
            print(f"{self.path}: {e!r}: {body}", file=sys.stderr)
            self.send_response(400)
        self.end_headers()

    def log_message(self, *_):
        pass


def events():
    if len(sys.argv) > 1:
        line = '198.51.100.{} - - [10/Mar/2026:10:{:02}:{:02} +0000] "GET /<!here> HTTP/1.1" {} 512 "-" "-"\n'
        second = lambda s: line.format(s % 200, s // 60, s % 60, 502 if 1200 <= s < 1500 else 200)
        log = "".join(second(s) * 2 for s in range(3600))
        out = subprocess.run([sys.argv[1], "watch", "-", "--json"], input=log, capture_output=True, text=True, check=True)
        return [json.loads(l) for l in out.stdout.splitlines()]
    one = {"incident": "2026-03-10T1020", "onset": "2026-03-10T10:20:00+00:00", "time": "2026-03-10T10:20:00+00:00"}
    open_ = {**one, "event": "incident_open", "text": "600 of 600 failed <!here>", "severity": "SEV-2", "service": "shop"}
    close = {**one, "event": "incident_close", "text": "as usual", "recovery": "2026-03-10T10:25:00+00:00"}
    gone = {**one, "event": "retraction", "text": "No incident: a blip", "why": "a blip"}
    del gone["onset"]
    return [open_, {**open_, "event": "incident_update"}, close, gone]


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    asked = {
        "alertmanager": ("incident_open", "incident_update", "incident_close", "retraction"),
        "pagerduty": ("incident_open", "incident_close", "retraction"),
        "slack": ("incident_open", "incident_update", "incident_close", "retraction"),
        "grafana": ("incident_open", "incident_close"),
    }
    for name, words in asked.items():
        env = {**os.environ, "ROUTING_KEY": "key", "PAGERDUTY_URL": f"{base}/pagerduty/v2/enqueue"}
        env |= {"WEBHOOK_URL": f"{base}/slack/hook", "GRAFANA_TOKEN": "token"}
        all_ = [e for e in events() if e["event"] in words]
        assert len(all_) >= 2, all_
        for e in all_:
            subprocess.run([HERE / f"{name}.py", f"{base}/{name}"], input=json.dumps(e), text=True, env=env, check=True)
        told = [b for n, b in got if n == name]
        assert len(told) == len(all_), (name, told)
        print(f"{name}: {len(told)} events arrived")
    server.shutdown()
    # one that is not taken is a failure, so that it is tried again
    event = json.dumps(events()[-2])
    failed = subprocess.run([HERE / "slack.py"], input=event, text=True, env={"WEBHOOK_URL": "http://127.0.0.1:9/"}, stderr=subprocess.DEVNULL)
    assert failed.returncode != 0


if __name__ == "__main__":
    main()
