// The page: which view is open, and what is around it.

import { Address } from "./address.js";
import { announce, button, byId, count, fill, h } from "./dom.js";
import "./dialog.js";
import { Offline, Refusal, begin, bus, refusal, session } from "./http.js";
import { keyOf, paged, readOutline, readRows } from "./rows.js";
import { pagerOf, tableOf } from "./table.js";
import { treeOf } from "./tree.js";

/** @typedef {import("./rows.js").Outline} Outline */
/** @typedef {import("./table.js").TableView} TableView */

/** What is open.
 * @typedef {object} View
 * @property {Address} address
 * @property {Outline | undefined} outline
 * @property {TableView | undefined} table
 */

const content = byId("content");
const urlInput = /** @type {HTMLInputElement} */ (byId("url"));

/** @type {View} */
let view = { address: new Address([]), outline: undefined, table: undefined };
let loads = 0;

/** Where the URL of the page leads: a collection has the API's own URL, anything else stands behind `#`. */
function addressHere() {
    const inTree = location.hash.startsWith("#/");
    return Address.parse(inTree ? location.hash.slice(1) : location.pathname + location.search);
}

/** The URL of the page for a view.
 * @param {Address} address
 * @param {boolean} isCollection
 */
function urlOf(address, isCollection) {
    const text = address.toString();
    return location.origin + (isCollection || text === "/" ? text : "/#" + text);
}

/** Opens a view.
 * @param {Address} address
 */
function go(address) {
    return load(address, "push");
}

/** Reads a view anew and shows it.
 * @param {Address} address
 * @param {"push" | "keep"} history_
 */
async function load(address, history_) {
    loads += 1;
    const own = loads;
    content.classList.add("busy");
    const waiting = setTimeout(() => own === loads && !content.hasChildNodes() && fill(content, skeleton()), 150);
    try {
        const outline = await outlineAt(address);
        const isCollection = outline.collection || outline.kind === "array";
        const rows = isCollection ? await readRows(paged(address), outline) : undefined;
        if (own !== loads) return;
        view = { address, outline, table: rows && { address, outline, rows } };
        if (history_ === "push") history.pushState(null, "", urlOf(address, isCollection));
        show();
    } catch (error) {
        if (own !== loads) return;
        if (history_ === "push" && !(error instanceof Offline)) history.pushState(null, "", urlOf(address, false));
        view = { address, outline: undefined, table: undefined };
        fail(error, content);
        around();
    } finally {
        clearTimeout(waiting);
        if (own === loads) content.classList.remove("busy");
    }
}

/** The outline of a node; the records that point at another one (`/posts/1/comments`) have none of their own.
 * @param {Address} address
 * @returns {Promise<Outline>}
 */
async function outlineAt(address) {
    try {
        return await readOutline(address);
    } catch (error) {
        if (!(error instanceof Refusal) || error.status !== 404 || address.path.length !== 3) throw error;
        const { rows } = await readRows(paged(address), { kind: "array", collection: true, size: 0, allow: [], key: "id", columns: [], children: [] });
        return { kind: "array", collection: true, size: rows.length, allow: [], key: "id", columns: [], children: [] };
    }
}

/** Shows what was read. */
function show() {
    const { address, outline, table } = view;
    if (!outline) return;
    const focus = focused();
    if (table) {
        const isEmpty = !table.rows.rows.length;
        fill(content, tableOf(table, tableActs), isEmpty && emptyState(table));
        announce(count(table.rows.total ?? table.rows.rows.length) + " records");
    } else {
        fill(content, outline.size ? treeOf(address, outline, treeActs) : emptyNode(outline));
        announce(outline.kind + " " + address);
    }
    around();
    refocus(focus);
}

/** What is around the data: the URL, the title, the tools, the pages. */
function around() {
    const { address, table } = view;
    urlInput.value = (table ? paged(address) : address).toString();
    document.title = address + " · httpkit";
    fill(byId("pager"), table && pagerOf(table, go));
    fill(byId("tools"), trail(address), table && searchOf(address), h("span", { class: "gap" }), table && downloads(address));
    for (const link of byId("collections").querySelectorAll("a")) {
        if (link.dataset.name === address.path[0]) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
    }
}

/** The names on the way to the view, each a link.
 * @param {Address} address
 */
function trail(address) {
    const links = address.path.map((name, at) => linkTo(new Address(address.path.slice(0, at + 1)), name === "" ? "“”" : name));
    return h("h2", {}, ...(links.length ? links.flatMap((link) => [h("span", { class: "size" }, " / "), link]) : ["/"]));
}

/** @param {Address} address @param {string} text */
function linkTo(address, text) {
    const act = (/** @type {MouseEvent} */ event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        go(address);
    };
    return h("a", { href: urlOf(address, false), onclick: act, dir: "auto" }, text);
}

/** @param {Address} address */
function searchOf(address) {
    const input = h("input", { type: "search", value: address.get("q") ?? "", placeholder: "Search all", "aria-label": "Search in all columns", "data-focus": "q" });
    input.addEventListener("change", () => go(address.with([["q", input.value || undefined], ["_page", undefined]])));
    return input;
}

/** @param {Address} address */
function downloads(address) {
    const all = address.unpaged();
    const save = (/** @type {string} */ format) => button(format.toUpperCase(), async () => {
        try {
            const { response } = await begin("GET", all.with([["_format", format]]), { accept: "*/*" });
            if (!response.ok) throw refusal(response, await response.text());
            const url = URL.createObjectURL(await response.blob());
            h("a", { href: url, download: (address.path.at(-1) || "data") + "." + format }).click();
            setTimeout(() => URL.revokeObjectURL(url), 10_000);
        } catch (error) {
            say(error);
        }
    }, { title: "Download what is selected as " + format.toUpperCase(), "aria-label": "Download as " + format.toUpperCase() });
    return h("span", { role: "group", "aria-label": "Download" }, save("csv"), " ", save("json"));
}

/** The collections of the document, for the top of the page. */
async function collections() {
    try {
        const root = await readOutline(new Address([]));
        const links = root.collection ? [] : root.children.filter((child) => child.collection).map((child) => {
            const link = linkTo(new Address([child.name]), child.name || "“”");
            link.dataset.name = child.name;
            link.append(" ", h("small", {}, count(child.size)));
            return link;
        });
        fill(byId("collections"), ...links);
        around();
    } catch {
        // The view itself says what is wrong.
    }
}

/** Nothing to show in a table.
 * @param {TableView} table
 */
function emptyState(table) {
    const isSelected = table.address.unpaged().parameters.some(([name]) => !name.startsWith("_"));
    if (isSelected) {
        return h("div", { class: "state" }, h("h2", {}, "Nothing matches"), h("p", {}, "No record fits all of the filters."),
            button("Clear the filters", () => go(new Address(table.address.path)), { class: "main" }));
    }
    if (table.rows.total) {
        return h("div", { class: "state" }, h("h2", {}, "Past the end"), h("p", {}, "There are fewer pages than that."),
            button("Go to the first page", () => go(table.address.unpaged()), { class: "main" }));
    }
    return h("div", { class: "state" }, h("h2", {}, "No records yet"), h("p", {}, "This collection is empty."));
}

/** @param {Outline} outline */
function emptyNode(outline) {
    const isScalar = !["object", "array", "table", "row"].includes(outline.kind);
    return h("div", { class: "state" }, h("h2", {}, isScalar ? outline.kind : "Nothing in it yet"), h("p", {}, "An empty " + outline.kind + "."));
}

function skeleton() {
    return h("div", { class: "skeleton", "aria-label": "Loading", role: "img" }, ...Array.from({ length: 9 }, () => h("i")));
}

/** Shows what went wrong in the place of what was asked for.
 * @param {unknown} error
 * @param {HTMLElement} place
 */
function fail(error, place) {
    const title = error instanceof Refusal ? error.title : error instanceof Offline ? "No answer" : "This did not work";
    const again = button("Try again", () => load(view.address, "keep"), { class: "main" });
    fill(place, h("div", { class: "state", role: "alert" }, h("h2", {}, title), h("p", {}, messageOf(error)), again, " ",
        view.address.path.length > 0 && button("Go to the start", () => go(new Address([])))));
}

/** @param {unknown} error */
function messageOf(error) {
    return error instanceof Error ? error.message : String(error);
}

/** @param {unknown} error */
function say(error) {
    const close = () => fill(byId("toast"));
    fill(byId("toast"), h("span", {}, messageOf(error)), button("Close", close));
}

/** Where the focus is, to find it again after all was drawn anew. */
function focused() {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement)) return {};
    const cell = element.closest("tbody td");
    const row = cell?.closest("tr");
    if (cell instanceof HTMLTableCellElement && row) return { row: row.sectionRowIndex, column: cell.cellIndex };
    return { name: element.dataset.focus };
}

/** @param {{row?: number, column?: number, name?: string}} focus */
function refocus(focus) {
    if (focus.name !== undefined) {
        for (const element of document.querySelectorAll("[data-focus]")) {
            if (element instanceof HTMLElement && element.dataset.focus === focus.name) element.focus();
        }
    }
    if (focus.row === undefined || focus.column === undefined) return;
    const rows = content.querySelector("tbody")?.rows;
    const cell = rows?.[Math.min(focus.row, rows.length - 1)]?.cells[focus.column];
    (cell?.querySelector("button") ?? cell)?.focus();
}

/** @type {import("./table.js").TableActs} */
const tableActs = {
    go,
    open: (table, at) => {
        const key = keyOf(table.rows, at, table.outline, table.address);
        if (key !== undefined) go(new Address(table.address.path).child(key));
    },
    edit: () => {},
    remove: () => {},
};

/** @type {import("./tree.js").TreeActs} */
const treeActs = { go, edit: () => {}, remove: () => {}, add: () => {}, fail: (error) => say(error) };

byId("bar").addEventListener("submit", (event) => {
    event.preventDefault();
    go(Address.parse(urlInput.value));
});
byId("home").addEventListener("click", (event) => {
    event.preventDefault();
    go(new Address([]));
});
byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    const cell = content.querySelector("tbody td[tabindex='0'], .tree button");
    (cell instanceof HTMLElement ? cell : content).focus();
});
addEventListener("popstate", () => load(addressHere(), "keep"));

/** While the server does not answer it is asked again, more and more seldom. */
let wait = 1;
bus.addEventListener("offline", () => {
    const banner = byId("offline");
    if (!banner.hidden) return;
    banner.hidden = false;
    wait = 1;
    tryAgain();
});
bus.addEventListener("online", () => {
    byId("offline").hidden = true;
});

function tryAgain() {
    let left = wait;
    wait = Math.min(wait * 2, 30);
    const banner = byId("offline");
    const ask = async () => {
        clearInterval(timer);
        await load(view.address, "keep");
        if (session.isOffline) tryAgain();
    };
    const tick = () => {
        if (left <= 0) ask();
        else fill(banner, "The server does not answer. Asking again in " + left + " s.", button("Ask now", ask));
        left -= 1;
    };
    const timer = setInterval(tick, 1000);
    tick();
}

load(addressHere(), "keep");
collections();
