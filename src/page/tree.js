// What is no collection, as a tree whose branches are read when they are opened.

import { button, count, counted, div, fill, h, on, span } from "./dom.js";
import { outlineIn, readOutline } from "./rows.js";

/** @typedef {import("./address.js").Address} Address */
/** @typedef {import("./rows.js").Outline} Outline */

/** What a tree can be asked to do.
 * @typedef {object} TreeActs
 * @property {(address: Address) => void} go
 * @property {(address: Address, child: Outline, place: HTMLElement) => void} edit
 * @property {(address: Address, parent: Outline, place: number) => void} remove
 * @property {(address: Address) => void} add
 * @property {(error: unknown) => void} fail
 */

/** The children of a node.
 * @param {Address} address
 * @param {Outline} outline
 * @param {TreeActs} acts
 * @param {number} [start]
 * @returns {HTMLElement}
 */
export function treeOf(address, outline, acts, start = 0) {
    const list = h("ul", { class: "tree" });
    list.append(...outline.children.map((child, at) => branchOf(address.child(child.name), child, outline, start + at, acts)));
    const next = start + outline.children.length;
    if (next < outline.size) {
        const more = h("li", {}, button("Show more (" + count(outline.size - next) + " left)", async () => {
            try {
                more.replaceWith(...treeOf(address, await readOutline(address, next), acts, next).childNodes);
            } catch (error) {
                acts.fail(error);
            }
        }));
        list.append(more);
    }
    return list;
}

/** @param {Address} address @param {Outline} child @param {Outline} parent @param {number} place @param {TreeActs} acts */
function branchOf(address, child, parent, place, acts) {
    const name = h("span", { class: "name", dir: "auto" }, child.name === "" ? h("em", {}, "no name") : child.name);
    const isBranch = /^(object|array|table|row)$/.test(child.kind);
    const item = h("li", {});
    const isFree = parent.allow.includes("PATCH");
    const remove = isFree && !child.collection && button("✕", () => acts.remove(address, parent, place), { class: "quiet", label: "Delete " + child.name, title: "Delete" });
    if (!isBranch) {
        const value = h("span", { class: "value " + child.kind, dir: child.kind === "string" ? "auto" : undefined }, child.text + (child.isCut ? "…" : ""));
        const edit = parent.allow.includes("PATCH") && button("Edit", () => acts.edit(address, child, item), { class: "quiet", label: "Edit " + child.name });
        fill(item, div("leaf", name, value, edit, remove));
        if (edit) on(value, "dblclick", () => acts.edit(address, child, item));
        return item;
    }
    const size = child.collection ? counted(child.size, "record") : counted(child.size, child.kind === "array" ? "element" : "member");
    /** @type {HTMLElement} */
    const open = button("", () => toggle(item, open, address, child, acts), { class: "twist", "aria-expanded": "false" });
    fill(open, h("span", { class: "mark", "aria-hidden": "true" }, "▸"), name, span("size", size));
    // A part of an answer that is no node of the document has no address.
    const goes = child.value === undefined && button(child.collection ? "Table" : "Open", () => acts.go(address), { class: "quiet", label: (child.collection ? "Table of " : "Open ") + child.name });
    fill(item, div("leaf", open, goes, remove));
    return item;
}

/** Opens or closes a branch.
 * @param {HTMLElement} item
 * @param {HTMLElement} control
 * @param {Address} address
 * @param {Outline} child
 * @param {TreeActs} acts
 */
async function toggle(item, control, address, child, acts) {
    const isOpen = control.getAttribute("aria-expanded") === "true";
    control.setAttribute("aria-expanded", String(!isOpen));
    item.querySelector(":scope > ul")?.remove();
    if (isOpen) return;
    try {
        const outline = child.value === undefined ? await readOutline(address) : outlineIn(child.name, child.value);
        if (outline.size === 0) item.append(h("ul", { class: "tree" }, h("li", { class: "none" }, "nothing in it")));
        else item.append(treeOf(address, outline, acts));
    } catch (error) {
        control.setAttribute("aria-expanded", "false");
        acts.fail(error);
    }
}
