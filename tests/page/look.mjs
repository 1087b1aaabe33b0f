// Open, filter, sort, page: with the mouse, then with the keyboard alone. The API's URL goes along, and a view is its URL.

import { api, assert, base, cells, click, open, press, story, tabTo, until, waitForColumn } from "./kit.mjs";

const urlOf = (page) => page.$eval("#url", (input) => input.value);

await story(async (page) => {
    await open(page, "/");
    await click(page, "people 250", "#collections");
    await page.waitForSelector("#content tbody tr:nth-child(100)");
    assert.equal(await urlOf(page), "/people?_page=1&_limit=100");
    assert.equal(page.url(), base + "/people");

    await click(page, "Next page");
    await until(page, () => document.querySelector(".shown")?.textContent === "101–200 of 250 records");
    await click(page, "Last page");
    await until(page, () => document.querySelectorAll("#content tbody tr").length === 50);
    assert.equal(page.url(), base + "/people?_page=3");

    await page.locator("[data-focus='sort name']").click();
    await until(page, () => document.querySelector("th[aria-sort=ascending]"));
    await page.locator("[data-focus='sort name']").click();
    await until(page, () => document.querySelector("th[aria-sort=descending]"));
    assert.equal((await cells(page, "name"))[0], "person 99");

    await page.locator("[data-focus='filter age']").click();
    await page.keyboard.type(">=49");
    await page.locator("[data-focus='filter name']").click();
    await until(page, () => document.querySelector(".shown")?.textContent.endsWith("of 5 records"));
    const url = await urlOf(page);
    assert.ok(url.includes("age:gte=49") && url.includes("_sort=-name"), url);
    assert.deepEqual((await api("GET", url)).map((record) => record.name), await cells(page, "name"), "the URL is that of the API");

    // Somebody else opens the same view.
    const shared = page.url();
    await page.goto("about:blank");
    await page.goto(shared);
    await until(page, () => document.querySelectorAll("#content tbody tr").length === 5);
    assert.equal(await page.$eval("[data-focus='filter age']", (input) => input.value), ">=49");
    // Past the empty page and the same view.
    for (let step = 0; step < 3; step += 1) await page.goBack();
    await until(page, () => document.querySelectorAll("#content tbody tr").length > 5);

    await page.locator("[data-focus=q]").click();
    await page.keyboard.type("nobody at all\n");
    await click(page, "Clear the filters");
    await page.waitForSelector("#content tbody tr:nth-child(100)");

    // What is typed behind the URL of a view leaves nothing of it.
    for (const [typed, url] of [["#/people/131", "/#/people/131"], ["#/posts?id=2", "/posts?id=2"], ["#/none?id=2", "/#/none?id=2"]]) {
        await page.goto(base + "/people?age=30");
        await until(page, () => document.querySelectorAll("#content tbody tr").length === 5);
        await page.evaluate((typed) => (location.hash = typed), typed);
        await until(page, (url) => location.href === location.origin + url, url);
        await page.goto("about:blank");
        await page.goto(base + "/people?age=30" + typed);
        await until(page, (url) => location.href === location.origin + url, url);
    }
}, { allowed: ["404"] });

// A filter without a match leaves the columns and their filters, also for who opens that URL and for who begins there.
await story(async (page) => {
    const filters = () => page.$$eval(".filters input", (inputs) => inputs.map((input) => [input.dataset.focus, input.value]));
    const expected = [["filter id", ""], ["filter title", "zz"], ["filter views", ""]];
    const words = () => page.$eval("#content .state h2", (title) => title.textContent);
    await open(page, "/posts");
    await page.locator("[data-focus='filter title']").click();
    await page.keyboard.type("zz\n");
    await page.waitForSelector("#content .state");
    assert.deepEqual(await filters(), expected);
    assert.equal(await page.evaluate(() => document.activeElement.dataset.focus), "filter title", "the focus stays where it was");
    await page.reload();
    await page.waitForSelector("#content .state");
    assert.deepEqual(await filters(), expected);
    // A number is still meant where numbers stand.
    await click(page, "Add", "#tools");
    await page.locator("dialog textarea[data-name=views]").click();
    await page.keyboard.type("5\n");
    await until(page, () => document.querySelector("#toast").textContent === "Added.✕");
    assert.equal((await api("GET", "/posts")).at(-1).views, 5);
    await api("DELETE", "/posts/4");
    await page.locator("[data-focus='filter title']").click({ count: 3 });
    await page.keyboard.type("b\n");
    await waitForColumn(page, "title", ["b"]);
    // What no record has that is left is a column all the same.
    await open(page, "/posts?title:exists=false");
    assert.deepEqual((await filters())[1], ["filter title", "exists:false"]);

    // Whatever filters is said to have done so, and what does not is not.
    for (const query of ['_where={"title":"zz"}', "q=zz", "views:gt=99", "title=zz&_sort=id&_page=1&_fields=id,title"]) {
        await open(page, "/posts?" + encodeURI(query));
        assert.equal(await words(), "Nothing matches", query);
    }
    for (const query of ["_page=9", "title=b&_page=9"]) {
        await open(page, "/posts?" + query);
        assert.equal(await words(), "Past the end", query);
    }
    await api("PUT", "/none", []);
    await open(page, "/none?_sort=id&_fields=id&_order=asc&_embed=posts");
    assert.equal(await words(), "No records yet");
    await api("DELETE", "/none");
});

// With the keyboard alone.
await story(async (page) => {
    await open(page, "/people");
    await tabTo(page, "#url");
    await press(page, "Control+a");
    await page.keyboard.type("/people?age=30&_limit=25\n");
    await until(page, () => document.querySelector(".shown")?.textContent.endsWith("of 5 records"));
    await tabTo(page, "[data-focus='sort id']");
    await press(page, "Enter");
    await until(page, () => document.querySelector("th[aria-sort=ascending]"));
    assert.equal(await page.evaluate(() => document.activeElement.dataset.focus), "sort id", "the focus stays where it was");
    await press(page, "Enter");
    await waitForColumn(page, "id", ["231", "181", "131", "81", "31"]);
    await tabTo(page, "[data-focus='filter name']");
    await page.keyboard.type("person 1\n");
    await waitForColumn(page, "id", ["181", "131"]);
    await tabTo(page, "#content tbody td");
    await press(page, "Control+End");
    assert.equal(await page.evaluate(() => document.activeElement.parentElement.rowIndex), 3);
    await press(page, "Home", "ArrowRight", "Enter");
    await page.waitForSelector(".tree");
    assert.equal(page.url(), base + "/#/people/131");
    // A tree, branch by branch.
    await tabTo(page, ".twist");
    await press(page, "Enter");
    await until(page, () => document.querySelector(".tree .tree")?.textContent.includes("city"));
    await page.goBack();
    await waitForColumn(page, "id", ["181", "131"]);
});
