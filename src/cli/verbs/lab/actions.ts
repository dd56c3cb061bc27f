import type {SampleImage} from '../../../lab/lab.js';

/** What is done to one host of a lab. */
export type LabHostAction =
  | {readonly what: 'reboot'; readonly host: string}
  | {readonly what: 'link'; readonly host: string; readonly to: 'up' | 'down'}
  | {readonly what: 'load'; readonly host: string; readonly image: SampleImage}
  | {readonly what: 'ssh'; readonly host: string; readonly words: readonly string[]}
  | {readonly what: 'exec'; readonly host: string; readonly words: readonly string[]};

export type LabAction =
  | {
      readonly what: 'up';
      readonly hosts: readonly string[];
      readonly subnet?: string;
      /** Virtual machines; what is not said of their size has a default. */
      readonly vm?: {readonly cpus?: number; readonly memory?: number};
    }
  | {readonly what: 'down'; readonly hosts: readonly string[]}
  | {readonly what: 'status'}
  /** The show: a redis moved under the eyes of a client. `down`: removes its hosts. */
  | {readonly what: 'demo'; readonly down: boolean}
  | LabHostAction;

export type LabOptions = {readonly lab?: string} & LabAction;
