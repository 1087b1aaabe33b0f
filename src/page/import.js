// Records out of a spreadsheet or a file: read, shown, and then sent with one POST, all or nothing.

import { parseJson, printJson, textOf } from "./json.js";
import { counted, fill, h, on } from "./dom.js";
import { ask } from "./dialog.js";
import { messageOf, send } from "./http.js";
import { kindsOf, meant } from "./edit.js";

/** @typedef {import("./types.js").Json} Json */
/** @typedef {import("./rows.js").Table} Table */

/** So many records are shown before they are sent. */
const SHOWN = 20;

/** What was given: records, or rows whose columns have to be found.
 * @typedef {{records: Map<string, Json>[]} | {cells: string[][]}} Given
 */

/** Rows and cells of a text (RFC 4180, with tabs or other separators).
 * @param {string} text
 * @returns {string[][]}
 */
export function cellsOf(text) {
    const first = text.slice(0, text.search(/[\r\n]|$/));
    const separator = ["\t", ",", ";", "|"].reduce((best, mark) => (first.split(mark).length > first.split(best).length ? mark : best), "\t");
    const cell = new RegExp('(?:"((?:[^"]|"")*)"|([^' + separator + '\r\n]*))(' + (separator === "|" ? "\\|" : separator) + "|\r\n|\r|\n|$)", "y");
    /** @type {string[][]} */
    const rows = [[]];
    const end = text.replace(/^\ufeff/, "").replace(/(\r\n|\r|\n)$/, "");
    for (let at = 0; at <= end.length; at = cell.lastIndex) {
        cell.lastIndex = at;
        const found = cell.exec(end);
        if (!found) throw new Error("Row " + rows.length + ": a quote is not closed.");
        rows[rows.length - 1].push(found[1] === undefined ? found[2] : found[1].replaceAll('""', '"'));
        if (found[3] === "") break;
        if (found[3] !== separator) rows.push([]);
    }
    return rows;
}

/** What a text holds.
 * @param {string} text
 * @param {string} [name] that of the file
 * @returns {Given}
 */
export function read(text, name = "") {
    const isLines = /\.(ndjson|jsonl)$/i.test(name);
    if (isLines || /\.json$/i.test(name) || (name === "" && /^\s*[[{]/.test(text))) {
        const json = isLines ? text.split("\n").filter((line) => line.trim()).map(parseJson) : parseJson(text);
        const list = Array.isArray(json) ? json : [json];
        return { records: list.map((item) => (item instanceof Map ? item : new Map([["value", item]]))) };
    }
    return { cells: cellsOf(text) };
}

/** Shows what would be added and adds it, if that is wanted.
 * @param {Table} table
 * @param {Given} given
 * @returns {Promise<number>} how many records were added
 */
export async function bringIn(table, given) {
    const { columns, areRecords, sample } = table;
    const kinds = kindsOf(sample);
    const cells = "cells" in given ? given.cells : undefined;
    const named = h("input", { type: "checkbox" });
    named.checked = cells !== undefined && cells.length > 1 && (!sample.length || cells[0].some((cell) => columns.includes(cell)));
    const preview = h("div", { class: "preview", tabindex: "0", role: "region", label: "What would be added" });
    const total = h("p", {});
    const problem = h("p", { class: "problem", role: "alert" });
    /** @type {Map<string, Json>[]} */
    let records = [];
    const update = () => {
        records = "records" in given ? given.records : recordsOf(given.cells, named.checked, columns, table.outline.key, kinds);
        const names = [...new Set(records.flatMap((record) => [...record.keys()]))];
        const line = (/** @type {Map<string, Json>} */ record) => h("tr", {}, ...names.map((name) => h("td", { dir: "auto" }, textOf(record.get(name)).slice(0, 200))));
        fill(preview, h("table", {}, h("thead", {}, h("tr", {}, ...names.map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, ...records.slice(0, SHOWN).map(line))));
        const strange = areRecords && sample.length ? names.filter((name) => !columns.includes(name)) : [];
        fill(total, counted(records.length, "record") + (records.length > SHOWN ? ", of which these are the first " + SHOWN : "") + ". All of them are added, or none.",
            strange.length > 0 && h("strong", {}, " New here: " + strange.join(", ") + "."));
    };
    on(named, "change", update);
    update();
    for (;;) {
        const choice = cells ? h("label", { class: "line" }, named, " The first row holds the names") : null;
        const body = [total, choice, preview, problem].filter((part) => part !== null);
        if ((await ask("Add records", body, [["", "Cancel"], ["ok", "Add " + counted(records.length, "record")]])) !== "ok") return 0;
        try {
            await send("POST", table.address.bare(), { body: bodyOf(table, records) });
            return records.length;
        } catch (error) {
            fill(problem, messageOf(error));
        }
    }
}

/** @param {string[][]} cells @param {boolean} isNamed @param {string[]} columns @param {string} key @param {Map<string, string>} kinds */
function recordsOf(cells, isNamed, columns, key, kinds) {
    const width = cells[0]?.length ?? 0;
    // Rows as wide as the table but for one have no keys yet.
    const own = width === columns.length - 1 ? columns.filter((name) => name !== key) : columns;
    const names = isNamed ? cells[0] : cells[0].map((_, at) => own[at] ?? "column" + (at + 1));
    return cells.slice(isNamed ? 1 : 0).map((row) => {
        /** @type {Map<string, Json>} */
        const record = new Map();
        row.forEach((cell, at) => {
            if (cell !== "" && at < names.length) record.set(names[at], meant(cell, kinds.get(names[at])));
        });
        return record;
    });
}

/** The records as the collection takes them.
 * @param {Table} table
 * @param {Map<string, Json>[]} records
 */
function bodyOf(table, records) {
    if (table.outline.kind !== "object") return printJson(table.areRecords ? records : records.map((record) => [...record.values()][0] ?? null));
    const { key } = table.outline;
    return printJson(new Map(records.map((record) => {
        const name = textOf(record.get(key));
        if (name === "") throw new Error("A record has no “" + key + "”, which is its key here.");
        return [name, new Map([...record].filter(([member]) => member !== key))];
    })));
}
