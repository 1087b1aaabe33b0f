// The records of a collection: reading a page of them, and what is known of its columns and keys.

import { JsonNumber, parseJson } from "./json.js";
import { Address } from "./address.js";
import { OUTLINE, send } from "./http.js";

/** What a node is.
 * @typedef {object} Outline
 * @property {string} kind
 * @property {boolean} collection
 * @property {number} size
 * @property {string[]} allow
 * @property {string} key the member that holds the key of a record
 * @property {string[]} columns those of a table
 * @property {Child_[]} children
 */

/** @typedef {{name: string, kind: string, collection: boolean, size: number, text: string, isCut: boolean}} Child_ */

/** @typedef {import("./json.js").Json} Json */

/** A page of records.
 * @typedef {object} Rows
 * @property {Map<string, Json>[]} rows
 * @property {boolean} areRecords whether they have members; else each is shown in one column
 * @property {string[]} columns
 * @property {number | undefined} total
 * @property {string} text as it came
 * @property {number} start the place of the first one among all, if they are not selected or sorted
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
    return outlineOf(parseJson((await send("GET", asked, { accept: OUTLINE })).text));
}

/** @param {Json} json @returns {Outline} */
function outlineOf(json) {
    const map = json instanceof Map ? json : new Map();
    /** @param {string} name @returns {Json[]} */
    const list = (name) => /** @type {Json[]} */ (map.get(name) ?? []);
    const { kind, collection, size } = describedIn(map);
    return {
        kind,
        collection,
        size,
        allow: String(map.get("allow") ?? "").split(", "),
        key: String(map.get("key") ?? "id"),
        columns: list("columns").map(String),
        children: list("children").map((child) => describedIn(/** @type {Map<string, Json>} */ (child))),
    };
}

/** @param {Map<string, Json>} map @returns {Child_} */
function describedIn(map) {
    const size = map.get("size");
    const value = map.get("value");
    const isCut = map.has("start");
    return {
        name: String(map.get("name") ?? ""),
        kind: String(map.get("kind") ?? ""),
        collection: map.get("collection") === true,
        size: size instanceof JsonNumber ? Number(size.text) : 0,
        text: isCut ? String(map.get("start")) : value instanceof JsonNumber ? value.text : String(value ?? ""),
        isCut,
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
 * @returns {Promise<Rows>}
 */
export async function readRows(address, outline) {
    const answer = await send("GET", address);
    let json = parseJson(answer.text);
    let total = answer.total;
    if (json instanceof Map && Array.isArray(json.get("data"))) {
        total = Number(textIn(json, "items"));
        json = /** @type {Json[]} */ (json.get("data"));
    }
    const list = Array.isArray(json) ? json : [json];
    const areRecords = list.every((item) => item instanceof Map);
    const rows = list.map((item) => (areRecords ? /** @type {Map<string, Json>} */ (item) : new Map([[VALUE, item]])));
    return { rows, areRecords, columns: columnsOf(rows, areRecords, outline), total, text: answer.text, start: startOf(address) };
}

/** @param {Map<string, Json>} map @param {string} name */
function textIn(map, name) {
    const value = map.get(name);
    return value instanceof JsonNumber ? value.text : String(value ?? "");
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

/** The key of a record as a name in a path; undefined if it has none by which it could be found.
 * @param {Rows} rows
 * @param {number} at
 * @param {Outline} outline
 * @param {Address} address
 */
export function keyOf(rows, at, outline, address) {
    const key = rows.areRecords ? rows.rows[at].get(outline.key) : undefined;
    if (typeof key === "string") return key;
    if (key instanceof JsonNumber) return key.text;
    // By its place, which is known only where all stand in the order of the file.
    return address.unpaged().parameters.length ? undefined : String(rows.start + at);
}
