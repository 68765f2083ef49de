// Writes folders of logs that no sample has: hostile text everywhere, eight incidents, two hundred hosts, a single request.
//
//   node logs.mjs FOLDER

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const to = process.argv[2];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun"];
const two = (n) => String(n).padStart(2, "0");
const START = Date.UTC(2024, 2, 4, 8, 0, 0);

function clf(t) {
  const d = new Date(t);
  return `${two(d.getUTCDate())}/${MONTHS[d.getUTCMonth()]}/${d.getUTCFullYear()}:${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} +0000`;
}

// A pseudo-random number in [0, 1): the same in every run.
let state = 7;
function random() {
  state = (state * 1103515245 + 12345) % 2147483648;
  return state / 2147483648;
}

function line(t, path, status, agent) {
  const client = `203.0.113.${Math.floor(random() * 200)}`;
  return Buffer.concat([
    Buffer.from(`${client} - - [${clf(t)}] "GET `),
    path,
    Buffer.from(` HTTP/1.1" ${status} 512 "-" "`),
    agent,
    Buffer.from('"\n'),
  ]);
}

function write(folder, name, lines) {
  mkdirSync(join(to, folder), { recursive: true });
  writeFileSync(join(to, folder, name), Buffer.concat(lines));
}

// The hostile texts, as bytes on one line.
const HOSTILE = readFileSync(new URL("../data/hostile.tsv", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .slice(1)
  .map((l) => {
    const bytes = [];
    const text = Buffer.from(l.split("\t")[1]);
    for (let i = 0; i < text.length; i += 1) {
      const hex = text.toString("latin1", i, i + 4).match(/^\\x([0-9a-fA-F]{2})$/);
      bytes.push(hex ? parseInt(hex[1], 16) : text[i]);
      if (hex) i += 3;
    }
    return Buffer.from(bytes.map((b) => (b === 10 || b === 13 ? 32 : b)));
  });
const plain = Buffer.from("Mozilla/5.0");

// One hour of traffic; `failing(second)` says whether requests fail then.
function traffic(seconds, perSecond, failing, path = () => Buffer.from("/api/items/12"), agent = () => plain) {
  const out = [];
  for (let s = 0; s < seconds; s += 1) {
    for (let k = 0; k < perSecond; k += 1) {
      const bad = failing(s) && random() < 0.9;
      out.push(line(START + s * 1000, path(k), bad ? 502 : 200, agent(k)));
    }
  }
  return out;
}

{
  const pick = () => HOSTILE[Math.floor(random() * HOSTILE.length)];
  const outage = (s) => s >= 1800 && s < 3000;
  const path = () => Buffer.concat([Buffer.from("/p/"), Buffer.from(pick().toString("latin1").replace(/[ "]/g, "_"), "latin1")]);
  write("hostile", "<img src=x onerror=alert(1)>&'1'.access.log", traffic(5400, 2, outage, path, pick));
  const iso = (s) => new Date(START + s * 1000).toISOString();
  const app = [];
  HOSTILE.forEach((h, n) => {
    app.push(Buffer.concat([Buffer.from(`${iso(1801 + n * 7)} ERROR checkout `), h, Buffer.from("\n")]));
  });
  write("hostile", "app.log", app);
  write("hostile", "deploy.log", [
    Buffer.from(`${iso(1790)} deployctl[1]: deploy start service=<script>x</script> version=4.2.0"onload=alert(1)\n`),
    Buffer.from(`${iso(2900)} deployctl[2]: rollback start service=<script>x</script> to=4.1.0\n`),
    Buffer.from(`${iso(2950)} deployctl[2]: rollback complete service=<script>x</script>\n`),
  ]);
  const page = (s, event_type, title) => {
    const data = { id: "P1", type: "incident", title, service: { summary: "<i>checkout</i>" } };
    return Buffer.from(`${JSON.stringify({ event: { id: `E${s}`, event_type, occurred_at: iso(s), data } })}\n`);
  };
  write("hostile", "pager.jsonl", [
    page(1900, "incident.triggered", '"><img src=x onerror=alert(1)> \u202egnp.exe'),
    page(2000, "incident.acknowledged", "</pre><script>alert(1)</script>"),
    page(3100, "incident.resolved", "javascript:alert(1)"),
  ]);
}
write("several", "edge.access.log", traffic(8 * 3600, 1, (s) => s % 3600 >= 1800 && s % 3600 < 2400));
for (let h = 0; h < 200; h += 1) {
  const name = `web-${String(h).padStart(3, "0")}-with-a-rather-long-name.eu-central-1.example.internal`;
  mkdirSync(join(to, "hosts", name), { recursive: true });
  const lines = [];
  for (let s = h % 7; s < 5400; s += 7) {
    const bad = h < 150 && s >= 1800 + h * 4 && s < 3600;
    lines.push(line(START + s * 1000, Buffer.from(`/${"long/".repeat(12)}${h}`), bad ? 503 : 200, plain));
  }
  writeFileSync(join(to, "hosts", name, "access.log"), Buffer.concat(lines));
}
write("one", "edge.access.log", [line(START, Buffer.from("/"), 500, plain)]);
