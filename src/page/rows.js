// The records of a collection: reading a page of them, and what is known of its columns and keys.

import { JsonNumber, kindOf, memberOf, parseJson, textOf } from "./json.js";
import { Address } from "./address.js";
import { moves } from "./change.js";
import { OUTLINE, Refusal, send } from "./http.js";

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
 * @property {Json} [value] that of what is read with the whole of an answer, and is no node of the document
 * @property {boolean} isCut whether that is the start of it
 * @property {number} moves how often something was moved before it was read
 * @property {number[]} gone which of its children were deleted since
 */

/** @typedef {import("./json.js").Json} Json */

/** What is at an address: a table, a text, or else the outline has it.
 * @typedef {object} View
 * @property {Address} address
 * @property {Address} asked what was asked for: a page of a table
 * @property {Outline | undefined} outline none where nothing could be read
 * @property {Table} [table]
 * @property {string} [text] an answer that is no JSON
 */

/** A page of records.
 * @typedef {object} Table
 * @property {Address} address
 * @property {Outline} outline that of the collection
 * @property {Map<string, Json>[]} rows
 * @property {boolean} areRecords whether they have members; else each is shown in one column
 * @property {string[]} columns
 * @property {Map<string, Json>[]} sample records of the collection, whatever the filters leave: they say what has which kind
 * @property {number | undefined} total
 * @property {string} text what was asked for, and what came
 * @property {number} start the place of the first one among all, if they are not selected or sorted
 * @property {number[]} gone which of the rows were deleted since
 */

/** The column in which records without members stand. */
export const VALUE = "value";

export const PAGE_LENGTH = 100;

/** The last page without a filter of each collection: where a filter leaves nothing, the columns are known by it.
 * @type {Map<string, Table>}
 */
const samples = new Map();

/** Reads what a node is, and a stretch of its children.
 * @param {Address} address
 * @param {number} [start]
 * @returns {Promise<Outline>}
 */
export async function readOutline(address, start = 0) {
    const asked = new Address(address.path, [["_start", String(start)]]);
    const before = moves.count;
    const { text, type } = await send("GET", asked, { accept: OUTLINE });
    // What is no node of the document is answered in a form of its own (`/_/health`).
    return type.startsWith(OUTLINE) ? outlineOf(parseJson(text), before) : outlineIn("", text);
}

/** Reads what is at an address, whatever that is.
 * @param {Address} address
 * @returns {Promise<View>}
 */
export async function readView(address) {
    const outline = await readOutline(address).catch(listOrValue);
    const isList = outline.collection || outline.kind === "array";
    if (!isList && outline.value === undefined) return { address, asked: address, outline };
    const asked = isList ? paged(address) : address;
    const answer = await send("GET", asked);
    if (!/[/+]json\b/.test(answer.type)) return { address, asked, outline: outlineIn("", answer.type), text: answer.text };
    const json = parseJson(answer.text);
    if (isList && /^(array|object)$/.test(kindOf(json))) return { address, asked, outline, table: await tableIn(address, outline, answer) };
    return { address, asked: address, outline: outlineIn(address.path.at(-1) ?? "", json) };
}

/** What is taken for a node of which the server has no outline: the records that point at another one (`/posts/1/comments`),
 * or a single value, as its JSON will show.
 * @param {unknown} error
 */
function listOrValue(error) {
    if (!(error instanceof Refusal) || error.status !== 406) throw error;
    return { ...outlineOf(null, moves.count), kind: "array" };
}

/** The outline of a JSON value that was read as a whole; a single value is the only child of its own.
 * @param {string} name
 * @param {Json} value
 * @param {boolean} [isChild]
 * @returns {Outline}
 */
export function outlineIn(name, value, isChild) {
    /** @type {[string, Json][]} */
    const parts = value instanceof Map ? [...value] : Array.isArray(value) ? value.map((item, at) => [String(at), item]) : [[name, value]];
    const children = isChild ? [] : parts.map(([own, part]) => outlineIn(own, part, true));
    return { ...outlineOf(null, moves.count), name, kind: kindOf(value), size: parts.length, children, text: textOf(value), value };
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

/** The page of records in an answer.
 * @param {Address} address
 * @param {Outline} outline
 * @param {import("./http.js").Answer} answer
 * @returns {Promise<Table>}
 */
async function tableIn(address, outline, answer) {
    const asked = paged(address);
    let json = parseJson(answer.text);
    let total = answer.total;
    const data = memberOf(json, "data");
    if (Array.isArray(data)) {
        total = Number(textOf(memberOf(json, "items")));
        json = data;
    }
    const list = Array.isArray(json) ? json : [json];
    const all = address.isFiltered() ? await sampleOf(address.unfiltered(), outline) : undefined;
    const areRecords = all && !list.length ? all.areRecords : list.every((item) => item instanceof Map);
    const rows = list.map((item) => (areRecords ? /** @type {Map<string, Json>} */ (item) : new Map([[VALUE, item]])));
    const sample = all?.areRecords === areRecords ? [...all.rows, ...rows] : rows;
    const table = { address, outline, rows, areRecords, columns: columnsOf(sample, areRecords, outline), sample, total, text: [asked, total, answer.text].join("\n"), start: startOf(asked), gone: [] };
    if (!all && rows.length) samples.set(String(address.unfiltered()), table);
    return table;
}

/** A page of a collection without a filter; it is read where none was seen yet, as with a URL that was shared.
 * @param {Address} address
 * @param {Outline} outline
 */
async function sampleOf(address, outline) {
    return samples.get(String(address)) ?? tableIn(address, outline, await send("GET", paged(address)));
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
