// Edit a cell, meet what somebody else has written, delete and undo, add: with the mouse, then with the keyboard alone.

import { api, assert, cell, cells, click, open, press, story, tabTo, until, waitForColumn } from "./kit.mjs";

const titles = () => api("GET", "/posts").then((posts) => posts.map((post) => post.title));

await story(async (page) => {
    await open(page, "/posts");
    await (await cell(page, 0, "title")).click({ count: 2 });
    await page.waitForSelector(".editor textarea");
    await press(page, "Control+a");
    await page.keyboard.type("second draft");
    await page.locator("#tools h2").click();
    await waitForColumn(page, "title", ["second draft", "b", "c"]);
    assert.deepEqual(await titles(), ["second draft", "b", "c"]);
    assert.ok(await page.$(".changed"), "what has changed is marked");

    // What was read is not what is there any more: both are shown, and a person decides.
    for (const [choice, expected] of [["Keep theirs", "theirs"], ["Write mine", "mine"]]) {
        await until(page, () => !document.querySelector(".editor"));
        await (await cell(page, 1, "title")).click({ count: 2 });
        await page.waitForSelector(".editor textarea");
        await page.waitForNetworkIdle({ idleTime: 100, concurrency: 1 });
        await api("PATCH", "/posts/2", { title: "theirs" });
        await press(page, "Control+a");
        await page.keyboard.type("mine");
        await press(page, "Enter");
        await page.waitForSelector("dialog[open]");
        assert.deepEqual(await page.$$eval(".sides pre", (sides) => sides.map((side) => side.textContent)), ["mine", "theirs"]);
        await click(page, choice);
        await until(page, (expected) => document.querySelectorAll("#content tbody tr")[1].textContent.includes(expected), expected);
        assert.equal((await titles())[1], expected);
        if (expected === "theirs") await api("PATCH", "/posts/2", { title: "b" });
        await waitForColumn(page, "title", ["second draft", expected === "theirs" ? "b" : "mine", "c"]);
    }

    // Another member of the record was changed: nothing is in the way.
    await (await cell(page, 2, "title")).click({ count: 2 });
    await page.waitForSelector(".editor textarea");
    await page.waitForNetworkIdle({ idleTime: 100, concurrency: 1 });
    await api("PATCH", "/posts/3", { views: 99 });
    await press(page, "Control+a");
    await page.keyboard.type("new c");
    await press(page, "Enter");
    await waitForColumn(page, "title", ["second draft", "mine", "new c"]);
    assert.equal((await api("GET", "/posts/3")).views, 99);

    await click(page, "Delete 2");
    await waitForColumn(page, "id", ["1", "3"]);
    assert.equal((await api("GET", "/posts")).length, 2);
    await click(page, "Undo");
    await waitForColumn(page, "id", ["1", "2", "3"]);
    assert.deepEqual(await titles(), ["second draft", "mine", "new c"], "it is where it was");

    // Whatever was deleted comes back, the last one first, and each where it was.
    await click(page, "Delete 1");
    await waitForColumn(page, "id", ["2", "3"]);
    await click(page, "Delete 2");
    await waitForColumn(page, "id", ["3"]);
    await click(page, "Undo");
    await waitForColumn(page, "id", ["2", "3"]);
    await until(page, () => document.querySelector("#toast").textContent.includes("“1” is still deleted"));
    await click(page, "Undo");
    await waitForColumn(page, "id", ["1", "2", "3"]);
    await until(page, () => !document.querySelector("#toast").textContent.includes("Undo"));
    assert.deepEqual(await titles(), ["second draft", "mine", "new c"]);

    // What is known by its place only is the one that was meant, also where one above it was deleted a moment before.
    await api("PUT", "/words", ["a", "b", "c", "d"]);
    await open(page, "/words");
    await page.evaluate(() => {
        for (const name of ["Delete 1", "Delete 2", "Delete 2"]) document.querySelector("[aria-label='" + name + "']").click();
    });
    await waitForColumn(page, "value", ["a", "d"]);
    await click(page, "Undo");
    await waitForColumn(page, "value", ["a", "c", "d"]);
    await click(page, "Undo");
    await waitForColumn(page, "value", ["a", "b", "c", "d"]);
    // What was given back a moment ago has moved the others: nothing is deleted in the place of what was meant.
    await click(page, "Delete 1");
    await waitForColumn(page, "value", ["a", "c", "d"]);
    await page.evaluate(() => {
        document.querySelector("#toast [aria-keyshortcuts]").click();
        document.querySelector("[aria-label='Delete 2']").click();
    });
    await until(page, () => document.querySelector("#toast").textContent.includes("has just changed"));
    assert.deepEqual(await api("GET", "/words"), ["a", "b", "c", "d"]);
    await waitForColumn(page, "value", ["a", "b", "c", "d"]);
    await click(page, "Delete 2");
    await waitForColumn(page, "value", ["a", "b", "d"]);
    await api("DELETE", "/words");

    // So it is in a tree.
    await api("PUT", "/nest", { inner: ["a", "b", "c", "d"] });
    const shown = () => page.$$eval(".tree .tree .value", (values) => values.map((value) => value.textContent));
    await open(page, "/#/nest");
    await page.locator(".twist").click();
    await until(page, () => document.querySelectorAll(".tree .tree .value").length === 4);
    await page.evaluate(() => {
        for (const name of ["Delete 1", "Delete 2", "Delete 2"]) document.querySelector("[aria-label='" + name + "']").click();
    });
    await until(page, () => document.querySelector("#toast").textContent.includes("Deleted “1”"));
    await page.waitForNetworkIdle({ idleTime: 200, concurrency: 1 });
    assert.deepEqual((await api("GET", "/nest")).inner, ["a", "d"]);
    await api("DELETE", "/nest");
    await open(page, "/posts");

    await click(page, "Add", "#tools");
    await page.locator("dialog textarea[data-name=title]").click();
    await page.keyboard.type("added");
    await page.locator("dialog textarea[data-name=views]").click();
    await page.keyboard.type("7.0");
    await click(page, "Add", "dialog");
    await waitForColumn(page, "id", ["1", "2", "3", "4"]);
    const text = await (await fetch(page.url() + "/4", { headers: { Accept: "application/json" } })).text();
    assert.match(text, /"views": ?7\.0/);

    // What is refused stays as it was typed, and says why.
    await click(page, "Add", "#tools");
    await page.locator("dialog textarea[data-name=id]").click();
    await page.keyboard.type("4");
    await page.locator("dialog textarea[data-name=title]").click();
    await page.keyboard.type("typed with care");
    await click(page, "Add", "dialog");
    await until(page, () => document.querySelector("dialog[open] .problem")?.textContent);
    assert.equal(await page.$eval("dialog textarea[data-name=title]", (area) => area.value), "typed with care");
    await page.locator("dialog textarea[data-name=id]").click({ count: 3 });
    await page.keyboard.type("5");
    await click(page, "Add", "dialog");
    await waitForColumn(page, "id", ["1", "2", "3", "4", "5"]);
    await api("DELETE", "/posts/5");
}, { allowed: ["409", "412"] });

// With the keyboard alone.
await story(async (page) => {
    await open(page, "/posts");
    await tabTo(page, "#content tbody td");
    await press(page, "ArrowRight");
    await page.keyboard.type("typed over");
    await press(page, "Enter");
    await until(page, () => document.querySelector("#content tbody tr").textContent.includes("typed over"));
    assert.equal((await titles())[0], "typed over");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "typed over", "the focus is where it was");
    await press(page, "F2");
    await page.keyboard.type("not kept");
    await press(page, "Escape", "ArrowDown");
    assert.equal((await titles())[0], "typed over");
    // A number stays one, and what is no JSON is said.
    await press(page, "ArrowRight", "Enter");
    await page.waitForSelector(".editor");
    await press(page, "Control+a");
    await page.keyboard.type("1.5x");
    await press(page, "Enter");
    await page.waitForSelector("[aria-invalid=true]");
    assert.equal(await page.$eval("#toast", (toast) => toast.textContent), "", "it is said once, where it was typed");
    assert.match(await page.$eval(".editor .note", (note) => note.textContent), /^This is not JSON, .*line 1 column 4\. A word stands in quotes/);
    await press(page, "Backspace", "Enter");
    await until(page, () => document.querySelectorAll("#content tbody tr")[1].textContent.includes("1.5"));
    assert.equal((await api("GET", "/posts/2")).views, 1.5);

    // The other one wrote first.
    await press(page, "ArrowLeft", "F2");
    await page.waitForSelector(".editor");
    await page.waitForNetworkIdle({ idleTime: 100, concurrency: 1 });
    await api("PATCH", "/posts/2", { title: "theirs again" });
    await press(page, "Control+a");
    await page.keyboard.type("mine again");
    await press(page, "Enter");
    await page.waitForSelector("dialog[open]");
    await tabTo(page, "dialog button:not([type=submit])");
    await press(page, "Enter");
    await until(page, () => document.querySelectorAll("#content tbody tr")[1].textContent.includes("mine again"));
    assert.equal((await titles())[1], "mine again");

    await press(page, "Delete");
    await until(page, () => document.querySelectorAll("#content tbody tr").length === 3);
    await press(page, "Control+z");
    await until(page, () => document.querySelectorAll("#content tbody tr").length === 4);
    assert.equal((await titles())[1], "mine again");
    assert.equal((await cells(page)).length, 4);

    // Two of them, and back with the button: the focus stays on it as long as there is one more.
    await press(page, "Delete");
    await waitForColumn(page, "id", ["1", "3", "4"]);
    await press(page, "Delete");
    await waitForColumn(page, "id", ["1", "4"]);
    await tabTo(page, "#toast button");
    await press(page, "Enter");
    await waitForColumn(page, "id", ["1", "3", "4"]);
    await press(page, "Enter");
    await waitForColumn(page, "id", ["1", "2", "3", "4"]);
    assert.equal((await titles())[1], "mine again");
}, { allowed: ["412"] });

// What is no collection: a member of a tree.
await story(async (page) => {
    await open(page, "/");
    await click(page, "Edit color");
    await page.waitForSelector(".editor textarea");
    await press(page, "Control+a");
    await page.keyboard.type("blue");
    await press(page, "Enter");
    await until(page, () => document.querySelector(".tree").textContent.includes("blue"));
    assert.equal(await api("GET", "/color"), "blue");
    await click(page, "Delete color");
    await until(page, () => !document.querySelector(".tree").textContent.includes("color"));
    await click(page, "Undo");
    await until(page, () => document.querySelector(".tree").textContent.includes("blue"));
    await click(page, "Add", "#tools");
    await page.waitForSelector("dialog[open]");
    await page.keyboard.type("size");
    await press(page, "Tab");
    await page.keyboard.type('{"w": 1.0}');
    await press(page, "Enter");
    await until(page, () => document.querySelector(".tree").textContent.includes("size"));
    assert.deepEqual(await api("GET", "/size"), { w: 1 });
});
