// A collection as a table: sort by heading, a row of filters that are the query's parameters, pages.

import { kindOf, textOf } from "./json.js";
import { PAGING } from "./address.js";
import { button, count, counted, fill, h, on, span } from "./dom.js";
import { PAGE_LENGTH, keyOf } from "./rows.js";

/** @typedef {import("./address.js").Address} Address */
/** @typedef {import("./json.js").Json} Json */
/** @typedef {import("./rows.js").Table} Table */

/** What a table can be asked to do.
 * @typedef {object} TableActs
 * @property {(address: Address) => void} go
 * @property {(table: Table, at: number) => void} open
 * @property {(table: Table, at: number, column: string, cell: HTMLElement, typed?: string) => void} edit
 * @property {(table: Table, at: number) => void} remove
 */

/** So many characters of a cell are shown. */
const CELL_LENGTH = 160;
const SIZES = [25, 100, 500];
/** Further than any table goes. */
const FAR = 1e9;

/** How operators are typed into a filter. */
const OPERATORS = [["!=", "ne"], [">=", "gte"], ["<=", "lte"], [">", "gt"], ["<", "lt"], ["=", ""]];
const WORDS = /^(in|nin|startsWith|endsWith|exists|ne|gt|gte|lt|lte|like|eq):(.*)$/s;

/** The whole of it.
 * @param {Table} table
 * @param {TableActs} acts
 */
export function tableOf(table, acts) {
    const { columns } = table;
    const grid = h("table", { role: "grid", label: "Records", "aria-rowcount": (table.total ?? table.rows.length) + 2 });
    grid.append(
        h("thead", {}, headings(table, acts, columns), filters(table, acts, columns)),
        h("tbody", {}, ...table.rows.map((_, at) => rowOf(table, acts, at))),
    );
    listen(grid, table, acts);
    return grid;
}

/** Whether rows can be changed.
 * @param {Table} table
 */
export function isWritable(table) {
    return table.outline.allow.includes("POST");
}

/** @param {Table} table @param {TableActs} acts @param {string[]} columns */
function headings(table, acts, columns) {
    const keys = (table.address.get("_sort") ?? "").split(",").filter(Boolean);
    const heading = (/** @type {string} */ name) => {
        const at = keys.findIndex((key) => key === name || key === "-" + name);
        const sorted = at < 0 ? undefined : keys[at] === name ? "ascending" : "descending";
        const mark = sorted && h("span", { class: "sign", "aria-hidden": "true" }, sorted === "ascending" ? "▲" : "▼", keys.length > 1 && String(at + 1));
        const sort = (/** @type {Event} */ event) => {
            const next = !sorted ? name : sorted === "ascending" ? "-" + name : "";
            const others = event instanceof MouseEvent && event.shiftKey ? keys.filter((_, index) => index !== at) : [];
            acts.go(table.address.with([["_sort", [...others, next].filter(Boolean).join(",") || undefined], ["_order", undefined], ["_page", undefined]]));
        };
        const label = name === "" ? h("em", {}, "no name") : name;
        const title = "Sort by " + name;
        const control = h("button", { type: "button", onclick: sort, title, "data-focus": "sort " + name }, label, mark);
        return h("th", { scope: "col", "aria-sort": sorted, class: name === table.outline.key && "key" }, control);
    };
    return h("tr", {}, isWritable(table) && h("td", { class: "act" }), ...columns.map(heading));
}

/** @param {Table} table @param {TableActs} acts @param {string[]} columns */
function filters(table, acts, columns) {
    const filter = (/** @type {string} */ name) => {
        const given = filterText(table.address, name);
        const input = h("input", {
            type: "search", value: given, placeholder: "filter", label: "Filter by " + (name || "the column without a name"),
            title: "text, =text, !=text, >5, <=5, in:a,b, startsWith:a", "data-focus": "filter " + name, spellcheck: "false", autocomplete: "off",
        });
        on(input, "change", () => {
            if (input.value !== given) acts.go(filtered(table.address, name, input.value));
        });
        return h("td", { class: given && "filtered" }, input);
    };
    return h("tr", { class: "filters" }, isWritable(table) && h("td", { class: "act" }), ...columns.map(filter));
}

/** The parameters that filter by a column, whatever their operators.
 * @param {Address} address
 * @param {string} name
 */
function filterOf(address, name) {
    return address.parameters.find(([given]) => given === name || (given.startsWith(name + ":") && !given.slice(name.length + 1).includes(":")));
}

/** A filter as it is typed.
 * @param {Address} address
 * @param {string} name
 */
export function filterText(address, name) {
    const found = filterOf(address, name);
    if (!found) return "";
    const operator = found[0].slice(name.length + 1);
    if (operator === "contains" || operator === "like") return found[1];
    const sign = OPERATORS.find(([, word]) => word === operator);
    return (sign ? sign[0] : operator + ":") + found[1];
}

/** The address with what was typed as a filter.
 * @param {Address} address
 * @param {string} name
 * @param {string} text
 */
export function filtered(address, name, text) {
    const before = filterOf(address, name);
    const cleared = address.with([[before?.[0] ?? name, undefined], ["_page", undefined]]);
    if (text === "") return cleared;
    const sign = OPERATORS.find(([typed]) => text.startsWith(typed));
    const word = WORDS.exec(text);
    const [operator, value] = sign ? [sign[1], text.slice(sign[0].length)] : word ? [word[1], word[2]] : ["contains", text];
    return cleared.with([[operator ? name + ":" + operator : name, value.trim()]]);
}

/** @param {Table} table @param {TableActs} acts @param {number} at */
function rowOf(table, acts, at) {
    const { rows, columns, start } = table;
    const key = keyOf(table, at);
    const name = key ?? String(start + at + 1);
    const cells = columns.map((column) => cellOf(table, rows[at].get(column), column, key !== undefined));
    const remove = button("✕", () => acts.remove(table, at), { tabindex: "-1", label: "Delete " + name, title: "Delete (Del)" });
    return h("tr", { "data-at": at, "aria-rowindex": start + at + 3 }, isWritable(table) && h("td", { class: "act" }, key !== undefined && remove), ...cells);
}

/** @param {Table} table @param {Json | undefined} value @param {string} column @param {boolean} hasKey */
function cellOf(table, value, column, hasKey) {
    const kind = kindOf(value);
    const text = textOf(value);
    const shown = text.length > CELL_LENGTH ? text.slice(0, CELL_LENGTH) + "…" : text;
    const isKey = column === table.outline.key && hasKey;
    const cell = h("td", { class: kind + (isKey ? " key" : ""), tabindex: "-1", dir: kind === "string" && "auto" });
    fill(cell, isKey ? h("span", { class: "open", title: "Open (Enter)" }, shown || "(empty)") : shown);
    if (kind === "missing") cell.setAttribute("aria-label", "no " + column);
    return cell;
}

/** The grid is one stop of the Tab key; within it the arrows lead from cell to cell.
 * @param {HTMLTableElement} grid
 * @param {Table} table
 * @param {TableActs} acts
 */
function listen(grid, table, acts) {
    const body = grid.tBodies[0];
    const first = cellAt(body, 0, isWritable(table) ? 1 : 0);
    if (first) first.tabIndex = 0;
    on(body, "keydown", (/** @type {KeyboardEvent} */ event) => onKey(event, body, table, acts));
    on(body, "focusin", (/** @type {FocusEvent} */ event) => {
        const cell = /** @type {Element} */ (event.target).closest("td");
        if (!cell) return;
        for (const old of body.querySelectorAll("td[tabindex='0']")) if (old !== cell) /** @type {HTMLElement} */ (old).tabIndex = -1;
        cell.tabIndex = 0;
    });
    on(body, "dblclick", (event) => actOn(event.target, table, acts, false));
    on(body, "click", (event) => {
        if (/** @type {Element} */ (event.target).closest(".open")) actOn(event.target, table, acts, true);
    });
}

/** @param {HTMLTableSectionElement} body @param {number} row @param {number} column */
function cellAt(body, row, column) {
    return body.rows[row]?.cells[column];
}

/** @param {EventTarget | null} target @param {Table} table @param {TableActs} acts @param {boolean} opens @param {string} [typed] */
function actOn(target, table, acts, opens, typed) {
    const cell = /** @type {Element} */ (target).closest("td");
    const row = cell?.closest("tr");
    if (!cell || !row || cell.classList.contains("act")) return;
    const at = Number(row.dataset.at);
    if (opens && cell.classList.contains("key")) return acts.open(table, at);
    const column = table.columns[cell.cellIndex - (isWritable(table) ? 1 : 0)];
    acts.edit(table, at, column, cell, typed);
}

/** @param {KeyboardEvent} event @param {HTMLTableSectionElement} body @param {Table} table @param {TableActs} acts */
function onKey(event, body, table, acts) {
    const target = /** @type {HTMLElement} */ (event.target);
    const cell = target.closest("td");
    const row = cell?.closest("tr");
    if (!cell || !row || target instanceof HTMLTextAreaElement || event.altKey) return;
    const jump = event.ctrlKey || event.metaKey;
    const step = jump ? FAR : 1;
    /** @type {Record<string, [number, number]>} */
    const moves = {
        ArrowDown: [step, 0],
        ArrowUp: [-step, 0],
        ArrowRight: [0, step],
        ArrowLeft: [0, -step],
        PageDown: [15, 0],
        PageUp: [-15, 0],
        Home: [jump ? -FAR : 0, -FAR],
        End: [jump ? FAR : 0, FAR],
    };
    const move = moves[event.key];
    if (move) focusOn(cellAt(body, within(row.sectionRowIndex + move[0], body.rows.length - 1), within(cell.cellIndex + move[1], row.cells.length - 1)));
    else if (target instanceof HTMLButtonElement) return;
    else if (event.key === "Enter" || event.key === "F2") actOn(cell, table, acts, event.key === "Enter");
    else if (event.key === "Delete" && isWritable(table)) acts.remove(table, Number(row.dataset.at));
    else if (event.key.length === 1 && !jump && event.key !== " ") actOn(cell, table, acts, false, event.key);
    else return;
    event.preventDefault();
}

/** @param {number} number @param {number} last @returns {number} the nearest from 0 to that */
function within(number, last) {
    return Math.max(0, Math.min(number, last));
}

/** Focuses a cell, or the button in it.
 * @param {HTMLElement | undefined} cell
 */
export function focusOn(cell) {
    if (!cell) return;
    const inner = cell.querySelector("button");
    (inner ?? cell).focus();
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** Which rows are shown, and the way to the others.
 * @param {Table} table
 * @param {(address: Address) => void} go
 */
export function pagerOf(table, go) {
    const { total, rows, start } = table;
    const all = total ?? rows.length;
    const length = Number(table.address.get("_limit") ?? table.address.get("_per_page") ?? PAGE_LENGTH) || PAGE_LENGTH;
    const page = Math.floor(start / length) + 1;
    const pages = Math.max(Math.ceil(all / length), 1);
    const to = (/** @type {number} */ number, /** @type {string} */ label, /** @type {string} */ sign) =>
        button(sign, () => go(onPage(table.address, number, length)), {
            label: label, title: label, disabled: number < 1 || number > pages || number === page, "data-focus": label,
        });
    const input = h("input", { type: "number", min: 1, max: pages, value: page, label: "Page", "data-focus": "page" });
    on(input, "change", () => go(onPage(table.address, Math.min(Math.max(Math.trunc(input.valueAsNumber) || 1, 1), pages), length)));
    const sizes = [...new Set([...SIZES, length])].sort((a, b) => a - b);
    const select = h("select", { label: "Records a page", "data-focus": "size" }, ...sizes.map((size) =>
        h("option", { value: size, selected: size === length }, size + " a page")));
    on(select, "change", () => go(onPage(table.address, 1, Number(select.value))));
    const shown = rows.length ? count(start + 1) + "–" + count(start + rows.length) + " of " + counted(all, "record") : counted(all, "record");
    return h("nav", { class: "pager", label: "Pages" },
        span("shown", shown),
        to(1, "First page", "«"), to(page - 1, "Previous page", "‹"),
        h("label", {}, input, " / " + count(pages)),
        to(page + 1, "Next page", "›"), to(pages, "Last page", "»"), select);
}

/** @param {Address} address @param {number} page @param {number} length */
function onPage(address, page, length) {
    const bare = address.with(PAGING.filter((name) => name !== "_page" && name !== "_limit").map((name) => [name, undefined]));
    return bare.with([["_page", page > 1 || length !== PAGE_LENGTH ? String(page) : undefined], ["_limit", length !== PAGE_LENGTH ? String(length) : undefined]]);
}
