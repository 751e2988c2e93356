import { Failure } from '../domain/failures/failure.ts';
import type { Account } from '../source/surroundings.ts';
import type { AskedHost, SshOption, SshOptions } from './options.ts';
import { fileLists } from './options.ts';
import { expandHome, expandTokens, lowerCase, tokensOf } from './tokens.ts';

/** Fills in the tokens that `ssh -G` fills in, too; those of `IdentityFile` and `ProxyJump` it leaves as they are. */
export function expandOptions(options: SshOptions, asked: AskedHost, account: Account): SshOptions {
  const expanded = new Map(options);
  const only = (name: string): string | undefined => expanded.get(name)?.[0]?.value;

  const fill = (name: string, expand: (value: string) => string | null): void => {
    const values = options.get(name)?.map(({ value, from }): SshOption => {
      const filled = expand(value);
      if (filled !== null) return { value: filled, from };
      throw new Failure('InvalidConfig', `${from}: ${name} has a token that is not known here`);
    });
    if (values) expanded.set(name, values);
  };

  fill('hostname', (value) => {
    const host = expandTokens(value, { '%': '%', h: asked.host }, null);
    return host === null ? null : lowerCase(host);
  });
  fill('hostkeyalias', lowerCase);
  const place = {
    host: only('hostname') ?? lowerCase(asked.host),
    port: asked.port ?? Number(only('port') ?? 22),
    user: asked.user ?? only('user') ?? account.user ?? '',
    asked: asked.host,
  };
  const tokens = { ...tokensOf(place, account), k: only('hostkeyalias') ?? place.asked };
  const file = (value: string): string | null => {
    const path = value === 'none' ? value : expandHome(value, account.home);
    return path === null ? null : expandTokens(path, tokens, account.env);
  };
  for (const name of fileLists) fill(name, name === 'userknownhostsfile' ? file : (value) => value);
  fill('identityagent', (value) => (/^(?:none$|SSH_AUTH_SOCK$|\$(?!\{))/.test(value) ? value : file(value)));
  return expanded;
}
