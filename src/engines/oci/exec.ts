import {command, type Argv, type Command} from '../../base/command.js';
import {withVariables} from '../../base/compose.js';

type Variables = Readonly<Record<string, string>>;

/** A program inside a container. Of a secret only the name is a word: the engine takes its value from its own environment. */
export function execInside(
  engine: 'podman' | 'docker',
  name: string,
  argv: Argv,
  environment: Variables,
  secrets: Variables,
): Command {
  const words = [
    ...Object.entries(environment).map(([key, value]) => `${key}=${value}`),
    ...Object.keys(secrets),
  ];
  const flags = words.flatMap((word) => ['--env', word]);
  return withVariables(command(engine, 'exec', ...flags, '--', name, ...argv), secrets);
}
