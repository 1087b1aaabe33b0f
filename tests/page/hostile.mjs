// Data that would like to be more than data: it is shown as text, and can be edited.

import { api, assert, cell, cells, open, press, story, until } from "./kit.mjs";

const MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>";

await story(async (page) => {
    page.on("dialog", () => assert.fail("a script ran"));
    await open(page, "/odd");
    const names = await page.$$eval("#content thead button", (buttons) => buttons.map((button) => button.firstChild.textContent));
    assert.deepEqual(names, ["id", "__proto__", "no name", "a/b", "a.b", "2024", "constructor", MARKUP]);
    assert.equal((await cells(page))[0][2], MARKUP);
    assert.ok((await cells(page))[0].includes("‮right to left‬ שלום"), "as it is");
    assert.equal((await page.$$("#content img, #content script")).length, 0);

    // Every column of the first record in turn.
    for (let column = 2; column < 9; column += 1) {
        const target = (await page.$$("#content tbody tr:first-child td"))[column];
        await target.click({ count: 2 });
        await page.waitForSelector(".editor textarea");
        await press(page, "Control+a");
        await page.keyboard.type("edited " + column);
        await press(page, "Enter");
        await until(page, (column) => document.querySelectorAll("#content tbody tr:first-child td")[column].textContent === "edited " + column, column);
    }
    const text = await (await fetch(page.url() + "?_format=json")).text();
    for (const [at, name] of ["__proto__", "", "a/b", "a.b", "2024", "constructor"].entries()) assert.ok(text.includes(JSON.stringify(name) + ": \"edited " + (at + 2)), name + ": " + text.slice(0, 600));

    // Records whose keys are paths, nothing, or what browsers take for a step in a path.
    await open(page, "/keys");
    const keys = ["a/b", "..", ".", "", "__proto__", "ü%2F?#&"];
    assert.deepEqual(await cells(page, "id"), keys.map((key) => key || "(empty)"));
    for (const [at, key] of keys.entries()) {
        await (await cell(page, at, "v")).click({ count: 2 });
        await page.waitForSelector(".editor textarea");
        await press(page, "Control+a");
        await page.keyboard.type("new " + at);
        await press(page, "Enter");
        await until(page, (at) => document.querySelectorAll("#content tbody tr")[at].textContent.includes("new " + at), at);
        assert.equal(Object.entries(await api("GET", "/keys"))[at]?.[1].v, "new " + at, JSON.stringify(key));
    }
    for (const at of keys.keys()) {
        await page.locator("#content tbody .act button").click();
        await until(page, (left) => document.querySelectorAll("#content tbody tr").length === left, keys.length - at - 1);
    }
    assert.deepEqual(await api("GET", "/keys"), {});
});

// Cells of 100 kB: the beginning is shown, and all of it is edited.
await story(async (page) => {
    await open(page, "/long");
    assert.ok((await cells(page, "text"))[0].length < 300);
    await (await cell(page, 0, "text")).click({ count: 2 });
    await page.waitForSelector(".editor textarea");
    await press(page, "Control+End");
    await page.keyboard.type("end");
    await press(page, "Enter");
    await until(page, () => !document.querySelector(".editor"));
    const { text } = await api("GET", "/long/1");
    assert.equal(text.length, 100_003);
    assert.ok(text.endsWith("xend"));
});

// 300 columns.
await story(async (page) => {
    await open(page, "/wide");
    await page.waitForSelector("#content thead tr:first-child > :nth-child(301)");
    await (await page.$("#content tbody td[tabindex='0']")).focus();
    await press(page, "End");
    await page.keyboard.type("last");
    await press(page, "Enter");
    await until(page, () => document.querySelector("#content tbody tr").lastChild.textContent === "last");
    assert.equal((await api("GET", "/wide/1")).c299, "last");
});
