// The page: which view is open, and what is around it.

import { Address } from "./address.js";
import { announce, button, byId, count, counted, div, fill, focused, h, on, query, refocus, span } from "./dom.js";
import { setMember, setNode, removeNode, addNode, moves, see } from "./change.js";
import "./drawer.js";
import { askRecord, kindsOf, openEditor } from "./edit.js";
import { Offline, Refusal, begin, bus, messageOf, refusal, session } from "./http.js";
import { bringIn, read } from "./import.js";
import { isSameJson, textOf } from "./json.js";
import { follow, unfollow } from "./live.js";
import { keyOf, placeAmong, placeOf, readOutline, readView, recordOf } from "./rows.js";
import { isWritable, pagerOf, tableOf } from "./table.js";
import { treeOf } from "./tree.js";

/** @typedef {import("./rows.js").Outline} Outline */
/** @typedef {import("./rows.js").Table} Table */
/** @typedef {import("./rows.js").View} View */

const content = byId("content");
const MAIN = { class: "main" };
const urlInput = /** @type {HTMLInputElement} */ (byId("url"));
/** So many characters of an answer that is no JSON are shown. */
const TEXT_LENGTH = 100_000;

/** What is open.
 * @type {View}
 */
let view = nothingAt(new Address([]));
let loads = 0;
let isStale = false;
/** What was deleted and can be given back, the last one at the end.
 * @type {{name: string, restore: () => Promise<unknown>}[]} */
const deleted = [];
/** @type {Promise<unknown>} */
let turn = Promise.resolve();

/** What is open where nothing could be read.
 * @param {Address} address
 * @returns {View}
 */
function nothingAt(address) {
    return { address, asked: address, outline: undefined };
}

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

/** Opens the view of the page's URL. One with `#` may have been typed behind that of another view, whose filter is over. */
function openHere() {
    return load(addressHere(), location.hash ? "replaceState" : undefined);
}

/** Opens a view.
 * @param {Address} address
 */
function go(address) {
    return load(address, "pushState");
}

/** Reads a view anew and shows it.
 * @param {Address} address
 * @param {"pushState" | "replaceState"} [how] how the URL of the page becomes that of the view, if it is not already
 */
async function load(address, how) {
    loads += 1;
    const own = loads;
    content.classList.add("busy");
    const waiting = setTimeout(() => own === loads && !content.hasChildNodes() && fill(content, state("Loading…", "")), 150);
    try {
        const next = await readView(address);
        const { outline, table } = next;
        if (own !== loads) return;
        const before = view;
        // What is the same is not drawn again: what is marked in it stays so for its moment.
        if (!how && table && before.table?.text === table.text && content.querySelector("tbody tr")) {
            Object.assign(before.table, { outline, gone: [] });
            return;
        }
        view = next;
        // The server gives the page at a collection only, and no form but the page.
        if (how) history[how](null, "", urlOf(address, Boolean(table && outline?.collection && !address.get("_format"))));
        show(before);
        if (how === "pushState" || !before.outline) live();
    } catch (error) {
        if (own !== loads) return;
        if (how && !(error instanceof Offline)) history[how](null, "", urlOf(address, false));
        view = nothingAt(address);
        fail(error, content);
        around();
    } finally {
        clearTimeout(waiting);
        if (own === loads) {
            content.classList.remove("busy");
            if (isStale) refresh();
        }
    }
}

/** Follows what is shown while somebody looks at it: a tab may be opened in the background, too. */
function live() {
    if (!document.hidden) follow(view.address, showLive, refresh);
}

/** Reads the view again, as something has changed; not while somebody is editing in it, or is on the way to another one. */
function refresh() {
    isStale = true;
    setTimeout(async () => {
        if (!isStale || content.matches(".busy, :has(.editor)")) return;
        isStale = false;
        await load(view.address);
        collections();
    }, 100);
}

/** Shows what was read.
 * @param {View} before
 */
function show(before) {
    const { address, outline, table, text } = view;
    if (!outline) return;
    const focus = focused();
    if (table) {
        const isEmpty = !table.rows.length;
        fill(content, tableOf(table, tableActs), isEmpty && emptyState(table));
        if (before.table && String(before.address) === String(address)) mark(before.table, table);
        announce(count(table.total ?? table.rows.length) + " records");
    } else if (text !== undefined) {
        fill(content, plain(text, outline.text));
        announce(outline.text + " " + address);
    } else {
        fill(content, outline.size ? treeOf(address, outline, treeActs) : state("Nothing in it yet", "An empty " + outline.kind + "."));
        announce(outline.kind + " " + address);
    }
    around();
    refocus(focus);
}

/** An answer that is no JSON.
 * @param {string} text
 * @param {string} type
 */
function plain(text, type) {
    if (/[\0\ufffd]/.test(text)) return state("This is no text", "The answer is of the type " + type + ", which is not shown here.");
    const isCut = text.length > TEXT_LENGTH;
    return h("pre", { class: "text", tabindex: "0", role: "region", label: type }, isCut ? text.slice(0, TEXT_LENGTH) + "…" : text);
}

/** Marks what is not as it was, for a moment.
 * @param {Table} before
 * @param {Table} after
 */
function mark(before, after) {
    const known = new Map(before.rows.map((row, at) => [keyOf(before, at), row]));
    const lines = content.querySelector("tbody")?.rows;
    const shift = isWritable(after) ? 1 : 0;
    let changes = 0;
    after.rows.forEach((row, at) => {
        const old = known.get(keyOf(after, at));
        const line = lines?.[at];
        if (!line || (old && isSameJson(old, row))) return;
        changes += 1;
        if (!old) line.classList.add("changed");
        else after.columns.forEach((name, column) => isSameJson(old.get(name), row.get(name)) || line.cells[column + shift].classList.add("changed"));
    });
    if (changes) announce(counted(changes, "record") + " changed");
}

/** @param {boolean} isLive */
function showLive(isLive) {
    byId("live").hidden = !isLive;
}

/** What is around the data: the URL, the title, the tools, the pages. */
function around() {
    const { address, asked, table } = view;
    urlInput.value = asked.toString();
    document.title = address + " · httpkit";
    fill(byId("pager"), table && pagerOf(table, go));
    fill(byId("tools"), trail(address), table && searchOf(address), span("gap"), ...additions(), ...(table ? downloads(address) : []));
    for (const link of byId("collections").querySelectorAll("a")) {
        if ((address.pathText() + "/").startsWith(link.dataset.path + "/")) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
    }
}

/** The table that is open, if it takes changes. */
function writable() {
    return view.table && isWritable(view.table) ? view.table : undefined;
}

/** What adds something. */
function additions() {
    const { outline, address } = view;
    const table = writable();
    if (table) return [button("Add", () => add(table), { "data-focus": "add" }), button("Import", () => chooseFile(table), { title: "A CSV or JSON file; or paste rows, or drop a file", "data-focus": "import" })];
    const isOpen = outline?.kind === "object" && outline.allow.includes("PATCH");
    return [isOpen && button("Add", () => treeActs.add(address), { "data-focus": "add" })];
}

/** The names on the way to the view, each a link.
 * @param {Address} address
 */
function trail(address) {
    const links = address.path.map((name, at) => linkTo(new Address(address.path.slice(0, at + 1)), name === "" ? "“”" : name));
    return h("h2", {}, ...(links.length ? links.flatMap((link) => [span("size", " / "), link]) : ["/"]));
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
    const input = h("input", { type: "search", value: address.get("q") ?? "", placeholder: "Search all", label: "Search in all columns", "data-focus": "q" });
    on(input, "change", () => go(address.with([["q", input.value || undefined], ["_page", undefined]])));
    return input;
}

/** @param {Address} address */
function downloads(address) {
    const all = address.unpaged();
    const save = (/** @type {string} */ format) => button(format.toUpperCase(), () => safely(async () => {
        const response = await begin("GET", all.with([["_format", format]]), { accept: "*/*" });
        if (!response.ok) throw refusal(response, await response.text());
        const url = URL.createObjectURL(await response.blob());
        h("a", { href: url, download: (address.path.at(-1) || "data") + "." + format }).click();
        setTimeout(() => URL.revokeObjectURL(url), 10_000);
    }), { title: "Download the selection", label: "Download as " + format.toUpperCase() });
    return [save("csv"), save("json")];
}

/** A link to each collection of an outline, and to those of a file that is one of several.
 * @param {Outline} outline
 * @param {Address} address
 * @returns {HTMLElement[]}
 */
function collectionsIn(outline, address) {
    return outline.children.flatMap((child) => {
        const own = address.child(child.name);
        if (!child.collection) return collectionsIn(child, own);
        const link = linkTo(own, own.path.join(" / ") || "“”");
        link.dataset.path = own.pathText();
        link.append(" ", h("small", {}, count(child.size)));
        return [link];
    });
}

/** The collections of the document, for the top of the page. */
async function collections() {
    try {
        const root = await readOutline(new Address([]));
        fill(byId("collections"), ...(root.collection ? [] : collectionsIn(root, new Address([]))));
        // Where several files are served, "/" takes no change, but each of them may.
        const [first] = root.children;
        const isOpen = root.allow.includes("PUT") || (first && (await readOutline(new Address([first.name]))).allow.includes("PUT"));
        fill(byId("badges"), !isOpen && h("span", { class: "badge warn", title: "Every change is refused" }, "read-only"), session.token !== "" && span("badge", "with token"));
        around();
    } catch {
        // The view itself says what is wrong.
    }
}

/** What stands in the place of data.
 * @param {string} title
 * @param {string} words
 * @param {...(Node | false)} acts
 */
function state(title, words, ...acts) {
    return div("state", h("h2", {}, title), h("p", {}, words), ...acts);
}

/** Nothing to show in a table.
 * @param {Table} table
 */
function emptyState(table) {
    const { address } = table;
    if (table.total) return state("Past the end", "There are fewer pages than that.", button("Go to the first page", () => go(address.unpaged()), MAIN));
    if (address.isFiltered()) return state("Nothing matches", "No record fits the filters.", button("Clear the filters", () => go(address.bare()), MAIN));
    const canAdd = isWritable(table);
    return state("No records yet", canAdd ? "Paste rows of a spreadsheet, drop a CSV or JSON file, or add one." : "It is empty.",
        canAdd && button("Add a record", () => add(table), MAIN));
}

/** Shows what went wrong in the place of what was asked for.
 * @param {unknown} error
 * @param {HTMLElement} place
 */
function fail(error, place) {
    const title = error instanceof Refusal ? error.title : error instanceof Offline ? "No answer" : "This did not work";
    const shown = state(title, messageOf(error), button("Try again", () => load(view.address), MAIN), button("Go to the start", () => go(new Address([]))));
    shown.setAttribute("role", "alert");
    fill(place, shown);
}

/** Says something at the foot of the page, with what can be done about it.
 * @param {string} text
 * @param {boolean} [canUndo] whether it is about what was deleted
 */
function toast(text, canUndo) {
    const place = byId("toast");
    const focus = focused();
    fill(place, h("span", {}, text), canUndo && button("Undo", undo, { "aria-keyshortcuts": "Control+Z", "data-focus": "undo" }), button("✕", () => fill(place), { label: "Close" }));
    refocus(focus);
}

/** @param {unknown} error */
function say(error) {
    if (!(error instanceof Offline)) toast(messageOf(error));
}

/** Does something; what goes wrong is said.
 * @param {() => Promise<unknown>} work
 */
async function safely(work) {
    try {
        await work();
    } catch (error) {
        say(error);
    }
}

/** Takes a node away, and gives it back if that is wanted.
 * @param {Address} address
 * @param {Outline} parent
 * @param {number} [place] where it stands among all
 */
async function remove(address, parent, place) {
    const seen = await see(address, parent);
    await removeNode(seen).finally(refresh);
    const name = "“" + address.path.at(-1) + "”";
    deleted.push({ name, restore: () => addNode(address, seen.value ?? null, parent.kind, place) });
    toast("Deleted " + name + ".", true);
}

/** Deletes or gives back, one after the other: where something stands is known only when what went before is done.
 * @param {() => Promise<unknown>} work
 */
function inTurn(work) {
    turn = turn.then(() => safely(work));
}

/** Sees that nothing was moved since a node was read: another one may be where it stood.
 * @param {Outline} outline
 */
function stays(outline) {
    if (outline.moves !== moves.count) throw new Error("What stands where has just changed. Try again.");
}

/** Gives back what was deleted last. */
function undo() {
    inTurn(async () => {
        const last = deleted.pop();
        if (!last) return;
        try {
            await last.restore();
        } catch (error) {
            if (!(error instanceof Refusal)) deleted.push(last);
            throw error;
        }
        const next = deleted.at(-1);
        toast(last.name + " is back" + (next ? ", " + next.name + " is still deleted." : "."), next !== undefined);
        refresh();
    });
}

/** Adds a record that a person types.
 * @param {Table} table
 */
function add(table) {
    return safely(async () => {
        const { outline, address, areRecords, columns } = table;
        const isKeyed = outline.kind === "object";
        const names = areRecords && columns.length > 1 ? columns : outline.columns.length ? outline.columns : [areRecords ? "JSON" : columns[0]];
        const isWhole = names.length === 1 && !outline.columns.length;
        const kinds = isWhole ? new Map([[names[0], "any"]]) : kindsOf(table.sample);
        const isAdded = await askRecord("Add a record", names, kinds, isWhole ? "{}" : isKeyed ? "needed" : "given by the server", (record) => {
            const key = textOf(record.get(outline.key));
            const value = isWhole ? record.get(names[0]) ?? "" : record;
            if (isKeyed && !isWhole) record.delete(outline.key);
            // An object of records takes another one by its key, or a whole object of them.
            return addNode(address.bare().child(key), value, isKeyed && isWhole ? "array" : outline.kind);
        });
        if (!isAdded) return;
        toast("Added.");
        refresh();
    });
}

/** @param {Table} table @param {Promise<string> | string} text @param {string} [name] */
function bring(table, text, name) {
    return safely(async () => {
        const added = await bringIn(table, read(await text, name));
        if (!added) return;
        toast(counted(added, "record") + " added.");
        refresh();
    });
}

/** @param {Table} table */
function chooseFile(table) {
    const input = h("input", { type: "file", accept: ".csv,.tsv,.json,.ndjson,.jsonl,.txt" });
    on(input, "change", () => input.files?.[0] && bring(table, input.files[0].text(), input.files[0].name));
    input.click();
}

/** The editor is over.
 * @param {boolean} isChanged
 * @param {HTMLElement} place
 */
function edited(isChanged, place) {
    if (isChanged || isStale) refresh();
    if (document.activeElement === document.body) place.focus();
}

/** @type {import("./table.js").TableActs} */
const tableActs = {
    go,
    open: (table, at) => {
        const address = recordOf(table, at);
        if (address) go(address);
    },
    edit: (table, at, column, cell, typed) => safely(async () => {
        const { outline, areRecords } = table;
        const address = recordOf(table, at);
        if (!isWritable(table)) return;
        stays(outline);
        if (!address) return toast("A record without a key is edited where no filter and no order is set.");
        if (areRecords && column === outline.key) return toast("The key of a record stays as it is.");
        const member = areRecords ? column : undefined;
        openEditor(cell, {
            see: () => see(address, outline, member), value: table.rows[at].get(column), isText: outline.kind === "table", label: column || "(no name)",
            write: (seen, value) => (member === undefined ? setNode(seen, value ?? null) : setMember(seen, member, value)),
            done: (isChanged) => edited(isChanged, cell),
        }, typed);
    }),
    remove: (table, at) => inTurn(async () => {
        const address = recordOf(table, at);
        const isAll = !table.address.unpaged().parameters.length;
        if (!address || table.gone.includes(at)) return;
        stays(table.outline);
        await remove(address, table.outline, isAll ? placeOf(table, at) : undefined);
        table.gone.push(at);
        table.outline.moves = moves.count;
    }),
};

/** @type {import("./tree.js").TreeActs} */
const treeActs = {
    go,
    edit: (address, child, place) => safely(async () => {
        stays(child);
        const { value } = await see(address);
        openEditor(place, {
            see: () => see(address), value, isText: false, label: child.name || "(no name)",
            write: (seen, written) => (written === undefined ? removeNode(seen) : setNode(seen, written)),
            done: (isChanged) => edited(isChanged, place),
        });
    }),
    remove: (address, parent, place) => inTurn(async () => {
        if (parent.gone.includes(place)) return;
        stays(parent);
        const isList = parent.kind === "array";
        const at = isList ? placeAmong(parent, place) : place;
        await remove(isList ? new Address([...address.path.slice(0, -1), String(at)]) : address, parent, at);
        parent.gone.push(place);
        parent.moves = moves.count;
    }),
    add: (address) => safely(async () => {
        const isAdded = await askRecord("Add a member", ["name", "value"], new Map([["value", "any"]]), undefined, (given) =>
            addNode(address.child(textOf(given.get("name"))), given.get("value") ?? "", "object"));
        if (isAdded) refresh();
    }),
    fail: say,
};

on(byId("bar"), "submit", (event) => {
    event.preventDefault();
    const typed = urlInput.value.trim();
    const [origin] = /^[\w+.-]+:\/\/[^/?#]*/.exec(typed) ?? [];
    if (origin && (!URL.canParse(origin) || new URL(origin).origin !== location.origin)) return toast("This page shows what is at " + location.origin + " only.");
    go(Address.parse(typed));
});
on(byId("home"), "click", (event) => {
    event.preventDefault();
    go(new Address([]));
});
on(byId("skip"), "click", (event) => {
    event.preventDefault();
    (query("tbody td[tabindex='0'], .tree button") ?? content).focus();
});
on(window, "popstate", async () => {
    await openHere();
    live();
});
// A browser has few connections to a server, and whoever does not look needs none.
on(document, "visibilitychange", () => {
    if (document.hidden) return unfollow();
    live();
    refresh();
});

/** Whether a person is writing somewhere.
 * @param {EventTarget | null} target
 */
function isWriting(target) {
    return target instanceof Element && target.closest("input, textarea, select, dialog") !== null;
}

on(window, "keydown", (/** @type {KeyboardEvent} */ event) => {
    if (!deleted.length || event.key !== "z" || !(event.ctrlKey || event.metaKey) || isWriting(event.target)) return;
    event.preventDefault();
    undo();
});
on(window, "paste", (/** @type {ClipboardEvent} */ event) => {
    const table = writable();
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!table || isWriting(event.target) || !text.trim()) return;
    event.preventDefault();
    bring(table, text);
});
on(window, "dragover", (/** @type {DragEvent} */ event) => {
    if (!writable()) return;
    event.preventDefault();
    content.classList.add("drop");
});
on(window, "dragleave", () => content.classList.remove("drop"));
on(window, "drop", (/** @type {DragEvent} */ event) => {
    content.classList.remove("drop");
    const table = writable();
    const file = event.dataTransfer?.files[0];
    if (!table || !file) return;
    event.preventDefault();
    bring(table, file.text(), file.name);
});

/** While the server does not answer it is asked again, more and more seldom. */
let wait = 1;
on(bus, "offline", () => {
    const banner = byId("offline");
    if (!banner.hidden) return;
    banner.hidden = false;
    wait = 1;
    tryAgain();
});
on(bus, "online", () => {
    byId("offline").hidden = true;
});

function tryAgain() {
    let left = wait;
    wait = Math.min(wait * 2, 30);
    const banner = byId("offline");
    const ask = async () => {
        clearInterval(timer);
        await load(view.address);
        if (session.isOffline) tryAgain();
    };
    const tick = () => {
        if (left <= 0) ask();
        else fill(banner, "The server does not answer. Next try in " + left + " s.", button("Ask now", ask));
        left -= 1;
    };
    const timer = setInterval(tick, 1000);
    tick();
}

openHere();
collections();
