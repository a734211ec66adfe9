const least = [22, 19] as const;

/**
 * What is wrong with a version of Node, and what to do; undefined when nothing is. It is said by whatever Node there is, so this
 * file is written in words that old ones know.
 *
 * @param version such as `24.1.0`.
 */
export function nodeProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > least[0] || (major === least[0] && minor >= least[1])) return undefined;
  return `xendit-graphql needs Node ${least.join('.')} or newer, and this is ${version}: install Node 24 from https://nodejs.org, or run it as npx -p node@24 -p xendit-graphql xendit-graphql`;
}
