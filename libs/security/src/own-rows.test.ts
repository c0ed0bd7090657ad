/**
 * Requests of our own writing, one or more for each kind of attack and for each kind of honest request that comes close to one. What was
 * found of them once has to be found ever after.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { createInspector } from './create-inspector.ts';
import { isAttack } from './request-fields.ts';
import { requestOf } from './request-of.ts';
import { attackRows, honestRows, protocolRows } from './own-rows.test-data.ts';
import { threatRules } from './rules/index.ts';

import type { InspectedField } from './threat-rule.ts';

const inspector = createInspector(threatRules, { targetCache: 0 });
const isFlagged = (field: InspectedField, text: string, status: number | null = null): boolean =>
  isAttack(inspector.inspect({ ...requestOf(field, text), status }));

describe('attacks', () => {
  for (const [name, rows] of Object.entries(attackRows)) {
    test(`of class ${name} are found and named`, () => {
      for (const [field, text] of rows) {
        assert.ok(isFlagged(field, text), text);
        assert.ok(
          inspector.inspect(requestOf(field, text)).threats.some((threat) => threat.class === name),
          `${text} is no ${name}`,
        );
      }
    });
  }

  test('are found behind four thousand honest characters, and before them', () => {
    for (const attack of ["1' or '1'='1", '<svg onload=alert(1)>', '../../etc/passwd', ';cat /etc/passwd', '${jndi:ldap://x}']) {
      const encoded = encodeURIComponent(attack);
      assert.ok(isFlagged('query', `a=${'lorem+'.repeat(700)}&b=${encoded}`), attack);
      assert.ok(isFlagged('query', `b=${encoded}&a=${'lorem+'.repeat(700)}`), attack);
    }
  });
});

test('honest requests are left alone', () => {
  assert.deepEqual(
    honestRows.filter(([field, text]) => isFlagged(field, text, 200)),
    [],
  );
});

test('what is no HTTP is found', () => {
  for (const row of protocolRows) assert.ok(isFlagged('request', row), JSON.stringify(row));
});

test('a probe for a product alerts where it is missing, and is a note where it answers', () => {
  assert.equal(isFlagged('path', '/wp-login.php', 404), true);
  assert.equal(isFlagged('path', '/wp-login.php', 200), false);
});
