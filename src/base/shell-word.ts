const plain = /^[A-Za-z0-9_./:=@%+,-]+$/;

/** A value as one word of a command line that a person is advised to run. */
export const shellWord = (text: string): string =>
  plain.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** A plan file as `cm` takes it on its command line: standard input is `-` there. */
export const planWord = (file: string): string => shellWord(file === '<stdin>' ? '-' : file);
