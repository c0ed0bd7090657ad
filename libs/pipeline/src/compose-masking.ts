/**
 * What is taken out of events before they are kept, from a configuration.
 */
import { createAddressHasher, createBoundedCache, createSecretMasker, secretParameters, truncateAddress } from '@sluice/security';

import type { SecurityConfig } from '@sluice/config';
import type { Masking } from '@sluice/enrichment';
import type { AddressAnonymiser } from '@sluice/security';

type MaskingConfig = Pick<SecurityConfig, 'mask' | 'anonymize_addresses' | 'anonymize_key'>;

/** Hashes that are remembered: one costs 3 us. */
const rememberedHashes = 10_000;

/** Builds it; null when everything is kept as it is. */
export function composeMasking(config: MaskingConfig): Masking | null {
  const parameters = config.mask.flatMap((name) => (name === 'default' ? secretParameters : [name]));
  const masker = parameters.length === 0 ? null : createSecretMasker({ parameters });
  const anonymise = anonymiserOf(config);
  return masker === null && anonymise === null ? null : { masker, anonymise };
}

function anonymiserOf({ anonymize_addresses: how, anonymize_key: key = '' }: MaskingConfig): AddressAnonymiser | null {
  if (how === 'none') return null;
  return how === 'truncate' ? truncateAddress : remembering(createAddressHasher(key));
}

function remembering(anonymise: AddressAnonymiser): AddressAnonymiser {
  const known = createBoundedCache<string, string>(rememberedHashes);
  return (address) => {
    const remembered = known.get(address);
    if (remembered !== undefined) return remembered;
    const fresh = anonymise(address);
    known.set(address, fresh);
    return fresh;
  };
}
