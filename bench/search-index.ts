/**
 * What an index holds, asked of OpenSearch itself.
 */
export type JsonBody = Readonly<Record<string, unknown>>;

/** One request; a body makes it a POST. Errors: throws for an error status. */
export async function askOpenSearch(url: string, path: string, body?: JsonBody, method = body === undefined ? 'GET' : 'POST'): Promise<JsonBody> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await fetch(`${url}${path}`, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, 500)}`);
  return JSON.parse(text) as JsonBody;
}

/** Errors: throws when the indices of the alias do not hold just so many documents. */
export async function expectDocuments(url: string, index: string, count: number): Promise<void> {
  await askOpenSearch(url, `/${index}-*/_refresh`, {});
  const documents = Number((await askOpenSearch(url, `/${index}-*/_count`))['count']);
  if (documents !== count) throw new Error(`${count} events were consumed, ${index} holds ${documents} documents`);
}

/** Removes them, so that nothing is merged while the next is measured. */
export async function removeIndices(url: string, index: string): Promise<void> {
  await askOpenSearch(url, `/${index}-*`, undefined, 'DELETE');
}
