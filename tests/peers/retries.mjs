// The retries of axios with axios-retry against faults. The argument is the URL of a server that is started with
// `--fault '/posts/1 503:Retry-After=0 x2' --fault '/posts/2 reset x2' --fault '/posts empty x1' --fault 'PATCH 500 x1'
// --fault '/profile 503'`. Any difference ends with a stack and status 1.
import assert from 'node:assert/strict';
import axios from 'axios';
import axiosRetry, { isNetworkOrIdempotentRequestError } from 'axios-retry';

const url = process.argv[2].replace(/\/$/, '');
const causes = [];
const client = axios.create({ baseURL: url, timeout: 20_000, proxy: false });
axiosRetry(client, {
    retries: 3,
    retryDelay: () => 10,
    retryCondition: error => isNetworkOrIdempotentRequestError(error) || error.response?.status === 500,
    onRetry: (count, error) => { causes.push(error.response?.status ?? error.code); },
});

async function ask(expected, request) {
    causes.length = 0;
    const answer = await request;
    assert.deepEqual(causes, expected);
    return answer.data;
}

assert.equal((await ask([503, 503], client.get('/posts/1'))).title, 'a');
assert.equal((await ask(['ECONNRESET', 'ECONNRESET'], client.get('/posts/2'))).title, 'b');
assert.equal((await ask(['ECONNRESET'], client.get('/posts'))).length, 2);
assert.equal((await ask([500], client.patch('/posts/1', { title: 'c' }))).title, 'c');
await assert.rejects(client.get('/profile'), error => error.response.status === 503);
assert.deepEqual(causes, [500, 503, 503, 503]);
