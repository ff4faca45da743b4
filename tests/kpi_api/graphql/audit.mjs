// Runs every audit of graphql-http against a server; prints one JSON line per audit. Arguments: the library's folder, the URL, a token.
import { createRequire } from "node:module";

const [folder, url, token] = process.argv.slice(2);
const { auditServer } = createRequire(folder + "/")("graphql-http");
const results = await auditServer({
  url,
  fetchFn: (target, init = {}) => fetch(target, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } }),
});
for (const { id, name, status, reason } of results) console.log(JSON.stringify({ id, name, status, reason }));
