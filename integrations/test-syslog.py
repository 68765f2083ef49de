#!/usr/bin/env python3
"""A real nginx logs to rsyslog, then to syslog-ng, and these to `coroner watch` as the configurations beside this file say;
its backend is ended, and the watch must say so; with --repair it is started again, and the watch must say when, which takes
ten calm minutes.

    integrations/test-syslog.py [--repair] PROGRAM [ROOT]      # ROOT: where packages were unpacked (dpkg-deb -x), else those installed

Ends with 77 where nginx and neither of the others is there.
"""
import datetime, http.server, json, os, pathlib, socket, subprocess, sys, tempfile, threading, time, urllib.error, urllib.request

HERE = pathlib.Path(__file__).parent
ARGUMENTS = [a for a in sys.argv[1:] if a != "--repair"]
REPAIR = len(ARGUMENTS) < len(sys.argv) - 1
PROGRAM = pathlib.Path(ARGUMENTS[0]).resolve()
ROOT = pathlib.Path(ARGUMENTS[1]) if len(ARGUMENTS) > 1 else pathlib.Path("/")
LIBRARIES = next(iter(ROOT.glob("usr/lib/*-linux-gnu")), ROOT / "usr/lib")


def found(name):
    at = ROOT / "usr/sbin" / name
    return at if at.exists() else None


def port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Backend(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def nginx(folder, front, back):
    conf = folder / "nginx.conf"
    conf.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log syslog:server=unix:{folder}/log,tag=nginx; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;"
        f" fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;"
        f" server {{ listen 127.0.0.1:{front}; location / {{ proxy_pass http://127.0.0.1:{back}; }} }} }}\n"
    )
    return [found("nginx"), "-c", conf]


def shipped(name, folder):
    text = (HERE / name / "coroner.conf").read_text()
    text = text.replace("/usr/local/bin/coroner", str(PROGRAM))
    return text.replace("/var/log/coroner.jsonl", f"{folder}/events").replace("/var/lib/coroner", str(folder))


def rsyslog(folder):
    conf = folder / "rsyslog.conf"
    head = f'global(workDirectory="{folder}")\nmodule(load="imuxsock" SysSock.Use="off")\ninput(type="imuxsock" Socket="{folder}/log")\n'
    conf.write_text(head + shipped("rsyslog", folder))
    return [found("rsyslogd"), "-n", "-f", conf, "-i", folder / "pid", "-M", LIBRARIES / "rsyslog"]


def syslog_ng(folder):
    conf = folder / "syslog-ng.conf"
    conf.write_text(f'@version: 3.38\nsource s_src {{ unix-dgram("{folder}/log"); }};\n' + shipped("syslog-ng", folder))
    own = [f"--{o}={folder}/{o}" for o in ("persist-file", "pidfile", "control")]
    modules = next(iter(ROOT.glob("usr/lib/syslog-ng/*.*/")), ROOT)
    return [found("syslog-ng"), "-F", "-f", conf, "--no-caps", f"--module-path={modules}", *own]


def tried(name, command):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        os.chmod(folder, 0o755)
        libraries = f"{LIBRARIES}:{next(iter(ROOT.glob('usr/lib/syslog-ng/*.*/')), ROOT)}:{ROOT}/usr/lib/syslog-ng"
        env = dict(os.environ, LD_LIBRARY_PATH=libraries)
        back = started(0)
        front = port()
        shipper = subprocess.Popen([str(c) for c in command(folder)], env=env)
        until(lambda: (folder / "log").exists(), f"{name} does not listen")
        (folder / "log").chmod(0o666)
        server = subprocess.Popen([str(c) for c in nginx(folder, front, back.server_address[1])], env=env)
        try:
            ask(front, 30)
            broken = time.time()
            back.shutdown()
            back.server_close()
            ask(front, 75, lambda: of(folder, "incident_open"))
            suspected = of(folder, "incident_suspected")
            assert suspected, f"{name}: no suspicion: {events(folder)}"
            assert of(folder, "incident_open"), f"{name}: not opened: {events(folder)}"
            assert not [e for e in events(folder) if e["event"] == "gap"], events(folder)
            print(f"{name}: suspected, then opened {time.time() - broken:.0f} s after the backend was ended", flush=True)
            if REPAIR:
                repaired = time.time()
                back = started(back.server_address[1])
                ask(front, 700, lambda: of(folder, "incident_close"))
                close = of(folder, "incident_close")
                assert close and not of(folder, "retraction"), f"{name}: {events(folder)}"
                late = [epoch(e["time"]) - at for e, at in ((suspected[0], broken), (close[0], repaired))]
                assert all(abs(s) < 5 for s in late), f"{name}: {late}"
                print(f"{name}: closed {time.time() - repaired:.0f} s after the repair, which it dates to {late[1]:+.0f} s")
        finally:
            server.terminate()
            shipper.terminate()
            server.wait(20)
            shipper.wait(60)


def started(at):
    back = http.server.ThreadingHTTPServer(("127.0.0.1", at), Backend)
    threading.Thread(target=back.serve_forever, daemon=True).start()
    return back


def epoch(text):
    return datetime.datetime.fromisoformat(text).timestamp()


def until(holds, what):
    end = time.time() + 20
    while not holds():
        assert time.time() < end, what
        time.sleep(0.1)


def ask(front, seconds, done=lambda: False):
    end = time.time() + seconds
    while time.time() < end and not done():
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{front}/cart", timeout=5).read()
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.05)


def events(folder):
    path = folder / "events"
    return [json.loads(l) for l in path.read_text().splitlines()] if path.exists() else []


def of(folder, event):
    return [e for e in events(folder) if e["event"] == event]


def main():
    there = [(n, c) for n, p, c in (("rsyslog", "rsyslogd", rsyslog), ("syslog-ng", "syslog-ng", syslog_ng)) if found(p)]
    if not found("nginx") or not there:
        print("not tried: nginx, rsyslog and syslog-ng are not installed (apt-get install nginx rsyslog syslog-ng-core)")
        sys.exit(77)
    for name, command in there:
        tried(name, command)


if __name__ == "__main__":
    main()
