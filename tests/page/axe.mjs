// What axe-core finds, in each state of the page, in light and dark, wide and narrow; and what a narrow page may not do.

import { readFileSync } from "node:fs";
import { assert, cell, click, open, paste, press, story, until } from "./kit.mjs";

const axe = readFileSync(process.env.PACKAGES + "/node_modules/axe-core/axe.min.js", "utf8");

async function check(page, state) {
    // Contrast is measured once nothing fades any more.
    await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
    await page.evaluate(axe);
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    const told = found.violations.map((violation) => violation.id + ": " + violation.nodes.map((node) => node.html.slice(0, 160) + " " + node.failureSummary).join("\n  "));
    assert.deepEqual(told, [], state);
    const width = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(width[0] <= width[1], state + ": the page is wider than the window: " + width);
}

for (const scheme of ["light", "dark"]) {
    for (const width of [1280, 320]) {
        const state = (what) => what + ", " + scheme + ", " + width;
        await story(async (page) => {
            await open(page, "/");
            await page.locator(".twist").click();
            await page.waitForSelector(".tree .tree");
            await check(page, state("tree"));
            await open(page, "/people");
            await check(page, state("table"));
            await (await cell(page, 0, "name")).click({ count: 2 });
            await page.waitForSelector(".editor");
            await check(page, state("editor"));
            await press(page, "Escape");
            await paste(page, "x\ty\n1\t2");
            await page.waitForSelector("dialog[open]");
            await check(page, state("preview"));
            await click(page, "Cancel");
            await click(page, "Add", "#tools");
            await page.waitForSelector("dialog[open]");
            await check(page, state("form"));
            await press(page, "Escape");
            await until(page, () => !document.querySelector("dialog"));
            await page.locator("#exchanges").click();
            await page.waitForSelector(".response .line");
            await check(page, state("drawer"));
            await press(page, "Escape");
            await open(page, "/people?name=nobody");
            await check(page, state("nothing matches"));
            await open(page, "/empty");
            await check(page, state("empty"));
            await open(page, "/people?a:op=1");
            await check(page, state("refusal"));
            await open(page, "/#/people/1/name", ".tree .string");
            await check(page, state("value"));
            await open(page, "/#/people?_format=csv&_fields=id,name", "#content .text");
            await check(page, state("text"));
        }, { width, height: width === 320 ? 640 : 800, scheme, allowed: ["400", "406"] });
    }
}

// In a narrow window nothing is over anything else, and names are whole where there is room for them.
await story(async (page) => {
    await open(page, "/people");
    await page.locator("#exchanges").click();
    await page.waitForSelector(".response .line");
    const boxes = await page.evaluate(() => ["#content", ".pager select", "#drawer"].map((selector) => {
        const { top, bottom } = document.querySelector(selector).getBoundingClientRect();
        return { top, bottom };
    }));
    assert.ok(boxes[0].bottom - boxes[0].top > 200, "the table can be read: " + JSON.stringify(boxes));
    assert.ok(boxes[0].bottom <= boxes[1].top && boxes[1].bottom <= boxes[2].top, JSON.stringify(boxes));
    assert.ok(boxes[2].top < 200, "what was opened is in the window: " + JSON.stringify(boxes));
    await press(page, "Escape");
    await open(page, "/");
    for (const name of ["emptyobj", "a_long_value"]) {
        const lines = await page.evaluate((name) => {
            const range = document.createRange();
            range.selectNodeContents([...document.querySelectorAll(".name")].find((element) => element.textContent === name));
            return range.getClientRects().length;
        }, name);
        assert.equal(lines, 1, name);
    }
}, { width: 320, height: 640 });

// At 200 % of 1280 by 800 there are 640 by 400 left, and all can still be reached.
await story(async (page) => {
    await open(page, "/people");
    await page.evaluate(() => document.querySelector(".pager select").scrollIntoView());
    const box = await (await page.$(".pager select")).boundingBox();
    assert.ok(box.y >= 0 && box.y + box.height <= 400, JSON.stringify(box));
    await page.locator("#exchanges").click();
    await page.waitForSelector(".response .line");
    await check(page, "200 %");
}, { width: 640, height: 400 });
