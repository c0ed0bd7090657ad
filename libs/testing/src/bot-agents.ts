/**
 * Programs that visit the made-up site, as they announce themselves.
 */
import type { BotKind } from '@sluice/event';

export interface BotAgent {
  readonly name: string;
  readonly kind: BotKind;
  readonly agent: string;
  /** Paths it asks for over and over; null: it crawls. */
  readonly paths: readonly string[] | null;
}

const bot = (name: string, kind: BotKind, agent: string, paths: readonly string[] | null = null): BotAgent => ({ name, kind, agent, paths });

export const botAgents: readonly BotAgent[] = [
  bot('Googlebot', 'search', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'),
  bot(
    'Googlebot',
    'search',
    'Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.7390.122 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  ),
  bot(
    'Bingbot',
    'search',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36',
  ),
  bot('YandexBot', 'search', 'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)'),
  bot(
    'Applebot',
    'search',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)',
  ),
  bot('GPTBot', 'ai', 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)'),
  bot('ClaudeBot', 'ai', 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)'),
  bot(
    'PerplexityBot',
    'ai',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)',
  ),
  bot('CCBot', 'ai', 'CCBot/2.0 (https://commoncrawl.org/faq/)'),
  bot(
    'Bytespider',
    'ai',
    'Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)',
  ),
  bot('AhrefsBot', 'seo', 'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)'),
  bot('SemrushBot', 'seo', 'Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)'),
  bot('MJ12bot', 'seo', 'Mozilla/5.0 (compatible; MJ12bot/v1.4.8; http://mj12bot.com/)'),
  bot('UptimeRobot', 'monitor', 'Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)', ['/']),
  bot('Pingdom', 'monitor', 'Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)', ['/', '/shop/']),
  bot('facebookexternalhit', 'preview', 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)'),
  bot('Slackbot', 'preview', 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)'),
  bot('Feedly', 'feed', 'Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers; like FeedFetcher-Google)', ['/feed.xml']),
  bot('python-requests', 'library', 'python-requests/2.32.3'),
  bot('curl', 'library', 'curl/8.9.1'),
];
