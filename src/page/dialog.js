// Questions that have to be answered before anything else.

import { button, div, h, on } from "./dom.js";
import { session } from "./http.js";

/** Asks; gives the value of the button that was pressed, or "" if the question was put aside.
 * @param {string} title
 * @param {Node[]} body
 * @param {[string, string][]} answers the value and the text of each button, the usual one last
 * @returns {Promise<string>}
 */
export function ask(title, body, answers) {
    return new Promise((resolve) => {
        const opener = document.activeElement;
        const close = (/** @type {string} */ value) => dialog.close(value);
        const buttons = answers.map(([value, text], at) => {
            const isUsual = at === answers.length - 1;
            return isUsual ? h("button", { type: "submit", class: "main", value }, text) : button(text, () => close(value));
        });
        const form = h("form", {}, h("h2", { id: "question" }, title), ...body, div("answers", ...buttons));
        on(form, "submit", (event) => {
            event.preventDefault();
            close(answers[answers.length - 1][0]);
        });
        const dialog = h("dialog", { "aria-labelledby": "question" }, form);
        on(dialog, "close", () => {
            dialog.remove();
            if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
            resolve(dialog.returnValue);
        });
        document.body.append(dialog);
        dialog.showModal();
    });
}

/** Asks for the token, once however many requests wait for it.
 * @type {Promise<string> | undefined}
 */
let asking;

session.ask = (wasWrong) => {
    const input = h("input", { type: "password", name: "token", autocomplete: "current-password", required: true, autofocus: true });
    const words = wasWrong && session.token ? "This token was not accepted." : "The server was started with --token.";
    asking ??= ask("A token is needed", [h("p", {}, words), h("label", {}, "Token ", input)], [["", "Cancel"], ["ok", "Go on"]]).then((answer) => {
        asking = undefined;
        if (!answer) throw new Error("This needs the token.");
        return input.value;
    });
    return asking;
};
