import type {Argv, Command} from '../base/command.js';
import type {Result} from '../base/result.js';
import type {Strategy} from '../base/strategy.js';
import type {EngineLook, HostSurvey, Mount, ObservedContainer} from './facts.js';
import type {Dialect} from './dialect.js';
import type {Power} from './powers.js';

/** Why something cannot work, and what would make it work. Texts in the style of `Problem`. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
}

export interface SurveyQuestion {
  /** To be weighed: containers that are to leave this host. */
  readonly leaving: readonly ObservedContainer[];
  /** To be landed: mounts that are to arrive on this host. */
  readonly arriving: readonly Mount[];
}

/** What becomes of a program that does not end when it is asked to. */
export interface StopPolicy {
  /** Absent: as the container was made. */
  readonly timeoutMs?: number;
  /** `abort`: it is not killed, and what was begun is taken back. */
  readonly then: 'abort' | 'kill';
}

/** All that is known about one container that is to move between two hosts. */
export interface Pair {
  readonly container: ObservedContainer;
  readonly source: HostSurvey;
  readonly target: HostSurvey;
  readonly sourceVersion: string;
  readonly targetVersion: string;
  /** Established TCP connections go on on the target, or are closed there. */
  readonly connections: 'keep' | 'close';
  /** Absent: not later than the container's own time, and not killed. */
  readonly stop?: StopPolicy;
}

/** Two hosts, whichever container is to move between them. */
export interface HostPair extends Omit<Pair, 'container'> {
  /** Networks that containers of the source use and must find on the target. */
  readonly networks: readonly string[];
}

/** A stream from the source's `send` into the target's `receive`. */
export interface Passage {
  readonly send: Command;
  readonly receive: Command;
  /** On the source, after `send`: the same stream again, also when the container goes on already. Absent where that is not known. */
  readonly again?: Command;
  /** Predicted size, bytes. */
  readonly bytes: number;
  /** What the target takes at most, bytes; absent: that follows from the predicted size. */
  readonly most?: number;
}

/** A read-only question to a host, and how to read the answer: a fact to show, or why it is not good enough. */
export interface Question {
  readonly command: Command;
  readonly read: (stdout: string) => Result<string, string>;
}

/** What one pre-dump did. */
export interface PreDump {
  /** Written: changed since the one before, or all of them. */
  readonly pages: number;
  /** Found unchanged, and not written. */
  readonly skipped: number;
  /** Of pages written, bytes. */
  readonly bytes: number;
  /** How long the container was held for it. */
  readonly frozenMs: number;
}

/**
 * Pre-copy: memory goes over in rounds while the container runs. Each round leaves `rounds/<n>` in
 * `scratch` on both hosts, whose `parent` is the relative link `../<n - 1>`; `checkpoint` and `restore`
 * build on the rounds that are there, or on none.
 */
export interface Rounds {
  /**
   * On the source: pre-dump `n`, from 1, streamed to the target. Not to be sent twice, since the kernel's
   * marks of what has changed are reset by it: where `rounds/<n>` is there already it fails, and only
   * `forget` makes a new beginning.
   */
  send(n: number): Command;
  /** On the target: takes any of the rounds. */
  readonly receive: Command;
  /** Finds what a round did in what its `send` said on its standard error. */
  read(notes: string): Result<PreDump, string>;
  /** On either host: nothing is left of any round, so that a freeze sends everything. May be sent twice. */
  readonly forget: Command;
  /** On the source: the container gets this share of one CPU's time, 1 to 99; absent: as much as before. */
  throttle?(percent?: number): Command;
}

/** A volume that another container is to have in place of the one that was kept. */
export interface Twin {
  readonly was: string;
  readonly is: string;
  /** Where the one that was kept lay. */
  readonly source: string;
  /** Under which the new one is linked to, see `Files.volume`. */
  readonly key: string;
}

/** A checkpoint restored into another container, of the name in its pair: in place of the same of `Memory`. */
export interface Beside extends Pick<Memory, 'vessel' | 'restore'> {
  readonly receive: Command;
  /** On the target, when nothing more arrives: what is going to be restored is what was kept. Absent where it cannot be told. */
  readonly sealed?: Question;
  /** What was made with this scratch folder is gone, and nothing else. */
  readonly discard: Command;
  /** Connections that are open in the checkpoint are closed in the copy; where it is absent none may be open. */
  readonly closes?: true;
  /** What two containers cannot have at once on this host. */
  readonly refusals: readonly Refusal[];
}

/**
 * Keeps a container from being started on its host by anybody, until it is retired or brought back: a fresh one beside the one
 * that moves would be the second. It does not outlive a restart of the host.
 */
export interface Quarantine {
  /** Once it is stopped; fails when it runs, and not when it cannot be kept from running. */
  readonly on: Command;
  readonly off: Command;
}

/** The container on one host of a move, in the words of the engine there. */
export interface HostOps {
  /** Switched off, the engine does not start it by itself. */
  autostart(on: boolean): Command;
  readonly start: Command;
  /** Takes back a start: what does not end is killed. */
  readonly halt: Command;
  /** It runs; and, after a restore, it was not silently started fresh. */
  runs(how: 'restored' | 'started'): Question;
  /** The container and its checkpoints are gone; volumes stay. */
  readonly remove: Command;
  /** Runs a program inside the container; `environment` is added to the container's own. */
  exec(
    argv: Argv,
    environment?: Readonly<Record<string, string>>,
    /** Variables whose values may stand on no command line. */
    secrets?: Readonly<Record<string, string>>,
  ): Command;
  /** Exits 0 once something accepts connections at this port of the container. */
  reach(port: number): Command;
  /** Runs a program of the host in the container's network, which the host itself may not reach. */
  inside(asked: Command): Command;
}

export interface SourceOps extends HostOps {
  /** Its answer says how it ended; that it has not is an error, and `start` waits for it then. */
  readonly stop: Question;
}

export interface TargetOps extends HostOps {
  /**
   * Makes the container, not started, and puts a link to its writable layer at `at`. Its answer says whether nothing of the
   * configuration was lost.
   */
  create(at: string): Question;
  /**
   * When the source can write there no more: what is going to be started or restored is what was planned. Absent where nothing
   * that has arrived decides that.
   */
  readonly sealed?: (how: 'restored' | 'started') => Question | undefined;
  /** What `create` or `restore` made of this move is gone; one of the same name that is another's stays. */
  readonly discard: Command;
}

/** `cm` carries the writable layer and the volumes; these commands prepare the target for them. */
export interface Files {
  /** Makes the volume unless it is there, and puts a link to its content at `at`. */
  volume(mount: Mount, at: string): Command;
  /**
   * Once the image is there and before anything is copied: does with new volumes what the engine would do when a container first
   * has them. Absent, or undefined, where it does nothing then.
   */
  firstMount?(mounts: readonly Mount[]): Command | undefined;
  /** Removes the volumes that `volume` made for this move. */
  readonly removeVolumes: Command;
}

/** Memory as images of CRIU, streamed by `cm`. */
export interface Memory {
  /** On both hosts, last before the freeze: finds out and writes down what the downtime needs. */
  readonly ready: Command;
  /** Source to target: freezes, writes its memory and streams it. Stopped afterwards, never running. */
  readonly checkpoint: Passage;
  /** On the source, while `checkpoint` runs: ends as soon as nothing in the container runs any more. */
  readonly frozen: Command;
  /**
   * On the target, as `TargetOps.create`, where the engine restores into a container that is there already. Its writable layer
   * is copied as in a cold move. Absent where `restore` makes the container itself.
   */
  vessel?(at: string): Question;
  /** On the target, from what `checkpoint` left in `scratch`. */
  readonly restore: Command;
  /** On the target, after `restore`: what runs there has the configuration that was planned. Absent where `vessel` has seen to it. */
  readonly same?: Question;
  /**
   * On the source, before what `restore` made is removed: exits 0 when it runs there, or `resume` can
   * have it back. Absent where that cannot be told.
   */
  readonly kept?: Command;
  /** On the source: running again with its memory, whatever `checkpoint` did or did not do. */
  readonly resume: Command;
  /** `resume` lets processes go on that were only held: nothing tells them from such as were never frozen. */
  readonly thaws?: true;
  /** On the source, frozen by `checkpoint` and kept on a disk: nothing of it is in memory any more. Absent where a freeze ends it. */
  readonly unload?: Command;
}

/** The engine brings the container to the target itself, with its files and its memory: nothing of them goes over a link of `cm`. */
export interface OwnTransfer {
  /** On the source, while it runs: brings what can be brought ahead. Absent: everything is brought in the downtime. */
  readonly ahead?: Command;
  /** On the source, where memory goes along: stopped, with its memory on its own disk. Absent: only cold moves. */
  readonly freeze?: Command;
  /** On the source, after `freeze`: running again with that memory. */
  readonly resume?: Command;
  /** On the source, once it has stopped or `freeze` has ended: the target has it, not started, and the source still has it. */
  readonly bring: Command;
  /** On the target, after `freeze` and `bring`: running with that memory; what is started fresh is a failure. */
  readonly wake?: Command;
}

/**
 * The commands of one move: what each side does, and what this engine is able to. `scratch` is a folder in memory, 0700, that
 * exists on both hosts for this move alone. Every command may be sent twice: where its work is already done it does nothing and
 * exits 0. Either `files` is there, and `cm` carries them, or `ownTransfer`.
 */
export interface Moves {
  readonly source: SourceOps;
  readonly target: TargetOps;
  /** Absent when the target has the very same image, by ID. */
  readonly image?: Passage;
  readonly files?: Files;
  /** Absent where the target cannot restore what the source has frozen. */
  readonly memory?: Memory;
  /** Absent where memory cannot be copied ahead. */
  readonly rounds?: Rounds;
  /**
   * On the source. What freezes puts it into quarantine by itself, before anybody else can start it, also when nobody waits for
   * it any more; `start`, `resume`, `restore`, `remove` and `discard` lift it first. Absent where one that is frozen still runs.
   */
  readonly hold?: Quarantine;
  /** `first`: the name of the one that was kept. Absent where the engine restores only that one. */
  copy?(first: string, twins: readonly Twin[]): Beside;
  readonly ownTransfer?: OwnTransfer;
}

/**
 * One container engine, as builder of commands and reader of their output. It runs nothing and knows
 * no clock. Readers return a message when the output is not what the engine prints, and never throw.
 */
export interface Engine {
  readonly name: string;
  /** It lies beneath other engines, so that finding it says nothing: only where the plan names it. */
  readonly onlyNamed?: true;
  /** Exits 127 when the engine is not there. Cheap: one call per host settles an unchanged plan. */
  look(names: readonly string[]): Command;
  readLook(stdout: string): Result<EngineLook, string>;
  survey(question: SurveyQuestion): Command;
  readSurvey(stdout: string, question: SurveyQuestion): Result<HostSurvey, string>;
  /** All reasons why this strategy cannot work for this pair; empty when it can. */
  refusals(strategy: Strategy, pair: Pair): readonly Refusal[];
  /**
   * What this container's description asks for that gives it power over its host, whichever that is. Its folders are told by
   * its mounts, and by `binds`.
   */
  powers(container: ObservedContainer): readonly Power[];
  /** Folders of the host that the container would be made with, and that may not be among its mounts. Absent: none. */
  binds?(container: ObservedContainer): readonly string[];
  /**
   * Those of the `refusals` that no container has a part in, for `cm doctor`. Their messages call the
   * hosts "the source" and "the target"; a host paired with itself gives what it lacks by itself.
   * Absent: nothing is known before there is a container.
   */
  fitness?(strategy: Strategy, hosts: HostPair): readonly Refusal[];
  moves(pair: Pair, scratch: string): Moves;
  /** How it says what other engines know too. Absent: its containers move to hosts with the same engine alone. */
  readonly dialect?: Dialect;
  /**
   * How another container of this name would be described, beside this one, with its own of these mounts. Absent where it has
   * its own only of volumes, by their names.
   */
  twin?(container: ObservedContainer, name: string, own: readonly Mount[]): ObservedContainer;
  /** Finds the engine's own figures in what its commands printed: times in ms, counts as they are. */
  figures(text: string): Readonly<Record<string, number>> | undefined;
}

/** The engines by name, and what moves a container from one to another. */
export interface Engines {
  readonly all: readonly Engine[];
  get(name: string): Engine | undefined;
  /** What moves a container from a host with one engine to a host with another; undefined where nothing does. */
  between(source: string, target: string): Engine | undefined;
}
