// A person before the page: a browser with a mouse and a keyboard, and somebody who looks over the shoulder for what must
// not happen: an exception, a report of the policy, a request to anywhere else.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(process.env.PACKAGES + "/");
const puppeteer = require("puppeteer-core");

export const base = process.argv[2];
export const PATIENCE = 20_000;
export { assert };

/** Runs a story with a new page, and ends the browser however it goes. */
export async function story(tell, { width = 1280, height = 800, scheme = "light", allowed = [] } = {}) {
    const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"];
    const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args, headless: true });
    try {
        const context = browser.defaultBrowserContext();
        await context.overridePermissions(new URL(base).origin, ["clipboard-read", "clipboard-write", "clipboard-sanitized-write"]);
        const page = await browser.newPage();
        page.setDefaultTimeout(PATIENCE);
        await page.setViewport({ width, height });
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
        const faults = [];
        page.on("pageerror", (error) => faults.push("exception: " + error.message));
        page.on("console", (message) => {
            const text = message.text();
            // The browser tells of each status from 400 on.
            const isStatus = text.startsWith("Failed to load resource") && allowed.some((status) => text.includes(status));
            if (["error", "warn"].includes(message.type()) && !isStatus) faults.push("console: " + text);
        });
        page.on("request", (request) => {
            const url = request.url();
            if (!url.startsWith(base) && !url.startsWith("data:") && !url.startsWith("blob:" + base)) faults.push("request to " + url);
        });
        await page.evaluateOnNewDocument(() => {
            globalThis.reports = [];
            addEventListener("securitypolicyviolation", (event) => globalThis.reports.push(event.violatedDirective));
        });
        await tell(page, browser);
        assert.deepEqual(await page.evaluate(() => globalThis.reports), [], "reports of the policy");
        assert.deepEqual(faults, []);
    } finally {
        await browser.close();
    }
}

/** Waits until something holds in the page. */
export async function until(page, what, ...given) {
    try {
        await page.waitForFunction(what, { timeout: PATIENCE, polling: 50 }, ...given);
    } catch (error) {
        const seen = await page.evaluate(() => document.body.innerText).catch(() => "");
        throw new Error("never came: " + what + " " + JSON.stringify(given) + "\n" + seen.slice(0, 3000), { cause: error });
    }
}

/** Opens a path and waits for what it shows. */
export async function open(page, path, ready = "#content:not(.busy) :is(tbody td, .tree, .state)") {
    await page.goto(base + path);
    await page.waitForSelector(ready);
}

/** The texts of the cells of a table, or of a column of it. */
export function cells(page, column) {
    return page.evaluate((column) => {
        const names = [...document.querySelectorAll("#content thead tr:first-child > *")].map((cell) => cell.querySelector("button")?.firstChild.textContent ?? "");
        const rows = [...document.querySelectorAll("#content tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent));
        return column === undefined ? rows : rows.map((row) => row[names.indexOf(column)]);
    }, column);
}

export function waitForColumn(page, column, expected) {
    return until(page, (column, expected) => {
        const names = [...document.querySelectorAll("#content thead tr:first-child > *")].map((cell) => cell.querySelector("button")?.firstChild.textContent ?? "");
        const rows = [...document.querySelectorAll("#content tbody tr")].map((row) => row.cells[names.indexOf(column)]?.textContent);
        return JSON.stringify(rows) === JSON.stringify(expected);
    }, column, expected);
}

/** The cell of a row (from 0) and a column. */
export async function cell(page, row, column) {
    const handle = await page.evaluateHandle((row, column) => {
        const names = [...document.querySelectorAll("#content thead tr:first-child > *")].map((cell) => cell.querySelector("button")?.firstChild.textContent ?? "");
        return document.querySelectorAll("#content tbody tr")[row].cells[names.indexOf(column)];
    }, row, column);
    return handle.asElement();
}

/** A button or link by what it says. */
export async function named(page, text, within = "body") {
    const handle = await page.waitForFunction((text, within) =>
        [...document.querySelectorAll(within + " :is(button, a, summary)")].find((element) => (element.getAttribute("aria-label") ?? element.textContent).trim() === text),
    { timeout: PATIENCE }, text, within);
    return handle.asElement();
}

/** Clicks a button or link by what it says; if it is replaced between the look and the click, the one in its place. */
export async function click(page, text, within) {
    for (let attempt = 0; ; attempt += 1) {
        const element = await named(page, text, within);
        try {
            return await element.click();
        } catch (error) {
            if (attempt === 20 || !error.message.includes("detached")) throw error;
        }
    }
}

export async function press(page, ...keys) {
    for (const key of keys) {
        const parts = key.split("+");
        for (const part of parts.slice(0, -1)) await page.keyboard.down(part);
        await page.keyboard.press(parts.at(-1));
        for (const part of parts.slice(0, -1).reverse()) await page.keyboard.up(part);
    }
}

/** Goes on with the Tab key until the focus is on an element that fits. */
export async function tabTo(page, selector, back = false) {
    for (let step = 0; step < 80; step += 1) {
        await press(page, back ? "Shift+Tab" : "Tab");
        if (await page.evaluate((selector) => document.activeElement?.matches(selector), selector)) {
            const outline = await page.evaluate(() => {
                const style = getComputedStyle(document.activeElement);
                return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
            });
            assert.ok(outline, selector + " does not show that it has the focus");
            return;
        }
    }
    throw new Error("the Tab key never came to " + selector);
}

/** Asks the API, as another client does. */
export async function api(method, path, body, fields = {}) {
    const headers = { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...fields };
    const response = await fetch(base + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    return response.headers.get("content-type")?.includes("json") ? response.json() : response.text();
}

/** Pastes a text as a person does: it is in the clipboard, and Ctrl+V is pressed. */
export async function paste(page, text) {
    await page.evaluate((text) => navigator.clipboard.writeText(text), text);
    await press(page, "Control+v");
}
