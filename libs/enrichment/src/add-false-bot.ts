import { isAttack } from '@sluice/security';

import type { Bot, Threat } from '@sluice/event';
import type { Verdict } from '@sluice/security';

const score = 5;

/** The verdict with one more threat: the client calls itself a bot that it is not. Never below an alert. */
export function addFalseBot(verdict: Verdict | null, bot: Bot, userAgent: string): Verdict {
  const threat: Threat = { rule: 'BOT-001', class: 'false-bot', severity: 'medium', field: 'user_agent', evidence: evidenceOf(bot, userAgent) };
  if (verdict === null || !isAttack(verdict)) {
    return {
      score: (verdict?.score ?? 0) + score,
      severity: 'medium',
      threats: [threat, ...(verdict?.threats ?? [])],
      outcome: verdict?.outcome ?? 'unknown',
    };
  }
  return { ...verdict, score: verdict.score + score, threats: [...verdict.threats, threat] };
}

/** The name, which detection has made safe to print; not the agent, which nobody has. */
function evidenceOf({ name }: Bot, userAgent: string): string {
  return /^[ -~]{1,120}$/.test(userAgent) ? userAgent : name;
}
