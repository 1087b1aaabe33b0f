// Rows out of a spreadsheet and files: shown first, then all of them or none.

import { api, assert, cells, click, open, paste, press, story, until } from "./kit.mjs";

/** Drops a file where a person lets go of it. */
async function drop(page, name, text) {
    await page.evaluate((name, text) => {
        const data = new DataTransfer();
        data.items.add(new File([text], name));
        for (const type of ["dragover", "drop"]) document.querySelector("#content").dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data }));
    }, name, text);
    await page.waitForSelector("dialog[open]");
}

const lines = Array.from({ length: 200 }, (_, at) => "name " + at + "\t" + (at % 2 ? "city, " + at : '"two\nlines ""' + at + '"""'));

await story(async (page) => {
    await open(page, "/people");
    // With the mouse: names in the first row.
    await page.locator("#content tbody td:last-child").click();
    await paste(page, "name\tcity\n" + lines.join("\n") + "\n");
    await page.waitForSelector("dialog[open]");
    assert.equal((await page.$$("dialog tbody tr")).length, 20);
    await click(page, "Add 200 records");
    await until(page, () => document.querySelector(".shown").textContent.endsWith("of 201 records"));
    const people = await api("GET", "/people");
    assert.deepEqual(people.slice(1, 3).map(({ name, city }) => [name, city]), [["name 0", 'two\nlines "0"'], ["name 1", "city, 1"]]);
    const posts = (await api("GET", "/_/requests")).filter((exchange) => exchange.received.text?.startsWith("POST "));
    assert.equal(posts.length, 1, "one POST for all");

    // A row that is there already: nothing is added, and the rows are not lost.
    await drop(page, "more.csv", "id;name\n900;x\n1;taken\n");
    await click(page, "Add 2 records");
    await until(page, () => document.querySelector(".problem")?.textContent.includes("1"));
    assert.equal((await api("GET", "/people")).length, 201);
    await click(page, "Cancel");

    await drop(page, "more.json", '[{"name": "from JSON", "n": 12345678901234567890, "deep": {"a": [1.0]}}]');
    await click(page, "Add 1 record");
    await until(page, () => document.querySelector(".shown").textContent.endsWith("of 202 records"));
    const text = await (await fetch(page.url() + "?name=from+JSON&_format=json")).text();
    assert.match(text, /12345678901234567890/);
    assert.match(text, /\[1\.0\]/);
}, { allowed: ["409"] });

// With the keyboard alone, into a CSV file whose cells stay text; no names in the first row.
await story(async (page) => {
    await open(page, "/codes");
    await press(page, "Tab");
    await paste(page, "007\tbond\n008\t\n");
    await page.waitForSelector("dialog[open]");
    await press(page, "Enter");
    await until(page, () => document.querySelector(".shown").textContent.endsWith("of 3 records"));
    assert.deepEqual((await cells(page)).map((row) => row.slice(1)), [["001", "first"], ["007", "bond"], ["008", ""]]);
});
