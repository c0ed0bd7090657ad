/** The contract every store keeps, on both major versions of OpenSearch. */
import { describeEventStoreContract, sharedOpenSearch } from '@sluice/testing';

import { openTestStore } from './testing/open-test-store.ts';

for (const version of ['3', '2'] as const) {
  describeEventStoreContract(`OpenSearch ${version} store`, async () => {
    const { url } = await sharedOpenSearch(version);
    const { store, refresh, remove } = openTestStore(url);
    return { store, refresh, dispose: remove };
  });
}
