/**
 * Whether a value holds a command of a shell where a shell would run it: after a separator, in a substitution, or as
 * the whole value with what commands take.
 */
import type { Subject } from '../subject.ts';

/** Names that are no words: with a separator before them nobody means anything else. */
const plain =
  'wget|curl|uname|whoami|ifconfig|ipconfig|netstat|chmod|chown|bash|zsh|ksh|csh|tcsh|busybox|telnet|nslookup|python[23]?(?:\\.\\d)?|perl|php\\d?|ruby|gcc|nc|ncat|netcat|socat|base64(?!,)|xxd|crontab|tftp|scp|awk|gawk|sed|egrep|fgrep|grep|printenv|lsof|htop|lastlog|last|useradd|usermod|nohup|strace|vim?|nano|xargs|tcpdump|nmap|powershell(?:\\.exe)?|pwsh|cmd(?:\\.exe)?|sysinfo|tasklist|systeminfo|certutil|bitsadmin|wmic|mshta|regsvr32|netsh|ping6?|traceroute|iptables|systemctl|docker|kubectl|ansible(?:-\\w{1,12})?|chef-\\w{1,12}|visudo|sudo|cscli|rmt-\\w{1,8}|zstdcat|bsdtar|dpkg|apt-get|yum|mkfifo|mknod|killall|pkill|phpversion|ls|ps|pwd|id|cat|rm|cp|mv|sh|env|w3m|lynx|rlwrap|openssl|dig|ssh|ftp|arp|reg|findstr|attrib|icacls|taskkill|schtasks|rundll32|cscript|wscript|hostname|getent|stty|setarch|reboot|halt|shutdown|ll|jrunscript|perf';
/** Names that are English words as well: they need an option, a path or a number. */
const worded =
  'echo|sleep|more|less|find|sort|head|tail|cut|who|date|time|kill|test|set|export|touch|top|split|make|host|man|file|mail|exit|cd|type|dir|net|start|sysctl|mount|tee|tr|tar|read|eval|exec|source|command|nice|watch|strings|trap|system|true|false|alias|if|for|while|function|print|printf|return|del|copy|move|ver|vol|use|xcopy|call|cmd';

const argument =
  '(?:\\s{1,8}|\\+|(?=[<>(/{]))(?:["\'(]{0,2}(?:-{1,2}[a-z]|/|\\\\|\\.{1,2}/|~/|\\$|%|\\*|\\d{1,4}(?:\\s|$|["\'&|;)])|[a-z]:|https?:|[\\w.-]{1,40}[/=@:<>]|[\\w-]{1,30}\\.(?:sh|php|pl|py|txt|exe|log|conf|gz)|[<>{])|[<>`({])';
const end = '(?=$|[\\s;|&)`"\'<>,#(}]|\\$|%0)';
const filler = '[\\s+"\'(\\\\{,!]{0,4}';
const prefix = `(?:${filler}(?:(?:sudo|time|nohup|exec|command|env|busybox|eval)\\s|/?(?:usr/)?(?:local/)?s?bin/|[/.]{1,3}(?=sh\\b)|\\w{1,8}=\\w{0,12}\\s)){0,2}${filler}`;
const separator = '(?:[;`\\n]|\\|{1,2}|&{1,2}|\\$\\(|[<>]\\(|\\{,)';

const separated = new RegExp(
  [
    `(?:${plain})${end}`,
    `(?:echo\\s{1,4}[^\\s]|trap\\s{1,4}["']|net\\s{1,4}(?:user|view|localgroup|group|share|start|stop|use)\\b)`,
    `(?:${worded})${argument}`,
  ]
    .map((command) => separator + prefix + command)
    .join('|'),
  'y',
);
/** Where a separator starts that a command may follow: the larger pattern is tried there only, not in lists of numbers. */
const separatorStart = /(?:[;`\n|&]|\$\(|[<>]\(|\{,)(?=[\s"'(\\{,!+/.a-z|&])/g;
/** At the start of a value: a name and something only commands take. */
const leading = new RegExp(
  `(?:["'(\\\\]|\\s|sudo\\s|time\\s|nohup\\s|\\+|\\d{0,3};){0,4}(?:/?(?:usr/)?(?:local/)?s?bin/)?(?:(?:${plain})(?:\\.exe)?(?:\\s{1,8}|\\+|\\$ifs\\S{0,4})["']?(?:-{1,2}[a-z][\\w-]{0,20}(?:$|[\\s=\\d"'/])|/(?:etc|var|proc|tmp|home|root|usr|opt|dev|bin|c\\b)|\\$|https?:|ftp:|\\d{1,3}\\.\\d|["']?<\\?|\\\\\\\\|[a-z]:\\\\|sh\\b|[\\w-]{0,30}[./][\\w./-]{1,40}\\s{0,2}[|;&>]{1,2}\\s{0,2}(?:[a-z/.]|$)|(?:user|view|localgroup|group|share|start|stop)\\b(?=\\s|$)|[\\w.-]{1,40}\\.(?:php|sh|pl|py|gz|yml|rb|conf|html?)\\b)|(?:echo|find|type|more|less|head|tail|sort|cut|dir|cd|copy|del)(?:\\s{1,8}|\\+)["']?(?:-{1,2}[a-z]{1,12}\\s|/(?:etc|var|proc|tmp|home|root|usr|opt|dev|bin|c\\b)|%|[a-z]:(?:[\\\\/]|$)|\\$[({a-z]|\`|<\\?|\\*(?:$|\\s|\\.))|ansible\\s{1,4}\\w{1,20}\\s{1,4}-|(?:ansible-(?:console|doc|galaxy|inventory|playbook|pull|vault)|chef-(?:shell|client|run|vault|solo|apply)|visudo)(?:$|\\s)|chef\\sreport\\s|cscli["']?\\s\\w{1,20}\\s\\w|(?:strace|nohup|sudo|busybox)\\s{1,4}(?:${plain})(?:$|\\s)|alias\\s{1,4}\\S{1,20}=|cd\\s{1,4}[/~]|net\\s{1,4}(?:user|view|localgroup|share|start|stop|use|accounts)(?:\\s|$))`,
  'y',
);
/** Programs by their path. */
const byPath =
  /(?<![\w-])(?:usr\/(?:local\/)?)?s?bin\/(?:[bckz]?sh|bash|dash|cat|ls|id|ps|pwd|rm|cp|mv|nc|ncat|wget|curl|ping|uname|whoami|python\d?|perl|php|ruby|echo|sleep|env|sed|awk|grep|find|touch|chmod|kill|more|less|head|tail|vi|visudo|which|who|w|mail|ssh|telnet|ftp|tar|gcc|cc|xterm|nmap|netstat|id|lsof|tclsh\d?|ca\?|ca\*|l\?)(?![\w-]|\.[a-z])/;

/** All of them, for the test that proves them linear. */
export const shellPatterns: readonly RegExp[] = [separated, leading, byPath];

/** The index of a command, -1 when there is none. */
export function findCommand({ text, field, spans, budget }: Subject): number {
  for (const { start, end: stop } of spans) {
    if (stop - start < 2) continue;
    budget.left -= 4;
    if (budget.left <= 0) return -1;
    const value = spans.length === 1 && start === 0 ? text : text.slice(start, stop);
    if (field !== 'user_agent' || !/^[\w.-]{2,40}\/[\d.]/.test(value)) {
      separatorStart.lastIndex = 0;
      for (let found = separatorStart.exec(value); found !== null; found = separatorStart.exec(value)) {
        budget.left -= 2;
        if (budget.left <= 0) return -1;
        separated.lastIndex = found.index;
        const command = separated.exec(value);
        if (command !== null && !isOrdinary(value, found.index, command[0], field)) return start + found.index;
      }
    }
    leading.lastIndex = 0;
    if (field !== 'path' && !/^[a-z-]{2,20}\/\d/.test(value) && leading.test(value)) return start;
    const program = byPath.exec(value);
    if (program !== null && (field !== 'path' || program.index > 1 || /bin\/[bkcz]?sh$/.test(value))) return start + program.index;
  }
  return -1;
}

/** A list with bars, a sentence after a semicolon, a platform in a user agent. */
function isOrdinary(value: string, at: number, match: string, field: string): boolean {
  const separator = value.charAt(at);
  const bare = /^[;|&]{1,2}\s?[a-z\d]{1,12}$/.test(match);
  if (bare && (separator === '|' || separator === ';' || separator === '&')) {
    const rest = value.slice(at + match.length, at + match.length + 24);
    // `name|id|date`, `x;id;y`: unless what follows is a path or an option, or what stands before ends something else.
    if (/^\s{1,4}(?:-|\/|\$|\.)/.test(rest) || (/^\s+\S/.test(rest) && !/^\s[a-z]+ [a-z]/.test(rest) && field === 'query')) return false;
    const name = match.replace(/^[;|&]{1,2}\s?/, '');
    // Names that are no words of any list either.
    if (
      !/^(?:id|cat|ls|ps|pwd|rm|cp|mv|sh|env|last|perf|arp|reg|ll|dig|halt|stty|hostname|ftp|ssh|vi|php|docker|sudo|awk|sed|shutdown|reboot|ruby|python|perl|ping|attrib)$/.test(
        name,
      )
    )
      return false;
    const before = value.slice(0, at);
    if (separator === '|' && /\d\.\d{1,3}$|localhost$/.test(before)) return false;
    if (/^(?:id|cat|ls|pwd|ps)$/.test(name)) return !(before === '' || /[)'"\s;|&\\]$/.test(before));
    return !(value.slice(at, at + 2) === ';;' || /[)'"]$/.test(value.slice(0, at)));
  }
  return field === 'user_agent' && separator === ';' && /^;\s(?:[a-z]{2}|[a-z]{2}-[a-z]{2}|ls|id|ps|sh|cat|nc)$/.test(match);
}
