/** What can be completed of one verb. */
export interface VerbWords {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly FlagWords[];
  /** Verbs of its own, as `lab` has, or the words that it takes in place of files. */
  readonly words: readonly string[];
  readonly takesFiles: boolean;
  /** Its first word is a run that is kept on this machine. */
  readonly takesRuns: boolean;
}

export interface FlagWords {
  /** `--only`, `-o`. */
  readonly spellings: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** Flags whose value is the name of a container in the plans on the line. */
const naming = ['--only', '--exclude'];

const spellingsOf = ({flags}: VerbWords): string =>
  flags.flatMap(({spellings}) => spellings).join(' ');

const plain = (text: string): string => text.replaceAll(/['"\\`$]/gu, '');

function choiceCases(verbs: readonly VerbWords[]): readonly (readonly [string, string])[] {
  const known = new Map<string, string>();
  for (const {spellings, choices} of verbs.flatMap(({flags}) => flags))
    if (choices.length > 0) known.set(spellings.join('|'), choices.join(' '));
  return [...known];
}

export const bashScript = (verbs: readonly VerbWords[]): string => `# cm completion for bash
_cm() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} verb='' word
  local -a files=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      -*) ;;
      *) if [ -z "$verb" ]; then verb=$word; elif [ -e "$word" ]; then files+=("$word"); fi ;;
    esac
  done
  case $prev in
    ${naming.join('|')}) COMPREPLY=($(compgen -W "$(cm __names "\${files[@]}" 2>/dev/null)" -- "$cur")); return ;;
${choiceCases(verbs)
  .map(([flag, words]) => `    ${flag}) COMPREPLY=($(compgen -W '${words}' -- "$cur")); return ;;`)
  .join('\n')}
  esac
  case $verb in
    '') COMPREPLY=($(compgen -W '${verbs.map(({name}) => name).join(' ')}' -- "$cur")); return ;;
${verbs
  .map(
    (verb) =>
      `    ${verb.name}) case $cur in -*) COMPREPLY=($(compgen -W '${spellingsOf(verb)}' -- "$cur")); return ;; esac${
        verb.words.length > 0
          ? `; COMPREPLY=($(compgen -W '${verb.words.join(' ')}' -- "$cur")); return`
          : verb.takesRuns
            ? `; COMPREPLY=($(compgen -W "$(cm __runs 2>/dev/null)" -- "$cur") $(compgen -f -- "$cur")); return`
            : ''
      } ;;`,
  )
  .join('\n')}
  esac
  COMPREPLY=($(compgen -f -X '!*.@(yaml|yml|json)' -- "$cur") $(compgen -d -- "$cur"))
}
shopt -s extglob
complete -o filenames -F _cm cm
`;

const zshVerb = (verb: VerbWords): string => {
  const flags = verb.flags.map(({spellings, description}) =>
    spellings.map((spelling) => `'${spelling}:${plain(description)}'`).join(' '),
  );
  const rest = verb.words.length > 0 ? `compadd ${verb.words.join(' ')}` : zshFiles(verb);
  return `    ${verb.name})
      if [[ $PREFIX == -* ]]; then
        local -a flags=(${flags.join(' ')})
        _describe -o flag flags
      else
        ${rest}
      fi ;;`;
};

const zshFiles = ({takesFiles, takesRuns}: VerbWords): string =>
  takesRuns
    ? `compadd -- \${(f)"$(cm __runs 2>/dev/null)"}; _files`
    : takesFiles
      ? `_files -g '*.(yaml|yml|json)'`
      : ':';

export const zshScript = (verbs: readonly VerbWords[]): string => `#compdef cm
_cm() {
  local verb='' word
  local -a files=()
  # A length that begins with a letter would be a modifier.
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case $word in
      -*) ;;
      *) if [[ -z $verb ]]; then verb=$word; elif [[ -e $word ]]; then files+=("$word"); fi ;;
    esac
  done
  case $words[CURRENT-1] in
    ${naming.join('|')}) compadd -- \${(f)"$(cm __names $files 2>/dev/null)"}; return ;;
${choiceCases(verbs)
  .map(([flag, words]) => `    ${flag}) compadd ${words}; return ;;`)
  .join('\n')}
  esac
  case $verb in
    '')
      local -a verbs=(${verbs.map(({name, description}) => `'${name}:${plain(description)}'`).join(' ')})
      _describe verb verbs ;;
${verbs.map(zshVerb).join('\n')}
  esac
}
if [ "$funcstack[1]" = _cm ]; then _cm "$@"; else compdef _cm cm; fi
`;

function fishFlag(verb: string, {spellings, description, takesValue, choices}: FlagWords): string {
  const names = spellings.map((each) =>
    each.startsWith('--') ? `-l ${each.slice(2)}` : `-s ${each.slice(1)}`,
  );
  const values = spellings.some((each) => naming.includes(each))
    ? ` -xa '(__cm_names)'`
    : choices.length > 0
      ? ` -xa '${choices.join(' ')}'`
      : takesValue
        ? ' -r'
        : '';
  return `complete -c cm -n '__fish_seen_subcommand_from ${verb}' ${names.join(' ')}${values} -d '${plain(description)}'`;
}

export const fishScript = (verbs: readonly VerbWords[]): string => `# cm completion for fish
function __cm_names
    set -l files
    for word in (commandline -opc)[3..]
        test -e $word; and set -a files $word
    end
    cm __names $files 2>/dev/null
end
complete -c cm -f
${verbs
  .flatMap((verb) => [
    `complete -c cm -n __fish_use_subcommand -a ${verb.name} -d '${plain(verb.description)}'`,
    ...(verb.takesFiles
      ? [
          `complete -c cm -n '__fish_seen_subcommand_from ${verb.name}' -a '(__fish_complete_suffix .yaml .yml .json)'`,
        ]
      : []),
    ...(verb.takesRuns
      ? [
          `complete -c cm -n '__fish_seen_subcommand_from ${verb.name}' -a '(cm __runs 2>/dev/null)'`,
        ]
      : []),
    ...(verb.words.length > 0
      ? [
          `complete -c cm -n '__fish_seen_subcommand_from ${verb.name}' -a '${verb.words.join(' ')}'`,
        ]
      : []),
    ...verb.flags.map((flag) => fishFlag(verb.name, flag)),
  ])
  .join('\n')}
`;
