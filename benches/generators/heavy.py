#!/usr/bin/env python3
"""heavy.py KIND SIZE: about SIZE bytes (K, M, G) of a day of logs in which everything that costs a reader comes together. KIND is
combined, json or app. Shares no code with the project; the same KIND and SIZE give the same bytes."""
import random
import sys
import time

WORDS = ("amber birch cedar delta ember flint grove haven inlet jetty knoll larch maple north ocean pearl quill ridge stone tulip umber "
         "vista willow xenon yield zephyr acorn brook cliff dune").split()
AGENTS = ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36",
          "Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
          "Mozilla/5.0 (X11; Linux x86_64; rv:122.0) Gecko/20100101 Firefox/122.0", "okhttp/4.12.0", "python-requests/2.31.0", "curl/8.5.0",
          "Go-http-client/2.0", "kube-probe/1.27", "Dalvik/2.1.0", "Mozilla/5.0 (compatible; \\x22bot\\x22; +http://bots.example/info)"]
METHODS = ["GET"] * 6 + ["POST"] * 2 + ["PUT", "DELETE"]
STATUSES = ([200, 201, 304, 301, 404, 403, 401, 500, 502], [784, 100, 40, 30, 20, 10, 10, 3, 3])
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
# 5 March 2024, and the ten minutes in which most requests fail
BEGIN, DAY, BAD = 1709596800, 86400, range(50400, 51000)
# bytes of a line, about, by which a day is filled
LINE = {"combined": 144, "json": 325, "app": 159}


def area(r):
    """One of a thousand templates of paths, the first ones far oftener than the last ones."""
    n = min(int(r.paretovariate(0.7)) - 1, 999)
    return f"/{WORDS[n % 30]}/{WORDS[n // 30 % 30]}{'/' + WORDS[n % 7] if n > 400 else ''}"


def path(r):
    x = r.random()
    query = f"?q={r.getrandbits(24):x}&page={r.randrange(40)}" if x > 0.75 else ""
    return area(r) + (f"/{r.randrange(2_000_000)}" if x < 0.3 else "") + query


def client(r):
    x = r.getrandbits(64)
    if x % 50 == 0:
        return f"2001:db8:{x & 0xffff:x}:{x >> 16 & 0xffff:x}::{x >> 48:x}"
    return f"{11 + x % 180}.{x >> 8 & 255}.{x >> 16 & 255}.{x >> 24 & 255}"


def request(r, second):
    status = r.choices(STATUSES[0], STATUSES[1])[0]
    return r.choice(METHODS), path(r), 502 if second in BAD and r.random() < 0.8 else status


def combined(r, second, t):
    method, asked, status = request(r, second)
    stamp = f"{t.tm_mday:02}/{MONTHS[t.tm_mon - 1]}/{t.tm_year}:{t.tm_hour:02}:{t.tm_min:02}:{t.tm_sec:02} +0000"
    user = "alice" if r.random() < 0.05 else "-"
    return f'{client(r)} - {user} [{stamp}] "{method} {asked} HTTP/1.1" {status} {r.randrange(48000)} "-" "{r.choice(AGENTS)}"\n'


def json(r, second, t):
    method, asked, status = request(r, second)
    stamp = f"{t.tm_year}-{t.tm_mon:02}-{t.tm_mday:02}T{t.tm_hour:02}:{t.tm_min:02}:{t.tm_sec:02}+00:00"
    agent = r.choice(AGENTS).replace("\\x22", '\\"')
    fields = [f'"remote_addr":"{client(r)}"', f'"request":"{method} {asked} HTTP/1.1"', f'"status":{status}', f'"body_bytes_sent":{r.randrange(48000)}',
              f'"request_time":0.{r.randrange(1000):03}', f'"upstream_addr":"10.0.{r.randrange(4)}.{r.randrange(16)}:8080"',
              f'"request_id":"{r.getrandbits(128):032x}"', f'"http_user_agent":"{agent}"']
    # what a request has not is left out
    if r.random() < 0.2:
        fields.insert(3, f'"http_referer":"https://shop.example{area(r)}"')
    return f'{{"time":"{stamp}",{",".join(fields)}}}\n'


def app(r, second, t):
    method, asked, status = request(r, second)
    stamp = f"{t.tm_year}-{t.tm_mon:02}-{t.tm_mday:02}T{t.tm_hour:02}:{t.tm_min:02}:{t.tm_sec:02}.{r.randrange(1000):03}Z"
    n = min(int(r.paretovariate(0.6)) - 1, 999)
    said = f"{WORDS[n % 30]} {WORDS[n // 30 % 30]} of order {r.randrange(10**6)} done in {r.randrange(900)} ms"
    level = "info"
    if status >= 500:
        level, said = "error", f"{WORDS[n % 30]} {WORDS[n // 30 % 30]} failed: upstream 10.0.3.{r.randrange(9)}:8443 timed out after {r.randrange(30)} s"
    service, host = f"svc-{n % 30}", f"app-{r.randrange(40)}"
    if n % 2:
        return f'{{"ts":"{stamp}","level":"{level}","service":"{service}","host":"{host}","msg":"{said}","path":"{asked}","status":{status}}}\n'
    return f'ts={stamp} level={level} service={service} host={host} msg="{said}" path={asked} status={status}\n'


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in LINE:
        sys.exit(__doc__)
    kind, size = sys.argv[1], sys.argv[2]
    size = int(size.rstrip("KMG")) << {"K": 10, "M": 20, "G": 30}.get(size[-1], 0)
    r, write, count = random.Random(kind), {"combined": combined, "json": json, "app": app}[kind], max(1, size // LINE[kind])
    last, stamp = -1, None
    for n in range(count):
        second = n * DAY // count
        if second != last:
            last, stamp = second, time.gmtime(BEGIN + second)
        sys.stdout.write(write(r, second, stamp))


if __name__ == "__main__":
    main()
