// Opens HTML reports in headless Chromium, light and dark, at the width of a phone and as print, and fails on any console
// message, request, sideways overflow, long print or finding of axe-core. Pictures of all of them are taken where PICTURES names a
// folder.
//
//   [PICTURES=folder] node look.mjs REPORT.html...

import { readFileSync, mkdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const reports = process.argv.slice(2);
const pictures = process.env.PICTURES;
if (reports.length === 0) {
  console.error("usage: [PICTURES=folder] node look.mjs REPORT.html...");
  process.exit(2);
}
if (pictures) mkdirSync(pictures, { recursive: true });
const axe = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const VIEWS = [
  { name: "light", width: 1280, colorScheme: "light", axe: true },
  { name: "dark", width: 1280, colorScheme: "dark", axe: true },
  { name: "phone", width: 390, colorScheme: "light", axe: true },
  { name: "small", width: 320, colorScheme: "dark" },
  { name: "print", width: 700, colorScheme: "light", media: "print" },
];

// An incident printed on A4 takes no more.
const PAGES = 6;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  // Root, as in containers, has no sandbox; what is opened here are our own files.
  args: ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"],
});
const wrong = [];
let seen = 0;

// All reports have the same styles: beside light, axe looks at each in the dark or on the phone by turns.
for (const [n, report] of reports.entries()) {
  const spared = n % 2 ? "dark" : "phone";
  await Promise.all(VIEWS.map((view) => look(report, view.name === spared ? { ...view, axe: false } : view)));
}

await browser.close();
for (const w of wrong) console.error(w);
console.log(`${reports.length} reports in ${seen} views: ${wrong.length} findings${pictures ? `; pictures in ${pictures}` : ""}`);
process.exit(wrong.length === 0 && seen === reports.length * VIEWS.length ? 0 : 1);

async function look(report, view) {
  const what = `${basename(report)} (${view.name})`;
  const context = await browser.newContext({
    viewport: { width: view.width, height: 900 },
    colorScheme: view.colorScheme,
  });
  const page = await context.newPage();
  const url = pathToFileURL(resolve(report)).href;
  page.on("console", (m) => wrong.push(`${what}: console: ${m.text()}`));
  page.on("pageerror", (e) => wrong.push(`${what}: error: ${e.message}`));
  page.on("request", (r) => {
    if (r.url().split("#")[0] !== url) wrong.push(`${what}: asks for ${r.url().slice(0, 200)}`);
  });
  if (view.media) await page.emulateMedia({ media: view.media });
  await page.goto(url, { waitUntil: "load" });
  // Before the picture: taking it writes style attributes into the page.
  wrong.push(...(await page.evaluate(inside, view)).map((w) => `${what}: ${w}`));
  if (pictures) {
    // Beyond this a picture of fifty incidents takes longer than all others together.
    const height = Math.min(12000, await page.evaluate(() => document.documentElement.scrollHeight));
    const clip = { x: 0, y: 0, width: view.width, height };
    const path = join(pictures, `${basename(report, ".html")}-${view.name}.png`);
    await page.screenshot({ path, fullPage: true, clip });
  }
  if (view.name === "light") wrong.push(...(await keyboard(page)).map((w) => `${what}: ${w}`));
  if (view.media) {
    const pdf = await page.pdf({ format: "A4", preferCSSPageSize: true });
    const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    const incidents = Math.max(1, await page.locator(".one").count());
    if (pages < 1 || pages > PAGES * incidents) wrong.push(`${what}: ${pages} pages`);
  }
  if (view.axe) {
    // Also what is in the folds.
    await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
    await page.evaluate(axe);
    const found = await page.evaluate((tags) => axe.run(document, { runOnly: { type: "tag", values: tags } }), TAGS);
    if (found.passes.length < 20) wrong.push(`${what}: axe looked at ${found.passes.length} rules only`);
    for (const v of found.violations) {
      const node = v.nodes[0];
      wrong.push(`${what}: axe ${v.id} (${v.nodes.length}): ${node.html.slice(0, 160)}: ${node.failureSummary}`);
    }
  }
  seen += 1;
  await context.close();
}

// Runs in the page: nothing is wider than the screen but what scrolls by itself; no script, no address, no dead link;
// print shows what is folded.
function inside(view) {
  const out = [];
  const root = document.scrollingElement;
  if (root.scrollWidth > root.clientWidth) out.push(`overflows: ${root.scrollWidth} of ${root.clientWidth}`);
  const scrolls = (e) => e && (getComputedStyle(e).overflowX === "auto" || scrolls(e.parentElement));
  for (const e of document.querySelectorAll("main *")) {
    const r = e.getBoundingClientRect();
    if (r.width > 0 && r.right > root.clientWidth + 1 && !e.closest("svg,.sr") && !scrolls(e)) {
      out.push(`${e.tagName}.${e.className} ends at ${Math.round(r.right)}`);
      break;
    }
  }
  if (document.querySelector("script,iframe,object,embed,img,link,form,foreignObject")) out.push("an element that has no business here");
  for (const e of document.querySelectorAll("*")) {
    for (const a of e.attributes) {
      if (/^on/i.test(a.name) || a.name === "style" || a.name === "src") out.push(`attribute ${a.name} of ${e.tagName}`);
    }
  }
  for (const a of document.querySelectorAll("a")) {
    const to = a.getAttribute("href");
    if (!to.startsWith("#") || !document.getElementById(to.slice(1))) out.push(`dead link ${to}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  if (new Set(ids).size !== ids.length) out.push("an id twice");
  // A word that is broken within is not read: names of phases and headings have their width.
  for (const e of document.querySelectorAll(".spans th, .cause .ct")) {
    if (e.getBoundingClientRect().height > 0 && narrow(e)) out.push(`no room for ${e.textContent}`);
  }
  for (const e of document.querySelectorAll(".spans .tw")) {
    if (e.scrollWidth > e.clientWidth) out.push("the phases are cut off");
  }
  function narrow(e) {
    const range = document.createRange();
    range.selectNodeContents(e);
    const lines = new Set([...range.getClientRects()].map((r) => Math.round(r.top))).size;
    return lines > e.textContent.split(/[\s/.:-]+/).length;
  }
  // The picture is squeezed, not scrolled: the outage is on the screen.
  for (const e of document.querySelectorAll(".chart .win, .chart [class^=p-]")) {
    const r = e.getBoundingClientRect();
    if (r.left < 0 || r.right > root.clientWidth + 1) out.push("the outage lies beside the screen");
  }
  if (view.media === "print") {
    const fold = document.querySelector(".paper pre") ?? document.querySelector("main");
    if (!fold || !(fold.getBoundingClientRect().height > 0)) out.push("print lacks the lines behind the letters");
  }
  return out;
}

// The first stop of the Tab key skips to the report; the theme is changed with the arrow keys.
async function keyboard(page) {
  const out = [];
  await page.keyboard.press("Tab");
  const first = await page.evaluate(() => document.activeElement?.className);
  if (first !== "skip") out.push(`the Tab key stops first at ${first}`);
  const before = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.focus("#th-a");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  const after = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  if (before === after) out.push("the dark theme cannot be chosen with the keyboard");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  return out;
}
