// The records of a collection: reading a page of them, and what is known of its columns and keys.

import { JsonNumber, memberOf, parseJson, textOf } from "./json.js";
import { Address } from "./address.js";
import { moves } from "./change.js";
import { OUTLINE, send } from "./http.js";

/** What a node is.
 * @typedef {object} Outline
 * @property {string} name that of a child
 * @property {string} kind
 * @property {boolean} collection
 * @property {number} size
 * @property {string} allow the methods that it takes
 * @property {string} key the member that holds the key of a record
 * @property {string[]} columns those of a table
 * @property {Outline[]} children
 * @property {string} text that of a child without children
 * @property {boolean} isCut whether that is the start of it
 * @property {number} moves how often something was moved before it was read
 * @property {number[]} gone which of its children were deleted since
 */

/** @typedef {import("./json.js").Json} Json */

/** A page of records.
 * @typedef {object} Table
 * @property {Address} address
 * @property {Outline} outline that of the collection
 * @property {Map<string, Json>[]} rows
 * @property {boolean} areRecords whether they have members; else each is shown in one column
 * @property {string[]} columns
 * @property {number | undefined} total
 * @property {string} text what was asked for, and what came
 * @property {number} start the place of the first one among all, if they are not selected or sorted
 * @property {number[]} gone which of the rows were deleted since
 */

/** The column in which records without members stand. */
export const VALUE = "value";

export const PAGE_LENGTH = 100;

/** Reads what a node is, and a stretch of its children.
 * @param {Address} address
 * @param {number} [start]
 * @returns {Promise<Outline>}
 */
export async function readOutline(address, start = 0) {
    const asked = new Address(address.path, [["_start", String(start)]]);
    const before = moves.count;
    return outlineOf(parseJson((await send("GET", asked, { accept: OUTLINE })).text), before);
}

/** What is said of a node; of a child it is less.
 * @param {Json} json
 * @param {number} before how often something was moved before it was read
 * @returns {Outline}
 */
export function outlineOf(json, before) {
    const text = (/** @type {string} */ name) => textOf(memberOf(json, name));
    /** @param {string} name @returns {any[]} */
    const list = (name) => /** @type {Json[]} */ (memberOf(json, name) ?? []);
    return {
        name: text("name"),
        kind: text("kind"),
        collection: text("collection") === "true",
        size: Number(text("size")),
        allow: text("allow"),
        key: text("key") || "id",
        columns: list("columns"),
        children: list("children").map((child) => outlineOf(child, before)),
        text: text("start") || text("value"),
        isCut: text("start") !== "",
        moves: before,
        gone: [],
    };
}

/** The address with the usual page, where it names none.
 * @param {Address} address
 */
export function paged(address) {
    if (address.get("_per_page") || address.get("_limit") || address.get("_end")) return address;
    return address.with([["_page", address.get("_page") ?? "1"], ["_limit", String(PAGE_LENGTH)]]);
}

/** Reads a page of records.
 * @param {Address} address
 * @param {Outline} outline
 * @returns {Promise<Table>}
 */
export async function readRows(address, outline) {
    const asked = paged(address);
    const answer = await send("GET", asked);
    let json = parseJson(answer.text);
    let total = answer.total;
    const data = memberOf(json, "data");
    if (Array.isArray(data)) {
        total = Number(textOf(memberOf(json, "items")));
        json = data;
    }
    const list = Array.isArray(json) ? json : [json];
    const areRecords = list.every((item) => item instanceof Map);
    const rows = list.map((item) => (areRecords ? /** @type {Map<string, Json>} */ (item) : new Map([[VALUE, item]])));
    return { address, outline, rows, areRecords, columns: columnsOf(rows, areRecords, outline), total, text: [asked, total, answer.text].join("\n"), start: startOf(asked), gone: [] };
}

/** The columns in their order, that of the keys first.
 * @param {Map<string, Json>[]} rows
 * @param {boolean} areRecords
 * @param {Outline} outline
 */
function columnsOf(rows, areRecords, outline) {
    const names = new Set(outline.columns);
    if (!names.size && rows.some((row) => row.has(outline.key))) names.add(outline.key);
    for (const row of rows) for (const name of row.keys()) names.add(name);
    if (!names.size) names.add(areRecords ? outline.key : VALUE);
    return [...names];
}

/** @param {Address} address */
function startOf(address) {
    const number = (/** @type {string} */ name) => Number(address.get(name) ?? 0);
    return number("_start") || Math.max(number("_page") - 1, 0) * (number("_limit") || number("_per_page") || 10);
}

/** Where a child or a row stands now that others were deleted.
 * @param {{gone: number[]}} shown
 * @param {number} at where it stood when they were read
 */
export function placeAmong(shown, at) {
    return at - shown.gone.filter((other) => other < at).length;
}

/** Where a record stands among all, if they are not selected or sorted: what was deleted above it has moved it.
 * @param {Table} table
 * @param {number} at
 */
export function placeOf(table, at) {
    return table.start + placeAmong(table, at);
}

/** The key of a record as a name in a path; undefined if it has none by which it could be found.
 * @param {Table} table
 * @param {number} at
 */
export function keyOf(table, at) {
    const key = table.areRecords ? table.rows[at].get(table.outline.key) : undefined;
    if (typeof key === "string" || key instanceof JsonNumber) return textOf(key);
    // By its place, which is known only where all stand in the order of the file.
    return table.address.unpaged().parameters.length ? undefined : String(placeOf(table, at));
}

/** Where a record is, if that is known.
 * @param {Table} table
 * @param {number} at
 */
export function recordOf(table, at) {
    const key = keyOf(table, at);
    return key === undefined ? undefined : table.address.bare().child(key);
}
