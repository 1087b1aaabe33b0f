// Elements. Whatever is data goes in as text, so that nothing in it can be markup.

/** @typedef {Node | string | null | undefined | false} Child */

/** Makes an element. Names that begin with `on` are listeners, `label` is short for `aria-label`, a value of `true` is an
 * attribute without one, and what is false or undefined is left out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (typeof value === "function") element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
        else if (value !== false && value !== undefined) element.setAttribute(name === "label" ? "aria-label" : name, value === true ? "" : String(value));
    }
    fill(element, ...children);
    return element;
}

/** A `div` of a class.
 * @param {string} name
 * @param {...Child} children
 */
export function div(name, ...children) {
    return h("div", { class: name }, ...children);
}

/** A `span` of a class.
 * @param {string} name
 * @param {...Child} children
 */
export function span(name, ...children) {
    return h("span", { class: name }, ...children);
}

/** Puts children in the place of those that are there.
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
    element.replaceChildren(...children.filter((child) => child !== null && child !== undefined && child !== false));
}

/** Where the focus is, to find it again after what is there was drawn anew: the name of an element, or the place of a cell. */
export function focused() {
    const element = /** @type {HTMLElement | null} */ (document.activeElement);
    const cell = element?.closest("td");
    return { element, name: element?.dataset.focus, row: cell?.closest("tr")?.sectionRowIndex ?? 0, column: cell?.cellIndex };
}

/** @param {ReturnType<typeof focused>} focus */
export function refocus({ element, name, row, column }) {
    if (element?.isConnected) return;
    if (name !== undefined) return query("[data-focus='" + CSS.escape(name) + "']")?.focus();
    if (column === undefined) return;
    const rows = document.querySelector("tbody")?.rows;
    const cell = rows?.[Math.min(row, rows.length - 1)]?.cells[column];
    (cell?.querySelector("button") ?? cell)?.focus();
}

/** @param {string} selector @returns {HTMLElement | null} */
export function query(selector) {
    return document.querySelector(selector);
}

/** Listens.
 * @template {Event} [Kind=Event]
 * @param {EventTarget} target
 * @param {string} type
 * @param {(event: Kind) => unknown} act
 */
export function on(target, type, act) {
    target.addEventListener(type, /** @type {EventListener} */ (act));
}

/** The element of the document with this id.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
    const element = document.getElementById(id);
    if (!element) throw new Error("no element " + id);
    return element;
}

/** A button.
 * @param {string} text
 * @param {(event: Event) => void} act
 * @param {Record<string, unknown>} [attributes]
 */
export function button(text, act, attributes = {}) {
    return h("button", { type: "button", onclick: act, ...attributes }, text);
}

/** Says something to whoever does not see the page.
 * @param {string} text
 */
export function announce(text) {
    byId("announcer").textContent = text;
}

/** A number as people write it.
 * @param {number} value
 */
export function count(value) {
    return value.toLocaleString("en");
}

/** A number of things.
 * @param {number} value
 * @param {string} noun
 */
export function counted(value, noun) {
    return count(value) + " " + noun + (value === 1 ? "" : "s");
}
