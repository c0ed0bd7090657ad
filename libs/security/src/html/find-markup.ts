/**
 * Reads a text as a browser reads HTML, as far as it takes to see whether markup in it can run script: tags that do,
 * event handlers in any tag, addresses with a scheme that does, styles that do.
 */

/** Tags that run script or fetch foreign content by being there. */
const activeTags = new Set(
  (
    'script iframe frame frameset object embed applet svg math base link meta style layer ilayer bgsound xml xss isindex ' +
    'animate animatetransform animatemotion set foreignobject handler import listener template portal noscript ' +
    'scr scrscriptipt body html head bodyonload blink marquee keygen noembed comment plaintext xmp title textarea'
  ).split(' '),
);
/** Of these, tags that honest text about the web names as well: they need more than their name. */
const namedInText = new Set(
  'body html head title textarea style link meta template comment blink marquee xml noscript base frame object set import'.split(' '),
);

const eventHandler = /[\s/"'`+]on[a-z]{3,28}\s{0,8}=|^on[a-z]{3,28}\s{0,8}=/;
/** Outside a tag, where only known names are handlers; `online=` and `onsale=` are parameters. */
const breakOutHandler =
  /(?:["'`/>;]|^|\s)on(?:abort|activate|after|animation|auxclick|before|begin|blur|bounce|canplay|change|click|close|contextmenu|copy|cut|dblclick|drag|drop|end|error|finish|focus|hashchange|input|invalid|key|load|message|mouse|page|paste|pause|play|pointer|popstate|progress|propertychange|readystate|repeat|reset|resize|scroll|search|seek|select|show|start|storage|submit|suspend|toggle|touch|transition|unload|volumechange|wait|webkit|wheel|xxx)[a-z]{0,20}\s{0,8}=\s{0,8}[^\s&]/;
/** The same for attributes that run script without a handler. */
const breakOutAttribute = /["'`]\s{0,4}(?:formaction|srcdoc|xlink:href|dynsrc|lowsrc)\s{0,4}=/;
const activeScheme =
  /(?:=|url\(|content\s{0,8}=)[\s"'`]{0,8}(?:0;\s{0,8}url\s{0,8}=)?[\s"'`\\]{0,8}(?:j\s{0,4}a\s{0,4}v\s{0,4}a\s{0,4}s\s{0,4}c\s{0,4}r\s{0,4}i\s{0,4}p\s{0,4}t|v\s{0,4}b\s{0,4}s\s{0,4}c\s{0,4}r\s{0,4}i\s{0,4}p\s{0,4}t|livescript|mocha|mhtml|data)\s{0,4}:/;
const activeStyle =
  /expression\s{0,4}\(|-moz-binding|behaviou?r\s{0,4}:|javascript:|@import|e\/\*|url\(|binding\s{0,4}:|\\[0-9a-f]|\]:|\]\s{0,4}color|\}\s{0,4}color|url\(\s{0,4}["']?\s{0,4}(?:javascript|vbscript)/;
const activeAttribute =
  /[\s/"'](?:srcdoc|formaction|xlink:href|dynsrc|lowsrc|autofocus|contenteditable|allowscriptaccess|fscommand|datasrc|dataformatas|ev:event|ping|background|poster|xmlns(?::\w{1,12})?)\s{0,8}=/;
const sourceAttribute = /[\s/"'](?:src|href|data|code|classid|action|value)\s{0,8}=/;

/** Longest tag that is read; what comes after belongs to the next search. */
const longestTag = 1024;
/** Tags that are read; a text of nothing but `<` must not cost more. */
const mostTags = 60;

/** The index of markup that can run script, -1 when there is none. */
export function findMarkup(text: string): number {
  let read = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    const start = skipTo(text, at);
    if (start < 0) continue;
    if (++read > mostTags) return at;
    const name = nameAt(text, start);
    if (isActive(text, at, start, name)) return at;
  }
  return findBreakOut(text);
}

/** The first letter of the tag's name after `<`, `</` or odd fillers that browsers forgive; -1 when there is none. */
function skipTo(text: string, at: number): number {
  let start = at + 1;
  while (start < at + 6 && '/ \n\\!?%+'.includes(text.charAt(start)) && start < text.length) start++;
  const code = text.charCodeAt(start);
  if (!(code >= 0x61 && code <= 0x7a)) return -1;
  // `a < b` is a comparison.
  return text.charAt(at + 1) === ' ' ? -1 : start;
}

function nameAt(text: string, start: number): string {
  let end = start;
  while (end < start + 32 && /[a-z0-9:_-]/.test(text.charAt(end))) end++;
  return text.slice(start, end);
}

function isActive(text: string, at: number, start: number, name: string): boolean {
  const after = start + name.length;
  const close = text.indexOf('>', after);
  const next = text.indexOf('<', after);
  const closes = close >= 0 && close < after + longestTag;
  const tag = text.slice(after, closes ? close : Math.min(text.length, after + longestTag));
  if (name.startsWith('script') || name.startsWith('iframe')) return isScript(text, at, after, name, close, tag);
  const plain = name.includes(':') ? name.slice(name.indexOf(':') + 1) : name;
  if (activeTags.has(plain) && !namedInText.has(plain)) return tag !== '' || closes || next >= 0 || after >= text.length;
  if (text.charAt(at + 1) === '!')
    return /^(?:doctype|entity|element|attlist)/.test(name) && /entity|system|public|\[/.test(text.slice(at, at + 512));
  if (text.charAt(at + 1) === '?') return name === 'xml' ? /entity|doctype/.test(text.slice(at, at + 512)) : name === 'import';
  const scanned = ` ${tag}`;
  if (eventHandler.test(scanned) || activeScheme.test(scanned) || activeAttribute.test(scanned)) return true;
  if (/style\s{0,4}=/.test(tag) && activeStyle.test(tag)) return true;
  if (plain !== name && sourceAttribute.test(scanned)) return true;
  if (namedInText.has(plain)) return isRiskyNamed(text, plain, tag, after, closes);
  if (/^(?:img|image|input|video|audio|source|button|form|a|x|div|p|table|td|bgsound|isindex|details|select)$/.test(plain)) {
    return (
      (plain === 'img' || plain === 'image' || plain === 'input' || plain === 'form' || plain === 'video' || plain === 'audio') &&
      sourceAttribute.test(scanned)
    );
  }
  return false;
}

/** `<script` with what makes it one: an end, an attribute, content that is no sentence. */
function isScript(text: string, at: number, after: number, name: string, close: number, tag: string): boolean {
  if (name !== 'script' && name !== 'iframe' && !/^(?:script|iframe)(?:-|:|xss|$)/.test(name)) {
    return /[=(]/.test(tag) && tag.length > 3;
  }
  if (text.charAt(at + 1) === '/') return true;
  if (after >= text.length || tag.includes('=')) return true;
  if (close < 0) return !/^\s?(?:tags?|elements?|in|and|or|vs|is)\b/.test(tag);
  return !/^[^<>]{0,20}\s(?:tags?|elements?|attributes?|in|and|or|vs|is|not|does)\b[^<>(){}=;]*$/.test(text.slice(close + 1, close + 80));
}

function isRiskyNamed(text: string, name: string, tag: string, after: number, closes: boolean): boolean {
  if (name === 'style')
    return (
      activeStyle.test(text.slice(after, after + 400)) ||
      /import|@/.test(text.slice(after, after + 200)) ||
      /[{:]/.test(text.slice(after, after + 200))
    );
  if (name === 'meta') return /http-equiv|charset|content/.test(tag);
  if (name === 'link' || name === 'base' || name === 'object' || name === 'frame' || name === 'import') return tag.includes('=');
  if (name === 'xml' || name === 'set' || name === 'template') return tag.includes('=');
  return name === 'noscript' || name === 'textarea' || name === 'title'
    ? closes && text.includes('<', after) && /[=(]/.test(text.slice(after))
    : false;
}

/** An attribute that was smuggled into a tag of the page. */
function findBreakOut(text: string): number {
  const found = breakOutHandler.exec(text) ?? breakOutAttribute.exec(text);
  return found === null ? -1 : found.index;
}
