// The exchanges of the page, as the socket of the server saw them, each line with what it means.

import { memberOf, parseJson, textOf } from "./json.js";
import { Address } from "./address.js";
import { announce, button, byId, div, fill, focused, h, on, refocus, span } from "./dom.js";
import { bus, exchanges, messageOf, send, session } from "./http.js";

/** @typedef {import("./types.js").Json} Json */
/** @typedef {import("./http.js").Exchange} Exchange */

const drawer = byId("drawer");
const opener = byId("exchanges");
const list = h("ol", { class: "exchanges", label: "Exchanges, newest first" });
const detail = h("div", { class: "detail", tabindex: "0", role: "region", label: "Exchange" });
/** @type {Exchange | undefined} */
let chosen;

/** Opens or closes it. */
function toggleDrawer() {
    drawer.hidden = !drawer.hidden;
    opener.setAttribute("aria-expanded", String(!drawer.hidden));
    if (drawer.hidden) return opener.focus();
    const close = button("Close", toggleDrawer, { class: "quiet" });
    fill(drawer, div("bar", h("h2", {}, "Exchanges"), h("p", {}, "What crossed the connection, byte for byte."), close), div("both", list, detail));
    listExchanges();
    choose(chosen ?? exchanges.at(-1));
    drawer.scrollIntoView();
    close.focus();
}

function listExchanges() {
    fill(opener, "Exchanges ", h("small", {}, String(exchanges.length)));
    if (drawer.hidden) return;
    const focus = focused();
    fill(list, ...[...exchanges].reverse().map((exchange) => {
        const status = h("span", { class: exchange.status >= 400 ? "bad" : "good" }, exchange.status ? String(exchange.status) : "…");
        const choice = h("button", { type: "button", onclick: () => choose(exchange), "aria-current": exchange === chosen && "true", "data-focus": exchange.id },
            h("b", {}, exchange.method), span("target", exchange.target), status, h("small", {}, Math.round(exchange.ms) + " ms"));
        return h("li", {}, choice);
    }));
    refocus(focus);
}

/** Shows one.
 * @param {Exchange | undefined} exchange
 */
async function choose(exchange) {
    chosen = exchange;
    listExchanges();
    if (!exchange) return fill(detail, words("Nothing was sent yet."));
    const copies = h("div", { class: "copies", role: "group", label: "Copy as" }, "Copy as ",
        ...COPIES.map(([name, write]) => button(name, (event) => copy(write(exchange), /** @type {HTMLElement} */ (event.target)))));
    fill(detail, copies, words("Asking what the server saw…"));
    const shown = await seenBy(exchange).catch((error) => [words(messageOf(error))]);
    if (chosen === exchange) fill(detail, copies, ...shown);
}

/** @param {string} text */
function words(text) {
    return h("p", { class: "none" }, text);
}

/** What the server saw of an exchange.
 * @param {Exchange} exchange
 */
async function seenBy(exchange) {
    const asked = new Address(["_", "requests"], [["_request_id", exchange.id], ["_explain", ""]]);
    const json = parseJson((await send("GET", asked, { quiet: true })).text);
    const found = Array.isArray(json) ? json.at(-1) : undefined;
    return found instanceof Map ? linesOf(found) : [words("The server keeps the last exchanges only (--journal).")];
}

/** @param {Map<string, Json>} found */
function linesOf(found) {
    const lines = /** @type {Map<string, Json>[]} */ (found.get("explained") ?? []);
    const facts = h("p", { class: "facts" }, "Exchange " + textOf(found.get("id")) + " on connection " + textOf(memberOf(found.get("connection"), "number")) + ", answered in " + Number(textOf(found.get("microseconds"))) / 1000 + " ms");
    return [facts, ...["request", "response"].map((side) => {
        const own = lines.filter((line) => line.get("side") === side);
        return h("section", { class: side, label: side }, h("h3", {}, side === "request" ? "Request" : "Response"), ...own.map(lineOf));
    })];
}

/** @param {Map<string, Json>} line */
function lineOf(line) {
    const text = memberOf(line.get("line"), "text");
    const bytes = typeof text === "string" ? text : "base64: " + textOf(memberOf(line.get("line"), "base64"));
    // The end of a line is there to be seen; what follows it stands on the next one.
    const parts = bytes.split(/(\r?\n)/).flatMap((part, at) => (at % 2 ? [h("i", {}, part === "\n" ? "\\n" : "\\r\\n"), part.slice(-1)] : [part]));
    const remarks = /** @type {Map<string, Json>[]} */ (line.get("remarks") ?? []);
    return div("line", h("code", {}, ...parts), h("div", {}, ...remarks.map((remark) => {
        const level = textOf(remark.get("level"));
        return h("p", { class: level }, level !== "info" && h("b", {}, level + ": "), textOf(remark.get("text")), " ", h("small", {}, textOf(remark.get("section"))));
    })));
}

/** A word for a shell.
 * @param {string} text
 */
function quote(text) {
    return /^[\w@%+=:,./-]+$/.test(text) ? text : "'" + text.replaceAll("'", "'\\''") + "'";
}

/** @param {Exchange} exchange @param {string} program @param {string} method */
function command(exchange, program, method) {
    const fields = exchange.fields.map(([name, value]) => " -H " + quote(name + ": " + value));
    if (session.token) fields.push(' -H "Authorization: Bearer $TOKEN"');
    const body = exchange.body === undefined ? "" : " --data-raw " + quote(exchange.body);
    return program + method + " " + quote(location.origin + exchange.target) + fields.join("") + body;
}

/** @param {Exchange} exchange */
function asFetch(exchange) {
    const headers = Object.fromEntries(exchange.fields);
    if (session.token) headers.Authorization = "Bearer TOKEN";
    const options = { method: exchange.method, headers, body: exchange.body };
    return "await fetch(" + JSON.stringify(location.origin + exchange.target) + ", " + JSON.stringify(options, null, 2) + ");";
}

/** @type {[string, (exchange: Exchange) => string][]} */
const COPIES = [
    ["httpkit", (exchange) => command(exchange, "httpkit request ", exchange.method)],
    ["curl", (exchange) => command(exchange, "curl", exchange.method === "GET" ? "" : " -X " + exchange.method)],
    ["fetch", asFetch],
];

/** @param {string} text @param {HTMLElement} place */
async function copy(text, place) {
    const name = place.textContent ?? "";
    let said = "Copied";
    try {
        await navigator.clipboard.writeText(text);
    } catch {
        // Pages of other machines over plain HTTP have no clipboard of that kind.
        const area = h("textarea", {});
        area.value = text;
        drawer.append(area);
        area.select();
        if (!document.execCommand("copy")) said = "Not copied";
        area.remove();
        place.focus();
    }
    place.textContent = said;
    announce(said);
    setTimeout(() => (place.textContent = name), 1500);
}

on(opener, "click", toggleDrawer);
on(drawer, "keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") toggleDrawer();
});
on(bus, "exchange", listExchanges);
