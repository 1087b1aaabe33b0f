// react-admin's own data provider for json-server, unchanged, through each of its methods. The argument is the URL of
// a server that holds posts 1 to 3 and two comments on the first. Any difference ends with a stack and status 1.
import assert from 'node:assert/strict';
import provider from 'ra-data-json-server';

const api = provider(process.argv[2]);
const sort = (field, order) => ({ field, order });
const page = (page, perPage) => ({ page, perPage });

const list = await api.getList('posts', { pagination: page(1, 2), sort: sort('title', 'DESC'), filter: {} });
assert.deepEqual(list.data.map(post => post.id), [3, 2]);
assert.equal(list.total, 3);
const filtered = await api.getList('posts', { pagination: page(1, 10), sort: sort('id', 'ASC'), filter: { title: 'a' } });
assert.deepEqual([filtered.data.map(post => post.id), filtered.total], [[1], 1]);
const searched = await api.getList('posts', { pagination: page(1, 10), sort: sort('id', 'ASC'), filter: { q: 'B' } });
assert.deepEqual(searched.data.map(post => post.id), [2]);
assert.equal((await api.getList('posts', { filter: {} })).total, 3);

assert.equal((await api.getOne('posts', { id: 2 })).data.title, 'b');
assert.deepEqual((await api.getMany('posts', { ids: [1, 3] })).data.map(post => post.title), ['a', 'c']);
const comments = { target: 'postId', id: 1, pagination: page(1, 1), sort: sort('id', 'DESC'), filter: {} };
const referenced = await api.getManyReference('comments', comments);
assert.deepEqual([referenced.data.map(comment => comment.id), referenced.total], [[2], 2]);

const created = await api.create('posts', { data: { title: 'd' } });
assert.deepEqual(created.data, { title: 'd', id: 4 });
const updated = await api.update('posts', { id: 4, data: { id: 4, title: 'D' }, previousData: {} });
assert.equal(updated.data.title, 'D');
assert.deepEqual((await api.updateMany('posts', { ids: [1, 2], data: { title: 'x' } })).data, [1, 2]);
assert.equal((await api.getOne('posts', { id: 1 })).data.title, 'x');
assert.equal((await api.delete('posts', { id: 4, previousData: {} })).data.title, 'D');
assert.deepEqual((await api.deleteMany('posts', { ids: [1, 2] })).data, [1, 2]);
assert.equal((await api.getList('posts', { pagination: page(1, 10), sort: sort('id', 'ASC'), filter: {} })).total, 1);
await assert.rejects(api.getOne('posts', { id: 99 }), error => error.status === 404);
