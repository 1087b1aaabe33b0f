// refine's simple-rest data provider, unchanged, and axios with its own way of writing lists and nested names. The argument
// is the URL of a server that holds posts 1 to 3. Any difference ends with a stack and status 1.
import assert from 'node:assert/strict';
import dataProvider from '@refinedev/simple-rest';
import axios from 'axios';

const url = process.argv[2].replace(/\/$/, '');
const api = dataProvider(url);
const ids = answer => answer.data.map(post => post.id);
const list = options => api.getList({ resource: 'posts', ...options });

const sorted = await list({ sorters: [{ field: 'title', order: 'desc' }], pagination: { currentPage: 1, current: 1, pageSize: 2, mode: 'server' } });
assert.deepEqual([ids(sorted), sorted.total], [[3, 2], 3]);
const filters = [{ field: 'title', operator: 'contains', value: 'B' }];
assert.deepEqual(ids(await list({ filters })), [2]);
assert.deepEqual(ids(await list({ filters: [{ field: 'id', operator: 'gte', value: 2 }] })), [2, 3]);
assert.deepEqual(ids(await list({ filters: [{ field: 'id', operator: 'ne', value: 2 }] })), [1, 3]);
assert.equal((await api.getOne({ resource: 'posts', id: 2 })).data.title, 'b');
assert.deepEqual(ids(await api.getMany({ resource: 'posts', ids: [1, 3] })), [1, 3]);
const created = await api.create({ resource: 'posts', variables: { title: 'd' } });
assert.deepEqual(created.data, { id: 4, title: 'd' });
assert.equal((await api.update({ resource: 'posts', id: 4, variables: { title: 'D' } })).data.title, 'D');
assert.equal((await api.deleteOne({ resource: 'posts', id: 4 })).data.id, 4);

const get = async params => ids(await axios.get(`${url}/posts`, { params }));
assert.deepEqual(await get({ id: [1, 3] }), [1, 3]);
assert.deepEqual(await get({ author: { name: 'Lee' } }), [2]);
assert.deepEqual(ids(await axios.get(`${url}/posts`, { params: { id: [1, 3] }, paramsSerializer: { indexes: true } })), [1, 3]);
// A page that writes with the tag that it was given for the compressed answer.
const read = await axios.get(`${url}/posts`, { headers: { 'Accept-Encoding': 'gzip' } });
const { etag } = (await axios.get(`${url}/posts/1`, { headers: { 'Accept-Encoding': 'gzip' } })).headers;
assert.equal((await axios.patch(`${url}/posts/1`, { title: 'a' }, { headers: { 'If-Match': etag } })).status, 200);
assert.equal(read.headers['cache-control'], 'no-cache');
