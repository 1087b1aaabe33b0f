// A client made of /_/openapi.json does all that there is to do with a record; `tsc` checks that the types allow it.
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

const client = createClient<paths>({ baseUrl: process.argv[2] });

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

const listed = await client.GET("/posts", { params: { query: { _sort: "-id", _limit: 2, author: "junhyung" } } });
check(listed.response.status === 200 && listed.data !== undefined && listed.data.length > 0, "list");
const title: string = listed.data![0].title;
check(title.length > 0, "a title");

const post = { title: "made", author: "me", views: 0, published: false };
const added = await client.POST("/posts", { body: post });
check(added.response.status === 201 && added.data !== undefined && !Array.isArray(added.data), "add");
const id: number = (added.data as { id: number }).id;
const params = { path: { id } };

const got = await client.GET("/posts/{id}", { params });
check(got.data?.title === "made", "get");
const replaced = await client.PUT("/posts/{id}", { params, body: { ...post, title: "replaced" } });
check(replaced.data?.title === "replaced", "replace");
const updated = await client.PATCH("/posts/{id}", { params, body: { views: 5 } });
check(updated.data?.views === 5 && updated.data.title === "replaced", "update");
const deleted = await client.DELETE("/posts/{id}", { params });
check(deleted.response.status === 200, "delete");
const gone = await client.GET("/posts/{id}", { params });
check(gone.error?.code === "not-found" && gone.error.status === 404, "a problem document");
console.log("done");
