/** Names of shells that attackers leave behind. */
import { defineRules, inField } from '../threat-rule.ts';

export const webshellRules = defineRules([
  {
    id: 'WEBSHELL-001',
    class: 'webshell',
    severity: 'high',
    score: 6,
    title: 'The name of a shell that attackers leave behind.',
    refs: ['T1505.003', 'T1595.003'],
    fields: ['path'],
    literals: ['.php', '.asp', '.jsp', '.pl', '.cgi', '.cfm'],
    pattern:
      /(?<=\/(?:[\w.-]{0,40}(?:shell|sh3ll|backdoor|b374k|c99|r57|bypass|rootkit|hacker|hacked|upl0ad|indoxploit|priv8|0byte|anonymousfox)[\w.-]{0,30}|c100|c37|c66|(?:wso|alfa|marijuana|madspot|g00n\w{0,6}|locus7s?|zehir\d?|zacosmall|simattacker|predator|moroccan_spamers|liz0zim|antichat\w{0,8}|ayyildiz_tim|casus[\w.-]{0,6}|cyb?er\w{0,6}|dtool_pro|efso\w{0,4}|ekin0x|loaderz\w{0,12}|matamu|networkfilemanager\w{0,5}|ngh|punk-nopass|private-i3lue|qsd-\w{1,10}|remexp|stnc\w{0,20}|winx\w{0,8}|aspydrv|aspyqanal|aspy|aspxs(?:h|py)|bloodsecv\d|cgitelnet|jspbd|jspsh|cmd|cmdjsp|cmdasp|upl0ader|perlbot|nst|phpspy|phpremoteview|safe0ver|gfs_sh|ntdaddy|sosyete|h4ntu|iskorpitx|lolipop|ru24\w{0,12}|snipersa|sincap|gank|lock360|atomlib|autoload_classmap|wp-22)[\d.v_-]{0,8}))\.(?:php\d?|aspx?|jspx?|pl|cgi|cfm)(?=$|[/?;])/y,
    matches: inField('path', '/c99.php', '/wso2.8.5.php', '/cmd.aspx', '/uploads/b374k.php', '/MyShell.php', '/sh3llx.php'),
    honest: inField('path', '/index.php', '/search.php', '/product.php', '/shellfish.html', '/users.php'),
  },
  {
    id: 'WEBSHELL-002',
    class: 'webshell',
    severity: 'medium',
    score: 4,
    scoreIfMissing: 5,
    title: 'A name that shells often have and pages seldom; where it is missing, somebody is looking for one.',
    refs: ['T1505.003', 'T1595.003'],
    fields: ['path'],
    literals: ['.php', '.asp', '.jsp', '.pl'],
    pattern:
      /(?<=\/(?:up|ws|pws|tool|root|\d{1,4}|mma|kral|egy|crystal|dc|x|xx|xxx|radio|fox|moon|leaf|mar|wi|inputs|chosen|mini|ani|spy\w{0,8}|dx|myshell|dive_\w{1,8}|css|sql|browser|list|alfanew|about1|ini|dropdown|mailer|gecko|wsanon|alfa-rex\d?|admin-ajax1))\.(?:php\d?|aspx?|jspx?|pl)(?=$|[/?;])/y,
    matches: inField('path', '/1337.php', '/up.asp', '/x.php'),
    honest: inField('path', '/upload.php', '/update.php', '/lists.php'),
  },
]);
