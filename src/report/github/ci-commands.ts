/**
 * Text from hosts must not become a command of the CI system that shows it. GitHub takes a line that
 * begins with `::name …::` for one, after any white space, and `##[name]` anywhere in a line; Azure
 * Pipelines and TeamCity take `##vso[` and `##teamcity[` anywhere, and GitLab `section_start:`.
 */
const atStart = /^((?:[\s\u0085]|\u001B\[[0-9;]*m)*):(?=:[A-Za-z][^\n]*::)/gm;
const anywhere = /##(?=(?:vso|teamcity)?\[)/gi;
const section = /section_(?=(?:start|end):)/g;

/** The same text, in which a space breaks every such command. */
export const withoutCommands = (text: string): string =>
  text.replace(atStart, '$1: ').replace(anywhere, '# #').replace(section, 'section _');

/** The same for JSON, whose value stays what it is. */
export const withoutCommandsInJson = (json: string): string =>
  json.replace(anywhere, '\\u0023#').replace(section, 'section\\u005F');
