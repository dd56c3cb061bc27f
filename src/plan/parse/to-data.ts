import {isAlias, isMap, isNode, isScalar, isSeq, type Alias, type Node, type Pair} from 'yaml';
import {quote} from './quote.js';

/** Something wrong with a node that the grammar allows. */
export interface NodeComplaint {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  readonly node: Node | undefined;
  readonly other?: {readonly node: Node; readonly note: string};
}

/** Values that aliases may add to a document. */
const mostFromAliases = 250_000;

const deepest = 100;

/** The text of a key; undefined for null and for anything that is not a scalar. */
export function readKey(key: unknown): string | undefined {
  if (!isScalar(key) || key.value === null) return undefined;
  return typeof key.value === 'string' ? key.value : key.source;
}

/** Turns the nodes of one document into plain data, and collects what is wrong with them. */
export class DataReader {
  readonly complaints: NodeComplaint[] = [];
  /** What each alias stands for. */
  readonly targets = new Map<Alias, Node>();
  private readonly anchors = new Map<string, Node>();
  private readonly anchored = new Map<Node, {data: unknown; size: number}>();
  private readonly open = new Set<Node>();
  private size = 0;
  private fromAliases = 0;

  read(node: unknown, depth = 0): unknown {
    this.size += 1;
    this.noteAnchor(node);
    if (isScalar(node)) return node.value;
    if (isAlias(node)) return this.readAlias(node);
    if (!isMap(node) && !isSeq(node)) return null;
    if (depth > deepest) {
      this.complain({code: 'too-deep', message: 'this is nested too deep', node});
      return null;
    }
    const before = this.size;
    this.open.add(node);
    const data = isMap(node) ? this.readMap(node.items, depth) : this.readList(node.items, depth);
    this.open.delete(node);
    if (node.anchor !== undefined) this.anchored.set(node, {data, size: this.size - before});
    return data;
  }

  private noteAnchor(node: unknown): void {
    if (isNode(node) && !isAlias(node) && node.anchor !== undefined) {
      this.anchors.set(node.anchor, node);
    }
  }

  private readList(items: readonly unknown[], depth: number): unknown {
    return items.map((item) => this.read(item, depth + 1));
  }

  private readMap(pairs: readonly Pair[], depth: number): unknown {
    const keys = new Map<string, Node>();
    const entries: [string, unknown][] = [];
    for (const pair of pairs) {
      const name = readKey(pair.key);
      const key = pair.key as Node;
      this.noteAnchor(key);
      if (name === undefined) {
        const message = 'a key must be a word, and this is not one';
        this.complain({code: 'bad-key', message, node: key});
        continue;
      }
      const first = keys.get(name);
      if (first) this.complainTwice(name, key, first);
      else keys.set(name, key);
      entries.push([name, this.read(pair.value, depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  private readAlias(node: Alias): unknown {
    const target = this.anchors.get(node.source);
    if (!target) {
      this.complainUnknown(node);
      return null;
    }
    this.targets.set(node, target);
    if (this.open.has(target)) {
      const message = `"*${node.source}" stands inside what it refers to`;
      this.complain({code: 'bad-alias', message, node});
      return null;
    }
    if (isScalar(target)) return target.value;
    const {data, size} = this.anchored.get(target) ?? {data: null, size: 0};
    this.size += size;
    this.fromAliases += size;
    if (this.fromAliases <= mostFromAliases) return data;
    if (this.fromAliases - size > mostFromAliases) return null;
    const message = `the aliases of this document stand for more than ${mostFromAliases} values`;
    this.complain({code: 'alias-bomb', message, remedy: 'write less with aliases', node});
    return null;
  }

  private complainUnknown(node: Alias): void {
    const message = `no anchor "&${node.source}" comes before this alias`;
    const remedy = `write &${node.source} in front of the value it stands for, or put a * that is text in quotes`;
    this.complain({code: 'unknown-alias', message, remedy, node});
  }

  private complainTwice(name: string, node: Node, first: Node): void {
    this.complain({
      code: 'duplicate-key',
      message: `the key ${quote(name)} stands here twice`,
      remedy: 'remove one of them, or give it another name',
      node,
      other: {node: first, note: 'the first one'},
    });
  }

  private complain(complaint: NodeComplaint): void {
    // One bomb or one unknown anchor may be met a million times.
    if (this.complaints.length < 1000) this.complaints.push(complaint);
  }
}
