// Validates an archive by the published JSON schema of HAR 1.2.
const Ajv = require('ajv');
const schemas = require('har-schema');
const { readFileSync } = require('node:fs');

const ajv = new Ajv({ schemas: [], unknownFormats: 'ignore' });
ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-06.json'));
for (const name of Object.keys(schemas)) ajv.addSchema(schemas[name]);
const archive = JSON.parse(readFileSync(process.argv[2], 'utf8'));
if (archive.log.entries.length !== 3) throw new Error(`${archive.log.entries.length} entries`);
if (!ajv.validate('har.json#', archive)) {
  console.error(JSON.stringify(ajv.errors, null, 2));
  process.exit(1);
}
