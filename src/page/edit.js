// Editing a value where it stands; what somebody else has changed meanwhile is shown beside it.

import { isSameJson, kindOf, parseJson, textOf } from "./json.js";
import { div, fill, h, on } from "./dom.js";
import { ask } from "./dialog.js";
import { Refusal, messageOf } from "./http.js";

/** @typedef {import("./types.js").Json} Json */
/** @typedef {import("./change.js").Seen} Seen */

/** What is edited.
 * @typedef {object} Edited
 * @property {() => Promise<Seen>} see reads it anew
 * @property {Json | undefined} value what is shown
 * @property {boolean} isText a cell, which holds nothing but text
 * @property {string} label
 * @property {(seen: Seen, value: Json | undefined) => Promise<unknown>} write
 * @property {(isChanged: boolean) => void} done
 */

/** Opens an editor in the place of what is shown there.
 * @param {HTMLElement} place
 * @param {Edited} edited
 * @param {string} [typed] what to begin with
 */
export function openEditor(place, edited, typed) {
    const before = [...place.childNodes];
    let shown = edited.value;
    const asText = edited.isText || typeof shown === "string" || shown === undefined;
    const area = h("textarea", { rows: 1, label: edited.label, spellcheck: "false", dir: "auto" });
    area.value = typed ?? textOf(shown);
    const note = h("span", { class: "note", role: "alert" });
    const kind = h("select", { label: "Kind of value" }, h("option", { selected: asText }, "text"), h("option", { selected: !asText }, "JSON"));
    const box = div("editor", area, !edited.isText && kind, note);
    let isOver = false;
    const reading = edited.see();
    reading.then(({ value: fresh }) => {
        if (isSameJson(fresh, shown) || area.value !== (typed ?? textOf(shown)) || typed !== undefined) return;
        shown = fresh;
        area.value = textOf(fresh);
    }).catch(() => {});
    const close = (/** @type {boolean} */ isChanged) => {
        if (isOver) return;
        isOver = true;
        fill(place, ...before);
        place.classList.remove("editing");
        edited.done(isChanged);
    };
    const commit = async () => {
        if (isOver || area.readOnly) return;
        let value;
        try {
            value = kind.value === "text" ? area.value : area.value.trim() === "" ? undefined : parseJson(area.value);
        } catch (error) {
            area.setAttribute("aria-invalid", "true");
            fill(note, messageOf(error) + " A word stands in quotes, or is of the kind “text”.");
            area.focus();
            return;
        }
        if (isSameJson(value, shown) || (value === "" && shown === undefined)) return close(false);
        area.readOnly = true;
        try {
            await save(await reading, shown, value, edited);
            close(true);
        } catch (error) {
            area.readOnly = false;
            fill(note, messageOf(error));
        }
    };
    on(box, "keydown", (/** @type {KeyboardEvent} */ event) => {
        event.stopPropagation();
        if (event.key === "Escape") close(false);
        else if (event.key === "Enter" && event.target === area && !event.shiftKey && !event.altKey && !event.isComposing) commit();
        else return;
        event.preventDefault();
    });
    on(box, "focusout", (/** @type {FocusEvent} */ event) => {
        if (document.hasFocus() && !box.contains(/** @type {Node | null} */ (event.relatedTarget))) commit();
    });
    fill(place, box);
    place.classList.add("editing");
    area.focus();
    if (typed === undefined) area.select();
}

/** Writes a value over the one that is shown; where another one is there by now, a person says which of them stays.
 * @param {Seen} seen
 * @param {Json | undefined} shown
 * @param {Json | undefined} value
 * @param {Edited} edited
 */
async function save(seen, shown, value, edited) {
    for (let current = seen; ; current = await edited.see()) {
        const theirs = current.value;
        if (!isSameJson(theirs, shown)) {
            if (isSameJson(theirs, value)) return;
            const sides = div("sides", side("Yours", value), side("Theirs", theirs));
            const words = h("p", {}, "While you were editing “" + edited.label + "”, somebody else changed it.");
            const answer = await ask("Changed meanwhile", [words, sides], [["mine", "Write mine"], ["theirs", "Keep theirs"]]);
            if (answer !== "mine") return;
            shown = theirs;
        }
        try {
            await edited.write(current, value);
            return;
        } catch (error) {
            // Something of the record was changed since it was read, this value or another one.
            if (!(error instanceof Refusal) || error.status !== 412) throw error;
        }
    }
}

/** @param {string} title @param {Json | undefined} value */
function side(title, value) {
    return h("section", {}, h("h3", {}, title), h("pre", { dir: "auto", tabindex: "0", label: title }, value === undefined ? "(removed)" : textOf(value)));
}

/** What somebody means who types this where values of that kind stand.
 * @param {string} text
 * @param {string | undefined} kind
 * @returns {Json}
 */
export function meant(text, kind) {
    if (kind === "string" || kind === undefined || kind === "missing") return text;
    try {
        const value = parseJson(text);
        return kindOf(value) === kind || kind === "any" || value === null ? value : text;
    } catch {
        return text;
    }
}

/** The kind of the values of each column, where they are of one kind.
 * @param {Map<string, Json>[]} rows
 */
export function kindsOf(rows) {
    /** @type {Map<string, string>} */
    const kinds = new Map();
    for (const row of rows) {
        for (const [name, value] of row) {
            const kind = kindOf(value);
            if (kind !== "null") kinds.set(name, (kinds.get(name) ?? kind) === kind ? kind : "string");
        }
    }
    return kinds;
}

/** Asks for the value of each column, or for a whole value where there are no columns.
 * @param {string} title
 * @param {string[]} columns
 * @param {Map<string, string>} kinds
 * @param {string | undefined} keyHint what is said of the key
 * @param {(record: Map<string, Json>) => Promise<unknown>} save where it is refused, what was typed is asked again
 * @returns {Promise<boolean>} whether it was saved
 */
export async function askRecord(title, columns, kinds, keyHint, save) {
    const inputs = columns.map((name, at) => h("textarea", { rows: 1, autofocus: at === 0, placeholder: at === 0 && keyHint, "data-name": name }));
    const rows = columns.map((name, at) => h("label", {}, h("span", {}, name || "(no name)"), inputs[at]));
    for (const input of inputs) {
        on(input, "keydown", (/** @type {KeyboardEvent} */ event) => {
            if (event.key !== "Enter" || event.shiftKey) return;
            event.preventDefault();
            input.form?.requestSubmit();
        });
    }
    const problem = h("p", { class: "problem", role: "alert" });
    while (await ask(title, [div("fields", ...rows), problem], [["", "Cancel"], ["ok", "Add"]])) {
        const given = inputs.map((input, at) => /** @type {const} */ ([columns[at], input.value])).filter(([, text]) => text !== "");
        try {
            await save(new Map(given.map(([name, text]) => [name, meant(text, kinds.get(name))])));
            return true;
        } catch (error) {
            fill(problem, messageOf(error));
        }
    }
    return false;
}
