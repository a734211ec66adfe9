import { newApiKey } from './auth/api-keys.ts';
import { readApiKeys, writeApiKey } from './model/api-key.ts';
import { type Scope, scopes } from './model/caller.ts';

const [name = '', granted = '', account = '', ...more] = process.argv.slice(2);

const { key, kept } = newApiKey(name, granted.split('+') as Scope[], account);
const entry = writeApiKey(kept);
// What can't be read again was given wrongly.
const { keys, problems } = readApiKeys(entry, ',');
if (keys.length !== 1 || problems.length > 0 || more.length > 0) {
  console.error(`npm run api-key -- NAME SCOPE+SCOPE [ACCOUNT], the scopes being among ${scopes.join(', ')}`);
  process.exit(2);
}
console.log(`key    ${key}  for the caller, and shown this once`);
console.log(`entry  ${entry}  for API_KEYS or API_KEYS_FILE`);
